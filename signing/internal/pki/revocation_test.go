package pki_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ocsp"

	"github.com/sertel-id/sertel/signing/internal/pki"
)

func TestJudge(t *testing.T) {
	w := newWorld(t)
	revoked := func(at time.Time, reason int, this time.Time) []byte {
		return w.ocsp(t, func(r *ocsp.Response) {
			r.Status, r.RevokedAt, r.RevocationReason = ocsp.Revoked, at, reason
			r.ThisUpdate = this
		})
	}
	good := func(this time.Time) []byte {
		return w.ocsp(t, func(r *ocsp.Response) { r.ThisUpdate = this })
	}
	until := func(this, next time.Time) []byte {
		return w.ocsp(t, func(r *ocsp.Response) { r.ThisUpdate, r.NextUpdate = this, next })
	}
	expiredCRL := func(l *x509.RevocationList) { l.ThisUpdate, l.NextUpdate = days(1100), days(1101) }
	for name, c := range map[string]struct {
		at          time.Time
		ocsps, crls [][]byte
		want        pki.Status
		rejected    error
	}{
		"nothing is unknown": {at: days(10), want: pki.StatusUnknown},
		"good":               {at: days(10), ocsps: [][]byte{good(days(10))}, want: pki.StatusGood},
		"good, said later":   {at: days(10), ocsps: [][]byte{good(days(20))}, want: pki.StatusGood},
		"good, in the same second": {
			at: days(10).Add(900 * time.Millisecond), ocsps: [][]byte{good(days(10))}, want: pki.StatusGood,
		},
		"good, said a second before, without an end": {
			at: days(10).Add(time.Second), ocsps: [][]byte{good(days(10))}, want: pki.StatusUnknown, rejected: pki.ErrStale,
		},
		"good, said before, holding until after": {
			at: days(10), ocsps: [][]byte{until(days(9), days(11))}, want: pki.StatusGood,
		},
		"good, said before, ended before": {
			at: days(10), ocsps: [][]byte{until(days(8), days(9))}, want: pki.StatusUnknown, rejected: pki.ErrStale,
		},
		"good, from the future": {
			at: days(10), ocsps: [][]byte{good(days(31))}, want: pki.StatusUnknown, rejected: pki.ErrFuture,
		},
		"unknown to the responder": {
			at: days(10), ocsps: [][]byte{w.ocsp(t, func(r *ocsp.Response) { r.Status = ocsp.Unknown })},
			want: pki.StatusUnknown, rejected: pki.ErrStatusUnknown,
		},
		"revoked before":        {at: days(10), ocsps: [][]byte{revoked(days(9), 1, days(10))}, want: pki.StatusRevoked},
		"revoked at the moment": {at: days(10), ocsps: [][]byte{revoked(days(10), 1, days(10))}, want: pki.StatusRevoked},
		"revoked after":         {at: days(10), ocsps: [][]byte{revoked(days(11), 1, days(12))}, want: pki.StatusRevokedLater},
		"revoked wins over good": {
			at: days(10), ocsps: [][]byte{good(days(20)), revoked(days(9), 1, days(10))}, want: pki.StatusRevoked,
		},
		"a revoking list wins over a good answer": {
			at: days(10), ocsps: [][]byte{good(days(20))}, crls: [][]byte{w.revokedCRL(t, days(9), 1)}, want: pki.StatusRevoked,
		},
		"a revocation is never stale": {
			at: days(25), ocsps: [][]byte{revoked(days(2), 4, days(3))}, want: pki.StatusRevoked,
		},
		"the earliest of two revocations": {
			at: days(10), ocsps: [][]byte{revoked(days(11), 1, days(12))}, crls: [][]byte{w.revokedCRL(t, days(9), 1)},
			want: pki.StatusRevoked,
		},
		"harm that reaches back": {
			at: days(10), want: pki.StatusRevoked,
			crls: [][]byte{w.revokedCRL(t, days(12), 1, pkix.Extension{Id: oidInvalidity, Value: generalized(t, days(9))})},
		},
		"held":                {at: days(10), ocsps: [][]byte{revoked(days(9), 6, days(9))}, want: pki.StatusRevoked},
		"held, lifted before": {at: days(10), ocsps: [][]byte{revoked(days(8), 6, days(8)), until(days(9), days(11))}, want: pki.StatusGood},
		"held, lifted nobody knows when": {
			at: days(10), ocsps: [][]byte{revoked(days(8), 6, days(8)), good(days(20))}, want: pki.StatusRevoked,
		},
		"not on the list": {at: days(10), crls: [][]byte{w.crl(t, nil)}, want: pki.StatusGood},
		"a list too old":  {at: days(12), crls: [][]byte{w.crl(t, nil)}, want: pki.StatusUnknown, rejected: pki.ErrStale},
		"rubbish is heard and dropped": {
			at: days(10), ocsps: [][]byte{[]byte("halo")}, want: pki.StatusUnknown, rejected: pki.ErrMalformed,
		},
	} {
		t.Run(name, func(t *testing.T) {
			var memory pki.Memory
			_, err := memory.Judge(w.leaf.cert, w.issuing.cert, c.ocsps, c.crls, pki.Times{At: days(1), Now: days(30)})
			require.NoError(t, err)
			v, err := pki.Judge(w.leaf.cert, w.issuing.cert, c.ocsps, c.crls, pki.Times{At: c.at, Now: days(30)})
			require.NoError(t, err)
			assert.Equal(t, c.want, v.Status, "%v", v.Rejected)
			again, err := memory.Judge(w.leaf.cert, w.issuing.cert, c.ocsps, c.crls, pki.Times{At: c.at, Now: days(30)})
			require.NoError(t, err)
			assert.Equal(t, v, again, "remembered")
			assert.Equal(t, c.want == pki.StatusUnknown, v.Evidence == nil)
			assert.Equal(t, c.want == pki.StatusRevoked || c.want == pki.StatusRevokedLater, !v.RevokedAt.IsZero())
			if c.rejected != nil {
				require.Len(t, v.Rejected, 1)
				assert.ErrorIs(t, v.Rejected[0].Err, c.rejected)
			}
		})
	}

	t.Run("a list made after the certificate expired", func(t *testing.T) {
		times := pki.Times{At: days(10), Now: days(2000)}
		v, err := pki.Judge(w.leaf.cert, w.issuing.cert, nil, [][]byte{w.crl(t, expiredCRL)}, times)
		require.NoError(t, err)
		assert.Equal(t, pki.StatusUnknown, v.Status)
		assert.ErrorIs(t, v.Rejected[0].Err, pki.ErrAfterExpiry)

		keeps := w.crl(t, func(l *x509.RevocationList) {
			expiredCRL(l)
			l.ExtraExtensions = []pkix.Extension{{Id: oidExpired, Value: generalized(t, day0)}}
		})
		v, err = pki.Judge(w.leaf.cert, w.issuing.cert, nil, [][]byte{keeps}, times)
		require.NoError(t, err)
		assert.Equal(t, pki.StatusGood, v.Status, "the list says that it keeps them")
	})
	t.Run("tolerance for clocks that differ", func(t *testing.T) {
		times := pki.Times{At: days(10).Add(2 * time.Second), Now: days(30), Tolerance: 5 * time.Second}
		v, err := pki.Judge(w.leaf.cert, w.issuing.cert, [][]byte{good(days(10))}, nil, times)
		require.NoError(t, err)
		assert.Equal(t, pki.StatusGood, v.Status)
	})
	t.Run("times are required", func(t *testing.T) {
		_, err := pki.Judge(w.leaf.cert, w.issuing.cert, nil, nil, pki.Times{Now: days(30)})
		assert.Error(t, err)
	})
}

