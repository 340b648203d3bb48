package certificate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase"
)

// RegistrarConfig configures a [Registrar]. Fields without a stated zero are required.
type RegistrarConfig struct {
	Agencies   []Agency           // whose people may register; at least one, names distinct
	Store      Store              // people; [NewMemoryStore] for one process
	Vault      Vault              // their keys
	Issuer     Issuer             // makes and revokes certificates
	Population PopulationRegister // Dukcapil
	Personnel  PersonnelRegister  // SIASN, and SIPP for the police
	Mailer     Mailer             // transport of mails
	Agreements []Agreement        // in force: one [PrivacyPolicy] and one [SubscriberAgreement]

	// PortalURL is where links lead: https, or http on a loopback address. A link is this
	// address, a path for its purpose and the token.
	PortalURL string

	// Policy for passphrases about to be set; nil means passphrase.DefaultPolicy.
	Policy *passphrase.Policy
	// Limiter of guesses at Unlock; nil means one in memory with its defaults and Now.
	Limiter *passphrase.Limiter

	// ActivationLife is how long an activation link, and the proof of a new work mail,
	// works; zero means 24 hours (NIST SP 800-63B for mailed codes).
	ActivationLife time.Duration
	// PassphraseLife is how long a link to set or reset a passphrase works; zero means 15
	// minutes (OWASP Forgot Password).
	PassphraseLife time.Duration
	// MailInterval is the least time between two links of one purpose asked for by or for
	// one person; zero means one minute.
	MailInterval time.Duration
	// PublicAnswerTime is how long [Registrar.RequestResetByMail] takes at least, so that its
	// time does not tell whether an address is known; longer than the store's slowest update.
	// Zero means 250 milliseconds.
	PublicAnswerTime time.Duration
	// MaxSelfies is how many pictures one activation may compare; zero means 5.
	MaxSelfies int
	// SignWhileRenewing lets the old certificate sign in status RENEW; false refuses, as
	// BSrE's manual has it.
	SignWhileRenewing bool

	Logger *slog.Logger     // for what no caller sees, such as an authority that does not answer; nil logs nothing
	Now    func() time.Time // the clock; nil means time.Now
}

// Registrar carries people through the life cycle. It is for who runs an in-house service,
// and for the fake; with BSrE itself, a [Tracker] follows what BSrE does. Its methods are
// safe for concurrent use. It does not know who is calling: that the caller is the person,
// or an operator with the right to act, is for the program around it to check.
type Registrar struct {
	cfg    RegistrarConfig
	portal string
}

// ErrConfig is returned by [NewRegistrar], [NewSealedVault], [NewFieldSealer] and [Registrar.Purge]
// for an incomplete or contradictory configuration.
var ErrConfig = errors.New("certificate: configuration")

// configError is an error of this package about a part of the configuration.
type configError struct{ err error }

func (e *configError) Error() string {
	return ErrConfig.Error() + ": " + strings.TrimPrefix(e.err.Error(), "certificate: ")
}

func (e *configError) Unwrap() []error { return []error{ErrConfig, e.err} }

