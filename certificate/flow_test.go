package certificate_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/passphrase"
)

// The whole guide, once, with the statuses and mails that it names.
func TestGuideFlow(t *testing.T) {
	w := newWorld(t)
	a := applicant(t, budi)

	report, err := w.StatusByNIK(w.ctx, a.NIK())
	require.NoError(t, err)
	assert.Equal(t, "NOT_REGISTERED", report.Status.String())

	id := w.register(t, budi)
	assert.Equal(t, certificate.StatusNoCertificate, w.status(t, id))
	activation := w.link(t, certificate.MailActivation)

	seen, err := w.Inspect(w.ctx, activation, certificate.PurposeActivation)
	require.NoError(t, err)
	assert.Equal(t, certificate.StepPersonalData, seen.Next)
	assert.Equal(t, "Pemerintah Kota Magelang", seen.Agency)

	require.NoError(t, w.PersonalData(w.ctx, activation, personalData(a)))
	office, err := w.LookUpNumber(w.ctx, activation, a.Number())
	require.NoError(t, err)
	assert.Equal(t, certificate.Office{Agency: "Pemerintah Kota Magelang", Unit: "Dinas Contoh", Position: "Kepala Dinas",
		Province: "Jawa Tengah", Rank: "Pembina Utama Muda (IV/c)"}, office)
	require.NoError(t, w.ConfirmOffice(w.ctx, activation))
	match, err := w.Selfie(w.ctx, activation, selfie)
	require.NoError(t, err)
	assert.Equal(t, certificate.MatchYes, match)
	status, err := w.SubmitActivation(w.ctx, activation, w.consent()...)
	require.NoError(t, err)
	assert.Equal(t, certificate.StatusNew, status)

	set := w.link(t, certificate.MailSetPassphrase)
	assert.Equal(t, []certificate.MailKind{
		certificate.MailActivation, certificate.MailAccountInformation, certificate.MailSetPassphrase,
	}, w.inbox.kinds())

	_, err = w.SetPassphrase(w.ctx, set, secret("lemah"))
	var policy *passphrase.PolicyError
	require.ErrorAs(t, err, &policy)
	assert.Greater(t, len(policy.Violations), 2, "every rule broken is told at once")

	cert, err := w.SetPassphrase(w.ctx, set, secret(firstPhrase))
	require.NoError(t, err)
	report, err = w.Status(w.ctx, id)
	require.NoError(t, err)
	assert.Equal(t, "ISSUE", report.Status.String())
	assert.Equal(t, cert.Serial, report.Serial)
	assert.Equal(t, start.Add(730*24*time.Hour-time.Second), report.NotAfter)
	_, err = w.Deliver(w.ctx)
	require.NoError(t, err)
	notice, ok := w.inbox.last(certificate.MailCertificateIssued)
	require.True(t, ok)
	assert.Contains(t, notice.Text(certificate.Indonesian), "2 Maret 2026 08.00 WIB")
	assert.Equal(t, cert.Serial, w.mustUnlock(t, id, firstPhrase))

	require.NoError(t, w.RequestReset(w.ctx, id))
	reset := w.link(t, certificate.MailResetPassphrase)
	assert.Equal(t, cert.Serial, w.mustUnlock(t, id, firstPhrase), "asking changes nothing")
	_, err = w.ResetPassphrase(w.ctx, reset, secret(secondPhrase))
	require.ErrorIs(t, err, certificate.ErrAgreement)
	second, err := w.ResetPassphrase(w.ctx, reset, secret(secondPhrase), w.consent()...)
	require.NoError(t, err)
	assert.NotEqual(t, cert.Serial, second.Serial)
	assert.Equal(t, second.Serial, w.mustUnlock(t, id, secondPhrase))
	_, err = w.Unlock(w.ctx, id, factor(firstPhrase))
	require.ErrorIs(t, err, certificate.ErrWrongFactor)
	assert.Equal(t, map[certificate.Serial]certificate.Reason{cert.Serial: certificate.ReasonSuperseded}, w.ca.revoked)
	assert.Equal(t, certificate.StatusIssue, w.status(t, id))
}

// From VerifyNIK to ISSUE, without the cost of Argon2id: that is BenchmarkUnlock's.
func BenchmarkEnrolment(b *testing.B) {
	for b.Loop() {
		w := newWorld(b)
		w.issued(b, budi)
	}
}
