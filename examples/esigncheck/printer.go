package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// verdict of one check.
type verdict string

const (
	passed  verdict = "[ OK  ]"
	warned  verdict = "[AWAS ]"
	failed  verdict = "[GAGAL]"
	skipped verdict = "[  -  ]"
)

// printer writes lines of at most 80 characters.
type printer struct {
	w     io.Writer
	count map[verdict]int
}

const (
	lineWidth  = 80
	titleWidth = 15
)

// line writes the result of a check.
func (p *printer) line(v verdict, title, format string, args ...any) {
	p.count[v]++
	indent := len(passed) + 1 + titleWidth + 1
	for i, text := range wrap(fmt.Sprintf(format, args...), lineWidth-indent) {
		if i == 0 {
			fmt.Fprintf(p.w, "%s %-*s %s\n", v, titleWidth, title, text)
		} else {
			fmt.Fprintf(p.w, "%*s%s\n", indent, "", text)
		}
	}
}

// pair writes a name and a value.
func (p *printer) pair(name, format string, args ...any) {
	const indent = 24
	for i, text := range wrap(fmt.Sprintf(format, args...), lineWidth-indent) {
		if i > 0 {
			name = ""
		}
		fmt.Fprintf(p.w, "  %-*s%s\n", indent-2, name, text)
	}
}

// text writes a paragraph.
func (p *printer) text(format string, args ...any) {
	for _, line := range wrap(fmt.Sprintf(format, args...), lineWidth) {
		fmt.Fprintln(p.w, line)
	}
}

// wrap breaks printable text at blanks, and words that are too long anywhere.
func wrap(text string, width int) []string {
	var lines []string
	var line []rune
	for word := range strings.FieldsSeq(printable(text)) {
		rest := []rune(word)
		if len(line) > 0 && len(line)+1+len(rest) <= width {
			line = append(append(line, ' '), rest...)
			continue
		}
		if len(line) > 0 {
			lines = append(lines, string(line))
		}
		for len(rest) > width {
			lines = append(lines, string(rest[:width]))
			rest = rest[width:]
		}
		line = append([]rune(nil), rest...)
	}
	return append(lines, string(line))
}

// printable keeps what a server says from moving the terminal's cursor.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}
