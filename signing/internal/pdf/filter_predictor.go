package pdf

import (
	"errors"
	"io"
)

const (
	// maxRow bounds one row of predicted data in bytes.
	maxRow = 16 << 20
	// plainRow is the room for a row that costs nothing.
	plainRow = 64 << 10
)

// predictor undoes the PNG and TIFF predictors of Flate and LZW data (ISO
// 32000-2, 7.4.4.4).
func (d *Document) predictor(r io.Reader, params Dict) (io.Reader, error) {
	kind, err := d.param(params, "Predictor", 1)
	if err != nil || kind <= 1 {
		return r, err
	}
	colors, err1 := d.param(params, "Colors", 1)
	bits, err2 := d.param(params, "BitsPerComponent", 8)
	columns, err3 := d.param(params, "Columns", 1)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	if colors < 1 || colors > 1<<16 || bits < 1 || bits > 16 || columns < 1 || columns > maxRow {
		return nil, syntaxErrorf(-1, "bad predictor parameters")
	}
	row := (colors*bits*columns + 7) / 8
	if row > maxRow {
		return nil, limitErrorf("predictor row of more than %d bytes", maxRow)
	}
	if row > plainRow {
		if err := d.work.waste(2 * row); err != nil {
			return nil, err
		}
	}
	p := &predictReader{r: r, strict: d.opts.Strict, bpp: int(colors*bits+7) / 8, colors: int(colors), bits: int(bits)}
	switch {
	case kind == 2:
		p.cur = make([]byte, row)
	case kind >= 10:
		p.png = true
		p.cur, p.prev = make([]byte, row+1), make([]byte, row+1)
	default:
		return nil, syntaxErrorf(-1, "unknown predictor")
	}
	return p, nil
}

type predictReader struct {
	r         io.Reader
	png       bool
	strict    bool
	bpp       int // bytes per pixel, at least 1
	colors    int
	bits      int
	cur, prev []byte // with PNG, the first byte is the row's filter
	pending   []byte
	err       error
}

// Read implements io.Reader.
func (p *predictReader) Read(b []byte) (int, error) {
	n := 0
	for n < len(b) {
		if len(p.pending) == 0 {
			if p.err != nil {
				break
			}
			p.row()
			continue
		}
		c := copy(b[n:], p.pending)
		p.pending = p.pending[c:]
		n += c
	}
	if n == 0 && len(b) > 0 {
		return 0, p.err
	}
	return n, nil
}

// row reads one row, a last short one too, and undoes its prediction.
func (p *predictReader) row() {
	p.cur, p.prev = swap(p.cur, p.prev)
	n, err := io.ReadFull(p.r, p.cur)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, ErrMalformed):
		p.err = io.EOF
		if p.strict {
			p.err = damagedf("predictor", "short row")
		}
	case err != nil:
		p.err = err
	}
	cur := p.cur[:n]
	if !p.png {
		p.tiff(cur)
		p.pending = cur
		return
	}
	if n < 2 {
		return
	}
	if !unfilterPNG(cur[0], cur[1:], p.prev[1:], p.bpp) {
		p.err = damagedf("predictor", "unknown row filter")
		return
	}
	p.pending = cur[1:]
}

func swap(cur, prev []byte) ([]byte, []byte) {
	if prev == nil {
		return cur, nil
	}
	return prev, cur
}

// unfilterPNG undoes one row filter of PNG (ISO/IEC 15948, 9.2).
func unfilterPNG(filter byte, cur, prev []byte, bpp int) bool {
	switch filter {
	case 0:
	case 1:
		for i := bpp; i < len(cur); i++ {
			cur[i] += cur[i-bpp]
		}
	case 2:
		for i := range cur {
			cur[i] += prev[i]
		}
	case 3:
		for i := range cur {
			left := 0
			if i >= bpp {
				left = int(cur[i-bpp])
			}
			cur[i] += byte((left + int(prev[i])) / 2)
		}
	case 4:
		for i := range cur {
			var left, corner int
			if i >= bpp {
				left, corner = int(cur[i-bpp]), int(prev[i-bpp])
			}
			cur[i] += paeth(left, int(prev[i]), corner)
		}
	default:
		return false
	}
	return true
}

func paeth(a, b, c int) byte {
	pa, pb, pc := abs(b-c), abs(a-c), abs(a+b-2*c)
	switch {
	case pa <= pb && pa <= pc:
		return byte(a)
	case pb <= pc:
		return byte(b)
	}
	return byte(c)
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// tiff undoes horizontal differencing (TIFF 6.0, section 14).
func (p *predictReader) tiff(row []byte) {
	switch p.bits {
	case 8:
		for i := p.colors; i < len(row); i++ {
			row[i] += row[i-p.colors]
		}
	case 16:
		for i := 2 * p.colors; i+1 < len(row); i += 2 {
			j := i - 2*p.colors
			v := (uint(row[i])<<8 | uint(row[i+1])) + (uint(row[j])<<8 | uint(row[j+1]))
			row[i], row[i+1] = byte(v>>8), byte(v)
		}
	case 1, 2, 4:
		p.tiffPacked(row)
	default:
		p.err = damagedf("predictor", "bits per component")
	}
}

// tiffPacked undoes differencing of components narrower than a byte.
func (p *predictReader) tiffPacked(row []byte) {
	last := make([]byte, p.colors)
	mask := byte(1<<p.bits - 1)
	component := 0
	for i := range row {
		var out byte
		for shift := 8 - p.bits; shift >= 0; shift -= p.bits {
			last[component] = (last[component] + row[i]>>shift) & mask
			out |= last[component] << shift
			component = (component + 1) % p.colors
		}
		row[i] = out
	}
}
