// Package appearance draws the visible part of a signature on an official
// letter (naskah dinas): a QR code with, to its right, who signed and in which
// position, and the agency's logo.
//
//	block, err := appearance.Naskah(appearance.Correspondence, official)
//	picture, err := block.PNG(240, 80, 300)
//
// A [Block] is data: lines of text, what the QR code holds, a logo. [Naskah]
// fills one by the rules for the letters of Indonesian local governments, and
// every line of it can be changed. [Block.Form] draws it as PDF vectors with
// real text, which is searchable and read aloud; [Block.PNG] draws the same
// block as a picture for signing services that take nothing else.
//
// The picture proves nothing: the proof is the signature in the PDF. A block is
// to be drawn only together with the signature that it shows.
package appearance

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/sertel-id/sertel/signing/internal/vector"
)

// MinTextSize is the smallest text size, in points, that a block is drawn with.
const MinTextSize = 5.0

// Block is the visible part of a signature: a QR code at the left, lines of
// text to its right, a logo at the far right. The zero value is refused with
// ErrEmpty.
//
// The code takes a square of the block's height and leaves the rest of the width
// to the text, so that width makes text larger and height alone may make it
// smaller. The four or five lines of Naskah with a QR code keep 8 to 9 points in
// 240 x 80 points (85 x 28 mm); in 200 x 80 it may be less than 7, in 150 x 60
// less than 6. Preflight of package signing warns of text below 7 points.
type Block struct {
	// Lines of text from top to bottom. A line too long for the block is
	// wrapped at spaces (U+0020), one with RoleNumber only where it cannot stay
	// whole at MinTextSize.
	Lines []Line
	// QR is the code; its zero value means none.
	QR QR
	// Logo is a PNG or JPEG, the agency's for instance: at the right of a QR code
	// and text, at the left of text alone, and filling a block that has neither.
	// It is kept at up to 600 dpi of the size that it is drawn in. Nil: none.
	Logo []byte
	// TextSize is the largest text size in points, at most 72. The text shrinks
	// down to MinTextSize to fit the block. Zero: 9.
	TextSize float64
	// Border draws a thin frame around the block.
	Border bool
	// Transparent leaves the page visible behind the block. By default the
	// block is white, which also covers an anchor tag that it is placed on.
	Transparent bool
	// Fonts to draw with. Nil: Liberation Sans.
	Fonts *Fonts
}

// Line is one line of a block's text. One with RoleNumber prints and logs
// without its digits. JSON leaves the text out, since a log may be JSON: a Block
// that went through JSON has lost its text and draws empty lines, so keep what
// the block was made of instead.
type Line struct {
	Role Role
	Text string `json:"-"`
	Bold bool
	// Rule draws a thin line above the text, as wide as there is room for text.
	Rule bool
}

// Format prints the line, the digits of an employee number masked.
func (l Line) Format(f fmt.State, verb rune) {
	text := l.Text
	if l.Role == RoleNumber {
		text = strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return '*'
			}
			return r
		}, text)
	}
	_, _ = fmt.Fprintf(f, "{%s %q}", l.Role, text)
}

// Role says what a line of a block is, so that a caller can find and override
// the lines that Naskah wrote.
type Role uint8

// Roles of lines, in the order in which Naskah writes them.
const (
	RoleOther    Role = iota // the caller's own line
	RoleIntro                // IntroLine
	RolePosition             // position, with a.n., u.b., Plt. and the like
	RoleName                 // name of the signer, with titles where the kind has them
	RoleRank                 // pangkat and golongan
	RoleNumber               // NIP, NI PPPK or NRP
	RoleTime                 // time of signing, see Block.At
)

var roleNames = [...]string{"other", "intro", "position", "name", "rank", "number", "time"}

// String returns the role in a word.
func (r Role) String() string { return wordOf(roleNames[:], r, "Role") }

// Form draws the block as a PDF Form XObject of width x height points whose
// bounding box starts at the origin. It is for the packages of this module,
// which put it into a file; elsewhere [Block.PNG] gives a picture.
//
// It returns ErrEmpty, ErrTooLong, ErrTooSmall, ErrLink, ErrLevel, ErrLogo, or
// a *CharacterError for text that cannot be drawn.
func (b Block) Form(width, height float64) (*vector.Form, error) {
	return b.layout(width, height)
}

// check refuses what no size can mend.
func (b Block) check() error {
	if b.QR.Link == "" && b.Logo == nil && !slices.ContainsFunc(b.Lines, func(l Line) bool { return strings.TrimSpace(l.Text) != "" }) {
		return ErrEmpty
	}
	if len(b.Lines) > maxLines {
		return ErrTooLong
	}
	for _, l := range b.Lines {
		if len(l.Text) > maxLineBytes {
			return ErrTooLong
		}
	}
	if !(b.TextSize == 0 || b.TextSize >= MinTextSize && b.TextSize <= maxTextSize) {
		return ErrTooSmall
	}
	return nil
}

// SetLine replaces the text of the lines with a role by the given ones, one
// line each, at the place of the first; a role that the block lacks is added at
// the end. Without text the role's lines are removed.
func (b *Block) SetLine(role Role, text ...string) {
	lines, at, bold, rule := []Line(nil), -1, role == RoleName, false
	for _, l := range b.Lines {
		if l.Role != role {
			lines = append(lines, l)
			continue
		}
		if at < 0 {
			at, bold, rule = len(lines), l.Bold, l.Rule
		}
	}
	if at < 0 {
		at = len(lines)
	}
	added := make([]Line, 0, len(text)+len(lines))
	for i, t := range text {
		added = append(added, Line{role, t, bold, rule && i == 0})
	}
	b.Lines = append(append(lines[:at:at], added...), lines[at:]...)
}
