package signing_test

import (
	"bytes"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

func TestExistingField(t *testing.T) {
	in := withField(t, producer(t, "libreoffice.pdf"), nil)
	out, r, err := sign(t, in, signing.Options{Key: person(t, "Budi Contoh", p256()), Field: "Kepala", Block: block()})
	require.NoError(t, err)
	require.Equal(t, "Kepala", r.Field)
	require.Equal(t, signing.Rect{X: 100, Y: 100, Width: 200, Height: 80}, r.Rect)
	require.Empty(t, newJudge(t).faults(t, in, out, false))
	_, field := signatureOf(t, out, "Kepala")
	require.True(t, pdf.Equal(pdf.Array{pdf.Integer(100), pdf.Integer(100), pdf.Integer(300), pdf.Integer(180)}, field["Rect"]))
	require.NotNil(t, field["AP"])
	require.Contains(t, pdf.Text(field["TU"].(pdf.String)), "KEPALA DINAS CONTOH")
}

func TestFieldNames(t *testing.T) {
	letter := producer(t, "libreoffice.pdf")
	empty := withField(t, letter, nil)
	key := person(t, "Budi Contoh", p256())
	signed := mustSign(t, letter, signing.Options{Key: key, Field: "Sekretaris"})
	tests := []struct {
		name string
		in   []byte
		opts signing.Options
		want error
	}{
		{"signed already", signed, signing.Options{Field: "Sekretaris"}, signing.ErrField},
		{"a text field", withField(t, letter, pdf.Dict{"FT": pdf.Name("Tx")}), signing.Options{Field: "Kepala"}, signing.ErrField},
		{"a new name with a full stop", letter, signing.Options{Field: "Dinas.Kepala"}, signing.ErrField},
		{"a placement for a field that has one", empty, signing.Options{Field: "Kepala", Block: block(), Placement: corner}, signing.ErrPlacement},
		{"a block for an invisible field", withField(t, letter, pdf.Dict{"Rect": pdf.Array{pdf.Integer(0), pdf.Integer(0), pdf.Integer(0), pdf.Integer(0)}}),
			signing.Options{Field: "Kepala", Block: block()}, signing.ErrPlacement},
		{"a block for a hidden field", withField(t, letter, pdf.Dict{"F": pdf.Integer(2)}), signing.Options{Field: "Kepala", Block: block()}, signing.ErrPlacement},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.ErrorIs(t, refused(t, tt.in, tt.opts), tt.want)
		})
	}
	// A made-up name is one that nobody has.
	taken := withField(t, letter, pdf.Dict{"T": pdf.TextString("Signature1")})
	_, r, err := sign(t, taken, signing.Options{Key: key})
	require.NoError(t, err)
	require.Equal(t, "Signature2", r.Field)
	_, r, err = sign(t, letter, signing.Options{Key: key, Field: "Camat Kōta"})
	require.NoError(t, err)
	require.Equal(t, "Camat Kōta", r.Field)
}

func TestFieldInTree(t *testing.T) {
	// The field is a grandchild that inherits its type; its widget is itself
	// or, lawfully but unseen by readers, a kid of its own.
	tree := func(apart bool) []byte {
		return edit(t, producer(t, "libreoffice.pdf"), func(doc *pdf.Document, u *pdf.Update) {
			page, err := doc.Page(0)
			require.NoError(t, err)
			parent := u.Reserve()
			shown := pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "F": pdf.Integer(4), "Rect": rectangle(50, 50, 150, 90)}
			field := pdf.Dict{"T": pdf.TextString("Kepala"), "Parent": parent}
			ref := u.Reserve()
			if apart {
				shown["Parent"] = ref
				widget := u.Add(shown)
				field["Kids"] = pdf.Array{widget}
				page.Dict["Annots"] = pdf.Array{widget}
			} else {
				maps.Copy(field, shown)
				page.Dict["Annots"] = pdf.Array{ref}
			}
			u.Set(ref, field)
			u.Set(parent, pdf.Dict{"T": pdf.TextString("Dinas"), "FT": pdf.Name("Sig"), "Kids": pdf.Array{ref}})
			u.Set(page.Ref, page.Dict)
			catalog, err := doc.Catalog()
			require.NoError(t, err)
			catalog["AcroForm"] = pdf.Dict{"Fields": pdf.Array{parent}}
			u.Set(doc.CatalogRef(), catalog)
		})
	}
	in := tree(false)
	out, r, err := sign(t, in, signing.Options{Key: person(t, "Budi Contoh", p256()), Field: "Dinas.Kepala", Block: block()})
	require.NoError(t, err)
	require.Equal(t, "Dinas.Kepala", r.Field)
	require.Empty(t, newJudge(t).faults(t, in, out, false))

	var unsupported *signing.UnsupportedError
	require.ErrorAs(t, refused(t, tree(true), signing.Options{Field: "Dinas.Kepala"}), &unsupported)
}

