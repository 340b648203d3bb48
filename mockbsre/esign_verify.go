package mockbsre

import (
	"bytes"
	"context"
	"slices"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/verify"
)

// Conclusions and their texts. VALID and NO_SIGNATURE were seen with theirs; of
// INVALID clients know the word, the texts are composed.
const (
	conclusionValid       = "VALID"
	conclusionInvalid     = "INVALID"
	conclusionNoSignature = "NO_SIGNATURE"

	textValid       = "Dokumen valid, Sertifikat yang digunakan terpercaya"
	textNoSignature = "Dokumen tidak memiliki tandatangan elektronik"
	textUntrusted   = "Dokumen valid, Sertifikat yang digunakan tidak terpercaya"
	textModified    = "Dokumen tidak valid, Dokumen telah berubah setelah ditandatangani"
	textInvalid     = "Dokumen tidak valid"
)

// judgment is a report and what the service says of it.
type judgment struct {
	*verify.Report
	conclusion, text string
}

// judge verifies a document under the fake's root, with revocation data from
// the fake where the document has none, as a server that is online does.
func (e *esign) judge(ctx context.Context, data []byte, password string) (judgment, error) {
	fetcher, err := verify.NewHTTPFetcher(verify.HTTPConfig{
		Hosts: []string{hostOf(AuthorityURL)}, Transport: e.srv.network, CacheSize: -1, Now: e.srv.Clock.Now,
	})
	if err != nil {
		return judgment{}, err
	}
	report, err := verify.Verify(ctx, bytes.NewReader(data), int64(len(data)), verify.Options{
		Roots: verify.Trust(e.srv.authority.Root()), Fetcher: fetcher, Password: passphrase.FromString(password), Now: e.srv.Clock.Now,
	})
	if err != nil {
		return judgment{}, err
	}
	if e.on(QuirkVerifyUnsorted) {
		slices.Reverse(report.Signatures)
	}
	j := judgment{Report: report}
	j.conclusion, j.text = conclude(report)
	return j, nil
}

func conclude(r *verify.Report) (conclusion, text string) {
	switch {
	case len(r.Signatures) == 0:
		return conclusionNoSignature, textNoSignature
	case r.Conclusion.Indication == verify.TotalPassed:
		return conclusionValid, textValid
	}
	untrusted := false
	for _, s := range r.Signatures {
		switch {
		case !unbroken(s):
			return conclusionInvalid, textModified
		case s.Valid != verify.Yes:
			return conclusionInvalid, textInvalid
		case s.Trusted != verify.Yes:
			untrusted = true
		}
	}
	if untrusted && r.Conclusion.Indication == verify.Indeterminate {
		return conclusionInvalid, textUntrusted
	}
	return conclusionInvalid, textInvalid
}

// unbroken reports that the signed bytes are unchanged and nothing was added
// that no rule explains.
func unbroken(s verify.Signature) bool {
	return s.Intact == verify.Yes && s.Later != verify.ModificationFound
}
