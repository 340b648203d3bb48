package appearance

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sertel-id/sertel/signing/internal/vector"
)

// Level is the error correction level of a QR code (ISO/IEC 18004).
type Level uint8

// Error correction levels. LevelAuto, the zero value, is LevelH under a logo
// and LevelM otherwise.
const (
	LevelAuto Level = iota
	LevelL
	LevelM
	LevelQ
	LevelH
)

var levelNames = [...]string{"auto", "L", "M", "Q", "H"}

// String returns the level's letter, or "auto".
func (l Level) String() string { return wordOf(levelNames[:], l, "Level") }

// QR describes the QR code of a block. It is drawn with the quiet zone of four
// modules that ISO/IEC 18004 asks for, within the block.
type QR struct {
	// Link is what the code holds: an https link on the agency's own domain to
	// the page of one exact version of the letter. Empty: no QR code.
	Link string
	// AllowAnyPayload accepts any printable text as Link. People are told to
	// read the domain of a link before they trust it; other payloads give them
	// nothing to read. Of text beyond ASCII the code says that it is UTF-8.
	AllowAnyPayload bool
	// Level of error correction. Zero: LevelAuto. A code with a logo needs
	// LevelH.
	Level Level
	// Logo is a PNG or JPEG drawn over the middle of the code, a little less
	// than a quarter of its width. Nil: none.
	Logo []byte
}

func (q QR) encode() (*vector.QR, error) {
	if err := q.checkLink(); err != nil {
		return nil, err
	}
	level := q.Level
	if level == LevelAuto {
		if level = LevelM; q.Logo != nil {
			level = LevelH
		}
	}
	if level > LevelH || q.Logo != nil && level != LevelH {
		return nil, ErrLevel
	}
	code, err := vector.NewQR(q.Link, vector.QRLevel(level-LevelL))
	if errors.Is(err, vector.ErrQRTooLong) {
		return nil, fmt.Errorf("%w: too long", ErrLink)
	}
	return code, err
}

// checkLink accepts an absolute https link with a host name and without
// credentials. The link is written in ASCII, as browsers show it when in doubt,
// so that no look-alike letter hides in the domain.
func (q QR) checkLink() error {
	if !utf8.ValidString(q.Link) {
		return fmt.Errorf("%w: not UTF-8", ErrLink)
	}
	if strings.ContainsFunc(q.Link, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Errorf("%w: control character", ErrLink)
	}
	if q.AllowAnyPayload {
		return nil
	}
	u, err := url.Parse(q.Link)
	switch {
	case err != nil:
		return fmt.Errorf("%w: not a link", ErrLink)
	case u.Scheme != "https" || u.Hostname() == "":
		return fmt.Errorf("%w: scheme %q", ErrLink, u.Scheme)
	case u.User != nil:
		return fmt.Errorf("%w: credentials in the link", ErrLink)
	case strings.ContainsFunc(q.Link, func(r rune) bool { return r > unicode.MaxASCII || r == ' ' }):
		return fmt.Errorf("%w: characters beyond ASCII", ErrLink)
	}
	return nil
}
