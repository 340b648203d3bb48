package certificate_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/passphrase/leaktest"
)

var petugas = certificate.Operator{ID: "petugas"}

const day = 24 * time.Hour

// deliverAll sends what waits, so that nothing holds up an erasure.
func (w *world) deliverAll(t require.TestingT) {
	_, err := w.Deliver(w.ctx)
	require.NoError(t, err)
}

// assertErased checks that nothing of the person is left but the trail.
func (w *world) assertErased(t *testing.T, id certificate.PersonID, form certificate.ApplicantForm) {
	t.Helper()
	a := applicant(t, form)
	_, err := w.Record(w.ctx, id)
	require.ErrorIs(t, err, certificate.ErrNotFound)
	for _, key := range []certificate.Index{certificate.NIKIndex(a.NIK()), certificate.NumberIndex(a.Number()), certificate.WorkMailIndex(a.WorkEmail())} {
		_, err := w.Find(w.ctx, key)
		require.ErrorIs(t, err, certificate.ErrNotFound, "%s", key)
	}
	trail, err := w.Audit(w.ctx, id)
	require.NoError(t, err)
	require.NotEmpty(t, trail)
	last := trail[len(trail)-1]
	assert.Equal(t, [2]string{"erase", "petugas"}, [2]string{last.Action, last.Actor})
	leaktest.Hides(t, leaktest.Printed(trail), secretsOf(form)...)
	require.ErrorIs(t, w.Erase(w.ctx, id, petugas), certificate.ErrNotFound, "once")
}

func TestErase(t *testing.T) {
	for _, c := range []struct {
		name  string
		bring func(t *testing.T, w *world) certificate.PersonID
	}{
		{"a registration that lapsed", func(t *testing.T, w *world) certificate.PersonID {
			id := w.register(t, budi)
			w.deliverAll(t)
			w.clock.Advance(2 * day)
			return id
		}},
		{"an application withdrawn", func(t *testing.T, w *world) certificate.PersonID {
			id := w.activated(t, budi)
			require.NoError(t, w.Withdraw(w.ctx, id))
			w.deliverAll(t)
			return id
		}},
		{"a certificate revoked", func(t *testing.T, w *world) certificate.PersonID {
			id := w.issued(t, budi)
			require.NoError(t, w.Revoke(w.ctx, id, certificate.ReasonKeyCompromise, petugas))
			w.deliverAll(t)
			return id
		}},
		{"a certificate expired", func(t *testing.T, w *world) certificate.PersonID {
			id := w.issued(t, budi)
			w.deliverAll(t)
			w.clock.Advance(5 * 366 * day)
			require.Equal(t, certificate.StatusExpired, w.status(t, id))
			return id
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			id := c.bring(t, w)
			certs, err := w.Certificates(w.ctx, id)
			require.NoError(t, err)
			require.ErrorIs(t, w.Erase(w.ctx, id, certificate.Operator{}), certificate.ErrOperatorRequired)
			require.NoError(t, w.Erase(w.ctx, id, petugas))
			w.assertErased(t, id, budi)
			for _, cert := range certs {
				_, err := w.keys.Get(w.ctx, cert.KeyID)
				require.ErrorIs(t, err, certificate.ErrKeyNotFound, "the key is destroyed")
			}
			again := w.register(t, budi)
			assert.NotEqual(t, id, again, "who comes back is somebody new")
		})
	}
}

func TestEraseRefused(t *testing.T) {
	w := newWorld(t)
	require.ErrorIs(t, w.Erase(w.ctx, certificate.GeneratePersonID(), petugas), certificate.ErrNotFound)
	id := w.register(t, budi)
	w.deliverAll(t)
	require.ErrorIs(t, w.Erase(w.ctx, id, petugas), certificate.ErrNotEnded)
	id = w.issued(t, siti)
	require.ErrorIs(t, w.Erase(w.ctx, id, petugas), certificate.ErrNotEnded)
	require.NoError(t, w.Revoke(w.ctx, id, certificate.ReasonPrivilegeWithdrawn, petugas))
	w.deliverAll(t)
	require.ErrorIs(t, w.Erase(w.ctx, id, petugas), certificate.ErrBarred, "a bar needs the NIK")
	require.NoError(t, w.Readmit(w.ctx, id, petugas))
	require.NoError(t, w.Erase(w.ctx, id, petugas))
}

