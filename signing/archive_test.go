package signing_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	ca "github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/tsa"
	"github.com/sertel-id/sertel/signing/verify"
)

// archive is a world in which decades go by: authorities come, each with a
// time-stamping authority, and go.
type archive struct {
	t     testing.TB
	clock time.Time
	eras  []*era
}

// era is one public key infrastructure, from its root to its time-stamps.
type era struct {
	*ca.Authority
	host     string
	tsaCert  *x509.Certificate
	tsa      http.Handler
	gone     bool // answers nothing any more
	requests int
}

const year = 365 * 24 * time.Hour

// newArchive begins at the present: other judges know no other time.
func newArchive(t testing.TB) *archive {
	a := &archive{t: t, clock: testNow}
	a.begin()
	return a
}

func (a *archive) now() time.Time { return a.clock }

// begin founds the next authorities. The time-stamping authority's certificate
// lasts ten years, the root twenty.
func (a *archive) begin() *era {
	a.t.Helper()
	n := len(a.eras) + 1
	host := fmt.Sprintf("pki%d.contoh.example", n)
	name := func(what string) ca.Name {
		return ca.Name{CommonName: fmt.Sprintf("%s PALSU %d", what, n), Organization: "Instansi Contoh (PALSU)"}
	}
	issuing := ca.IssuingProfile()
	issuing.Validity = 15 * year
	made, err := ca.New(context.Background(), ca.Config{RootName: name("Root"), IssuingName: name("Penerbit"),
		ResponderName: name("Responder"), BaseURL: "http://" + host, IssuingProfile: issuing, Now: a.now})
	require.NoError(a.t, err)
	e := &era{Authority: made, host: host}
	profile := ca.TSAProfile()
	profile.Validity = 10 * year
	key := mustKey(ca.ECDSAP256.GenerateKey())
	issued, err := made.IssueProfile(context.Background(), profile, ca.Request{ID: rand.Text(), Subject: name("TSA"), PublicKey: key.Public()})
	require.NoError(a.t, err)
	e.tsaCert = issued.Certificate
	e.tsa, err = tsa.NewResponder(tsa.ResponderConfig{Signer: key, Certificate: e.tsaCert, Chain: made.Chain()[:1],
		Policy: mustKey(x509.ParseOID("2.25.1942519315.9")), Now: a.now})
	require.NoError(a.t, err)
	a.eras = append(a.eras, e)
	return e
}

// RoundTrip makes the archive the network of its time.
func (a *archive) RoundTrip(r *http.Request) (*http.Response, error) {
	for _, e := range a.eras {
		if e.host != r.URL.Host || e.gone {
			continue
		}
		e.requests++
		w := httptest.NewRecorder()
		if r.URL.Path == "/tsa" {
			e.tsa.ServeHTTP(w, r)
		} else {
			e.Handler().ServeHTTP(w, r)
		}
		return w.Result(), nil
	}
	return nil, errors.New("nobody answers any more")
}

func (a *archive) roots() (all []*x509.Certificate) {
	for _, e := range a.eras {
		all = append(all, e.Root())
	}
	return all
}

func (a *archive) newest() *era { return a.eras[len(a.eras)-1] }

// key is of a profile and an algorithm.
func (e *era) key(t testing.TB, p ca.Profile, k ca.KeyAlgorithm) *signing.Key {
	t.Helper()
	signer := mustKey(k.GenerateKey())
	issued, err := e.IssueProfile(context.Background(), p, ca.Request{ID: rand.Text(), PublicKey: signer.Public(),
		Subject: ca.Name{CommonName: "Budi Contoh", Organization: "Pemerintah Kota Contoh"}})
	require.NoError(t, err)
	return &signing.Key{Signer: signer, Certificate: issued.Certificate, Chain: issued.Chain}
}

// key is a person's, with a certificate of the newest authority.
func (a *archive) key(name string) *signing.Key {
	a.t.Helper()
	key := mustKey(ca.ECDSAP256.GenerateKey())
	csr := mustKey(x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key))
	issued, err := a.newest().Issue(context.Background(), certificate.IssueRequest{RequestID: rand.Text(), CSR: csr,
		Subject: certificate.Subject{ID: "A2B3C4D5E6F7G8H9", CommonName: name, Organization: "Pemerintah Kota Contoh"}})
	require.NoError(a.t, err)
	return &signing.Key{Signer: key, Certificate: issued.Certificate, Chain: issued.Chain}
}

