package signing_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// TestOneWidgetForEachField: a signature shows at one place (ISO 32000-2,
// 12.7.5.5), so that no reader has to choose one.
func TestOneWidgetForEachField(t *testing.T) {
	key := person(t, "Budi Contoh", p256())
	out := mustSign(t, twoSigners, signing.Options{Key: key, Block: block(), Placement: corner})
	out = mustSign(t, out, signing.Options{Key: key})
	out = mustSign(t, out, signing.Options{Key: key, Block: block(), Placement: atTag("${ttd_lurah}")})
	doc, err := pdf.Open(bytes.NewReader(out), int64(len(out)), pdf.Options{})
	require.NoError(t, err)
	catalog, err := doc.Catalog()
	require.NoError(t, err)
	form, err := doc.Dict(catalog["AcroForm"])
	require.NoError(t, err)
	fields, err := doc.Array(form["Fields"])
	require.NoError(t, err)
	require.Len(t, fields, 3)
	page, err := doc.Page(0)
	require.NoError(t, err)
	annotations, err := doc.Array(page.Dict["Annots"])
	require.NoError(t, err)
	require.Equal(t, fields, annotations, "each field is its own widget")
	for _, ref := range fields {
		field, err := doc.Dict(ref)
		require.NoError(t, err)
		require.Equal(t, pdf.Name("Widget"), field["Subtype"])
		require.Equal(t, pdf.Name("Sig"), field["FT"])
		require.Nil(t, field["Kids"])
	}
}
