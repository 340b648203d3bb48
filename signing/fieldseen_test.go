package signing_test

import (
	"bytes"
	"fmt"
	"image"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// fieldOn is a document of two pages; the first has an empty signature field with
// this rectangle, if the entries of the pages list it.
func fieldOn(rect, field, first, second string) []byte {
	return raw("", "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>",
		"<< /Type /Pages /Kids [3 0 R 5 0 R] /Count 2 /MediaBox [0 0 595 842] >>",
		"<< /Type /Page /Parent 2 0 R "+first+" >>",
		fmt.Sprintf("<< /Type /Annot /Subtype /Widget /FT /Sig /T (Camat) /Rect [%s] %s >>", rect, field),
		"<< /Type /Page /Parent 2 0 R "+second+" >>", "[]")
}

const listed = "/Annots [4 0 R]"

// TestFieldThatIsNotWhollySeen: a block that nobody would see is refused, one of
// which a part is seen warned of.
func TestFieldThatIsNotWhollySeen(t *testing.T) {
	key := person(t, "Budi Contoh", p256())
	for name, c := range map[string]struct {
		rect, field string
		want        []signing.FindingCode
		err         error
	}{
		"on the page":          {"100 300 340 380", "", nil, nil},
		"at the page's corner": {"355.005 762 595.005 842", "", nil, nil},
		"half off the page":    {"500 300 740 380", "", []signing.FindingCode{signing.FindingOutsidePage}, nil},
		"off the page":         {"700 900 940 980", "", []signing.FindingCode{signing.FindingOutsidePage}, signing.ErrOutsidePage},
		"beside the page":      {"595 300 835 380", "", []signing.FindingCode{signing.FindingOutsidePage}, signing.ErrOutsidePage},
		"hidden":               {"100 300 340 380", "/F 2", []signing.FindingCode{signing.FindingPlacement}, signing.ErrPlacement},
	} {
		t.Run(name, func(t *testing.T) {
			in := fieldOn(c.rect, c.field+" /P 3 0 R", listed, "")
			opts := signing.Options{Key: key, Field: "Camat", Block: block()}
			found := preflight(t, in, opts)
			require.Equal(t, c.want, codes(found))
			_, _, err := sign(t, in, opts)
			require.ErrorIs(t, err, c.err)
			require.ErrorIs(t, found.Err(), c.err)
			for _, f := range found {
				require.Equal(t, f.Code == signing.FindingOutsidePage, f.Page == 1)
			}
			opts.Block = nil
			require.Empty(t, preflight(t, in, opts), "nothing is to be seen")
			mustSign(t, in, opts)
		})
	}
}

// TestFieldThatItsPageDoesNotList becomes one that is, so that its block is seen.
// Of two pages, the one that lists a field shows it.
func TestFieldThatItsPageDoesNotList(t *testing.T) {
	key := person(t, "Budi Contoh", p256())
	opts := signing.Options{Key: key, Field: "Camat", Block: block()}
	box := image.Rect(100, 842-380, 340, 842-300)
	for name, in := range map[string][]byte{
		"no list":           fieldOn("100 300 340 380", "/P 3 0 R", "", ""),
		"an empty list":     fieldOn("100 300 340 380", "/P 3 0 R", "/Annots []", "/Annots null"),
		"a list apart":      fieldOn("100 300 340 380", "/P 3 0 R", "/Annots 6 0 R", "/Annots (x)"),
		"listed":            fieldOn("100 300 340 380", "/P 3 0 R", listed, ""),
		"listed, and no P":  fieldOn("100 300 340 380", "", listed, ""),
		"P of another page": fieldOn("100 300 340 380", "/P 5 0 R", listed, ""),
	} {
		t.Run(name, func(t *testing.T) {
			require.Empty(t, preflight(t, in, opts))
			out, r, err := sign(t, in, opts)
			require.NoError(t, err)
			require.Equal(t, 1, r.Page)
			require.Equal(t, 1, timesListed(t, out))
			require.Empty(t, newJudge(t).faults(t, in, out, false))
			require.Greater(t, ink(render(t, out, 72), box), 1000)
		})
	}
	_, _, err := sign(t, fieldOn("100 300 340 380", "", "", ""), opts)
	require.ErrorIs(t, err, signing.ErrField)

	// In a signed letter too: the signature that the widget shows explains it.
	once := mustSign(t, fieldOn("100 300 340 380", "/P 3 0 R", "", ""), signing.Options{Key: key, Certify: signing.CertifyFormFilling})
	report := judged(t, mustSign(t, once, opts))
	require.Len(t, report.Signatures, 2)
	for _, s := range report.Signatures {
		require.Contains(t, []verify.Modification{verify.ModificationNone, verify.ModificationPermitted}, s.Later)
	}
	unseen := mustSign(t, fieldOn("100 300 340 380", "/P 3 0 R", "", ""), signing.Options{Key: key, Field: "Camat"})
	require.Zero(t, timesListed(t, unseen), "nothing to be shown")
	require.Empty(t, preflight(t, unseen, signing.Options{Block: block(), Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 100, Y: 300, Width: 240, Height: 80}}}))
}

// timesListed is how often the first page lists object 4.
func timesListed(t *testing.T, b []byte) (n int) {
	t.Helper()
	doc, err := pdf.Open(bytes.NewReader(b), int64(len(b)), pdf.Options{})
	require.NoError(t, err)
	page, err := doc.Page(0)
	require.NoError(t, err)
	annots, err := doc.Array(page.Dict["Annots"])
	require.NoError(t, err)
	for _, a := range annots {
		if a == pdf.Object(pdf.Ref{Num: 4}) {
			n++
		}
	}
	return n
}

// TestFieldThatIsThereIsNotMissing, though it cannot be signed.
func TestFieldThatIsThereIsNotMissing(t *testing.T) {
	signed := mustSign(t, fieldOn("100 300 340 380", "/P 3 0 R", listed, ""), signing.Options{Key: person(t, "Sari Contoh", p256()), Field: "Camat"})
	for field, in := range map[string][]byte{"Camat": signed, "nama": redrawnForm(textField, shownBudi)} {
		for _, b := range []*appearance.Block{block(), nil} {
			require.Equal(t, []signing.FindingCode{signing.FindingField}, codes(preflight(t, in, signing.Options{Field: field, Block: b})))
		}
	}
}
