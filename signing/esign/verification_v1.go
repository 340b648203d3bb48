package esign

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/sertel-id/sertel/signing/verify"
)

// The answer of version 1. encoding/json takes keys without regard to case, as
// is needed for the SUMMARY of the gateway of 2019.
type verificationV1 struct {
	JumlahSignature *int            `json:"jumlah_signature"`
	Notes           string          `json:"notes"`
	Details         json.RawMessage `json:"details"`
	Summary         string          `json:"summary"`
}

type signatureV1 struct {
	InfoTSA struct {
		Name string `json:"name"`
	} `json:"info_tsa"`
	SignatureField string `json:"signature_field"`
	InfoSigner     struct {
		IssuerDN           string `json:"issuer_dn"`
		SignerName         string `json:"signer_name"`
		SignerCertValidity string `json:"signer_cert_validity"`
		SignerDN           string `json:"signer_dn"`
		CertUserCertified  *bool  `json:"cert_user_certified"`
	} `json:"info_signer"`
	SignatureDocument struct {
		SignedUsingTSA    *bool  `json:"signed_using_tsa"`
		Reason            string `json:"reason"`
		DocumentIntegrity *bool  `json:"document_integrity"`
		SignedIn          string `json:"signed_in"`
		Location          string `json:"location"`
	} `json:"signature_document"`
}

// conclusionsV1 are the words of the engine of 2.x and of the one before it.
var conclusionsV1 = map[string]Conclusion{
	"VALID": ConclusionValid, "INVALID": ConclusionInvalid, "NO_SIGNATURE": ConclusionNoSignature,
	"DOCUMENT VALID !!!": ConclusionValid, "DOCUMENT NOT VALID !!!": ConclusionInvalid,
}

func parseVerificationV1(body []byte) (*Verification, error) {
	var w verificationV1
	if json.Unmarshal(body, &w) != nil || w.JumlahSignature == nil {
		return nil, errJSON
	}
	v := &Verification{Word: w.Summary, Description: w.Notes}
	sigs, err := list(w.Details, maxSignatures)
	if err != nil {
		return nil, err
	}
	for _, raw := range sigs {
		var sig signatureV1
		if json.Unmarshal(raw, &sig) != nil {
			return nil, errJSON
		}
		v.Signatures = append(v.Signatures, sig.signature())
	}
	sortByTime(v.Signatures)
	said := conclusionsV1[strings.ToUpper(w.Summary)]
	if w.Summary == "" && *w.JumlahSignature == 0 {
		// Older engines have no word for it.
		said = ConclusionNoSignature
	}
	v.settle(said, *w.JumlahSignature)
	return v, nil
}

func (w signatureV1) signature() VerifiedSignature {
	info, doc := w.InfoSigner, w.SignatureDocument
	s := VerifiedSignature{
		Field: w.SignatureField, Signer: info.SignerName, Reason: doc.Reason, Location: doc.Location,
		Time: parseTimeV1(doc.SignedIn), Intact: answerOf(doc.DocumentIntegrity), Trusted: answerOf(info.CertUserCertified),
		LongTerm: verify.Unknown,
	}
	if doc.SignedUsingTSA == nil || *doc.SignedUsingTSA {
		s.TimestampAuthority = w.InfoTSA.Name
	}
	cert := VerifiedCertificate{CommonName: info.SignerName, Issuer: info.IssuerDN}
	// The engine of 2.x repeats the signing time here, which says nothing.
	if from, to, ok := strings.Cut(info.SignerCertValidity, " to "); ok && from != to {
		cert.NotBefore, cert.NotAfter = parseTimeV1(from), parseTimeV1(to)
	}
	if cert.CommonName != "" || cert.Issuer != "" {
		s.Certificates = []VerifiedCertificate{cert}
	}
	return s
}

// parseTimeV1 reads "2026-01-02 10:04:05.678": local time UTC+7, and a
// fraction of any length.
func parseTimeV1(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", s, jakarta)
	if err != nil {
		return time.Time{}
	}
	return t
}

// jakarta is the zone of the box's clock.
var jakarta = time.FixedZone("WIB", 7*60*60)
