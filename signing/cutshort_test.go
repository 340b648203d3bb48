package signing_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// cuts are lengths at which an upload may have broken off, in 18 steps.
func cuts(in []byte) []int {
	var at []int
	for percent := 10; percent < 100; percent += 5 {
		at = append(at, len(in)*percent/100)
	}
	return at
}

// A signature would give a letter that was cut short a sound end, after which
// nobody sees that something is missing. What is signed all the same, because
// only the cross-reference is lost, still has every object.
func TestCutShort(t *testing.T) {
	files, err := filepath.Glob("testdata/producers/*.pdf")
	require.NoError(t, err)
	key := person(t, "Budi Contoh", p256())
	refused, signed := 0, 0
	for _, file := range files {
		whole, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, n := range cuts(whole) {
			out, _, err := sign(t, whole[:n], signing.Options{Key: key})
			if err != nil {
				assert.True(t, isRefusal(err), "%s at %d: %v", file, n, err)
				refused++
				continue
			}
			signed++
			assertHasAll(t, file, whole, out)
		}
	}
	assert.Greater(t, refused, 20*signed, "%d refused, %d signed", refused, signed)
}

// assertHasAll holds that a signed document has what another one has, but for
// what a signature changes and how the file is kept.
func assertHasAll(t *testing.T, file string, whole, signed []byte) {
	t.Helper()
	want, err := pdf.Open(bytes.NewReader(whole), int64(len(whole)), pdf.Options{})
	require.NoError(t, err)
	got, err := pdf.Open(bytes.NewReader(signed), int64(len(signed)), pdf.Options{})
	require.NoError(t, err)
	catalog, err := want.Catalog()
	require.NoError(t, err)
	form, _ := catalog["AcroForm"].(pdf.Ref)
	for e := range want.Entries() {
		ref := pdf.Ref{Num: e.Num}
		if e.Kind == pdf.EntryInUse {
			ref.Gen = e.Gen
		}
		a, err := want.Get(ref)
		if err != nil || ref == form {
			continue
		}
		switch a := a.(type) {
		case pdf.Dict:
			if kind := a.Name("Type"); kind == "Catalog" || kind == "Page" {
				continue
			}
		case *pdf.Stream:
			if kind := a.Dict.Name("Type"); kind == "XRef" || kind == "ObjStm" {
				continue
			}
		}
		b, err := got.Get(ref)
		require.NoError(t, err, "%s: object %d", file, e.Num)
		if stream, ok := a.(*pdf.Stream); ok {
			other, ok := b.(*pdf.Stream)
			require.True(t, ok, "%s: object %d", file, e.Num)
			x, _ := want.RawData(stream, 1<<24)
			y, _ := got.RawData(other, 1<<24)
			require.True(t, bytes.Equal(x, y), "%s: object %d", file, e.Num)
			continue
		}
		require.True(t, pdf.Equal(a, b), "%s: object %d", file, e.Num)
	}
}

// A cut within the last revision leaves the revision before it sound: what was
// signed or filled in there must not be lost without a word.
func TestCutWithinARevision(t *testing.T) {
	key := person(t, "Budi Contoh", p256())
	whole := producer(t, "libreoffice.pdf")
	letter := mustSign(t, whole, signing.Options{Key: key})
	head := len(whole) + strings.Index(string(letter[len(whole):]), " obj")
	end := bytes.LastIndex(letter, []byte("startxref"))
	for n := head + len(" obj"); n < end; n += 97 {
		_, _, err := sign(t, letter[:n], signing.Options{Key: key})
		require.ErrorIs(t, err, signing.ErrDamaged, "%d bytes after the letter's end", n-len(whole))
		found := preflight(t, letter[:n], signing.Options{Key: key})
		require.Contains(t, codes(found), signing.FindingDamaged)
		require.Error(t, found.Err())
	}
}

// Bytes after the end that are no part of a revision are kept and signed.
func TestJunkAfterTheEndIsNoCut(t *testing.T) {
	for name, junk := range map[string]string{
		"a page of a web server": "<html>object 1 of 2: 0 obj left, objek 12</html>",
		"zeros":                  strings.Repeat("\x00", 5000),
		"a DOS end of file":      "\x1a",
	} {
		t.Run(name, func(t *testing.T) {
			in := append(producer(t, "libreoffice.pdf"), junk...)
			out, _, err := sign(t, in, signing.Options{Key: person(t, "Budi Contoh", p256())})
			require.NoError(t, err)
			require.True(t, bytes.HasPrefix(out, in))
		})
	}
}

// A letter cut short is not prepared either: nothing is drawn on it.
func TestCutLetterIsNotStamped(t *testing.T) {
	whole := producer(t, "chrome.pdf")
	for _, n := range cuts(whole) {
		out, _, err := stamp(whole[:n], signing.StampOptions{
			Block: block(), Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 300, Y: 20, Width: 200, Height: 80}},
		})
		assert.True(t, err != nil && isRefusal(err), "at %d: %v", n, err)
		assert.Zero(t, len(out), "at %d", n)
	}
}
