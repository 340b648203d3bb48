package mockbsre

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/sertel-id/sertel/signing/verify"
)

// Texts of the engine before 2.x, seen in answers.
const (
	oldSummaryValid = "DOCUMENT VALID !!!"
	oldSummaryBad   = "DOCUMENT NOT VALID !!!"
	oldNotesValid   = "Tanda tangan elektronik valid dan dokumen merupakan dokumen asli sejak ditandatangani"
	oldNotesBad     = "Konten Dokumen mengalami perubahan oleh pihak yang tidak berhak"
)

type verifyAnswerV1 struct {
	Name    string     `json:"nama_dokumen"`
	Count   int        `json:"jumlah_signature"`
	Notes   *string    `json:"notes"`
	Details []detailV1 `json:"details"`
	Summary *string    `json:"summary"`
}

type detailV1 struct {
	TSA       tsaV1             `json:"info_tsa"`
	Field     string            `json:"signature_field"`
	Signer    signerV1          `json:"info_signer"`
	Signature signatureDetailV1 `json:"signature_document"`
}

type tsaV1 struct {
	Name     *string `json:"name"`
	Validity *string `json:"tsa_cert_validity"`
}

type signerV1 struct {
	Issuer    string `json:"issuer_dn"`
	Name      string `json:"signer_name"`
	Validity  string `json:"signer_cert_validity"`
	Subject   string `json:"signer_dn"`
	Certified bool   `json:"cert_user_certified"`
}

type signatureDetailV1 struct {
	TSA       bool    `json:"signed_using_tsa"`
	Reason    *string `json:"reason"`
	Integrity bool    `json:"document_integrity"`
	Value     *string `json:"signature_value"`
	SignedIn  string  `json:"signed_in"`
	Location  *string `json:"location"`
	Hash      *string `json:"hash_value"`
}

// verifyV1 is POST /api/sign/verify: a form with one file.
func (e *esign) verifyV1(ctx context.Context, c *call) reply {
	f, err := readForm(c)
	if err != nil {
		return e.formError(c, err)
	}
	file, ok := f.files["signed_file"]
	if !ok {
		return e.springError(http.StatusBadRequest, c.Request)
	}
	j, err := e.judge(ctx, file.data, "")
	if err != nil {
		return e.badInput(c)
	}
	answer := verifyAnswerV1{Name: shortName(file.name), Count: len(j.Signatures), Details: []detailV1{}}
	answer.Notes, answer.Summary = &j.text, &j.conclusion
	if e.on(QuirkOldEngine) {
		answer.Notes, answer.Summary = oldWords(j)
	}
	for _, s := range j.Signatures {
		answer.Details = append(answer.Details, e.detailV1(s))
	}
	return jsonReply(http.StatusOK, answer)
}

// shortName bounds the file name that is repeated.
func shortName(name string) string { return strings.ToValidUTF8(name[:min(len(name), 255)], "") }

func oldWords(j judgment) (notes, summary *string) {
	notesText, summaryText := oldNotesBad, oldSummaryBad
	switch j.conclusion {
	case conclusionNoSignature:
		return nil, nil
	case conclusionValid:
		notesText, summaryText = oldNotesValid, oldSummaryValid
	}
	return &notesText, &summaryText
}

func (e *esign) detailV1(s verify.Signature) detailV1 {
	at := timeV1(s.Claims.Time)
	d := detailV1{
		TSA:   tsaV1{Name: orNull(s.Time.Authority)},
		Field: s.Field,
		Signature: signatureDetailV1{
			TSA: s.Time.Source != verify.TimeNone, Reason: orNull(s.Claims.Reason), Integrity: unbroken(s),
			SignedIn: at, Location: orNull(s.Claims.Location),
		},
		Signer: signerV1{Validity: at + " to " + at, Certified: s.Trusted == verify.Yes},
	}
	if s.Signer == nil {
		return d
	}
	d.Signer.Name, d.Signer.Subject = s.Signer.CommonName, s.Signer.CommonName
	if s.Signer.Certificate != nil {
		d.Signer.Issuer = encodedOrder(s.Signer.Certificate.Issuer)
	}
	if e.on(QuirkOldEngine) {
		if s.Signer.Certificate != nil {
			d.Signer.Subject = encodedOrder(s.Signer.Certificate.Subject)
		}
		d.Signer.Validity = timeV1(s.Signer.NotBefore) + " to " + timeV1(s.Signer.NotAfter)
		none := "null to null"
		d.TSA.Validity = &none
	}
	return d
}

// timeV1 is a time without zone, in the service's own.
func timeV1(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(local).Format("2006-01-02 15:04:05.00")
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
