// Package signertest checks that a signing.DocumentSigner does what e-office
// code may expect of every one: a key at hand, a client of a signing service, a
// program's own.
//
//	func TestSigner(t *testing.T) {
//		signertest.Run(t, signertest.Config{New: func(t *testing.T) signertest.Subject { … }})
//	}
//
// What a signer cannot do at all is no failure as long as it says so with a
// signing.UnsupportedError.
package signertest

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"testing"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/verify"
)

// Config says what is tested.
type Config struct {
	// New makes a signer for one check. A signer that counts wrong passphrases
	// or remembers documents begins each check afresh. Required.
	New func(t *testing.T) Subject

	// RequireTools makes a check fail that an outside program (pdftoppm) is
	// missing for. False: it is skipped.
	RequireTools bool
}

// Subject is a signer with what is needed to judge it.
type Subject struct {
	// Signer is tested. Required.
	Signer signing.DocumentSigner

	// Right releases the signer's key and Wrong does not. Required; Wrong is of
	// the same kind as Right.
	Right, Wrong signing.Credential

	// Verify judges the documents that were signed: roots are required, and the
	// clock is that of the signer.
	Verify verify.Options

	// Certificate is what the signatures must be made with. Nil: not compared.
	Certificate *x509.Certificate

	// Level must be reached by every signature. Zero: any level.
	Level signing.Level

	// Records returns the audit records of the signer so far, oldest first.
	// Nil: auditing is not checked.
	Records func() []signing.AuditRecord
}

// errTool means that an outside program is missing.
var errTool = errors.New("not installed")

// check is one rule.
type check struct {
	name string
	run  func(context.Context, Subject) error
}

var checks = []check{
	{"an invisible signature is sound and its receipt true", invisible},
	{"a block shows where it was asked for", visible},
	{"a block shows on the last page", lastPage},
	{"a block shows at its anchor tag", anchored},
	{"the QR code on the page can be read", readable},
	{"a role in a layout says where a block shows", byRole},
	{"a second signature leaves the first one valid", twice},
	{"documents are signed at the same time", parallel},
	{"a wrong credential is refused and nothing written", wrongCredential},
	{"no credential is refused and nothing written", noCredential},
	{"a context that has ended is obeyed and nothing written", cancelled},
	{"a document that cannot be signed is refused before the credential is used", badDocument},
	{"a placement that cannot be is refused before the credential is used", badPlacement},
	{"what a signer cannot do it refuses, the rest it does", optional},
	{"a signature with a dedupe key is made once", once},
	{"of many requests with one dedupe key one is signed", onceOfMany},
	{"a refused attempt does not use a dedupe key up", refusedFirst},
	{"each attempt leaves one audit record", audited},
	{"a document shorter than said is an error", short},
	{"a destination that fails is an error", brokenDestination},
}

// Run checks a signer.
func Run(t *testing.T, cfg Config) {
	t.Helper()
	if cfg.New == nil {
		panic("signertest: Config.New is missing")
	}
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			s := cfg.New(t)
			if err := s.complete(); err != nil {
				t.Fatal(err)
			}
			err := c.run(t.Context(), s)
			switch {
			case errors.Is(err, errTool) && !cfg.RequireTools:
				t.Skip(err)
			case err != nil:
				t.Error(err)
			}
		})
	}
}

func (s Subject) complete() error {
	none := signing.Credential{}
	if s.Signer == nil || s.Right == none || s.Wrong == none || len(s.Verify.Roots) == 0 {
		return fmt.Errorf("signertest: Subject needs Signer, Right, Wrong and the roots to verify by")
	}
	return nil
}
