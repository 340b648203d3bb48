package mockbsre_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/verify"
)

func TestForgetOne(t *testing.T) {
	ctx, srv := t.Context(), mockbsre.New(t)
	for n, status := range certificate.Statuses() {
		p := mockbsre.MadeUpPerson(n)
		id, err := srv.Seed(ctx, p, status, secret)
		require.NoError(t, err, status)
		require.NoError(t, srv.Forget(ctx, nikOf(t, p)), status)
		assert.Equal(t, certificate.StatusNotRegistered, statusOf(t, srv, p), status)
		assert.Empty(t, srv.Inbox.Search(mockbsre.Query{To: p.WorkEmail}), status)
		_, err = srv.Registrar().Unlock(ctx, id, certificate.Factor{Passphrase: secret})
		assert.Error(t, err, status)

		again, err := srv.Seed(ctx, p, certificate.StatusIssue, other)
		require.NoError(t, err, "%v: seeded anew", status)
		assert.NotEqual(t, id, again)
	}
	assert.NoError(t, srv.Forget(ctx, nikOf(t, mockbsre.MadeUpPerson(99))), "nobody")
}

func TestForgettingOneLeavesTheOthers(t *testing.T) {
	ctx, srv := t.Context(), mockbsre.New(t)
	budi, id := enrol(t, srv, 0)
	ratna, hers := enrol(t, srv, 1)
	signed, _, err := sign(t, srv, id, secret, letter(t))
	require.NoError(t, err)
	require.NoError(t, srv.Forget(ctx, nikOf(t, budi)))
	assert.Equal(t, certificate.StatusIssue, statusOf(t, srv, ratna))
	assert.Len(t, srv.Inbox.List(), 4)
	_, _, err = sign(t, srv, hers, secret, letter(t))
	assert.NoError(t, err)
	assert.Equal(t, verify.TotalPassed, judge(t, srv, signed).Conclusion.Indication, "what was signed stays")
}

func TestResetAll(t *testing.T) {
	ctx, srv := t.Context(), mockbsre.New(t)
	before, err := srv.Populate(ctx, 7, 12)
	require.NoError(t, err)
	srv.FailNext(mockbsre.SignV2, mockbsre.Fault{Status: 500})
	root, now := srv.Root(), srv.Clock.Now()

	require.NoError(t, srv.Reset(ctx))
	assert.Empty(t, srv.Inbox.List())
	assert.Zero(t, srv.PendingFaults())
	assert.Equal(t, root, srv.Root())
	assert.Equal(t, now, srv.Clock.Now())
	for _, s := range before {
		assert.Equal(t, certificate.StatusNotRegistered, statusOf(t, srv, s.Person), s.Status)
		assert.ErrorIs(t, srv.Population.VerifyNIK(ctx, nikOf(t, s.Person)), certificate.ErrNIKNotFound)
	}
	again, err := srv.Populate(ctx, 7, 12)
	require.NoError(t, err, "the same people once more")
	for i := range again {
		assert.Equal(t, before[i].Person, again[i].Person)
	}
}

func TestSeveralNumbersOverTime(t *testing.T) {
	ctx, srv := t.Context(), mockbsre.New(t)
	p, id := enrol(t, srv, 2) // a PPPK
	first := srv.Clock.Now()
	srv.Clock.Advance(30 * 24 * time.Hour)
	number := p.EmployeeNumber[:8] + "202503" + p.EmployeeNumber[14:]
	changed, err := srv.ChangeNumber(ctx, p, number)
	require.NoError(t, err)
	assert.Equal(t, number, changed.EmployeeNumber)

	rec, err := srv.Registrar().Record(ctx, id)
	require.NoError(t, err)
	require.Len(t, rec.Numbers, 2)
	assert.Equal(t, p.EmployeeNumber, rec.Numbers[0].Value.Digits())
	assert.True(t, rec.Numbers[0].From.Equal(first))
	assert.Equal(t, number, rec.Number().Digits())
	assert.Equal(t, certificate.PNS, rec.Employment)
	for digits, want := range map[string]error{p.EmployeeNumber: certificate.ErrNumberNotFound, number: nil} {
		parsed, err := identity.ParseEmployeeNumber(digits)
		require.NoError(t, err)
		_, err = srv.Personnel.LookUp(ctx, parsed)
		assert.ErrorIs(t, err, want)
	}
	same, err := srv.ChangeNumber(ctx, changed, number)
	require.NoError(t, err)
	assert.Equal(t, changed, same)
}

func TestChangeNumberRefuses(t *testing.T) {
	ctx, srv := t.Context(), mockbsre.New(t)
	p := mockbsre.MadeUpPerson(2)
	_, err := srv.Seed(ctx, p, certificate.StatusNoCertificate, passphrase.Secret{})
	require.NoError(t, err)
	good := p.EmployeeNumber[:8] + "202503" + p.EmployeeNumber[14:]
	var transition *certificate.TransitionError
	_, err = srv.ChangeNumber(ctx, p, good)
	assert.ErrorAs(t, err, &transition, "an application under way")
	parsed, err := identity.ParseEmployeeNumber(good)
	require.NoError(t, err)
	_, err = srv.Personnel.LookUp(ctx, parsed)
	assert.ErrorIs(t, err, certificate.ErrNumberNotFound, "nothing is changed")

	for name, c := range map[string]struct {
		number string
		want   error
	}{
		"somebody's number": {good[:15] + "001", mockbsre.ErrNotMadeUp},
		"no number":         {"", certificate.ErrNumberNotFound},
		"malformed":         {"1980", identity.ErrMalformed},
	} {
		_, err := srv.ChangeNumber(ctx, p, c.number)
		assert.ErrorIs(t, err, c.want, name)
	}

	free := mockbsre.MadeUpPerson(5)
	_, err = srv.Seed(ctx, free, certificate.StatusNotRegistered, passphrase.Secret{})
	require.NoError(t, err)
	changed, err := srv.ChangeNumber(ctx, free, free.EmployeeNumber[:8]+"202503"+free.EmployeeNumber[14:])
	require.NoError(t, err, "who is not registered has the registers alone")
	_, err = srv.Enrol(ctx, changed, secret)
	var work *certificate.FormError
	assert.ErrorAs(t, err, &work, "the work mail of a PPPK no longer fits")
}
