package text

import (
	"bytes"
	_ "embed"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/encoding/charmap"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// encoding gives the text of each code of a simple font (ISO 32000-2, 9.6.5);
// empty where it is unknown.
type encoding [256]string

// standardUpper is where StandardEncoding departs from ASCII (annex D.2).
var standardUpper = map[byte]rune{
	0x27: 0x2019, 0x60: 0x2018,
	0xA1: 0x00A1, 0xA2: 0x00A2, 0xA3: 0x00A3, 0xA4: 0x2044, 0xA5: 0x00A5, 0xA6: 0x0192, 0xA7: 0x00A7,
	0xA8: 0x00A4, 0xA9: 0x0027, 0xAA: 0x201C, 0xAB: 0x00AB, 0xAC: 0x2039, 0xAD: 0x203A, 0xAE: 0xFB01,
	0xAF: 0xFB02, 0xB1: 0x2013, 0xB2: 0x2020, 0xB3: 0x2021, 0xB4: 0x00B7, 0xB6: 0x00B6, 0xB7: 0x2022,
	0xB8: 0x201A, 0xB9: 0x201E, 0xBA: 0x201D, 0xBB: 0x00BB, 0xBC: 0x2026, 0xBD: 0x2030, 0xBF: 0x00BF,
	0xC1: 0x0060, 0xC2: 0x00B4, 0xC3: 0x02C6, 0xC4: 0x02DC, 0xC5: 0x00AF, 0xC6: 0x02D8, 0xC7: 0x02D9,
	0xC8: 0x00A8, 0xCA: 0x02DA, 0xCB: 0x00B8, 0xCD: 0x02DD, 0xCE: 0x02DB, 0xCF: 0x02C7, 0xD0: 0x2014,
	0xE1: 0x00C6, 0xE3: 0x00AA, 0xE8: 0x0141, 0xE9: 0x00D8, 0xEA: 0x0152, 0xEB: 0x00BA, 0xF1: 0x00E6,
	0xF5: 0x0131, 0xF8: 0x0142, 0xF9: 0x00F8, 0xFA: 0x0153, 0xFB: 0x00DF,
}

// baseEncoding returns a named encoding; StandardEncoding for any other name.
func baseEncoding(name pdf.Name) (e encoding) {
	switch name {
	case "WinAnsiEncoding":
		e = charmapEncoding(charmap.Windows1252)
		e[0xA0], e[0xAD] = " ", "-" // annex D.2, notes 5 and 6
		return e
	case "MacRomanEncoding":
		e = charmapEncoding(charmap.Macintosh)
		e[0xCA] = " "
		return e
	}
	for c := ' '; c <= '~'; c++ {
		e[c] = string(c)
	}
	for c, r := range standardUpper {
		e[c] = string(r)
	}
	return e
}

func charmapEncoding(m *charmap.Charmap) (e encoding) {
	for c := 0x20; c < 256; c++ {
		if r := m.DecodeByte(byte(c)); r != '\uFFFD' && (r < 0x7F || r > 0x9F) {
			e[c] = string(r)
		}
	}
	return e
}

// apply sets the codes of a Differences array.
func (e *encoding) apply(differences pdf.Array) {
	c := 0
	for _, o := range differences {
		switch v := o.(type) {
		case pdf.Integer:
			c = int(max(-1, min(v, 256)))
		case pdf.Name:
			if c >= 0 && c < 256 {
				e[c] = glyphText(string(v))
			}
			c = min(c+1, 256)
		}
	}
}

// applyNumbers sets the ASCII codes of a Differences array whose names only repeat
// the code behind a letter, as a94 for 94: so pdfTeX names the characters of its
// bitmap fonts, and other readers take the number for the code. A name that says
// anything else makes all of them mean nothing.
func (e *encoding) applyNumbers(differences pdf.Array) {
	c := 0
	var codes []int
	for _, o := range differences {
		switch v := o.(type) {
		case pdf.Integer:
			c = int(max(-1, min(v, 256)))
		case pdf.Name:
			if len(v) < 2 || !strings.Contains("acg", string(v[:1])) || string(v[1:]) != strconv.Itoa(c) {
				return
			}
			codes = append(codes, c)
			c = min(c+1, 256)
		}
	}
	for _, c := range codes {
		if c > ' ' && c <= '~' {
			e[c] = string(rune(c))
		}
	}
}

// maxClearPart is where the clear part of a font program ends at the latest.
const maxClearPart = 1 << 16

// builtIn matches an entry of the encoding vector in the clear part of a Type 1
// font program (Adobe Type 1 Font Format, 2.2).
var builtIn = regexp.MustCompile(`dup\s+(\d{1,3})\s*/([^\s/()<>\[\]{}%]+)\s+put`)

// applyBuiltIn sets the codes that a Type 1 font program names itself.
func (e *encoding) applyBuiltIn(program []byte) {
	program = program[:min(len(program), maxClearPart)]
	if end := bytes.Index(program, []byte("eexec")); end >= 0 {
		program = program[:end]
	}
	for _, m := range builtIn.FindAllSubmatch(program, 256) {
		if c, err := strconv.Atoi(string(m[1])); err == nil && c < 256 {
			e[c] = glyphText(string(m[2]))
		}
	}
}

// glyphData lists characters with the names of the Adobe Glyph List for New
// Fonts and its predecessor, Latin, Greek, Cyrillic and signs only.
//
//go:embed glyphs.txt
var glyphData string

var glyphNames = sync.OnceValue(func() map[string]string {
	names := make(map[string]string, 1<<11)
	for line := range strings.Lines(glyphData) {
		fields := strings.Fields(line)
		r, err := strconv.ParseUint(fields[0], 16, 21)
		if err != nil {
			panic("text: glyph list: " + err.Error())
		}
		for _, n := range fields[1:] {
			names[n] = string(rune(r))
		}
	}
	return names
})

// glyphText returns the text of a glyph name as the Adobe Glyph List
// Specification says: a suffix after a dot is dropped, parts are joined by
// underscores, and uni or u with four and more hexadecimal digits name code
// points.
func glyphText(name string) string {
	name, _, _ = strings.Cut(name, ".")
	if t, ok := glyphPart(name); ok {
		return t
	}
	var out strings.Builder
	for _, part := range strings.SplitN(name, "_", 16) {
		t, _ := glyphPart(part)
		out.WriteString(t)
	}
	return out.String()
}

func glyphPart(name string) (string, bool) {
	if t, ok := glyphNames()[name]; ok {
		return t, true
	}
	if len(name) == 1 {
		return name, true
	}
	if digits, ok := strings.CutPrefix(name, "uni"); ok && len(digits) >= 4 && len(digits)%4 == 0 && len(digits) <= 32 {
		var out strings.Builder
		for i := 0; i < len(digits); i += 4 {
			r, err := strconv.ParseUint(digits[i:i+4], 16, 16)
			if err != nil {
				return "", false
			}
			out.WriteRune(rune(r))
		}
		return out.String(), true
	}
	if digits, ok := strings.CutPrefix(name, "u"); ok && len(digits) >= 4 && len(digits) <= 6 {
		if r, err := strconv.ParseUint(digits, 16, 21); err == nil {
			return string(rune(r)), true
		}
	}
	return "", false
}
