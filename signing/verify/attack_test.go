package verify_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// attack makes a document that must not be called valid.
type attack struct {
	name string
	make func(t *testing.T, w *world) []byte
	want verify.Code
	// options changes how it is judged; nil: online.
	options func(w *world, o *verify.Options)
}

// later changes a signed letter by an incremental update.
func later(change func(doc *pdf.Document, u *pdf.Update)) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		return edit(t, w.sign(letter(), w.optionsBB(w.budi)), change)
	}
}

func set(u *pdf.Update, num uint32, change func(pdf.Dict)) {
	object, err := u.Get(pdf.Ref{Num: num})
	if err != nil {
		panic(err)
	}
	dict := object.(pdf.Dict)
	change(dict)
	u.Set(pdf.Ref{Num: num}, dict)
}

func content(text string) *pdf.Stream {
	return pdf.NewStream(pdf.Dict{}, fmt.Appendf(nil, "BT /F1 12 Tf 72 720 Td (%s) Tj ET", text))
}

func remark(subtype string) pdf.Dict {
	return pdf.Dict{
		"Type": pdf.Name("Annot"), "Subtype": pdf.Name(subtype), "Contents": pdf.TextString("Lunas"),
		"Rect": pdf.Array{pdf.Integer(72), pdf.Integer(700), pdf.Integer(300), pdf.Integer(740)},
	}
}

