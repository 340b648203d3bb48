package verify

import (
	"context"
	"crypto/x509"
	"errors"
	"time"

	"github.com/sertel-id/sertel/passphrase"
)

// Root is a certificate that the caller trusts as the end of a chain.
type Root struct {
	Certificate *x509.Certificate
	// TrustedFrom and TrustedUntil bound the times for which the root is
	// trusted; zero means no bound beside the certificate's own validity.
	TrustedFrom  time.Time
	TrustedUntil time.Time
}

// Trust makes roots of certificates, without bounds of time.
func Trust(certificates ...*x509.Certificate) []Root {
	roots := make([]Root, len(certificates))
	for i, c := range certificates {
		roots[i] = Root{Certificate: c}
	}
	return roots
}

// Fetcher gets revocation data over the network. Its answers are checked
// like any other evidence, so it need not be trusted. The source that package
// signing builds with NewHTTPSource is one.
type Fetcher interface {
	// OCSP returns the DER of an OCSP response for the certificate.
	OCSP(ctx context.Context, certificate, issuer *x509.Certificate) ([]byte, error)
	// CRL returns the DER of the CRL on which the certificate would stand if
	// it were revoked.
	CRL(ctx context.Context, certificate, issuer *x509.Certificate) ([]byte, error)
}

// Options configures Verify.
type Options struct {
	// Roots are the ends of trusted chains. Required: without roots Verify
	// returns ErrNoRoots. The system's roots are never used, they are kept for
	// web servers.
	Roots []Root
	// TimestampRoots are the ends of trusted chains of time-stamping
	// authorities; nil means Roots.
	TimestampRoots []Root
	// Intermediates help to build chains. They are not trusted.
	Intermediates []*x509.Certificate
	// AllowIssuers, if not empty, asks that the signer's certificate was
	// issued by one of these themselves, which narrows a national root to one
	// of the authorities below it. An authority is told by its name and key, so
	// that its renewed certificate counts too; one further up, such as the
	// root, does not. It does not bind time-stamping authorities.
	AllowIssuers []*x509.Certificate
	// OCSP and CRLs are evidence of the caller, in DER. They are checked like
	// the evidence in the document.
	OCSP [][]byte
	CRLs [][]byte
	// Fetcher gets revocation data that neither document nor caller has; nil
	// means that nothing goes over the network.
	Fetcher Fetcher
	// InsecureSkipRevocation calls signatures valid without knowing whether
	// the certificate was revoked. Evidence that it was revoked still counts.
	InsecureSkipRevocation bool
	// Password opens an encrypted document as user or owner. Zero: the empty
	// password.
	Password passphrase.Secret
	// At is the instant of judgment; zero means Now.
	At time.Time
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// MaxSignatures bounds the signatures that are judged; a document with
	// more fails. Zero means 100.
	MaxSignatures int
}

// Errors of Verify that a caller may want to tell apart. Others come from the
// reader or the context.
var (
	// ErrNoRoots: Options.Roots is empty or holds a root without certificate.
	ErrNoRoots = errors.New("no trusted roots given")
	// ErrNotPDF: the bytes are no PDF file.
	ErrNotPDF = errors.New("not a PDF file")
	// ErrUnreadable: the file is damaged beyond what readers agree on, goes
	// over the limits, or is encrypted in a way that is not supported.
	ErrUnreadable = errors.New("the document cannot be read")
	// ErrPassword: the file is encrypted and Options.Password does not open it.
	ErrPassword = errors.New("wrong password")
)

const defaultMaxSignatures = 100

func (o Options) at() time.Time {
	switch {
	case !o.At.IsZero():
		return o.At
	case o.Now != nil:
		return o.Now()
	}
	return time.Now()
}

func (o Options) maxSignatures() int {
	if o.MaxSignatures > 0 {
		return o.MaxSignatures
	}
	return defaultMaxSignatures
}

func (o Options) timestampRoots() []Root {
	if o.TimestampRoots != nil {
		return o.TimestampRoots
	}
	return o.Roots
}

func (o Options) check() error {
	for _, roots := range [][]Root{o.Roots, o.timestampRoots()} {
		if len(roots) == 0 {
			return ErrNoRoots
		}
		for _, root := range roots {
			if root.Certificate == nil {
				return ErrNoRoots
			}
		}
	}
	return nil
}
