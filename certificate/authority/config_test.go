package authority_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/authority"
)

func TestNewRefuses(t *testing.T) {
	other := newAuthority(t, authority.Config{})
	for name, change := range map[string]func(*authority.Config){
		"no root name":             func(c *authority.Config) { c.RootName = authority.Name{} },
		"no issuing name":          func(c *authority.Config) { c.IssuingName = authority.Name{} },
		"no responder name":        func(c *authority.Config) { c.ResponderName = authority.Name{} },
		"one name for two":         func(c *authority.Config) { c.IssuingName = c.RootName },
		"no address":               func(c *authority.Config) { c.BaseURL = "" },
		"an address with https":    func(c *authority.Config) { c.BaseURL = "https://pki.contoh.example" },
		"an address with a query":  func(c *authority.Config) { c.BaseURL = "http://pki.contoh.example/?a=1" },
		"an address with a login":  func(c *authority.Config) { c.BaseURL = "http://a:b@pki.contoh.example/" },
		"a negative lifetime":      func(c *authority.Config) { c.CRLLifetime = -time.Hour },
		"a key algorithm unknown":  func(c *authority.Config) { c.Keys = 99 },
		"people as authorities":    func(c *authority.Config) { c.Person = authority.IssuingProfile() },
		"a root that is no issuer": func(c *authority.Config) { c.RootProfile = authority.PersonProfile() },
		"a certificate without its key": func(c *authority.Config) {
			c.Root = &authority.KeyPair{Certificate: other.Root()}
		},
		"an issuer of another root": func(c *authority.Config) {
			c.Issuing = []authority.KeyPair{{Signer: newKey(t), Certificate: other.Chain()[0]}}
		},
		"two generations of one name": func(c *authority.Config) {
			c.Issuing = []authority.KeyPair{{Signer: newKey(t)}, {Signer: newKey(t)}}
		},
		"validity in parts of a second": func(c *authority.Config) {
			c.Person = authority.PersonProfile()
			c.Person.Validity += time.Millisecond
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := fakeNames(authority.Config{})
			change(&cfg)
			a, err := authority.New(context.Background(), cfg)
			require.Error(t, err)
			assert.Nil(t, a)
			assert.Equal(t, 1, strings.Count(err.Error(), "authority: "), err)
		})
	}
}
