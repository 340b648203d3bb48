package pdf_test

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// soundFiles are small files of each kind.
func soundFiles(t testing.TB) map[string][]byte {
	files := map[string][]byte{
		"table": plain().Bytes(), "stream": compressed().Bytes(), "hybrid": hybrid(false).Bytes(),
		"linearised":                   linearised().Bytes(),
		"three revisions with tables":  revised(t, plain().Bytes()),
		"three revisions with streams": revised(t, compressed().Bytes()),
	}
	for name, data := range encrypted(t) {
		files[name] = data
	}
	return files
}

// TestTruncated cuts files short: what is left opens or is refused with a
// typed error, and never opens when strict.
func TestTruncated(t *testing.T) {
	for name, data := range soundFiles(t) {
		for n := 0; n < len(data)-1; n += 7 {
			if err := exercise(data[:n], pdf.Options{}); err != nil {
				require.True(t, typed(err), "%s cut at %d: %v", name, n, err)
			}
			err := exercise(data[:n], pdf.Options{Strict: true})
			if revisions := bytes.Count(data[:n], []byte("%%EOF")); revisions == 0 {
				require.Error(t, err, "%s cut at %d", name, n)
			}
		}
	}
}

// TestMutated breaks files at random, in a way that can be repeated. Each is
// refused with a typed error, or takes an update that can be read back.
func TestMutated(t *testing.T) {
	sound := soundFiles(t)
	var files [][]byte
	for _, name := range slices.Sorted(maps.Keys(sound)) {
		files = append(files, sound[name])
	}
	random := rand.New(rand.NewPCG(5, 6))
	for range 20_000 / sampling() {
		data := mutate(random, files[random.IntN(len(files))])
		opts := pdf.Options{Strict: random.IntN(4) == 0, Password: []byte("baca")}
		if err := exercise(data, opts); err != nil {
			require.True(t, typed(err), "%v: %q", err, data)
		}
		if opts.Strict {
			continue
		}
		d, err := open(data, opts)
		if err != nil {
			continue
		}
		u := d.NewUpdate()
		ref := u.Add(pdf.Integer(7))
		built, err := u.Build()
		if ref.Num >= 8_388_607 { // not all readers take the number, as in TestUpdateRefusesEnormousNumbers
			require.ErrorIs(t, err, pdf.ErrLimit, "%q", data)
			continue
		}
		require.NoError(t, err, "%q", data)
		out := append(bytes.Clone(data), built.Bytes...)
		again, err := open(out, opts)
		require.NoError(t, err, "%q", data)
		o, err := again.Get(ref)
		require.NoError(t, err, "%q", data)
		require.Equal(t, pdf.Integer(7), o, "%q", data)
		require.NoError(t, checkUpdate(again, data), "%q", data)
	}
}

// mutate returns data with some bytes changed, words put in or written over,
// and pieces removed or repeated.
func mutate(random *rand.Rand, data []byte) []byte {
	words := []string{
		"obj", "endobj", "stream", "endstream", "trailer", "xref", "startxref", "/Prev 0", "/Length 5 0 R",
		"/Size 99999999", "<<", ">>", "[", "]", "(", ")", "<", "0 0 R", "4 0 obj", "99999999", "/W [1 4 2]",
		"/Type /XRef", "/Type /ObjStm", "/Kids [2 0 R]", "%", "\x00\x00\x00",
	}
	data = bytes.Clone(data)
	for range 1 + random.IntN(6) {
		i := random.IntN(len(data))
		word := []byte(words[random.IntN(len(words))])
		piece := func(most int) []byte {
			j := random.IntN(len(data))
			return bytes.Clone(data[j : j+random.IntN(min(most, len(data)-j))])
		}
		switch random.IntN(5) {
		case 0:
			data[i] = byte(random.Uint32())
		case 1:
			copy(data[i:], word)
		case 2:
			data = append(data[:i:i], append(word, data[i:]...)...)
		case 3:
			data = append(data[:i:i], data[i+random.IntN(min(100, len(data)-i)):]...)
		case 4:
			data = append(data[:i:i], append(piece(200), data[i:]...)...)
		}
		if len(data) == 0 {
			return []byte("%PDF-")
		}
	}
	return data
}
