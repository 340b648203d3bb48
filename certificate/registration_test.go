package certificate_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
)

func TestNewRegistrarRefuses(t *testing.T) {
	for name, change := range map[string]func(*certificate.RegistrarConfig){
		"no agency":              func(c *certificate.RegistrarConfig) { c.Agencies = nil },
		"an agency without name": func(c *certificate.RegistrarConfig) { c.Agencies = []certificate.Agency{{}} },
		"an agency twice": func(c *certificate.RegistrarConfig) {
			c.Agencies = append(c.Agencies, certificate.KotaMagelang())
		},
		"no store":                func(c *certificate.RegistrarConfig) { c.Store = nil },
		"no vault":                func(c *certificate.RegistrarConfig) { c.Vault = nil },
		"no issuer":               func(c *certificate.RegistrarConfig) { c.Issuer = nil },
		"no population register":  func(c *certificate.RegistrarConfig) { c.Population = nil },
		"no personnel register":   func(c *certificate.RegistrarConfig) { c.Personnel = nil },
		"no mailer":               func(c *certificate.RegistrarConfig) { c.Mailer = nil },
		"one agreement missing":   func(c *certificate.RegistrarConfig) { c.Agreements = agreements[:1] },
		"an agreement twice":      func(c *certificate.RegistrarConfig) { c.Agreements = append(agreements[:2:2], agreements[0]) },
		"no portal":               func(c *certificate.RegistrarConfig) { c.PortalURL = "" },
		"links over plain http":   func(c *certificate.RegistrarConfig) { c.PortalURL = "http://portal.example" },
		"a password in the link":  func(c *certificate.RegistrarConfig) { c.PortalURL = "https://a:b@portal.example" },
		"a query in the link":     func(c *certificate.RegistrarConfig) { c.PortalURL = "https://portal.example/?a=b" },
		"another scheme":          func(c *certificate.RegistrarConfig) { c.PortalURL = "ftp://portal.example" },
		"a negative life":         func(c *certificate.RegistrarConfig) { c.ActivationLife = -1 },
		"a negative interval":     func(c *certificate.RegistrarConfig) { c.MailInterval = -1 },
		"a negative selfie count": func(c *certificate.RegistrarConfig) { c.MaxSelfies = -1 },
	} {
		cfg := newWorld(t).cfg
		change(&cfg)
		_, err := certificate.NewRegistrar(cfg)
		require.ErrorIs(t, err, certificate.ErrConfig, name)
	}
	for _, local := range []string{"http://127.0.0.1:8080", "http://localhost:8080/bsre/", "http://[::1]:1"} {
		cfg := newWorld(t).cfg
		cfg.PortalURL = local
		_, err := certificate.NewRegistrar(cfg)
		require.NoError(t, err, local)
	}
}

func TestVerifyNIKIsAStepOfItsOwn(t *testing.T) {
	w := newWorld(t)
	a, b := applicant(t, budi), applicant(t, siti)

	_, err := w.Register(w.ctx, certificate.VerifiedNIK{}, a)
	require.ErrorIs(t, err, certificate.ErrNIKNotVerified, "not verified")

	other, err := w.VerifyNIK(w.ctx, b.NIK())
	require.NoError(t, err)
	_, err = w.Register(w.ctx, other, a)
	require.ErrorIs(t, err, certificate.ErrNIKNotVerified, "another NIK was verified")

	v, err := w.VerifyNIK(w.ctx, a.NIK())
	require.NoError(t, err)
	w.clock.Advance(15 * time.Minute)
	_, err = w.Register(w.ctx, v, a)
	require.ErrorIs(t, err, certificate.ErrNIKNotVerified, "verified too long ago")

	unknown, err := identity.ParseNIK("3371990101850009")
	require.NoError(t, err)
	_, err = w.VerifyNIK(w.ctx, unknown)
	require.ErrorIs(t, err, certificate.ErrNIKNotFound)
	_, err = w.VerifyNIK(w.ctx, identity.NIK{})
	require.ErrorIs(t, err, certificate.ErrNIKNotFound)

	w.population.err = errors.New("register is down")
	_, err = w.VerifyNIK(w.ctx, a.NIK())
	require.ErrorIs(t, err, w.population.err)
	assert.NotErrorIs(t, err, certificate.ErrNIKNotFound, "down is not unknown")
}

