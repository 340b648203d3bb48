package signing_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// TestPDFAStaysPDFA looks at everything that a signature adds to PDF/A files
// for what validators refuse: ISO 19005-1 and 19005-2, clauses 6.1.7 to 6.1.10
// (streams and filters), 6.3 (fonts), 6.4 (transparency, part 1 only), 6.5.3 and
// 6.9 (annotations and form fields; 6.3 and 6.4 in part 2).
func TestPDFAStaysPDFA(t *testing.T) {
	s := newService(t)
	for _, tt := range []struct {
		name, file string
		opts       signing.Options
	}{
		{"part 1, invisible", "libreoffice-pdfa1b.pdf", signing.Options{}},
		{"part 1, visible", "libreoffice-pdfa1b.pdf", signing.Options{Block: block(), Placement: corner}},
		{"part 1, with a store", "libreoffice-pdfa1b.pdf", signing.Options{Timestamper: s.timestamper(t), Evidence: s.evidence(t)}},
		{"part 2, invisible", "libreoffice-pdfa2b.pdf", signing.Options{}},
		{"part 2, visible", "libreoffice-pdfa2b.pdf", signing.Options{Block: block(), Placement: corner}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := producer(t, tt.file)
			tt.opts.Key = s.person(t, false)
			out := mustSign(t, in, tt.opts)
			before, err := pdf.Open(bytes.NewReader(in), int64(len(in)), pdf.Options{})
			require.NoError(t, err)
			after, err := pdf.Open(bytes.NewReader(out), int64(len(out)), pdf.Options{Strict: true})
			require.NoError(t, err)
			part1 := tt.file == "libreoffice-pdfa1b.pdf"
			for e := range after.Entries() {
				ref := pdf.Ref{Num: e.Num, Gen: e.Gen}
				if _, old := before.Entry(e.Num); old || e.Kind == pdf.EntryFree {
					continue
				}
				o, err := after.Get(ref)
				require.NoError(t, err)
				archivalObject(t, o, part1)
			}
			require.Equal(t, before.Trailer()["ID"].(pdf.Array)[0], after.Trailer()["ID"].(pdf.Array)[0], "6.1.3 asks for an ID")

			_, field := signatureOf(t, out, "Signature1")
			flags, _ := field.Int("F")
			require.EqualValues(t, 4, flags&(1|2|4|32), "Print, and nothing that hides")
			looks, err := after.Dict(field["AP"])
			require.NoError(t, err)
			require.Len(t, looks, 1, "N alone")
			look, err := after.Resolve(looks["N"])
			require.NoError(t, err)
			require.IsType(t, &pdf.Stream{}, look)
			require.NotContains(t, field, pdf.Name("A"))
			require.NotContains(t, field, pdf.Name("AA"))
		})
	}
}

// archivalObject refuses what PDF/A does not know, in one new object.
func archivalObject(t *testing.T, o pdf.Object, part1 bool) {
	t.Helper()
	switch v := o.(type) {
	case pdf.Array:
		for _, e := range v {
			archivalObject(t, e, part1)
		}
	case *pdf.Stream:
		require.NotContains(t, []pdf.Object{pdf.Name("LZWDecode"), pdf.Name("JPXDecode")}, v.Dict["Filter"])
		for _, key := range []pdf.Name{"F", "FFilter", "FDecodeParms", "OPI", "PS", "Ref"} {
			require.NotContains(t, v.Dict, key)
		}
		if v.Dict.Name("Type") != "XRef" {
			archivalObject(t, v.Dict, part1)
		}
	case pdf.Dict:
		if v.Name("Type") == "Font" && v.Name("Subtype") != "Type0" {
			require.Contains(t, v, pdf.Name("FontDescriptor"), "no font that is not embedded")
		}
		if v.Name("Type") == "FontDescriptor" {
			require.True(t, v["FontFile2"] != nil || v["FontFile3"] != nil, "no font that is not embedded")
		}
		if part1 {
			require.NotContains(t, v, pdf.Name("SMask"), "transparency")
			require.NotContains(t, v, pdf.Name("Group"), "transparency")
			require.NotContains(t, v, pdf.Name("ca"), "transparency")
			require.NotContains(t, v, pdf.Name("CA"), "transparency")
		}
		for key, e := range v {
			require.NotContains(t, []pdf.Object{pdf.Name("DeviceCMYK")}, e, "%s", key)
			archivalObject(t, e, part1)
		}
	}
}
