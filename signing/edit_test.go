package signing_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// edit appends an update to a document, to make the cases that no producer at
// hand writes.
func edit(t testing.TB, in []byte, change func(doc *pdf.Document, u *pdf.Update)) []byte {
	t.Helper()
	doc, err := pdf.Open(bytes.NewReader(in), int64(len(in)), pdf.Options{})
	require.NoError(t, err)
	u := doc.NewUpdate()
	change(doc, u)
	built, err := u.Build()
	require.NoError(t, err)
	return append(bytes.Clone(in), built.Bytes...)
}

// withCatalog changes the catalog.
func withCatalog(t testing.TB, in []byte, change func(u *pdf.Update, catalog pdf.Dict)) []byte {
	t.Helper()
	return edit(t, in, func(doc *pdf.Document, u *pdf.Update) {
		catalog, err := doc.Catalog()
		require.NoError(t, err)
		change(u, catalog)
		u.Set(doc.CatalogRef(), catalog)
	})
}

// withField adds a form with one field, whose widget is on the first page.
func withField(t testing.TB, in []byte, field pdf.Dict) []byte {
	t.Helper()
	return edit(t, in, func(doc *pdf.Document, u *pdf.Update) {
		catalog, err := doc.Catalog()
		require.NoError(t, err)
		page, err := doc.Page(0)
		require.NoError(t, err)
		f := pdf.Dict{"Type": pdf.Name("Annot"), "Subtype": pdf.Name("Widget"), "FT": pdf.Name("Sig"),
			"T": pdf.TextString("Kepala"), "P": page.Ref,
			"Rect": pdf.Array{pdf.Integer(100), pdf.Integer(100), pdf.Integer(300), pdf.Integer(180)}}
		for k, v := range field {
			f[k] = v
		}
		ref := u.Add(f)
		annots, err := doc.Array(page.Dict["Annots"])
		require.NoError(t, err)
		page.Dict["Annots"] = append(annots, ref)
		u.Set(page.Ref, page.Dict)
		catalog["AcroForm"] = u.Add(pdf.Dict{"Fields": pdf.Array{ref}, "DA": pdf.TextString("/Helv 0 Tf")})
		u.Set(doc.CatalogRef(), catalog)
	})
}

// signatureOf reads a field's signature dictionary, and the field.
func signatureOf(t testing.TB, b []byte, name string) (sig, field pdf.Dict) {
	t.Helper()
	doc, err := pdf.Open(bytes.NewReader(b), int64(len(b)), pdf.Options{})
	require.NoError(t, err)
	catalog, err := doc.Catalog()
	require.NoError(t, err)
	form, err := doc.Dict(catalog["AcroForm"])
	require.NoError(t, err)
	fields, err := doc.Array(form["Fields"])
	require.NoError(t, err)
	for _, f := range fields {
		field, err := doc.Dict(f)
		require.NoError(t, err)
		if s, ok := field["T"].(pdf.String); ok && pdf.Text(s) == name {
			sig, err := doc.Dict(field["V"])
			require.NoError(t, err)
			return sig, field
		}
	}
	t.Fatalf("no field %q", name)
	return nil, nil
}
