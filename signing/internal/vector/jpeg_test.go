package vector_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/vector"
)

// manyScans is a progressive grey JPEG whose scans each say in a few bytes that
// no pixel changes. side is at most 2048: three runs of blocks cover that.
func manyScans(side, scans int) []byte {
	be := binary.BigEndian
	segment := func(marker byte, body ...byte) []byte {
		return append(be.AppendUint16([]byte{0xFF, marker}, uint16(len(body)+2)), body...)
	}
	code := func(class, symbol byte) []byte { // a table of one code, of one bit
		return segment(0xC4, append(append([]byte{class, 1}, make([]byte, 15)...), symbol)...)
	}
	size := be.AppendUint16(be.AppendUint16(nil, uint16(side)), uint16(side))
	out := append([]byte{0xFF, 0xD8}, segment(0xDB, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)...)
	out = append(out, segment(0xC2, append(append([]byte{8}, size...), 1, 1, 0x11, 0)...)...)
	out = append(out, code(0x00, 0)...)
	out = append(out, code(0x10, 0xE0)...) // a run of blocks without change, its length in 14 bits
	scan := append(segment(0xDA, 1, 1, 0x00, 1, 63, 0), 0x7F, 0xFE, 0xFF, 0, 0xFC, 0, 0x0F)
	out = append(out, bytes.Repeat(scan, scans)...)
	return append(out, 0xFF, 0xD9)
}

// Every scan goes over all pixels: two thousand would take seconds.
func TestParseImageBoundsScans(t *testing.T) {
	_, err := vector.ParseImage(manyScans(8, 64))
	require.NoError(t, err, "more than any encoder writes")
	_, err = vector.ParseImage(manyScans(8, 65))
	assert.ErrorIs(t, err, vector.ErrImage)
	assert.ErrorContains(t, err, "scans")

	thumbnail := jpegOf(t, halves(), 6)
	note := bytes.Repeat([]byte{0xFF, 0xDA}, 100)
	note = append(binary.BigEndian.AppendUint16([]byte{0xFF, 0xFE}, uint16(len(note)+2)), note...)
	_, err = vector.ParseImage(append(append([]byte{0xFF, 0xD8}, note...), thumbnail[2:]...))
	assert.NoError(t, err, "what looks like a scan within a comment is none")
	_, err = vector.ParseImage(append(bytes.Clone(thumbnail), note...))
	assert.NoError(t, err, "nor what follows the picture")
}
