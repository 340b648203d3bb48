package mockbsre_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ocsp"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/passphrase/leaktest"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/verify"
)

var (
	secret = passphrase.FromString("Tiga-Kelinci9-Ungu")
	other  = passphrase.FromString("Panci!Lembut4Naik")
)

func nikOf(t testing.TB, p mockbsre.Person) identity.NIK {
	t.Helper()
	nik, err := identity.ParseNIK(p.NIK)
	require.NoError(t, err)
	return nik
}

func statusOf(t testing.TB, srv *mockbsre.Server, p mockbsre.Person) certificate.Status {
	t.Helper()
	report, err := srv.Registrar().StatusByNIK(t.Context(), nikOf(t, p))
	require.NoError(t, err)
	return report.Status
}

func enrol(t testing.TB, srv *mockbsre.Server, n int) (mockbsre.Person, certificate.PersonID) {
	t.Helper()
	p := mockbsre.MadeUpPerson(n)
	id, err := srv.Enrol(t.Context(), p, secret)
	require.NoError(t, err)
	return p, id
}

func letter(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "examples", "naskahdinas", "letter", "surat-undangan.pdf"))
	require.NoError(t, err)
	return data
}

func sign(t testing.TB, srv *mockbsre.Server, id certificate.PersonID, s passphrase.Secret, in []byte) ([]byte, signing.Receipt, error) {
	t.Helper()
	signer, err := srv.Signer(id)
	require.NoError(t, err)
	var out bytes.Buffer
	receipt, err := signer.SignDocument(t.Context(), &out, bytes.NewReader(in), int64(len(in)),
		signing.Request{Credential: signing.Credential{Passphrase: s}})
	return out.Bytes(), receipt, err
}

func judge(t testing.TB, srv *mockbsre.Server, document []byte) *verify.Report {
	t.Helper()
	report, err := verify.Verify(t.Context(), bytes.NewReader(document), int64(len(document)), verify.Options{
		Roots: verify.Trust(srv.Root()), Now: srv.Clock.Now,
	})
	require.NoError(t, err)
	return report
}

func TestSeedEveryStatus(t *testing.T) {
	ctx, srv := t.Context(), mockbsre.New(t)
	before := srv.Clock.Now()
	for i, want := range certificate.Statuses() {
		t.Run(want.String(), func(t *testing.T) {
			p := mockbsre.MadeUpPerson(i)
			id, err := srv.Seed(ctx, p, want, secret)
			require.NoError(t, err)
			report, err := srv.Registrar().StatusByNIK(ctx, nikOf(t, p))
			require.NoError(t, err)
			assert.Equal(t, want, report.Status)
			assert.Equal(t, id, report.Person)
		})
	}
	assert.Equal(t, before, srv.Clock.Now(), "the clock is where it was")
}

func TestSeedRefuses(t *testing.T) {
	ctx, srv := t.Context(), mockbsre.New(t)
	_, err := srv.Seed(ctx, mockbsre.MadeUpPerson(0), certificate.StatusUnknown, secret)
	assert.ErrorIs(t, err, mockbsre.ErrSeed)
	_, err = srv.Seed(ctx, mockbsre.MadeUpPerson(1), certificate.StatusIssue, passphrase.Secret{})
	assert.ErrorIs(t, err, mockbsre.ErrSeed)
	_, err = srv.Seed(ctx, mockbsre.MadeUpPerson(2), certificate.StatusIssue, passphrase.FromString("magelang"))
	assert.ErrorIs(t, err, passphrase.ErrPolicy)
}

func TestSeedContract(t *testing.T) {
	srv := mockbsre.New(t)
	p := mockbsre.MadeUpPerson(3)
	p.EmployeeNumber, p.WorkEmail = "", "kontrak.contoh@magelangkota.go.id"
	_, err := srv.Enrol(t.Context(), p, secret)
	require.NoError(t, err)
	assert.Equal(t, certificate.StatusIssue, statusOf(t, srv, p))
}

func TestSignsAndVerifies(t *testing.T) {
	srv := mockbsre.New(t)
	p, id := enrol(t, srv, 0)
	signed, receipt, err := sign(t, srv, id, secret, letter(t))
	require.NoError(t, err)
	assert.Equal(t, signing.LevelBLT, receipt.Level)
	assert.Equal(t, signing.TimeAuthority, receipt.TimeSource)
	assert.True(t, receipt.Time.Equal(srv.Clock.Now()), "time-stamps obey the clock")
	report := judge(t, srv, signed)
	require.NoError(t, report.Err())
	assert.Equal(t, verify.LevelBLT, report.Signatures[0].Level)
	name, err := identity.ParseName(p.Name)
	require.NoError(t, err)
	assert.Equal(t, name.Plain(), report.Signatures[0].Signer.CommonName)

	_, _, err = sign(t, srv, id, other, letter(t))
	assert.ErrorIs(t, err, signing.ErrCredential)
	_, _, err = sign(t, srv, id, passphrase.Secret{}, letter(t))
	assert.ErrorIs(t, err, signing.ErrCredential)
}

