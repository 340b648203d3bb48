package appearance

import (
	_ "embed"
	"errors"
	"fmt"
	"sync"

	"github.com/sertel-id/sertel/signing/internal/vector"
)

// ErrFont is returned by NewFonts for a file that is not a TrueType font that
// can be embedded.
var ErrFont = errors.New("appearance: unusable font")

// Fonts are the two faces that a block is written in. They are immutable and
// safe for concurrent use.
type Fonts struct{ regular, bold *vector.Font }

// NewFonts reads two TrueType files. CFF outlines, collections and fonts whose
// licence bits forbid embedding a subset are refused with ErrFont. The data must
// not change afterwards.
func NewFonts(regular, bold []byte) (*Fonts, error) {
	r, err := vector.ParseFont(regular)
	if err != nil {
		return nil, fmt.Errorf("%w: regular: %w", ErrFont, err)
	}
	b, err := vector.ParseFont(bold)
	if err != nil {
		return nil, fmt.Errorf("%w: bold: %w", ErrFont, err)
	}
	return &Fonts{r, b}, nil
}

// Liberation Sans 2.1.5 has the metrics of Arial, in which letters are to be
// written, and comes under the SIL Open Font License 1.1 (font/OFL.txt).
var (
	//go:embed font/LiberationSans-Regular.ttf
	liberationRegular []byte
	//go:embed font/LiberationSans-Bold.ttf
	liberationBold []byte
)

var liberation = sync.OnceValue(func() *Fonts {
	f, err := NewFonts(liberationRegular, liberationBold)
	if err != nil {
		panic("appearance: embedded font: " + err.Error())
	}
	return f
})
