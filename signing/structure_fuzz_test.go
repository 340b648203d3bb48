package signing_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Any structure of a tagged document gives a stamped one that is read, or a
// typed error.
func FuzzStructure(f *testing.F) {
	f.Add("<< /Type /StructTreeRoot /K 7 0 R /ParentTree 8 0 R >>", "<< /S /P /P 6 0 R /Pg 3 0 R /K 0 >>", "<< /Nums [0 [7 0 R]] >>", true)
	f.Add("<< /Type /StructTreeRoot /K [7 0 R] /ParentTree 8 0 R /ParentTreeNextKey 3 >>", "<< /S /Document /K 8 0 R >>", "<< /Kids [8 0 R] /Limits [0 9] >>", false)
	f.Add("<< /K << /K 6 0 R >> /ParentTree 6 0 R /Nums [0 7 0 R] >>", "[6 0 R]", "null", true)
	f.Fuzz(func(t *testing.T, root, element, tree string, keyed bool) {
		entry := ""
		if keyed {
			entry = "/StructParents 0"
		}
		in := tagged(entry, root, element, tree)
		out, _, err := stamp(in, signing.StampOptions{Block: block(), Placement: corner})
		if err != nil {
			for _, typed := range []error{signing.ErrLimit, signing.ErrDamaged, signing.ErrAmbiguousStructure, signing.ErrNotPDF, signing.ErrSigned} {
				if errors.Is(err, typed) {
					return
				}
			}
			t.Fatalf("untyped error: %v", err)
		}
		doc, err := pdf.Open(bytes.NewReader(out), int64(len(out)), pdf.Options{})
		if err != nil || !bytes.HasPrefix(out, in) {
			t.Fatalf("not the document: %v", err)
		}
		if _, err := doc.Page(0); err != nil {
			t.Fatal(err)
		}
	})
}
