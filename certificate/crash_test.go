package certificate_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/passphrase"
)

var errCrash = errors.New("the process is gone")

// reaper ends the process at the n-th effect on the outside world: before the effect, or after
// it and before its answer. From then on nothing answers until the restart.
type reaper struct {
	mu    sync.Mutex
	count int
	at    int
	after bool
	dead  bool
}

func (r *reaper) effect(f func() error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.dead {
		return errCrash
	}
	r.count++
	hit := r.count == r.at
	if hit && !r.after {
		r.dead = true
		return errCrash
	}
	err := f()
	if hit {
		r.dead = true
		return errCrash
	}
	return err
}

func (r *reaper) alive() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.dead {
		return errCrash
	}
	return nil
}

func (r *reaper) restart() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dead, r.at = false, 0
}

type mortalStore struct {
	certificate.Store
	*reaper
}

func (s mortalStore) Update(ctx context.Context, id certificate.PersonID, f func(*certificate.Record) error) error {
	return s.effect(func() error { return s.Store.Update(ctx, id, f) })
}

func (s mortalStore) View(ctx context.Context, id certificate.PersonID) (*certificate.Record, error) {
	if err := s.alive(); err != nil {
		return nil, err
	}
	return s.Store.View(ctx, id)
}

func (s mortalStore) Find(ctx context.Context, key certificate.Index) (certificate.PersonID, error) {
	if err := s.alive(); err != nil {
		return certificate.PersonID{}, err
	}
	return s.Store.Find(ctx, key)
}

// mortalKeys also knows which keys exist.
type mortalKeys struct {
	*certificate.MemoryKeyStore
	*reaper
	present map[certificate.KeyID]bool
}

func (s mortalKeys) Put(ctx context.Context, id certificate.KeyID, k certificate.SealedKey) error {
	return s.effect(func() error {
		err := s.MemoryKeyStore.Put(ctx, id, k)
		if err == nil {
			s.present[id] = true
		}
		return err
	})
}

func (s mortalKeys) Delete(ctx context.Context, id certificate.KeyID) error {
	return s.effect(func() error {
		delete(s.present, id)
		return s.MemoryKeyStore.Delete(ctx, id)
	})
}

type mortalCA struct {
	*ca
	*reaper
}

func (c mortalCA) Issue(ctx context.Context, req certificate.IssueRequest) (issued certificate.Issued, err error) {
	err = c.effect(func() error {
		issued, err = c.ca.Issue(ctx, req)
		return err
	})
	return issued, err
}

func (c mortalCA) Revoke(ctx context.Context, s certificate.Serial, r certificate.Reason, at time.Time) error {
	return c.effect(func() error { return c.ca.Revoke(ctx, s, r, at) })
}

func (c mortalCA) Cancel(ctx context.Context, id string, at time.Time) error {
	return c.effect(func() error { return c.ca.Cancel(ctx, id, at) })
}

type mortalInbox struct {
	*inbox
	*reaper
}

func (b mortalInbox) Send(ctx context.Context, m certificate.Mail) error {
	return b.effect(func() error { return b.inbox.Send(ctx, m) })
}

// human goes on as a person would who only sees the portal and the mailbox.
type human struct {
	*world
	keys  mortalKeys
	form  certificate.ApplicantForm
	typed int
}

// phrase is what the person thinks of this time: after an error page often something else.
func (h *human) phrase(base string) passphrase.Secret {
	h.typed++
	return secret(variants(base)[h.typed%2])
}

func variants(base string) []string { return []string{base, base + " lagi"} }

// newest returns the newest link of the kind, or the zero Token.
func (h *human) newest(kind certificate.MailKind) certificate.Token {
	m, _ := h.inbox.last(kind)
	return m.Token()
}

// wait lets the workers run after a pause.
func (h *human) wait() error {
	h.clock.Advance(3 * time.Minute)
	_, err := h.Deliver(h.ctx)
	return err
}

// enrol tries once to get one page further towards ISSUE.
func (h *human) enrol(t require.TestingT) error {
	a := applicant(t, h.form)
	report, err := h.StatusByNIK(h.ctx, a.NIK())
	if err != nil {
		return err
	}
	switch report.Status {
	case certificate.StatusNotRegistered:
		return h.registerOnce(a)
	case certificate.StatusNoCertificate:
		if err := h.activateOnce(a); errors.Is(err, certificate.ErrTokenRefused) {
			return h.registerOnce(a)
		} else {
			return err
		}
	case certificate.StatusNew:
		_, err := h.SetPassphrase(h.ctx, h.newest(certificate.MailSetPassphrase), h.phrase(firstPhrase))
		if errors.Is(err, certificate.ErrTokenRefused) {
			return h.RequestPassphraseLink(h.ctx, report.Person)
		}
		return err
	}
	return fmt.Errorf("status %s", report.Status)
}

