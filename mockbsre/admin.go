package mockbsre

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/sertel-id/sertel/certificate"
)

// Bounds of the admin handler.
const (
	maxAdminBody = 1 << 20
	maxAdminList = 10_000
	defaultList  = 1_000
)

// errAdmin means a request to the admin handler that cannot be used.
var errAdmin = errors.New("mockbsre: admin")

// Admin drives the fake over HTTP in JSON, for tests in any language: inbox,
// clock, people, seals, faults, journal, reset. GET / lists what there is.
//
// It hands out passphrases, codes and links, and asks for no credential: serve
// it on a listener of its own, on loopback, beside that of [Server.Handler] and
// never under the same address. Requests that a browser sends for another site
// are refused.
func (s *Server) Admin() http.Handler {
	s.running()
	mux := http.NewServeMux()
	for _, e := range s.adminTable() {
		mux.Handle(e.pattern, admin(e.do))
	}
	mux.HandleFunc("GET /root.pem", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-pem-file")
		_ = pem.Encode(w, &pem.Block{Type: "CERTIFICATE", Bytes: s.Root().Raw})
	})
	guarded := http.NewCrossOriginProtection().Handler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", typeJSON)
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Server", serverName)
		guarded.ServeHTTP(w, r)
	})
}

// adminCall answers nil for 204.
type adminCall func(r *http.Request) (any, error)

type adminEndpoint struct {
	pattern string // of http.ServeMux
	what    string
	do      adminCall
}

func (s *Server) adminTable() []adminEndpoint {
	table := []adminEndpoint{
		{"GET /service", "the application's credential for the signing service", s.adminService},
		{"GET /inbox", "mails, oldest first; query: to, kind, text, limit", s.adminMails},
		{"GET /inbox/latest", "the newest mail that fits; query: to, kind, text", s.adminLatest},
		{"GET /inbox/{id}", "one mail", s.adminMail},
		{"DELETE /inbox/{id}", "take one mail out", s.adminDeleteMail},
		{"DELETE /inbox", "take out what fits; query: to, kind, text", s.adminDeleteMails},
		{"GET /clock", "the fake's time", s.adminClock},
		{"POST /clock", `move it: {"advance": "24h"} or {"set": "2027-01-02T03:04:05Z"}`, s.adminMoveClock},
		{"GET /people", "who is in the population register, with status", s.adminPeople},
		{"POST /people", `seed somebody: {"number": 3} or {"person": {…}}, "status", "passphrase"`, s.adminSeed},
		{"GET /people/{nik}", "one person, with status", s.adminPerson},
		{"DELETE /people/{nik}", "forget one person's account", s.adminForget},
		{"GET /people/{nik}/code", "the one-time code that works now", s.adminCode},
		{"POST /people/{nik}/number", `give another NIP: {"number": "…"}`, s.adminNumber},
		{"GET /seals", "the seals", s.adminSeals},
		{"POST /seals", `make a seal: {"name": "…", "mail": "…"}`, s.adminSeedSeal},
		{"GET /seals/{id}/activation", "the activation code that works now", s.adminActivation},
		{"DELETE /seals/{id}", "revoke the seal's certificate", s.adminRevokeSeal},
		{"GET /faults", "the script of faults, with its seed", s.adminFaults},
		{"PUT /faults", `set it: {"seed": 7, "hostile": false, "rules": [{"operation": "v2 sign", "kind": "lost-answer"}]}`, s.adminSetFaults},
		{"DELETE /faults", "end it, and drop what is planned", s.adminClearFaults},
		{"POST /faults/next", `let the next call go wrong: {"operation": "v2 sign", "kind": "status-503"}`, s.adminFailNext},
		{"GET /faults/kinds", "the kinds of faults and what each finds", s.adminKinds},
		{"GET /journal", "calls of the signing service, with remarks; query: limit", s.adminJournal},
		{"DELETE /journal", "forget calls and signatures", s.adminClearJournal},
		{"GET /signatures", "signatures that were made; query: limit", s.adminSignatures},
		{"GET /strict", "what a client did that is only tolerated", s.adminStrict},
		{"POST /reset", `empty everything, or one: {"only": "inbox"}; people, seals, inbox, journal, faults`, s.adminReset},
	}
	list := map[string]string{"GET /root.pem": "the certificate to trust in tests"}
	for _, e := range table {
		list[e.pattern] = e.what
	}
	return append(table, adminEndpoint{"GET /{$}", "", func(*http.Request) (any, error) {
		return map[string]any{"service": serverName, "endpoints": list}, nil
	}})
}