func TestAnotherFakeTrustsNothing(t *testing.T) {
	one, two := mockbsre.New(t), mockbsre.New(t)
	_, id := enrol(t, one, 0)
	signed, _, err := sign(t, one, id, secret, letter(t))
	require.NoError(t, err)
	assert.NoError(t, judge(t, one, signed).Err())
	assert.ErrorIs(t, judge(t, two, signed).Err(), verify.ErrIndeterminate, "each start has a root of its own")
}

func TestRSALikeBSrE(t *testing.T) {
	srv := mockbsre.NewUnstarted(mockbsre.Config{RSA: true, BSrELike: true})
	require.NoError(t, srv.Start(t.Context()))
	defer srv.Close()
	_, id := enrol(t, srv, 0)
	key, err := srv.KeySource(id).Open(t.Context(), signing.Credential{Passphrase: secret})
	require.NoError(t, err)
	defer func() { require.NoError(t, key.Close()) }()
	assert.Equal(t, "RSA", key.Certificate.PublicKeyAlgorithm.String())
	assert.Empty(t, key.Certificate.ExtKeyUsage, "Adobe's usage alone")
	assert.Len(t, key.Certificate.UnknownExtKeyUsage, 1)
}

func TestResetKeepsTheCertificate(t *testing.T) {
	ctx, srv := t.Context(), mockbsre.New(t)
	p, id := enrol(t, srv, 0)
	before, err := srv.Registrar().Status(ctx, id)
	require.NoError(t, err)

	require.NoError(t, srv.Registrar().RequestReset(ctx, id))
	m, err := srv.Inbox.Latest(mockbsre.Query{To: p.WorkEmail, Kind: certificate.MailResetPassphrase})
	require.NoError(t, err)
	token, err := m.Token()
	require.NoError(t, err)
	_, err = srv.Registrar().ResetPassphrase(ctx, token, other, mockbsre.Accepted()...)
	require.NoError(t, err)

	after, err := srv.Registrar().Status(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, before.Serial, after.Serial)
	_, _, err = sign(t, srv, id, secret, letter(t))
	assert.ErrorIs(t, err, signing.ErrCredential)
	_, _, err = sign(t, srv, id, other, letter(t))
	assert.NoError(t, err)
}

func TestStatusDecidesWhoSigns(t *testing.T) {
	ctx, srv := t.Context(), mockbsre.New(t)
	for i, status := range certificate.Statuses() {
		id, err := srv.Seed(ctx, mockbsre.MadeUpPerson(i), status, secret)
		require.NoError(t, err)
		if id.IsZero() {
			continue
		}
		_, _, err = sign(t, srv, id, secret, letter(t))
		if status == certificate.StatusIssue {
			assert.NoError(t, err)
			continue
		}
		var transition *certificate.TransitionError
		assert.ErrorAs(t, err, &transition, status)
	}
}

func TestEverythingObeysTheClock(t *testing.T) {
	ctx, srv := t.Context(), mockbsre.New(t)
	p, id := enrol(t, srv, 0)
	signed, _, err := sign(t, srv, id, secret, letter(t))
	require.NoError(t, err)

	srv.Clock.Advance(730*24*time.Hour - time.Second)
	assert.Equal(t, certificate.StatusIssue, statusOf(t, srv, p), "the last second of validity")
	srv.Clock.Advance(time.Second)
	assert.Equal(t, certificate.StatusExpired, statusOf(t, srv, p))
	_, _, err = sign(t, srv, id, secret, letter(t))
	var transition *certificate.TransitionError
	assert.ErrorAs(t, err, &transition)
	assert.NoError(t, judge(t, srv, signed).Err(), "what was signed in time stays valid")

	start := srv.Clock.Now().Add(-time.Hour)
	srv.Clock.Set(start)
	assert.Equal(t, start, srv.Clock.Now())
	assert.Equal(t, certificate.StatusIssue, statusOf(t, srv, p))
	_, err = srv.Registrar().Status(ctx, id)
	assert.NoError(t, err)
}

