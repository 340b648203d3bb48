package certificate_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/passphrase/leaktest"
)

func TestPassphraseThatBreaksThePolicy(t *testing.T) {
	w := newWorld(t)
	id := w.activated(t, budi)
	token := w.link(t, certificate.MailSetPassphrase)
	before := w.bytes(t, id)
	for name, phrase := range map[string]string{
		"too short": "Ab1!", "no symbol": "Merbabu77sore", "own name": "Contoh#2026", "NIK": "Aa#3371994101850001", "empty": "",
		"work mail": "Budi.Contoh#1", "common": "Password123!",
	} {
		_, err := w.SetPassphrase(w.ctx, token, secret(phrase))
		require.ErrorIs(t, err, passphrase.ErrPolicy, name)
		if phrase != "" {
			leaktest.Hides(t, err.Error(), phrase)
		}
	}
	assert.Equal(t, before, w.bytes(t, id), "nothing was begun")
	_, err := w.SetPassphrase(w.ctx, token, secret(firstPhrase))
	require.NoError(t, err)
}

func TestPolicyIsNoOracleForLinks(t *testing.T) {
	w := newWorld(t)
	_, err := w.SetPassphrase(w.ctx, certificate.GenerateToken(), secret("x"))
	require.ErrorIs(t, err, certificate.ErrTokenUnknown, "the link is judged first")
}

func TestLinkToSetIsSentAgain(t *testing.T) {
	w := newWorld(t)
	id := w.activated(t, budi)
	first := w.link(t, certificate.MailSetPassphrase)
	w.clock.Advance(15 * time.Minute)
	_, err := w.SetPassphrase(w.ctx, first, secret(firstPhrase))
	require.ErrorIs(t, err, certificate.ErrTokenExpired)
	assert.Equal(t, certificate.StatusNew, w.status(t, id))
	require.NoError(t, w.RequestPassphraseLink(w.ctx, id))
	var soon *certificate.TooSoonError
	require.ErrorAs(t, w.RequestPassphraseLink(w.ctx, id), &soon)
	_, err = w.SetPassphrase(w.ctx, w.link(t, certificate.MailSetPassphrase), secret(firstPhrase))
	require.NoError(t, err)
	require.Error(t, w.RequestPassphraseLink(w.ctx, id), "set already")
}

func TestAuthorityThatIsDown(t *testing.T) {
	w := newWorld(t)
	id := w.activated(t, budi)
	token := w.link(t, certificate.MailSetPassphrase)
	w.ca.err = errors.New("authority is down")
	_, err := w.SetPassphrase(w.ctx, token, secret(firstPhrase))
	require.ErrorIs(t, err, w.ca.err)
	assert.Equal(t, certificate.StatusNew, w.status(t, id))
	w.ca.err = nil
	_, err = w.SetPassphrase(w.ctx, token, secret(firstPhrase))
	require.NoError(t, err, "the same link goes on")
	w.mustUnlock(t, id, firstPhrase)
}

// The answer is lost after the authority has issued.
func TestLostAnswerOfTheAuthority(t *testing.T) {
	for name, phrase := range map[string]string{"same passphrase": firstPhrase, "another passphrase": secondPhrase} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.activated(t, budi)
			token := w.link(t, certificate.MailSetPassphrase)
			w.ca.errAfter = errors.New("connection lost")
			_, err := w.SetPassphrase(w.ctx, token, secret(firstPhrase))
			require.ErrorIs(t, err, w.ca.errAfter)
			w.ca.errAfter = nil
			cert, err := w.SetPassphrase(w.ctx, token, secret(phrase))
			require.NoError(t, err)
			assert.Equal(t, cert.Serial, w.mustUnlock(t, id, phrase))
			assert.Equal(t, []certificate.Serial{cert.Serial}, w.ca.good(), "no certificate is good that nobody knows of")
			if name == "same passphrase" {
				assert.Len(t, w.ca.byRequest, 1)
			}
		})
	}
}

func TestUnfinishedIssueIsCancelledWithTheApplication(t *testing.T) {
	w := newWorld(t)
	id := w.activated(t, budi)
	token := w.link(t, certificate.MailSetPassphrase)
	w.ca.errAfter = errors.New("connection lost")
	_, err := w.SetPassphrase(w.ctx, token, secret(firstPhrase))
	require.Error(t, err)
	require.NoError(t, w.Withdraw(w.ctx, id))
	assert.Empty(t, w.ca.good())
}