func TestCheckOCSPRefuses(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	noUsage := responderTemplate(true)
	noUsage.ExtKeyUsage = nil
	ended := responderTemplate(true)
	ended.NotAfter = time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	bySHA1 := responderTemplate(true)
	bySHA1.SignatureAlgorithm = x509.ECDSAWithSHA1
	good := w.ocsp(t, nil)
	turned := bytes.Clone(good)
	turned[bytes.LastIndex(turned, w.leaf.cert.SerialNumber.Bytes())] ^= 1
	for name, c := range map[string]struct {
		raw  []byte
		want error
	}{
		"nothing":                           {nil, pki.ErrMalformed},
		"bytes after the response":          {append(bytes.Clone(good), 0), pki.ErrMalformed},
		"over the bound":                    {make([]byte, 1<<20), pki.ErrTooLarge},
		"an error status":                   {ocsp.TryLaterErrorResponse, pki.ErrNoAnswer},
		"one bit turned":                    {turned, pki.ErrNotAuthorized},
		"a stranger of the same name":       {other.ocsp(t, func(r *ocsp.Response) { r.SerialNumber = w.leaf.cert.SerialNumber }), pki.ErrNotAuthorized},
		"a responder of another authority":  {w.ocspBy(t, other.responder, nil), pki.ErrNotAuthorized},
		"a certificate that may not answer": {w.ocspBy(t, w.issuing.issue(t, noUsage), nil), pki.ErrNotAuthorized},
		"the leaf about itself":             {w.ocspBy(t, w.leaf, nil), pki.ErrNotAuthorized},
		"a responder that had ended":        {w.ocspBy(t, w.issuing.issue(t, ended), nil), pki.ErrNotAuthorized},
		"a delegate named by SHA-1":         {w.ocspBy(t, w.issuing.issue(t, bySHA1), nil), pki.ErrNotAuthorized},
		"a delegate of the root":            {w.ocspBy(t, w.root.issue(t, responderTemplate(true)), nil), pki.ErrNotAuthorized},
		"another serial":                    {w.ocsp(t, func(r *ocsp.Response) { r.SerialNumber = big.NewInt(5) }), pki.ErrOtherCertificate},
		"nextUpdate before thisUpdate":      {w.ocsp(t, func(r *ocsp.Response) { r.NextUpdate = days(9) }), pki.ErrMalformed},
		"a critical extension of the answer": {w.ocsp(t, func(r *ocsp.Response) {
			r.ExtraExtensions = []pkix.Extension{{Id: oidUnknown, Critical: true, Value: []byte{5, 0}}}
		}), pki.ErrUnsupported},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := pki.CheckOCSP(c.raw, w.leaf.cert, w.issuing.cert)
			assert.ErrorIs(t, err, c.want)
			assert.True(t, e == nil)
		})
	}
}