func TestRegisterRefuses(t *testing.T) {
	w := newWorld(t)
	verified := func(form certificate.ApplicantForm) (certificate.VerifiedNIK, certificate.Applicant) {
		a := applicant(t, form)
		v, err := w.VerifyNIK(w.ctx, a.NIK())
		require.NoError(t, err)
		return v, a
	}
	v, a := verified(kontrak)
	_, err := w.Register(w.ctx, v, a)
	require.ErrorIs(t, err, certificate.ErrThroughOffice)

	elsewhere := certificate.KotaMagelang()
	elsewhere.Name = "Pemerintah Kota Contoh"
	foreign, findings := budi.Check(elsewhere, identity.DateOf(start))
	require.NoError(t, findings.Err())
	v, _ = verified(budi)
	_, err = w.Register(w.ctx, v, foreign)
	require.ErrorIs(t, err, certificate.ErrNotServed)
	_, err = w.Register(w.ctx, v, certificate.Applicant{})
	require.ErrorIs(t, err, certificate.ErrNIKNotVerified)

	id := w.issued(t, budi)
	w.clock.Advance(time.Hour)
	v, a = verified(budi)
	_, err = w.Register(w.ctx, v, a)
	var transition *certificate.TransitionError
	require.ErrorAs(t, err, &transition, "who has a certificate")
	assert.Equal(t, certificate.StatusIssue, transition.From)
	assert.Equal(t, certificate.StatusIssue, w.status(t, id))

	for kind, change := range map[certificate.IndexKind]func(*certificate.ApplicantForm){
		certificate.IndexNumber:   func(f *certificate.ApplicantForm) { f.EmployeeNumber = budi.EmployeeNumber },
		certificate.IndexWorkMail: func(f *certificate.ApplicantForm) { f.WorkEmail = budi.WorkEmail },
	} {
		form := siti
		change(&form)
		v, a := verified(form)
		_, err = w.Register(w.ctx, v, a)
		var duplicate *certificate.DuplicateError
		require.ErrorAs(t, err, &duplicate)
		assert.Equal(t, kind, duplicate.Kind)
	}
}

func TestRegisterAgainCorrectsTheForm(t *testing.T) {
	w := newWorld(t)
	wrong := budi
	wrong.WorkEmail = "salah.ketik@pns.magelangkota.go.id"
	id := w.register(t, wrong)
	old := w.link(t, certificate.MailActivation)

	a := applicant(t, budi)
	v, err := w.VerifyNIK(w.ctx, a.NIK())
	require.NoError(t, err)
	_, err = w.Register(w.ctx, v, a)
	var soon *certificate.TooSoonError
	require.ErrorAs(t, err, &soon, "one mail a minute")
	assert.Equal(t, time.Minute, soon.RetryAfter)

	w.clock.Advance(time.Minute)
	assert.Equal(t, id, w.register(t, budi), "the same person")
	_, err = w.Inspect(w.ctx, old, certificate.PurposeActivation)
	require.ErrorIs(t, err, certificate.ErrTokenSuperseded, "already void, before the new one is sent")
	w.link(t, certificate.MailActivation)
	mail, _ := w.inbox.last(certificate.MailActivation)
	assert.Equal(t, a.WorkEmail(), mail.To)

	rec, err := w.Record(w.ctx, id)
	require.NoError(t, err)
	assert.Len(t, rec.WorkMails, 1, "what was never confirmed leaves no trace")
}

