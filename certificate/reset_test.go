package certificate_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase"
)

func TestExpiredResetLeadsToANewRequest(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	require.NoError(t, w.RequestReset(w.ctx, id))
	old := w.link(t, certificate.MailResetPassphrase)
	w.clock.Advance(15 * time.Minute)
	_, err := w.ResetPassphrase(w.ctx, old, secret(secondPhrase), w.consent()...)
	require.ErrorIs(t, err, certificate.ErrTokenExpired)
	w.mustUnlock(t, id, firstPhrase)
	require.NoError(t, w.RequestReset(w.ctx, id))
	_, err = w.ResetPassphrase(w.ctx, w.link(t, certificate.MailResetPassphrase), secret(secondPhrase), w.consent()...)
	require.NoError(t, err)
	w.mustUnlock(t, id, secondPhrase)
}

func TestOneResetMailAMinute(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	work := applicant(t, budi).WorkEmail()
	for range 50 {
		require.NoError(t, w.RequestResetByMail(w.ctx, work))
		_, err := w.Deliver(w.ctx)
		require.NoError(t, err)
	}
	count := func() (n int) {
		for _, kind := range w.inbox.kinds() {
			if kind == certificate.MailResetPassphrase {
				n++
			}
		}
		return n
	}
	assert.Equal(t, 1, count())
	w.clock.Advance(time.Minute - 1)
	require.Error(t, w.RequestReset(w.ctx, id))
	w.clock.Advance(1)
	require.NoError(t, w.RequestReset(w.ctx, id))
	w.clock.Advance(-48 * time.Hour)
	require.NoError(t, w.RequestReset(w.ctx, id), "a clock set back locks nobody out")
}

// Known or not, at ISSUE or not, asked a moment ago or not: one answer, after one time.
func TestPublicResetTellsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := 0
		w := newWorld(t, func(c *certificate.RegistrarConfig, _ *world) {
			c.Store, c.PublicAnswerTime = slowStore{c.Store, &slow}, 0
		})
		w.issued(t, budi)
		w.activated(t, siti) // has no certificate to reset
		unknown, err := identity.ParseEmail("tidak.ada@pns.magelangkota.go.id")
		require.NoError(t, err)
		slow = 1
		for name, m := range map[string]identity.Email{
			"known": applicant(t, budi).WorkEmail(), "without a certificate": applicant(t, siti).WorkEmail(),
			"unknown": unknown, "none": {},
		} {
			for range 2 { // and again at once
				asked := time.Now()
				require.NoError(t, w.RequestResetByMail(w.ctx, m), name)
				assert.Equal(t, 250*time.Millisecond, time.Since(asked), name)
			}
		}
		ctx, cancel := context.WithCancel(w.ctx)
		cancel()
		require.Error(t, w.RequestResetByMail(ctx, unknown), "a failing store is told")
	})
}

// slowStore takes a while for every update, as a database does.
type slowStore struct {
	certificate.Store
	on *int
}

func (s slowStore) Update(ctx context.Context, id certificate.PersonID, f func(*certificate.Record) error) error {
	time.Sleep(time.Duration(*s.on) * 40 * time.Millisecond) //nolint:forbidigo // the bubble's clock, no real wait
	return s.Store.Update(ctx, id, f)
}

func TestResetNeedsIssue(t *testing.T) {
	operator := certificate.Operator{ID: "petugas-1"}
	w := newWorld(t)
	id := w.activated(t, budi)
	refused := func(want certificate.Status) {
		t.Helper()
		var transition *certificate.TransitionError
		require.ErrorAs(t, w.RequestReset(w.ctx, id), &transition)
		assert.Equal(t, want, transition.From)
	}
	refused(certificate.StatusNew)
	_, err := w.SetPassphrase(w.ctx, w.link(t, certificate.MailSetPassphrase), secret(firstPhrase))
	require.NoError(t, err)
	require.NoError(t, w.RequestReset(w.ctx, id))
	open := w.link(t, certificate.MailResetPassphrase)
	require.NoError(t, w.Suspend(w.ctx, id, operator))
	refused(certificate.StatusSuspend)
	_, err = w.ResetPassphrase(w.ctx, open, secret(secondPhrase), w.consent()...)
	require.ErrorIs(t, err, certificate.ErrTokenSuperseded, "suspension voids open links")
	require.NoError(t, w.Resume(w.ctx, id, operator))
	w.clock.Advance(731 * 24 * time.Hour)
	refused(certificate.StatusExpired)
}

