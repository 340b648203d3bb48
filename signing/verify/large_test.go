package verify_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/verify"
)

// Documents that are large by right must stay within the budget that hostile
// ones are held to.
var large = []struct {
	name       string
	signatures int
	make       func() []byte
}{
	{"a form of 5,000 fields, signed ten times", 10, func() []byte {
		objects := map[int]string{1: "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields 9 0 R>>>>"}
		refs := numbers(20, 5000)
		for i := range 5000 {
			objects[20+i] = fmt.Sprintf("<</FT/Tx/T(%d)/V(isi)/Ff 0>>", i)
		}
		objects[9] = "[" + refs + "]"
		return letterWith(objects)
	}},
	{"a document of 50,000 tagged elements, signed three times", 3, func() []byte {
		objects := map[int]string{1: "<</Type/Catalog/Pages 2 0 R/StructTreeRoot 20 0 R>>"}
		for i := range 50_000 {
			objects[21+i] = fmt.Sprintf("<</K %d/P 20 0 R/Pg 3 0 R/S/P/Type/StructElem>>", i)
		}
		objects[20] = "<</Type/StructTreeRoot/K[" + numbers(21, 50_000) + "]>>"
		return letterWith(objects)
	}},
	{"2,000 pages that share resources and have notes, signed twice", 2, func() []byte {
		objects := map[int]string{9: "<</Font<</F1 7 0 R>>>>"}
		for i := range 2000 {
			objects[20+2*i] = fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources 9 0 R/Annots[%d 0 R]>>", 21+2*i)
			objects[21+2*i] = "<</Type/Annot/Subtype/Text/Rect[0 0 20 20]/Contents(catatan)>>"
		}
		var kids strings.Builder
		for i := range 2000 {
			fmt.Fprintf(&kids, "%d 0 R ", 20+2*i)
		}
		objects[2] = "<</Type/Pages/Count 2002/Kids[3 0 R 5 0 R " + kids.String() + "]>>"
		return letterWith(objects)
	}},
	{"a document with metadata, signed twenty times", 20, func() []byte {
		return letterWith(map[int]string{1: "<</Type/Catalog/Pages 2 0 R/Metadata 9 0 R>>", 9: packed("/Type/Metadata/Subtype/XML",
			"<x:xmpmeta xmlns:x='adobe:ns:meta/'>"+strings.Repeat(" ", 4000)+"</x:xmpmeta>")})
	}},
}

// numbers are references to n objects.
func numbers(from, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d 0 R ", from+i)
	}
	return b.String()
}

func TestLargeIsJudged(t *testing.T) {
	w := newWorld(t)
	for _, c := range large {
		t.Run(c.name, func(t *testing.T) {
			document := c.make()
			for range c.signatures {
				document = w.sign(document, w.optionsBB(w.budi))
			}
			report, err := verify.Verify(t.Context(), bytes.NewReader(document), int64(len(document)), w.online())
			require.NoError(t, err)
			assert.NoError(t, report.Err())
			assert.Len(t, report.Signatures, c.signatures)
		})
	}
}

// Where the widgets do not say on what page they are, every page is read, but
// once for all of them.
func TestPagesAreReadOnceForAllSignatures(t *testing.T) {
	w := newWorld(t)
	objects, fields := map[int]string{}, ""
	for i := range 1500 {
		objects[20+i] = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>/PieceInfo<<" + strings.Repeat("/A<<>>", 12) + ">>>>"
	}
	kids := numbers(20, 1500)
	f := continuing(letter())
	var added []numbered
	for i := range 90 {
		fields += fmt.Sprintf("%d 0 R ", 3000+2*i)
		added = append(added, numbered{3000 + 2*i, fmt.Sprintf("<</FT/Sig/T(%d)/V %d 0 R/Subtype/Widget/Rect[0 0 9 9]>>", i, 3001+2*i)},
			numbered{3001 + 2*i, signed(noMessage)})
	}
	annots := fields
	objects[1519] = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[" + annots + "]>>"
	objects[2] = "<</Type/Pages/Count 1502/Kids[3 0 R 5 0 R " + kids + "]>>"
	objects[1] = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[" + fields + "]/SigFlags 3>>>>"
	for num, body := range objects {
		added = append(added, numbered{num, body})
	}
	f.revision(added...)
	document := f.buf.Bytes()
	report, err := verify.Verify(t.Context(), bytes.NewReader(document), int64(len(document)), w.options())
	require.NoError(t, err)
	require.Len(t, report.Signatures, 90)
	for _, s := range report.Signatures {
		require.NotNil(t, s.Place)
		assert.Equal(t, 1502, s.Place.Page)
	}
	assert.NotContains(t, codes(report), verify.CodeCompareBudget)
}
