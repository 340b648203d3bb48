package mockbsre

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

// The application's credential unless [EsignConfig] has another.
const (
	DefaultUsername = "eoffice-tiruan"
	DefaultPassword = "sandi-aplikasi-tiruan"
)

// EsignConfig configures what stands for the Esign Client Service, BSrE's box
// in an agency's network. The zero value behaves as real boxes were seen to.
type EsignConfig struct {
	// Username and Password are the application's credential for HTTP Basic,
	// which every call needs. Zero: [DefaultUsername], [DefaultPassword].
	Username string
	Password passphrase.Secret
	// Level is that of the signatures: signing.LevelBT or signing.LevelBLT,
	// which builds differ in. Zero: LevelBLT.
	Level signing.Level
	// Quirks switches what boxes differ in. An entry overrides the quirk's
	// default.
	Quirks map[Quirk]bool
	// StatusCodes gives the status_code of a status. Only those of ISSUE,
	// NOT_REGISTERED and NO_CERTIFICATE are known; the others are one public
	// client's. An entry overrides, for both versions.
	StatusCodes map[certificate.Status]int
	// OnCode is told of each one-time code, as a signer's app would be. Nil:
	// nobody; [Server.OneTimeCode] tells it too.
	OnCode func(workMail string, code passphrase.Secret)
	// MaxBody bounds a request in bytes; more is answered 413. Zero: 64 MiB.
	MaxBody int64
	// BodyTimeout bounds the time for which a request's body may take to
	// arrive, by the real clock. Zero: two minutes.
	BodyTimeout time.Duration
}

// maxParallel bounds the requests whose bodies are in memory.
const maxParallel = 32

// esign answers the interface of the service over the state of the fake.
type esign struct {
	srv    *Server
	cfg    EsignConfig
	quirks map[Quirk]bool
	codes  *codebook
	seals  sealbook
	signer func() (*signParts, error)
	// stranger has a key to sign with and is nobody.
	stranger func() (*signing.Key, error)
	slots    chan struct{}
	done     chan struct{}
	routes   []route

	mu         sync.Mutex
	closed     bool
	faults     []plannedFault
	script     runningScript
	exchanges  []Exchange
	signatures []MadeSignature
	complaints []error
	downloads  downloads
	fieldClock int64
	listener   *listener
}

func newEsign(s *Server, codes *codebook) (*esign, error) {
	cfg := s.cfg.Esign
	if err := checkQuirks(cfg.Quirks); err != nil {
		return nil, err
	}
	if cfg.Level != signing.LevelUnknown && cfg.Level != signing.LevelBT && cfg.Level != signing.LevelBLT {
		return nil, errors.New("mockbsre: EsignConfig.Level must be LevelBT or LevelBLT")
	}
	if cfg.MaxBody < 0 || cfg.BodyTimeout < 0 || strings.Contains(cfg.Username, ":") {
		return nil, errors.New("mockbsre: EsignConfig holds a negative limit or a username with a colon")
	}
	cfg.fill()
	e := &esign{
		srv: s, cfg: cfg, quirks: fillQuirks(cfg.Quirks), codes: codes,
		slots: make(chan struct{}, maxParallel), done: make(chan struct{}),
	}
	e.signer, e.stranger = sync.OnceValues(e.newSignParts), sync.OnceValues(e.newStranger)
	e.routes = e.table()
	return e, nil
}

func (c *EsignConfig) fill() {
	if c.Username == "" {
		c.Username = DefaultUsername
	}
	if c.Password.IsZero() {
		c.Password = passphrase.FromString(DefaultPassword)
	}
	if c.Level == signing.LevelUnknown {
		c.Level = signing.LevelBLT
	}
	if c.MaxBody == 0 {
		c.MaxBody = 64 << 20
	}
	if c.BodyTimeout == 0 {
		c.BodyTimeout = 2 * time.Minute
	}
	c.StatusCodes = maps.Clone(c.StatusCodes)
}

// close lets held answers go and stops serving.
func (e *esign) close() {
	e.mu.Lock()
	closed, serving := e.closed, e.listener
	e.closed = true
	e.mu.Unlock()
	if closed {
		return
	}
	close(e.done)
	if serving != nil {
		serving.close()
	}
}

func (e *esign) on(q Quirk) bool { return e.quirks[q] }

// Handler answers the Esign Client API, version 1 and 2, to whoever has the
// application's credential, and the pages of [Server.Portal] to everybody. It
// may be served anywhere; [Server.URL] does so on loopback. It obeys the fake's
// clock, also in the Date of its answers.
func (s *Server) Handler() http.Handler {
	s.running()
	return doors{s.esign, s.portal}
}

// Credential is the application's credential for the service.
func (s *Server) Credential() (username string, password passphrase.Secret) {
	s.running()
	return s.esign.cfg.Username, s.esign.cfg.Password
}

// call is one request on its way.
type call struct {
	*http.Request
	route
	id    string // the last element of the path, where the route has one
	entry *Exchange
	fault *Fault // nil without
}

// route is one endpoint. A path that ends in a slash is followed by an id.
type route struct {
	method, path string
	operation    Operation
	do           func(context.Context, *call) reply
}