// hsm wraps data keys as a service's HSM would.
type hsm struct{ aead cipher.AEAD }

func newHSM(t *testing.T) *hsm {
	block, err := aes.NewCipher(make([]byte, 32))
	require.NoError(t, err)
	aead, err := cipher.NewGCMWithRandomNonce(block)
	require.NoError(t, err)
	return &hsm{aead}
}

func (h *hsm) WrapKey(_ context.Context, key, binding []byte) ([]byte, error) {
	return h.aead.Seal(nil, nil, key, binding), nil
}

func (h *hsm) UnwrapKey(_ context.Context, wrapped, binding []byte) ([]byte, error) {
	return h.aead.Open(nil, nil, wrapped, binding)
}

func TestResetByTheServiceKeepsTheCertificate(t *testing.T) {
	w := newWorld(t, func(c *certificate.RegistrarConfig, w *world) {
		vault, err := certificate.NewSealedVault(certificate.SealedVaultConfig{
			Keys: w.keys, Sealer: fastSealer(t, newHSM(t)), ServiceReset: true,
		})
		require.NoError(t, err)
		c.Vault = vault
	})
	id := w.issued(t, budi)
	before, err := w.Status(w.ctx, id)
	require.NoError(t, err)
	for round, phrase := range []string{secondPhrase, firstPhrase} {
		w.clock.Advance(time.Minute)
		require.NoError(t, w.RequestReset(w.ctx, id))
		cert, err := w.ResetPassphrase(w.ctx, w.link(t, certificate.MailResetPassphrase), secret(phrase), w.consent()...)
		require.NoError(t, err)
		assert.Equal(t, before.Serial, cert.Serial)
		assert.Equal(t, before.Serial, w.mustUnlock(t, id, phrase))
		_, err = w.Unlock(w.ctx, id, factor([]string{firstPhrase, secondPhrase}[round]))
		require.ErrorIs(t, err, certificate.ErrWrongFactor, "the passphrase before")
	}
	assert.Empty(t, w.ca.revoked)
	w.link(t, certificate.MailPassphraseChanged)

	rec, err := w.Record(w.ctx, id)
	require.NoError(t, err)
	vault := w.vault.(*certificate.SealedVault)
	require.ErrorIs(t, vault.Reset(w.ctx, certificate.ResetGrant{}, factor(secondPhrase)), certificate.ErrResetUnsupported,
		"without a grant of the registrar nothing is reset")
	assert.Len(t, rec.Agreements, 4, "the agreement was accepted again each time")
}

func TestKeyWithoutServiceWrapIsReplaced(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	vault, err := certificate.NewSealedVault(certificate.SealedVaultConfig{
		Keys: w.keys, Sealer: fastSealer(t, newHSM(t)), ServiceReset: true,
	})
	require.NoError(t, err)
	w.cfg.Vault = vault // the service got its HSM after the key was made
	w.Registrar, err = certificate.NewRegistrar(w.cfg)
	require.NoError(t, err)
	require.NoError(t, w.RequestReset(w.ctx, id))
	_, err = w.ResetPassphrase(w.ctx, w.link(t, certificate.MailResetPassphrase), secret(secondPhrase), w.consent()...)
	require.NoError(t, err)
	assert.Len(t, w.ca.revoked, 1)
	w.mustUnlock(t, id, secondPhrase)
}

// countingVault counts who got as far as the vault.
type countingVault struct {
	certificate.Vault
	asked *atomic.Int64
}

func (v countingVault) Unlock(ctx context.Context, id certificate.KeyID, f certificate.Factor) (certificate.UnlockedKey, error) {
	v.asked.Add(1)
	return v.Vault.Unlock(ctx, id, f)
}

