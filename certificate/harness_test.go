package certificate_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"math/big"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase"
)

// Made-up people: district 99 in the NIK, NIP serials from 900.
var (
	budi = certificate.ApplicantForm{
		NIK: "3371994101850001", Name: "Budi Contoh", EmployeeNumber: "198501012010012901",
		SIASNEmail: "budi.contoh@example.com", WorkEmail: "budi.contoh@pns.magelangkota.go.id", Phone: "081200000001",
	}
	siti = certificate.ApplicantForm{
		NIK: "3371995502900002", Name: "Siti Misal", EmployeeNumber: "199002152015012902",
		SIASNEmail: "siti.misal@example.com", WorkEmail: "siti.misal@pns.magelangkota.go.id", Phone: "081200000002",
	}
	kontrak = certificate.ApplicantForm{
		NIK: "3371991203880003", Name: "Karto Kontrak", Employment: "contract",
		WorkEmail: "karto.kontrak@magelangkota.go.id", Phone: "081200000003",
	}
)

const (
	firstPhrase  = "Gunung#Merbabu7 sore"
	secondPhrase = "Sawah&Terasering9 pagi"
)

func secret(s string) passphrase.Secret { return passphrase.FromString(s) }

func factor(s string) certificate.Factor { return certificate.Factor{Passphrase: secret(s)} }

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

// population is a small strict Dukcapil.
type population struct {
	mu    sync.Mutex
	names map[string]string // NIK to name
	face  certificate.Match // answer to every selfie
	err   error
	asked int // selfies
}

func (p *population) VerifyNIK(_ context.Context, nik identity.NIK) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return p.err
	}
	if _, ok := p.names[nik.Digits()]; !ok {
		return certificate.ErrNIKNotFound
	}
	return nil
}

func (p *population) MatchName(_ context.Context, nik identity.NIK, name identity.Name) (certificate.Match, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known, ok := p.names[nik.Digits()]
	if !ok {
		return certificate.MatchUndetermined, certificate.ErrNIKNotFound
	}
	want, err := identity.ParseName(known)
	if err != nil {
		return certificate.MatchUndetermined, err
	}
	if want.Folded() == name.Folded() {
		return certificate.MatchYes, nil
	}
	return certificate.MatchNo, nil
}

func (p *population) MatchFace(context.Context, identity.NIK, []byte) (certificate.Match, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	return p.face, p.err
}

// personnel is a small SIASN.
type personnel map[string]certificate.Office

func (p personnel) LookUp(_ context.Context, n identity.EmployeeNumber) (certificate.Office, error) {
	office, ok := p[n.Digits()]
	if !ok {
		return certificate.Office{}, certificate.ErrNumberNotFound
	}
	return office, nil
}

// inbox is a Mailer that keeps what it gets.
type inbox struct {
	mu    sync.Mutex
	mails []certificate.Mail
	err   error

	quote  error    // fails with this and the link
	quoted []string // the links so quoted
}

func (b *inbox) Send(_ context.Context, m certificate.Mail) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return b.err
	}
	if b.quote != nil {
		b.quoted = append(b.quoted, m.Token().Reveal())
		return fmt.Errorf("%w, while sending %s", b.quote, m.URL())
	}
	b.mails = append(b.mails, m)
	return nil
}

func (b *inbox) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = err
}

func (b *inbox) kinds() []certificate.MailKind {
	b.mu.Lock()
	defer b.mu.Unlock()
	var kinds []certificate.MailKind
	for _, m := range b.mails {
		kinds = append(kinds, m.Kind)
	}
	return kinds
}

func (b *inbox) last(kind certificate.MailKind) (certificate.Mail, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := len(b.mails) - 1; i >= 0; i-- {
		if b.mails[i].Kind == kind {
			return b.mails[i], true
		}
	}
	return certificate.Mail{}, false
}

// ca is a strict little authority: it notices what a registrar must not do.
type ca struct {
	mu        sync.Mutex
	now       func() time.Time
	key       *ecdsa.PrivateKey
	cert      *x509.Certificate
	byRequest map[string]certificate.Issued
	cancelled map[string]bool
	revoked   map[certificate.Serial]certificate.Reason
	serial    int64
	life      time.Duration
	err       error // of every call
	errAfter  error // of Issue, after it has issued
}

func newCA(now func() time.Time) *ca {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Contoh CA"},
		NotBefore: now().Add(-time.Hour), NotAfter: now().AddDate(10, 0, 0), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return &ca{
		now: now, key: key, cert: cert, byRequest: map[string]certificate.Issued{},
		cancelled: map[string]bool{}, revoked: map[certificate.Serial]certificate.Reason{},
		serial: 100, life: 730*24*time.Hour - time.Second,
	}
}

