package verify_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/verify"
)

// A signature must have been in its field, under its name, in the revision that
// it covers, whatever a later revision makes of the objects that lead there.
func TestFieldOfOwnRevision(t *testing.T) {
	for name, c := range map[string]struct {
		later []numbered
		shown bool
	}{
		"nothing changed":              {[]numbered{{8, "<</Title(Surat Tugas)>>"}}, true},
		"the parent gained a kid":      {[]numbered{{10, "<</T(a)/Kids[11 0 R 13 0 R]>>"}, {13, "<</FT/Sig/T(c)>>"}}, true},
		"a parent with the same name":  {[]numbered{{14, "<</T(a)/Kids[11 0 R]>>"}, {9, "[14 0 R]"}}, true},
		"the parent has another name":  {[]numbered{{10, "<</T(lain)/Kids[11 0 R]>>"}}, false},
		"the field has another name":   {[]numbered{{11, "<</FT/Sig/T(lain)/V 12 0 R>>"}}, false},
		"the field lost its parent":    {[]numbered{{9, "[11 0 R]"}}, false},
		"another field has the value":  {[]numbered{{11, "<</FT/Sig/T(b)>>"}, {9, "[10 0 R 13 0 R]"}, {13, "<</FT/Sig/T(c)/V 12 0 R>>"}}, false},
		"a parent above, without name": {[]numbered{{9, "[14 0 R]"}, {14, "<</Kids[10 0 R]>>"}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			f := continuing(letter())
			f.revision(numbered{1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields 9 0 R/SigFlags 3>>>>"}, numbered{9, "[10 0 R]"},
				numbered{10, "<</T(a)/Kids[11 0 R]>>"}, numbered{11, "<</FT/Sig/T(b)/V 12 0 R>>"}, numbered{12, signed(noMessage)})
			f.revision(c.later...)
			document := f.buf.Bytes()
			report, err := verify.Verify(t.Context(), bytes.NewReader(document), int64(len(document)), newWorld(t).options())
			require.NoError(t, err)
			assert.Equal(t, !c.shown, slices.Contains(codes(report), verify.CodeNotInOwnRevision), codes(report))
		})
	}
}

// A field that was of another kind then, by what it inherited, was no signature.
func TestKindOfOwnRevision(t *testing.T) {
	f := continuing(letter())
	f.revision(numbered{1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[10 0 R]/SigFlags 3>>>>"},
		numbered{10, "<</FT/Tx/T(a)/Kids[11 0 R]>>"}, numbered{11, "<</T(b)/V 12 0 R>>"}, numbered{12, signed(noMessage)})
	f.revision(numbered{10, "<</FT/Sig/T(a)/Kids[11 0 R]>>"})
	document := f.buf.Bytes()
	report, err := verify.Verify(t.Context(), bytes.NewReader(document), int64(len(document)), newWorld(t).options())
	require.NoError(t, err)
	assert.Contains(t, codes(report), verify.CodeNotInOwnRevision)
}