// several puts the answers of responses by the issuer itself into one.
func several(t *testing.T, w *world, changes ...func(*ocsp.Response)) []byte {
	t.Helper()
	type body struct {
		Type     asn1.ObjectIdentifier
		Response []byte
	}
	type outer struct {
		Status asn1.Enumerated
		Bytes  body `asn1:"explicit,tag:0"`
	}
	type data struct {
		Responder asn1.RawValue
		Produced  time.Time `asn1:"generalized"`
		Answers   []asn1.RawValue
	}
	type basic struct {
		Data      data
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	unmarshal := func(der []byte, v any) {
		_, err := asn1.Unmarshal(der, v)
		require.NoError(t, err)
	}
	marshal := func(v any) []byte {
		der, err := asn1.Marshal(v)
		require.NoError(t, err)
		return der
	}
	var all basic
	var whole outer
	for i, change := range changes {
		var one basic
		unmarshal(w.ocspBy(t, w.issuing, func(r *ocsp.Response) { r.Certificate = nil; change(r) }), &whole)
		unmarshal(whole.Bytes.Response, &one)
		if i == 0 {
			all = one
			continue
		}
		all.Data.Answers = append(all.Data.Answers, one.Data.Answers...)
	}
	hashed := sha256.Sum256(marshal(all.Data))
	signature, err := w.issuing.key.Sign(rand.Reader, hashed[:], crypto.SHA256)
	require.NoError(t, err)
	all.Signature = asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}
	whole.Bytes.Response = marshal(all)
	return marshal(whole)
}

