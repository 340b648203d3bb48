package signing_test

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/tsa"
)

func TestSignFile(t *testing.T) {
	dir := t.TempDir()
	src, dst := filepath.Join(dir, "surat.pdf"), filepath.Join(dir, "surat-ttd.pdf")
	letter := producer(t, "libreoffice.pdf")
	require.NoError(t, os.WriteFile(src, letter, 0o640))
	opts := signing.Options{Key: person(t, "Budi Contoh", p256()), Now: now}

	_, err := signing.SignFile(context.Background(), dst, src, opts)
	require.NoError(t, err)
	out, err := os.ReadFile(dst)
	require.NoError(t, err)
	intact(t, out, 1)
	info, err := os.Stat(dst)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o640), info.Mode().Perm())

	_, err = signing.SignFile(context.Background(), dst, dst, opts)
	require.NoError(t, err, "in its own place")
	out, err = os.ReadFile(dst)
	require.NoError(t, err)
	intact(t, out, 2)

	t.Run("a failure leaves what was there and nothing else", func(t *testing.T) {
		bad := opts
		bad.Timestamper = stamper(func(context.Context, crypto.Hash, []byte) (*tsa.Token, error) { return nil, errBroken })
		_, err := signing.SignFile(context.Background(), dst, src, bad)
		require.ErrorIs(t, err, signing.ErrTimestamp)
		after, err := os.ReadFile(dst)
		require.NoError(t, err)
		require.Equal(t, out, after)
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, entries, 2)
	})
	t.Run("no such file, no folder, a folder as source", func(t *testing.T) {
		for _, c := range [][2]string{{dst, src + ".nope"}, {filepath.Join(dir, "nope", "x.pdf"), src}, {dst, dir}} {
			_, err := signing.SignFile(context.Background(), c[0], c[1], opts)
			require.Error(t, err)
		}
	})
}

// TestNothingWithoutEnd holds that reading stops where a context ends, where
// the source is shorter than said and where the output breaks.
func TestNothingWithoutEnd(t *testing.T) {
	letter := producer(t, "libreoffice.pdf")
	opts := signing.Options{Key: person(t, "Budi Contoh", p256()), Now: now}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w := &watch{}
	_, err := signing.Sign(ctx, w, bytes.NewReader(letter), int64(len(letter)), opts)
	require.ErrorIs(t, err, context.Canceled)
	require.False(t, w.written)

	_, err = signing.Sign(context.Background(), broken{}, bytes.NewReader(letter), int64(len(letter)), opts)
	require.ErrorIs(t, err, errBroken)
	_, err = signing.Sign(context.Background(), io.Discard, bytes.NewReader(letter), int64(len(letter))+10, opts)
	require.Error(t, err)
}

var errBroken = errors.New("disk full")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

// sparse is a letter of any size: a blank page, and a stream with a hole that
// is read as zeros and stored nowhere.
type sparse struct {
	head, tail []byte
	hole       int64
}

func newSparse(hole int64) *sparse {
	doc := raw("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>",
		"<< /Length "+strconv.FormatInt(hole, 10)+" >>\nstream\n\nendstream")
	cut := bytes.Index(doc, []byte("stream\n")) + len("stream\n")
	s := &sparse{head: doc[:cut], tail: bytes.Clone(doc[cut:]), hole: hole}
	// The cross-reference comes after the hole.
	old := bytes.Index(doc, []byte("xref\n"))
	at := bytes.Index(s.tail, []byte("startxref\n")) + len("startxref\n")
	s.tail = append(s.tail[:at:at], strconv.FormatInt(int64(old)+hole, 10)+"\n%%EOF\n"...)
	return s
}

func (s *sparse) Size() int64 { return int64(len(s.head)) + s.hole + int64(len(s.tail)) }

func (s *sparse) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		switch at := off + int64(n); {
		case at < int64(len(s.head)):
			n += copy(p[n:], s.head[at:])
		case at < int64(len(s.head))+s.hole:
			end := min(int64(len(p)), int64(n)+int64(len(s.head))+s.hole-at)
			clear(p[n:end])
			n = int(end)
		case at < s.Size():
			n += copy(p[n:], s.tail[at-int64(len(s.head))-s.hole:])
		default:
			return n, io.EOF
		}
	}
	return n, nil
}

// TestLargeDocument signs a document of 64 MB, in CI of 1 GB, within 4 MB of
// memory, and a small one within 2 per cent of the same.
func TestLargeDocument(t *testing.T) {
	size := int64(64 << 20)
	if os.Getenv("SERTEL_CI") == "1" {
		size = 1 << 30
	}
	opts := signing.Options{Key: person(t, "Budi Contoh", p256()), Now: now}
	// The least of several runs: what other goroutines of the test allocate
	// meanwhile is not counted.
	used := func(hole int64, runs int) uint64 {
		s := newSparse(hole)
		least := uint64(math.MaxUint64)
		for range runs {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r, err := signing.Sign(context.Background(), io.Discard, s, s.Size(), opts)
			runtime.ReadMemStats(&after)
			require.NoError(t, err)
			require.Empty(t, r.Repairs)
			// All that was allocated is no less than what was held at once.
			least = min(least, after.TotalAlloc-before.TotalAlloc)
		}
		return least
	}
	small, large := used(100<<10, 20), used(size, 3)
	t.Logf("100 KB: %d bytes allocated, %d MB: %d bytes", small, size>>20, large)
	require.Less(t, large, uint64(4<<20))
	require.LessOrEqual(t, large, small+small/50)
}
