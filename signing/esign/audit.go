package esign

import (
	"context"
	"encoding/hex"
	"log/slog"
	"time"

	"github.com/sertel-id/sertel/signing"
)

// audit has the record of one document's attempt kept. err is that of the whole
// request.
func (c *Client) audit(ctx context.Context, id Identity, j *job, begun time.Time, err error) {
	if c.cfg.Auditor == nil {
		return
	}
	record := signing.AuditRecord{
		AttemptID: j.id, Time: begun, Signer: c.auditName(id), Purpose: j.req.Purpose,
		Outcome: OutcomeSigned, Latency: c.cfg.Now().Sub(begun),
	}
	failed := j.failed
	if failed == nil && j.result.Outcome != OutcomeSigned || j.id != j.result.AttemptID {
		failed = asError(err, CodeOutcomeUnknown, j.result.Outcome)
	}
	if failed != nil {
		record.Outcome, record.Code = failed.Outcome, string(failed.Code)
	} else {
		record.OutputSHA256 = hex.EncodeToString(j.result.OutputSHA256[:])
	}
	if j.digest != ([32]byte{}) {
		record.InputSHA256 = hex.EncodeToString(j.digest[:])
	}
	if cert := j.result.Certificate; cert != nil {
		record.Serial = cert.SerialNumber.Text(16)
	}
	if err := signing.Audit(ctx, c.cfg.Auditor, record); err != nil {
		j.result.Doubt(DoubtNotAudited)
		c.cfg.Logger.LogAttrs(context.Background(), slog.LevelError, "esign audit failed",
			slog.String("attempt", j.id), slog.String("error", mask(err.Error())))
	}
}

// auditName stands for the signer: by the NIK where it is known.
func (c *Client) auditName(id Identity) string {
	switch {
	case id.seal != nil:
		return c.cfg.AuditKey.Seal(id.seal.cfg.Subscriber)
	case !id.NIK.IsZero():
		return c.cfg.AuditKey.NIK(id.NIK)
	}
	return c.cfg.AuditKey.Email(id.Email)
}
