package tsa_test

import (
	"context"
	"crypto"
	"crypto/x509"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/signing/tsa"
)

// Whatever is asked, the answer is a TimeStampResp, and a token in it stands.
func FuzzRespond(f *testing.F) {
	fix := newFixture(f, authority.ECDSAP256)
	s := fix.responder(f)
	f.Add(newQuery().der(f))
	bare := newQuery()
	bare.Nonce, bare.CertReq = nil, false
	f.Add(bare.der(f))
	f.Fuzz(func(t *testing.T, request []byte) {
		status, failure, token := reply(t, s.Respond(context.Background(), request))
		if status != int(tsa.StatusGranted) {
			require.Empty(t, token)
			require.NotZero(t, failure.BitLength)
			return
		}
		digest, hash := tsa.Imprint(request)
		_, err := tsa.Verify(token, tsa.VerifyOptions{
			Hash: hash, Digest: digest, Roots: []*x509.Certificate{fix.Root()},
			Intermediates: []*x509.Certificate{fix.cert, fix.Chain()[0]},
		})
		require.NoError(t, err)
	})
}

// A changed answer never gives a token that says something else.
func FuzzVerifyReply(f *testing.F) {
	fix := newFixture(f, authority.ECDSAP256)
	good := fix.responder(f).Respond(context.Background(), newQuery().der(f))
	f.Add(good)
	f.Add(fix.responder(f).Respond(context.Background(), nil))
	opts := tsa.VerifyOptions{Hash: crypto.SHA256, Digest: digest[:], Roots: []*x509.Certificate{fix.Root()}}
	f.Fuzz(func(t *testing.T, answer []byte) {
		raw, err := tsa.ParseResponse(answer)
		if err != nil {
			require.Empty(t, raw)
			return
		}
		token, err := tsa.Verify(raw, opts)
		if err != nil {
			require.True(t, token == nil)
			return
		}
		require.Equal(t, fix.now, token.Time)
	})
}
