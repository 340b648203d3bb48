package esign

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// The answer of version 2 with its own spelling of the keys
// timestampInfomation and signatureAlgoritm.
type verificationV2 struct {
	Conclusion            *string         `json:"conclusion"`
	Description           string          `json:"description"`
	SignatureCount        int             `json:"signatureCount"`
	SignatureInformations json.RawMessage `json:"signatureInformations"`
	Warning               json.RawMessage `json:"warning"`
}

type signatureV2 struct {
	ID                  string          `json:"id"`
	SignatureFormat     string          `json:"signatureFormat"`
	SignerName          string          `json:"signerName"`
	SignatureDate       string          `json:"signatureDate"`
	FieldName           string          `json:"fieldName"`
	Reason              string          `json:"reason"`
	Location            string          `json:"location"`
	TimestampInfomation *timestampV2    `json:"timestampInfomation"`
	CertificateDetails  json.RawMessage `json:"certificateDetails"`
	IntegrityValid      *bool           `json:"integrityValid"`
	CertificateTrusted  *bool           `json:"certificateTrusted"`
	LTV                 *bool           `json:"ltv"`
}

type timestampV2 struct {
	SignerName    string `json:"signerName"`
	TimestampDate string `json:"timestampDate"`
}

type certificateV2 struct {
	ID                string          `json:"id"`
	CommonName        string          `json:"commonName"`
	IssuerName        string          `json:"issuerName"`
	SerialNumber      json.RawMessage `json:"serialNumber"`
	NotBeforeDate     string          `json:"notBeforeDate"`
	NotAfterDate      string          `json:"notAfterDate"`
	SignatureAlgoritm string          `json:"signatureAlgoritm"`
	KeyUsages         json.RawMessage `json:"keyUsages"`
}

var conclusionsV2 = map[string]Conclusion{
	"VALID": ConclusionValid, "INVALID": ConclusionInvalid, "NO_SIGNATURE": ConclusionNoSignature,
}

func parseVerificationV2(body []byte) (*Verification, error) {
	var w verificationV2
	if json.Unmarshal(body, &w) != nil || w.Conclusion == nil {
		return nil, errJSON
	}
	v := &Verification{Word: *w.Conclusion, Description: w.Description}
	sigs, err := list(w.SignatureInformations, maxSignatures)
	if err != nil {
		return nil, err
	}
	for _, raw := range sigs {
		s, err := parseSignatureV2(raw)
		if err != nil {
			return nil, err
		}
		v.Signatures = append(v.Signatures, s)
	}
	sortByTime(v.Signatures)
	if v.Warnings, err = texts(w.Warning); err != nil {
		return nil, err
	}
	v.settle(conclusionsV2[strings.ToUpper(*w.Conclusion)], w.SignatureCount)
	return v, nil
}

func parseSignatureV2(raw json.RawMessage) (VerifiedSignature, error) {
	var w signatureV2
	if json.Unmarshal(raw, &w) != nil {
		return VerifiedSignature{}, errJSON
	}
	s := VerifiedSignature{
		ID: w.ID, Field: w.FieldName, Format: w.SignatureFormat, Signer: w.SignerName,
		Reason: w.Reason, Location: w.Location, Time: parseTimeV2(w.SignatureDate),
		Intact: answerOf(w.IntegrityValid), Trusted: answerOf(w.CertificateTrusted), LongTerm: answerOf(w.LTV),
	}
	if t := w.TimestampInfomation; t != nil {
		s.TimestampAuthority, s.TimestampTime = t.SignerName, parseTimeV2(t.TimestampDate)
	}
	certs, err := list(w.CertificateDetails, maxListed)
	if err != nil {
		return s, err
	}
	for _, raw := range certs {
		var c certificateV2
		if json.Unmarshal(raw, &c) != nil {
			return s, errJSON
		}
		usages, err := texts(c.KeyUsages)
		if err != nil {
			return s, err
		}
		s.Certificates = append(s.Certificates, VerifiedCertificate{
			SHA256: fingerprint(c.ID), CommonName: c.CommonName, Issuer: c.IssuerName,
			Serial: strings.Trim(string(c.SerialNumber), `"`), Algorithm: c.SignatureAlgoritm, KeyUsages: usages,
			NotBefore: parseTimeV2(c.NotBeforeDate), NotAfter: parseTimeV2(c.NotAfterDate),
		})
	}
	return s, nil
}

// parseTimeV2 reads "2026-01-02T03:04:05.000+00:00"; a zone without a colon
// occurs too.
func parseTimeV2(s string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}

// fingerprint takes the SHA-256 out of an id such as "C-0A1B...".
func fingerprint(id string) string {
	hex := strings.ToLower(strings.TrimPrefix(id, "C-"))
	if len(hex) != 64 || strings.Trim(hex, "0123456789abcdef") != "" {
		return ""
	}
	return hex
}

// texts reads a bounded list of texts.
func texts(raw json.RawMessage) ([]string, error) {
	all, err := list(raw, maxListed)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, r := range all {
		out = append(out, stringOf(r))
	}
	return out, nil
}

// sortByTime puts signatures into the order of signing, which no version
// keeps.
func sortByTime(sigs []VerifiedSignature) {
	slices.SortStableFunc(sigs, func(a, b VerifiedSignature) int {
		if a.Time.IsZero() != b.Time.IsZero() {
			if a.Time.IsZero() {
				return 1
			}
			return -1
		}
		return a.Time.Compare(b.Time)
	})
}
