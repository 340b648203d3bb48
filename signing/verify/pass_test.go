package verify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// readerOnly hides that bytes lie in memory.
type readerOnly struct{ io.ReaderAt }

// cancelling ends a context in the middle of the file.
type cancelling struct {
	io.ReaderAt
	at     int64
	cancel context.CancelFunc
}

func (c cancelling) ReadAt(p []byte, off int64) (int, error) {
	if off >= c.at {
		c.cancel()
	}
	return c.ReaderAt.ReadAt(p, off)
}

// Bytes in memory and bytes that are read take different ways to one report.
func TestReportIsTheSameFromMemoryAndReader(t *testing.T) {
	w := newWorld(t)
	large := w.sign(bigLetter(2000, 2<<20), w.optionsBLT(w.budi))
	changed := edit(t, large, func(_ *pdf.Document, u *pdf.Update) {
		set(u, 20, func(d pdf.Dict) { d["Rotate"] = pdf.Integer(90) })
	})
	for name, document := range map[string][]byte{
		"one signature": large, "two signatures": w.sign(large, w.optionsBB(w.sari)), "changed later": changed,
		"a byte changed": flip(large, 1_000_000), "bytes appended": append(bytes.Clone(large), "\n%PDF"...),
		"small": w.sign(letter(), w.optionsBB(w.budi)), "not signed": bigLetter(2000, 2<<20),
	} {
		t.Run(name, func(t *testing.T) {
			memory, err := verify.Verify(t.Context(), bytes.NewReader(document), int64(len(document)), w.online())
			require.NoError(t, err)
			read, err := verify.Verify(t.Context(), readerOnly{bytes.NewReader(document)}, int64(len(document)), w.online())
			require.NoError(t, err)
			want, err := json.Marshal(memory)
			require.NoError(t, err)
			got, err := json.Marshal(read)
			require.NoError(t, err)
			assert.JSONEq(t, string(want), string(got))
		})
	}
}

func flip(document []byte, at int) []byte {
	out := bytes.Clone(document)
	out[at] ^= 1
	return out
}

// Whatever ends the pass early, the digesting ends with it.
func TestPassEndsWithItsReaderAndContext(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent()) // what other tests left may still be ending
	w := newWorld(t)
	document := w.sign(bigLetter(2000, 4<<20), w.optionsBB(w.budi))
	size := int64(len(document))
	_, err := verify.Verify(t.Context(), readerOnly{bytes.NewReader(document[:size-100])}, size, w.online())
	require.Error(t, err)
	for _, at := range []int64{100, size / 2} {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := verify.Verify(ctx, cancelling{bytes.NewReader(document), at, cancel}, size, w.online())
		require.ErrorIs(t, err, context.Canceled)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = verify.Verify(ctx, bytes.NewReader(document), size, w.online())
	require.ErrorIs(t, err, context.Canceled)
}

// A key is found wherever the pass cuts it, and once.
func TestByteRangeKeyAcrossChunks(t *testing.T) {
	for lead := range 30 {
		text := strings.Repeat("R", lead) + "/ByteRange[0 1]" + strings.Repeat("x", 20) + "/Byte Range /ByteRangeR/ByteRang"
		want := []int64{int64(lead), int64(strings.LastIndex(text, "/ByteRangeR"))}
		for chunk := 1; chunk < 40; chunk++ {
			require.Equal(t, want, verify.ByteRangeKeys([]byte(text), chunk), fmt.Sprint(lead, chunk))
		}
	}
}

// What a signer says is written so that nobody takes it for an object.
func TestReasonThatSpeaksOfObjects(t *testing.T) {
	w := newWorld(t)
	for _, reason := range []string{"Lampiran 4 0 obj dan 5 0 objek", "trailer << /Root 5 0 R >>"} {
		o := w.optionsBLT(w.budi)
		o.Reason = reason
		report := judge(t, w.sign(w.sign(letter(), o), w.optionsBB(w.sari)), w.online())
		require.NoError(t, report.Err(), "%v", codes(report))
		assert.Equal(t, reason, report.Signatures[0].Claims.Reason)
	}
}
