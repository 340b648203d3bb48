package pdf

import (
	"errors"
	"fmt"
	"strings"
)

// Outcomes that a caller branches on. Each is returned wrapped, with the
// place and the reason.
var (
	// ErrNotPDF: the bytes have no PDF header where readers look for one.
	ErrNotPDF = errors.New("pdf: not a PDF file")
	// ErrMalformed: the structure breaks the rules and no repair that other
	// readers agree on applies, or the reading is strict.
	ErrMalformed = errors.New("pdf: malformed file")
	// ErrAmbiguous: two lawful readers would see two different documents.
	// Every such error is an [*AmbiguityError].
	ErrAmbiguous = errors.New("pdf: ambiguous structure")
	// ErrLimit: the file asks for more than a bound of [Options] allows.
	ErrLimit = errors.New("pdf: limit exceeded")
	// ErrPassword: the file is encrypted and the password opens it neither as
	// user nor as owner.
	ErrPassword = errors.New("pdf: wrong password")
	// ErrEncryption: the file is encrypted in a way that is not supported,
	// public-key security handlers among them.
	ErrEncryption = errors.New("pdf: unsupported encryption")
	// ErrFilter: a stream has a filter that is not decoded here (images).
	ErrFilter = errors.New("pdf: unsupported stream filter")
	// ErrShort: the input ends before the size that was given for it. It comes
	// with io.ErrUnexpectedEOF.
	ErrShort = errors.New("pdf: input is shorter than its size")
	// ErrNoPage: the page asked for does not exist.
	ErrNoPage = errors.New("pdf: no such page")
)

// SyntaxError is a break of the file's rules at a place. It matches
// [ErrMalformed].
type SyntaxError struct {
	Offset int64  // absolute position in the file; -1 when there is none
	Reason string // what is wrong
}

// Error implements error.
func (e *SyntaxError) Error() string {
	if e.Offset < 0 {
		return "pdf: " + e.Reason
	}
	return fmt.Sprintf("pdf: at byte %d: %s", e.Offset, e.Reason)
}

// Is reports whether target is [ErrMalformed].
func (e *SyntaxError) Is(target error) bool { return target == ErrMalformed }

// thenError is one failure after another, with the package's prefix once.
type thenError struct{ first, second error }

// Error implements error.
func (e *thenError) Error() string {
	return e.first.Error() + "; then " + strings.TrimPrefix(e.second.Error(), "pdf: ")
}

// Unwrap returns both.
func (e *thenError) Unwrap() []error { return []error{e.first, e.second} }

func syntaxErrorf(offset int64, format string, args ...any) error {
	return &SyntaxError{Offset: offset, Reason: fmt.Sprintf(format, args...)}
}

func limitErrorf(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrLimit, fmt.Sprintf(format, args...))
}

// AmbiguityKind says in what two readings differ.
type AmbiguityKind uint8

const (
	// AmbiguousHybrid: a hybrid section's table and stream put one object at
	// two places (ISO 32000-2, 7.5.8.4).
	AmbiguousHybrid AmbiguityKind = iota + 1
	// AmbiguousEntry: one cross-reference section claims one object twice.
	AmbiguousEntry
	// AmbiguousKey: a dictionary has a key twice with different values.
	AmbiguousKey
	// AmbiguousObject: the object at an entry's place has another number.
	AmbiguousObject
	// AmbiguousReference: what only some readers take for a reference, such as
	// "4 --0 R" or one whose number overflows.
	AmbiguousReference
	// AmbiguousStream: a stream of objects or of cross-reference entries that
	// only some readers take for one, or decode in the same way.
	AmbiguousStream
)

// String returns a short English description.
func (k AmbiguityKind) String() string {
	switch k {
	case AmbiguousHybrid:
		return "table and stream of a hybrid section differ"
	case AmbiguousEntry:
		return "object listed twice in one cross-reference section"
	case AmbiguousKey:
		return "key twice in one dictionary"
	case AmbiguousObject:
		return "another object stands where the cross-reference points"
	case AmbiguousReference:
		return "something that only some readers take for a reference"
	case AmbiguousStream:
		return "a stream of objects or entries that readers decode in different ways"
	}
	return "unknown ambiguity"
}

// AmbiguityError is one place where two readers may see different things. It
// matches [ErrAmbiguous].
type AmbiguityError struct {
	Kind   AmbiguityKind
	Num    uint32 // the object concerned; 0 when it is a trailer
	Key    Name   // for AmbiguousKey
	Offset int64  // absolute position of the section or object
}

// Error implements error.
func (e *AmbiguityError) Error() string {
	if e.Kind == AmbiguousKey {
		return fmt.Sprintf("pdf: at byte %d: object %d: %s: %.64q", e.Offset, e.Num, e.Kind, string(e.Key))
	}
	return fmt.Sprintf("pdf: at byte %d: object %d: %s", e.Offset, e.Num, e.Kind)
}

// Is reports whether target is [ErrAmbiguous].
func (e *AmbiguityError) Is(target error) bool { return target == ErrAmbiguous }
