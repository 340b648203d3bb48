package appearance

import (
	"errors"
	"fmt"

	"github.com/sertel-id/sertel/signing/internal/vector"
)

// Outcomes that a caller branches on. Each is returned wrapped by [Block.Form]
// and [Block.PNG].
var (
	// ErrTooSmall: the block cannot be read at the size asked for. Text would
	// fall below MinTextSize, or a module of the QR code below four dots of a
	// 300 dpi printer.
	ErrTooSmall = errors.New("appearance: block is too small to read")
	// ErrEmpty: the block has neither text nor QR code nor logo. White space is
	// no text.
	ErrEmpty = errors.New("appearance: block has nothing to show")
	// ErrTooLong: the block has more than 32 lines, or one of more than 512
	// bytes.
	ErrTooLong = errors.New("appearance: text is too long")
	// ErrLink: what the QR code is to hold is not an https link, or is longer
	// than a QR code holds.
	ErrLink = errors.New("appearance: QR payload is not an https link")
	// ErrLevel: the error correction level does not exist, or is too low for a
	// code with a logo over its middle.
	ErrLevel = errors.New("appearance: unsuitable error correction level")
	// ErrLogo: a logo is not a PNG or JPEG of at most 8 MiB, 4 million pixels
	// and 64 scans, is animated, or has four inks without Adobe's marker, which
	// says how they are stored.
	ErrLogo = errors.New("appearance: unusable logo")
	// ErrResolution: the picture would have no pixel, or more than 16 million.
	ErrResolution = errors.New("appearance: picture cannot have this resolution")
)

// Reason says why a character cannot be drawn.
type Reason uint8

// Reasons of a CharacterError.
const (
	// NoGlyph: the font has no glyph for the character.
	NoGlyph = Reason(vector.NoGlyph)
	// Control: a control, format or bidirectional override character, which
	// could make the text read otherwise than it is.
	Control = Reason(vector.Control)
	// RightToLeft: the character belongs to a script written from right to
	// left, which is not laid out.
	RightToLeft = Reason(vector.RightToLeft)
	// InvalidUTF8: the line is not UTF-8.
	InvalidUTF8 = Reason(vector.InvalidUTF8)
	// LooseMark: a combining mark that Unicode composes with no letter before
	// it, as in q̃. It would stand behind its letter.
	LooseMark = Reason(vector.LooseMark)
	// JoinedScript: the character belongs to a script whose letters join, change
	// their shape or change places, such as Javanese and Devanagari, which is
	// not laid out.
	JoinedScript = Reason(vector.JoinedScript)
)

// String returns a short English description.
func (r Reason) String() string {
	switch r {
	case NoGlyph:
		return "the font has no glyph for it"
	case Control:
		return "control and format characters are refused"
	case RightToLeft:
		return "right-to-left scripts are not laid out"
	case InvalidUTF8:
		return "the text is not UTF-8"
	case LooseMark:
		return "marks that compose with no letter are not laid out"
	case JoinedScript:
		return "scripts whose letters join are not laid out"
	}
	return "unknown reason"
}

// CharacterError names the first character of a block's line that cannot be
// drawn.
type CharacterError struct {
	Line   int  // index into Block.Lines
	Char   rune // U+FFFD when the line is not UTF-8
	Reason Reason
}

// Error implements error.
func (e *CharacterError) Error() string {
	return fmt.Sprintf("appearance: line %d: character %U: %s", e.Line+1, e.Char, e.Reason)
}
