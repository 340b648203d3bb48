package signing

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

var (
	// ErrLayout: the bytes are not a layout.
	ErrLayout = errors.New("signing: unreadable layout")
	// ErrRole: the layout has no place for the role, or several where one is
	// asked for.
	ErrRole = errors.New("signing: no single place for the role")
)

// Layout says where each signer's block goes in a prepared letter. It travels
// with the letter as JSON, from one signer to the next.
type Layout struct {
	// SHA256 and Size are those of the prepared letter. A letter that was
	// signed since begins with the same bytes.
	SHA256 [32]byte
	Size   int64

	// Places are in the order of [LetterOptions.Roles], those of one role in
	// reading order.
	Places []LayoutPlace
}

// LayoutPlace is the place of one block.
type LayoutPlace struct {
	// Role is the signer's, as in [LetterRole].
	Role string `json:"role"`
	// Anchor is the tag that the place was found by, empty when it was given.
	Anchor string `json:"anchor,omitempty"`
	// Page counts from 1, Rect is as in [Receipt].
	Page int  `json:"page"`
	Rect Rect `json:"rect"`
}

// Placement returns the place as one for a [Request] or [Options], to be signed
// once.
func (p LayoutPlace) Placement() Placement {
	return Placement{Page: p.Page, Rect: p.Rect, Vacant: true}
}

// rounded is the rectangle to a thousandth of a point, which is finer than any
// printer and what a file keeps of it.
func (r Rect) rounded() Rect {
	n := func(v float64) float64 { return math.Round(v*1000) / 1000 }
	return Rect{n(r.X), n(r.Y), n(r.Width), n(r.Height)}
}

// Of returns the places of a role.
func (l Layout) Of(role string) []LayoutPlace {
	var out []LayoutPlace
	for _, p := range l.Places {
		if p.Role == role {
			out = append(out, p)
		}
	}
	return out
}

// Placement returns the placement of a role's only block, to be signed once, else
// [ErrRole].
func (l Layout) Placement(role string) (Placement, error) {
	places := l.Of(role)
	if len(places) != 1 {
		return Placement{}, fmt.Errorf("%w: %.80q has %d", ErrRole, role, len(places))
	}
	return places[0].Placement(), nil
}

// Check reports with [ErrWrongDocument] a document that is neither the prepared
// letter nor what it became by signing.
func (l Layout) Check(ctx context.Context, src io.ReaderAt, size int64) error {
	if size < l.Size {
		return fmt.Errorf("%w: %d bytes, prepared %d", ErrWrongDocument, size, l.Size)
	}
	sum, err := digestOf(ctx, src, l.Size)
	if err != nil {
		return err
	}
	if sum != l.SHA256 {
		return fmt.Errorf("%w: its digest differs", ErrWrongDocument)
	}
	return nil
}

const (
	layoutVersion   = 1
	maxLayout       = 1 << 20 // bytes of its JSON
	maxLayoutPlaces = 1000
)

type layoutWire struct {
	Version int           `json:"version"`
	SHA256  string        `json:"sha256"`
	Size    int64         `json:"size"`
	Places  []LayoutPlace `json:"places"`
}

// MarshalJSON implements json.Marshaler.
func (l Layout) MarshalJSON() ([]byte, error) {
	return json.Marshal(layoutWire{layoutVersion, hex.EncodeToString(l.SHA256[:]), l.Size, l.Places})
}

// UnmarshalJSON implements json.Unmarshaler. What PrepareLetter cannot have
// made is [ErrLayout].
func (l *Layout) UnmarshalJSON(data []byte) error {
	var w layoutWire
	if len(data) > maxLayout {
		return fmt.Errorf("%w: %d bytes", ErrLayout, len(data))
	}
	if err := json.Unmarshal(data, &w); err != nil {
		return fmt.Errorf("%w: not its JSON", ErrLayout)
	}
	sum, err := digestFromHex(w.SHA256)
	switch {
	case w.Version != layoutVersion:
		return fmt.Errorf("%w: version %d", ErrLayout, w.Version)
	case err != nil || w.Size <= 0:
		return fmt.Errorf("%w: digest or size", ErrLayout)
	case len(w.Places) > maxLayoutPlaces:
		return fmt.Errorf("%w: %d places", ErrLayout, len(w.Places))
	}
	for i, p := range w.Places {
		if p.Page < 1 || p.Role == "" || p.Placement().check(true) != nil {
			return fmt.Errorf("%w: place %d", ErrLayout, i+1)
		}
	}
	*l = Layout{SHA256: sum, Size: w.Size, Places: w.Places}
	return nil
}