// Of several answers about one certificate the worst counts, in any order.
func TestCheckOCSPTakesTheWorstAnswer(t *testing.T) {
	w := newWorld(t)
	answer := func(status int) func(*ocsp.Response) { return func(r *ocsp.Response) { r.Status = status } }
	good, unknown := answer(ocsp.Good), answer(ocsp.Unknown)
	older := func(r *ocsp.Response) { r.ThisUpdate = days(8) }
	revoked := func(at time.Time) func(*ocsp.Response) {
		return func(r *ocsp.Response) { r.Status, r.RevokedAt = ocsp.Revoked, at }
	}
	for name, c := range map[string]struct {
		answers [2]func(*ocsp.Response)
		want    pki.Status
		as      func(*pki.Evidence) bool
	}{
		"unknown and good":                 {[2]func(*ocsp.Response){unknown, good}, pki.StatusUnknown, nil},
		"revoked and good":                 {[2]func(*ocsp.Response){revoked(days(3)), good}, pki.StatusRevoked, nil},
		"revoked and unknown":              {[2]func(*ocsp.Response){revoked(days(3)), unknown}, pki.StatusRevoked, nil},
		"revoked twice, the earlier one":   {[2]func(*ocsp.Response){revoked(days(3)), revoked(days(2))}, pki.StatusRevoked, func(e *pki.Evidence) bool { return e.RevokedAt.Equal(days(2)) }},
		"good twice, the older one":        {[2]func(*ocsp.Response){good, older}, pki.StatusGood, func(e *pki.Evidence) bool { return e.ThisUpdate.Equal(days(8)) }},
		"good twice about the same moment": {[2]func(*ocsp.Response){good, good}, pki.StatusGood, nil},
	} {
		t.Run(name, func(t *testing.T) {
			for _, raw := range [][]byte{several(t, w, c.answers[0], c.answers[1]), several(t, w, c.answers[1], c.answers[0])} {
				e, err := pki.CheckOCSP(raw, w.leaf.cert, w.issuing.cert)
				require.NoError(t, err)
				assert.Equal(t, c.want, e.Status)
				assert.Equal(t, c.want != pki.StatusRevoked, e.RevokedAt.IsZero())
				assert.True(t, c.as == nil || c.as(e))
			}
		})
	}
}

func TestCheckOCSPAcceptsSigners(t *testing.T) {
	w := newWorld(t)
	direct, err := pki.CheckOCSP(w.ocspBy(t, w.issuing, func(r *ocsp.Response) { r.Certificate = nil }), w.leaf.cert, w.issuing.cert)
	require.NoError(t, err, "the issuer itself")
	assert.True(t, direct.Signer.Equal(w.issuing.cert))
	assert.False(t, direct.ResponderUnchecked)

	delegated, err := pki.CheckOCSP(w.ocsp(t, nil), w.leaf.cert, w.issuing.cert)
	require.NoError(t, err, "a delegate")
	assert.True(t, delegated.Signer.Equal(w.responder.cert))
	assert.False(t, delegated.ResponderUnchecked)
}

// A responder without ocsp-nocheck counts only when a list clears it.
func TestResponderWithoutNoCheck(t *testing.T) {
	w := newWorld(t)
	responder := w.issuing.issue(t, responderTemplate(false))
	answers := [][]byte{w.ocspBy(t, responder, nil)}
	times := pki.Times{At: days(10), Now: days(30)}

	v, err := pki.Judge(w.leaf.cert, w.issuing.cert, answers, nil, times)
	require.NoError(t, err)
	assert.Equal(t, pki.StatusUnknown, v.Status)
	assert.ErrorIs(t, v.Rejected[0].Err, pki.ErrResponderUnchecked)

	v, err = pki.Judge(w.leaf.cert, w.issuing.cert, answers, [][]byte{w.crl(t, nil)}, times)
	require.NoError(t, err)
	assert.Equal(t, pki.StatusGood, v.Status)
	assert.Equal(t, pki.KindOCSP, v.Evidence.Kind)

	revoked := w.crl(t, func(l *x509.RevocationList) {
		l.RevokedCertificateEntries = []x509.RevocationListEntry{{SerialNumber: responder.cert.SerialNumber, RevocationTime: days(1)}}
	})
	v, err = pki.Judge(w.leaf.cert, w.issuing.cert, answers, [][]byte{revoked}, times)
	require.NoError(t, err)
	assert.ErrorIs(t, v.Rejected[0].Err, pki.ErrNotAuthorized)
}

