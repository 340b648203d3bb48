package mockbsre

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/sertel-id/sertel/certificate"
)

// FillSessions adds sessions up to the limit.
func FillSessions(s *Server) {
	p := s.portal
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.sessions); i < maxSessions; i++ {
		p.sessions[fmt.Sprint(i)] = session{expires: s.Clock.Now().Add(sessionLife)}
	}
}

// ReadParts reads a form with a picture.
func ReadParts(r *http.Request) (url.Values, []byte, error) { return readParts(r) }

// ParseStamp and StampOf read and write what a form says of a text.
func ParseStamp(stamp string) (certificate.Acceptance, bool) { return parseStamp(stamp) }
func StampOf(a certificate.Acceptance) string                { return stampOf(a) }
