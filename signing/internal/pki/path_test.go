package pki_test

import (
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/budgettest"
	"github.com/sertel-id/sertel/signing/internal/pki"
)

func (w *world) options() pki.PathOptions {
	return pki.PathOptions{
		Roots: []pki.Root{{Certificate: w.root.cert}}, Intermediates: []*x509.Certificate{w.issuing.cert},
		At: days(10), Purpose: pki.DocumentSigning,
	}
}

func TestFindPath(t *testing.T) {
	w := newWorld(t)
	path, err := pki.FindPath(w.leaf.cert, w.options())
	require.NoError(t, err)
	require.Len(t, path, 3)
	assert.True(t, path.Leaf().Equal(w.leaf.cert))
	assert.True(t, path.Root().Equal(w.root.cert))
	assert.True(t, path.Issuer(0).Equal(w.issuing.cert))
	assert.Nil(t, path.Issuer(2))
}

// A path that is known is taken at other times exactly when building it anew
// would find it.
func TestAccepts(t *testing.T) {
	w := newWorld(t)
	path, err := pki.FindPath(w.leaf.cert, w.options())
	require.NoError(t, err)
	assert.False(t, w.options().Accepts(nil))
	for name, change := range map[string]func(*pki.PathOptions){
		"the same time":            func(*pki.PathOptions) {},
		"first instant":            func(o *pki.PathOptions) { o.At = day0 },
		"a second before":          func(o *pki.PathOptions) { o.At = day0.Add(-time.Second) },
		"last instant":             func(o *pki.PathOptions) { o.At = days(1000) },
		"a nanosecond after":       func(o *pki.PathOptions) { o.At = days(1000).Add(1) },
		"root trusted no more":     func(o *pki.PathOptions) { o.Roots[0].TrustedUntil = days(9) },
		"root of somebody else":    func(o *pki.PathOptions) { o.Roots[0].Certificate = newWorld(t).root.cert },
		"issuer that is allowed":   func(o *pki.PathOptions) { o.AllowIssuers = []*x509.Certificate{w.issuing.cert} },
		"root as allowed issuer":   func(o *pki.PathOptions) { o.AllowIssuers = []*x509.Certificate{w.root.cert} },
		"leaf as its own issuer":   func(o *pki.PathOptions) { o.AllowIssuers = []*x509.Certificate{w.leaf.cert} },
		"no roots are trusted now": func(o *pki.PathOptions) { o.Roots = nil },
	} {
		t.Run(name, func(t *testing.T) {
			opts := w.options()
			change(&opts)
			_, err := pki.FindPath(w.leaf.cert, opts)
			assert.Equal(t, err == nil, opts.Accepts(path))
		})
	}
}

