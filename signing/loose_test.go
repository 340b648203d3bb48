package signing_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// unlisted takes the signature fields out of the form, as some programs write
// them: only the page's annotations name them still.
func unlisted(t *testing.T, in []byte) []byte {
	t.Helper()
	return edit(t, in, func(doc *pdf.Document, u *pdf.Update) {
		catalog, err := doc.Catalog()
		require.NoError(t, err)
		delete(catalog, "AcroForm")
		u.Set(doc.CatalogRef(), catalog)
	})
}

// TestSignatureOnThePageOnly holds that a signature counts that no form lists:
// readers show it, so a certification is no longer the first, nothing after it
// is repaired, its name is taken and what it forbids is forbidden.
func TestSignatureOnThePageOnly(t *testing.T) {
	letter := producer(t, "libreoffice.pdf")
	key := person(t, "Budi Contoh", p256())
	signed := unlisted(t, mustSign(t, letter, signing.Options{Key: key}))

	require.ErrorIs(t, refused(t, signed, signing.Options{Certify: signing.CertifyFormFilling}), signing.ErrNotFirst)
	require.ErrorIs(t, refused(t, signed, signing.Options{Field: "Signature1"}), signing.ErrField)
	require.Error(t, refused(t, append(bytes.Clone(signed), "catatan\n"...), signing.Options{}))

	_, r, err := sign(t, signed, signing.Options{Key: key})
	require.NoError(t, err, "an approval may follow")
	require.Equal(t, "Signature2", r.Field)

	// The certification stands in its Reference; Perms went with the form.
	certified := edit(t, unlisted(t, mustSign(t, letter, signing.Options{Key: key, Certify: signing.CertifyNoChanges})),
		func(doc *pdf.Document, u *pdf.Update) {
			catalog, err := doc.Catalog()
			require.NoError(t, err)
			delete(catalog, "Perms")
			u.Set(doc.CatalogRef(), catalog)
		})
	require.ErrorIs(t, refused(t, certified, signing.Options{}), signing.ErrForbidden)
}

// TestWidgetsOfOtherKinds holds that only a signature counts.
func TestWidgetsOfOtherKinds(t *testing.T) {
	page := "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> /Annots [4 0 R 5 0 R] >>"
	document := func(widget, parent string) []byte {
		return raw("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, widget, parent)
	}
	const range4 = "/ByteRange [0 10 20 30] /Contents <3000>"
	for _, tt := range []struct {
		name           string
		widget, parent string
		counts         bool
	}{
		{"a signature in the widget", "<< /Subtype /Widget /FT /Sig /T (a) /V << " + range4 + " >> >>", "null", true},
		{"a signature in the parent", "<< /Subtype /Widget /Parent 5 0 R >>", "<< /FT /Sig /T (a) /V << " + range4 + " >> >>", true},
		{"a field still empty", "<< /Subtype /Widget /FT /Sig /T (a) >>", "null", false},
		{"a text field", "<< /Subtype /Widget /FT /Tx /T (a) /V (x) >>", "null", false},
		{"a link", "<< /Subtype /Link >>", "null", false},
		{"a widget that is its own parent", "<< /Subtype /Widget /Parent 4 0 R >>", "null", false},
		{"parents in a circle", "<< /Subtype /Widget /Parent 5 0 R >>", "<< /Parent 4 0 R >>", false},
		{"no dictionary", "7", "(x)", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := sign(t, document(tt.widget, tt.parent), signing.Options{Key: person(t, "Budi Contoh", p256()), Certify: signing.CertifyFormFilling})
			require.Equal(t, tt.counts, errors.Is(err, signing.ErrNotFirst), "%v", err)
			if !tt.counts {
				require.NoError(t, err)
			}
		})
	}
}