func TestCheckCRLRefuses(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	with := func(id asn1.ObjectIdentifier, critical bool, value []byte) []byte {
		return w.crl(t, func(l *x509.RevocationList) {
			l.ExtraExtensions = []pkix.Extension{{Id: id, Critical: critical, Value: value}}
		})
	}
	good := w.crl(t, nil)
	turned := bytes.Clone(good)
	turned[len(turned)-1] ^= 1
	// The entry of somebody else with a critical extension that moves entries
	// to another issuer.
	foreign := w.crl(t, func(l *x509.RevocationList) {
		l.RevokedCertificateEntries = []x509.RevocationListEntry{{
			SerialNumber: big.NewInt(5), RevocationTime: days(1),
			ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 29}, Critical: true, Value: []byte{0x30, 0}}},
		}}
	})
	for name, c := range map[string]struct {
		raw  []byte
		want error
	}{
		"nothing":                     {nil, pki.ErrMalformed},
		"bytes after the list":        {append(bytes.Clone(good), 0), pki.ErrMalformed},
		"truncated":                   {good[:len(good)-1], pki.ErrMalformed},
		"over the bound":              {make([]byte, 33<<20), pki.ErrTooLarge},
		"one bit turned":              {turned, pki.ErrNotAuthorized},
		"a stranger of the same name": {other.crl(t, nil), pki.ErrNotAuthorized},
		"the list of the root":        {crlBy(t, w.root, nil), pki.ErrOtherCertificate},
		"an unknown critical part":    {with(oidUnknown, true, []byte{5, 0}), pki.ErrUnsupported},
		"a delta list":                {with(asn1.ObjectIdentifier{2, 5, 29, 27}, true, []byte{2, 1, 1}), pki.ErrUnsupported},
		"an indirect list":            {with(oidScope, true, []byte{0x30, 3, 0x84, 1, 0xff}), pki.ErrUnsupported},
		"a list of some reasons":      {with(oidScope, true, []byte{0x30, 4, 0x83, 2, 5, 0x60}), pki.ErrUnsupported},
		"a list of authorities":       {with(oidScope, true, []byte{0x30, 3, 0x82, 1, 0xff}), pki.ErrOtherCertificate},
		"a list of attributes":        {with(oidScope, true, []byte{0x30, 3, 0x85, 1, 0xff}), pki.ErrOtherCertificate},
		"another distribution point": {with(oidScope, true, append([]byte{0x30, 14, 0xa0, 12, 0xa0, 10, 0x86, 8},
			"http://x"...)), pki.ErrOtherCertificate},
		"a critical part of another's entry": {foreign, pki.ErrUnsupported},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := pki.CheckCRL(c.raw, w.leaf.cert, w.issuing.cert)
			assert.ErrorIs(t, err, c.want)
			assert.True(t, e == nil)
		})
	}

	users, err := pki.CheckCRL(with(oidScope, true, []byte{0x30, 3, 0x81, 1, 0xff}), w.leaf.cert, w.issuing.cert)
	require.NoError(t, err, "a list of holders covers a holder")
	assert.Equal(t, pki.StatusGood, users.Status)

	mute := authorityTemplate("CA PALSU")
	mute.KeyUsage = x509.KeyUsageCertSign
	cannot := w.root.issueFor(t, mute, w.issuing.key)
	_, err = pki.CheckCRL(good, w.leaf.cert, cannot.cert)
	assert.ErrorIs(t, err, pki.ErrNotAuthorized, "an issuer without cRLSign")
}

func TestCheckCRLOfItsDistributionPoint(t *testing.T) {
	w := newWorld(t)
	tmpl := leafTemplate()
	tmpl.CRLDistributionPoints = []string{"http://x"}
	leaf := w.issuing.issue(t, tmpl)
	list := w.crl(t, func(l *x509.RevocationList) {
		l.ExtraExtensions = []pkix.Extension{{Id: oidScope, Critical: true, Value: append([]byte{0x30, 14, 0xa0, 12, 0xa0, 10, 0x86, 8}, "http://x"...)}}
	})
	e, err := pki.CheckCRL(list, leaf.cert, w.issuing.cert)
	require.NoError(t, err)
	assert.Equal(t, pki.StatusGood, e.Status)
}