func TestCertification(t *testing.T) {
	letter := producer(t, "libreoffice.pdf")
	key := person(t, "Budi Contoh", p256())
	for _, tt := range []struct {
		name   string
		level  signing.Certification
		second error
	}{
		{"no changes forbids a second signature", signing.CertifyNoChanges, signing.ErrForbidden},
		{"form filling allows one", signing.CertifyFormFilling, nil},
		{"annotations allow one", signing.CertifyAnnotations, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			certified := mustSign(t, letter, signing.Options{Key: key, Certify: tt.level})
			require.Empty(t, newJudge(t).faults(t, letter, certified, true))
			sig, _ := signatureOf(t, certified, "Signature1")
			ref := sig["Reference"].(pdf.Array)[0].(pdf.Dict)
			require.Equal(t, pdf.Name("DocMDP"), ref["TransformMethod"])
			require.Equal(t, pdf.Integer(tt.level), ref["TransformParams"].(pdf.Dict)["P"])

			require.ErrorIs(t, refused(t, certified, signing.Options{Certify: signing.CertifyAnnotations}), signing.ErrNotFirst)
			if tt.second != nil {
				err := refused(t, certified, signing.Options{})
				require.ErrorIs(t, err, tt.second)
				var forbidden *signing.ForbiddenError
				require.ErrorAs(t, err, &forbidden)
				require.Equal(t, "Signature1", forbidden.Field)
				return
			}
			both := mustSign(t, certified, signing.Options{Key: key, Block: block(), Placement: corner})
			require.Empty(t, newJudge(t).faults(t, certified, both, false))
			intact(t, both, 2)
		})
	}
	approved := mustSign(t, letter, signing.Options{Key: key})
	require.ErrorIs(t, refused(t, approved, signing.Options{Certify: signing.CertifyNoChanges}), signing.ErrNotFirst)
}

// locked is a document with an earlier signature that carries a FieldMDP
// transform or a lock, as other signers write them.
func locked(t *testing.T, params, lock pdf.Dict) []byte {
	t.Helper()
	sig := pdf.Dict{"Type": pdf.Name("Sig"), "Filter": pdf.Name("Adobe.PPKLite"), "SubFilter": pdf.Name("ETSI.CAdES.detached"),
		"ByteRange": pdf.Array{pdf.Integer(0), pdf.Integer(10), pdf.Integer(20), pdf.Integer(30)}, "Contents": pdf.String{Bytes: []byte{0x30, 0}, Hex: true}}
	if params != nil {
		sig["Reference"] = pdf.Array{pdf.Dict{"TransformMethod": pdf.Name("FieldMDP"), "TransformParams": params}}
	}
	field := pdf.Dict{"V": sig, "T": pdf.TextString("Pertama")}
	if lock != nil {
		field["Lock"] = lock
	}
	return withField(t, producer(t, "libreoffice.pdf"), field)
}