// Guesses that come all at once, from everywhere, get no further than guesses one by one.
func TestParallelGuessesNeverPassTheLimiter(t *testing.T) {
	var asked atomic.Int64
	w := newWorld(t, func(c *certificate.RegistrarConfig, _ *world) { c.Vault = countingVault{c.Vault, &asked} })
	id := w.issued(t, budi)
	asked.Store(0)
	for round, want := range []int64{5, 6, 7} {
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				_, err := w.Unlock(w.ctx, id, factor(fmt.Sprint("Tebakan#", i)), fmt.Sprint("192.0.2.", i))
				assert.ErrorIs(t, err, certificate.ErrWrongFactor)
				assert.Equal(t, certificate.ErrWrongFactor.Error(), err.Error(), "wrong or limited, outside they look alike")
			})
		}
		wg.Wait()
		assert.Equal(t, want, asked.Load(), "round %d", round)
		w.clock.Advance(15 * time.Minute)
	}
}

func TestGuessesAreLimited(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	var wrong error
	for range 5 {
		_, wrong = w.Unlock(w.ctx, id, factor("salah"))
		require.ErrorIs(t, wrong, certificate.ErrWrongFactor)
		require.NotErrorIs(t, wrong, passphrase.ErrLimited)
	}
	_, err := w.Unlock(w.ctx, id, factor(firstPhrase))
	require.ErrorIs(t, err, certificate.ErrWrongFactor)
	require.ErrorIs(t, err, passphrase.ErrLimited, "the right one does not help now")
	assert.Equal(t, wrong.Error(), err.Error(), "outside they look alike")

	require.NoError(t, w.RequestReset(w.ctx, id))
	_, err = w.ResetPassphrase(w.ctx, w.link(t, certificate.MailResetPassphrase), secret(secondPhrase), w.consent()...)
	require.NoError(t, err)
	w.mustUnlock(t, id, secondPhrase)
}

// A form that was sent empty, or an application that forgot the passphrase, is no guess: it
// must not lock the owner out.
func TestAnEmptyFactorIsNoGuess(t *testing.T) {
	var asked atomic.Int64
	w := newWorld(t, func(c *certificate.RegistrarConfig, _ *world) { c.Vault = countingVault{c.Vault, &asked} })
	id := w.issued(t, budi)
	asked.Store(0)
	for range 20 {
		_, err := w.Unlock(w.ctx, id, certificate.Factor{}, "192.0.2.1")
		require.ErrorIs(t, err, certificate.ErrWrongFactor)
		require.ErrorIs(t, err, passphrase.ErrEmpty)
		require.NotErrorIs(t, err, passphrase.ErrLimited)
		assert.Equal(t, certificate.ErrWrongFactor.Error(), err.Error(), "outside it looks like any other")
	}
	assert.Zero(t, asked.Load(), "the vault is not asked")
	w.mustUnlock(t, id, firstPhrase)
	entries, err := w.Audit(w.ctx, id)
	require.NoError(t, err)
	for _, e := range entries {
		assert.NotEqual(t, "wrong factor", e.Result, "the trail holds guesses only")
	}
}

func TestOperatorReleasesTheLock(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	for range 200 {
		_, err := w.Unlock(w.ctx, id, factor("salah"))
		require.ErrorIs(t, err, certificate.ErrWrongFactor)
		w.clock.Advance(15 * time.Minute)
	}
	_, err := w.Unlock(w.ctx, id, factor(firstPhrase))
	var limit *passphrase.LimitError
	require.True(t, errors.As(err, &limit) && limit.Locked, "no waiting helps after a hundred")
	require.ErrorIs(t, w.ReleaseLock(w.ctx, id, certificate.Operator{}), certificate.ErrOperatorRequired)
	require.NoError(t, w.ReleaseLock(w.ctx, id, certificate.Operator{ID: "petugas-1"}))
	w.mustUnlock(t, id, firstPhrase)
	entries, err := w.Audit(w.ctx, id)
	require.NoError(t, err)
	wrong := 0
	for _, e := range entries {
		if e.Action == "unlock" && e.Result == "wrong factor" {
			wrong++
		}
	}
	assert.Equal(t, 100, wrong, "guesses are in the trail, and bounded")
}