func (a *archive) timestamper() signing.Timestamper {
	a.t.Helper()
	c, err := tsa.NewClient(tsa.ClientConfig{URL: "http://" + a.newest().host + "/tsa", Roots: a.roots(), Now: a.now, Transport: a})
	require.NoError(a.t, err)
	return c
}

func (a *archive) evidence() *signing.Evidence {
	a.t.Helper()
	var hosts []string
	for _, e := range a.eras {
		hosts = append(hosts, e.host)
	}
	h, err := signing.NewHTTPSource(signing.HTTPConfig{Hosts: hosts, Transport: a, Now: a.now})
	require.NoError(a.t, err)
	return &signing.Evidence{Source: h, Roots: a.roots()}
}

func (a *archive) options(level signing.Level) signing.ExtendOptions {
	return signing.ExtendOptions{Level: level, Evidence: a.evidence(), Timestamper: a.timestamper(), Now: a.now}
}

func (a *archive) extend(b []byte, opts signing.ExtendOptions) ([]byte, signing.Extended) {
	a.t.Helper()
	out, r, err := extend(a.t, b, opts)
	require.NoError(a.t, err)
	return out, r
}

// extend raises bytes and holds the account of it against them.
func extend(t testing.TB, b []byte, opts signing.ExtendOptions) ([]byte, signing.Extended, error) {
	t.Helper()
	var out bytes.Buffer
	r, err := signing.Extend(context.Background(), &out, bytes.NewReader(b), int64(len(b)), opts)
	if err == nil {
		require.True(t, bytes.HasPrefix(out.Bytes(), b), "original bytes changed")
		require.Equal(t, sha256.Sum256(b), r.InputSHA256)
		require.Equal(t, sha256.Sum256(out.Bytes()), r.OutputSHA256)
		require.EqualValues(t, len(b), r.InputSize)
		require.EqualValues(t, out.Len(), r.OutputSize)
	}
	return out.Bytes(), r, err
}

// judged asks our verifier, without a network.
func (a *archive) judged(b []byte) *verify.Report {
	a.t.Helper()
	report, err := verify.Verify(context.Background(), bytes.NewReader(b), int64(len(b)),
		verify.Options{Roots: verify.Trust(a.roots()...), Now: a.now})
	require.NoError(a.t, err)
	return report
}

// online asks our verifier with the network of the time.
func (a *archive) online(b []byte) *verify.Report {
	a.t.Helper()
	report, err := verify.Verify(context.Background(), bytes.NewReader(b), int64(len(b)),
		verify.Options{Roots: verify.Trust(a.roots()...), Now: a.now, Fetcher: a.evidence().Source})
	require.NoError(a.t, err)
	return report
}

// sound holds that everything in a document stands at the level.
func (a *archive) sound(b []byte, signatures, stamps int, level verify.Level) {
	a.t.Helper()
	report := a.judged(b)
	require.NoError(a.t, report.Err())
	for _, s := range report.Signatures {
		require.Equal(a.t, verify.Yes, s.Intact, s.Field)
		require.Equal(a.t, verify.Yes, s.Valid, s.Field)
		require.Equal(a.t, verify.Yes, s.Trusted, s.Field)
		if s.Kind == verify.DocumentTimestamp {
			stamps--
			continue
		}
		signatures--
		require.Equal(a.t, level, s.Level, "%s: %v", s.Field, s.Missing)
	}
	require.Zero(a.t, signatures)
	require.Zero(a.t, stamps)
}

