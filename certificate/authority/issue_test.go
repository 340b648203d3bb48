package authority_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
)

func TestIssueFollowsTheDefaultProfile(t *testing.T) {
	clk := newClock()
	a := newAuthority(t, authority.Config{Now: clk.Now})
	key := newKey(t)
	issued, err := a.Issue(context.Background(), budi(t, key))
	require.NoError(t, err)
	c := issued.Certificate

	require.Len(t, issued.Chain, 1)
	assert.True(t, issued.Chain[0].Equal(a.Chain()[0]))
	assert.NoError(t, c.CheckSignatureFrom(a.Chain()[0]))
	assert.True(t, key.PublicKey.Equal(c.PublicKey))
	assert.Len(t, c.SerialNumber.Bytes(), 20)
	assert.Equal(t, 730*24*time.Hour-time.Second, c.NotAfter.Sub(c.NotBefore))
	assert.Equal(t, clk.now, c.NotBefore)
	assert.Equal(t, x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment, c.KeyUsage)
	assert.Equal(t, []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}, c.ExtKeyUsage)
	assert.Equal(t, "1.2.840.113583.1.1.5", c.UnknownExtKeyUsage[0].String())
	assert.Len(t, c.Policies, 1, "policies must be written by the new field of crypto/x509")
	assert.Empty(t, c.EmailAddresses)
	for _, address := range append(append(c.OCSPServer, c.CRLDistributionPoints...), c.IssuingCertificateURL...) {
		assert.Regexp(t, "^http://", address)
	}
	critical := map[string]bool{}
	for _, e := range c.Extensions {
		critical[e.Id.String()] = e.Critical
		assert.NotEqual(t, "1.3.6.1.5.5.7.1.3", e.Id.String(), "qcStatements")
	}
	assert.True(t, critical["2.5.29.15"] && critical["2.5.29.19"] && critical["2.5.29.37"])

	_, err = c.Verify(x509.VerifyOptions{
		Roots: a.Roots(), Intermediates: pool(a.Chain()[:1]), CurrentTime: clk.now,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection},
	})
	assert.NoError(t, err)
}

func TestSubjectHasBSrEOrderAndStringTypes(t *testing.T) {
	c := issue(t, newAuthority(t, authority.Config{}))
	var rdns []asn1.RawValue
	_, err := asn1.Unmarshal(c.RawSubject, &rdns)
	require.NoError(t, err)
	var got []string
	for _, rdn := range rdns {
		var attr struct {
			Type  asn1.ObjectIdentifier
			Value asn1.RawValue
		}
		_, err := asn1.Unmarshal(rdn.Bytes, &attr)
		require.NoError(t, err)
		kind := map[int]string{asn1.TagUTF8String: "UTF8", asn1.TagPrintableString: "Printable"}[attr.Value.Tag]
		got = append(got, attr.Type.String()+" "+kind+" "+string(attr.Value.Bytes))
	}
	assert.Equal(t, []string{
		"2.5.4.13 UTF8 A2B3C4D5E6F7G8H9_Tanda Tangan Digital",
		"2.5.4.3 UTF8 Budi Contoh",
		"2.5.4.10 UTF8 Pemerintah Kota Contoh",
		"2.5.4.6 Printable ID",
	}, got)
}

func TestIssueIsIdempotentByRequestID(t *testing.T) {
	a := newAuthority(t, authority.Config{})
	key := newKey(t)
	req := budi(t, key)
	first, err := a.Issue(context.Background(), req)
	require.NoError(t, err)

	req.CSR = newCSR(t, key) // signed anew: other bytes, same request
	second, err := a.Issue(context.Background(), req)
	require.NoError(t, err)
	assert.True(t, first.Certificate.Equal(second.Certificate))

	other := req
	other.CSR = newCSR(t, newKey(t))
	_, err = a.Issue(context.Background(), other)
	assert.ErrorIs(t, err, authority.ErrRequestConflict, "another key")

	other = req
	other.Subject.CommonName = "Siti Contoh"
	_, err = a.Issue(context.Background(), other)
	assert.ErrorIs(t, err, authority.ErrRequestConflict, "another name")
}

func TestConcurrentIssueOfOneRequestMakesOneCertificate(t *testing.T) {
	a := newAuthority(t, authority.Config{})
	req := budi(t, newKey(t))
	const n = 16
	results := make(chan []byte, n)
	for range n {
		go func() {
			issued, err := a.Issue(context.Background(), req)
			if !assert.NoError(t, err) {
				results <- nil
				return
			}
			results <- issued.Certificate.Raw
		}()
	}
	first := <-results
	for range n - 1 {
		assert.True(t, bytes.Equal(first, <-results))
	}
}

