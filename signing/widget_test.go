package signing_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
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

// TestBlocksAreReadAloud: who cannot see a block hears its text, or at least
// what it is (ISO 14289-1, 7.18.1).
func TestBlocksAreReadAloud(t *testing.T) {
	link := appearance.QR{Link: "https://surat.contoh.go.id/v/7f3a"}
	for name, c := range map[string]struct {
		block *appearance.Block
		want  string
	}{
		"text":         {block(), appearance.IntroLine + " KEPALA DINAS CONTOH Budi Contoh"},
		"QR code only": {&appearance.Block{QR: link}, "Tanda tangan elektronik"},
		"picture only": {&appearance.Block{Logo: pictureOf(t, 200)}, "Tanda tangan elektronik"},
	} {
		t.Run(name, func(t *testing.T) {
			out := mustSign(t, twoSigners, signing.Options{Key: person(t, "Budi Contoh", p256()), Block: c.block, Placement: corner})
			doc, err := pdf.Open(bytes.NewReader(out), int64(len(out)), pdf.Options{})
			require.NoError(t, err)
			page, err := doc.Page(0)
			require.NoError(t, err)
			annotations, err := doc.Array(page.Dict["Annots"])
			require.NoError(t, err)
			widget, err := doc.Dict(annotations[0])
			require.NoError(t, err)
			spoken, ok := widget["TU"].(pdf.String)
			require.True(t, ok)
			require.Equal(t, c.want, pdf.Text(spoken))
		})
	}
}
