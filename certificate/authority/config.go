package authority

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"
)

// KeyPair is a key with its certificate. A signer may live elsewhere, in an
// HSM for instance.
type KeyPair struct {
	Signer crypto.Signer `json:"-"`
	// Certificate belongs to the signer's key. Nil in a [Config] means that
	// New makes it, or finds it in the ledger if it made it before.
	Certificate *x509.Certificate
}

// Config describes an [Authority].
type Config struct {
	// RootName and IssuingName are the subjects of the two authorities, and
	// ResponderName that of the OCSP responder. Required. A fake says so here.
	RootName, IssuingName, ResponderName Name

	// BaseURL is the http address below which the world reaches
	// [Authority.Handler]; it goes into every certificate. Required. Plain
	// http on purpose: what is fetched there is signed, and an address with
	// https would have to be checked in turn (RFC 5280 section 8).
	BaseURL string

	// Keys is the algorithm of the keys that New makes; zero is [ECDSAP256].
	Keys KeyAlgorithm

	// Root is the root; nil makes a new one.
	Root *KeyPair
	// Issuing lists the generations of the issuing authority, the current one
	// first; all of them answer for what they signed. None makes a new one.
	Issuing []KeyPair

	// Person is the profile of [Authority.Issue]; zero is [PersonProfile].
	// RootProfile, IssuingProfile and ResponderProfile stand for the functions
	// of the same names; zero is what those return.
	Person, RootProfile, IssuingProfile, ResponderProfile Profile

	// Ledger remembers serials; nil is a new [MemoryLedger].
	Ledger Ledger

	// CRLLifetime is the time from thisUpdate to nextUpdate of a CRL; zero is
	// 24 hours.
	CRLLifetime time.Duration
	// CRLMaxAge is how old a CRL may be that is given out again; zero is five
	// minutes. A revocation through this Authority always makes a new one.
	CRLMaxAge time.Duration
	// OCSPLifetime is the time from thisUpdate to nextUpdate of an OCSP answer;
	// zero leaves nextUpdate out, as BSrE does: newer information is always
	// to be had.
	OCSPLifetime time.Duration

	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Logger is told of requests that could not be answered because something
	// here failed; nil logs nothing.
	Logger *slog.Logger
}

// withDefaults checks the configuration and returns a copy with the zero
// values replaced.
func (c Config) withDefaults() (Config, error) {
	for _, n := range []struct {
		field string
		name  Name
	}{{"RootName", c.RootName}, {"IssuingName", c.IssuingName}, {"ResponderName", c.ResponderName}} {
		var refused *NameError
		if errors.As(n.name.check(), &refused) {
			return c, &NameError{"Config." + n.field + ", " + refused.Field, refused.Rule}
		}
	}
	if c.RootName == c.IssuingName {
		return c, errors.New("authority: Config.RootName and Config.IssuingName are the same")
	}
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Scheme != "http" || base.Host == "" || base.RawQuery != "" || base.Fragment != "" || base.User != nil {
		return c, fmt.Errorf("authority: Config.BaseURL is not a plain http address: %q", c.BaseURL)
	}
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	for _, p := range []struct {
		profile *Profile
		zero    func() Profile
		ca      bool
	}{
		{&c.Person, PersonProfile, false},
		{&c.RootProfile, RootProfile, true},
		{&c.IssuingProfile, IssuingProfile, true},
		{&c.ResponderProfile, OCSPResponderProfile, false},
	} {
		if p.profile.Name == "" {
			*p.profile = p.zero()
		}
		*p.profile = p.profile.clone()
		if err := p.profile.check(); err != nil {
			return c, err
		}
		if p.profile.CA != p.ca {
			return c, fmt.Errorf("%w: %q: authority where a holder belongs, or the reverse", ErrProfile, p.profile.Name)
		}
	}
	if c.CRLLifetime < 0 || c.CRLMaxAge < 0 || c.OCSPLifetime < 0 {
		return c, errors.New("authority: Config holds a negative lifetime")
	}
	if c.CRLLifetime == 0 {
		c.CRLLifetime = 24 * time.Hour
	}
	if c.CRLMaxAge == 0 {
		c.CRLMaxAge = 5 * time.Minute
	}
	if c.Ledger == nil {
		c.Ledger = NewMemoryLedger()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c, nil
}