func (h *human) registerOnce(a certificate.Applicant) error {
	v, err := h.VerifyNIK(h.ctx, a.NIK())
	if err == nil {
		_, err = h.Register(h.ctx, v, a)
	}
	return err
}

func (h *human) activateOnce(a certificate.Applicant) error {
	token := h.newest(certificate.MailActivation)
	if err := h.PersonalData(h.ctx, token, personalData(a)); err != nil {
		return err
	}
	if _, err := h.LookUpNumber(h.ctx, token, a.Number()); err != nil {
		return err
	}
	if err := h.ConfirmOffice(h.ctx, token); err != nil {
		return err
	}
	if _, err := h.Selfie(h.ctx, token, selfie); err != nil {
		return err
	}
	_, err := h.SubmitActivation(h.ctx, token, h.consent()...)
	return err
}

// reset tries once to replace the passphrase.
func (h *human) reset(id certificate.PersonID) error {
	_, err := h.ResetPassphrase(h.ctx, h.newest(certificate.MailResetPassphrase), h.phrase(secondPhrase), h.consent()...)
	if errors.Is(err, certificate.ErrTokenRefused) {
		return h.RequestReset(h.ctx, id)
	}
	return err
}

const thirdPhrase = "Kebun&Teh4 berkabut"

// renew tries once to get a new certificate.
func (h *human) renew(id certificate.PersonID) error {
	report, err := h.Status(h.ctx, id)
	if err != nil {
		return err
	}
	if report.Status != certificate.StatusRenew {
		return h.RequestRenewal(h.ctx, id)
	}
	_, err = h.SetPassphrase(h.ctx, h.newest(certificate.MailRenewal), h.phrase(thirdPhrase))
	if errors.Is(err, certificate.ErrTokenRefused) {
		return h.RequestPassphraseLink(h.ctx, id)
	}
	return err
}

func (h *human) opens(id certificate.PersonID, phrase string) bool {
	for _, typed := range variants(phrase) {
		if key, err := h.Unlock(h.ctx, id, factor(typed)); err == nil {
			return key.Close() == nil
		}
	}
	return false
}

// until tries, through error pages and restarts, to reach a goal.
func (h *human) until(t require.TestingT, goal string, reached func() bool, try func() error) {
	for round := 0; !reached(); round++ {
		require.Less(t, round, 25, "no way to %s", goal)
		_ = try() // a person sees an error page and tries again
		_ = h.wait()
		if h.keys.alive() != nil {
			h.keys.restart()
		}
	}
}

// leave is suspended, resumed, moves to another work mail and destroys the certificate.
func (h *human) leave(t require.TestingT, id certificate.PersonID) {
	at := func(want certificate.Status) func() bool {
		return func() bool {
			report, err := h.Status(h.ctx, id)
			return err == nil && report.Status == want
		}
	}
	h.until(t, "SUSPEND", at(certificate.StatusSuspend), func() error { return h.Suspend(h.ctx, id, operator) })
	h.until(t, "ISSUE again", at(certificate.StatusIssue), func() error { return h.Resume(h.ctx, id, operator) })
	moved := applicant(t, certificate.ApplicantForm{
		NIK: h.form.NIK, Name: h.form.Name, EmployeeNumber: h.form.EmployeeNumber, SIASNEmail: h.form.SIASNEmail,
		WorkEmail: "pindah." + h.form.WorkEmail, Phone: h.form.Phone,
	}).WorkEmail()
	h.until(t, "the new work mail", func() bool {
		rec, err := h.Record(h.ctx, id)
		return err == nil && rec.WorkMail() == moved
	}, func() error {
		err := h.ConfirmWorkMail(h.ctx, h.newest(certificate.MailWorkMailProof))
		if errors.Is(err, certificate.ErrTokenRefused) {
			return h.RequestWorkMail(h.ctx, id, moved)
		}
		return err
	})
	h.until(t, "the end", at(certificate.StatusRevoke), func() error { return h.Destroy(h.ctx, id, factor(firstPhrase)) })
}