func TestIssueRefuses(t *testing.T) {
	a := newAuthority(t, authority.Config{})
	rsa1024, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	require.NoError(t, err)
	good := budi(t, newKey(t))
	broken := bytes.Clone(good.CSR)
	broken[len(broken)-1] ^= 1
	for name, c := range map[string]struct {
		change func(r *certificate.IssueRequest)
		want   error
	}{
		"request id empty":              {func(r *certificate.IssueRequest) { r.RequestID = "" }, authority.ErrRequest},
		"request id with other letters": {func(r *certificate.IssueRequest) { r.RequestID = "root:1" }, authority.ErrRequest},
		"request id too long":           {func(r *certificate.IssueRequest) { r.RequestID = string(bytes.Repeat([]byte("A"), 65)) }, authority.ErrRequest},
		"subject id short":              {func(r *certificate.IssueRequest) { r.Subject.ID = "ABC" }, authority.ErrRequest},
		"subject id is a NIK":           {func(r *certificate.IssueRequest) { r.Subject.ID = "3371990101900001" }, authority.ErrRequest},
		"CSR empty":                     {func(r *certificate.IssueRequest) { r.CSR = nil }, authority.ErrRequest},
		"CSR over the bound":            {func(r *certificate.IssueRequest) { r.CSR = make([]byte, 1<<20) }, authority.ErrRequest},
		"CSR not signed by its key":     {func(r *certificate.IssueRequest) { r.CSR = broken }, authority.ErrRequest},
		"RSA key of 1024 bits":          {func(r *certificate.IssueRequest) { r.CSR = newCSR(t, rsa1024) }, authority.ErrKey},
		"curve P-224":                   {func(r *certificate.IssueRequest) { r.CSR = newCSR(t, p224) }, authority.ErrKey},
		"name empty":                    {func(r *certificate.IssueRequest) { r.Subject.CommonName = "" }, authority.ErrName},
		"NIP in the name":               {func(r *certificate.IssueRequest) { r.Subject.CommonName = "Budi 199001012015011901" }, authority.ErrName},
	} {
		t.Run(name, func(t *testing.T) {
			req := good
			req.RequestID = requestID()
			c.change(&req)
			_, err := a.Issue(context.Background(), req)
			assert.ErrorIs(t, err, c.want)
		})
	}
}

func TestValidityEndsWithTheIssuer(t *testing.T) {
	clk := newClock()
	short := authority.IssuingProfile()
	short.Validity = 100 * 24 * time.Hour
	a := newAuthority(t, authority.Config{Now: clk.Now, IssuingProfile: short})
	assert.Equal(t, a.Chain()[0].NotAfter, issue(t, a).NotAfter)

	clk.Advance(short.Validity)
	_, err := a.Issue(context.Background(), budi(t, newKey(t)))
	assert.ErrorIs(t, err, authority.ErrIssuerNotValid)
}

func TestOtherProfiles(t *testing.T) {
	a := newAuthority(t, authority.Config{})
	name := authority.Name{CommonName: "Layanan Contoh PALSU", Organization: "Instansi Contoh (PALSU)"}
	for _, p := range []authority.Profile{
		authority.PersonProfile(), authority.BSrELikeProfile(), authority.SealProfile(), authority.TSAProfile(),
	} {
		t.Run(p.Name, func(t *testing.T) {
			issued, err := a.IssueProfile(context.Background(), p, authority.Request{
				ID: requestID(), Subject: name, PublicKey: newKey(t).Public(),
			})
			require.NoError(t, err)
			assert.Equal(t, p.Validity, issued.Certificate.NotAfter.Sub(issued.Certificate.NotBefore))
		})
	}
	_, err := a.IssueProfile(context.Background(), authority.IssuingProfile(), authority.Request{
		ID: requestID(), Subject: name, PublicKey: newKey(t).Public(),
	})
	assert.ErrorIs(t, err, authority.ErrProfile, "an authority on request")

	bad := authority.TSAProfile()
	bad.ExtKeyUsageCritical = false
	_, err = a.IssueProfile(context.Background(), bad, authority.Request{
		ID: requestID(), Subject: name, PublicKey: newKey(t).Public(),
	})
	assert.ErrorIs(t, err, authority.ErrProfile, "timeStamping that is not critical")
}

// algorithms are the kinds of key, with the slow ones where nothing is sampled.
func algorithms() map[string]authority.KeyAlgorithm {
	all := map[string]authority.KeyAlgorithm{"P-256": authority.ECDSAP256, "P-384": authority.ECDSAP384, "RSA 2048": authority.RSA2048}
	if os.Getenv("SERTEL_CI") == "1" {
		all["RSA 3072"], all["RSA 4096"] = authority.RSA3072, authority.RSA4096
	}
	return all
}