func TestMailIsDeliveredBeforeTheTimeMoves(t *testing.T) {
	ctx, srv := t.Context(), mockbsre.New(t)
	p := mockbsre.MadeUpPerson(0)
	_, err := srv.Seed(ctx, p, certificate.StatusNoCertificate, secret)
	require.NoError(t, err)
	registered := srv.Clock.Now()
	srv.Clock.Advance(24 * time.Hour)
	m, err := srv.Inbox.Latest(mockbsre.Query{To: p.WorkEmail})
	require.NoError(t, err)
	assert.Equal(t, registered, m.At)
	token, err := m.Token()
	require.NoError(t, err)
	_, err = srv.Registrar().Inspect(ctx, token, certificate.PurposeActivation)
	assert.ErrorIs(t, err, certificate.ErrTokenExpired)
}

func TestRevocationIsSeenEverywhere(t *testing.T) {
	ctx, srv := t.Context(), mockbsre.New(t)
	p, id := enrol(t, srv, 0)
	key, err := srv.KeySource(id).Open(ctx, signing.Credential{Passphrase: secret})
	require.NoError(t, err)
	ask := func() *ocsp.Response {
		request, err := ocsp.CreateRequest(key.Certificate, key.Chain[0], nil)
		require.NoError(t, err)
		answer, err := srv.Client().Post(key.Certificate.OCSPServer[0], "application/ocsp-request", bytes.NewReader(request))
		require.NoError(t, err)
		defer answer.Body.Close()
		require.Equal(t, http.StatusOK, answer.StatusCode)
		var body bytes.Buffer
		_, err = body.ReadFrom(answer.Body)
		require.NoError(t, err)
		parsed, err := ocsp.ParseResponseForCert(body.Bytes(), key.Certificate, key.Chain[0])
		require.NoError(t, err)
		return parsed
	}
	assert.Equal(t, ocsp.Good, ask().Status)
	srv.Clock.Advance(time.Hour)
	require.NoError(t, srv.Registrar().RevokeByOwner(ctx, id, certificate.ReasonKeyCompromise))
	assert.Equal(t, ocsp.Revoked, ask().Status)
	assert.Equal(t, certificate.StatusRevoke, statusOf(t, srv, p))
	_, err = srv.Inbox.Latest(mockbsre.Query{To: p.WorkEmail, Kind: certificate.MailRevoked})
	assert.NoError(t, err)

	list, err := srv.Client().Get(key.Certificate.CRLDistributionPoints[0])
	require.NoError(t, err)
	defer list.Body.Close()
	assert.Equal(t, http.StatusOK, list.StatusCode)
}

func TestNetworkIsTheFakesAlone(t *testing.T) {
	srv := mockbsre.New(t)
	_, err := srv.Client().Get("http://192.0.2.1/")
	assert.ErrorIs(t, err, mockbsre.ErrNoNetwork)
	answer, err := srv.Client().Get(mockbsre.AuthorityURL + "/nothing")
	require.NoError(t, err)
	defer answer.Body.Close()
	assert.Equal(t, http.StatusNotFound, answer.StatusCode)
	_, err = srv.Client().Post(mockbsre.TimestampURL, "application/timestamp-query", bytes.NewReader(make([]byte, 13<<20)))
	assert.ErrorContains(t, err, "over")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, mockbsre.AuthorityURL, nil)
	require.NoError(t, err)
	_, err = srv.Transport().RoundTrip(request)
	assert.ErrorIs(t, err, context.Canceled)
	srv.Close()
	srv.Close()
	_, err = srv.Client().Get(mockbsre.AuthorityURL)
	assert.ErrorIs(t, err, mockbsre.ErrNoNetwork)
}

func TestStart(t *testing.T) {
	srv := mockbsre.NewUnstarted(mockbsre.Config{Start: time.Date(2027, 1, 4, 8, 0, 0, 999, time.UTC)})
	for name, use := range map[string]func(){
		"Registrar": func() { srv.Registrar() }, "Root": func() { srv.Root() }, "Transport": func() { srv.Transport() },
	} {
		assert.Panics(t, use, name)
	}
	assert.Empty(t, srv.Inbox.List())
	require.NoError(t, srv.Population.Add(mockbsre.MadeUpPerson(0)), "registers can be filled before")
	require.NoError(t, srv.Start(t.Context()))
	assert.Equal(t, time.Date(2027, 1, 4, 8, 0, 0, 0, time.UTC), srv.Clock.Now())
	assert.ErrorIs(t, srv.Start(t.Context()), mockbsre.ErrState)
	srv.Close()
	assert.ErrorIs(t, srv.Start(t.Context()), mockbsre.ErrState)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, mockbsre.NewUnstarted(mockbsre.Config{}).Start(ctx), context.Canceled)
}

