package verify_test

import (
	"bytes"
	"testing"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

func certified(level signing.Certification, document func() []byte, change func(doc *pdf.Document, u *pdf.Update)) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		o := w.optionsBB(w.budi)
		o.Certify = level
		return edit(t, w.sign(document(), o), change)
	}
}

func annotate(doc *pdf.Document, u *pdf.Update) {
	ref := u.Add(remark("FreeText"))
	set(u, 3, func(d pdf.Dict) { d["Annots"] = append(d["Annots"].(pdf.Array), ref) })
}

func fill(_ *pdf.Document, u *pdf.Update) {
	set(u, 5, func(d pdf.Dict) {
		d["V"] = pdf.TextString("baru")
		d["AP"] = pdf.Dict{"N": u.Add(pdf.NewStream(pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": rectOf(0, 0, 228, 20)}, []byte("BT (baru) Tj ET")))}
	})
}

// permissionAttacks break what a certification allows.
var permissionAttacks = []attack{
	{"annotation on a document certified against changes", certified(signing.CertifyNoChanges, letter, annotate), verify.CodeChangeNotPermitted, nil},
	{"annotation on a document certified for form filling", certified(signing.CertifyFormFilling, letter, annotate), verify.CodeChangeNotPermitted, nil},
	{"form filled in though certified against changes", certified(signing.CertifyNoChanges, formLetter, fill), verify.CodeChangeNotPermitted, nil},
	{"form filled in after a plain approval", certified(signing.NoCertification, formLetter, fill), verify.CodeChangeNotPermitted, nil},
	{"text field turned into a button with an action", certified(signing.CertifyFormFilling, formLetter, func(_ *pdf.Document, u *pdf.Update) {
		set(u, 5, func(d pdf.Dict) {
			d["AA"] = pdf.Dict{"F": pdf.Dict{"S": pdf.Name("JavaScript"), "JS": pdf.TextString("app.alert(1)")}}
		})
	}), verify.CodeModified, nil},
	{"field moved over the text", certified(signing.CertifyFormFilling, formLetter, func(_ *pdf.Document, u *pdf.Update) {
		set(u, 5, func(d pdf.Dict) {
			d["Rect"] = pdf.Array{pdf.Integer(0), pdf.Integer(0), pdf.Integer(595), pdf.Integer(842)}
		})
	}), verify.CodeModified, nil},
	{"empty signature field that draws over the page", certified(signing.CertifyAnnotations, letter, func(_ *pdf.Document, u *pdf.Update) {
		addField(u, u.Add(pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"), "T": pdf.TextString("Baru"),
			"Rect": pdf.Array{pdf.Integer(0), pdf.Integer(0), pdf.Integer(595), pdf.Integer(842)},
			"AP":   pdf.Dict{"N": u.Add(pdf.NewStream(pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": rectOf(0, 0, 595, 842)}, []byte("0 0 595 842 re f")))}}))
	}), verify.CodeModified, nil},
	{"signature on a document certified against changes", func(t *testing.T, w *world) []byte {
		o := w.optionsBB(w.budi)
		o.Certify = signing.CertifyNoChanges
		return w.sound(w.sari).apply(t, w.sign(letter(), o))
	}, verify.CodeChangeNotPermitted, nil},
	{"certification after another signature", func(t *testing.T, w *world) []byte {
		c := w.sound(w.sari)
		c.dict = certify
		return c.apply(t, w.sign(letter(), w.optionsBB(w.budi)))
	}, verify.CodeCertificationLate, nil},
	{"certification of an unknown level", crafted(withDict(func(d pdf.Dict) {
		certify(d)
		d["Reference"].(pdf.Array)[0].(pdf.Dict)["TransformParams"].(pdf.Dict)["P"] = pdf.Integer(9)
	})), verify.CodePermissionsUnusable, nil},
}

func certify(d pdf.Dict) {
	d["Reference"] = pdf.Array{pdf.Dict{"Type": pdf.Name("SigRef"), "TransformMethod": pdf.Name("DocMDP"),
		"TransformParams": pdf.Dict{"Type": pdf.Name("TransformParams"), "P": pdf.Integer(2), "V": pdf.Name("1.2")}}}
}

// danglingPage points at an object that does not exist yet.
var danglingPage = map[int]string{
	3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents[4 0 R 30 0 R]/Resources<</Font<</F1 7 0 R>>>>>>",
}

// shadowAttacks prepare, before the signature, what a later revision turns on.
var shadowAttacks = []attack{
	{"object added where the signed page already pointed", func(t *testing.T, w *world) []byte {
		signed := w.sign(letterWith(danglingPage), w.optionsBB(w.budi))
		return rawUpdate(signed, len(signed), map[int]string{30: stream("BT /F1 12 Tf (Palsu) Tj ET")}, "")
	}, verify.CodeModified, nil},
	{"the same, dressed up as evidence", func(t *testing.T, w *world) []byte {
		signed := w.sign(letterWith(danglingPage), w.optionsBB(w.budi))
		catalog := signed[bytes.LastIndex(signed, []byte("\n1 0 obj"))+9:]
		catalog = bytes.TrimSpace(catalog[:bytes.Index(catalog, []byte("endobj"))])
		body := string(bytes.TrimSuffix(catalog, []byte(">>"))) + "/DSS<</Certs[30 0 R]>>>>"
		return rawUpdate(signed, len(signed), map[int]string{1: body, 30: stream("BT /F1 12 Tf (Palsu) Tj ET")}, "")
	}, verify.CodeModified, nil},
	{"page content that is a field's appearance too", func(t *testing.T, w *world) []byte {
		prepared := replaced(formLetter(), "/Contents 4 0 R", "/Contents 9 0 R")
		o := w.optionsBB(w.budi)
		o.Certify = signing.CertifyFormFilling
		return edit(t, w.sign(prepared, o), func(doc *pdf.Document, u *pdf.Update) {
			u.Set(pdf.Ref{Num: 9}, pdf.NewStream(pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "BBox": rectOf(0, 0, 228, 20)}, []byte("BT (Palsu) Tj ET")))
		})
	}, verify.CodeModified, nil},
	{"page that lay unused put into the page tree", func(t *testing.T, w *world) []byte {
		prepared := letterWith(map[int]string{9: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 6 0 R>>"})
		return edit(t, w.sign(prepared, w.optionsBB(w.budi)), func(_ *pdf.Document, u *pdf.Update) {
			set(u, 2, func(d pdf.Dict) { d["Kids"] = pdf.Array{pdf.Ref{Num: 9}, pdf.Ref{Num: 5}} })
		})
	}, verify.CodeModified, nil},
	{"hidden field made visible", func(t *testing.T, w *world) []byte {
		prepared := replaced(formLetter(), "/P 3 0 R/F 4/AP", "/P 3 0 R/F 2/AP")
		o := w.optionsBB(w.budi)
		o.Certify = signing.CertifyFormFilling
		return edit(t, w.sign(prepared, o), func(doc *pdf.Document, u *pdf.Update) {
			set(u, 5, func(d pdf.Dict) { d["F"] = pdf.Integer(4) })
		})
	}, verify.CodeModified, nil},
}
