package authority

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"time"

	"github.com/sertel-id/sertel/certificate"
)

var (
	oidInvalidityDate    = asn1.ObjectIdentifier{2, 5, 29, 24}
	oidExpiredCertsOnCRL = asn1.ObjectIdentifier{2, 5, 29, 60}
)

// crlCache keeps the last CRL of an issuer, so that its address can be asked
// often.
type crlCache struct {
	mu      sync.Mutex
	changes uint64 // counts revocations, so that one made meanwhile is seen
	last    crl
	stale   bool
}

func (c *crlCache) invalidate() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	c.stale = true
}

// usable returns the cached list while it may still be given out, and the
// count of changes it must be stored under otherwise.
func (c *crlCache) usable(now time.Time, maxAge time.Duration) (crl, uint64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.last
	ok := l.der != nil && !c.stale && !now.Before(l.thisUpdate) && now.Before(l.thisUpdate.Add(maxAge)) && now.Before(l.nextUpdate)
	return l, c.changes, ok
}

// store keeps a list, unless a later one was stored meanwhile.
func (c *crlCache) store(l crl, changes uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l.number > c.last.number {
		c.last, c.stale = l, c.changes != changes
	}
}

// crl is a signed list with its times.
type crl struct {
	number                 int64
	der                    []byte
	thisUpdate, nextUpdate time.Time
}

// CRL returns the DER of a current revocation list of the current issuing
// authority; [Authority.RootCRL] that of the root. Errors are those of the
// ledger and of the key.
func (a *Authority) CRL(ctx context.Context) ([]byte, error) {
	l, err := a.crlOf(ctx, a.current())
	return bytes.Clone(l.der), err
}

// RootCRL returns the DER of a current revocation list of the root. Errors
// are those of the ledger and of the key.
func (a *Authority) RootCRL(ctx context.Context) ([]byte, error) {
	l, err := a.crlOf(ctx, a.root)
	return bytes.Clone(l.der), err
}

func (a *Authority) crlOf(ctx context.Context, i *issuer) (crl, error) {
	now := a.now()
	cached, changes, ok := i.crl.usable(now, a.cfg.CRLMaxAge)
	if ok {
		return cached, nil
	}
	fresh, err := a.makeCRL(ctx, i, now)
	if err != nil {
		return crl{}, err
	}
	i.crl.store(fresh, changes)
	return fresh, nil
}

// makeCRL signs a list of everything revoked or held, expired certificates
// among it: signatures are judged long after their certificates ended, and
// the list says that it knows them (X.509 expiredCertsOnCRL).
func (a *Authority) makeCRL(ctx context.Context, i *issuer, now time.Time) (crl, error) {
	// The number is drawn before the entries are read: of two lists made at
	// once, the one with the higher number knows at least as much.
	number, err := a.cfg.Ledger.NextCRLNumber(ctx, i.id())
	if err != nil {
		return crl{}, err
	}
	var entries []x509.RevocationListEntry
	var entryErr error
	err = a.cfg.Ledger.Revoked(ctx, i.id(), func(s certificate.Serial, r Revocation) bool {
		var e x509.RevocationListEntry
		if e, entryErr = crlEntry(s, r); entryErr != nil {
			return false
		}
		entries = append(entries, e)
		return true
	})
	if err == nil {
		err = entryErr
	}
	if err != nil {
		return crl{}, err
	}
	slices.SortFunc(entries, func(a, b x509.RevocationListEntry) int { return a.SerialNumber.Cmp(b.SerialNumber) })
	since, err := asn1.MarshalWithParams(i.cert.NotBefore.UTC(), "generalized")
	if err != nil {
		return crl{}, fmt.Errorf("authority: CRL: %w", err)
	}
	algorithm, _ := signatureAlgorithm(i.signer.Public())
	l := crl{number: number, thisUpdate: now, nextUpdate: now.Add(a.cfg.CRLLifetime)}
	l.der, err = x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		SignatureAlgorithm: algorithm, RevokedCertificateEntries: entries, Number: big.NewInt(number),
		ThisUpdate: l.thisUpdate, NextUpdate: l.nextUpdate,
		ExtraExtensions: []pkix.Extension{{Id: oidExpiredCertsOnCRL, Value: since}},
	}, i.cert, i.signer)
	if err != nil {
		return crl{}, fmt.Errorf("authority: CRL: %w", err)
	}
	return l, nil
}

func crlEntry(s certificate.Serial, r Revocation) (x509.RevocationListEntry, error) {
	// Reason 0 is left out of the entry by crypto/x509, as RFC 5280 asks.
	e := x509.RevocationListEntry{SerialNumber: s.Int(), RevocationTime: r.At, ReasonCode: int(r.Reason)}
	if r.InvalidityDate.IsZero() {
		return e, nil
	}
	value, err := asn1.MarshalWithParams(r.InvalidityDate.UTC(), "generalized")
	if err != nil {
		return e, fmt.Errorf("authority: CRL: %w", err)
	}
	e.ExtraExtensions = []pkix.Extension{{Id: oidInvalidityDate, Value: value}}
	return e, nil
}