func (e *esign) table() []route {
	return []route{
		{http.MethodPost, "/api/sign/pdf", SignV1, e.signV1},
		{http.MethodGet, "/api/sign/download/", DownloadV1, e.download},
		{http.MethodPost, "/api/sign/verify", VerifyV1, e.verifyV1},
		{http.MethodGet, "/api/user/status/", StatusV1, e.statusV1},
		{http.MethodPost, "/api/v2/sign/pdf", SignV2, e.signV2},
		{http.MethodPost, "/api/v2/sign/get/totp", CodeV2, e.codeV2},
		{http.MethodPost, "/api/v2/verify/pdf", VerifyV2, e.verifyV2},
		{http.MethodPost, "/api/v2/user/check/status", StatusV2, e.statusV2},
		// One client's path for the same.
		{http.MethodPost, "/api/v2/user/check-status", StatusV2, e.statusV2},
		{http.MethodPost, "/api/v2/user/registration", RegistrationV2, e.registrationV2},
		// Two libraries' path for the same, against the manual.
		{http.MethodPost, "/api/v2/user/register", RegistrationV2, e.registrationV2},
		{http.MethodGet, "/api/v2/user/certificate/chain/", ChainV2, e.chainV2},
		{http.MethodPost, "/api/v2/seal/get/activation", SealActivateV2, e.sealActivation},
		{http.MethodPost, "/api/v2/seal/revoke/activation", SealRevokeV2, e.sealRevoke},
		{http.MethodPost, "/api/v2/seal/get/totp", SealCodeV2, e.sealCodeV2},
		{http.MethodPost, "/api/v2/seal/pdf", SealV2, e.sealV2},
		// As a vendor's collection writes it for a mail address.
		{http.MethodGet, "/api/user/certificate/chain/", ChainV2, e.chainV2},
	}
}

// find returns the route of a request and the id in its path. With a route of
// another method alone, wrongMethod is set.
func (e *esign) find(r *http.Request) (found route, id string, ok, wrongMethod bool) {
	path := r.URL.Path
	for _, route := range e.routes {
		rest, fits := strings.CutPrefix(path, route.path)
		if !fits {
			continue
		}
		if strings.HasSuffix(route.path, "/") {
			fits = rest != "" && !strings.Contains(rest, "/")
		} else {
			fits = rest == "" || rest == "/"
		}
		if !fits {
			continue
		}
		if route.method != r.Method {
			wrongMethod = true
			continue
		}
		return route, rest, true, false
	}
	return route{}, "", false, wrongMethod
}

// ServeHTTP implements [http.Handler].
func (e *esign) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	entry := &Exchange{At: e.srv.Clock.Now(), Method: r.Method}
	if !e.authorized(r) {
		entry.Path = maskText(r.URL.Path)
		entry.remarkCredential(r)
		e.finish(w, entry, e.springError(http.StatusUnauthorized, r))
		return
	}
	route, id, ok, wrongMethod := e.find(r)
	if !ok {
		entry.Path = maskText(r.URL.Path)
		status := http.StatusNotFound
		if wrongMethod {
			status = http.StatusMethodNotAllowed
		}
		e.remarkNoRoute(entry, r)
		e.finish(w, entry, e.springError(status, r))
		return
	}
	entry.Operation, entry.Path = route.operation, route.path
	entry.remarkRoute(r, route)
	c := &call{Request: r, route: route, id: id, entry: entry}

	fault := e.takeFault(route.operation)
	if fault == nil {
		e.finish(w, entry, e.carryOut(w, c))
		return
	}
	entry.Fault, c.fault = fault, fault
	var answer reply
	if fault.carriedOut() {
		answer = e.carryOut(w, c)
	} else {
		e.skipBody(w, r)
	}
	entry.Status = fault.answered(answer.status)
	e.record(*entry)
	e.spoil(w, r, entry.At, *fault, answer)
}

// carryOut does what a request asks for. As on the box, a client that goes away
// does not undo it.
func (e *esign) carryOut(w http.ResponseWriter, c *call) reply {
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-c.Context().Done():
		return e.springError(http.StatusServiceUnavailable, c.Request)
	}
	e.limitBody(w, c.Request)
	return c.do(context.WithoutCancel(c.Context()), c)
}

// finish records and answers.
func (e *esign) finish(w http.ResponseWriter, entry *Exchange, answer reply) {
	entry.Status = answer.status
	e.record(*entry)
	e.write(w, answer)
}

// authorized looks for the application's credential among all values of the
// Authorization header: one client sends a Bearer token beside it.
func (e *esign) authorized(r *http.Request) bool {
	password := e.cfg.Password.Reveal()
	defer clear(password)
	want := sha256.Sum256(fmt.Appendf(nil, "%s:%s", e.cfg.Username, password))
	for _, header := range r.Header.Values("Authorization") {
		for value := range strings.SplitSeq(header, ",") {
			alone := http.Request{Header: http.Header{"Authorization": {strings.TrimSpace(value)}}}
			user, pass, ok := alone.BasicAuth()
			given := sha256.Sum256([]byte(user + ":" + pass))
			if ok && subtle.ConstantTimeCompare(given[:], want[:]) == 1 {
				return true
			}
		}
	}
	return false
}
