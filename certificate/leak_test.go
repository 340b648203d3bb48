package certificate_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/passphrase/leaktest"
)

// secretsOf are the texts of a person that no error, log or print may hold.
func secretsOf(form certificate.ApplicantForm) []string {
	local, _, _ := strings.Cut(form.WorkEmail, "@")
	return []string{form.NIK, form.EmployeeNumber, form.Name, local, form.SIASNEmail, form.Phone, strings.TrimPrefix(form.Phone, "0")}
}

func TestNothingPersonalLeaks(t *testing.T) {
	w := newWorld(t)
	a, b := applicant(t, budi), applicant(t, siti)
	secrets := append(secretsOf(budi), secretsOf(siti)...)
	secrets = append(secrets, firstPhrase, secondPhrase, "Salah#Sekali7 lho")
	var results []any
	keep := func(values ...any) { results = append(results, values...) }

	v, err := w.VerifyNIK(w.ctx, a.NIK())
	keep(v, err)
	_, err = w.Register(w.ctx, certificate.VerifiedNIK{}, a)
	keep(err)
	id, err := w.Register(w.ctx, v, a)
	keep(id, err)
	_, err = w.Register(w.ctx, v, a)
	keep(err, errors.Unwrap(err))
	w.inbox.fail(errors.New("mail server is down"))
	_, err = w.Deliver(w.ctx)
	keep(err)
	w.inbox.fail(nil)
	w.clock.Advance(time.Minute)
	activation := w.link(t, certificate.MailActivation)
	seen, err := w.Inspect(w.ctx, activation, certificate.PurposeActivation)
	keep(seen, err)
	d := personalData(b)
	keep(d, w.PersonalData(w.ctx, activation, d))
	_, err = w.LookUpNumber(w.ctx, activation, b.Number())
	keep(err)
	w.steps(t, activation, budi)
	_, err = w.Selfie(w.ctx, activation, []byte(budi.NIK))
	keep(err)
	_, err = w.SubmitActivation(w.ctx, activation)
	keep(err)
	_, err = w.SubmitActivation(w.ctx, activation, w.consent()...)
	keep(err)
	_, err = w.SubmitActivation(w.ctx, activation, w.consent()...)
	keep(err)
	set := w.link(t, certificate.MailSetPassphrase)
	_, err = w.SetPassphrase(w.ctx, set, secret("Budi Contoh"))
	keep(err)
	w.ca.err = errors.New("authority is down")
	_, err = w.SetPassphrase(w.ctx, set, secret(firstPhrase))
	keep(err)
	w.ca.err = nil
	cert, err := w.SetPassphrase(w.ctx, set, secret(firstPhrase))
	keep(err, cert.Serial)
	_, err = w.Unlock(w.ctx, id, factor("Salah#Sekali7 lho"))
	keep(err, factor(firstPhrase))
	key, err := w.Unlock(w.ctx, id, factor(firstPhrase))
	keep(err)
	request := certificate.IssueRequest{RequestID: "R", Subject: certificate.Subject{ID: "S", CommonName: budi.Name, WorkMail: a.WorkEmail()}}
	keep(request, request.Subject, activation, set)
	keep(w.RequestWorkMail(w.ctx, id, b.SIASNEmail()))
	_, err = w.StatusByNIK(w.ctx, b.NIK())
	keep(err)
	_, err = w.Find(w.ctx, certificate.NIKIndex(b.NIK()))
	keep(err, certificate.NIKIndex(b.NIK()), certificate.WorkMailIndex(b.WorkEmail()), []certificate.Index{certificate.NumberIndex(b.Number())})
	other := siti
	other.WorkEmail = budi.WorkEmail
	vb, err := w.VerifyNIK(w.ctx, b.NIK())
	keep(err)
	_, err = w.Register(w.ctx, vb, applicant(t, other))
	keep(err)
	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	_, err = w.Unlock(ctx, id, factor(firstPhrase))
	keep(err)
	w.ca.err = errors.New("authority is down")
	keep(w.Suspend(w.ctx, id, operator))

	rec, err := w.Record(w.ctx, id)
	require.NoError(t, err)
	keep(rec, *rec, err, fmt.Sprintf("%v %+v %#v %s %x", cert, cert, cert, cert, cert))
	hidden := struct{ r *certificate.Record }{rec} // fmt calls no method of what is in here
	keep(fmt.Sprintf("%v %+v %#v", hidden, hidden, hidden))
	entries, err := w.Audit(w.ctx, id)
	keep(entries, entries[0], err)
	keep(w.log.String(), w.inbox.mails)
	for _, m := range w.inbox.mails {
		if !m.Token().IsZero() {
			secrets = append(secrets, m.Token().Reveal())
		}
	}
	require.Greater(t, len(secrets), 15)
	for i, v := range results {
		t.Run(fmt.Sprintf("result %d %T", i, v), func(t *testing.T) { leaktest.Hides(t, leaktest.Printed(v), secrets...) })
	}

	// At rest there is personal data, and no secret that opens anything.
	data, err := rec.MarshalBinary()
	require.NoError(t, err)
	leaktest.Hides(t, string(data), secrets[len(secretsOf(budi))+len(secretsOf(siti)):]...)
	assert.Contains(t, string(data), budi.NIK, "the search finds what is there")
	require.NoError(t, key.Close())
}

