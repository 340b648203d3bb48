package text

import (
	"strings"
	"unicode"
)

// Holds reports whether the page shows a text, wherever white space and the ends
// of lines are: in the order of showing, or in that of the lines on the page.
// White and invisible text counts. A text of white space alone is not found.
func (p *Page) Holds(words string) bool {
	wanted := squeezed([]rune(fold(words)))
	if wanted == "" {
		return false
	}
	return strings.Contains(p.shownText(), wanted) || strings.Contains(p.linedText(), wanted)
}

// shownText is the page's text without white space in the order of showing.
func (p *Page) shownText() string {
	if p.inOrder == "" {
		p.inOrder = squeezed(charsOf(p.glyphs))
	}
	return p.inOrder
}

// linedText is shownText in the order of the lines.
func (p *Page) linedText() string {
	if p.lined == "" {
		p.lined = squeezed(charsOf(inLines(p.glyphs)))
	}
	return p.lined
}

func charsOf(glyphs []glyph) []rune {
	chars := make([]rune, len(glyphs))
	for i := range glyphs {
		chars[i] = glyphs[i].char
	}
	return chars
}

// squeezed is a text without its white space.
func squeezed(chars []rune) string {
	var b strings.Builder
	for _, r := range chars {
		if !unicode.IsSpace(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}
