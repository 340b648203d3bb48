package certificate

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// tokenSize is 256 bits (OWASP Forgot Password; ASVS 5.0 section 6.5 asks for 112).
const tokenSize = 32

// Token is the secret part of a mailed link: 256 random bits, good for one purpose and one
// use, until it expires or a newer one is sent. Only its hash is ever stored. A Token prints
// and marshals as a marker; [Token.Reveal] is the one way to its text. The zero value is
// refused everywhere.
type Token struct {
	// A pointer to a string: fmt calls no method of a Token in an unexported
	// field of another struct, and of this it prints no more than the address,
	// whatever the verb. What a pointer to an array points to it would print.
	bits *string
}

// ErrTokenRefused is the one answer the public gets for a link that does not work. The four
// reasons below match it with errors.Is and are for the service's own records; which of them
// it was must not be shown, except as [PublicAnswer] words it.
var ErrTokenRefused = errors.New("certificate: link refused")

// Why a token was refused. All of them match [ErrTokenRefused].
var (
	ErrTokenUnknown    error = &tokenError{"unknown"}
	ErrTokenExpired    error = &tokenError{"expired"}
	ErrTokenUsed       error = &tokenError{"used"}
	ErrTokenSuperseded error = &tokenError{"superseded by a newer one"}
)

type tokenError struct{ reason string }

func (e *tokenError) Error() string        { return "certificate: link " + e.reason }
func (e *tokenError) Is(target error) bool { return target == ErrTokenRefused }

// GenerateToken returns a new token from the system's random source.
func GenerateToken() Token {
	raw := make([]byte, tokenSize)
	rand.Read(raw) // never fails (crypto/rand)
	return newToken(raw)
}

func newToken(raw []byte) Token {
	bits := string(raw)
	return Token{bits: &bits}
}

// ParseToken reads the text of a link: 43 characters of unpadded base64url. Anything else is
// [ErrTokenUnknown], as for a token that was never given out.
func ParseToken(text string) (Token, error) {
	if len(text) != base64.RawURLEncoding.EncodedLen(tokenSize) {
		return Token{}, ErrTokenUnknown
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != tokenSize {
		return Token{}, ErrTokenUnknown
	}
	return newToken(raw), nil
}

// Reveal returns the text for the link.
func (t Token) Reveal() string {
	if t.bits == nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(*t.bits))
}

// IsZero reports whether t is the zero value.
func (t Token) IsZero() bool { return t.bits == nil }

// Hash returns what is stored of t. The plain hash is enough: 256 random bits cannot be
// guessed (ASVS 5.0 section 6.5).
func (t Token) Hash() TokenHash {
	if t.bits == nil {
		return TokenHash{}
	}
	return sha256.Sum256([]byte(*t.bits))
}

const tokenMarker = "[token]"

// Format prints a marker for every verb.
func (t Token) Format(f fmt.State, _ rune) { fmt.Fprint(f, tokenMarker) }

// LogValue logs a marker.
func (t Token) LogValue() slog.Value { return slog.StringValue(tokenMarker) }

// MarshalText writes a marker, so that no JSON ever holds a token.
func (t Token) MarshalText() ([]byte, error) { return []byte(tokenMarker), nil }

// TokenHash is the SHA-256 of a token, the only form at rest.
type TokenHash [sha256.Size]byte

// String returns the hash in lower-case hexadecimal.
func (h TokenHash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText writes what String returns.
func (h TokenHash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what MarshalText wrote. Anything else is an error, which does not
// repeat it.
func (h *TokenHash) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(h)) {
		return fmt.Errorf("certificate: token hash of %d characters", len(text))
	}
	var read TokenHash
	if _, err := hex.Decode(read[:], text); err != nil {
		return errors.New("certificate: token hash is not hexadecimal")
	}
	*h = read
	return nil
}

// Purpose binds a token to one kind of link.
type Purpose uint8

