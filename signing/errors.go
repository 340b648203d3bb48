package signing

import (
	"errors"
	"fmt"

	"github.com/sertel-id/sertel/signing/internal/cms"
	"github.com/sertel-id/sertel/signing/internal/errtext"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// ErrConfig means that options, a configuration or a [Key] contradict themselves
// or lack something, whatever the document. The text names what is to be put right.
var ErrConfig = errors.New("signing: configuration")

// Refusals of a document. They come before the credential is used and before
// the first byte is written.
var (
	// ErrNotPDF: the bytes are not a PDF file.
	ErrNotPDF = errors.New("signing: not a PDF file")
	// ErrDamaged: the structure is broken beyond the repairs that readers
	// agree on, or broken after an earlier signature, where nothing may be
	// repaired.
	ErrDamaged = errors.New("signing: damaged file")
	// ErrAmbiguousStructure: two lawful readers would see two different
	// documents, so nobody can say what would be signed.
	ErrAmbiguousStructure = errors.New("signing: ambiguous file structure")
	// ErrLimit: the document exceeds a bound on its structure.
	ErrLimit = errors.New("signing: limit exceeded")
	// ErrDocumentPassword: the file is encrypted and Options.Password, or
	// Request.DocumentPassword, does not open it.
	ErrDocumentPassword = errors.New("signing: wrong document password")
	// ErrForbidden: a certification or a field lock of an earlier signature
	// forbids this one. It comes as [*ForbiddenError].
	ErrForbidden = errors.New("signing: an earlier signature forbids this")
	// ErrNotFirst: a certification must be a document's first signature
	// (ISO 32000-2, 12.8.2.2).
	ErrNotFirst = errors.New("signing: a certification must be the first signature")
	// ErrField: the field named cannot be signed: it is no signature field,
	// is signed already, its name is not one for a new field, or a new one was
	// to show a block without a place.
	ErrField = errors.New("signing: field cannot be signed")
)

// errNoField: there is a block for a field that does not exist, and no place for
// a new one.
var errNoField = fmt.Errorf("%w: it does not exist, and a new one has no place", ErrField)

// Refusals of a placement.
var (
	// ErrPlacement: the placement contradicts itself or has no block to show.
	ErrPlacement = errors.New("signing: bad placement")
	// ErrNoPage: the page does not exist.
	ErrNoPage = errors.New("signing: no such page")
	// ErrOutsidePage: the block would lie outside the visible page.
	ErrOutsidePage = errors.New("signing: block lies outside the page")
	// ErrTagNotFound: the anchor tag is not on any page as text.
	ErrTagNotFound = errors.New("signing: anchor tag not found")
	// ErrTagAmbiguous: the anchor tag stands more than once and the
	// placement does not say which one is meant.
	ErrTagAmbiguous = errors.New("signing: anchor tag found more than once")
)

// Refusals of a key, its certificate or a credential.
var (
	// ErrCredential: the credential does not open the key. A [KeySource]
	// wraps it for a wrong passphrase or one-time code.
	ErrCredential = errors.New("signing: credential refused")
	// ErrKeyMismatch: the key does not belong to the certificate.
	ErrKeyMismatch = errors.New("signing: key and certificate are not a pair")
	// ErrWeakKey: the key or the hash is too weak for a new signature.
	ErrWeakKey = errors.New("signing: key or algorithm too weak")
	// ErrNotYetValid: the certificate's validity has not begun.
	ErrNotYetValid = errors.New("signing: certificate is not yet valid")
	// ErrExpired: the certificate's validity is over.
	ErrExpired = errors.New("signing: certificate has expired")
	// ErrKeyUsage: the certificate is not one for documents: it lacks both
	// digitalSignature and nonRepudiation, its extended key usages are for
	// something else, or it is an authority's.
	ErrKeyUsage = errors.New("signing: certificate is not for document signatures")
	// ErrRevoked: the evidence says that a certificate of the chain was
	// revoked before the signature's proven time.
	ErrRevoked = errors.New("signing: certificate has been revoked")
)

// Failures after the first byte was written; what was written is to be thrown
// away.
var (
	// ErrBadSignature: the signer returned a signature that the certificate's
	// key did not make over this document.
	ErrBadSignature = errors.New("signing: signer returned a wrong signature")
	// ErrTimestamp: no usable time-stamp token was to be had.
	ErrTimestamp = errors.New("signing: no time-stamp")
	// ErrEvidence: the evidence for level B-LT or B-LTA is not complete.
	ErrEvidence = errors.New("signing: evidence for B-LT is incomplete")
	// ErrSpace: the signature is larger than the room kept for it.
	ErrSpace = errors.New("signing: signature exceeds the room kept for it")
)

// ErrReceipt means that what was kept cannot be read as a receipt.
var ErrReceipt = errors.New("signing: unreadable receipt")

// Failures of Finish and Extend.
var (
	// ErrWrongDocument: the bytes are not those that were prepared.
	ErrWrongDocument = errors.New("signing: not the document that was prepared")
	// ErrUsed: the preparation was finished before.
	ErrUsed = errors.New("signing: preparation was already finished")
	// ErrState: a marshalled preparation cannot be read back.
	ErrState = errors.New("signing: unreadable preparation")
	// ErrCMS: a message made elsewhere is not a PAdES signature of the
	// prepared document.
	ErrCMS = errors.New("signing: message is not a signature of this document")
	// ErrNoSignature: the document, or the field to extend, is not signed.
	ErrNoSignature = errors.New("signing: no such signature")
	// ErrNoTimestamp: a signature without time-stamp cannot reach B-LT, and
	// no document timestamp was to be made.
	ErrNoTimestamp = errors.New("signing: signature has no time-stamp")
)

// UnsupportedError reports something the document or the request asks for
// that cannot be done soundly. It comes before the credential is used.
type UnsupportedError struct {
	// Feature names it in English, such as "XFA form" or "field lock".
	Feature string
}

// Error implements error.
func (e *UnsupportedError) Error() string { return "signing: unsupported: " + e.Feature }

// ForbiddenError reports the earlier signature that forbids a new one. It
// matches [ErrForbidden].
type ForbiddenError struct {
	// Field is the field of the earlier signature, empty when it has none.
	Field string
	// Rule is what forbids, in English, such as "certified: no changes".
	Rule string
}

// Error implements error.
func (e *ForbiddenError) Error() string {
	return fmt.Sprintf("%v: field %.80q: %s", ErrForbidden, e.Field, e.Rule)
}

// Is reports whether target is [ErrForbidden].
func (e *ForbiddenError) Is(target error) bool { return target == ErrForbidden }

// fromPDF gives an error of the reader this package's name for it, unless it
// has one already.
func fromPDF(err error) error {
	var unsupported *UnsupportedError
	if errors.As(err, &unsupported) || errors.Is(err, ErrLimit) {
		return err
	}
	for _, m := range []struct{ from, to error }{
		{pdf.ErrNotPDF, ErrNotPDF},
		{pdf.ErrAmbiguous, ErrAmbiguousStructure},
		{pdf.ErrMalformed, ErrDamaged},
		{pdf.ErrLimit, ErrLimit},
		{pdf.ErrPassword, ErrDocumentPassword},
		{pdf.ErrNoPage, ErrNoPage},
	} {
		if errors.Is(err, m.from) {
			return errtext.Under(m.to, err, m.from.Error(), "pdf: ")
		}
	}
	if errors.Is(err, pdf.ErrShort) {
		return errtext.Under(ErrSource, err, "pdf: ")
	}
	if errors.Is(err, pdf.ErrEncryption) {
		return errtext.Under(&UnsupportedError{Feature: "this encryption"}, err, pdf.ErrEncryption.Error())
	}
	if errors.Is(err, pdf.ErrFilter) {
		return errtext.Under(&UnsupportedError{Feature: "this stream filter"}, err, pdf.ErrFilter.Error())
	}
	return fmt.Errorf("signing: read document: %w", err)
}

// fromCMS gives an error of the message writer this package's name for it.
func fromCMS(err error) error {
	switch {
	case errors.Is(err, cms.ErrWeakAlgorithm):
		return fmt.Errorf("%w: %w", ErrWeakKey, err)
	case errors.Is(err, cms.ErrUnsupportedAlgorithm), errors.Is(err, cms.ErrAlgorithmMismatch):
		return fmt.Errorf("%w: %w", &UnsupportedError{Feature: "this key or algorithm"}, err)
	case errors.Is(err, cms.ErrSignature):
		return fmt.Errorf("%w: %w", ErrBadSignature, err)
	}
	return fmt.Errorf("signing: %w", err)
}