func (c *ca) Issue(_ context.Context, req certificate.IssueRequest) (certificate.Issued, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return certificate.Issued{}, c.err
	}
	csr, err := x509.ParseCertificateRequest(req.CSR)
	if err != nil {
		return certificate.Issued{}, err
	}
	if err := csr.CheckSignature(); err != nil {
		return certificate.Issued{}, err
	}
	if c.cancelled[req.RequestID] {
		return certificate.Issued{}, errors.New("ca: request was cancelled")
	}
	issued, ok := c.byRequest[req.RequestID]
	if ok && !csr.PublicKey.(*ecdsa.PublicKey).Equal(issued.Certificate.PublicKey) {
		return certificate.Issued{}, errors.New("ca: same request, other key")
	}
	if !ok {
		c.serial++
		template := &x509.Certificate{
			SerialNumber: big.NewInt(c.serial), Subject: pkix.Name{CommonName: req.Subject.CommonName},
			NotBefore: c.now().Truncate(time.Second), NotAfter: c.now().Add(c.life).Truncate(time.Second),
		}
		der, err := x509.CreateCertificate(rand.Reader, template, c.cert, csr.PublicKey, c.key)
		if err != nil {
			return certificate.Issued{}, err
		}
		leaf, err := x509.ParseCertificate(der)
		if err != nil {
			return certificate.Issued{}, err
		}
		issued = certificate.Issued{Certificate: leaf, Chain: []*x509.Certificate{c.cert}}
		c.byRequest[req.RequestID] = issued
	}
	return issued, c.errAfter
}

func (c *ca) Revoke(_ context.Context, serial certificate.Serial, reason certificate.Reason, _ time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return c.err
	}
	switch old, ok := c.revoked[serial]; {
	case reason == certificate.ReasonRemoveFromCRL && ok && old != certificate.ReasonCertificateHold:
		return errors.New("ca: revoked is final")
	case reason == certificate.ReasonRemoveFromCRL:
		delete(c.revoked, serial)
	case !ok || old == certificate.ReasonCertificateHold:
		c.revoked[serial] = reason
	}
	return nil
}

func (c *ca) Cancel(_ context.Context, requestID string, _ time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return c.err
	}
	c.cancelled[requestID] = true
	if issued, ok := c.byRequest[requestID]; ok {
		serial, err := certificate.SerialOf(issued.Certificate)
		if err != nil {
			return err
		}
		c.revoked[serial] = certificate.ReasonSuperseded
	}
	return nil
}

// good returns the serials that the authority calls good: issued and not revoked.
func (c *ca) good() []certificate.Serial {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []certificate.Serial
	for _, issued := range c.byRequest {
		serial, err := certificate.SerialOf(issued.Certificate)
		if err != nil {
			panic(err)
		}
		if _, revoked := c.revoked[serial]; !revoked {
			list = append(list, serial)
		}
	}
	return list
}

// world is a registrar with everything around it.
type world struct {
	*certificate.Registrar
	cfg        certificate.RegistrarConfig
	ctx        context.Context
	clock      *clock
	store      certificate.Store
	population *population
	personnel  personnel
	inbox      *inbox
	ca         *ca
	vault      certificate.Vault
	keys       *certificate.MemoryKeyStore
	log        *bytes.Buffer
}

var start = time.Date(2026, time.March, 2, 1, 0, 0, 0, time.UTC)

var agreements = []certificate.Agreement{
	{Kind: certificate.PrivacyPolicy, Version: "2024-03", Text: "Kebijakan privasi contoh."},
	{Kind: certificate.SubscriberAgreement, Version: "2024-03", Text: "Perjanjian pemilik sertifikat elektronik contoh."},
}

func fastSealer(t require.TestingT, service passphrase.ServiceWrapper) *passphrase.Sealer {
	sealer, err := passphrase.NewSealer(passphrase.SealerConfig{Params: passphrase.FastParams(), Service: service})
	require.NoError(t, err)
	return sealer
}

