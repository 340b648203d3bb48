package mockbsre

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/sertel-id/sertel/signing/verify"
)

type verifyRequest struct {
	File     jsonFile `json:"file"`
	Password jsonText `json:"password"`
}

type verifyAnswerV2 struct {
	Conclusion  string        `json:"conclusion"`
	Description string        `json:"description"`
	Count       int           `json:"signatureCount"`
	Signatures  []signatureV2 `json:"signatureInformations"`
}

// signatureV2 and what is below it have the service's misspellings.
type signatureV2 struct {
	ID                 string          `json:"id"`
	Format             string          `json:"signatureFormat"`
	SignerName         string          `json:"signerName"`
	Date               *string         `json:"signatureDate"`
	Field              string          `json:"fieldName"`
	Reason             *string         `json:"reason"`
	Location           *string         `json:"location"`
	CertLevelCode      int             `json:"certLevelCode"`
	SignatureAlgorithm *string         `json:"signatureAlgorithm"`
	DigestAlgorithm    *string         `json:"digestAlgorithm"`
	Timestamp          *timestampV2    `json:"timestampInfomation"`
	Certificates       []certificateV2 `json:"certificateDetails"`
	Integrity          bool            `json:"integrityValid"`
	Trusted            bool            `json:"certificateTrusted"`
	Last               bool            `json:"lastSignature"`
	LTV                *bool           `json:"ltv,omitempty"`
}

type timestampV2 struct {
	ID         string `json:"id"`
	SignerName string `json:"signerName"`
	Date       string `json:"timestampDate"`
}

type certificateV2 struct {
	ID        string   `json:"id"`
	Name      string   `json:"commonName"`
	Issuer    string   `json:"issuerName"`
	Serial    string   `json:"serialNumber"`
	NotBefore string   `json:"notBeforeDate"`
	NotAfter  string   `json:"notAfterDate"`
	Algorithm string   `json:"signatureAlgoritm"`
	Usages    []string `json:"keyUsages"`
}

// verifyV2 is POST /api/v2/verify/pdf.
func (e *esign) verifyV2(ctx context.Context, c *call) reply {
	var in verifyRequest
	if err := readJSON(c, &in); err != nil {
		return e.jsonError(c, err)
	}
	c.entry.noteFile("file", in.File.data)
	if in.Password != "" {
		c.entry.note("password", string(in.Password))
	}
	if in.File.bad {
		return e.badInput(c)
	}
	j, err := e.judge(ctx, in.File.data, string(in.Password))
	if err != nil {
		return e.badInput(c)
	}
	answer := verifyAnswerV2{j.conclusion, j.text, len(j.Signatures), []signatureV2{}}
	for i, s := range j.Signatures {
		newest := i == len(j.Signatures)-1
		if e.on(QuirkVerifyUnsorted) {
			newest = i == 0
		}
		answer.Signatures = append(answer.Signatures, e.signatureV2(s, j.Document.SHA256, newest))
	}
	return jsonReply(http.StatusOK, answer)
}

func (e *esign) signatureV2(s verify.Signature, document string, newest bool) signatureV2 {
	out := signatureV2{
		// What real ids of signatures are made of is not known.
		ID: hashID("S", document, s.Field), Format: formatV2(s), Field: s.Field, Date: orNull(timeV2(s.Claims.Time)),
		Reason: orNull(s.Claims.Reason), Location: orNull(s.Claims.Location),
		Certificates: []certificateV2{}, Integrity: unbroken(s), Trusted: s.Trusted == verify.Yes,
		Last: newest && !e.on(QuirkLastSignature),
	}
	if e.on(QuirkLTV) {
		ltv := s.Level >= verify.LevelBLT
		out.LTV = &ltv
	}
	if s.Time.Source != verify.TimeNone {
		out.Timestamp = &timestampV2{hashID("T", document, s.Field), s.Time.Authority, timeV2(s.Time.Proven)}
	}
	if s.Signer == nil {
		return out
	}
	out.SignerName = s.Signer.CommonName
	chain := s.Signer.Certificates
	if len(chain) == 0 && s.Signer.Certificate != nil {
		chain = []*x509.Certificate{s.Signer.Certificate}
	}
	for _, each := range chain {
		out.Certificates = append(out.Certificates, certificateDetail(each))
	}
	return out
}

func hashID(prefix string, parts ...string) string {
	return fmt.Sprintf("%s-%X", prefix, sha256.Sum256([]byte(prefix+strings.Join(parts, "\x00"))))
}

// formatV2 names level and form in the words of the EU's DSS library, which the
// service verifies with.
func formatV2(s verify.Signature) string {
	form := "PAdES-BASELINE-"
	if s.SubFilter != "ETSI.CAdES.detached" {
		form = "PKCS7-"
	}
	switch {
	case s.Level == verify.LevelBLTA:
		return form + "LTA"
	case s.Level == verify.LevelBLT:
		return form + "LT"
	case s.Level == verify.LevelBT, s.Time.Source != verify.TimeNone:
		return form + "T"
	}
	return form + "B"
}

// timeV2 is a time in UTC, whose milliseconds are always zero.
func timeV2(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Truncate(time.Second).Format(springTime)
}

func certificateDetail(c *x509.Certificate) certificateV2 {
	return certificateV2{
		ID: fmt.Sprintf("C-%X", sha256.Sum256(c.Raw)), Name: c.Subject.CommonName, Issuer: c.Issuer.String(),
		Serial: c.SerialNumber.String(), NotBefore: timeV2(c.NotBefore), NotAfter: timeV2(c.NotAfter),
		Algorithm: algorithmName(c.SignatureAlgorithm), Usages: usages(c.KeyUsage),
	}
}

// algorithmName turns "SHA256-RSA" into "RSA with SHA256".
func algorithmName(a x509.SignatureAlgorithm) string {
	if hash, ok := strings.CutSuffix(a.String(), "-RSA"); ok {
		return "RSA with " + hash
	}
	if hash, ok := strings.CutPrefix(a.String(), "ECDSA-"); ok {
		return "ECDSA with " + hash
	}
	return a.String()
}

func usages(u x509.KeyUsage) []string {
	names := []string{}
	for _, each := range []struct {
		bit  x509.KeyUsage
		name string
	}{
		{x509.KeyUsageDigitalSignature, "digitalSignature"},
		{x509.KeyUsageContentCommitment, "nonRepudiation"},
		{x509.KeyUsageKeyEncipherment, "keyEncipherment"},
		{x509.KeyUsageCertSign, "keyCertSign"},
		{x509.KeyUsageCRLSign, "crlSign"},
	} {
		if u&each.bit != 0 {
			names = append(names, each.name)
		}
	}
	return names
}

// encodedOrder writes a name in the order of its encoding, the reverse of RFC
// 2253, as version 1 does.
func encodedOrder(n pkix.Name) string {
	sequence := n.ToRDNSequence()
	slices.Reverse(sequence)
	return sequence.String()
}