// live goes through registration, reset and renewal, and survives crashes.
func (h *human) live(t require.TestingT) certificate.PersonID {
	nik := applicant(t, h.form).NIK()
	var id certificate.PersonID
	h.until(t, "ISSUE", func() bool {
		report, err := h.StatusByNIK(h.ctx, nik)
		id = report.Person
		return err == nil && report.Status == certificate.StatusIssue
	}, func() error { return h.enrol(t) })
	h.until(t, "the second passphrase", func() bool { return h.opens(id, secondPhrase) }, func() error { return h.reset(id) })
	h.until(t, "the renewed certificate", func() bool { return h.opens(id, thirdPhrase) }, func() error { return h.renew(id) })
	return id
}

// newHuman builds a world whose every effect passes the reaper.
func newHuman(t *testing.T, at int, after, service bool) *human {
	r := &reaper{at: at, after: after}
	h := &human{form: budi, keys: mortalKeys{certificate.NewMemoryKeyStore(), r, map[certificate.KeyID]bool{}}}
	h.world = newWorld(t, func(c *certificate.RegistrarConfig, w *world) {
		cfg := certificate.SealedVaultConfig{Keys: h.keys, Sealer: fastSealer(t, nil)}
		if service {
			cfg.Sealer, cfg.ServiceReset = fastSealer(t, newHSM(t)), true
		}
		vault, err := certificate.NewSealedVault(cfg)
		require.NoError(t, err)
		c.Vault, c.Issuer, c.Mailer = vault, mortalCA{w.ca, r}, mortalInbox{w.inbox, r}
		c.Store = mortalStore{certificate.NewMemoryStore(), r}
	})
	return h
}

// stride is the step from one crash to the next: a sample, prime so that it meets every kind,
// and every single one where time does not matter.
func stride(sample int) int {
	if os.Getenv("SERTEL_CI") == "1" {
		return 1
	}
	return sample
}

// catchUp lets the workers finish.
func (h *human) catchUp(t *testing.T, name string) {
	for range 5 {
		h.clock.Advance(2 * time.Hour)
		_, err := h.Deliver(h.ctx)
		require.NoError(t, err, name)
		_, err = h.Settle(h.ctx)
		require.NoError(t, err, name)
	}
}

func TestCrashAtEveryEffect(t *testing.T) {
	for _, service := range []bool{false, true} {
		calm := newHuman(t, 0, false, service)
		calm.live(t)
		effects := calm.keys.count
		require.Greater(t, effects, 50)
		for at := 1; at <= effects; at += stride(17) {
			for _, after := range []bool{false, true} {
				name := fmt.Sprintf("effect %d of %d, after it: %v, service reset: %v", at, effects, after, service)
				h := newHuman(t, at, after, service)
				id := h.live(t)
				h.catchUp(t, name)
				rec, err := h.Record(h.ctx, id)
				require.NoError(t, err, name)
				require.False(t, rec.HasOutbox(), name)
				require.Nil(t, rec.Issuance, name)
				cert, ok := rec.Certificate()
				require.True(t, ok, name)
				assert.Equal(t, []certificate.Serial{cert.Serial}, h.ca.good(), "%s: every other certificate is revoked", name)
				assert.Equal(t, map[certificate.KeyID]bool{cert.KeyID: true}, h.keys.present, "%s: every other key is gone", name)
				for _, c := range rec.Certificates[:len(rec.Certificates)-1] {
					assert.Equal(t, certificate.ReasonSuperseded, c.Reason, name)
				}
				require.False(t, h.opens(id, firstPhrase) || h.opens(id, secondPhrase), name)
			}
		}
	}
}

func TestCrashWhileLeaving(t *testing.T) {
	calm := newHuman(t, 0, false, false)
	id := calm.issued(t, budi)
	begun := calm.keys.count
	calm.leave(t, id)
	effects := calm.keys.count - begun
	require.Greater(t, effects, 20)
	for at := 1; at <= effects; at += stride(5) {
		for _, after := range []bool{false, true} {
			name := fmt.Sprintf("effect %d of %d, after it: %v", at, effects, after)
			h := newHuman(t, 0, after, false)
			id := h.issued(t, budi)
			h.keys.at = h.keys.count + at
			h.leave(t, id)
			h.keys.restart() // the workers may have met the crash last
			h.catchUp(t, name)
			rec, err := h.Record(h.ctx, id)
			require.NoError(t, err, name)
			require.False(t, rec.HasOutbox(), name)
			assert.Equal(t, certificate.StatusRevoke, rec.State, name)
			assert.Equal(t, certificate.ReasonCessationOfOperation, rec.Certificates[0].Reason, name)
			assert.Empty(t, h.ca.good(), "%s: every certificate is revoked", name)
			assert.Empty(t, h.keys.present, "%s: every key is gone", name)
			require.False(t, h.opens(id, firstPhrase), name)
		}
	}
}
