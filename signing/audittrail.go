package signing

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sertel-id/sertel/certificate/audit"
)

// LogAuditor is an [Auditor] that keeps records in a chain of hashes, where the
// life cycle of certificates may be kept as well: see package
// [github.com/sertel-id/sertel/certificate/audit].
type LogAuditor struct{ log audit.Log }

// NewLogAuditor adds records to log.
func NewLogAuditor(log audit.Log) *LogAuditor {
	if log == nil {
		panic("signing: NewLogAuditor without a log")
	}
	return &LogAuditor{log}
}

// Audit implements [Auditor].
func (a *LogAuditor) Audit(ctx context.Context, r AuditRecord) error {
	record, err := r.Record()
	if err != nil {
		return err
	}
	_, err = a.log.Append(ctx, record)
	return err
}

// Record returns the record in the common shape of package audit: its subject is
// the signer's keyed hash, its detail everything else as JSON. Errors match
// [audit.ErrRecord].
func (r AuditRecord) Record() (audit.Record, error) {
	detail, err := json.Marshal(r)
	if err != nil {
		return audit.Record{}, fmt.Errorf("signing: audit record: %w", err)
	}
	record, err := audit.Record{
		At: r.Time, Source: audit.SourceSigning, Action: "sign", Result: r.Outcome.String(),
		Subject: r.Signer, Serial: r.Serial, Detail: detail,
	}.Canonical()
	if err != nil {
		return audit.Record{}, fmt.Errorf("signing: audit record: %w", err)
	}
	return record, nil
}

// AuditRecordOf reads what [AuditRecord.Record] returned. Errors match
// [audit.ErrRecord].
func AuditRecordOf(record audit.Record) (AuditRecord, error) {
	var r AuditRecord
	if record.Source != audit.SourceSigning || json.Unmarshal(record.Detail, &r) != nil {
		return AuditRecord{}, fmt.Errorf("%w: not of an attempt to sign", audit.ErrRecord)
	}
	return r, nil
}