// wrongIssuer returns a certificate for a key of its own.
type wrongIssuer struct {
	*ca
	change func(*certificate.Issued)
}

func (i wrongIssuer) Issue(ctx context.Context, req certificate.IssueRequest) (certificate.Issued, error) {
	issued, err := i.ca.Issue(ctx, req)
	copied := *issued.Certificate
	issued.Certificate = &copied
	i.change(&issued)
	return issued, err
}

func TestCertificateThatCannotBeUsed(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	for name, change := range map[string]func(*certificate.Issued){
		"none":        func(i *certificate.Issued) { i.Certificate = nil },
		"another key": func(i *certificate.Issued) { i.Certificate.PublicKey = key.Public() },
		"no serial":   func(i *certificate.Issued) { i.Certificate.SerialNumber = nil },
		"expired":     func(i *certificate.Issued) { i.Certificate.NotAfter = start.Add(-time.Second) },
	} {
		w := newWorld(t, func(c *certificate.RegistrarConfig, w *world) { c.Issuer = wrongIssuer{w.ca, change} })
		id := w.activated(t, budi)
		_, err := w.SetPassphrase(w.ctx, w.link(t, certificate.MailSetPassphrase), secret(firstPhrase))
		require.ErrorIs(t, err, certificate.ErrIssued, name)
		assert.Equal(t, certificate.StatusNew, w.status(t, id), name)
	}
}

func TestRequestNamesNoNumber(t *testing.T) {
	var seen certificate.IssueRequest
	w := newWorld(t, func(c *certificate.RegistrarConfig, w *world) {
		c.Issuer = recordingIssuer{w.ca, &seen}
	})
	w.issued(t, budi)
	a := applicant(t, budi)
	assert.Equal(t, "Budi Contoh", seen.Subject.CommonName)
	assert.Len(t, seen.Subject.ID, 16)
	leaktest.Hides(t, string(seen.CSR), a.NIK().Digits(), a.Number().Digits(), "Budi")
	assert.LessOrEqual(t, len(seen.RequestID), 64)
	assert.Empty(t, strings.Trim(seen.RequestID, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
}

type recordingIssuer struct {
	*ca
	seen *certificate.IssueRequest
}

func (i recordingIssuer) Issue(ctx context.Context, req certificate.IssueRequest) (certificate.Issued, error) {
	*i.seen = req
	return i.ca.Issue(ctx, req)
}

// Several people at one link, each with a passphrase of his own: at most one wins, and nothing
// is left behind that anybody else made.
func TestRaceOfDifferentPassphrases(t *testing.T) {
	for _, service := range []bool{false, true} {
		h := newHuman(t, 0, false, service)
		id := h.issued(t, budi)
		require.NoError(t, h.RequestReset(h.ctx, id))
		token := h.link(t, certificate.MailResetPassphrase)
		var wg sync.WaitGroup
		var won atomic.Int64
		for n := range 30 {
			wg.Go(func() {
				_, err := h.ResetPassphrase(h.ctx, token, secret(fmt.Sprintf("%s %c", secondPhrase, 'a'+n)), h.consent()...)
				if err == nil {
					won.Add(1)
				} else if !errors.Is(err, certificate.ErrTokenUsed) {
					assert.ErrorIs(t, err, certificate.ErrConcurrent)
				}
			})
		}
		wg.Wait()
		assert.LessOrEqual(t, won.Load(), int64(1))
		if won.Load() == 0 {
			_, err := h.ResetPassphrase(h.ctx, token, secret(secondPhrase), h.consent()...)
			require.NoError(t, err, "trying again helps")
		}
		for range 3 {
			h.clock.Advance(2 * time.Hour)
			_, err := h.Settle(h.ctx)
			require.NoError(t, err)
		}
		rec, err := h.Record(h.ctx, id)
		require.NoError(t, err)
		cert, ok := rec.Certificate()
		require.True(t, ok)
		assert.Equal(t, []certificate.Serial{cert.Serial}, h.ca.good())
		assert.Equal(t, map[certificate.KeyID]bool{cert.KeyID: true}, h.keys.present)
	}
}
