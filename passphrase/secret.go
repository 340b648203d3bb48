package passphrase

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
)

// Marker is what a [Secret] prints in place of its content, whatever the verb
// or encoding.
const Marker = "[secret]"

// ErrRedacted is returned by the unmarshalling methods of [Secret] for the
// marker itself: what was printed once cannot be read back, and must not become
// somebody's passphrase.
var ErrRedacted = errors.New("passphrase: redacted secret cannot be read back")

// Secret holds a passphrase, a one-time code or a key in memory.
//
// It prints [Marker] through every fmt verb, slog handler and encoder. When it
// lies in an unexported field of another struct, printers call no method of it
// and walk into it by reflection; there they find only a function, which they
// cannot see into. [Secret.Reveal] is the only way to the content.
//
// Copies of a Secret share their content; [Secret.Destroy] clears it for all of
// them. Clearing is best effort: Go may have copied the bytes before. The zero
// Secret is empty and is refused wherever a passphrase is needed.
type Secret struct {
	v *content
}

// content hides the bytes in a closure. A pointer to them would not do: for a
// verb that does not fit, such as %s, fmt prints what a pointer points to.
type content struct {
	access func(f func(b *[]byte))
}

// New returns a Secret with a copy of b. The caller may clear b afterwards.
func New(b []byte) Secret {
	if len(b) == 0 {
		return Secret{}
	}
	var mu sync.Mutex
	own := bytes.Clone(b)
	return Secret{&content{access: func(f func(*[]byte)) {
		mu.Lock()
		defer mu.Unlock()
		f(&own)
	}}}
}

// FromString returns a Secret with the bytes of s. The string itself stays in
// memory until it is collected; use [New] where the bytes are at hand.
func FromString(s string) Secret { return New([]byte(s)) }

// Reveal returns a copy of the content, nil when there is none or it was
// destroyed. The caller should clear the copy after use.
func (s Secret) Reveal() []byte {
	if s.v == nil {
		return nil
	}
	var out []byte
	s.v.access(func(b *[]byte) { out = bytes.Clone(*b) })
	return out
}

// IsZero reports whether there is no content: the zero Secret, an empty one, or
// a destroyed one.
func (s Secret) IsZero() bool {
	if s.v == nil {
		return true
	}
	var zero bool
	s.v.access(func(b *[]byte) { zero = len(*b) == 0 })
	return zero
}

// Equal reports whether both hold the same bytes, in time that depends only on
// their lengths. Two empty Secrets are not equal: an absent passphrase never
// matches.
func (s Secret) Equal(other Secret) bool {
	a, b := s.Reveal(), other.Reveal()
	defer clear(a)
	defer clear(b)
	return len(a) > 0 && subtle.ConstantTimeCompare(a, b) == 1
}

// Destroy clears the content of s and of every copy of it.
func (s Secret) Destroy() {
	if s.v == nil {
		return
	}
	s.v.access(func(b *[]byte) {
		clear(*b)
		*b = nil
	})
}

// String returns [Marker].
func (Secret) String() string { return Marker }

// GoString returns [Marker].
func (Secret) GoString() string { return Marker }

// Format writes [Marker] for every verb and flag.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Marker) }

// LogValue returns [Marker] to slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(Marker) }

// MarshalText returns [Marker].
func (Secret) MarshalText() ([]byte, error) { return []byte(Marker), nil }

// MarshalJSON returns [Marker] as a JSON string.
func (Secret) MarshalJSON() ([]byte, error) { return json.Marshal(Marker) }

// UnmarshalText takes text as the content, as typed. It refuses [Marker] with
// [ErrRedacted].
func (s *Secret) UnmarshalText(text []byte) error {
	if string(text) == Marker {
		return ErrRedacted
	}
	*s = New(text)
	return nil
}

// UnmarshalJSON takes a JSON string as the content; null leaves s unchanged. It
// refuses [Marker] with [ErrRedacted].
func (s *Secret) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		// The decoder's own error may quote the input.
		return errors.New("passphrase: secret is not a JSON string")
	}
	return s.UnmarshalText([]byte(text))
}
