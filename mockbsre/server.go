package mockbsre

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/passphrase"
)

// Addresses of the fake. The top-level domain test is reserved (RFC 6761), so
// nothing in the world answers there; only [Server.Transport] does.
const (
	PortalURL    = "https://portal.mockbsre.test"
	AuthorityURL = "http://pki.mockbsre.test"
	TimestampURL = "http://tsa.mockbsre.test/"
)

// Config configures a [Server].
type Config struct {
	// RSA makes RSA keys of 2048 bits for people and authorities, as BSrE
	// has them. They take a tenth of a second and more each. False: P-256.
	RSA bool
	// BSrELike issues people's certificates with BSrE's own usages and
	// statement, which pdfsig and linters do not like; see
	// [authority.BSrELikeProfile]. False: a shape that they all accept.
	BSrELike bool
	// Start is the first time of the clock, cut to whole seconds. Zero: the
	// time of Start.
	Start time.Time
	// Agencies are those whose people may register. None: Kota Magelang.
	// [Server.Populate] takes people of the first; [Person.At] gives you others.
	Agencies []certificate.Agency
	// Policy for passphrases; nil: passphrase.DefaultPolicy.
	Policy *passphrase.Policy
	// AllowAnyNIK takes people into the registers whose numbers are not
	// marked as made up. Numbers of real people do not belong into tests.
	AllowAnyNIK bool
	// PortalURL is where the links in mails lead, such as
	// "http://127.0.0.1:8080", for programs that serve [Server.Handler] or
	// [Server.Portal] at an address of their own: https, or http on loopback.
	// Empty: [PortalURL], where only [Server.Client] finds the pages. The mail
	// page's own links work either way.
	PortalURL string
	// Esign configures the interface of the signing service, [Server.Handler].
	Esign EsignConfig
	// Faults is what goes wrong with calls of the signing service from the
	// start; see [Server.SetFaults]. Zero: nothing.
	Faults FaultScript
	// Strict makes an error of everything in a request to the signing service
	// that the real one would refuse for its form or that only some builds of
	// it tolerate; see [Server.StrictErrors]. The answer is the same. False:
	// the journal tells alone.
	Strict bool
	// Logger is told what happens inside; nil: nobody.
	Logger *slog.Logger
}

// Server is the fake. Make one with [New] in tests, or with [NewUnstarted] and
// Start elsewhere. It is safe for concurrent use.
type Server struct {
	// Clock is the time of everything in the fake.
	Clock *Clock
	// Inbox holds the mails.
	Inbox *Inbox
	// Population and Personnel are the registers that applicants are held
	// against.
	Population *Population
	Personnel  *Personnel

	cfg    Config
	strict func(error) // told of strict errors; nil: nobody

	delivering sync.Mutex

	mu        sync.Mutex // Start, Close
	state     state
	people    *people
	vault     *hsm
	registrar *certificate.Registrar
	authority *authority.Authority
	network   *network
	esign     *esign
	portal    *portal
}

type state int

const (
	unstarted state = iota
	started
	closed
)

// ErrState means that Start was called twice or after Close.
var ErrState = errors.New("mockbsre: server was started before")

// history is how far back the authorities' certificates reach, so that people
// can be seeded whose certificates are over.
const history = 3 * 365 * 24 * time.Hour

// NewUnstarted returns a fake that does nothing yet. Its registers can be filled
// before Start.
func NewUnstarted(cfg Config) *Server {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if len(cfg.Agencies) == 0 {
		cfg.Agencies = []certificate.Agency{certificate.KotaMagelang()}
	}
	s := &Server{Clock: &Clock{}, cfg: cfg}
	s.Population, s.Personnel = newRegisters(cfg.AllowAnyNIK)
	s.Inbox = &Inbox{deliver: func() {}, now: s.Clock.Now}
	return s
}

// Start makes keys and certificates and begins to serve.
func (s *Server) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != unstarted {
		return ErrState
	}
	if err := s.start(ctx); err != nil {
		return at("start", err)
	}
	s.state = started
	return nil
}

func (s *Server) start(ctx context.Context) error {
	start := s.cfg.Start
	if start.IsZero() {
		start = time.Now()
	}
	start = start.Truncate(time.Second)

	s.Clock.Set(start.Add(-history))
	algorithm := authority.ECDSAP256
	if s.cfg.RSA {
		algorithm = authority.RSA2048
	}
	ca, err := newAuthority(ctx, s.cfg, algorithm, s.Clock.Now)
	if err != nil {
		return err
	}
	stamps, err := newTimestamps(ctx, ca, algorithm, s.Clock.Now)
	if err != nil {
		return err
	}
	s.Clock.Set(start)

	vault := newHSM(algorithm)
	vault.codes = newCodebook(s.Clock.Now)
	store := &people{Store: certificate.NewMemoryStore(), known: map[certificate.PersonID]bool{}}
	registrar, err := certificate.NewRegistrar(certificate.RegistrarConfig{
		Agencies: s.cfg.Agencies, Store: store, Vault: vault, Issuer: ca,
		Population: s.Population, Personnel: s.Personnel, Mailer: mailer{s.Inbox}, Agreements: Agreements(),
		PortalURL: s.portalURL(), Policy: s.cfg.Policy, Logger: s.cfg.Logger, Now: s.Clock.Now,
	})
	if err != nil {
		return err
	}
	s.people, s.vault = store, vault
	s.authority, s.registrar = ca, registrar
	s.portal = newPortal(s)
	s.network = newNetwork(ca, stamps, s.portal)
	if s.esign, err = newEsign(s, vault.codes); err != nil {
		return err
	}
	if err := s.esign.setScript(s.cfg.Faults); err != nil {
		return err
	}
	s.Clock.settle, s.Inbox.deliver = s.deliver, s.deliver
	return nil
}

// portalURL is where links lead, without a slash at its end.
func (s *Server) portalURL() string {
	if s.cfg.PortalURL == "" {
		return PortalURL
	}
	return strings.TrimRight(s.cfg.PortalURL, "/")
}

// deliver sends the mails that wait. Mail takes no time in the fake, so whoever
// looks at the box or moves the clock finds it delivered; that includes mails
// that somebody else is about to deliver.
func (s *Server) deliver() {
	s.delivering.Lock()
	defer s.delivering.Unlock()
	if _, err := s.registrar.Deliver(context.Background()); err != nil {
		s.cfg.Logger.Error("mail not delivered", "error", err)
	}
}

// Close ends the fake: its addresses answer no more. Closing twice is no error.
func (s *Server) Close() {
	s.mu.Lock()
	s.state = closed
	esign, network := s.esign, s.network
	s.mu.Unlock()
	if esign != nil {
		esign.close() // waits for calls under way, which use the network
	}
	if network != nil {
		network.close()
	}
}

// running panics before Start: there is nothing to answer with, and the caller's
// program is wrong.
func (s *Server) running() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.registrar == nil {
		panic("mockbsre: server is not started")
	}
}

// Registrar is the state machine behind everything, with each step of the guide
// as a call.
func (s *Server) Registrar() *certificate.Registrar {
	s.running()
	return s.registrar
}

// Authority issues and revokes the certificates.
func (s *Server) Authority() *authority.Authority {
	s.running()
	return s.authority
}

// Root is the certificate of the fake's root, and the only one to trust in
// tests.
func (s *Server) Root() *x509.Certificate { return s.Authority().Root() }
