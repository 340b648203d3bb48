package authority_test

import (
	"context"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
)

func get(t testing.TB, address, contentType string) []byte {
	t.Helper()
	resp, err := http.Get(address)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode, string(body))
	assert.Equal(t, contentType, resp.Header.Get("Content-Type"))
	assert.NotEmpty(t, resp.Header.Get("Cache-Control"))
	return body
}

func fetchCRL(t testing.TB, c, issuer *x509.Certificate) *x509.RevocationList {
	t.Helper()
	list, err := x509.ParseRevocationList(get(t, c.CRLDistributionPoints[0], "application/pkix-crl"))
	require.NoError(t, err)
	require.NoError(t, list.CheckSignatureFrom(issuer))
	return list
}

func TestCRLFollowsTheLifeOfACertificate(t *testing.T) {
	ctx := context.Background()
	clk := newClock()
	a := served(t, authority.Config{Now: clk.Now})
	c, issuer := issue(t, a), a.Chain()[0]

	first := fetchCRL(t, c, issuer)
	assert.Empty(t, first.RevokedCertificateEntries)
	assert.Equal(t, clk.now.Add(24*time.Hour), first.NextUpdate)
	assert.Equal(t, issuer.SubjectKeyId, first.AuthorityKeyId)
	assert.Equal(t, first.Number, fetchCRL(t, c, issuer).Number, "given out again while it is young")

	clk.Advance(time.Hour)
	since := clk.now.Add(-30 * time.Minute)
	require.NoError(t, a.Revoke(ctx, serialOf(t, c), certificate.ReasonKeyCompromise, since))
	second := fetchCRL(t, c, issuer)
	assert.Positive(t, second.Number.Cmp(first.Number), "numbers grow")
	require.Len(t, second.RevokedCertificateEntries, 1)
	entry := second.RevokedCertificateEntries[0]
	assert.Equal(t, c.SerialNumber, entry.SerialNumber)
	assert.Equal(t, int(certificate.ReasonKeyCompromise), entry.ReasonCode)
	assert.Equal(t, clk.now, entry.RevocationTime, "when the authority was told")
	var invalidity time.Time
	for _, e := range entry.Extensions {
		if e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 24}) {
			_, err := asn1.UnmarshalWithParams(e.Value, &invalidity, "generalized")
			require.NoError(t, err)
		}
	}
	assert.Equal(t, since, invalidity, "when the harm began")

	clk.Advance(3 * 365 * 24 * time.Hour)
	require.True(t, clk.now.After(c.NotAfter))
	last := fetchCRL(t, c, issuer)
	assert.Len(t, last.RevokedCertificateEntries, 1, "expired certificates are kept")
	kept := asn1.ObjectIdentifier{2, 5, 29, 60}
	assert.True(t, slices.ContainsFunc(last.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(kept) }), "and the list says so")
}

func TestCRLOfAHoldThatIsLifted(t *testing.T) {
	ctx := context.Background()
	clk := newClock()
	a := served(t, authority.Config{Now: clk.Now})
	c, issuer := issue(t, a), a.Chain()[0]
	require.NoError(t, a.Revoke(ctx, serialOf(t, c), certificate.ReasonCertificateHold, clk.now))
	entries := fetchCRL(t, c, issuer).RevokedCertificateEntries
	require.Len(t, entries, 1)
	assert.Equal(t, int(certificate.ReasonCertificateHold), entries[0].ReasonCode)
	clk.Advance(time.Hour)
	require.NoError(t, a.Revoke(ctx, serialOf(t, c), certificate.ReasonRemoveFromCRL, clk.now))
	assert.Empty(t, fetchCRL(t, c, issuer).RevokedCertificateEntries)
}

// After a rollover each generation has a list of its own.
func TestCRLOfEachGeneration(t *testing.T) {
	ctx := context.Background()
	a := served(t, authority.Config{})
	before, old := issue(t, a), a.Chain()[0]
	require.NoError(t, a.Rollover(ctx, authority.Name{CommonName: "CA Penerbit PALSU G2"}, authority.KeyPair{}))
	after, current := issue(t, a), a.Chain()[0]
	require.NoError(t, a.Revoke(ctx, serialOf(t, before), certificate.ReasonSuperseded, time.Now().Add(-time.Second)))
	assert.Len(t, fetchCRL(t, before, old).RevokedCertificateEntries, 1)
	assert.Empty(t, fetchCRL(t, after, current).RevokedCertificateEntries)
}

func TestCRLReasonUnspecifiedIsLeftOut(t *testing.T) {
	a := served(t, authority.Config{})
	c := issue(t, a)
	require.NoError(t, a.Revoke(context.Background(), serialOf(t, c), certificate.ReasonUnspecified, time.Unix(0, 0)))
	for _, e := range fetchCRL(t, c, a.Chain()[0]).RevokedCertificateEntries[0].Extensions {
		assert.NotEqual(t, "2.5.29.21", e.Id.String())
	}
}

func TestRootCRLIsWhereTheIssuerPoints(t *testing.T) {
	a := served(t, authority.Config{})
	assert.Empty(t, fetchCRL(t, a.Chain()[0], a.Root()).RevokedCertificateEntries)
}

func TestIssuerIsWhereTheCertificatePoints(t *testing.T) {
	a := served(t, authority.Config{})
	c := issue(t, a)
	assert.Equal(t, a.Chain()[0].Raw, get(t, c.IssuingCertificateURL[0], "application/pkix-cert"))
	assert.Equal(t, a.Root().Raw, get(t, a.Chain()[0].IssuingCertificateURL[0], "application/pkix-cert"))
}

// Two nodes that share a ledger never give two lists the same number.
func TestCRLNumbersGrowOverSeveralNodes(t *testing.T) {
	ledger := authority.NewMemoryLedger()
	root, issuing := newKey(t), newKey(t)
	start := newClock().now
	var ticks atomic.Int64 // every look at the clock is a second later
	cfg := authority.Config{
		Ledger: ledger, CRLMaxAge: time.Nanosecond,
		Now:  func() time.Time { return start.Add(time.Duration(ticks.Add(1)) * time.Second) },
		Root: &authority.KeyPair{Signer: root}, Issuing: []authority.KeyPair{{Signer: issuing}},
	}
	nodes := []*authority.Authority{newAuthority(t, cfg), newAuthority(t, cfg)}
	var mu sync.Mutex
	seen := map[string]bool{}
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			der, err := nodes[i%2].CRL(context.Background())
			if !assert.NoError(t, err) {
				return
			}
			list, err := x509.ParseRevocationList(der)
			if !assert.NoError(t, err) {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			seen[list.Number.String()] = true
		})
	}
	wg.Wait()
	assert.Len(t, seen, 40)
}

func TestUnknownFilesAreNotFound(t *testing.T) {
	a := served(t, authority.Config{})
	c := issue(t, a)
	for _, address := range []string{
		c.OCSPServer[0] + "x", c.CRLDistributionPoints[0] + ".crl", c.IssuingCertificateURL[0][:len(c.IssuingCertificateURL[0])-8] + ".crt",
	} {
		resp, err := http.Get(address)
		require.NoError(t, err)
		resp.Body.Close()
		assert.Equal(t, http.StatusNotFound, resp.StatusCode, address)
	}
}
