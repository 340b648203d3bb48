package signing

import (
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
// method FailureScope() Scope tells its own; of the others, the refusals of
// this package that are about the document are ScopeDocument, those of key and
// credential ScopeSigner, and what is not known is ScopeService.
func ScopeOf(err error) Scope {
	var own interface{ FailureScope() Scope }
	if errors.As(err, &own) {
		return own.FailureScope()
	}
	for _, e := range []error{ErrCredential, ErrKeyMismatch, ErrWeakKey, ErrNotYetValid, ErrExpired, ErrKeyUsage, ErrRevoked} {
		if errors.Is(err, e) {
			return ScopeSigner
		}
	}
	for _, e := range []error{ErrTimestamp, ErrEvidence, ErrBadSignature, ErrSpace} {
		if errors.Is(err, e) {
			return ScopeService
		}
	}
	var unsupported *UnsupportedError
	var character *appearance.CharacterError
	if errors.As(err, &unsupported) || errors.As(err, &character) {
		return ScopeDocument
	}
	for _, e := range []error{
		ErrNotPDF, ErrDamaged, ErrAmbiguousStructure, ErrLimit, ErrDocumentPassword, ErrForbidden, ErrNotFirst, ErrField,
		ErrPlacement, ErrNoPage, ErrOutsidePage, ErrTagNotFound, ErrTagAmbiguous, ErrRole, ErrWrongDocument,
		ErrAlreadySigned, ErrInFlight, ErrUnsettled, ErrAbandoned, ErrDedupeKey, ErrSource, ErrDuplicate, ErrOutputExists,
		ErrOutputMissing, appearance.ErrTooSmall, appearance.ErrEmpty, appearance.ErrTooLong, appearance.ErrLink, appearance.ErrLevel,
		appearance.ErrLogo,
	} {
		if errors.Is(err, e) {
			return ScopeDocument
		}
	}
	return ScopeService
}
