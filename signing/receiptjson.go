package signing

import (
	"crypto/x509"
	"encoding/json"
	"fmt"
	"time"
)

// receiptJSON is a receipt as it is stored. Fields may be added, none may
// change: people keep receipts for as long as their letters.
type receiptJSON struct {
	Outcome         Outcome    `json:"outcome"`
	AttemptID       string     `json:"attempt_id,omitempty"`
	Key             string     `json:"key,omitempty"`
	Field           string     `json:"field,omitempty"`
	Page            int        `json:"page,omitempty"`
	Rect            rectJSON   `json:"rect,omitzero"`
	Certificate     []byte     `json:"certificate,omitempty"`
	SignerConfirmed bool       `json:"signer_confirmed"`
	Level           Level      `json:"level"`
	Time            time.Time  `json:"time,omitzero"`
	TimeSource      TimeSource `json:"time_source"`
	InputSHA256     string     `json:"input_sha256,omitempty"`
	OutputSHA256    string     `json:"output_sha256,omitempty"`
	InputSize       int64      `json:"input_size,omitempty"`
	OutputSize      int64      `json:"output_size,omitempty"`
	Repairs         []string   `json:"repairs,omitempty"`
	Doubts          []Doubt    `json:"doubts,omitempty"`
}

type rectJSON struct {
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

// MarshalJSON writes the receipt for keeping: words for outcome, level and time
// source, digests in hexadecimal, the certificate as DER in base64. What is
// zero is left out. The certificate names the signer, so the JSON is personal
// data where the name is. It fails for a value that is none of its type's.
func (r Receipt) MarshalJSON() ([]byte, error) {
	j := receiptJSON{
		Outcome: r.Outcome, AttemptID: r.AttemptID, Key: r.Key, Field: r.Field, Page: r.Page, Rect: rectJSON(r.Rect),
		SignerConfirmed: r.SignerConfirmed, Level: r.Level, Time: r.Time, TimeSource: r.TimeSource,
		InputSHA256: digestText(r.InputSHA256), OutputSHA256: digestText(r.OutputSHA256),
		InputSize: r.InputSize, OutputSize: r.OutputSize, Repairs: r.Repairs, Doubts: r.Doubts,
	}
	if r.Certificate != nil {
		j.Certificate = r.Certificate.Raw
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what [Receipt.MarshalJSON] wrote, and passes over fields
// that it does not know. Anything else is [ErrReceipt], whose text never says
// what a field held; nothing is set then.
func (r *Receipt) UnmarshalJSON(data []byte) error {
	var j receiptJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return fmt.Errorf("%w: not its JSON", ErrReceipt) // the cause may quote what a field held
	}
	got := Receipt{
		Outcome: j.Outcome, AttemptID: j.AttemptID, Key: j.Key, Field: j.Field, Page: j.Page, Rect: Rect(j.Rect),
		SignerConfirmed: j.SignerConfirmed, Level: j.Level, Time: j.Time, TimeSource: j.TimeSource,
		InputSize: j.InputSize, OutputSize: j.OutputSize, Repairs: j.Repairs, Doubts: j.Doubts,
	}
	var err error
	if len(j.Certificate) > 0 {
		if got.Certificate, err = x509.ParseCertificate(j.Certificate); err != nil {
			return fmt.Errorf("%w: certificate", ErrReceipt)
		}
	}
	if got.InputSHA256, err = parseDigest(j.InputSHA256); err != nil {
		return fmt.Errorf("%w: input_sha256", ErrReceipt)
	}
	if got.OutputSHA256, err = parseDigest(j.OutputSHA256); err != nil {
		return fmt.Errorf("%w: output_sha256", ErrReceipt)
	}
	*r = got
	return nil
}