func TestLapsedRegistrationBlocksNobody(t *testing.T) {
	w := newWorld(t)
	wrong := siti
	wrong.WorkEmail = budi.WorkEmail
	other := w.register(t, wrong)
	w.link(t, certificate.MailActivation)
	w.clock.Advance(24 * time.Hour)
	assert.Equal(t, certificate.StatusNotRegistered, w.status(t, other), "computed from the clock")

	id := w.register(t, budi)
	assert.NotEqual(t, other, id)
	found, err := w.Find(w.ctx, certificate.WorkMailIndex(applicant(t, budi).WorkEmail()))
	require.NoError(t, err)
	assert.Equal(t, id, found)
}

func TestContractPeopleGoThroughTheOffice(t *testing.T) {
	w := newWorld(t)
	a := applicant(t, kontrak)
	v, err := w.VerifyNIK(w.ctx, a.NIK())
	require.NoError(t, err)
	office := certificate.Office{Unit: "Dinas Contoh", Position: "Tenaga Ahli", Province: "Jawa Tengah"}

	_, err = w.RegisterContract(w.ctx, v, a, certificate.Approval{Office: office})
	require.ErrorIs(t, err, certificate.ErrOperatorRequired)
	operator := certificate.Operator{ID: "petugas-1"}
	b := applicant(t, budi)
	vb, err := w.VerifyNIK(w.ctx, b.NIK())
	require.NoError(t, err)
	_, err = w.RegisterContract(w.ctx, vb, b, certificate.Approval{Operator: operator})
	require.ErrorIs(t, err, certificate.ErrNotServed, "civil servants use the portal")

	id, err := w.RegisterContract(w.ctx, v, a, certificate.Approval{Operator: operator, Office: office})
	require.NoError(t, err)
	token := w.link(t, certificate.MailActivation)
	seen, err := w.Inspect(w.ctx, token, certificate.PurposeActivation)
	require.NoError(t, err)
	assert.Equal(t, "Tenaga Ahli", seen.Office.Position, "what the operator entered is shown")
	assert.Equal(t, a.Agency().Name, seen.Office.Agency)
	w.steps(t, token, kontrak)
	_, err = w.SubmitActivation(w.ctx, token, w.consent()...)
	require.NoError(t, err)
	_, err = w.SetPassphrase(w.ctx, w.link(t, certificate.MailSetPassphrase), secret(firstPhrase))
	require.NoError(t, err)
	assert.Equal(t, certificate.StatusIssue, w.status(t, id))
	entries, err := w.Audit(w.ctx, id)
	require.NoError(t, err)
	assert.Equal(t, "petugas-1", entries[0].Actor)
	require.NoError(t, w.RequestRenewal(w.ctx, id), "no register is asked for contract people")
}

func TestWithdraw(t *testing.T) {
	w := newWorld(t)
	id := w.activated(t, budi)
	token := w.link(t, certificate.MailSetPassphrase)
	require.NoError(t, w.Withdraw(w.ctx, id))
	assert.Equal(t, certificate.StatusNotRegistered, w.status(t, id))
	_, err := w.SetPassphrase(w.ctx, token, secret(firstPhrase))
	require.ErrorIs(t, err, certificate.ErrTokenSuperseded)
	w.clock.Advance(time.Minute)
	assert.Equal(t, id, w.issued(t, budi), "and again from the beginning")
	require.Error(t, w.Withdraw(w.ctx, id), "a certificate is revoked, not withdrawn")
}

func TestUnknownPerson(t *testing.T) {
	w := newWorld(t)
	for _, id := range []certificate.PersonID{{}, certificate.GeneratePersonID()} {
		_, err := w.Status(w.ctx, id)
		require.ErrorIs(t, err, certificate.ErrNotFound)
		require.ErrorIs(t, w.RequestReset(w.ctx, id), certificate.ErrNotFound)
		require.ErrorIs(t, w.Readmit(w.ctx, id, certificate.Operator{ID: "a"}), certificate.ErrNotFound)
		_, err = w.Unlock(w.ctx, id, factor(firstPhrase))
		require.ErrorIs(t, err, certificate.ErrNotFound)
	}
}
