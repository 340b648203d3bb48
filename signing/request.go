package signing

import (
	"context"
	"fmt"
	"io"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/appearance"
)

// DocumentSigner signs documents for one person. E-office code is written
// against it: [*Local] meets it with a key at hand, a client of a signing
// service with a key elsewhere.
//
// The receipt also comes with an error, and then tells the outcome, the attempt
// and the doubts. With [ErrAlreadySigned] it is that of the first signature.
type DocumentSigner interface {
	SignDocument(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, req Request) (Receipt, error)
}

// Request is one document to be signed by a [DocumentSigner].
type Request struct {
	// Credential releases the signer's key. Required by most signers.
	Credential Credential

	// DocumentPassword opens an encrypted document. Zero: the empty password. A
	// signer that cannot use it says so with [UnsupportedError], see
	// [Capabilities].
	DocumentPassword passphrase.Secret

	// Layout and Role, both or none, say where the signature shows instead of
	// Placement: at the role's only place in a letter made ready by
	// [PrepareLetter]. The document must be that letter or what it became by
	// signing, else [ErrWrongDocument]; a role without a single place is
	// [ErrRole], one whose place is signed already [ErrPlaceSigned]. The order of
	// the roles is not looked at here, see [LetterOptions.Roles].
	Layout *Layout
	Role   string

	// Field, Placement, Block, Certify, Reason and Location are as in
	// [Options].
	Field            string
	Placement        Placement
	Block            *appearance.Block
	Certify          Certification
	Reason, Location string

	// Purpose says what the signature is for, such as "paraf", in the audit
	// record, and tells apart signatures of one signer under the same document.
	// No personal number; at most 4 KiB. Empty: not said.
	Purpose string

	// DedupeKey names this signature, such as "surat-2026-17/camat", so that a
	// request that is made twice is signed once: the second one is
	// [ErrAlreadySigned] with the first one's receipt, one for another document
	// [ErrDedupeKey]. No personal number; at most 4 KiB. Empty: as the signer
	// has it, see [LocalConfig.Ledger].
	DedupeKey string
}

// maxRequestText bounds Purpose and DedupeKey in bytes.
const maxRequestText = 4 << 10

// Check refuses a request that no signer can take: contradictions between its
// parts, texts that are too long. It is for whoever implements
// [DocumentSigner].
func (r *Request) Check() error {
	switch {
	case (r.Layout == nil) != (r.Role == ""):
		return fmt.Errorf("%w: a layout needs a role, a role a layout", ErrPlacement)
	case r.Layout != nil && !r.Placement.invisible():
		return fmt.Errorf("%w: both a role and a place", ErrPlacement)
	case len(r.Purpose) > maxRequestText || len(r.DedupeKey) > maxRequestText:
		return fmt.Errorf("%w: purpose or dedupe key of more than %d bytes", ErrLimit, maxRequestText)
	}
	return nil
}

// Place returns the placement that the request asks for, in a layout looked up
// by its role. It is for whoever implements [DocumentSigner]. Errors:
// [ErrPlacement], [ErrLimit], [ErrRole], and those of [Layout.Check].
func (r *Request) Place(ctx context.Context, src io.ReaderAt, size int64) (Placement, error) {
	if err := r.Check(); err != nil {
		return Placement{}, err
	}
	if r.Layout == nil {
		return r.Placement, nil
	}
	p, err := r.Layout.Placement(r.Role)
	if err != nil {
		return Placement{}, err
	}
	return p, r.Layout.Check(ctx, src, size)
}
