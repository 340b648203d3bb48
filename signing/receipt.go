package signing

import (
	"context"
	"crypto/x509"
	"io"
	"time"

	"github.com/sertel-id/sertel/signing/appearance"
)

// DocumentSigner signs documents for one person. E-office code is written
// against it: [*Local] meets it with a key at hand, a client of a signing
// service with a key elsewhere.
type DocumentSigner interface {
	SignDocument(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, req Request) (Receipt, error)
}

// Request is one document to be signed by a [DocumentSigner].
type Request struct {
	// Credential releases the signer's key. Required by most signers.
	Credential Credential

	// Field, Placement, Block, Certify, Reason and Location are as in
	// [Options].
	Field            string
	Placement        Placement
	Block            *appearance.Block
	Certify          Certification
	Reason, Location string
}

// TimeSource says who vouches for a signing time.
type TimeSource int

// Sources.
const (
	TimeUnknown   TimeSource = iota
	TimeClaimed              // the signer's own clock, which proves nothing
	TimeAuthority            // a time-stamping authority
)

// Receipt says what was done to a document.
type Receipt struct {
	// Field is the name of the signature field.
	Field string

	// Page counts from 1, Rect is as in [Placement]. An invisible signature is
	// anchored to page 1 with an empty rectangle.
	Page int
	Rect Rect

	// Certificate is the signer's, as checked with the signature.
	Certificate *x509.Certificate

	// SignerConfirmed tells that the signature was verified with the
	// certificate that the caller named. It is always true for a key at hand.
	SignerConfirmed bool

	// Level is what was reached.
	Level Level

	// Time is the signing time and TimeSource who vouches for it.
	Time       time.Time
	TimeSource TimeSource

	// InputSHA256 and OutputSHA256 are digests of the whole files, Input and
	// Output their sizes in bytes.
	InputSHA256, OutputSHA256 [32]byte
	InputSize, OutputSize     int64

	// Repairs lists what was wrong with the input and read over, in English.
	Repairs []string
}
