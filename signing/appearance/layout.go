package appearance

import (
	"errors"
	"fmt"
	"math"

	"github.com/sertel-id/sertel/signing/internal/vector"
)

// Measures of a block. Lengths are points, the rest are ratios.
const (
	defaultTextSize = 9.0
	maxTextSize     = 72.0
	unwrappedShare  = 0.75 // of the text size: down to here shrinking is better than wrapping
	sizeStep        = 0.25
	leading         = 1.2 // line height over text size
	ruleHeight      = 0.9 // of a line above a text's baseline, over the text size
	frameWidth      = 0.5
	frameInset      = 0.5 // a line at the edge may fall on the next dot, and is clipped away
	framePadding    = 3.0
	gap             = 3.0  // between QR code, text and logo
	maxQRShare      = 0.5  // of the width, beside text
	maxLogoShare    = 0.25 // of the width that a QR code leaves, for a logo beside it or text
	logoShare       = 0.22 // of the modules' width, its white pad not counted
	logoPad         = 0.02 // on each side, of the modules' width
)

// minModule is the smallest readable module: four dots of a 300 dpi printer,
// as the makers of readers advise.
const minModule = 4 * 72 / 300.0

// Bounds on a block's text.
const (
	maxLines     = 32
	maxLineBytes = 512
)

// drawing is a block being laid out.
type drawing struct {
	block Block
	fonts *Fonts
	form  *vector.Form
	lines []int // of the block, in the order of printing: which are shown
	// what is left for the next part
	x, y, w, h float64
}

func (b Block) layout(width, height float64) (*vector.Form, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	form, err := vector.New(width, height)
	if err != nil {
		return nil, fmt.Errorf("%w: %g x %g points", ErrTooSmall, width, height)
	}
	d := &drawing{block: b, fonts: b.Fonts, form: form, w: width, h: height}
	if d.fonts == nil {
		d.fonts = liberation()
	}
	for i, l := range b.Lines {
		if l.Role != RoleTime || l.Text != "" {
			d.lines = append(d.lines, i)
		}
	}
	if !b.Transparent {
		form.FillRect(0, 0, width, height, vector.White)
	}
	if b.Border {
		form.Frame(frameInset, frameInset, width-2*frameInset, height-2*frameInset, frameWidth, vector.Black)
		d.x, d.y = framePadding, framePadding
		d.w, d.h = width-2*framePadding, height-2*framePadding
	}
	if b.QR.Link != "" {
		if err := d.qr(); err != nil {
			return nil, err
		}
	}
	if b.Logo != nil {
		if err := d.emblem(); err != nil {
			return nil, err
		}
	}
	if len(d.lines) > 0 {
		if err := d.text(); err != nil {
			return nil, err
		}
	}
	return form, nil
}

// emblem draws the block's logo beside what else there is, or alone.
func (d *drawing) emblem() error {
	img, err := vector.ParseImage(d.block.Logo)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLogo, err)
	}
	hasQR := d.block.QR.Link != ""
	x, w := d.x, d.w
	if hasQR || len(d.lines) > 0 {
		iw, ih := img.Size()
		w = min(d.w*maxLogoShare, d.h*float64(iw)/float64(ih))
		if hasQR {
			x = d.x + d.w - w
		} else {
			d.x += w + gap
		}
		d.w -= w + gap
	}
	if w <= 0 || d.h <= 0 {
		return fmt.Errorf("%w: no room for the logo", ErrTooSmall)
	}
	d.form.Image(x, d.y, w, d.h, img)
	return nil
}

