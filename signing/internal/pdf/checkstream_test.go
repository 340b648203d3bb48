package pdf_test

import (
	"bytes"
	"compress/zlib"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// TestCheckStream: a checksum that does not agree is told when it is asked
// about, and one that is missing never is.
func TestCheckStream(t *testing.T) {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, err := z.Write([]byte("isi surat"))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	good := b.Bytes()
	other := bytes.Clone(good)
	other[len(other)-1]++
	d := mustOpen(t, func() []byte { m := newMaker().pages(); m.table("/Size 4 /Root 1 0 R"); return m.Bytes() }())
	for name, c := range map[string]struct {
		filter pdf.Name
		data   []byte
		sums   bool
		limit  int64
		n      int64
		want   error
	}{
		"whole":                {"FlateDecode", good, true, 100, 9, nil},
		"wrong checksum":       {"FlateDecode", other, true, 100, 9, pdf.ErrMalformed},
		"not asked about":      {"FlateDecode", other, false, 100, 9, nil},
		"no checksum":          {"FlateDecode", good[:len(good)-4], true, 100, 9, nil},
		"cut":                  {"FlateDecode", good[:len(good)-6], false, 100, 9, pdf.ErrMalformed},
		"over the limit":       {"FlateDecode", good, true, 8, 8, pdf.ErrLimit},
		"a filter of pictures": {"DCTDecode", good, true, 8, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := d.CheckStream(pdf.NewStream(pdf.Dict{"Filter": c.filter}, c.data), c.limit, c.sums)
			assert.Equal(t, c.n, n)
			assert.ErrorIs(t, err, c.want)
		})
	}
}
