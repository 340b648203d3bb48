package signing

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
)

// audit has the attempt's record kept.
func (a *localAttempt) audit(ctx context.Context, src io.ReaderAt, size int64, r *Receipt, err error) {
	if a.cfg.Auditor == nil {
		return
	}
	record := AuditRecord{
		AttemptID: a.id, Time: a.begun, Signer: a.cfg.Signer, Purpose: a.req.Purpose, Outcome: OutcomeSigned,
	}
	in := r.InputSHA256
	if err == nil {
		record.OutputSHA256 = hex.EncodeToString(r.OutputSHA256[:])
	} else {
		record.Outcome, record.Code = OutcomeRefused, failureCode(err)
		// What was refused was perhaps never read as a whole.
		if sum, e := digestOf(ctx, src, size); e == nil {
			in = sum
		}
	}
	if in != ([32]byte{}) {
		record.InputSHA256 = hex.EncodeToString(in[:])
	}
	if r.Certificate != nil {
		record.Serial = r.Certificate.SerialNumber.Text(16)
	}
	record.Latency = a.cfg.Now().Sub(a.begun)
	if Audit(ctx, a.cfg.Auditor, record) != nil {
		r.Doubt(DoubtNotAudited)
	}
}

// failureCode is the word of an [AuditRecord] for why [Local] did not sign.
func failureCode(err error) string {
	if code, known := findingOf(err); known {
		return string(code)
	}
	for _, c := range failureCodes {
		if errors.Is(err, c.err) {
			return c.code
		}
	}
	return "FAILED"
}

var failureCodes = [...]struct {
	err  error
	code string
}{
	{ErrCredential, "CREDENTIAL"},
	{ErrWrongDocument, "WRONG_DOCUMENT"},
	{ErrRole, "ROLE"},
	{ErrAlreadySigned, "ALREADY_SIGNED"},
	{ErrInFlight, "IN_FLIGHT"},
	{ErrUnsettled, "UNSETTLED"},
	{ErrAbandoned, "ABANDONED"},
	{ErrDedupeKey, "DEDUPE_KEY"},
	{ErrLedger, "LEDGER"},
	{ErrRevoked, "REVOKED"},
	{ErrBadSignature, "BAD_SIGNATURE"},
	{ErrTimestamp, "TIMESTAMP"},
	{ErrEvidence, "EVIDENCE"},
	{ErrSpace, "SPACE"},
	{context.Canceled, "CANCELED"},
	{context.DeadlineExceeded, "TIMEOUT"},
}
