package fetch

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/sertel-id/sertel/signing/internal/pki"
)

// nonceSize is the size that RFC 9654 section 2.1 asks clients for.
const nonceSize = 32

// OCSP implements [Source]. The response is authentic and about the
// certificate, and repeats the nonce if it has one at all (some responders
// leave it out); its times are for [pki.Judge]. A response with nextUpdate is
// kept until then.
func (f *Fetcher) OCSP(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error) {
	der, err := f.each(cert.OCSPServer, func(u *url.URL) ([]byte, error) {
		key := fmt.Sprintf("ocsp %s %x %x", u, issuer.Raw, cert.SerialNumber)
		if der, ok := f.cache.get(key, f.cfg.Now()); ok {
			return der, nil
		}
		der, e, err := f.askOCSP(ctx, u, cert, issuer)
		if err != nil {
			return nil, err
		}
		f.cache.put(key, der, e.NextUpdate)
		return der, nil
	})
	if err != nil {
		return nil, fmt.Errorf("fetch: OCSP: %w", err)
	}
	return der, nil
}

func (f *Fetcher) askOCSP(ctx context.Context, u *url.URL, cert, issuer *x509.Certificate) ([]byte, *pki.Evidence, error) {
	var nonce []byte
	if !f.cfg.NoNonce {
		nonce = make([]byte, nonceSize)
		rand.Read(nonce)
	}
	request, err := pki.NewOCSPRequest(cert, issuer, nonce)
	if err != nil {
		return nil, nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(request))
	if err != nil {
		return nil, nil, err
	}
	r.Header.Set("Content-Type", "application/ocsp-request")
	r.Header.Set("Accept", "application/ocsp-response")
	der, err := f.do(ctx, r, f.cfg.MaxOCSP)
	if err != nil {
		return nil, nil, err
	}
	e, err := pki.CheckOCSP(der, cert, issuer)
	if err != nil {
		return nil, nil, err
	}
	if e.Nonce != nil && !bytes.Equal(e.Nonce, nonce) {
		return nil, nil, fmt.Errorf("nonce differs: %w", ErrAnswer)
	}
	return der, e, nil
}

// CRL implements [Source]. The list is authentic and covers the certificate;
// its times are for [pki.Judge]. It is kept until its nextUpdate.
func (f *Fetcher) CRL(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error) {
	der, err := f.each(cert.CRLDistributionPoints, func(u *url.URL) ([]byte, error) {
		key := "crl " + u.String()
		if der, ok := f.cache.get(key, f.cfg.Now()); ok {
			if _, err := pki.CheckCRL(der, cert, issuer); err == nil {
				return der, nil
			}
		}
		der, err := f.get(ctx, u, f.cfg.MaxCRL)
		if err != nil {
			return nil, err
		}
		e, err := pki.CheckCRL(der, cert, issuer)
		if err != nil {
			return nil, err
		}
		f.cache.put(key, der, e.NextUpdate)
		return der, nil
	})
	if err != nil {
		return nil, fmt.Errorf("fetch: CRL: %w", err)
	}
	return der, nil
}

// issuerCaching is how long certificates of issuers are kept.
const issuerCaching = time.Hour

// Issuers implements [Source]. The answer is one certificate in DER or the
// certificates of a PKCS#7 bundle (RFC 5280 section 4.2.2.1); none is trusted
// for it.
func (f *Fetcher) Issuers(ctx context.Context, cert *x509.Certificate) ([]*x509.Certificate, error) {
	der, err := f.each(cert.IssuingCertificateURL, func(u *url.URL) ([]byte, error) {
		key := "issuer " + u.String()
		if der, ok := f.cache.get(key, f.cfg.Now()); ok {
			return der, nil
		}
		der, err := f.get(ctx, u, f.cfg.MaxCertificate)
		if err != nil {
			return nil, err
		}
		if _, err := splitIssuers(der); err != nil {
			return nil, err
		}
		f.cache.put(key, der, f.cfg.Now().Add(issuerCaching))
		return der, nil
	})
	if err != nil {
		return nil, fmt.Errorf("fetch: issuer: %w", err)
	}
	return splitIssuers(der)
}

func (f *Fetcher) get(ctx context.Context, u *url.URL, limit int64) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	return f.do(ctx, r, limit)
}