// qr draws the code at the left, as high as the block, and leaves the rest of
// the width for text.
func (d *drawing) qr() error {
	code, err := d.block.QR.encode()
	if err != nil {
		return err
	}
	side := math.Min(d.h, d.w)
	x := d.x + (d.w-side)/2
	if len(d.lines) > 0 || d.block.Logo != nil {
		side = math.Min(d.h, d.w*maxQRShare)
		x = d.x
	}
	modules := code.Modules()
	module := side / float64(modules+2*vector.QuietZone)
	if module < minModule {
		return fmt.Errorf("%w: QR code of %d modules needs %.0f points with its margin, has %.0f",
			ErrTooSmall, modules, math.Ceil(minModule*float64(modules+2*vector.QuietZone)), math.Max(side, 0))
	}
	y := d.y + (d.h-side)/2
	d.form.QR(x, y, side, code)
	if d.block.QR.Logo != nil {
		if err := d.logo(x+side/2, y+side/2, module*float64(modules)); err != nil {
			return err
		}
	}
	d.x += side + gap
	d.w -= side + gap
	return nil
}

// logo draws the logo on a white pad around (x, y).
func (d *drawing) logo(x, y, width float64) error {
	img, err := vector.ParseImage(d.block.QR.Logo)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLogo, err)
	}
	side := width * logoShare
	pad := side + 2*width*logoPad
	d.form.FillRect(x-pad/2, y-pad/2, pad, pad, vector.White)
	d.form.Image(x-side/2, y-side/2, side, side, img)
	return nil
}

// row is one printed line.
type row struct {
	text string
	font *vector.Font
	rule bool // above it
}

// text writes the lines in the largest size that fits, in the middle of the
// height. Lines that fit unwrapped at nearly the full size are not wrapped, and
// an employee number only where no size keeps it whole.
func (d *drawing) text() error {
	most := d.block.TextSize
	if most == 0 {
		most = defaultTextSize
	}
	lines, err := d.measured()
	if err != nil {
		return err
	}
	for _, pass := range []struct {
		least float64
		wrap  wrapping
	}{{math.Max(MinTextSize, most*unwrappedShare), wrapNone}, {MinTextSize, wrapText}, {MinTextSize, wrapAll}} {
		for size := most; size >= pass.least; size -= sizeStep {
			if rows := d.rows(lines, size, pass.wrap); rows != nil {
				return d.write(rows, size)
			}
		}
	}
	return fmt.Errorf("%w: text does not fit into %.0f x %.0f points at %g points",
		ErrTooSmall, math.Max(d.w, 0), math.Max(d.h, 0), MinTextSize)
}

func (d *drawing) measured() ([]measured, error) {
	lines := make([]measured, len(d.lines))
	for n, i := range d.lines {
		line := d.block.Lines[i]
		font := d.fonts.regular
		if line.Bold {
			font = d.fonts.bold
		}
		var err error
		if lines[n], err = measure(line, font); err != nil {
			return nil, characterError(i, err)
		}
	}
	return lines, nil
}

// rows breaks the lines for a text size, and returns nil when they do not fit.
func (d *drawing) rows(lines []measured, size float64, wrap wrapping) []row {
	var rows []row
	for _, l := range lines {
		parts := l.broken(d.w/size, wrap)
		if parts == nil || float64(len(rows)+len(parts))*size*leading > d.h {
			return nil
		}
		for i, p := range parts {
			rows = append(rows, row{p, l.font, l.line.Rule && i == 0})
		}
	}
	return rows
}

func (d *drawing) write(rows []row, size float64) error {
	height := float64(len(rows)) * size * leading
	// The first baseline lies a capital's height below the middle of the
	// first line's spare room.
	y := d.y + (d.h+height)/2 - (size*leading+d.fonts.regular.CapHeight(size))/2
	for i, r := range rows {
		if r.rule {
			// In the middle between the descenders above and the accents below.
			d.form.FillRect(d.x, y+ruleHeight*size, d.w, frameWidth, vector.Black)
		}
		if _, err := d.form.Text(r.font, size, d.x, y, r.text, vector.Black); err != nil {
			return characterError(i, err)
		}
		y -= size * leading
	}
	return nil
}

// characterError turns the drawing package's error into this package's.
func characterError(line int, err error) error {
	var c *vector.CharacterError
	if errors.As(err, &c) {
		return &CharacterError{Line: line, Char: c.Char, Reason: Reason(c.Reason)}
	}
	return fmt.Errorf("appearance: line %d: %w", line+1, err)
}
