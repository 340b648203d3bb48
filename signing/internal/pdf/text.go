package pdf

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// TextString returns s as a text string: as it is where ASCII suffices, else
// UTF-16BE with a byte order mark (ISO 32000-2, 7.9.2.2). Invalid UTF-8 becomes
// U+FFFD.
func TextString(s string) String {
	ascii := true
	for i := range len(s) {
		c := s[i]
		ascii = ascii && (c >= ' ' && c <= '~' || c == '\t' || c == '\n' || c == '\r')
	}
	if ascii {
		return String{Bytes: []byte(s)}
	}
	b := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.BigEndian.AppendUint16(b, u)
	}
	return String{Bytes: b, Hex: true}
}

// Text decodes a text string: UTF-16 or UTF-8 with a byte order mark, else
// PDFDocEncoding (annex D.3). What has no meaning there becomes U+FFFD.
func Text(s String) string {
	b := s.Bytes
	switch {
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		return decode16(b[2:], binary.BigEndian)
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}):
		return decode16(b[2:], binary.LittleEndian)
	case bytes.HasPrefix(b, []byte{0xef, 0xbb, 0xbf}):
		return string(bytes.ToValidUTF8(b[3:], []byte("\ufffd")))
	}
	out := make([]rune, len(b))
	for i, c := range b {
		out[i] = pdfDocRune(c)
	}
	return string(out)
}

func decode16(b []byte, order binary.ByteOrder) string {
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	return string(utf16.Decode(units))
}

// PDFDocEncoding where it differs from Latin-1.
const (
	pdfDoc18 = "\u02d8\u02c7\u02c6\u02d9\u02dd\u02db\u02da\u02dc"
	pdfDoc80 = "\u2022\u2020\u2021\u2026\u2014\u2013\u0192\u2044\u2039\u203a\u2212\u2030\u201e\u201c\u201d\u2018" +
		"\u2019\u201a\u2122\ufb01\ufb02\u0141\u0152\u0160\u0178\u017d\u0131\u0142\u0153\u0161\u017e\ufffd\u20ac"
)

func pdfDocRune(c byte) rune {
	switch {
	case c >= 0x18 && c <= 0x1f:
		return []rune(pdfDoc18)[c-0x18]
	case c >= 0x80 && c <= 0xa0:
		return []rune(pdfDoc80)[c-0x80]
	case c == 0x7f, c == 0xad:
		return '\ufffd'
	}
	return rune(c)
}