func TestFindPathByOptions(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	deep := w.root.issue(t, authorityTemplate("CA lain PALSU"))
	renewed := w.root.issueFor(t, authorityTemplate("CA PALSU"), w.issuing.key).cert
	for name, c := range map[string]struct {
		change func(*pki.PathOptions)
		want   error
	}{
		"first instant of the leaf":              {func(o *pki.PathOptions) { o.At = day0 }, nil},
		"last instant of the leaf":               {func(o *pki.PathOptions) { o.At = days(1000) }, nil},
		"a second before":                        {func(o *pki.PathOptions) { o.At = day0.Add(-time.Second) }, pki.ErrNotValidAt},
		"a nanosecond after":                     {func(o *pki.PathOptions) { o.At = days(1000).Add(1) }, pki.ErrNotValidAt},
		"no roots":                               {func(o *pki.PathOptions) { o.Roots = nil }, pki.ErrNoPath},
		"another root of the same name":          {func(o *pki.PathOptions) { o.Roots[0].Certificate = other.root.cert }, pki.ErrNoPath},
		"an issuer of the same name":             {func(o *pki.PathOptions) { o.Intermediates = []*x509.Certificate{other.issuing.cert} }, pki.ErrNoPath},
		"the issuer is missing":                  {func(o *pki.PathOptions) { o.Intermediates = nil }, pki.ErrNoPath},
		"the root beside it":                     {func(o *pki.PathOptions) { o.Intermediates = append(o.Intermediates, w.root.cert, nil) }, nil},
		"too many to look at":                    {func(o *pki.PathOptions) { o.Intermediates = make([]*x509.Certificate, 65) }, pki.ErrTooMany},
		"purpose left out":                       {func(o *pki.PathOptions) { o.Purpose = pki.PurposeUnknown }, pki.ErrUsage},
		"root trusted later":                     {func(o *pki.PathOptions) { o.Roots[0].TrustedFrom = days(11) }, pki.ErrIssuerNotValidAt},
		"root trusted no more":                   {func(o *pki.PathOptions) { o.Roots[0].TrustedUntil = days(9) }, pki.ErrIssuerNotValidAt},
		"root trusted on that day":               {func(o *pki.PathOptions) { o.Roots[0].TrustedFrom, o.Roots[0].TrustedUntil = days(10), days(10) }, nil},
		"an issuer that is allowed":              {func(o *pki.PathOptions) { o.AllowIssuers = []*x509.Certificate{w.issuing.cert} }, nil},
		"an issuer that is not":                  {func(o *pki.PathOptions) { o.AllowIssuers = []*x509.Certificate{deep.cert} }, pki.ErrNotAllowed},
		"the issuer's renewed certificate":       {func(o *pki.PathOptions) { o.AllowIssuers = []*x509.Certificate{renewed} }, nil},
		"an issuer's name with another key":      {func(o *pki.PathOptions) { o.AllowIssuers = []*x509.Certificate{other.issuing.cert} }, pki.ErrNotAllowed},
		"the root as the issuer that is allowed": {func(o *pki.PathOptions) { o.AllowIssuers = []*x509.Certificate{w.root.cert} }, pki.ErrNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			opts := w.options()
			c.change(&opts)
			path, err := pki.FindPath(w.leaf.cert, opts)
			if c.want == nil {
				assert.NoError(t, err)
				return
			}
			assert.ErrorIs(t, err, c.want)
			assert.Nil(t, path)
		})
	}
	opts := w.options()
	opts.At = time.Time{}
	_, err := pki.FindPath(w.leaf.cert, opts)
	assert.Error(t, err, "no time")
	_, err = pki.FindPath(nil, w.options())
	assert.Error(t, err, "no certificate")
}

func TestFindPathByLeaf(t *testing.T) {
	w := newWorld(t)
	const signs = x509.KeyUsageDigitalSignature
	for name, c := range map[string]struct {
		purpose pki.Purpose
		change  func(*x509.Certificate)
		want    error
	}{
		"nonRepudiation alone": {pki.DocumentSigning, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageContentCommitment }, nil},
		"Adobe, critical": {pki.DocumentSigning, func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{critical(t, oidAdobe)}
		}, nil},
		"documentSigning": {pki.DocumentSigning, func(c *x509.Certificate) {
			c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{oidDocuments}
		}, nil},
		"emailProtection": {pki.DocumentSigning, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}
		}, nil},
		"any usage": {pki.DocumentSigning, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny}
		}, nil},
		"a web server's": {pki.DocumentSigning, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		}, pki.ErrUsage},
		"an unknown usage alone": {pki.DocumentSigning, func(c *x509.Certificate) {
			c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{oidUnknown}
		}, pki.ErrUsage},
		"no key usage at all":  {pki.DocumentSigning, func(c *x509.Certificate) { c.KeyUsage = 0 }, pki.ErrUsage},
		"keyEncipherment only": {pki.DocumentSigning, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }, pki.ErrUsage},
		"an authority": {pki.DocumentSigning, func(c *x509.Certificate) {
			c.IsCA, c.KeyUsage = true, signs|x509.KeyUsageCertSign
		}, pki.ErrUsage},
		"a critical extension that nobody knows": {pki.DocumentSigning, func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: oidUnknown, Critical: true, Value: []byte{5, 0}}}
		}, pki.ErrConstraints},
		"timeStamping, critical and alone": {pki.TimeStamping, func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{critical(t, asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8})}
		}, nil},
		"timeStamping, not critical": {pki.TimeStamping, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}
		}, pki.ErrUsage},
		"timeStamping beside another": {pki.TimeStamping, func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{critical(t, asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}, oidUnknown)}
		}, pki.ErrUsage},
		"a person for timeStamping": {pki.TimeStamping, func(*x509.Certificate) {}, pki.ErrUsage},
		"timeStamping for documents": {pki.DocumentSigning, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}
		}, pki.ErrUsage},
	} {
		t.Run(name, func(t *testing.T) {
			tmpl := leafTemplate()
			c.change(tmpl)
			opts := w.options()
			opts.Purpose = c.purpose
			_, err := pki.FindPath(w.issuing.issue(t, tmpl).cert, opts)
			if c.want == nil {
				assert.NoError(t, err)
				return
			}
			assert.ErrorIs(t, err, c.want)
		})
	}
}

