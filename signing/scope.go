package signing

import (
	"context"
	"errors"

	"github.com/sertel-id/sertel/signing/appearance"
)

// Scope says what a failure is about, and so whether the next document can fare
// better.
type Scope string

// The scopes. Only a failure known to be about one document lets a batch go on.
const (
	ScopeDocument    Scope = "document"    // this document; others may go on
	ScopeSigner      Scope = "signer"      // every document of this signer
	ScopeApplication Scope = "application" // this program's credential, configuration or disk
	ScopeService     Scope = "service"     // the signing service, or unknown
)

// ScopeOf tells the scope of an error of a [DocumentSigner]. An error with a
// method FailureScope() Scope tells its own, or FailureScope() string where its
// package is below this one, as certificate is. Of the others, the refusals of
// this package and of package appearance that are about the document or its
// block are ScopeDocument, those of key and credential ScopeSigner;
// [ErrConfig], the journal's and context.Canceled, which is the caller's will,
// are ScopeApplication. What is not known is ScopeService, and so is
// context.DeadlineExceeded: only who set the deadline can tell whose it was, as
// [Batch] does for its own context.
func ScopeOf(err error) Scope {
	var own interface{ FailureScope() Scope }
	if errors.As(err, &own) {
		return own.FailureScope()
	}
	var word interface{ FailureScope() string }
	if errors.As(err, &word) {
		return scopeNamed(word.FailureScope())
	}
	for _, known := range scopes {
		for _, e := range known.errs {
			if errors.Is(err, e) {
				return known.scope
			}
		}
	}
	var unsupported *UnsupportedError
	var character *appearance.CharacterError
	if errors.As(err, &unsupported) || errors.As(err, &character) {
		return ScopeDocument
	}
	return ScopeService
}

// scopeNamed is the scope of that name, ScopeService for any other.
func scopeNamed(word string) Scope {
	switch s := Scope(word); s {
	case ScopeDocument, ScopeSigner, ScopeApplication:
		return s
	}
	return ScopeService
}

// scopes are of errors that may come together, the wider scope first.
var scopes = [...]struct {
	scope Scope
	errs  []error
}{
	{ScopeApplication, []error{context.Canceled, ErrConfig, ErrJournal, ErrJournalInUse}},
	{ScopeSigner, []error{ErrCredential, ErrKeyMismatch, ErrWeakKey, ErrNotYetValid, ErrExpired, ErrKeyUsage, ErrRevoked}},
	{ScopeService, []error{ErrTimestamp, ErrEvidence, ErrBadSignature, ErrSpace}},
	{ScopeDocument, []error{
		ErrNotPDF, ErrDamaged, ErrAmbiguousStructure, ErrLimit, ErrDocumentPassword, ErrForbidden, ErrNotFirst, ErrField,
		ErrSigned, ErrPlacement, ErrNoPage, ErrOutsidePage, ErrTagNotFound, ErrTagAmbiguous, ErrRole, ErrLayout, ErrOverlap,
		ErrOverText, ErrWrongDocument, ErrAlreadySigned, ErrInFlight, ErrUnsettled, ErrAbandoned, ErrDedupeKey, ErrSource,
		ErrDuplicate, ErrSameOutput, ErrOutputExists, ErrOutputMissing, appearance.ErrTooSmall, appearance.ErrEmpty,
		appearance.ErrTooLong, appearance.ErrLink, appearance.ErrLevel, appearance.ErrLogo, appearance.ErrResolution,
	}},
}
