package verify

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// columns is how many columns of a terminal a character takes at most.
func columns(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	if r >= 0x1f000 { // pictures
		return 2
	}
	return 1
}

// unseen reports characters that show nothing, or change the look of the one
// before them, though they count as letters, marks and symbols.
func unseen(r rune) bool {
	const brailleBlank = 0x2800
	return r == brailleBlank || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// brokenLines breaks text at blanks, and words that are too long anywhere. No
// line takes more columns than width: a terminal would break it where the rest
// could pass for a line of the report. There is at least one line.
func brokenLines(text string, width int) []string {
	var lines []string
	var line []rune
	used := 0
	for word := range strings.FieldsSeq(text) {
		wide := 0
		for _, r := range word {
			wide += columns(r)
		}
		switch {
		case used == 0:
		case used+1+wide <= width:
			line, used = append(line, ' '), used+1
		default:
			lines, line, used = append(lines, string(line)), nil, 0
		}
		for _, r := range word {
			if used+columns(r) > width {
				lines, line, used = append(lines, string(line)), nil, 0
			}
			line, used = append(line, r), used+columns(r)
		}
	}
	return append(lines, string(line))
}
