package authority

import (
	"context"
	"crypto"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/sertel-id/sertel/certificate"
)

// Authority is a root with an issuing authority below it. It is safe for
// concurrent use. Make one with [New].
type Authority struct {
	cfg  Config
	root *issuer
	// throwawayRSA makes an RSA key on first use, always the same.
	throwawayRSA func() (crypto.Signer, error)

	rollover    sync.Mutex // held by Rollover
	mu          sync.RWMutex
	generations []*issuer // the current one first, never empty
}

var _ certificate.Issuer = (*Authority)(nil)

// issuer is a key of the authority with its certificate, which is nil only
// while the root signs itself.
type issuer struct {
	keyID   []byte // SHA-1 of the key: its subject key identifier
	subject []byte
	signer  crypto.Signer
	cert    *x509.Certificate

	crl       crlCache
	responder responderCache
}

// id is the issuer's key in the ledger.
func (i *issuer) id() string { return hex.EncodeToString(i.keyID) }

// fileName is the issuer's part of the addresses of its CRL and certificate.
func (i *issuer) fileName() string { return hex.EncodeToString(i.keyID[:8]) }

// New makes an authority. Keys and certificates that the configuration lacks
// are made; errors are those of the configuration, of the ledger and of
// signers.
func New(ctx context.Context, cfg Config) (*Authority, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	a := &Authority{cfg: cfg, throwawayRSA: sync.OnceValues(RSA2048.GenerateKey)}
	var root KeyPair
	if cfg.Root != nil {
		root = *cfg.Root
	}
	if a.root, err = a.install(ctx, nil, cfg.RootProfile, cfg.RootName, root); err != nil {
		return nil, err
	}
	pairs := slices.Clone(cfg.Issuing)
	if len(pairs) == 0 {
		pairs = []KeyPair{{}}
	}
	for _, pair := range pairs {
		g, err := a.install(ctx, a.root, cfg.IssuingProfile, cfg.IssuingName, pair)
		if err != nil {
			return nil, err
		}
		a.addGeneration(g, false)
	}
	// The configuration keeps no second reference to the keys.
	a.cfg.Root, a.cfg.Issuing = nil, nil
	return a, nil
}

// install takes a key pair, or makes what is missing of it, below the parent;
// nil makes a self-signed one.
func (a *Authority) install(ctx context.Context, parent *issuer, p Profile, n Name, pair KeyPair) (*issuer, error) {
	i, err := a.newIssuer(p, n, pair)
	if err != nil {
		return nil, err
	}
	by := parent
	if parent == nil {
		by = i
	} else if err := a.checkDistinct(i); err != nil {
		return nil, err // before anything is signed
	}
	if i.cert == nil {
		// The same key asks for the same certificate again after a restart.
		o, err := newOrder(p.Name+":"+i.id(), n, i.signer.Public())
		if err != nil {
			return nil, err
		}
		if i.cert, err = a.certify(ctx, by, p, o); err != nil {
			return nil, err
		}
	}
	if err := checkInstalled(i, parent); err != nil {
		return nil, fmt.Errorf("authority: %s: %w", p.Name, err)
	}
	return i, nil
}

// newIssuer takes a key pair, which may lack its certificate, or makes a key.
func (a *Authority) newIssuer(p Profile, n Name, pair KeyPair) (*issuer, error) {
	var err error
	if pair.Signer == nil {
		if pair.Certificate != nil {
			return nil, fmt.Errorf("authority: %s certificate without its key", p.Name)
		}
		if pair.Signer, err = a.cfg.Keys.GenerateKey(); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrKey, err)
		}
	}
	pub := pair.Signer.Public()
	if err := checkPublicKey(pub); err != nil {
		return nil, err
	}
	i := &issuer{signer: pair.Signer, cert: pair.Certificate}
	if i.keyID, err = keyIdentifier(pub); err != nil {
		return nil, err
	}
	if i.cert != nil {
		i.subject = i.cert.RawSubject
		return i, nil
	}
	if i.subject, err = n.der(); err != nil {
		return nil, fmt.Errorf("authority: subject: %w", err)
	}
	return i, nil
}

// checkInstalled refuses a certificate that is not an authority's, not of its
// key, or not signed by the parent.
func checkInstalled(i, parent *issuer) error {
	pub, ok := i.signer.Public().(interface{ Equal(crypto.PublicKey) bool })
	signedBy := i.cert
	if parent != nil {
		signedBy = parent.cert
	}
	switch {
	case !ok || !pub.Equal(i.cert.PublicKey):
		return errors.New("key and certificate do not belong together")
	case !i.cert.IsCA || i.cert.KeyUsage&x509.KeyUsageCertSign == 0 || i.cert.KeyUsage&x509.KeyUsageCRLSign == 0:
		return errors.New("certificate is not an authority's")
	case len(i.cert.SubjectKeyId) == 0:
		return errors.New("certificate has no subject key identifier")
	}
	if err := i.cert.CheckSignatureFrom(signedBy); err != nil {
		return fmt.Errorf("certificate does not follow from its issuer: %w", err)
	}
	return nil
}

// Root is the certificate to be trusted.
func (a *Authority) Root() *x509.Certificate { return a.root.cert }

// Chain is the certificate of the current issuing authority, then the root.
func (a *Authority) Chain() []*x509.Certificate {
	return []*x509.Certificate{a.current().cert, a.root.cert}
}

// Roots is a pool with the root alone.
func (a *Authority) Roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.root.cert)
	return pool
}

func (a *Authority) current() *issuer {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.generations[0]
}

// issuers lists all generations and the root.
func (a *Authority) issuers() []*issuer {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return append(slices.Clone(a.generations), a.root)
}

// issuerByID finds the issuer of a ledger entry.
func (a *Authority) issuerByID(id string) (*issuer, bool) {
	for _, i := range a.issuers() {
		if i.id() == id {
			return i, true
		}
	}
	return nil, false
}

// now is the clock in whole seconds, as certificates count.
func (a *Authority) now() time.Time { return a.cfg.Now().UTC().Truncate(time.Second) }

// keyIdentifier is the SHA-1 of the key's bits (RFC 5280 section 4.2.1.2,
// method 1), as BSrE has it. It names the key and protects nothing.
func keyIdentifier(pub crypto.PublicKey) ([]byte, error) {
	bits, err := publicKeyBits(pub)
	if err != nil {
		return nil, err
	}
	sum := sha1.Sum(bits)
	return sum[:], nil
}

// publicKeyBits is the content of subjectPublicKey, without its tag, length
// and count of unused bits.
func publicKeyBits(pub crypto.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return nil, fmt.Errorf("authority: public key: %w", err)
	}
	var spki struct {
		Algorithm pkix.AlgorithmIdentifier
		PublicKey asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &spki); err != nil {
		return nil, fmt.Errorf("authority: public key: %w", err)
	}
	return spki.PublicKey.RightAlign(), nil
}
