package mockbsre

import (
	"fmt"
	"io"
)

// The fake and its registers hold people and mails. They print and marshal as
// their names, so that a test that logs its fixtures shows none of them.

// Format prints the name of the type for every verb.
func (s *Server) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "mockbsre.Server") }

// MarshalText returns the name of the type, which encoding/json and slog write too.
func (s *Server) MarshalText() ([]byte, error) { return []byte("mockbsre.Server"), nil }

// Format prints the name of the type for every verb.
func (b *Inbox) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "mockbsre.Inbox") }

// MarshalText returns the name of the type, which encoding/json and slog write too.
func (b *Inbox) MarshalText() ([]byte, error) { return []byte("mockbsre.Inbox"), nil }

// Format prints the name of the type for every verb.
func (r *Population) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "mockbsre.Population") }

// MarshalText returns the name of the type, which encoding/json and slog write too.
func (r *Population) MarshalText() ([]byte, error) { return []byte("mockbsre.Population"), nil }

// Format prints the name of the type for every verb.
func (r *Personnel) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "mockbsre.Personnel") }

// MarshalText returns the name of the type, which encoding/json and slog write too.
func (r *Personnel) MarshalText() ([]byte, error) { return []byte("mockbsre.Personnel"), nil }