// The purposes of links.
const (
	_                    Purpose = iota
	PurposeActivation            // mail "Aktivasi Akun"
	PurposeSetPassphrase         // mail "set_passphrase"
	PurposeReset                 // mail "Reset Passphrase"
	PurposeWorkMail              // proof of a new work mail
)

var purposeNames = [...]string{
	PurposeActivation:    "activation",
	PurposeSetPassphrase: "set_passphrase",
	PurposeReset:         "reset_passphrase",
	PurposeWorkMail:      "work_mail",
}

// String returns the purpose's name in lower case.
func (p Purpose) String() string { return wordOf(purposeNames[:], p, "Purpose") }

// MarshalText writes the word of String.
func (p Purpose) MarshalText() ([]byte, error) { return marshalWord(purposeNames[:], p) }

// UnmarshalText reads what MarshalText wrote. Any other word is an error, which does not
// repeat it.
func (p *Purpose) UnmarshalText(text []byte) error { return unmarshalWord(purposeNames[:], p, text) }

// TokenState is what a stored token has come to. It only ever moves away from live.
type TokenState uint8

// The states of a stored token.
const (
	_               TokenState = iota
	TokenLive                  // may be used until it expires
	TokenUsed                  // used once
	TokenSuperseded            // a newer one was sent, or the occasion has gone
	TokenExpired               // a try after its time was refused; a clock set back revives nothing
)

var tokenStateNames = [...]string{
	TokenLive: "live", TokenUsed: "used", TokenSuperseded: "superseded", TokenExpired: "expired",
}

// String returns live, used, superseded or expired.
func (s TokenState) String() string { return wordOf(tokenStateNames[:], s, "TokenState") }

// MarshalText writes the word of String.
func (s TokenState) MarshalText() ([]byte, error) { return marshalWord(tokenStateNames[:], s) }

// UnmarshalText reads what MarshalText wrote. Any other word is an error, which does not
// repeat it.
func (s *TokenState) UnmarshalText(text []byte) error {
	return unmarshalWord(tokenStateNames[:], s, text)
}

// StoredToken is what the record of a person keeps of a token.
type StoredToken struct {
	Hash      TokenHash  `json:"hash"`       // SHA-256 of the token
	Purpose   Purpose    `json:"purpose"`    // the one page it opens
	State     TokenState `json:"state"`      // as last stored; a live one may have expired since
	CreatedAt time.Time  `json:"created_at"` // when its mail was composed
	ExpiresAt time.Time  `json:"expires_at"` // the first instant at which the token is refused
}

// refusal returns why the token cannot be used at now, or nil.
func (t *StoredToken) refusal(p Purpose, now time.Time) error {
	switch {
	case t.Purpose != p:
		return ErrTokenUnknown
	case t.State == TokenUsed:
		return ErrTokenUsed
	case t.State == TokenSuperseded:
		return ErrTokenSuperseded
	case t.State != TokenLive || !now.Before(t.ExpiresAt):
		return ErrTokenExpired
	}
	return nil
}

// PublicAnswer is the one text shown to whoever opens a link that does not work, whatever the
// reason. It depends only on the page that was asked for.
func PublicAnswer(p Purpose, lang Lang) string {
	english := lang == English
	switch p {
	case PurposeActivation:
		if english {
			return "This link is not valid or no longer valid. Please register again in the portal."
		}
		return "Tautan ini tidak berlaku atau sudah tidak berlaku. Silakan lakukan registrasi ulang di portal."
	case PurposeReset:
		if english {
			return "This link is not valid or no longer valid. Please ask for a new passphrase reset in the portal."
		}
		return "Tautan ini tidak berlaku atau sudah tidak berlaku. Silakan ajukan kembali reset passphrase di portal."
	default:
		if english {
			return "This link is not valid or no longer valid. Please ask for a new one in the portal."
		}
		return "Tautan ini tidak berlaku atau sudah tidak berlaku. Silakan minta tautan baru di portal."
	}
}