func TestEraseWaitsForMailAndAuthority(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	w.deliverAll(t)
	w.ca.err = errors.New("authority is down")
	require.NoError(t, w.Revoke(w.ctx, id, certificate.ReasonKeyCompromise, petugas))
	require.ErrorIs(t, w.Erase(w.ctx, id, petugas), certificate.ErrUnsettled)
	w.deliverAll(t)
	require.ErrorIs(t, w.Erase(w.ctx, id, petugas), certificate.ErrUnsettled, "the authority was not told")
	w.ca.err = nil
	w.clock.Advance(time.Hour)
	_, err := w.Settle(w.ctx)
	require.NoError(t, err)
	require.NoError(t, w.Erase(w.ctx, id, petugas))
	w.assertErased(t, id, budi)
}

func TestPurge(t *testing.T) {
	w := newWorld(t)
	revoked, lapsed := w.issued(t, siti), w.register(t, budi)
	require.NoError(t, w.Revoke(w.ctx, revoked, certificate.ReasonKeyCompromise, petugas))
	w.deliverAll(t)
	keep := certificate.Retention{Unused: 30 * day, Ended: 365 * day}
	purge := func(want certificate.Purged) {
		t.Helper()
		got, err := w.Purge(w.ctx, keep, petugas)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	w.clock.Advance(day + 30*day) // the link lived for a day
	purge(certificate.Purged{})
	w.clock.Advance(1)
	purge(certificate.Purged{Erased: 1})
	w.assertErased(t, lapsed, budi)
	w.clock.Advance(365*day - 31*day - 1)
	purge(certificate.Purged{})
	got, err := w.Purge(w.ctx, certificate.Retention{}, petugas)
	require.NoError(t, err)
	assert.Zero(t, got, "zero keeps")
	w.clock.Advance(day)
	purge(certificate.Purged{Erased: 1})
	w.assertErased(t, revoked, siti)
	purge(certificate.Purged{})
}

func TestPurgeKeepsWhoIsNeeded(t *testing.T) {
	w := newWorld(t)
	active := w.issued(t, budi)
	barred := w.issued(t, siti)
	require.NoError(t, w.Revoke(w.ctx, barred, certificate.ReasonPrivilegeWithdrawn, petugas))
	w.deliverAll(t)
	w.clock.Advance(30 * day)
	got, err := w.Purge(w.ctx, certificate.Retention{Unused: 1, Ended: 1, Former: 1}, petugas)
	require.NoError(t, err)
	assert.Zero(t, got)
	w.mustUnlock(t, active, firstPhrase)
	assert.Equal(t, certificate.StatusRevoke, w.status(t, barred))
}

func TestPurgeThins(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	changed := applicant(t, certificate.ApplicantForm{
		NIK: budi.NIK, Name: budi.Name, EmployeeNumber: budi.EmployeeNumber, SIASNEmail: budi.SIASNEmail,
		WorkEmail: "budi.baru@pns.magelangkota.go.id", Phone: budi.Phone,
	}).WorkEmail()
	require.NoError(t, w.RequestWorkMail(w.ctx, id, changed))
	require.NoError(t, w.ConfirmWorkMail(w.ctx, w.link(t, certificate.MailWorkMailProof)))
	w.deliverAll(t)
	keep := certificate.Retention{Former: 30 * day}
	w.clock.Advance(30 * day)
	got, err := w.Purge(w.ctx, keep, petugas)
	require.NoError(t, err)
	assert.Zero(t, got)
	w.clock.Advance(1)
	got, err = w.Purge(w.ctx, keep, petugas)
	require.NoError(t, err)
	assert.Equal(t, certificate.Purged{Thinned: 1}, got)
	rec, err := w.Record(w.ctx, id)
	require.NoError(t, err)
	require.Len(t, rec.WorkMails, 1)
	assert.Equal(t, changed, rec.WorkMail())
	w.mustUnlock(t, id, firstPhrase)
}

func TestPurgeRefused(t *testing.T) {
	w := newWorld(t)
	_, err := w.Purge(w.ctx, certificate.Retention{}, certificate.Operator{})
	require.ErrorIs(t, err, certificate.ErrOperatorRequired)
	_, err = w.Purge(w.ctx, certificate.Retention{Ended: -1}, petugas)
	require.ErrorIs(t, err, certificate.ErrConfig)
	w.register(t, budi)
	gone, cancel := context.WithCancel(w.ctx)
	cancel()
	_, err = w.Purge(gone, certificate.Retention{Unused: 1}, petugas)
	require.ErrorIs(t, err, context.Canceled)
}
