package signing

import (
	"crypto/x509"
	"time"
)

// TimeSource says who vouches for a signing time.
type TimeSource int

// Sources.
const (
	TimeUnknown   TimeSource = iota
	TimeClaimed              // the signer's own clock, which proves nothing
	TimeAuthority            // a time-stamping authority
)

// Receipt says what was done to a document. Its JSON is for keeping beside the
// document: see [Receipt.MarshalJSON].
type Receipt struct {
	// Outcome is how the attempt ended.
	Outcome Outcome

	// AttemptID names the attempt in logs, ledger and audit records. It is
	// empty from calls that are no [DocumentSigner].
	AttemptID string

	// Key names the signature in the signer's ledger, for Reconcile. Empty: no
	// ledger was asked.
	Key string

	// Field is the name of the signature field.
	Field string

	// Page counts from 1, Rect is as in [Placement]. An invisible signature is
	// anchored to page 1 with an empty rectangle.
	Page int
	Rect Rect

	// Certificate is the signer's, as checked with the signature. With an error
	// it may be set all the same: the key was open.
	Certificate *x509.Certificate

	// SignerConfirmed tells that the signature was verified with the
	// certificate that the caller named. It is always true for a key at hand.
	SignerConfirmed bool

	// Level is what was reached.
	Level Level

	// Time is the signing time and TimeSource who vouches for it.
	Time       time.Time
	TimeSource TimeSource

	// InputSHA256 and OutputSHA256 are digests of the whole files, InputSize
	// and OutputSize their sizes in bytes.
	InputSHA256, OutputSHA256 [32]byte
	InputSize, OutputSize     int64

	// Repairs lists what was wrong with the input and read over, in English.
	Repairs []string

	// Doubts are what the receiver of the document should know, each once.
	Doubts []Doubt
}

// Doubt adds a doubt, once.
func (r *Receipt) Doubt(d Doubt) {
	for _, have := range r.Doubts {
		if have == d {
			return
		}
	}
	r.Doubts = append(r.Doubts, d)
}
