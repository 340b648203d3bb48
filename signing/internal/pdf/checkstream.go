package pdf

import (
	"encoding/binary"
	"errors"
	"io"
)

// CheckStream decodes a stream as far as its filters are decoded here, up to
// limit bytes, and returns how many there were. With sums it holds the checksum
// of Flate data, where there is one, against the data, which StreamData does not.
func (d *Document) CheckStream(s *Stream, limit int64, sums bool) (int64, error) {
	d.checking = sums
	defer func() { d.checking = false }()
	r, err := d.decoder(s, true)
	if errors.Is(err, ErrFilter) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(io.Discard, io.LimitReader(r, limit+1))
	if n > limit {
		return limit, limitErrorf("stream of more than %d bytes", limit)
	}
	return n, err
}

// checksum is what the checksum after the data says of them: io.EOF when it
// agrees, is missing, or is not asked about.
func (f *flateReader) checksum() error {
	if f.sum == nil {
		return io.EOF
	}
	var b [4]byte
	if _, err := io.ReadFull(f.z.src, b[:]); err == nil && binary.BigEndian.Uint32(b[:]) != f.sum.Sum32() {
		return damagedf("flate", "wrong checksum")
	}
	return io.EOF
}
