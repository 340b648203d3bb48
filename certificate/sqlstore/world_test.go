package sqlstore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/certificate/sqlstore"
	"github.com/sertel-id/sertel/passphrase"
)

// start is the present, cut to seconds: certificates are checked against the real clock by some.
var start = time.Now().UTC().Truncate(time.Second)

// clock moves only when told.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// registers knows everybody.
type registers struct{}

func (registers) VerifyNIK(context.Context, identity.NIK) error { return nil }

func (registers) MatchName(context.Context, identity.NIK, identity.Name) (certificate.Match, error) {
	return certificate.MatchYes, nil
}

func (registers) MatchFace(context.Context, identity.NIK, []byte) (certificate.Match, error) {
	return certificate.MatchYes, nil
}

func (registers) LookUp(context.Context, identity.EmployeeNumber) (certificate.Office, error) {
	return certificate.Office{Agency: certificate.KotaMagelang().Name, Unit: "Dinas Contoh", Position: "Staf", Province: "Jawa Tengah"}, nil
}

// inbox keeps the newest link of each kind and address.
type inbox struct {
	mu    sync.Mutex
	links map[string]certificate.Token
}

func (b *inbox) Send(_ context.Context, m certificate.Mail) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.links[m.Kind.String()+" "+m.To.Address()] = m.Token()
	return nil
}

func (b *inbox) link(kind certificate.MailKind, to string) certificate.Token {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.links[kind.String()+" "+to]
}

// office is a service around one database.
type office struct {
	*certificate.Registrar
	ca    *authority.Authority
	clock *clock
	inbox *inbox
}

var agreements = []certificate.Agreement{
	{Kind: certificate.PrivacyPolicy, Version: "2024-03", Text: "Kebijakan privasi contoh."},
	{Kind: certificate.SubscriberAgreement, Version: "2024-03", Text: "Perjanjian pemilik sertifikat elektronik contoh."},
}

func authorityConfig(ledger authority.Ledger, now func() time.Time) authority.Config {
	return authority.Config{
		RootName:      authority.Name{CommonName: "Root CA Kota Contoh", Organization: "Pemerintah Kota Contoh"},
		IssuingName:   authority.Name{CommonName: "CA Pegawai Kota Contoh G1", Organization: "Pemerintah Kota Contoh"},
		ResponderName: authority.Name{CommonName: "Responder OCSP Kota Contoh", Organization: "Pemerintah Kota Contoh"},
		BaseURL:       "http://pki.contoh.example", Ledger: ledger, Now: now,
	}
}

// newOffice keeps everything in the database: people, keys, serials, tries at passphrases.
func newOffice(t testing.TB, d *sqlstore.Database) *office {
	t.Helper()
	o := &office{clock: &clock{now: start}, inbox: &inbox{links: map[string]certificate.Token{}}}
	sealer, err := passphrase.NewSealer(passphrase.SealerConfig{Params: passphrase.FastParams()})
	require.NoError(t, err)
	vault, err := certificate.NewSealedVault(certificate.SealedVaultConfig{Keys: d.KeyStore(), Sealer: sealer})
	require.NoError(t, err)
	o.ca, err = authority.New(t.Context(), authorityConfig(d.Ledger(), o.clock.Now))
	require.NoError(t, err)
	o.Registrar, err = certificate.NewRegistrar(certificate.RegistrarConfig{
		Agencies: []certificate.Agency{certificate.KotaMagelang()}, Store: d.Store(), Vault: vault, Issuer: o.ca,
		Population: registers{}, Personnel: registers{}, Mailer: o.inbox, Agreements: agreements,
		PortalURL: "https://portal.example/", PublicAnswerTime: 1, Now: o.clock.Now,
		Limiter: passphrase.NewLimiter(passphrase.LimiterConfig{Store: d.Attempts(), Now: o.clock.Now}),
	})
	require.NoError(t, err)
	return o
}

// form is the n-th made-up person: district 99 in the NIK, NIP serials from 900.
func form(n int) certificate.ApplicantForm {
	return certificate.ApplicantForm{
		NIK: fmt.Sprintf("337199410185%04d", n+1), Name: "Siti Contoh",
		EmployeeNumber: fmt.Sprintf("1985010120%02d012%03d", 5+n/100, 900+n%100),
		SIASNEmail:     fmt.Sprintf("siti%d@example.com", n), WorkEmail: workMail(n), Phone: "081200000001",
	}
}

func workMail(n int) string { return fmt.Sprintf("siti%d@pns.magelangkota.go.id", n) }

func applicant(t require.TestingT, n int) certificate.Applicant {
	a, findings := form(n).Check(certificate.KotaMagelang(), identity.DateOf(start))
	require.NoError(t, findings.Err())
	return a
}

const phrase = "Gunung#Merbabu7 sore"

// selfie is a small picture.
var selfie = func() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		panic(err)
	}
	return b.Bytes()
}()

// step brings the n-th person one page further towards ISSUE, as somebody who sees the portal and
// the mailbox, and nothing else. It is done when it returns true.
func (o *office) step(ctx context.Context, a certificate.Applicant, n int) (done bool, err error) {
	report, err := o.StatusByNIK(ctx, a.NIK())
	if err != nil {
		return false, err
	}
	switch report.Status {
	case certificate.StatusNotRegistered:
		err = o.registerOnce(ctx, a)
	case certificate.StatusNoCertificate:
		if err = o.activateOnce(ctx, a, n); errors.Is(err, certificate.ErrTokenRefused) {
			err = o.registerOnce(ctx, a)
		}
	case certificate.StatusNew:
		_, err = o.SetPassphrase(ctx, o.inbox.link(certificate.MailSetPassphrase, workMail(n)), passphrase.FromString(phrase))
		if errors.Is(err, certificate.ErrTokenRefused) {
			err = o.RequestPassphraseLink(ctx, report.Person)
		}
	case certificate.StatusIssue:
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if report, err = o.StatusByNIK(ctx, a.NIK()); err == nil {
		_, err = o.DeliverTo(ctx, report.Person)
	}
	return false, err
}

func (o *office) registerOnce(ctx context.Context, a certificate.Applicant) error {
	v, err := o.VerifyNIK(ctx, a.NIK())
	if err == nil {
		_, err = o.Register(ctx, v, a)
	}
	return err
}

func (o *office) activateOnce(ctx context.Context, a certificate.Applicant, n int) error {
	token := o.inbox.link(certificate.MailActivation, workMail(n))
	if err := o.PersonalData(ctx, token, certificate.PersonalData{Name: a.Name(), NIK: a.NIK(), Phone: a.Phone()}); err != nil {
		return err
	}
	if _, err := o.LookUpNumber(ctx, token, a.Number()); err != nil {
		return err
	}
	if err := o.ConfirmOffice(ctx, token); err != nil {
		return err
	}
	if _, err := o.Selfie(ctx, token, selfie); err != nil {
		return err
	}
	var consent []certificate.Acceptance
	for _, g := range o.Agreements() {
		consent = append(consent, g.Acceptance())
	}
	_, err := o.SubmitActivation(ctx, token, consent...)
	return err
}

// enrol brings the n-th person to ISSUE where nothing fails.
func (o *office) enrol(t testing.TB, n int) certificate.PersonID {
	t.Helper()
	a := applicant(t, n)
	for range 10 {
		done, err := o.step(t.Context(), a, n)
		require.NoError(t, err)
		if done {
			id, err := o.Find(t.Context(), certificate.NIKIndex(a.NIK()))
			require.NoError(t, err)
			return id
		}
	}
	t.Fatal("no way to ISSUE")
	return certificate.PersonID{}
}