func TestKeyAlgorithms(t *testing.T) {
	for name, k := range algorithms() {
		t.Run(name, func(t *testing.T) {
			a := newAuthority(t, authority.Config{Keys: k})
			key, err := k.GenerateKey()
			require.NoError(t, err)
			issued, err := a.Issue(context.Background(), budi(t, key))
			require.NoError(t, err)
			c := issued.Certificate
			assert.NoError(t, c.CheckSignatureFrom(a.Chain()[0]))
			assert.NoError(t, a.Chain()[0].CheckSignatureFrom(a.Root()))
		})
	}
	_, err := authority.KeyAlgorithm(99).GenerateKey()
	assert.ErrorIs(t, err, certificate.ErrKeyAlgorithm)
	_, err = authority.New(t.Context(), fakeNames(authority.Config{Keys: 99}))
	assert.ErrorIs(t, err, authority.ErrKey)
	assert.ErrorIs(t, err, certificate.ErrKeyAlgorithm)
	given := newAuthority(t, authority.Config{Keys: 99,
		Root: &authority.KeyPair{Signer: newKey(t)}, Issuing: []authority.KeyPair{{Signer: newKey(t)}}})
	err = given.ResponderError(t.Context())
	assert.ErrorIs(t, err, authority.ErrKey, "the first key that it makes itself")
	assert.ErrorIs(t, err, certificate.ErrKeyAlgorithm)
	assert.Equal(t, "ECDSA P-384", authority.ECDSAP384.String())
	assert.Equal(t, "RSA 4096", authority.RSA4096.String())
	assert.Equal(t, "KeyAlgorithm(99)", authority.KeyAlgorithm(99).String())
	assert.Equal(t, certificate.RSA2048, authority.RSA2048, "a vault and an authority mean the same")
}

func TestKeysOutsideTheProfilesAreRefused(t *testing.T) {
	a := newAuthority(t, authority.Config{})
	modulus := func(bits uint) *big.Int { return new(big.Int).SetBit(big.NewInt(1), int(bits-1), 1) }
	ed, _, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	for name, pub := range map[string]crypto.PublicKey{
		"RSA of 2047 bits":    &rsa.PublicKey{N: modulus(2047), E: 65537},
		"RSA of 4097 bits":    &rsa.PublicKey{N: modulus(4097), E: 65537},
		"RSA with exponent 3": &rsa.PublicKey{N: modulus(2048), E: 3},
		"Ed25519":             ed,
		"no key":              nil,
	} {
		_, err := a.IssueProfile(context.Background(), authority.PersonProfile(), authority.Request{
			ID: requestID(), Subject: authority.Name{CommonName: "Budi Contoh"}, PublicKey: pub})
		assert.ErrorIs(t, err, authority.ErrKey, name)
	}
}

func TestRestartWithTheSameKeys(t *testing.T) {
	ledger := authority.NewMemoryLedger()
	clk := newClock()
	root, issuing := newKey(t), newKey(t)
	cfg := authority.Config{
		Now: clk.Now, Ledger: ledger,
		Root: &authority.KeyPair{Signer: root}, Issuing: []authority.KeyPair{{Signer: issuing}},
	}
	first := newAuthority(t, cfg)
	clk.Advance(time.Hour)
	second := newAuthority(t, cfg)
	assert.True(t, first.Root().Equal(second.Root()), "the ledger gives the root again")
	assert.True(t, first.Chain()[0].Equal(second.Chain()[0]))

	cfg.Root = &authority.KeyPair{Signer: newKey(t), Certificate: first.Root()}
	_, err := authority.New(context.Background(), fakeNames(cfg))
	assert.Error(t, err, "a certificate with another key")
}

func pool(certs []*x509.Certificate) *x509.CertPool {
	p := x509.NewCertPool()
	for _, c := range certs {
		p.AddCert(c)
	}
	return p
}

func TestSerials(t *testing.T) {
	n := 100_000
	if os.Getenv("SERTEL_CI") == "1" {
		n = 1_000_000
	}
	seen := make(map[certificate.Serial]struct{}, n)
	for range n {
		s, err := authority.NewSerial()
		if err != nil {
			t.Fatal(err)
		}
		if len(s.String()) != 40 || s.Int().Bit(159) != 0 {
			t.Fatalf("serial of %d digits", len(s.String()))
		}
		seen[s] = struct{}{}
	}
	assert.Len(t, seen, n)
}
