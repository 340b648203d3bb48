package smtpmail_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/certificate/smtpmail"
)

var start = time.Date(2026, time.March, 2, 1, 0, 0, 0, time.UTC)

// A made-up person: district 99 in the NIK, a NIP serial from 900.
var budi = certificate.ApplicantForm{
	NIK: "3371994101850001", Name: "Budi Contoh", EmployeeNumber: "198501012010012901",
	SIASNEmail: "budi.contoh@example.com", WorkEmail: "budi.contoh@pns.magelangkota.go.id", Phone: "081200000001",
}

// registers know budi.
type registers struct{}

func (registers) VerifyNIK(context.Context, identity.NIK) error { return nil }
func (registers) MatchName(context.Context, identity.NIK, identity.Name) (certificate.Match, error) {
	return certificate.MatchYes, nil
}
func (registers) MatchFace(context.Context, identity.NIK, []byte) (certificate.Match, error) {
	return certificate.MatchYes, nil
}
func (registers) LookUp(context.Context, identity.EmployeeNumber) (certificate.Office, error) {
	return certificate.Office{Agency: "Pemerintah Kota Magelang", Unit: "Dinas Contoh", Position: "Kepala"}, nil
}

// world is a registrar that mails over SMTP, up to the activation.
type world struct {
	*certificate.Registrar
	applicant certificate.Applicant
	mu        sync.Mutex
	now       time.Time
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func newMailer(t testing.TB, cfg smtpmail.Config) *smtpmail.Mailer {
	m, err := smtpmail.New(cfg)
	require.NoError(t, err)
	return m
}

func newWorld(t testing.TB, mailer certificate.Mailer) *world {
	w := &world{now: start}
	vault, err := certificate.NewSealedVault(certificate.SealedVaultConfig{})
	require.NoError(t, err)
	w.Registrar, err = certificate.NewRegistrar(certificate.RegistrarConfig{
		Agencies: []certificate.Agency{certificate.KotaMagelang()}, Store: certificate.NewMemoryStore(), Vault: vault,
		Issuer: struct{ certificate.Issuer }{}, Population: registers{}, Personnel: registers{}, Mailer: mailer,
		Agreements: []certificate.Agreement{
			{Kind: certificate.PrivacyPolicy, Version: "1", Text: "Kebijakan"},
			{Kind: certificate.SubscriberAgreement, Version: "1", Text: "Perjanjian"},
		},
		PortalURL: "https://portal.example/", Now: w.clock,
	})
	require.NoError(t, err)
	applicant, findings := budi.Check(certificate.KotaMagelang(), identity.DateOf(start))
	require.NoError(t, findings.Err())
	w.applicant = applicant
	return w
}

func (w *world) register(t testing.TB) certificate.PersonID {
	v, err := w.VerifyNIK(t.Context(), w.applicant.NIK())
	require.NoError(t, err)
	id, err := w.Register(t.Context(), v, w.applicant)
	require.NoError(t, err)
	return id
}

// redeem goes through the activation with the link.
func (w *world) redeem(t testing.TB, link string) error {
	ctx := t.Context()
	prefix := w.LinkPrefix(certificate.PurposeActivation)
	require.Greater(t, len(link), len(prefix))
	require.Equal(t, prefix, link[:len(prefix)])
	token, err := certificate.ParseToken(link[len(prefix):])
	require.NoError(t, err)
	a := w.applicant
	if err := w.PersonalData(ctx, token, certificate.PersonalData{Name: a.Name(), NIK: a.NIK(), Phone: a.Phone()}); err != nil {
		return err
	}
	if _, err := w.LookUpNumber(ctx, token, a.Number()); err != nil {
		return err
	}
	if err := w.ConfirmOffice(ctx, token); err != nil {
		return err
	}
	var selfie bytes.Buffer
	require.NoError(t, png.Encode(&selfie, image.NewGray(image.Rect(0, 0, 8, 8))))
	if _, err := w.Selfie(ctx, token, selfie.Bytes()); err != nil {
		return err
	}
	var consent []certificate.Acceptance
	for _, agreement := range w.Agreements() {
		consent = append(consent, agreement.Acceptance())
	}
	_, err = w.SubmitActivation(ctx, token, consent...)
	return err
}

// keeper is a Mailer that keeps what it gets, for mails that only a registrar can compose.
type keeper struct{ mails []certificate.Mail }

func (k *keeper) Send(_ context.Context, m certificate.Mail) error {
	k.mails = append(k.mails, m)
	return nil
}

// activationMail is one of a registrar.
func activationMail(t testing.TB) certificate.Mail {
	var k keeper
	w := newWorld(t, &k)
	w.register(t)
	_, err := w.Deliver(t.Context())
	require.NoError(t, err)
	require.Len(t, k.mails, 1)
	return k.mails[0]
}
