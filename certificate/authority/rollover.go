package authority

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
)

// Rollover puts a new generation of the issuing authority in front: it signs
// from now on, and the earlier ones go on answering for what they signed. Name
// and key must differ from theirs. A zero pair makes a new key.
//
// Errors: a *[NameError], [ErrKey], [ErrIssuerNotValid], and those of ledger
// and signer.
func (a *Authority) Rollover(ctx context.Context, name Name, pair KeyPair) error {
	if err := name.check(); err != nil {
		return err
	}
	a.rollover.Lock() // two at once would not see each other's name and key
	defer a.rollover.Unlock()
	i, err := a.install(ctx, a.root, a.cfg.IssuingProfile, name, pair)
	if err != nil {
		return err
	}
	a.addGeneration(i, true)
	return nil
}

// CrossCertificates returns, for each two neighbouring generations, the newer
// one's key certified by the older and the older one's by the newer, so that
// who trusts only one of them finds a path to the other's certificates
// (RFC 4210 section 4.4 does the same for roots). They end with the certificate
// that they stand for, and are made once. A pair whose issuer is over is left
// out. Errors are those of the ledger and of the keys.
func (a *Authority) CrossCertificates(ctx context.Context) ([]*x509.Certificate, error) {
	a.mu.RLock()
	generations := slices.Clone(a.generations)
	a.mu.RUnlock()
	var all []*x509.Certificate
	for k := 0; k+1 < len(generations); k++ {
		newer, older := generations[k], generations[k+1]
		for _, pair := range [][2]*issuer{{older, newer}, {newer, older}} {
			c, err := a.crossCertify(ctx, pair[0], pair[1])
			if errors.Is(err, ErrIssuerNotValid) {
				continue
			}
			if err != nil {
				return nil, err
			}
			all = append(all, c)
		}
	}
	return all, nil
}

// crossCertify certifies the key of one generation by another, under the same
// name and key identifier.
func (a *Authority) crossCertify(ctx context.Context, by, of *issuer) (*x509.Certificate, error) {
	p := a.cfg.IssuingProfile.clone()
	p.Name, p.MaxPathLen = "cross", 0
	p.Validity = of.cert.NotAfter.Sub(a.now())
	if p.Validity <= 0 {
		return nil, ErrIssuerNotValid
	}
	return a.certify(ctx, by, p, order{
		id:      "cross:" + by.id() + ":" + of.id(),
		subject: of.cert.RawSubject, publicKey: of.cert.PublicKey,
		spki: of.cert.RawSubjectPublicKeyInfo, keyID: of.cert.SubjectKeyId,
	})
}

// checkDistinct keeps names and keys of issuers apart: answers and files are
// found by them.
func (a *Authority) checkDistinct(i *issuer) error {
	for _, g := range a.issuers() {
		if bytes.Equal(g.subject, i.subject) {
			return &NameError{"subject", "already that of another issuer"}
		}
		if bytes.Equal(g.keyID, i.keyID) {
			return fmt.Errorf("%w: already that of another issuer", ErrKey)
		}
	}
	return nil
}

// addGeneration puts an issuer before or behind the others.
func (a *Authority) addGeneration(i *issuer, front bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if front {
		a.generations = append([]*issuer{i}, a.generations...)
	} else {
		a.generations = append(a.generations, i)
	}
}
