package certificate_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
)

func TestRenewal(t *testing.T) {
	for name, wait := range map[string]time.Duration{"before the end": 700 * 24 * time.Hour, "after the end": 800 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.issued(t, budi)
			old := w.mustUnlock(t, id, firstPhrase)
			w.clock.Advance(wait)
			require.NoError(t, w.RequestRenewal(w.ctx, id))
			assert.Equal(t, certificate.StatusRenew, w.status(t, id))
			_, err := w.Unlock(w.ctx, id, factor(firstPhrase))
			var transition *certificate.TransitionError
			require.ErrorAs(t, err, &transition, "no signing while RENEW")
			assert.Empty(t, w.ca.revoked, "the old one counts until the new one is there")
			cert, err := w.SetPassphrase(w.ctx, w.link(t, certificate.MailRenewal), secret(secondPhrase))
			require.NoError(t, err)
			assert.NotEqual(t, old, cert.Serial)
			assert.Equal(t, certificate.ReasonSuperseded, w.ca.revoked[old])
			assert.Equal(t, cert.Serial, w.mustUnlock(t, id, secondPhrase))
			certs, err := w.Certificates(w.ctx, id)
			require.NoError(t, err)
			assert.NotEqual(t, certs[0].KeyID, certs[1].KeyID, "a new key")
			found, err := w.Find(w.ctx, certificate.SerialIndex(old))
			require.NoError(t, err)
			assert.Equal(t, id, found, "old serials still lead to their owner")
		})
	}
}

func TestSigningWhileRenewingByPolicy(t *testing.T) {
	w := newWorld(t, func(c *certificate.RegistrarConfig, _ *world) { c.SignWhileRenewing = true })
	id := w.issued(t, budi)
	require.NoError(t, w.RequestRenewal(w.ctx, id))
	w.mustUnlock(t, id, firstPhrase)
	w.clock.Advance(731 * 24 * time.Hour)
	_, err := w.Unlock(w.ctx, id, factor(firstPhrase))
	var transition *certificate.TransitionError
	require.ErrorAs(t, err, &transition, "never after the end")
}

func TestRenewalGivenUp(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	require.NoError(t, w.RequestRenewal(w.ctx, id))
	open := w.link(t, certificate.MailRenewal)
	require.NoError(t, w.CancelRenewal(w.ctx, id))
	_, err := w.SetPassphrase(w.ctx, open, secret(secondPhrase))
	require.ErrorIs(t, err, certificate.ErrTokenSuperseded)
	w.mustUnlock(t, id, firstPhrase)
	require.Error(t, w.CancelRenewal(w.ctx, id))
}

func TestRenewalAsksThePersonnelRegister(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	office := w.personnel[budi.EmployeeNumber]
	office.Position = "Sekretaris Daerah"
	w.personnel[budi.EmployeeNumber] = office
	require.NoError(t, w.RequestRenewal(w.ctx, id))
	rec, err := w.Record(w.ctx, id)
	require.NoError(t, err)
	assert.Equal(t, office, rec.Office())
	assert.Len(t, rec.Offices, 2, "the former office keeps its dates")
	require.NoError(t, w.CancelRenewal(w.ctx, id))
	delete(w.personnel, budi.EmployeeNumber)
	require.ErrorIs(t, w.RequestRenewal(w.ctx, id), certificate.ErrNumberNotFound, "who left the service")
	assert.Equal(t, certificate.StatusIssue, w.status(t, id))
}

func TestDue(t *testing.T) {
	w := newWorld(t)
	a, b := w.issued(t, budi), w.issued(t, siti)
	require.NoError(t, w.Revoke(w.ctx, b, certificate.ReasonKeyCompromise, operator))
	end := start.Add(730*24*time.Hour - time.Second)
	due := func(before time.Time) []certificate.Due {
		list, err := w.Due(w.ctx, before)
		require.NoError(t, err)
		return list
	}
	assert.Empty(t, due(end))
	list := due(end.Add(time.Second))
	require.Len(t, list, 1)
	assert.Equal(t, certificate.Due{Person: a, Serial: w.mustUnlock(t, a, firstPhrase), NotAfter: end, Status: certificate.StatusIssue}, list[0])
	w.clock.Advance(731 * 24 * time.Hour)
	assert.Empty(t, due(w.clock.Now().AddDate(1, 0, 0)), "it ended already")
}

func TestStatusAtAnswersForThePast(t *testing.T) {
	w := newWorld(t)
	hour := func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
	step := func(f func()) { f(); w.clock.Advance(time.Hour) }

	w.clock.Advance(time.Hour)
	var id certificate.PersonID
	step(func() { id = w.register(t, budi) })
	step(func() {
		token := w.link(t, certificate.MailActivation)
		w.steps(t, token, budi)
		_, err := w.SubmitActivation(w.ctx, token, w.consent()...)
		require.NoError(t, err)
	})
	step(func() {
		_, err := w.SetPassphrase(w.ctx, w.link(t, certificate.MailSetPassphrase), secret(firstPhrase))
		require.NoError(t, err)
	})
	step(func() { require.NoError(t, w.RequestRenewal(w.ctx, id)) })
	step(func() { require.NoError(t, w.CancelRenewal(w.ctx, id)) })
	step(func() { require.NoError(t, w.Revoke(w.ctx, id, certificate.ReasonSuperseded, operator)) })

	for n, want := range []certificate.Status{
		certificate.StatusNotRegistered, certificate.StatusNoCertificate, certificate.StatusNew, certificate.StatusIssue,
		certificate.StatusRenew, certificate.StatusIssue, certificate.StatusRevoke, certificate.StatusRevoke,
	} {
		got, err := w.StatusAt(w.ctx, id, hour(n))
		require.NoError(t, err)
		assert.Equal(t, want, got, "hour %d", n)
	}
}

func TestExpiredIsComputed(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	end := start.Add(730*24*time.Hour - time.Second)
	at := func(now time.Time) certificate.Status {
		w.clock.Advance(now.Sub(w.clock.Now()))
		return w.status(t, id)
	}
	assert.Equal(t, certificate.StatusIssue, at(end), "the last second is valid (RFC 5280 section 4.1.2.5)")
	assert.Equal(t, certificate.StatusExpired, at(end.Add(1)))
	_, err := w.Unlock(w.ctx, id, factor(firstPhrase))
	var transition *certificate.TransitionError
	require.ErrorAs(t, err, &transition)
	assert.Equal(t, certificate.StatusExpired, transition.From)
	require.NoError(t, w.RefreshOffice(w.ctx, id, operator), "a change in status EXPIRED stores no status")
	rec, err := w.Record(w.ctx, id)
	require.NoError(t, err)
	assert.Equal(t, certificate.StatusIssue, rec.State)
	past, err := w.StatusAt(w.ctx, id, end)
	require.NoError(t, err)
	assert.Equal(t, certificate.StatusIssue, past)
}
