package certificate

import (
	"context"
	"errors"
	"time"

	"github.com/sertel-id/sertel/certificate/identity"
)

// StatusReport is what the portal's dashboard shows: the status and, with a certificate, its
// validity.
type StatusReport struct {
	Person    PersonID  // zero for who is not registered
	Status    Status    // never unknown
	Since     time.Time // of the last change; zero for who is not registered
	Serial    Serial    // of the certificate in use, or last in use; zero without one
	NotBefore time.Time
	NotAfter  time.Time
}

// Status returns the person's status now. Errors: [ErrNotFound].
func (r *Registrar) Status(ctx context.Context, id PersonID) (StatusReport, error) {
	rec, err := r.cfg.Store.View(ctx, id)
	if err != nil {
		return StatusReport{}, err
	}
	report := StatusReport{Person: id, Status: rec.Status(r.now())}
	if n := len(rec.History); n > 0 {
		report.Since = rec.History[n-1].At
	}
	if n := len(rec.Certificates); n > 0 {
		c := rec.Certificates[n-1]
		report.Serial, report.NotBefore, report.NotAfter = c.Serial, c.NotBefore, c.NotAfter
	}
	return report, nil
}

// StatusByNIK is Status by NIK; who is unknown is NOT_REGISTERED, and no error.
func (r *Registrar) StatusByNIK(ctx context.Context, nik identity.NIK) (StatusReport, error) {
	id, err := r.cfg.Store.Find(ctx, NIKIndex(nik))
	if errors.Is(err, ErrNotFound) {
		return StatusReport{Status: StatusNotRegistered}, nil
	}
	if err != nil {
		return StatusReport{}, err
	}
	return r.Status(ctx, id)
}

// StatusAt returns the person's status at an instant up to now, from the history. Errors:
// [ErrNotFound].
func (r *Registrar) StatusAt(ctx context.Context, id PersonID, at time.Time) (Status, error) {
	rec, err := r.cfg.Store.View(ctx, id)
	if err != nil {
		return StatusUnknown, err
	}
	return rec.StatusAt(at), nil
}

// Find returns the person with a NIK, number, work mail or serial, or [ErrNotFound].
func (r *Registrar) Find(ctx context.Context, key Index) (PersonID, error) {
	return r.cfg.Store.Find(ctx, key)
}

// Record returns a copy of what is kept of a person, for an operator's page. Errors:
// [ErrNotFound].
func (r *Registrar) Record(ctx context.Context, id PersonID) (*Record, error) {
	return r.cfg.Store.View(ctx, id)
}

// Certificates returns all certificates of a person, oldest first. Errors: [ErrNotFound].
func (r *Registrar) Certificates(ctx context.Context, id PersonID) ([]Certificate, error) {
	rec, err := r.cfg.Store.View(ctx, id)
	if err != nil {
		return nil, err
	}
	return rec.Certificates, nil
}

// Audit returns the audit trail of a person, oldest first. Nobody known has none; errors are
// the store's.
func (r *Registrar) Audit(ctx context.Context, id PersonID) ([]AuditEntry, error) {
	return r.cfg.Store.Audit(ctx, id)
}
