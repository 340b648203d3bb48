package pdf_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// sparse is a file whose parts stand far apart, zeros between them.
type sparse struct {
	size  int64
	parts map[int64][]byte
	read  int64
}

func (s *sparse) ReadAt(p []byte, off int64) (int, error) {
	n := len(p)
	if off+int64(n) > s.size {
		n = int(max(0, s.size-off))
	}
	clear(p[:n])
	for at, data := range s.parts {
		if from, to := max(at, off), min(at+int64(len(data)), off+int64(n)); from < to {
			copy(p[from-off:to-off], data[from-at:])
		}
	}
	s.read += int64(n)
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// newSparse is a file with one stream of zeros that makes it size bytes long.
func newSparse(size int64, broken bool) *sparse {
	head := newMaker().pages()
	four := head.Len()
	const tailRoom = 512
	fmt.Fprintf(head, "4 0 obj\n<< /Length %010d >>\nstream\n", size-tailRoom-int64(head.Len())-48)
	length := size - tailRoom - int64(four) - 48
	tail := &maker{at: map[int]int{}}
	tail.WriteString("\nendstream\nendobj\n")
	end := int64(head.Len()) + length
	xref := end + int64(tail.Len())
	fmt.Fprintf(tail, "xref\n0 5\n0000000000 65535 f\r\n%010d 00000 n\r\n%010d 00000 n\r\n%010d 00000 n\r\n%010d 00000 n\r\n",
		head.at[1], head.at[2], head.at[3], four)
	fmt.Fprintf(tail, "trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", xref)
	if broken {
		tail.Truncate(tail.Len() - 60)
	}
	return &sparse{size: end + int64(tail.Len()), parts: map[int64][]byte{0: head.Bytes(), end: tail.Bytes()}}
}

func sparseSize() int64 {
	if os.Getenv("SERTEL_CI") == "1" {
		return 1 << 30
	}
	return 64 << 20
}

// TestSparse reads and updates a large file in little memory and few reads.
func TestSparse(t *testing.T) {
	file := newSparse(sparseSize(), false)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	d, err := pdf.Open(file, file.size, pdf.Options{Strict: true})
	require.NoError(t, err)
	_, err = d.Page(0)
	require.NoError(t, err)
	_, err = d.Get(pdf.Ref{Num: 4})
	require.NoError(t, err)
	u := d.NewUpdate()
	u.Add(pdf.Integer(1))
	built, err := u.Build()
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	assert.Equal(t, file.size, built.Start)
	t.Logf("%d MiB: %d KiB allocated, %d KiB read", file.size>>20, (after.TotalAlloc-before.TotalAlloc)>>10, file.read>>10)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
	assert.Less(t, file.read, int64(1<<20))
}

// TestSparseRebuilt scans a large file in one pass and little memory.
func TestSparseRebuilt(t *testing.T) {
	file := newSparse(sparseSize(), true)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	d, err := pdf.Open(file, file.size, pdf.Options{})
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	assert.True(t, d.Rebuilt())
	t.Logf("%d MiB: %d KiB allocated, %d KiB read", file.size>>20, (after.TotalAlloc-before.TotalAlloc)>>10, file.read>>10)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(2<<20))
}

// TestIndexMemory holds an open file's memory to 32 bytes per object.
func TestIndexMemory(t *testing.T) {
	size := func(n int) uint64 {
		data := manyObjects(n)
		if n%2 == 1 { // with a second revision
			data = update(t, data, func(u *pdf.Update) { u.Add(pdf.Integer(1)) })
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		d, err := pdf.Open(bytes.NewReader(data), int64(len(data)), pdf.Options{})
		require.NoError(t, err)
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(d)
		runtime.KeepAlive(data)
		return after.HeapAlloc - before.HeapAlloc
	}
	const n = 100_000
	for _, extra := range []int{0, 1} {
		perObject := float64(size(n+extra)-size(extra)) / n
		t.Logf("%d revisions: %.1f bytes per object", extra+1, perObject)
		assert.LessOrEqual(t, perObject, 32.0)
	}
}