func TestNamesSayThatItIsAFake(t *testing.T) {
	srv := mockbsre.New(t)
	_, id := enrol(t, srv, 0)
	key, err := srv.KeySource(id).Open(t.Context(), signing.Credential{Passphrase: secret})
	require.NoError(t, err)
	for _, name := range []string{srv.Root().Subject.String(), key.Certificate.Issuer.String()} {
		assert.Contains(t, name, "TIRUAN")
		assert.Contains(t, name, "bukan BSrE")
	}
	for _, a := range mockbsre.Agreements() {
		assert.Contains(t, a.Text, "TIRUAN")
	}
}

func TestParallelEnrolment(t *testing.T) {
	srv := mockbsre.New(t)
	in := letter(t)
	var wg sync.WaitGroup
	for n := range 24 {
		wg.Go(func() {
			p := mockbsre.MadeUpPerson(n)
			id, err := srv.Enrol(t.Context(), p, secret)
			if !assert.NoError(t, err) {
				return
			}
			signed, _, err := sign(t, srv, id, secret, in)
			if assert.NoError(t, err) {
				assert.NoError(t, judge(t, srv, signed).Err())
			}
		})
	}
	wg.Wait()
	assert.Len(t, srv.Inbox.Search(mockbsre.Query{Kind: certificate.MailCertificateIssued}), 24)
}

func TestPrintsNothingPersonal(t *testing.T) {
	srv := mockbsre.New(t)
	p, id := enrol(t, srv, 0)
	m, err := srv.Inbox.Latest(mockbsre.Query{Kind: certificate.MailActivation})
	require.NoError(t, err)
	for _, value := range []any{
		p, &p, m, []any{p, m}, map[string]any{"p": p}, srv.KeySource(id), mockbsre.Seeded{Person: p, Passphrase: passphrase.FromString("Kelinci9")},
		srv, srv.Inbox, srv.Population, srv.Personnel, srv.Journal(),
	} {
		_, err := json.Marshal(value)
		require.NoError(t, err)
		leaktest.Hides(t, leaktest.Printed(value), p.NIK, p.EmployeeNumber, p.Name, p.WorkEmail, m.Links[0], "Kelinci9")
	}
	leaktest.Hides(t, leaktest.Printed(mockbsre.EsignConfig{Password: passphrase.FromString("Kelinci9")}), "Kelinci9")
}

// Measured: 2 ms for a fake and 5 ms for an enrolment, each the median; the
// targets are 20 and 30.
func BenchmarkNew(b *testing.B) {
	var took []time.Duration
	for b.Loop() {
		begin := time.Now()
		srv := mockbsre.NewUnstarted(mockbsre.Config{})
		if err := srv.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begin))
		srv.Close()
	}
	reportMedian(b, took)
}

func BenchmarkEnrol(b *testing.B) {
	srv := mockbsre.New(b)
	var took []time.Duration
	for n := 0; b.Loop(); n++ {
		begin := time.Now()
		if _, err := srv.Enrol(b.Context(), mockbsre.MadeUpPerson(n), secret); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begin))
	}
	reportMedian(b, took)
}

func reportMedian(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
}

func BenchmarkSignBLT(b *testing.B) {
	srv := mockbsre.New(b)
	_, id := enrol(b, srv, 0)
	in := letter(b)
	for b.Loop() {
		if _, _, err := sign(b, srv, id, secret, in); err != nil {
			b.Fatal(err)
		}
	}
}

// Each package's prefix stands in an error once.
func TestErrorsNameThePackageOnce(t *testing.T) {
	somebody := mockbsre.MadeUpPerson(1)
	somebody.NIK = "3371984101800001" // of a district that exists not, but without the mark
	_, err := mockbsre.New(t).Enrol(t.Context(), somebody, passphrase.FromString("Tiga-Kelinci9-Ungu"))
	require.ErrorIs(t, err, mockbsre.ErrNotMadeUp)
	assert.EqualError(t, err, "mockbsre: seed ISSUE: population register: number is not marked as made up")
	err = mockbsre.NewUnstarted(mockbsre.Config{Agencies: []certificate.Agency{{}}}).Start(t.Context())
	require.ErrorIs(t, err, certificate.ErrAgency)
	require.ErrorIs(t, err, certificate.ErrConfig)
	assert.EqualError(t, err, "mockbsre: start: certificate: configuration: agency data incomplete: name is empty")
}
