package certificate_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
)

var operator = certificate.Operator{ID: "petugas-1"}

func TestRevocationIsFinal(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	require.NoError(t, w.RequestReset(w.ctx, id))
	open := w.link(t, certificate.MailResetPassphrase)
	serial := w.mustUnlock(t, id, firstPhrase)
	require.NoError(t, w.Revoke(w.ctx, id, certificate.ReasonKeyCompromise, operator))

	assert.Equal(t, certificate.StatusRevoke, w.status(t, id))
	assert.Equal(t, map[certificate.Serial]certificate.Reason{serial: certificate.ReasonKeyCompromise}, w.ca.revoked)
	var transition *certificate.TransitionError
	for name, err := range map[string]error{
		"resume": w.Resume(w.ctx, id, operator), "suspend": w.Suspend(w.ctx, id, operator),
		"renew": w.RequestRenewal(w.ctx, id), "reset": w.RequestReset(w.ctx, id),
		"revoke again": w.Revoke(w.ctx, id, certificate.ReasonSuperseded, operator),
		"destroy":      w.Destroy(w.ctx, id, factor(firstPhrase)),
	} {
		require.ErrorAs(t, err, &transition, name)
	}
	_, err := w.Unlock(w.ctx, id, factor(firstPhrase))
	require.ErrorAs(t, err, &transition)
	_, err = w.ResetPassphrase(w.ctx, open, secret(secondPhrase), w.consent()...)
	require.ErrorIs(t, err, certificate.ErrTokenSuperseded)

	certs, err := w.Certificates(w.ctx, id)
	require.NoError(t, err)
	_, err = w.keys.Get(w.ctx, certs[0].KeyID)
	require.ErrorIs(t, err, certificate.ErrKeyNotFound, "the private key is gone")

	w.clock.Advance(time.Hour)
	assert.Equal(t, id, w.issued(t, budi), "a new registration begins another life")
	certs, err = w.Certificates(w.ctx, id)
	require.NoError(t, err)
	require.Len(t, certs, 2)
	assert.Equal(t, certificate.StatusRevoke, certs[0].StatusAt(w.clock.Now()), "the old certificate stays revoked")
	assert.Equal(t, certificate.StatusIssue, certs[1].StatusAt(w.clock.Now()))
}

func TestReasons(t *testing.T) {
	for reason := certificate.Reason(-1); reason <= 11; reason++ {
		w := newWorld(t)
		id := w.issued(t, budi)
		switch reason {
		case -1, 6, 7, 8, 10, 11:
			require.ErrorIs(t, w.Revoke(w.ctx, id, reason, operator), certificate.ErrReason, "%d", reason)
			require.ErrorIs(t, w.RevokeByOwner(w.ctx, id, reason), certificate.ErrReason, "%d", reason)
			assert.Equal(t, certificate.StatusIssue, w.status(t, id))
		default:
			require.ErrorIs(t, w.Revoke(w.ctx, id, reason, certificate.Operator{}), certificate.ErrOperatorRequired)
			require.NoError(t, w.Revoke(w.ctx, id, reason, operator), "%d", reason)
		}
		assert.Equal(t, reason >= 0 && reason <= 10 && reason != 7, reason.Valid(), "%d", reason)
	}
}

func TestOwnerReportsAtOnce(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	require.ErrorIs(t, w.RevokeByOwner(w.ctx, id, certificate.ReasonPrivilegeWithdrawn), certificate.ErrReason)
	require.NoError(t, w.RevokeByOwner(w.ctx, id, certificate.ReasonKeyCompromise), "no passphrase is asked for")
	w.link(t, certificate.MailRevoked)
	m, _ := w.inbox.last(certificate.MailRevoked)
	assert.Contains(t, m.Text(certificate.English), m.Serial.String())
}

func TestWhoLostTheRightIsReadmitted(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	require.NoError(t, w.Revoke(w.ctx, id, certificate.ReasonPrivilegeWithdrawn, operator))
	a := applicant(t, budi)
	v, err := w.VerifyNIK(w.ctx, a.NIK())
	require.NoError(t, err)
	_, err = w.Register(w.ctx, v, a)
	require.ErrorIs(t, err, certificate.ErrBarred)
	require.ErrorIs(t, w.Readmit(w.ctx, id, certificate.Operator{}), certificate.ErrOperatorRequired)
	require.NoError(t, w.Readmit(w.ctx, id, operator))
	w.clock.Advance(time.Minute)
	assert.Equal(t, id, w.issued(t, budi))
}