// incrementalAttacks change a signed letter by lawful updates.
var incrementalAttacks = []attack{
	{"page content replaced", later(func(_ *pdf.Document, u *pdf.Update) { u.Set(pdf.Ref{Num: 4}, content("Surat Palsu")) }), verify.CodeModified, nil},
	{"page given other content", later(func(_ *pdf.Document, u *pdf.Update) {
		ref := u.Add(content("Surat Palsu"))
		set(u, 3, func(d pdf.Dict) { d["Contents"] = ref })
	}), verify.CodeModified, nil},
	{"font replaced", later(func(_ *pdf.Document, u *pdf.Update) {
		set(u, 7, func(d pdf.Dict) { d["BaseFont"] = pdf.Name("Symbol") })
	}), verify.CodeModified, nil},
	{"page removed", later(func(_ *pdf.Document, u *pdf.Update) {
		set(u, 2, func(d pdf.Dict) { d["Kids"], d["Count"] = pdf.Array{pdf.Ref{Num: 3}}, pdf.Integer(1) })
	}), verify.CodeModified, nil},
	{"page added", later(func(_ *pdf.Document, u *pdf.Update) {
		ref := u.Add(pdf.Dict{"Type": pdf.Name("Page"), "Parent": pdf.Ref{Num: 2}, "Contents": u.Add(content("Tambahan"))})
		set(u, 2, func(d pdf.Dict) { d["Kids"], d["Count"] = append(d["Kids"].(pdf.Array), ref), pdf.Integer(3) })
	}), verify.CodeModified, nil},
	{"page rotated", later(func(_ *pdf.Document, u *pdf.Update) {
		set(u, 3, func(d pdf.Dict) { d["Rotate"] = pdf.Integer(180) })
	}), verify.CodeModified, nil},
	{"annotation added", later(func(_ *pdf.Document, u *pdf.Update) {
		ref := u.Add(remark("FreeText"))
		set(u, 3, func(d pdf.Dict) { d["Annots"] = append(d["Annots"].(pdf.Array), ref) })
	}), verify.CodeChangeNotPermitted, nil},
	{"link with an action added", later(func(_ *pdf.Document, u *pdf.Update) {
		link := remark("Link")
		link["A"] = pdf.Dict{"S": pdf.Name("URI"), "URI": pdf.TextString("http://contoh.example/")}
		ref := u.Add(link)
		set(u, 3, func(d pdf.Dict) { d["Annots"] = append(d["Annots"].(pdf.Array), ref) })
	}), verify.CodeModified, nil},
	{"text field added", later(func(doc *pdf.Document, u *pdf.Update) {
		addField(u, u.Add(pdf.Dict{
			"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Tx"), "T": pdf.TextString("Nominal"),
			"V": pdf.TextString("1.000.000"), "Rect": pdf.Array{pdf.Integer(72), pdf.Integer(700), pdf.Integer(300), pdf.Integer(740)},
		}))
	}), verify.CodeModified, nil},
	{"catalog gets an open action", later(func(doc *pdf.Document, u *pdf.Update) {
		set(u, 1, func(d pdf.Dict) { d["OpenAction"] = pdf.Array{pdf.Ref{Num: 5}, pdf.Name("Fit")} })
	}), verify.CodeModified, nil},
	{"catalog replaced", later(func(doc *pdf.Document, u *pdf.Update) {
		catalog, _ := doc.Catalog()
		catalog["Pages"] = u.Add(pdf.Dict{"Type": pdf.Name("Pages"), "Kids": pdf.Array{pdf.Ref{Num: 5}}, "Count": pdf.Integer(1)})
		u.Set(doc.CatalogRef(), catalog)
	}), verify.CodeModified, nil},
	{"second catalog named by the trailer", later(func(doc *pdf.Document, u *pdf.Update) {
		catalog, _ := doc.Catalog()
		u.SetTrailer("Root", u.Add(catalog))
	}), verify.CodeModified, nil},
	{"title changed", later(func(_ *pdf.Document, u *pdf.Update) {
		set(u, 8, func(d pdf.Dict) { d["Title"] = pdf.TextString("Surat Kuasa") })
	}), verify.CodeModified, nil},
	{"document information alone renewed", later(func(_ *pdf.Document, u *pdf.Update) {
		set(u, 8, func(d pdf.Dict) { d["ModDate"] = pdf.TextString("D:20480401000000Z") })
	}), verify.CodeModified, nil},
	{"object added that nothing uses", later(func(_ *pdf.Document, u *pdf.Update) { u.Add(content("Cadangan")) }), verify.CodeModified, nil},
	{"appearance of the signature replaced", later(func(doc *pdf.Document, u *pdf.Update) {
		set(u, fieldNumber(doc), func(d pdf.Dict) {
			d["Rect"] = pdf.Array{pdf.Integer(72), pdf.Integer(72), pdf.Integer(200), pdf.Integer(100)}
			d["AP"] = pdf.Dict{"N": u.Add(pdf.NewStream(pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form")}, []byte("0 0 10 10 re f")))}
		})
	}), verify.CodeModified, nil},
	{"reason spoofed in a rewritten signature dictionary", later(func(doc *pdf.Document, u *pdf.Update) {
		field, _ := doc.Dict(pdf.Ref{Num: fieldNumber(doc)})
		set(u, field["V"].(pdf.Ref).Num, func(d pdf.Dict) { d["Reason"] = pdf.TextString("Menolak") })
	}), verify.CodeSignatureRemoved, nil},
	{"signature field removed from the form", later(func(doc *pdf.Document, u *pdf.Update) {
		catalog, _ := doc.Catalog()
		delete(catalog, "AcroForm")
		u.Set(doc.CatalogRef(), catalog)
	}), verify.CodeSignatureRemoved, nil},
	{"evidence that is a drawable form", later(func(doc *pdf.Document, u *pdf.Update) {
		form := pdf.NewStream(pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form")}, []byte("0 0 10 10 re f"))
		set(u, 1, func(d pdf.Dict) { d["DSS"] = pdf.Dict{"Certs": pdf.Array{u.Add(form)}} })
	}), verify.CodeModified, nil},
}

// fieldNumber is the object number of the only field.
func fieldNumber(doc *pdf.Document) uint32 {
	catalog, _ := doc.Catalog()
	form, _ := doc.Dict(catalog["AcroForm"])
	fields, _ := doc.Array(form["Fields"])
	return fields[0].(pdf.Ref).Num
}

func TestAttacks(t *testing.T) {
	count := 0
	for group, attacks := range map[string][]attack{
		"incremental": incrementalAttacks, "bytes": byteAttacks, "form": formAttacks,
		"trust": trustAttacks, "permission": permissionAttacks, "shadow": shadowAttacks, "role": roleAttacks,
		"widget": widgetAttacks, "appearance": appearanceAttacks, "lock": lockAttacks, "filling": fillingAttacks, "spelling": spellingAttacks, "repaired": repairedAttacks, "value": valueAttacks, "unbalanced": unbalancedAttacks,
		"stream": streamAttacks, "encryption": cryptAttacks, "rebuild": rebuildAttacks, "entry": entryAttacks,
		"time": timeAttacks(), "evidence": evidenceAttacks, "proof": proofAttacks,
		"metadata": metadataAttacks,
	} {
		count += len(attacks)
		for _, a := range attacks {
			t.Run(group+"/"+a.name, func(t *testing.T) {
				w := newWorld(t)
				document := a.make(t, w)
				options := w.online()
				if a.options != nil {
					a.options(w, &options)
				}
				report := judge(t, document, options)
				require.Error(t, report.Err(), "called valid")
				if a.want != "" {
					assert.Contains(t, codes(report), a.want)
				}
				assert.NotEqual(t, verify.TotalPassed, report.Conclusion.Indication)
				for _, lang := range []verify.Lang{verify.Indonesian, verify.English} {
					assert.NotEmpty(t, report.Summary(lang))
				}
			})
		}
	}
	assert.GreaterOrEqual(t, count, 40, "kinds of attack")
}