func TestFindPathByIssuer(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		change func(*x509.Certificate)
		want   error
	}{
		"usages that cover documents": {func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}
		}, nil},
		"usages that do not": {func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		}, pki.ErrUsage},
		"ended before": {func(c *x509.Certificate) { c.NotAfter = days(5) }, pki.ErrIssuerNotValidAt},
		"not an authority": {func(c *x509.Certificate) {
			c.IsCA, c.KeyUsage = false, x509.KeyUsageDigitalSignature
		}, pki.ErrNoPath},
		"may not sign certificates": {func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign }, pki.ErrNoPath},
	} {
		t.Run(name, func(t *testing.T) {
			tmpl := authorityTemplate("CA PALSU")
			c.change(tmpl)
			pathThrough(t, w, tmpl, c.want)
		})
	}

	t.Run("no authority may follow below", func(t *testing.T) {
		tmpl := authorityTemplate("CA PALSU")
		tmpl.MaxPathLenZero = true
		upper := w.root.issue(t, tmpl)
		lower := upper.issue(t, authorityTemplate("CA bawah PALSU"))
		opts := w.options()
		opts.Intermediates = []*x509.Certificate{upper.cert, lower.cert}
		_, err := pki.FindPath(lower.issue(t, leafTemplate()).cert, opts)
		assert.Error(t, err)
	})
}

// pathThrough looks for the path of a leaf below an authority made by tmpl; nil
// wants one to be found.
func pathThrough(t *testing.T, w *world, tmpl *x509.Certificate, want error) {
	t.Helper()
	issuing := w.root.issue(t, tmpl)
	opts := w.options()
	opts.Intermediates = []*x509.Certificate{issuing.cert}
	_, err := pki.FindPath(issuing.issue(t, leafTemplate()).cert, opts)
	if want == nil {
		assert.NoError(t, err)
		return
	}
	assert.ErrorIs(t, err, want)
}

func TestFindPathRefusesWeakKeys(t *testing.T) {
	w := newWorld(t)
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	_, err = pki.FindPath(w.issuing.issueFor(t, leafTemplate(), small).cert, w.options())
	assert.ErrorIs(t, err, pki.ErrWeak, "RSA 1024")
	_, err = pki.FindPath(w.issuing.issueFor(t, leafTemplate(), newKey(t, elliptic.P224())).cert, w.options())
	assert.ErrorIs(t, err, pki.ErrWeak, "P-224")
}

// Without a path nobody vouches for what stands in a leaf, so that the path is
// what is missing.
func TestFindPathSaysFirstThatThereIsNone(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		change func(*x509.Certificate)
		key    crypto.Signer // nil: a good one
		want   error         // with a path
	}{
		"expired":       {func(c *x509.Certificate) { c.NotAfter = days(5) }, nil, pki.ErrNotValidAt},
		"not yet valid": {func(c *x509.Certificate) { c.NotBefore = days(20) }, nil, pki.ErrNotValidAt},
		"other usage":   {func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }, nil, pki.ErrUsage},
		"weak key":      {func(*x509.Certificate) {}, small, pki.ErrWeak},
	} {
		t.Run(name, func(t *testing.T) {
			tmpl := leafTemplate()
			c.change(tmpl)
			key := c.key
			if key == nil {
				key = newKey(t, elliptic.P256())
			}
			_, err := pki.FindPath(w.issuing.issueFor(t, tmpl, key).cert, w.options())
			assert.ErrorIs(t, err, c.want)
			opts := w.options()
			opts.Intermediates = []*x509.Certificate{other.issuing.cert}
			_, err = pki.FindPath(other.issuing.issueFor(t, tmpl, key).cert, opts)
			assert.ErrorIs(t, err, pki.ErrNoPath)
			assert.NotErrorIs(t, err, c.want)
		})
	}
}