// TestArchive keeps a letter for thirty years. Every eight years it gets the
// next document timestamp, from new authorities each time, and the ones before
// fall silent. In the end all certificates but the last have expired, nobody
// answers, and the letter stands.
func TestArchive(t *testing.T) {
	a := newArchive(t)
	letter, r, err := sign(t, producer(t, "libreoffice.pdf"), signing.Options{Key: a.key("Budi Contoh"), Timestamper: a.timestamper(),
		Evidence: a.evidence(), Archive: true, Now: a.now})
	require.NoError(t, err)
	require.Equal(t, signing.LevelBLTA, r.Level)
	require.True(t, r.Time.Equal(a.clock))
	a.sound(letter, 1, 1, verify.LevelBLTA)

	for generation := 2; generation <= 4; generation++ {
		before := a.newest()
		a.clock = a.clock.Add(8 * year)
		e := a.begin()
		var raised signing.Extended
		letter, raised = a.extend(letter, a.options(signing.LevelBLTA))
		require.Equal(t, signing.LevelBLTA, raised.Level)
		require.Len(t, raised.Timestamps, generation+1, "with the one in the signature")
		last := raised.Timestamps[generation]
		require.True(t, last.Added && last.Document)
		require.Equal(t, fmt.Sprintf("DocTimeStamp%d", generation), last.Field)
		require.True(t, last.Time.Equal(a.clock))
		require.True(t, last.Authority.Equal(e.tsaCert))
		require.True(t, raised.RenewBefore.Equal(e.tsaCert.NotAfter))
		before.gone = true
		a.sound(letter, 1, generation, verify.LevelBLTA)
		due := a.judged(letter).NextTimestamp
		require.True(t, due.Due.Equal(raised.RenewBefore), "who signs and who verifies say the same")
		require.Equal(t, last.Field, due.Field)
		require.False(t, due.Overdue)
	}
	a.newest().gone = true
	a.clock = a.clock.Add(6 * year)
	a.sound(letter, 1, 4, verify.LevelBLTA)

	j := newJudge(t)
	text, code := asked(t, j.qpdf, "--check", write(t, letter))
	require.Zero(t, code, text)
}

// TestExtendFromEveryLevel raises a document with a signature of each level
// and holds that nothing is fetched or written twice.
func TestExtendFromEveryLevel(t *testing.T) {
	a := newArchive(t)
	base := signing.Options{Now: a.now}
	bt := base
	bt.Timestamper = a.timestamper()
	blt := bt
	blt.Evidence = a.evidence()
	letter := producer(t, "pdftex.pdf")
	for i, opts := range []signing.Options{base, bt, blt} {
		opts.Key = a.key(fmt.Sprintf("Penanda %c", 'A'+i))
		letter = mustSign(t, letter, opts)
	}

	t.Run("B-T", func(t *testing.T) {
		out, r := a.extend(letter, signing.ExtendOptions{Level: signing.LevelBT, Timestamper: a.timestamper(), Now: a.now})
		require.Equal(t, signing.LevelBT, r.Level)
		require.Len(t, r.Timestamps, 3, "the first signature has none of its own")
		require.NoError(t, a.online(out).Err())
		again, _ := a.extend(out, signing.ExtendOptions{Level: signing.LevelBT, Timestamper: a.timestamper(), Now: a.now})
		require.Equal(t, out, again)
	})
	t.Run("B-LT", func(t *testing.T) {
		out, r := a.extend(letter, a.options(signing.LevelBLT))
		require.Equal(t, signing.LevelBLT, r.Level)
		for _, s := range r.Signatures {
			require.Equal(t, signing.LevelBLT, s.Level)
			require.NoError(t, s.Missing)
			require.True(t, s.Time.Equal(a.clock))
		}
		report := a.judged(out)
		require.NoError(t, report.Err())
		asked := a.newest().requests
		a.clock = a.clock.Add(year / 12)
		again, _ := a.extend(out, a.options(signing.LevelBLT))
		require.Equal(t, out, again, "a document of the level stays as it is")
		require.Equal(t, asked, a.newest().requests, "what the document holds is not asked for")
	})
	t.Run("B-LTA", func(t *testing.T) {
		out, r := a.extend(letter, a.options(signing.LevelBLTA))
		require.Equal(t, signing.LevelBLTA, r.Level)
		a.sound(out, 3, 2, verify.LevelBLTA)
	})
	t.Run("one signature", func(t *testing.T) {
		opts := a.options(signing.LevelBLT)
		opts.Field, opts.Timestamper = "Signature2", nil
		_, r := a.extend(letter, opts)
		require.Len(t, r.Signatures, 1)
		require.Equal(t, "Signature2", r.Signatures[0].Field)
	})
	t.Run("no source of document timestamps", func(t *testing.T) {
		opts := a.options(signing.LevelBLT)
		opts.Timestamper = nil
		_, _, err := extend(t, letter, opts)
		require.ErrorIs(t, err, signing.ErrNoTimestamp)
		require.ErrorContains(t, err, "Signature1")
		opts.Partial = true
		_, r := a.extend(letter, opts)
		require.Equal(t, signing.LevelBB, r.Level)
		require.ErrorIs(t, r.Signatures[0].Missing, signing.ErrNoTimestamp)
		require.Equal(t, signing.LevelBLT, r.Signatures[1].Level)
		require.Equal(t, signing.LevelBLT, r.Signatures[2].Level)
	})
}

