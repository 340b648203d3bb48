package sqlstore_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/audit"
	"github.com/sertel-id/sertel/passphrase"
)

// A person goes from the form to a key that signs, with everything in the database.
func TestOffice(t *testing.T) {
	n := newNode(t)
	n.pool.SetMaxOpenConns(1) // no call needs a second connection while it has one
	o := newOffice(t, n.Database)
	id := o.enrol(t, 0)
	key, err := o.Unlock(t.Context(), id, certificate.Factor{Passphrase: passphrase.FromString(phrase)})
	require.NoError(t, err)
	require.NoError(t, key.Close())
	_, err = o.Unlock(t.Context(), id, certificate.Factor{Passphrase: passphrase.FromString("Danau#Toba7 siang")})
	require.ErrorIs(t, err, certificate.ErrWrongFactor)

	trail, err := o.Audit(t.Context(), id)
	require.NoError(t, err)
	require.NotEmpty(t, trail)
	assert.Equal(t, "register", trail[0].Action)
	log := n.AuditLog()
	sum, err := audit.Verify(t.Context(), log.Chain(), log, audit.VerifyOptions{})
	require.NoError(t, err)
	assert.EqualValues(t, len(trail), sum.Entries)

	require.NoError(t, o.Revoke(t.Context(), id, certificate.ReasonKeyCompromise, certificate.Operator{ID: "operator"}))
	_, err = o.Settle(t.Context())
	require.NoError(t, err)
	_, err = o.Deliver(t.Context())
	require.NoError(t, err)
	require.NoError(t, o.Erase(t.Context(), id, certificate.Operator{ID: "operator"}), "a person can be removed with the application's privileges")
}

// counter is a mailer that counts how often each mail was handed to it.
type counter struct {
	mu    sync.Mutex
	mails map[string]int
}

func (c *counter) Send(_ context.Context, m certificate.Mail) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mails[m.ID]++
	return nil
}

// Two nodes that empty the outbox at the same time send no mail twice.
func TestTwoNodesDeliverEachMailOnce(t *testing.T) {
	const people = 12
	n := newNode(t)
	o := newOffice(t, n.Database)
	for i := range people {
		require.NoError(t, o.registerOnce(t.Context(), applicant(t, i)))
	}
	sent := &counter{mails: map[string]int{}}
	errs := make([]error, 4)
	var wg sync.WaitGroup
	for i := range errs {
		d := n.open(t, n.owner.As(n.role))
		r, err := certificate.NewRegistrar(certificate.RegistrarConfig{
			Agencies: []certificate.Agency{certificate.KotaMagelang()}, Store: d.Store(), Vault: noVault{}, Issuer: noIssuer{},
			Population: registers{}, Personnel: registers{}, Mailer: sent, Agreements: agreements,
			PortalURL: "https://portal.example/", Now: o.clock.Now,
		})
		require.NoError(t, err)
		wg.Go(func() { _, errs[i] = r.Deliver(t.Context()) })
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	assert.Len(t, sent.mails, people)
	for id, times := range sent.mails {
		assert.Equal(t, 1, times, "mail %s", id)
	}
}
