package esign

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/verify"
)

// Version is a generation of the box's API.
type Version int

// The versions. A box of 2.x serves both; the vendor is to withdraw the first.
const (
	V2 Version = iota // JSON
	V1                // forms
)

// String returns "v1" or "v2".
func (v Version) String() string {
	switch v {
	case V1:
		return "v1"
	case V2:
		return "v2"
	}
	return fmt.Sprintf("Version(%d)", int(v))
}

// Config says which box is asked and how. BaseURL, Username and Password are
// required. [New] copies it.
type Config struct {
	// BaseURL is the address before "/api", such as
	// "https://esign.agency.example", or "https://agency.example/esign" behind
	// a proxy. One that ends in a path of the API is refused.
	BaseURL string

	// InsecurePlainHTTP allows an address of http: documents and passphrases
	// then cross the network for everyone to read. Boxes are delivered so; the
	// cure is a TLS certificate on port 443 of the box or a proxy before it.
	InsecurePlainHTTP bool

	// Username and Password are the application's credential, made in the
	// admin pages of the box.
	Username string
	Password passphrase.Secret

	// Version is the API to be used. Zero: V2.
	Version Version

	// Profile says how this box behaves where boxes differ.
	Profile Profile

	// Transport sends the requests. Nil: one without proxy and with the
	// settings of TLS.
	Transport http.RoundTripper

	// TLS is used by the built-in transport, to trust an agency's own
	// authority for instance. Nil: the system's roots.
	TLS *tls.Config

	// Timeouts bound each operation.
	Timeouts Timeouts

	// ReadRetries is how often a read (status, chain, verification) is tried
	// again when the box cannot be reached or is busy. Zero: 2; negative:
	// never. Nothing else is ever repeated.
	ReadRetries int

	// RetryDelay is the pause before the first further try; it doubles. Zero:
	// 500 milliseconds.
	RetryDelay time.Duration

	// Concurrent is how many signing requests may be under way. Zero: 1, the
	// box has one key store.
	Concurrent int

	// MaxDocument bounds a document in bytes. Zero: 100 MiB.
	MaxDocument int64

	// MaxGrowth bounds what a signature may add to a document in bytes: the
	// part of an answer that is held in memory. Zero: 8 MiB.
	MaxGrowth int64

	// CheckStatus asks for the signer's status before each signature and
	// refuses all but ISSUE.
	CheckStatus bool

	// SkipChain leaves out the call for the signer's certificate that version
	// 2 makes before a signature when [Identity.Certificate] is not set. The
	// signer is then confirmed by name at best.
	SkipChain bool

	// Roots are what time-stamps and signers' chains in answers are judged
	// by. Nil: those of Extend. Without any, a receipt states level B-B and no
	// proven time, whatever the box did.
	Roots []verify.Root

	// Extend, when set, raises the signed document to B-LT: it adds the
	// validation material for every signature in it that has a time-stamp and
	// lacks the material. [Request.MoreSigners] puts it off.
	Extend *signing.Evidence

	// Ledger remembers what was signed and what is unsettled. Nil: one in
	// memory, which a restart forgets.
	Ledger Ledger

	// LedgerKey keys the hash in which the ledger names document, signer and
	// purpose, at least 16 bytes. Required with a Ledger, and to be the same for
	// all that share it. Zero: random.
	LedgerKey passphrase.Secret

	// Auditor gets one record of each attempt to sign a document. Nil: none is
	// kept.
	Auditor signing.Auditor

	// AuditKey keys the hash that stands for the signer in audit records.
	// Required with an Auditor.
	AuditKey signing.AuditKey

	// Quarantine keeps the bytes of answers that are not handed on. Nil: they
	// are lost. [NewQuarantineDir] makes one.
	Quarantine Quarantine

	// Codes adds to the application codes of the box that are known, 2011,
	// 2021, 2031 and a few more. Nil: nothing to add.
	Codes map[int]Code

	// Logger is told of every call: operation, attempt, outcome, duration.
	// Nil: nobody.
	Logger *slog.Logger

	// Now is the clock. Nil: time.Now.
	Now func() time.Time
}

// Timeouts bound operations from the first byte out to the last one in. Zero
// means the value given.
type Timeouts struct {
	Status time.Duration // status and certificate chain: 10 seconds
	Sign   time.Duration // signing, and the download of version 1: 60 seconds
	Verify time.Duration // verification: 180 seconds; many signatures take long
	Other  time.Duration // one-time code and registration: 30 seconds
}

