package vector

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"rsc.io/qr/coding"
)

// QuietZone is the white margin of a QR code in modules (ISO/IEC 18004, 9.1).
const QuietZone = 4

// ErrQRTooLong is returned by NewQR for a text longer than a QR code holds.
var ErrQRTooLong = errors.New("vector: text is too long for a QR code")

// QRLevel is an error correction level of ISO/IEC 18004.
type QRLevel uint8

// Error correction levels, from the least to the most tolerant of damage.
const (
	QRLevelL QRLevel = iota
	QRLevelM
	QRLevelQ
	QRLevelH
)

// QR is the module matrix of a QR code, without quiet zone.
type QR struct{ code *coding.Code }

// NewQR encodes text, which is UTF-8, in the smallest version that holds it and the mask that
// ISO/IEC 18004, 7.8.3 prefers.
func NewQR(text string, level QRLevel) (*QR, error) {
	if level > QRLevelH {
		return nil, fmt.Errorf("vector: QR level %d does not exist", level)
	}
	enc := qrEncoding(text)
	bits := func(v coding.Version) (n int) {
		for _, e := range enc {
			n += e.Bits(v)
		}
		return n
	}
	version := coding.Version(coding.MinVersion)
	for bits(version) > version.DataBytes(coding.Level(level))*8 {
		if version++; version > coding.MaxVersion {
			return nil, ErrQRTooLong
		}
	}
	var best *QR
	bestPenalty := 0
	for mask := range coding.Mask(8) {
		plan, err := coding.NewPlan(version, coding.Level(level), mask)
		if err != nil {
			return nil, fmt.Errorf("vector: plan QR code: %w", err)
		}
		code, err := plan.Encode(enc...)
		if err != nil {
			return nil, fmt.Errorf("vector: encode QR code: %w", err)
		}
		q := &QR{code}
		if p := q.penalty(); best == nil || p < bestPenalty {
			best, bestPenalty = q, p
		}
	}
	return best, nil
}

// qrEncoding picks the densest mode that holds the whole text. Of text beyond
// ASCII it says that it is UTF-8: without that the standard has ISO 8859-1, and
// readers guess.
func qrEncoding(text string) []coding.Encoding {
	if enc := coding.Num(text); enc.Check() == nil {
		return []coding.Encoding{enc}
	}
	if enc := coding.Alpha(text); enc.Check() == nil {
		return []coding.Encoding{enc}
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) {
		return []coding.Encoding{utf8ECI{}, coding.String(text)}
	}
	return []coding.Encoding{coding.String(text)}
}

// utf8ECI is the mode indicator of an extended channel interpretation and the
// number of UTF-8 (ISO/IEC 18004, 7.4.2; AIM ITS/04-023).
type utf8ECI struct{}

func (utf8ECI) Check() error            { return nil }
func (utf8ECI) Bits(coding.Version) int { return 4 + 8 }
func (utf8ECI) Encode(b *coding.Bits, _ coding.Version) {
	b.Write(7, 4)
	b.Write(26, 8)
}

// Modules returns the number of modules on a side, quiet zone not counted.
func (q *QR) Modules() int { return q.code.Size }

// Black reports whether the module in column x and row y is dark; row 0 is the
// top one.
func (q *QR) Black(x, y int) bool { return q.code.Black(x, y) }

// runs calls yield for every horizontal run of dark modules.
func (q *QR) runs(yield func(x, y, length int)) {
	for y := range q.Modules() {
		for x := 0; x < q.Modules(); x++ {
			start := x
			for q.Black(x, y) {
				x++
			}
			if x > start {
				yield(start, y, x-start)
			}
		}
	}
}

// penalty scores a masked symbol by the four features of ISO/IEC 18004, 7.8.3.1:
// runs of one colour, blocks, patterns like a finder's, and imbalance.
func (q *QR) penalty() int {
	n, dark, total := q.Modules(), 0, 0
	row := make([]bool, n)
	column := make([]bool, n)
	for i := range n {
		for j := range n {
			row[j], column[j] = q.Black(j, i), q.Black(i, j)
			if row[j] {
				dark++
			}
			if i > 0 && j > 0 && row[j] == row[j-1] &&
				q.Black(j, i-1) == row[j] && q.Black(j-1, i-1) == row[j] {
				total += 3
			}
		}
		total += linePenalty(row) + linePenalty(column)
	}
	deviation := dark*100/(n*n) - 50
	return total + max(deviation, -deviation)/5*10
}

// finderLike is the ratio 1:1:3:1:1 with four light modules on one side.
var finderLike = [2][11]bool{
	{true, false, true, true, true, false, true, false, false, false, false},
	{false, false, false, false, true, false, true, true, true, false, true},
}

// linePenalty scores one row or column.
func linePenalty(line []bool) int {
	total, run := 0, 0
	for i, c := range line {
		if i > 0 && c == line[i-1] {
			run++
		} else {
			run = 1
		}
		if run == 5 {
			total += 3
		} else if run > 5 {
			total++
		}
		if i+11 <= len(line) {
			for _, p := range finderLike {
				if [11]bool(line[i:i+11]) == p {
					total += 40
				}
			}
		}
	}
	return total
}
