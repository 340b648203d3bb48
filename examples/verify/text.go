package main

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/width"
)

// File names come from outside like what is in the files. None may look like
// another row, or like a verdict in its column.

// seen reports whether a character shows on a terminal, by itself and on its
// line. Some that Unicode has among letters, marks and symbols do not.
func seen(r rune) bool {
	const brailleBlank = 0x2800
	return unicode.IsPrint(r) && r != brailleBlank &&
		!unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// printable makes a file name safe for a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !seen(r) {
			return '?'
		}
		return r
	}, s)
}

// escaped writes the characters of JSON that a terminal would obey or not show
// as escapes. They stand in strings only, and mean the same there.
func escaped(json string) string {
	var out strings.Builder
	for _, r := range json {
		switch {
		case r == '\n' || seen(r):
			out.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		}
	}
	return out.String()
}

// columnsOf is how many columns of a terminal a character takes at most.
func columnsOf(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	if r >= 0x1f000 { // pictures
		return 2
	}
	return 1
}

func taken(text string) (columns int) {
	for _, r := range text {
		columns += columnsOf(r)
	}
	return columns
}

func padded(text string, columns int) string {
	return text + strings.Repeat(" ", max(0, columns-taken(text)))
}

// wrap breaks text at blanks, and words that are too long anywhere. Lines after
// the first are indented.
func wrap(text string, columns, indent int) []string {
	var lines []string
	line, used := "", 0
	next := func() {
		lines = append(lines, line)
		line, used = strings.Repeat(" ", indent), indent
	}
	for word := range strings.FieldsSeq(text) {
		switch {
		case strings.TrimLeft(line, " ") == "":
		case used+1+taken(word) <= columns:
			line, used = line+" ", used+1
		default:
			next()
		}
		for _, r := range word {
			if used+columnsOf(r) > columns {
				next()
			}
			line, used = line+string(r), used+columnsOf(r)
		}
	}
	return append(lines, line)
}