// Profile says how a box behaves where boxes differ. The zero value is what
// the manual and the saved answers show.
type Profile struct {
	// V1Sizes: version 1 takes width and height as sizes. False: they are the
	// upper right corner, as the drawing in the manual has it.
	V1Sizes bool
	// V1Base64 asks version 1 for a JSON answer. False: for the bytes.
	V1Base64 bool
	// V2TagKey is the key of an anchor tag in version 2, "tag_koordinat" or
	// "tag": the manual has both. Empty: "tag_koordinat".
	V2TagKey string
	// V2CodeKey is the key of the one-time code, "totp" or "otp": the manual
	// has both. Empty: "totp".
	V2CodeKey string
	// SealAfterSignature: the box seals documents that are signed already.
	// False: it does not, since its seal is a certification, which comes first.
	SealAfterSignature bool
	// PictureDPI is the resolution of blocks sent as pictures. Zero:
	// appearance.PrintResolution.
	PictureDPI float64
}

// Client asks one box. It is safe for concurrent use.
type Client struct {
	cfg   Config
	base  *url.URL
	slots chan struct{}
}

// String returns a marker.
func (*Client) String() string { return "esign.Client" }

// Format prints a marker under every verb: fmt would read what the requests
// under way change.
func (c *Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// ErrConfig is returned by [New] and [NewSealSession] for a configuration that
// cannot work. The text names the field and never what it held.
var ErrConfig = errors.New("esign: configuration")

// New checks a configuration and returns a client. Nothing is sent. The error
// is [ErrConfig].
func New(cfg Config) (*Client, error) {
	base, err := parseBase(cfg.BaseURL, cfg.InsecurePlainHTTP)
	if err != nil {
		return nil, err
	}
	switch {
	case cfg.Username == "" || strings.Contains(cfg.Username, ":"):
		return nil, fmt.Errorf("%w: Config.Username must be given and have no colon", ErrConfig)
	case cfg.Password.IsZero():
		return nil, fmt.Errorf("%w: Config.Password is missing", ErrConfig)
	case cfg.Version != V1 && cfg.Version != V2:
		return nil, fmt.Errorf("%w: Config.Version %d does not exist", ErrConfig, cfg.Version)
	case cfg.Ledger != nil && len(cfg.LedgerKey.Reveal()) < 16:
		return nil, fmt.Errorf("%w: Config.Ledger needs Config.LedgerKey of at least 16 bytes", ErrConfig)
	case cfg.Auditor != nil && cfg.AuditKey.IsZero():
		return nil, fmt.Errorf("%w: Config.Auditor needs Config.AuditKey", ErrConfig)
	case cfg.Extend != nil && (cfg.Extend.Source == nil || len(cfg.Extend.Roots) == 0):
		return nil, fmt.Errorf("%w: Config.Extend needs Source and Roots", ErrConfig)
	case cfg.MaxDocument < 0 || cfg.MaxGrowth < 0 || cfg.Concurrent < 0 || cfg.Profile.PictureDPI < 0:
		return nil, fmt.Errorf("%w: a limit in Config is negative", ErrConfig)
	}
	if err := cfg.Profile.check(); err != nil {
		return nil, err
	}
	if err := cfg.fill(); err != nil {
		return nil, err
	}
	return &Client{cfg: cfg, base: base, slots: make(chan struct{}, cfg.Concurrent)}, nil
}

func (p Profile) check() error {
	if p.V2TagKey != "" && p.V2TagKey != "tag" && p.V2TagKey != "tag_koordinat" {
		return fmt.Errorf(`%w: Profile.V2TagKey must be "tag" or "tag_koordinat"`, ErrConfig)
	}
	if p.V2CodeKey != "" && p.V2CodeKey != "totp" && p.V2CodeKey != "otp" {
		return fmt.Errorf(`%w: Profile.V2CodeKey must be "totp" or "otp"`, ErrConfig)
	}
	return nil
}

// fill puts in what zero values mean.
func (c *Config) fill() error {
	or(&c.Timeouts.Status, 10*time.Second)
	or(&c.Timeouts.Sign, 60*time.Second)
	or(&c.Timeouts.Verify, 180*time.Second)
	or(&c.Timeouts.Other, 30*time.Second)
	or(&c.RetryDelay, 500*time.Millisecond)
	or(&c.ReadRetries, 2)
	or(&c.Concurrent, 1)
	or(&c.MaxDocument, 100<<20)
	or(&c.MaxGrowth, 8<<20)
	or(&c.Profile.V2TagKey, "tag_koordinat")
	or(&c.Profile.V2CodeKey, "totp")
	if c.Transport == nil {
		c.Transport = newTransport(c.TLS)
	}
	if c.Roots == nil && c.Extend != nil {
		c.Roots = verify.Trust(c.Extend.Roots...)
	}
	if c.LedgerKey.IsZero() {
		c.LedgerKey = randomKey()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Ledger == nil {
		c.Ledger = NewMemoryLedger()
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	for _, r := range c.Roots {
		if r.Certificate == nil {
			return fmt.Errorf("%w: a root in Config.Roots has no certificate", ErrConfig)
		}
	}
	return nil
}

// or gives a zero value its meaning.
func or[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// noRoots stands where package verify wants roots and there are none: nothing
// leads to a certificate without name and key, so nothing is trusted.
var noRoots = verify.Trust(&x509.Certificate{})
