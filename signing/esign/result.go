package esign

import (
	"time"

	"github.com/sertel-id/sertel/signing"
)

// Result says what became of a document.
type Result struct {
	// Receipt is complete when Outcome is OutcomeSigned. Without Config.Roots
	// its level is at most B-B and its time what the box claims. AttemptID names
	// the attempt in the quarantine too.
	signing.Receipt
	// DocumentID is the box's, in version 1.
	DocumentID string
	// Work is how long the box says it took, in version 2.
	Work time.Duration
}
