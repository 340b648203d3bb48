package certificate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
	"unicode/utf8"

	"github.com/sertel-id/sertel/certificate/identity"
)

// Errors of registration.
var (
	// ErrNIKNotVerified: Register was called without a fresh VerifyNIK of the same NIK.
	ErrNIKNotVerified = errors.New("certificate: NIK not verified")
	// ErrThroughOffice: people bound by contract apply to the agency's office; see
	// [Registrar.RegisterContract].
	ErrThroughOffice = errors.New("certificate: registration goes through the agency's office")
	// ErrNotServed: the applicant's agency is not one of this registrar's, or the zero
	// applicant was given.
	ErrNotServed = errors.New("certificate: applicant's agency is not served here")
	// ErrNameTooLong: the name without titles is over 64 characters, more than a
	// certificate holds (RFC 5280, ub-common-name).
	ErrNameTooLong = errors.New("certificate: name too long for a certificate")
	// ErrBarred: an operator ended the person's right to a certificate and has to readmit.
	ErrBarred = errors.New("certificate: an operator has to readmit this person")
)

// verifiedLife is how long the step "Verifikasi" holds before "Registrasi" must follow.
const verifiedLife = 15 * time.Minute

// VerifiedNIK is a NIK that the population register knows: the result of the portal's button
// "Verifikasi", good for 15 minutes. Only [Registrar.VerifyNIK] makes one.
type VerifiedNIK struct {
	nik identity.NIK
	at  time.Time
}

// NIK returns the number.
func (v VerifiedNIK) NIK() identity.NIK { return v.nik }

// LogValue logs the masked number.
func (v VerifiedNIK) LogValue() slog.Value { return v.nik.LogValue() }

// VerifyNIK asks the population register whether the NIK exists: the first step of the guide.
// It changes nothing. Errors: [ErrNIKNotFound], or the register's own.
func (r *Registrar) VerifyNIK(ctx context.Context, nik identity.NIK) (VerifiedNIK, error) {
	if nik.IsZero() {
		return VerifiedNIK{}, ErrNIKNotFound
	}
	if err := r.cfg.Population.VerifyNIK(ctx, nik); err != nil {
		return VerifiedNIK{}, foreign("verify NIK", err)
	}
	return VerifiedNIK{nik: nik, at: r.now()}, nil
}

// Register records the applicant and queues the activation mail to the work mail. Who is
// registered and not activated may register again, with corrected data and a newer link; who
// was revoked begins another life. Errors: [ErrNIKNotVerified], [ErrThroughOffice],
// [ErrNotServed], [ErrNameTooLong], [ErrBarred], [*DuplicateError] when number or work mail
// belong to somebody else, [*TooSoonError], [*TransitionError].
func (r *Registrar) Register(ctx context.Context, v VerifiedNIK, a Applicant) (PersonID, error) {
	if a.Employment().ThroughOffice() {
		return PersonID{}, ErrThroughOffice
	}
	return r.register(ctx, v, a, nil)
}

// Approval is an operator's decision to register a person bound by contract.
type Approval struct {
	Operator Operator
	Office   Office // what the contract says; Agency is filled in from the applicant
}

// RegisterContract registers a person bound by a work contract, who is in no personnel
// register: an operator of the agency's office vouches for the office instead (guide,
// condition 2). Everything after that is as for others. Errors as for Register, and
// [ErrOperatorRequired].
func (r *Registrar) RegisterContract(ctx context.Context, v VerifiedNIK, a Applicant, by Approval) (PersonID, error) {
	if err := by.Operator.check(); err != nil {
		return PersonID{}, err
	}
	if a.Employment() != Contract {
		return PersonID{}, fmt.Errorf("%w: employment %s registers in the portal", ErrNotServed, a.Employment())
	}
	by.Office.Agency = a.Agency().Name
	return r.register(ctx, v, a, &by)
}

func (r *Registrar) register(ctx context.Context, v VerifiedNIK, a Applicant, by *Approval) (PersonID, error) {
	age := r.now().Sub(v.at)
	if v.nik.IsZero() || v.nik != a.NIK() || age < 0 || age >= verifiedLife {
		return PersonID{}, ErrNIKNotVerified
	}
	if agency, ok := r.agency(a.Agency().Name); !ok || !agency.AcceptsMail(a.Employment(), a.WorkEmail()) {
		return PersonID{}, ErrNotServed
	}
	if nameTooLong(a.Name()) {
		return PersonID{}, ErrNameTooLong
	}
	// Two rounds more than needed: one when the NIK was registered by another request in
	// between, one when a lapsed registration of somebody else holds number or work mail.
	for range 4 {
		id, err := r.cfg.Store.Find(ctx, NIKIndex(a.NIK()))
		if errors.Is(err, ErrNotFound) {
			id, err = GeneratePersonID(), nil
		}
		if err != nil {
			return PersonID{}, err
		}
		err = r.cfg.Store.Update(ctx, id, func(rec *Record) error { return r.enrol(rec, a, by, r.now()) })
		var duplicate *DuplicateError
		if !errors.As(err, &duplicate) {
			if err != nil {
				return PersonID{}, err
			}
			return id, nil
		}
		freed, err := r.freeLapsed(ctx, duplicate.Kind, a)
		if err != nil {
			return PersonID{}, err
		}
		if !freed && duplicate.Kind != IndexNIK {
			return PersonID{}, duplicate
		}
	}
	return PersonID{}, ErrConcurrent
}