// A link by SHA-1 or a small key is told from a root that is missing.
func TestFindPathNamesWeakLinks(t *testing.T) {
	w := newWorld(t)
	sha1 := func(tmpl *x509.Certificate) *x509.Certificate {
		tmpl.SignatureAlgorithm = x509.ECDSAWithSHA1
		return tmpl
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	big, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	issuingBy := func(tmpl *x509.Certificate, key crypto.Signer) *entity { return w.root.issueFor(t, tmpl, key) }
	weakCA := issuingBy(sha1(authorityTemplate("CA PALSU")), newKey(t, elliptic.P256()))
	smallCA := issuingBy(authorityTemplate("CA PALSU"), small)
	rsaCA := issuingBy(authorityTemplate("CA PALSU"), big)
	rsaLeaf := leafTemplate()
	rsaLeaf.SignatureAlgorithm = x509.SHA1WithRSA
	impostor := newWorld(t)
	for name, c := range map[string]struct {
		leaf          *entity
		intermediates []*x509.Certificate
		want          error
	}{
		"leaf by ECDSA with SHA-1":            {w.issuing.issue(t, sha1(leafTemplate())), []*x509.Certificate{w.issuing.cert}, pki.ErrWeak},
		"leaf by RSA with SHA-1":              {rsaCA.issue(t, rsaLeaf), []*x509.Certificate{rsaCA.cert}, pki.ErrWeak},
		"authority by SHA-1":                  {weakCA.issue(t, leafTemplate()), []*x509.Certificate{weakCA.cert}, pki.ErrWeak},
		"authority with a small key":          {smallCA.issue(t, leafTemplate()), []*x509.Certificate{smallCA.cert}, pki.ErrWeak},
		"SHA-1, and the issuer is missing":    {w.issuing.issue(t, sha1(leafTemplate())), nil, pki.ErrNoPath},
		"SHA-1 of another issuer of the name": {impostor.issuing.issue(t, sha1(leafTemplate())), []*x509.Certificate{w.issuing.cert}, pki.ErrNoPath},
		"SHA-1 under another root":            {impostor.issuing.issue(t, sha1(leafTemplate())), []*x509.Certificate{impostor.issuing.cert}, pki.ErrNoPath},
	} {
		t.Run(name, func(t *testing.T) {
			opts := w.options()
			opts.Intermediates = c.intermediates
			_, err := pki.FindPath(c.leaf.cert, opts)
			assert.ErrorIs(t, err, c.want)
		})
	}
	t.Run("a crowd of authorities by SHA-1", func(t *testing.T) {
		opts := w.options()
		opts.Intermediates = nil
		for range 64 {
			opts.Intermediates = append(opts.Intermediates, impostor.root.issue(t, sha1(authorityTemplate("CA PALSU"))).cert)
		}
		_, err := pki.FindPath(impostor.issuing.issue(t, sha1(leafTemplate())).cert, opts)
		assert.ErrorIs(t, err, pki.ErrNoPath)
	})
}

// Name constraints that nothing here processes are refused, critical or not
// (RFC 5280 section 6.1.4 g).
func TestFindPathByNameConstraints(t *testing.T) {
	w := newWorld(t)
	tagged := func(tag int, compound bool, content []byte) []byte {
		der, err := asn1.Marshal(asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tag, IsCompound: compound, Bytes: content})
		require.NoError(t, err)
		return der
	}
	sequence := func(content []byte) []byte {
		der, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: content})
		require.NoError(t, err)
		return der
	}
	name, err := asn1.Marshal(pkix.Name{Country: []string{"SG"}}.ToRDNSequence())
	require.NoError(t, err)
	directory, domain := tagged(4, true, name), tagged(2, false, []byte("contoh.example"))
	for name, c := range map[string]struct {
		subtrees []byte
		critical bool
		want     error
	}{
		"directory name, critical":      {tagged(0, true, sequence(directory)), true, pki.ErrConstraints},
		"directory name, not critical":  {tagged(0, true, sequence(directory)), false, pki.ErrConstraints},
		"excluded directory name":       {tagged(1, true, sequence(directory)), false, pki.ErrConstraints},
		"directory name behind another": {tagged(0, true, append(sequence(domain), sequence(directory)...)), false, pki.ErrConstraints},
		"with a minimum":                {tagged(0, true, sequence(append(domain, tagged(0, false, []byte{1})...))), false, pki.ErrConstraints},
		"domains alone":                 {tagged(0, true, sequence(domain)), true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			tmpl := authorityTemplate("CA PALSU")
			tmpl.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 30}, Critical: c.critical, Value: sequence(c.subtrees)}}
			pathThrough(t, w, tmpl, c.want)
		})
	}
}

// A crowd of authorities with the same name must not buy minutes.
func TestFindPathIsBounded(t *testing.T) {
	var crowd []*x509.Certificate
	for range 32 {
		crowd = append(crowd, selfSigned(t, authorityTemplate("CA PALSU")).cert)
	}
	w := newWorld(t)
	opts := w.options()
	opts.Intermediates = crowd
	budgettest.Budget{Time: 2 * time.Second, Memory: 256 << 20}.Keep(t, func() {
		_, err := pki.FindPath(w.leaf.cert, opts)
		assert.ErrorIs(t, err, pki.ErrNoPath)
	})
}
