package signertest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/sertel-id/sertel/signing"
)

// audited compares the records of a signature and of two refusals with the
// receipts.
func audited(ctx context.Context, s Subject) error {
	if s.Records == nil {
		return nil
	}
	before := len(s.Records())
	in, noPDF := document(1), []byte("Bukan berkas PDF, hanya teks.\n")
	const purpose = "persetujuan"
	_, signed, err := s.sign(ctx, in, signing.Request{Purpose: purpose})
	if err != nil {
		return err
	}
	wrong, err := s.Signer.SignDocument(ctx, io.Discard, bytes.NewReader(in), int64(len(in)),
		signing.Request{Credential: s.Wrong, Purpose: "paraf"})
	if err == nil {
		return errors.New("the wrong credential was taken")
	}
	text, err := s.Signer.SignDocument(ctx, io.Discard, bytes.NewReader(noPDF), int64(len(noPDF)),
		signing.Request{Credential: s.Right, Purpose: purpose})
	if err == nil {
		return errors.New("a text was signed")
	}
	records := s.Records()[before:]
	if len(records) != 3 {
		return fmt.Errorf("%d audit records of 3 attempts", len(records))
	}
	for i, want := range []struct {
		receipt signing.Receipt
		in      []byte
		purpose string
	}{{signed, in, purpose}, {wrong, in, "paraf"}, {text, nil, purpose}} {
		if err := s.recorded(records[i], want.receipt, want.in, want.purpose); err != nil {
			return fmt.Errorf("audit record %d: %w", i+1, err)
		}
	}
	if records[0].Signer != records[2].Signer {
		return errors.New("the signer has two names in the audit records")
	}
	return nil
}

func (s Subject) recorded(a signing.AuditRecord, r signing.Receipt, in []byte, purpose string) error {
	done := r.Outcome == signing.OutcomeSigned
	sum := sha256.Sum256(in)
	switch {
	case a.AttemptID != r.AttemptID || a.Outcome != r.Outcome || a.Purpose != purpose:
		return fmt.Errorf("attempt %q, outcome %v, purpose %q are not those of the receipt", a.AttemptID, a.Outcome, a.Purpose)
	case a.Signer == "" || a.Time.IsZero() || a.Latency < 0:
		return errors.New("it lacks signer, time or latency")
	case in != nil && a.InputSHA256 != hex.EncodeToString(sum[:]):
		return errors.New("its input is another one")
	case done && (a.OutputSHA256 != hex.EncodeToString(r.OutputSHA256[:]) || a.Serial != r.Certificate.SerialNumber.Text(16)):
		return errors.New("its output or serial number is another one")
	case done != (a.Code == "") || !done && a.OutputSHA256 != "":
		return fmt.Errorf("code %q does not fit the outcome %v", a.Code, a.Outcome)
	}
	line, err := json.Marshal(a)
	if err != nil {
		return err
	}
	for _, c := range []signing.Credential{s.Right, s.Wrong} {
		for _, secret := range [][]byte{c.Passphrase.Reveal(), c.OneTimeCode.Reveal()} {
			if len(secret) > 0 && strings.Contains(string(line), string(secret)) {
				return errors.New("it holds the credential")
			}
		}
	}
	return nil
}