// TestExtendFailures holds that what cannot be had is an error, or listed when
// the caller takes the rest.
func TestExtendFailures(t *testing.T) {
	tests := []struct {
		name    string
		before  func(a *archive, key *signing.Key, letter []byte) []byte
		change  func(a *archive, o *signing.ExtendOptions)
		want    error
		partial signing.Level // reached all the same; LevelUnknown: nothing can be written
	}{
		{"the authority is away", nil, func(_ *archive, o *signing.ExtendOptions) {
			o.Timestamper = stamper(func(context.Context, crypto.Hash, []byte) (*tsa.Token, error) { return nil, errBroken })
		}, signing.ErrTimestamp, signing.LevelUnknown},
		{"no evidence is to be had", nil, func(_ *archive, o *signing.ExtendOptions) { o.Evidence.Source = silent{} }, signing.ErrEvidence, signing.LevelBT},
		{"another root", nil, func(a *archive, o *signing.ExtendOptions) {
			ts := o.Timestamper
			o.Evidence.Roots = a.begin().Chain()[1:]
			o.Timestamper = ts
		}, signing.ErrEvidence, signing.LevelBB},
		{"the signer was revoked before", func(a *archive, key *signing.Key, letter []byte) []byte {
			a.revoke(key.Certificate, certificate.ReasonKeyCompromise, a.clock.Add(-time.Hour))
			return letter
		}, nil, signing.ErrRevoked, signing.LevelBT},
		{"the newest time-stamping authority's key was broken since", func(a *archive, _ *signing.Key, letter []byte) []byte {
			out, _ := a.extend(letter, a.options(signing.LevelBLTA))
			a.clock = a.clock.Add(year)
			a.revoke(a.newest().tsaCert, certificate.ReasonKeyCompromise, a.clock)
			a.clock = a.clock.Add(time.Hour)
			return out
		}, func(a *archive, o *signing.ExtendOptions) { a.begin(); *o = a.options(signing.LevelBLTA) }, signing.ErrRevoked, signing.LevelBLTA},
		{"token larger than the room", nil, func(_ *archive, o *signing.ExtendOptions) { o.TimestampSize = 100 }, signing.ErrSpace, signing.LevelUnknown},
		{"token over another document", nil, func(_ *archive, o *signing.ExtendOptions) {
			ts := o.Timestamper
			o.Timestamper = stamper(func(ctx context.Context, h crypto.Hash, d []byte) (*tsa.Token, error) {
				return ts.Timestamp(ctx, h, make([]byte, len(d)))
			})
		}, signing.ErrTimestamp, signing.LevelUnknown},
		{"token older than what it covers", nil, func(a *archive, o *signing.ExtendOptions) {
			ts, now := o.Timestamper, a.clock
			o.Timestamper = stamper(func(ctx context.Context, h crypto.Hash, d []byte) (*tsa.Token, error) {
				a.clock = now.Add(-time.Hour)
				defer func() { a.clock = now }()
				return ts.Timestamp(ctx, h, d)
			})
		}, signing.ErrTimestamp, signing.LevelUnknown},
		{"no token and no error", nil, func(_ *archive, o *signing.ExtendOptions) {
			o.Timestamper = stamper(func(context.Context, crypto.Hash, []byte) (*tsa.Token, error) { return nil, nil })
		}, signing.ErrTimestamp, signing.LevelUnknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := newArchive(t)
			key := a.key("Budi Contoh")
			letter := mustSign(t, producer(t, "libreoffice.pdf"), signing.Options{Key: key, Timestamper: a.timestamper(), Now: a.now})
			if tt.before != nil {
				letter = tt.before(a, key, letter)
			}
			opts := a.options(signing.LevelBLTA)
			if tt.change != nil {
				tt.change(a, &opts)
			}
			_, _, err := extend(t, letter, opts)
			require.ErrorIs(t, err, tt.want)
			opts.Partial = true
			_, r, err := extend(t, letter, opts)
			if tt.partial == signing.LevelUnknown {
				require.ErrorIs(t, err, tt.want)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.partial, r.Level)
			missing := []error{r.Signatures[0].Missing}
			for _, p := range r.Timestamps {
				missing = append(missing, p.Missing)
			}
			require.True(t, slices.ContainsFunc(missing, func(e error) bool { return errors.Is(e, tt.want) }), "%v", missing)
		})
	}
}

