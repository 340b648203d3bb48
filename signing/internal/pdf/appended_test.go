package pdf_test

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

func TestAppendedReadsAsOneFile(t *testing.T) {
	const base, tail = "the document", " and its update"
	for name, a := range map[string]*pdf.Appended{
		"both":     {Base: strings.NewReader(base), Size: int64(len(base)), Tail: []byte(tail)},
		"no tail":  {Base: strings.NewReader(base + tail), Size: int64(len(base + tail))},
		"no base":  {Base: strings.NewReader(""), Tail: []byte(base + tail)},
		"one byte": {Base: strings.NewReader(base + tail), Size: int64(len(base+tail)) - 1, Tail: []byte("e")},
	} {
		t.Run(name, func(t *testing.T) {
			size := len(base + tail)
			require.NoError(t, iotest.TestReader(io.NewSectionReader(a, 0, int64(size)), []byte(base+tail)))
			n, err := a.ReadAt(nil, 3)
			assert.Zero(t, n)
			assert.NoError(t, err, "nothing was asked for")
		})
	}
}

func TestAppendedToAFileThatWasCut(t *testing.T) {
	a := &pdf.Appended{Base: strings.NewReader("half"), Size: 8, Tail: []byte("tail")}
	n, err := a.ReadAt(make([]byte, 12), 0)
	assert.Equal(t, 4, n)
	assert.Error(t, err, "the update is not taken for what is missing")
}