// admin makes a handler of a call.
func admin(do adminCall) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxAdminBody)
		answer, err := do(r)
		switch {
		case err != nil:
			w.WriteHeader(adminStatus(err))
			answer = map[string]string{"error": err.Error()}
		case answer == nil:
			w.WriteHeader(http.StatusNoContent)
			return
		}
		_ = json.NewEncoder(w).Encode(answer) // a client that has gone
	})
}

// adminStatus is 404 for what is not there, 413 for too much, 400 for the rest.
func adminStatus(err error) int {
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return http.StatusRequestEntityTooLarge
	}
	for _, absent := range []error{ErrNoMail, ErrNoCode, ErrNoSeal, certificate.ErrNotFound, certificate.ErrNIKNotFound} {
		if errors.Is(err, absent) {
			return http.StatusNotFound
		}
	}
	return http.StatusBadRequest
}

// readAdmin reads a body that must be one JSON object with known members.
func readAdmin(r *http.Request, into any) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != typeJSON {
		return fmt.Errorf("%w: Content-Type must be %s", errAdmin, typeJSON)
	}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%w: body: %w", errAdmin, err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return fmt.Errorf("%w: body: more than one object", errAdmin)
	}
	return nil
}

// adminLimit is how many of a list are wanted, the newest.
func adminLimit(r *http.Request) (int, error) {
	text := r.URL.Query().Get("limit")
	if text == "" {
		return defaultList, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxAdminList {
		return 0, fmt.Errorf("%w: limit must be 1 to %d", errAdmin, maxAdminList)
	}
	return n, nil
}

// newestOf shortens a list to what is wanted.
func newestOf[T any](r *http.Request, list []T) ([]T, error) {
	n, err := adminLimit(r)
	if err != nil {
		return nil, err
	}
	return append([]T{}, list[max(0, len(list)-n):]...), nil // never null
}

func (s *Server) adminService(*http.Request) (any, error) {
	username, password := s.Credential()
	return map[string]string{"username": username, "password": string(password.Reveal())}, nil
}

func (s *Server) adminClock(*http.Request) (any, error) {
	return map[string]time.Time{"now": s.Clock.Now().UTC()}, nil
}

func (s *Server) adminMoveClock(r *http.Request) (any, error) {
	var in struct {
		Advance *wireDuration `json:"advance"`
		Set     *time.Time    `json:"set"`
	}
	if err := readAdmin(r, &in); err != nil {
		return nil, err
	}
	var to time.Time
	switch {
	case in.Advance != nil && in.Set == nil:
		to = s.Clock.Now().Add(time.Duration(*in.Advance))
	case in.Set != nil && in.Advance == nil:
		to = *in.Set
	default:
		return nil, fmt.Errorf("%w: one of advance and set", errAdmin)
	}
	if to.Year() < 2000 || to.Year() > 2200 {
		return nil, fmt.Errorf("%w: a time outside 2000 to 2200", errAdmin)
	}
	s.Clock.Set(to)
	return s.adminClock(r)
}

// wireDuration is a duration as Go writes it, such as "1h30m".
type wireDuration time.Duration

// MarshalText implements [encoding.TextMarshaler].
func (d wireDuration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (d *wireDuration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = wireDuration(parsed)
	return err
}

func (s *Server) adminReset(r *http.Request) (any, error) {
	var in struct {
		Only string `json:"only"`
	}
	if err := readAdmin(r, &in); err != nil {
		return nil, err
	}
	switch in.Only {
	case "":
		return nil, s.Reset(r.Context())
	case "people":
		return nil, s.forgetPeople(r.Context())
	case "seals":
		s.esign.seals.clear()
	case "inbox":
		s.Inbox.Clear()
	case "journal":
		s.ClearJournal()
	case "faults":
		s.ClearFaults()
	default:
		return nil, fmt.Errorf("%w: only must be people, seals, inbox, journal or faults", errAdmin)
	}
	return nil, nil
}