func TestFieldLocks(t *testing.T) {
	list := func(names ...string) (a pdf.Array) {
		for _, n := range names {
			a = append(a, pdf.TextString(n))
		}
		return a
	}
	action := func(a string, fields pdf.Array) pdf.Dict {
		return pdf.Dict{"Action": pdf.Name(a), "Fields": fields}
	}
	for _, tt := range []struct {
		name         string
		params, lock pdf.Dict
	}{
		{"all fields", action("All", nil), nil},
		{"this field by name", action("Include", list("Kedua")), nil},
		{"all but another", action("Exclude", list("Ketiga")), nil},
		{"an action nobody knows", action("Some", nil), nil},
		{"a lock with P 1", nil, pdf.Dict{"Action": pdf.Name("Include"), "P": pdf.Integer(1)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := refused(t, locked(t, tt.params, tt.lock), signing.Options{Field: "Kedua"})
			require.ErrorIs(t, err, signing.ErrForbidden)
			require.Contains(t, err.Error(), "Pertama")
		})
	}
	for name, params := range map[string]pdf.Dict{
		"another field by name": action("Include", list("Ketiga")),
		"all but this":          action("Exclude", list("Kedua")),
		"none":                  nil,
	} {
		t.Run(name, func(t *testing.T) {
			// The made-up signature covers nothing, so that what follows it
			// is judged, and it is written by the book.
			_, _, err := sign(t, locked(t, params, nil), signing.Options{Key: person(t, "Budi Contoh", p256()), Field: "Kedua"})
			require.NotErrorIs(t, err, signing.ErrForbidden)
		})
	}
}

// TestBrokenRules: what cannot be read might forbid.
func TestBrokenRules(t *testing.T) {
	wrong := pdf.Integer(7)
	reference := func(ref pdf.Object) pdf.Dict {
		return pdf.Dict{"V": pdf.Dict{"Type": pdf.Name("Sig"), "Filter": pdf.Name("Adobe.PPKLite"), "SubFilter": pdf.Name("ETSI.CAdES.detached"),
			"ByteRange": pdf.Array{pdf.Integer(0), pdf.Integer(10), pdf.Integer(20), pdf.Integer(30)},
			"Contents":  pdf.String{Bytes: []byte{0x30, 0}, Hex: true}, "Reference": ref}}
	}
	method := func(name string, params pdf.Object) pdf.Array {
		return pdf.Array{pdf.Dict{"TransformMethod": pdf.Name(name), "TransformParams": params}}
	}
	letter := producer(t, "libreoffice.pdf")
	perms := func(o pdf.Object) []byte {
		return withCatalog(t, letter, func(_ *pdf.Update, catalog pdf.Dict) { catalog["Perms"] = o })
	}
	for name, in := range map[string][]byte{
		"Perms is a number":                      perms(wrong),
		"the certification is a number":          perms(pdf.Dict{"DocMDP": wrong}),
		"Reference is a number":                  withField(t, letter, reference(wrong)),
		"a reference is a number":                withField(t, letter, reference(pdf.Array{wrong})),
		"parameters are a number":                withField(t, letter, reference(method("DocMDP", wrong))),
		"locked fields are a number":             withField(t, letter, reference(method("FieldMDP", pdf.Dict{"Action": pdf.Name("Include"), "Fields": wrong}))),
		"the lock of a signed field is a number": withField(t, letter, pdf.Dict{"V": reference(pdf.Array{})["V"], "Lock": wrong}),
		"the seed value is a number":             withField(t, letter, pdf.Dict{"SV": wrong}),
	} {
		t.Run(name, func(t *testing.T) {
			opts := signing.Options{Field: "Kedua"}
			if strings.Contains(name, "seed") {
				opts.Field = "Kepala"
			}
			require.ErrorIs(t, refused(t, in, opts), signing.ErrDamaged)
		})
	}
	certified := withCatalog(t, letter, func(u *pdf.Update, catalog pdf.Dict) {
		catalog["Perms"] = pdf.Dict{"DocMDP": u.Add(reference(method("DocMDP", pdf.Dict{"P": pdf.Integer(1)}))["V"])}
	})
	require.ErrorIs(t, refused(t, certified, signing.Options{}), signing.ErrForbidden, "a certification that no field leads to")
	require.ErrorIs(t, refused(t, certified, signing.Options{Certify: signing.CertifyNoChanges}), signing.ErrNotFirst)
}

func TestNothingIsRepairedAfterASignature(t *testing.T) {
	signed := mustSign(t, producer(t, "libreoffice.pdf"), signing.Options{Key: person(t, "Budi Contoh", p256())})
	junk := append(bytes.Clone(signed), "catatan\n"...)
	err := refused(t, junk, signing.Options{})
	require.True(t, strings.Contains(err.Error(), "signing: damaged") || strings.Contains(err.Error(), "ambiguous"), "%v", err)
}
