package verify_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// A list of annotations is changed in place for page 1 after a revision that
// wrote page 1 again. That is harmless if the list is page 1's alone: what the
// page said before does not count as a second user. It is not if page 2 uses
// the list too.
func TestListChangedInPlace(t *testing.T) {
	for name, shared := range map[string]bool{"of one page": false, "of two pages": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			var list pdf.Ref
			c := w.sound(w.budi)
			c.update = func(u *pdf.Update) {
				set(u, 3, func(d pdf.Dict) {
					list = u.Add(d["Annots"])
					d["Annots"] = list
				})
				if shared {
					set(u, 5, func(d pdf.Dict) { d["Annots"] = list })
				}
			}
			document := edit(t, c.apply(t, letter()), func(_ *pdf.Document, u *pdf.Update) {
				set(u, 3, func(pdf.Dict) {})
				set(u, 1, func(d pdf.Dict) { d["DSS"] = pdf.Dict{"Certs": pdf.Array{}} })
			})
			require.NoError(t, judge(t, document, w.online()).Err())
			report := judge(t, edit(t, document, func(doc *pdf.Document, u *pdf.Update) {
				field := u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"),
					"T": pdf.TextString("Sekda"), "Rect": pdf.Array{pdf.Integer(0), pdf.Integer(0), pdf.Integer(0), pdf.Integer(0)}})
				u.Set(list, append(must(doc.Array(list)), field))
				set(u, 1, func(d pdf.Dict) {
					form := must(doc.Dict(d["AcroForm"]))
					form["Fields"] = append(must(doc.Array(form["Fields"])), field)
					d["AcroForm"] = form
				})
			}), w.online())
			if shared {
				assert.ErrorIs(t, report.Err(), verify.ErrModified)
			} else {
				assert.NoError(t, report.Err(), "%v", codes(report))
			}
		})
	}
}
