package esign

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/sertel-id/sertel/signing"
)

// Result says what became of a document. Its JSON is the receipt's with two
// fields more, document_id and work_ms.
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

// resultJSON is what a result has beside its receipt.
type resultJSON struct {
	DocumentID string `json:"document_id,omitempty"`
	Work       int64  `json:"work_ms,omitempty"`
}

// MarshalJSON writes the result for keeping, as [signing.Receipt.MarshalJSON]
// does; the work is rounded down to milliseconds.
func (r Result) MarshalJSON() ([]byte, error) {
	receipt, err := json.Marshal(r.Receipt)
	if err != nil {
		return nil, err
	}
	own, err := json.Marshal(resultJSON{r.DocumentID, r.Work.Milliseconds()})
	if err != nil || len(own) == len("{}") {
		return receipt, err
	}
	// A receipt is never empty: its outcome always stands.
	return append(append(receipt[:len(receipt)-1], ','), own[1:]...), nil
}

// UnmarshalJSON reads what MarshalJSON wrote, or a receipt. Anything else is
// [signing.ErrReceipt], and nothing is set then.
func (r *Result) UnmarshalJSON(data []byte) error {
	var own resultJSON
	if err := json.Unmarshal(data, &own); err != nil {
		return fmt.Errorf("%w: not a result's JSON", signing.ErrReceipt) // the cause may quote what a field held
	}
	var receipt signing.Receipt
	if err := json.Unmarshal(data, &receipt); err != nil {
		return err
	}
	*r = Result{receipt, own.DocumentID, time.Duration(own.Work) * time.Millisecond}
	return nil
}
