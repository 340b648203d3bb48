package appearance

import (
	"strings"

	"github.com/sertel-id/sertel/signing/internal/vector"
)

// wrapping says which lines may be broken.
type wrapping uint8

const (
	wrapNone wrapping = iota
	wrapText          // all but employee numbers
	wrapAll
)

// measured is a block's line with its widths in ems, taken once: a text size is
// looked for by trying many.
type measured struct {
	line   Line
	font   *vector.Font
	width  float64
	space  float64
	words  []string
	widths []float64 // of the words
}

// measure returns a *vector.CharacterError for a line that cannot be drawn.
func measure(line Line, font *vector.Font) (measured, error) {
	m := measured{line: line, font: font}
	var err error
	if m.width, err = font.Width(line.Text, 1); err != nil {
		return m, err
	}
	if !strings.Contains(line.Text, " ") {
		return m, nil
	}
	if m.space, err = font.Width(" ", 1); err != nil {
		return m, err
	}
	// Only U+0020: the other spaces, the no-break space first, stay within words.
	for text := range strings.SplitSeq(line.Text, " ") {
		if text == "" {
			continue
		}
		w, err := font.Width(text, 1)
		if err != nil {
			return m, err
		}
		m.words, m.widths = append(m.words, text), append(m.widths, w)
	}
	return m, nil
}

// broken breaks the line between words to fit a width in ems. It returns nil
// when a single word, or a line that may not be broken, is too wide.
func (m measured) broken(width float64, wrap wrapping) []string {
	if m.width <= width {
		return []string{m.line.Text}
	}
	if wrap == wrapNone || wrap == wrapText && m.line.Role == RoleNumber || len(m.words) == 0 {
		return nil
	}
	var parts []string
	from, taken := 0, 0.0 // first word of the part, and its width up to here
	for i, word := range m.widths {
		switch {
		case word > width:
			return nil
		case i == from:
			taken = word
		case taken+m.space+word <= width:
			taken += m.space + word
		default:
			parts = append(parts, strings.Join(m.words[from:i], " "))
			from, taken = i, word
		}
	}
	return append(parts, strings.Join(m.words[from:], " "))
}
