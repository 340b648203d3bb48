package esign

import "github.com/sertel-id/sertel/signing"

// What every signer has is defined in package signing; these are its names
// here.
type (
	Outcome  = signing.Outcome
	Doubt    = signing.Doubt
	Ledger   = signing.Ledger
	Entry    = signing.Entry
	Attempt  = signing.Attempt
	Decision = signing.Decision
	// MemoryLedger is a [Ledger] that a restart forgets.
	MemoryLedger = signing.MemoryLedger
	Capabilities = signing.Capabilities
)

// The outcomes.
const (
	OutcomeUnknown = signing.OutcomeUnknown
	OutcomeRefused = signing.OutcomeRefused
	OutcomeSigned  = signing.OutcomeSigned
)

// The decisions.
const (
	Abandon   = signing.Abandon
	SignAgain = signing.SignAgain
)

// The doubts.
const (
	DoubtUnchecked  = signing.DoubtUnchecked
	DoubtName       = signing.DoubtName
	DoubtUntrusted  = signing.DoubtUntrusted
	DoubtUnclear    = signing.DoubtUnclear
	DoubtSeveral    = signing.DoubtSeveral
	DoubtChanges    = signing.DoubtChanges
	DoubtPlace      = signing.DoubtPlace
	DoubtNotRaised  = signing.DoubtNotRaised
	DoubtNotNoted   = signing.DoubtNotNoted
	DoubtNotAudited = signing.DoubtNotAudited
)

// NewMemoryLedger returns an empty ledger.
func NewMemoryLedger() *MemoryLedger { return signing.NewMemoryLedger() }
