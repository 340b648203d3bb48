package signing_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Any page content gives a prepared letter that a strict reader reads and that
// still begins with the original, or a typed error.
func FuzzPrepareLetter(f *testing.F) {
	f.Add([]byte("BT /F 11 Tf 60 780 Td (Surat contoh ^) Tj ET"))
	f.Add([]byte("Q Q q BI /W 1 /H 1 ID q EI BT /F 9 Tf (^^) Tj"))
	f.Add([]byte("0.001 0 0 1e9 0 0 cm BT /F -9 Tf 1 0 0 0 60 60 Tm (^) Tj"))
	f.Fuzz(func(t *testing.T, content []byte) {
		in := page(string(content), "/Rotate 90")
		out, layout, err := prepareLetter(in, signing.LetterOptions{
			Roles:  []signing.LetterRole{{Role: "a", Placement: signing.Placement{Anchor: "^", Width: 60, Height: 40, Which: signing.AllTags}}},
			Footer: &signing.PageFooter{Footer: appearance.LegalFooter()},
		})
		if err != nil {
			for _, typed := range []error{signing.ErrTagNotFound, signing.ErrOutsidePage, signing.ErrOverlap, signing.ErrOverText,
				signing.ErrLimit, signing.ErrDamaged, signing.ErrAmbiguousStructure} {
				if errors.Is(err, typed) {
					return
				}
			}
			t.Fatalf("untyped error: %v", err)
		}
		if !bytes.HasPrefix(out, in) || layout.Size != int64(len(out)) || len(layout.Places) == 0 {
			t.Fatalf("not the letter: %+v", layout)
		}
		doc, err := pdf.Open(bytes.NewReader(out), int64(len(out)), pdf.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := doc.Page(0); err != nil {
			t.Fatal(err)
		}
	})
}