// nameTooLong reports a name that no certificate can hold (RFC 5280, ub-common-name).
func nameTooLong(n identity.Name) bool { return utf8.RuneCountInString(n.Plain()) > 64 }

// ErrConcurrent is returned when other requests for the same person kept coming in between;
// the caller may simply try again.
var ErrConcurrent = errors.New("certificate: overtaken by another request for the same person")

// enrol writes the applicant into the record.
func (r *Registrar) enrol(rec *Record, a Applicant, by *Approval, now time.Time) error {
	if rec.Barred && by == nil {
		return ErrBarred
	}
	if rec.Status(now) == StatusRevoke {
		// The certificate's life is over for good; this begins another.
		rec.State = StatusNotRegistered
		rec.Activation = nil
	}
	replace := rec.Activation != nil // what was never activated leaves no trace
	var operator, detail string
	if by != nil {
		operator, detail = by.Operator.ID, "by office"
	}
	if err := rec.apply(EventRegister, now, operator, detail); err != nil {
		return err
	}
	if rec.SubjectID == "" {
		rec.SubjectID = newID()[:16]
	}
	rec.NIK, rec.Name = a.NIK(), a.Name()
	rec.SIASNMail, rec.Phone = a.SIASNEmail(), a.Phone()
	rec.Employment, rec.Agency = a.Employment(), a.Agency().Name
	rec.Barred = false
	rec.Numbers = setCurrent(rec.Numbers, a.Number(), now, replace)
	rec.WorkMails = setCurrent(rec.WorkMails, a.WorkEmail(), now, replace)
	rec.Activation = &Activation{}
	if by != nil {
		office := by.Office
		rec.Activation.Found = &office
	}
	rec.void(allPurposes...)
	return r.ask(rec, MailActivation, a.WorkEmail(), now)
}

// freeLapsed stores the lapse of somebody else's registration that still holds the key.
func (r *Registrar) freeLapsed(ctx context.Context, kind IndexKind, a Applicant) (bool, error) {
	var key Index
	switch kind {
	case IndexNumber:
		key = NumberIndex(a.Number())
	case IndexWorkMail:
		key = WorkMailIndex(a.WorkEmail())
	default:
		return false, nil
	}
	holder, err := r.cfg.Store.Find(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	freed := false
	err = r.update(ctx, holder, func(rec *Record, now time.Time) error {
		freed = rec.State == StatusNoCertificate && rec.activationLapsed(now)
		if freed {
			rec.lapse(now)
		}
		return nil
	})
	return freed, err
}

// lapse stores that an activation link ran out: back to registration. The stored state must
// be NO_CERTIFICATE.
func (r *Record) lapse(now time.Time) {
	for i := range r.Tokens {
		if t := &r.Tokens[i]; t.Purpose == PurposeActivation && t.State == TokenLive {
			t.State = TokenExpired
		}
	}
	if err := r.applyFrom(r.State, EventLapse, now, "", ""); err != nil {
		panic("certificate: lapse: " + err.Error())
	}
}

// Withdraw gives up an application that has not led to a certificate: NO_CERTIFICATE,
// WAITING_FOR_VERIFICATION or NEW. The person may register again. Errors: [ErrNotFound],
// [*TransitionError].
func (r *Registrar) Withdraw(ctx context.Context, id PersonID) error {
	err := r.act(ctx, id, EventWithdraw, Operator{}, "", func(rec *Record, now time.Time) error {
		rec.void(allPurposes...)
		rec.abandonIssuance(now)
		return nil
	})
	if err != nil {
		return err
	}
	r.settleNow(ctx, id)
	return nil
}

// Readmit lets a person register again whose certificate an operator revoked because the
// right to it had ended. Errors: [ErrOperatorRequired], [ErrNotFound].
func (r *Registrar) Readmit(ctx context.Context, id PersonID, op Operator) error {
	if err := op.check(); err != nil {
		return err
	}
	return r.update(ctx, id, func(rec *Record, now time.Time) error {
		rec.Barred = false
		rec.AddAudit(AuditEntry{At: now, Action: "readmit", Result: "ok", Actor: op.ID})
		return nil
	})
}