// NewRegistrar checks the configuration. Errors match [ErrConfig].
func NewRegistrar(cfg RegistrarConfig) (*Registrar, error) {
	for _, field := range []struct {
		name    string
		missing bool
	}{
		{"Agencies", len(cfg.Agencies) == 0}, {"Store", cfg.Store == nil}, {"Vault", cfg.Vault == nil},
		{"Issuer", cfg.Issuer == nil}, {"Population", cfg.Population == nil},
		{"Personnel", cfg.Personnel == nil}, {"Mailer", cfg.Mailer == nil},
	} {
		if field.missing {
			return nil, fmt.Errorf("%w: %s is required", ErrConfig, field.name)
		}
	}
	seen := map[string]bool{}
	for _, a := range cfg.Agencies {
		if err := a.Validate(); err != nil {
			return nil, &configError{err}
		}
		if seen[a.Name] {
			return nil, fmt.Errorf("%w: two agencies of one name", ErrConfig)
		}
		seen[a.Name] = true
	}
	for _, kind := range []AgreementKind{PrivacyPolicy, SubscriberAgreement} {
		n := 0
		for _, a := range cfg.Agreements {
			if a.Kind == kind && a.Version != "" && a.Text != "" {
				n++
			}
		}
		if n != 1 {
			return nil, fmt.Errorf("%w: Agreements needs exactly one %s with version and text", ErrConfig, kind)
		}
	}
	portal, err := checkPortal(cfg.PortalURL)
	if err != nil {
		return nil, err
	}
	if cfg.ActivationLife < 0 || cfg.PassphraseLife < 0 || cfg.MailInterval < 0 || cfg.MaxSelfies < 0 ||
		cfg.PublicAnswerTime < 0 {
		return nil, fmt.Errorf("%w: negative duration or count", ErrConfig)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Policy == nil {
		policy := passphrase.DefaultPolicy()
		cfg.Policy = &policy
	}
	if cfg.Limiter == nil {
		cfg.Limiter = passphrase.NewLimiter(passphrase.LimiterConfig{Now: cfg.Now})
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	cfg.ActivationLife = orDefault(cfg.ActivationLife, 24*time.Hour)
	cfg.PassphraseLife = orDefault(cfg.PassphraseLife, 15*time.Minute)
	cfg.MailInterval = orDefault(cfg.MailInterval, time.Minute)
	cfg.PublicAnswerTime = orDefault(cfg.PublicAnswerTime, 250*time.Millisecond)
	cfg.MaxSelfies = orDefault(cfg.MaxSelfies, 5)
	return &Registrar{cfg: cfg, portal: portal}, nil
}

func orDefault[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}

// checkPortal refuses addresses over which a link could be read by others.
func checkPortal(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("%w: PortalURL is not a plain address", ErrConfig)
	}
	loopback := u.Hostname() == "localhost"
	if ip := net.ParseIP(u.Hostname()); ip != nil {
		loopback = ip.IsLoopback()
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback) {
		return "", fmt.Errorf("%w: PortalURL must be https", ErrConfig)
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// linkPaths follow the shape of BSrE's links in the guide.
var linkPaths = map[Purpose]string{
	PurposeActivation:    "/email/aktivasi/akun/",
	PurposeSetPassphrase: "/email/passphrase/set/",
	PurposeReset:         "/email/passphrase/reset/",
	PurposeWorkMail:      "/email/dinas/konfirmasi/",
}

// LinkPrefix is the address of a link without its token, for routing in the portal.
func (r *Registrar) LinkPrefix(p Purpose) string { return r.portal + linkPaths[p] }

// Agreements returns the texts in force, to be shown.
func (r *Registrar) Agreements() []Agreement {
	return append([]Agreement(nil), r.cfg.Agreements...)
}

// Policy returns the rule for new passphrases, to be shown.
func (r *Registrar) Policy() passphrase.Policy { return *r.cfg.Policy }

// now is the present without monotonic reading, as it is stored.
func (r *Registrar) now() time.Time { return r.cfg.Now().UTC().Round(0) }

func (r *Registrar) agency(name string) (Agency, bool) {
	for _, a := range r.cfg.Agencies {
		if a.Name == name {
			return a, true
		}
	}
	return Agency{}, false
}

// update is Store.Update with the clock read anew for each try.
func (r *Registrar) update(ctx context.Context, id PersonID, f func(rec *Record, now time.Time) error) error {
	if id.IsZero() {
		return ErrNotFound
	}
	return r.cfg.Store.Update(ctx, id, func(rec *Record) error {
		if rec.NIK.IsZero() { // nobody but register creates a record
			return ErrNotFound
		}
		return f(rec, r.now())
	})
}

// act applies one event and whatever follows from it, in one update.
func (r *Registrar) act(ctx context.Context, id PersonID, e Event, op Operator, detail string, then func(rec *Record, now time.Time) error) error {
	return r.update(ctx, id, func(rec *Record, now time.Time) error {
		if err := rec.apply(e, now, op.ID, detail); err != nil {
			return err
		}
		if then == nil {
			return nil
		}
		return then(rec, now)
	})
}

// Operator is the person of the agency's office who takes a decision. The ID goes into the
// audit trail as it is, so it should be an account name, not a NIK.
type Operator struct {
	ID string // 1 to 100 bytes of UTF-8 without control characters
}

// ErrOperatorRequired is returned where a decision needs an operator and none, or one with
// another id, is named.
var ErrOperatorRequired = errors.New("certificate: operator required")

func (o Operator) check() error {
	if o.ID == "" || len(o.ID) > 100 || !utf8.ValidString(o.ID) || strings.ContainsFunc(o.ID, unicode.IsControl) {
		return ErrOperatorRequired
	}
	return nil
}

// TooSoonError says that a link of this kind was asked for less than MailInterval ago.
type TooSoonError struct {
	RetryAfter time.Duration // above zero, at most MailInterval
}

// Error implements error.
func (e *TooSoonError) Error() string {
	return fmt.Sprintf("certificate: a link was asked for a moment ago, try again in %v", e.RetryAfter)
}

// ask queues a mail with a link, at most one per purpose and interval. An intent not yet
// delivered is replaced.
func (r *Registrar) ask(rec *Record, kind MailKind, to identity.Email, now time.Time) error {
	p := kind.purpose()
	if last, ok := rec.Asked[p]; ok {
		// A clock that went back must not lock anybody out for longer than the interval.
		if wait := last.Add(r.cfg.MailInterval).Sub(now); wait > 0 && wait <= r.cfg.MailInterval {
			return &TooSoonError{wait}
		}
	}
	if rec.Asked == nil {
		rec.Asked = map[Purpose]time.Time{}
	}
	rec.Asked[p] = now
	rec.dropMails(p)
	rec.queue(kind, to, now)
	return nil
}

// queue adds a mail to the outbox.
func (r *Record) queue(kind MailKind, to identity.Email, now time.Time) {
	m := MailIntent{ID: newID(), Kind: kind, To: to, CreatedAt: now}
	if n := len(r.Certificates); n > 0 {
		m.Serial = r.Certificates[n-1].Serial
	}
	r.Mails = append(r.Mails, m)
}

// dropMails removes mails with a link of the purpose.
func (r *Record) dropMails(p Purpose) {
	kept := r.Mails[:0]
	for _, m := range r.Mails {
		if m.Kind.purpose() != p {
			kept = append(kept, m)
		}
	}
	r.Mails = kept
}

// void ends every open link of the purposes, delivered or not.
func (r *Record) void(purposes ...Purpose) {
	for _, p := range purposes {
		r.dropMails(p)
		for i := range r.Tokens {
			if t := &r.Tokens[i]; t.Purpose == p && t.State == TokenLive {
				t.State = TokenSuperseded
			}
		}
	}
}

var allPurposes = []Purpose{PurposeActivation, PurposeSetPassphrase, PurposeReset, PurposeWorkMail}

// task adds to the outbox what authority or vault must be told.
func (r *Record) task(t Task) {
	t.ID = newID()
	r.Tasks = append(r.Tasks, t)
}

// abandonIssuance gives up an issue begun earlier: whatever came of it is cancelled.
func (r *Record) abandonIssuance(now time.Time) {
	if r.Issuance == nil {
		return
	}
	r.dropAttempt(*r.Issuance, now)
	r.Issuance = nil
}

func (r *Record) dropAttempt(i Issuance, now time.Time) {
	if i.RequestID != "" {
		r.task(Task{Kind: TaskCancel, RequestID: i.RequestID, At: now})
	}
	r.task(Task{Kind: TaskDestroyKey, KeyID: i.KeyID})
}
