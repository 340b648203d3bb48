package text_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// objects are the numbered objects of a test document, from 1 on; the first is
// its catalog.
type objects []string

// stream returns a stream object of the data.
func stream(dict, data string) string {
	return fmt.Sprintf("<<%s/Length %d>>stream\n%s\nendstream", dict, len(data), data)
}

// file writes the objects with a cross-reference table.
func (o objects) file() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	offsets := make([]int, len(o))
	for i, text := range o {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, text)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(o)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(o)+1, xref)
	return b.Bytes()
}

// winAnsi is Helvetica with the usual encoding and without widths.
const winAnsi = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"

// onePage is a page of 600 x 800 points with the content, a font F and what
// else stands in resources and in further objects, numbered from 6 on.
func onePage(content, font, resources string, further ...string) objects {
	return append(objects{
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>" + resources + ">>>>",
		stream("", content),
		font,
	}, further...)
}

func open(t testing.TB, file []byte) *pdf.Document {
	t.Helper()
	doc, err := pdf.Open(bytes.NewReader(file), int64(len(file)), pdf.Options{})
	require.NoError(t, err)
	return doc
}
