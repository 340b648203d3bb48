package authority_test

import (
	"context"
	"crypto/x509"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/authority"
)

func TestRolloverRefuses(t *testing.T) {
	a := newAuthority(t, authority.Config{})
	ctx := context.Background()
	name := fakeNames(authority.Config{}).IssuingName
	assert.ErrorIs(t, a.Rollover(ctx, name, authority.KeyPair{}), authority.ErrName, "the name of a generation")
	key := newKey(t)
	name.CommonName = "CA Penerbit PALSU G2"
	require.NoError(t, a.Rollover(ctx, name, authority.KeyPair{Signer: key}))
	name.CommonName = "CA Penerbit PALSU G3"
	assert.ErrorIs(t, a.Rollover(ctx, name, authority.KeyPair{Signer: key}), authority.ErrKey, "the key of a generation")
}

// What was begun under one generation is finished by it after a rollover.
func TestRequestsSurviveARollover(t *testing.T) {
	ctx := context.Background()
	signer := &flakySigner{Signer: newKey(t)}
	a := newAuthority(t, authority.Config{Issuing: []authority.KeyPair{{Signer: signer}}})
	old := a.Chain()[0]
	req := budi(t, newKey(t))
	signer.fail = true
	_, err := a.Issue(ctx, req)
	require.Error(t, err)
	signer.fail = false
	require.NoError(t, a.Rollover(ctx, authority.Name{CommonName: "CA Penerbit PALSU G2"}, authority.KeyPair{}))
	issued, err := a.Issue(ctx, req)
	require.NoError(t, err)
	assert.NoError(t, issued.Certificate.CheckSignatureFrom(old))
	assert.True(t, issued.Chain[0].Equal(old))
}

// Who trusts one generation alone finds a path to the other's certificates.
func TestCrossCertificates(t *testing.T) {
	ctx := context.Background()
	a := newAuthority(t, authority.Config{}) // openssl knows only today
	before, g1 := issue(t, a), a.Chain()[0]
	require.NoError(t, a.Rollover(ctx, authority.Name{CommonName: "CA Penerbit PALSU G2"}, authority.KeyPair{}))
	after, g2 := issue(t, a), a.Chain()[0]
	cross, err := a.CrossCertificates(ctx)
	require.NoError(t, err)
	require.Len(t, cross, 2)
	again, err := a.CrossCertificates(ctx)
	require.NoError(t, err)
	assert.Equal(t, cross, again, "made once")

	for _, c := range []struct {
		trusted, leaf *x509.Certificate
	}{{g1, after}, {g2, before}} {
		opts := x509.VerifyOptions{
			Roots: pool([]*x509.Certificate{c.trusted}), Intermediates: pool(cross),
			KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
		}
		_, err := c.leaf.Verify(opts)
		assert.NoError(t, err)
		opts.Intermediates = nil
		_, err = c.leaf.Verify(opts)
		assert.Error(t, err, "not without the cross-certificate")
		openssl(t, "verify", "-x509_strict", "-partial_chain", "-CAfile", writePEM(t, "CERTIFICATE", c.trusted.Raw),
			"-untrusted", writePEM(t, "CERTIFICATE", cross[0].Raw, cross[1].Raw), writePEM(t, "CERTIFICATE", c.leaf.Raw))
	}
}

func TestCrossCertificatesEndWithWhatTheyStandFor(t *testing.T) {
	ctx := context.Background()
	clk := newClock()
	a := newAuthority(t, authority.Config{Now: clk.Now})
	old := a.Chain()[0]
	clk.Advance(365 * 24 * time.Hour)
	require.NoError(t, a.Rollover(ctx, authority.Name{CommonName: "CA Penerbit PALSU G2"}, authority.KeyPair{}))
	cross, err := a.CrossCertificates(ctx)
	require.NoError(t, err)
	require.Len(t, cross, 2)
	for _, c := range cross {
		assert.Equal(t, old.NotAfter, c.NotAfter)
	}
	b := newAuthority(t, authority.Config{Now: clk.Now})
	require.NoError(t, b.Rollover(ctx, authority.Name{CommonName: "CA Penerbit PALSU G2"}, authority.KeyPair{}))
	clk.now = b.Chain()[0].NotAfter.Add(time.Second)
	cross, err = b.CrossCertificates(ctx)
	require.NoError(t, err)
	assert.Empty(t, cross, "both are over")
}