func (a *archive) revoke(c *x509.Certificate, reason certificate.Reason, at time.Time) {
	a.t.Helper()
	serial, err := certificate.SerialOf(c)
	require.NoError(a.t, err)
	require.NoError(a.t, a.newest().Revoke(context.Background(), serial, reason, at))
}

// silent is a source that has nothing.
type silent struct{}

func (silent) OCSP(context.Context, *x509.Certificate, *x509.Certificate) ([]byte, error) {
	return nil, errors.New("nothing")
}
func (silent) CRL(context.Context, *x509.Certificate, *x509.Certificate) ([]byte, error) {
	return nil, errors.New("nothing")
}
func (silent) Issuers(context.Context, *x509.Certificate) ([]*x509.Certificate, error) {
	return nil, nil
}

// TestCeasedAuthority raises what an authority stamped that was revoked since
// only because it stopped: its time-stamps from before stand (RFC 3161, section
// 4).
func TestCeasedAuthority(t *testing.T) {
	a := newArchive(t)
	letter := mustSign(t, producer(t, "libreoffice.pdf"), signing.Options{Key: a.key("Budi Contoh"), Timestamper: a.timestamper(),
		Evidence: a.evidence(), Archive: true, Now: a.now})
	a.clock = a.clock.Add(year)
	a.revoke(a.newest().tsaCert, certificate.ReasonCessationOfOperation, a.clock)
	a.clock = a.clock.Add(year)
	a.begin()
	letter, r := a.extend(letter, a.options(signing.LevelBLTA))
	require.Equal(t, signing.LevelBLTA, r.Level)
	for _, p := range r.Timestamps {
		require.NoError(t, p.Missing)
		require.False(t, p.Late)
	}
	a.sound(letter, 1, 2, verify.LevelBLTA)
}

// TestRaisedLate raises a document whose newest time-stamping authority has
// expired: it says so.
func TestRaisedLate(t *testing.T) {
	a := newArchive(t)
	letter := mustSign(t, producer(t, "libreoffice.pdf"), signing.Options{Key: a.key("Budi Contoh"), Timestamper: a.timestamper(),
		Evidence: a.evidence(), Archive: true, Now: a.now})
	a.clock = a.clock.Add(12 * year)
	a.begin()
	before := a.judged(letter)
	require.True(t, before.NextTimestamp.Overdue)
	letter, r := a.extend(letter, a.options(signing.LevelBLTA))
	require.Equal(t, before.Conclusion, a.judged(letter).Conclusion, "it makes nothing worse")
	require.Len(t, r.Timestamps, 3)
	require.True(t, r.Timestamps[1].Document && r.Timestamps[1].Late)
	require.False(t, r.Timestamps[2].Late)
}

// TestExtendFile raises a file in its own place, and leaves it alone when that
// fails.
func TestExtendFile(t *testing.T) {
	a := newArchive(t)
	path := filepath.Join(t.TempDir(), "surat.pdf")
	letter := mustSign(t, producer(t, "libreoffice.pdf"), signing.Options{Key: a.key("Budi Contoh"), Timestamper: a.timestamper(), Now: a.now})
	require.NoError(t, os.WriteFile(path, letter, 0o640))
	opts := a.options(signing.LevelBLTA)
	opts.Evidence.Source = silent{}
	_, err := signing.ExtendFile(context.Background(), path, path, opts)
	require.ErrorIs(t, err, signing.ErrEvidence)
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, letter, after)

	r, err := signing.ExtendFile(context.Background(), path, path, a.options(signing.LevelBLTA))
	require.NoError(t, err)
	require.Equal(t, signing.LevelBLTA, r.Level)
	after, err = os.ReadFile(path)
	require.NoError(t, err)
	a.sound(after, 1, 1, verify.LevelBLTA)
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1)
}