func TestSuspendAndResume(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	serial := w.mustUnlock(t, id, firstPhrase)
	for range 2 {
		require.NoError(t, w.Suspend(w.ctx, id, operator))
		assert.Equal(t, certificate.StatusSuspend, w.status(t, id))
		assert.Equal(t, certificate.ReasonCertificateHold, w.ca.revoked[serial])
		_, err := w.Unlock(w.ctx, id, factor(firstPhrase))
		var transition *certificate.TransitionError
		require.ErrorAs(t, err, &transition)
		w.clock.Advance(time.Hour)
		require.NoError(t, w.Resume(w.ctx, id, operator))
		assert.Empty(t, w.ca.revoked)
		w.mustUnlock(t, id, firstPhrase)
		w.clock.Advance(time.Hour)
	}
	certs, err := w.Certificates(w.ctx, id)
	require.NoError(t, err)
	for hours, want := range []certificate.Status{
		certificate.StatusSuspend, certificate.StatusIssue, certificate.StatusSuspend, certificate.StatusIssue,
	} {
		at := start.Add(time.Duration(hours) * time.Hour)
		assert.Equal(t, want, certs[0].StatusAt(at), "certificate, hour %d", hours)
		status, err := w.StatusAt(w.ctx, id, at)
		require.NoError(t, err)
		assert.Equal(t, want, status, "person, hour %d", hours)
	}
	require.NoError(t, w.Suspend(w.ctx, id, operator))
	w.clock.Advance(731 * 24 * time.Hour)
	assert.Equal(t, certificate.StatusSuspend, w.status(t, id), "held beyond its end")
	require.NoError(t, w.Resume(w.ctx, id, operator))
	assert.Equal(t, certificate.StatusExpired, w.status(t, id))
}

func TestSuspendedCanStillBeRevoked(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	serial := w.mustUnlock(t, id, firstPhrase)
	require.NoError(t, w.Suspend(w.ctx, id, operator))
	require.NoError(t, w.RevokeByOwner(w.ctx, id, certificate.ReasonKeyCompromise))
	assert.Equal(t, certificate.ReasonKeyCompromise, w.ca.revoked[serial])
}

func TestAuthorityIsToldLater(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	serial := w.mustUnlock(t, id, firstPhrase)
	w.ca.err = errors.New("authority is down")
	require.NoError(t, w.Suspend(w.ctx, id, operator))
	require.NoError(t, w.Resume(w.ctx, id, operator))
	require.NoError(t, w.Revoke(w.ctx, id, certificate.ReasonKeyCompromise, operator), "the record says so at once")
	assert.Contains(t, w.log.String(), "authority is down")
	certs, err := w.Certificates(w.ctx, id)
	require.NoError(t, err)
	_, err = w.keys.Get(w.ctx, certs[0].KeyID)
	require.ErrorIs(t, err, certificate.ErrKeyNotFound, "the key does not wait for the authority")

	w.clock.Advance(time.Hour)
	_, err = w.Settle(w.ctx)
	require.ErrorIs(t, err, w.ca.err)
	w.ca.err = nil
	n, err := w.Settle(w.ctx)
	require.NoError(t, err)
	assert.Zero(t, n, "it pauses after a failure")
	w.clock.Advance(time.Hour)
	n, err = w.Settle(w.ctx)
	require.NoError(t, err)
	assert.Equal(t, 3, n, "hold, lifting and revocation, in this order")
	assert.Equal(t, certificate.ReasonKeyCompromise, w.ca.revoked[serial])
}

func TestDestructionByTheOwner(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	serial := w.mustUnlock(t, id, firstPhrase)
	require.ErrorIs(t, w.Destroy(w.ctx, id, factor("salah")), certificate.ErrWrongFactor)
	assert.Equal(t, certificate.StatusIssue, w.status(t, id))
	require.NoError(t, w.Destroy(w.ctx, id, factor(firstPhrase)))
	assert.Equal(t, certificate.StatusRevoke, w.status(t, id))
	assert.Equal(t, certificate.ReasonCessationOfOperation, w.ca.revoked[serial])
	w.link(t, certificate.MailDestroyed)
	certs, err := w.Certificates(w.ctx, id)
	require.NoError(t, err)
	_, err = w.vault.Unlock(w.ctx, certs[0].KeyID, factor(firstPhrase))
	require.ErrorIs(t, err, certificate.ErrKeyNotFound)
	w.clock.Advance(time.Minute)
	assert.Equal(t, id, w.issued(t, budi), "the owner's own choice bars nobody")
}