// newWorld builds one; each change adjusts the configuration first.
func newWorld(t require.TestingT, changes ...func(*certificate.RegistrarConfig, *world)) *world {
	w := &world{
		ctx:   context.Background(),
		clock: &clock{now: start},
		population: &population{
			names: map[string]string{budi.NIK: budi.Name, siti.NIK: siti.Name, kontrak.NIK: kontrak.Name},
			face:  certificate.MatchYes,
		},
		personnel: personnel{
			budi.EmployeeNumber: {Agency: "Pemerintah Kota Magelang", Unit: "Dinas Contoh", Position: "Kepala Dinas", Province: "Jawa Tengah", Rank: "Pembina Utama Muda (IV/c)"},
			siti.EmployeeNumber: {Agency: "Pemerintah  Kota MAGELANG", Unit: "Sekretariat Contoh", Position: "Sekretaris", Province: "Jawa Tengah"},
		},
		inbox: &inbox{},
		keys:  certificate.NewMemoryKeyStore(),
		log:   new(bytes.Buffer),
	}
	w.ca = newCA(w.clock.Now)
	vault, err := certificate.NewSealedVault(certificate.SealedVaultConfig{Keys: w.keys, Sealer: fastSealer(t, nil)})
	require.NoError(t, err)
	w.cfg = certificate.RegistrarConfig{
		Agencies: []certificate.Agency{certificate.KotaMagelang()}, Store: certificate.NewMemoryStore(), Vault: vault,
		Issuer: w.ca, Population: w.population, Personnel: w.personnel, Mailer: w.inbox, Agreements: agreements,
		PortalURL: "https://portal.example/", PublicAnswerTime: 1, Now: w.clock.Now, Logger: slog.New(slog.NewTextHandler(w.log, nil)),
	}
	for _, change := range changes {
		change(&w.cfg, w)
	}
	w.store, w.vault = w.cfg.Store, w.cfg.Vault
	w.Registrar, err = certificate.NewRegistrar(w.cfg)
	require.NoError(t, err)
	return w
}

func applicant(t require.TestingT, form certificate.ApplicantForm) certificate.Applicant {
	a, findings := form.Check(certificate.KotaMagelang(), identity.DateOf(start))
	require.NoError(t, findings.Err())
	return a
}

func (w *world) register(t require.TestingT, form certificate.ApplicantForm) certificate.PersonID {
	a := applicant(t, form)
	v, err := w.VerifyNIK(w.ctx, a.NIK())
	require.NoError(t, err)
	id, err := w.Register(w.ctx, v, a)
	require.NoError(t, err)
	return id
}

// link delivers and returns the newest link of the kind.
func (w *world) link(t require.TestingT, kind certificate.MailKind) certificate.Token {
	_, err := w.Deliver(w.ctx)
	require.NoError(t, err)
	m, ok := w.inbox.last(kind)
	require.True(t, ok, "no mail %s", kind)
	return m.Token()
}

func (w *world) consent() []certificate.Acceptance {
	var list []certificate.Acceptance
	for _, a := range w.Registrar.Agreements() {
		list = append(list, a.Acceptance())
	}
	return list
}

func personalData(a certificate.Applicant) certificate.PersonalData {
	return certificate.PersonalData{Name: a.Name(), NIK: a.NIK(), Phone: a.Phone()}
}

// selfie is a small picture.
var selfie = func() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		panic(err)
	}
	return b.Bytes()
}()

// steps goes through the portal's pages up to, and without, Submit.
func (w *world) steps(t require.TestingT, token certificate.Token, form certificate.ApplicantForm) {
	a := applicant(t, form)
	require.NoError(t, w.PersonalData(w.ctx, token, personalData(a)))
	if a.Employment() != certificate.Contract {
		_, err := w.LookUpNumber(w.ctx, token, a.Number())
		require.NoError(t, err)
	}
	require.NoError(t, w.ConfirmOffice(w.ctx, token))
	_, err := w.Selfie(w.ctx, token, selfie)
	require.NoError(t, err)
}

// activated brings a person to NEW.
func (w *world) activated(t require.TestingT, form certificate.ApplicantForm) certificate.PersonID {
	id := w.register(t, form)
	token := w.link(t, certificate.MailActivation)
	w.steps(t, token, form)
	status, err := w.SubmitActivation(w.ctx, token, w.consent()...)
	require.NoError(t, err)
	require.Equal(t, certificate.StatusNew, status)
	return id
}

// issued brings a person to ISSUE.
func (w *world) issued(t require.TestingT, form certificate.ApplicantForm) certificate.PersonID {
	id := w.activated(t, form)
	_, err := w.SetPassphrase(w.ctx, w.link(t, certificate.MailSetPassphrase), secret(firstPhrase))
	require.NoError(t, err)
	return id
}

func (w *world) status(t require.TestingT, id certificate.PersonID) certificate.Status {
	report, err := w.Status(w.ctx, id)
	require.NoError(t, err)
	return report.Status
}

// mustUnlock opens the key and closes it again.
func (w *world) mustUnlock(t require.TestingT, id certificate.PersonID, phrase string) certificate.Serial {
	key, err := w.Unlock(w.ctx, id, factor(phrase))
	require.NoError(t, err)
	defer key.Close()
	return key.Serial
}
