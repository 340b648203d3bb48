package certificate_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
)

func email(t *testing.T, text string) identity.Email {
	m, err := identity.ParseEmail(text)
	require.NoError(t, err)
	return m
}

func TestNewWorkMail(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	old, changed := applicant(t, budi).WorkEmail(), email(t, "budi.baru@pns.magelangkota.go.id")

	for name, m := range map[string]identity.Email{
		"none": {}, "the present one": old, "public": email(t, "budi@example.com"),
		"another kind's": email(t, "budi@asn.magelangkota.go.id"), "look-alike": email(t, "budi@evilmagelangkota.go.id"),
	} {
		require.ErrorIs(t, w.RequestWorkMail(w.ctx, id, m), certificate.ErrWorkMail, name)
	}
	require.NoError(t, w.RequestReset(w.ctx, id))
	reset := w.link(t, certificate.MailResetPassphrase)

	require.NoError(t, w.RequestWorkMail(w.ctx, id, changed))
	proof := w.link(t, certificate.MailWorkMailProof)
	m, _ := w.inbox.last(certificate.MailWorkMailProof)
	assert.Equal(t, changed, m.To)
	m, _ = w.inbox.last(certificate.MailWorkMailAsked)
	assert.Equal(t, old, m.To, "the old one is told")
	_, err := w.Inspect(w.ctx, reset, certificate.PurposeReset)
	require.NoError(t, err, "asking changes nothing")

	require.NoError(t, w.ConfirmWorkMail(w.ctx, proof))
	require.ErrorIs(t, w.ConfirmWorkMail(w.ctx, proof), certificate.ErrTokenUsed)
	_, err = w.Inspect(w.ctx, reset, certificate.PurposeReset)
	require.ErrorIs(t, err, certificate.ErrTokenSuperseded, "open links are void")
	w.link(t, certificate.MailWorkMailChanged)
	m, _ = w.inbox.last(certificate.MailWorkMailChanged)
	assert.Equal(t, old, m.To)
	found, err := w.Find(w.ctx, certificate.WorkMailIndex(changed))
	require.NoError(t, err)
	assert.Equal(t, id, found)
	rec, err := w.Record(w.ctx, id)
	require.NoError(t, err)
	assert.Equal(t, []certificate.Dated[identity.Email]{
		{Value: old, From: start, Until: start}, {Value: changed, From: start},
	}, rec.WorkMails)

	w.clock.Advance(time.Minute)
	require.NoError(t, w.RequestReset(w.ctx, id))
	w.link(t, certificate.MailResetPassphrase)
	m, _ = w.inbox.last(certificate.MailResetPassphrase)
	assert.Equal(t, changed, m.To)
}

func TestWorkMailTakenMeanwhile(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	changed := applicant(t, siti).WorkEmail()
	require.NoError(t, w.RequestWorkMail(w.ctx, id, changed))
	proof := w.link(t, certificate.MailWorkMailProof)
	w.issued(t, siti)
	require.ErrorIs(t, w.ConfirmWorkMail(w.ctx, proof), certificate.ErrDuplicate)
	rec, err := w.Record(w.ctx, id)
	require.NoError(t, err)
	assert.Equal(t, applicant(t, budi).WorkEmail(), rec.WorkMail())
}

func TestOlderProofProvesNothing(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	require.NoError(t, w.RequestWorkMail(w.ctx, id, email(t, "satu@pns.magelangkota.go.id")))
	first := w.link(t, certificate.MailWorkMailProof)
	w.clock.Advance(time.Minute)
	require.NoError(t, w.RequestWorkMail(w.ctx, id, email(t, "dua@pns.magelangkota.go.id")))
	require.ErrorIs(t, w.ConfirmWorkMail(w.ctx, first), certificate.ErrTokenSuperseded)
	require.NoError(t, w.ConfirmWorkMail(w.ctx, w.link(t, certificate.MailWorkMailProof)))
}

func TestChangeNumber(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	pppk, err := identity.ParseEmployeeNumber("198501012021211903")
	require.NoError(t, err)

	require.ErrorIs(t, w.ChangeNumber(w.ctx, id, pppk, certificate.Operator{}), certificate.ErrOperatorRequired)
	require.ErrorIs(t, w.ChangeNumber(w.ctx, id, pppk, operator), certificate.ErrNumberNotFound)
	require.ErrorIs(t, w.ChangeNumber(w.ctx, id, identity.EmployeeNumber{}, operator), certificate.ErrMismatch)
	w.personnel[pppk.Digits()] = certificate.Office{Agency: "Pemerintah Kota Lain"}
	require.ErrorIs(t, w.ChangeNumber(w.ctx, id, pppk, operator), certificate.ErrMismatch, "another agency is no mutation")
	office := certificate.Office{Agency: "Pemerintah Kota Magelang", Unit: "Badan Contoh", Position: "Analis"}
	w.personnel[pppk.Digits()] = office
	require.NoError(t, w.ChangeNumber(w.ctx, id, pppk, operator))

	rec, err := w.Record(w.ctx, id)
	require.NoError(t, err)
	assert.Equal(t, pppk, rec.Number())
	assert.Equal(t, certificate.PPPK, rec.Employment)
	assert.Equal(t, office, rec.Office())
	assert.Len(t, rec.Numbers, 2)
	_, err = w.Find(w.ctx, certificate.NumberIndex(applicant(t, budi).Number()))
	require.ErrorIs(t, err, certificate.ErrNotFound)
	require.NoError(t, w.RequestWorkMail(w.ctx, id, email(t, "budi@asn.magelangkota.go.id")), "now the other domain is right")
	w.mustUnlock(t, id, firstPhrase)
}