// Others quote what they were asked: a mail server its recipient, a register the number. What
// this package returns and logs of it names nobody, and errors.Is still sees the cause.
func TestErrorsOfOthersAreMasked(t *testing.T) {
	w := newWorld(t)
	a := applicant(t, budi)
	secrets := append(secretsOf(budi), strings.ToUpper(budi.WorkEmail), strings.ToUpper(budi.Name))
	quoting := fmt.Errorf("550 5.1.1 <%s> (%s, NIK %s, NIP %s, %s): %w: server 10.1.2.3", strings.ToUpper(budi.WorkEmail),
		strings.ToUpper(budi.Name), budi.NIK, budi.EmployeeNumber, budi.Phone, io.ErrUnexpectedEOF)
	check := func(name string, err error) {
		t.Helper()
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, name)
		require.ErrorContains(t, err, "550 5.1.1", name)
		require.ErrorContains(t, err, "server 10.1.2.3", name)
		leaktest.Hides(t, leaktest.Printed(err), secrets...)
	}
	// At this step nobody knows the name that belongs to the number.
	w.population.err = fmt.Errorf("550 5.1.1 NIK %s: %w: server 10.1.2.3", budi.NIK, io.ErrUnexpectedEOF)
	_, err := w.VerifyNIK(w.ctx, a.NIK())
	check("population register", err)
	w.population.err = nil
	id := w.register(t, budi)
	w.inbox.quote = quoting
	_, err = w.Deliver(w.ctx)
	check("mailer", err)
	leaktest.Hides(t, leaktest.Printed(err), w.inbox.quoted...)
	assert.NotEmpty(t, w.inbox.quoted, "a mailer that quotes the link")
	w.inbox.quote = nil
	w.clock.Advance(time.Hour)
	activation := w.link(t, certificate.MailActivation)
	w.steps(t, activation, budi)
	w.population.err = quoting
	_, err = w.Selfie(w.ctx, activation, selfie)
	check("comparison of faces", err)
	w.population.err = nil
	_, err = w.SubmitActivation(w.ctx, activation, w.consent()...)
	require.NoError(t, err)
	set := w.link(t, certificate.MailSetPassphrase)
	w.ca.err = quoting
	_, err = w.SetPassphrase(w.ctx, set, secret(firstPhrase))
	check("authority", err)
	w.ca.err = nil
	_, err = w.SetPassphrase(w.ctx, set, secret(firstPhrase))
	require.NoError(t, err)
	w.ca.err = quoting
	require.NoError(t, w.Suspend(w.ctx, id, operator))
	assert.Contains(t, w.log.String(), "550 5.1.1")
	leaktest.Hides(t, w.log.String(), secrets...)

	w.ca.err = errors.New(strings.Repeat("x", 1<<20))
	w.clock.Advance(time.Hour)
	_, err = w.Settle(w.ctx)
	require.Error(t, err)
	assert.Less(t, len(err.Error()), 1000, "long answers are cut")
}

func TestStoredRecordThatIsDamaged(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	good := w.bytes(t, id)
	for name, change := range map[string][2]string{
		"no JSON":           {"{", "["},
		"another version":   {`"v":1`, `"v":2`},
		"a NIK cut off":     {budi.NIK, budi.NIK[:15]},
		"an unknown status": {`"state":"ISSUE"`, `"state":"GOOD"`},
		"an unknown event":  {`"event":"register"`, `"event":"appear"`},
		"a broken hash":     {`"sha256":"`, `"sha256":"zz`},
		"a masked number":   {budi.EmployeeNumber, "**************2901"},
	} {
		bad := strings.Replace(string(good), change[0], change[1], 1)
		require.NotEqual(t, string(good), bad, name)
		err := new(certificate.Record).UnmarshalBinary([]byte(bad))
		require.ErrorIs(t, err, certificate.ErrRecord, name)
		leaktest.Hides(t, leaktest.Printed(err), secretsOf(budi)...)
	}
}

func FuzzRecord(f *testing.F) {
	w := newWorld(f)
	id := w.issued(f, budi)
	f.Add(w.bytes(f, id))
	f.Add([]byte(`{"v":1}`))
	f.Add([]byte(`{"v":1,"agreements":[{"kind":"privacy_policy","sha256":"00"}],"numbers":[{"value":""}]}`))
	for _, list := range []string{"history", "tokens", "agreements", "mails"} { // entries without their words
		f.Add([]byte(`{"v":1,"` + list + `":[{}]}`))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var rec certificate.Record
		if err := rec.UnmarshalBinary(data); err != nil {
			if !errors.Is(err, certificate.ErrRecord) {
				t.Fatal(err)
			}
			return
		}
		again, err := rec.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var second certificate.Record
		if err := second.UnmarshalBinary(again); err != nil {
			t.Fatal(err)
		}
		// Whatever was read, no question about it may panic.
		now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
		rec.Status(now)
		rec.StatusAt(now)
		rec.Indexes()
		rec.Expiry()
	})
}

func TestParseIDs(t *testing.T) {
	id := certificate.GeneratePersonID()
	again, err := certificate.ParsePersonID(id.String())
	require.NoError(t, err)
	assert.Equal(t, id, again)
	for _, bad := range []string{"", "A", strings.Repeat("A", 27), strings.Repeat("a", 26), strings.Repeat("1", 26), strings.Repeat("\x00", 26)} {
		_, err := certificate.ParsePersonID(bad)
		require.ErrorIs(t, err, certificate.ErrPersonID, "%q", bad)
	}
	for text, want := range map[string]string{"01": "01", "00ff": "ff", "7f" + strings.Repeat("ff", 19): "7f" + strings.Repeat("ff", 19)} {
		s, err := certificate.ParseSerial(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, s.String())
	}
	for _, bad := range []string{"", "00", "-1", "0x1", "1", "ff" + strings.Repeat("ff", 19), strings.Repeat("01", 21), "zz", strings.Repeat("0", 1<<20)} {
		_, err := certificate.ParseSerial(bad)
		require.ErrorIs(t, err, certificate.ErrSerial, "%.20q", bad)
	}
}
