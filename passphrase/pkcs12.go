package passphrase

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"software.sslmate.com/src/go-pkcs12"
)

var (
	// ErrPKCS12 means that a file is not a PKCS#12 file, is damaged, or uses
	// what is not read: BER lengths, files without integrity check, keys that
	// are not encrypted or lie inside other encrypted content, unknown
	// algorithms.
	ErrPKCS12 = errors.New("unreadable PKCS#12 file")
	// ErrPKCS12Cost means that a file is larger or asks for more iterations
	// than allowed. It is found before any of the work is done.
	ErrPKCS12Cost = errors.New("PKCS#12 file too costly")
)

const (
	// MaxPKCS12Size is the largest PKCS#12 file read, in bytes.
	MaxPKCS12Size = 1 << 20
	// MaxPKCS12Iterations is how many iterations a PKCS#12 file may ask for
	// in all its parts together, counted in those of PBKDF2 with
	// HMAC-SHA-256; with HMAC-SHA-512, and in the schemes of old files, each
	// counts for three.
	MaxPKCS12Iterations = 10_000_000
	// PKCS12Iterations is the number written, for each part: what the OWASP
	// Password Storage Cheat Sheet asks of PBKDF2 with HMAC-SHA-256.
	PKCS12Iterations = 600_000
)

// KeyFile is the content of a PKCS#12 file. It prints and marshals as the name of
// its type: a private key in a field of its own would print itself. That
// protection ends where it is put in an unexported field of another struct,
// where fmt calls no method and prints an Ed25519 key whole.
type KeyFile struct {
	// Key is the private key. It is an RSA, ECDSA or Ed25519 key and fits
	// the certificate.
	Key crypto.Signer
	// Certificate belongs to Key.
	Certificate *x509.Certificate
	// Chain are the other certificates in the order of the file. Nothing
	// about them has been checked.
	Chain []*x509.Certificate
}

// Format prints the name of the type for every verb.
func (KeyFile) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "passphrase.KeyFile") }

// MarshalText returns the name of the type, which encoding/json and slog write too.
func (KeyFile) MarshalText() ([]byte, error) { return []byte("passphrase.KeyFile"), nil }

// ExportPKCS12 returns f as a PKCS#12 file (RFC 7292): PBES2 with AES-256 and
// PBKDF2, and a MAC with SHA-256, at [PKCS12Iterations] each; readable by
// OpenSSL 1.1.1, Java 12, Windows Server 2019 and later. It takes about half a
// second. It fails with [ErrEmpty], [ErrTooLong], or [ErrPKCS12] when the key
// does not fit the certificate or the passphrase has characters outside the
// Basic Multilingual Plane, which the format cannot carry.
func ExportPKCS12(s Secret, f KeyFile) ([]byte, error) {
	der, err := exportPKCS12(s, f, PKCS12Iterations)
	if err != nil {
		return nil, fmt.Errorf("passphrase: export PKCS#12: %w", err)
	}
	return der, nil
}

func exportPKCS12(s Secret, f KeyFile, iterations int) ([]byte, error) {
	password, err := pkcs12Password(s)
	if err != nil {
		return nil, err
	}
	if f.Key == nil || f.Certificate == nil || !fits(f.Certificate, f.Key) {
		return nil, fmt.Errorf("%w: key and certificate do not fit", ErrPKCS12)
	}
	encoder := pkcs12.Modern2023.WithIterations(iterations)
	der, err := encoder.Encode(f.Key, f.Certificate, f.Chain, password)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPKCS12, err)
	}
	return der, nil
}

// ImportPKCS12 reads a PKCS#12 file with one encrypted key. Files of old
// software with RC2 and triple DES are read too. Size and iterations are bounded
// before any work: [ErrPKCS12Cost]. It fails with [ErrMismatch] for a wrong
// passphrase, or an altered file, which cannot be told apart, and with
// [ErrPKCS12].
func ImportPKCS12(der []byte, s Secret) (KeyFile, error) {
	f, err := importPKCS12(der, s)
	if err != nil {
		return KeyFile{}, fmt.Errorf("passphrase: import PKCS#12: %w", err)
	}
	return f, nil
}

func importPKCS12(der []byte, s Secret) (KeyFile, error) {
	password, err := pkcs12Password(s)
	if err != nil {
		return KeyFile{}, ErrMismatch
	}
	pfx, err := walkPFX(der)
	if err != nil {
		return KeyFile{}, err
	}
	if err := pfx.verifyMAC(password); err != nil {
		return KeyFile{}, err
	}
	ordered, err := pfx.keyFirst(password)
	if err != nil {
		return KeyFile{}, err
	}
	key, leaf, others, err := pkcs12.DecodeChain(ordered, password)
	if err != nil {
		return KeyFile{}, fmt.Errorf("%w: %w", ErrPKCS12, err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return KeyFile{}, fmt.Errorf("%w: key of type %T", ErrPKCS12, key)
	}
	all := append([]*x509.Certificate{leaf}, others...)
	i := slices.IndexFunc(all, func(c *x509.Certificate) bool { return fits(c, signer) })
	if i < 0 {
		return KeyFile{}, fmt.Errorf("%w: no certificate fits the key", ErrPKCS12)
	}
	return KeyFile{Key: signer, Certificate: all[i], Chain: slices.Delete(slices.Clone(all), i, i+1)}, nil
}

// fits reports whether the certificate holds the key's public half.
func fits(c *x509.Certificate, key crypto.Signer) bool {
	public, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(c.PublicKey)
}

// pkcs12Password returns the passphrase as the string that the format's
// libraries take. Strings cannot be cleared.
func pkcs12Password(s Secret) (string, error) {
	typed := s.Reveal()
	defer clear(typed)
	switch {
	case len(typed) == 0:
		return "", ErrEmpty
	case len(typed) > MaxBytes:
		return "", ErrTooLong
	case !utf8.Valid(typed):
		return "", fmt.Errorf("%w: passphrase is not UTF-8", ErrPKCS12)
	}
	for _, r := range string(typed) {
		if r > 0xFFFF {
			return "", fmt.Errorf("%w: passphrase outside the Basic Multilingual Plane", ErrPKCS12)
		}
	}
	return string(typed), nil
}
