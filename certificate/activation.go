package certificate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sertel-id/sertel/certificate/identity"
)

// Step is a page of the activation in the portal.
type Step uint8

// The steps, in the guide's order.
const (
	_                Step = iota
	StepPersonalData      // 1 Data Diri
	StepEmployeeData      // 2 Data Kedinasan
	StepSelfie            // 3 Foto Diri
	StepAgreements        // the tick and "Submit"
)

// String returns the guide's name of the step.
func (s Step) String() string {
	switch s {
	case StepPersonalData:
		return "Data Diri"
	case StepEmployeeData:
		return "Data Kedinasan"
	case StepSelfie:
		return "Foto Diri"
	case StepAgreements:
		return "Persetujuan"
	}
	return fmt.Sprintf("Step(%d)", uint8(s))
}

// Errors of the activation.
var (
	// ErrStep: an earlier step is missing. It comes as a [*StepError].
	ErrStep = errors.New("certificate: an earlier step is missing")
	// ErrMismatch: what was typed differs from the registration or the register. It comes as
	// a [*MismatchError].
	ErrMismatch = errors.New("certificate: does not match")
	// ErrFaceMismatch: the register's photo shows somebody else. Another picture may be tried.
	ErrFaceMismatch = errors.New("certificate: selfie does not match the population register")
	// ErrTooManySelfies: the activation's pictures are used up; the agency's help desk, or a
	// new registration, goes on.
	ErrTooManySelfies = errors.New("certificate: too many selfies")
)

// StepError names the step that has to come first.
type StepError struct{ Missing Step }

// Error implements error.
func (e *StepError) Error() string { return "certificate: step missing: " + e.Missing.String() }

// Is makes the error match [ErrStep].
func (e *StepError) Is(target error) bool { return target == ErrStep }

// MismatchError names the field that differs, never a value.
type MismatchError struct{ Field Field }

// Error implements error.
func (e *MismatchError) Error() string { return "certificate: does not match: " + string(e.Field) }

// Is makes the error match [ErrMismatch].
func (e *MismatchError) Is(target error) bool { return target == ErrMismatch }

// next returns the step that comes next.
func (a *Activation) next() Step {
	switch {
	case !a.PersonalData:
		return StepPersonalData
	case !a.Confirmed:
		return StepEmployeeData
	case a.SelfieAt.IsZero():
		return StepSelfie
	}
	return StepAgreements
}

// require fails unless every step before s is done.
func (a *Activation) require(s Step) error {
	if n := a.next(); n < s {
		return &StepError{n}
	}
	return nil
}

// Inspection is what a page may know about the link that opened it.
type Inspection struct {
	Person    PersonID
	Purpose   Purpose
	ExpiresAt time.Time
	Name      identity.Name // of the person; prints masked
	Agency    string        // "Instansi", fixed by the account
	Status    Status
	Next      Step   // of an activation; zero for other links
	Office    Office // found or confirmed so far
}

// Inspect looks at a link and uses nothing up, so a mail gateway that opens links does no
// harm. Errors: those of [ErrTokenRefused]; that a link was refused for its age is stored.
func (r *Registrar) Inspect(ctx context.Context, t Token, p Purpose) (Inspection, error) {
	rec, stored, err := r.live(ctx, t, p)
	if err != nil {
		return Inspection{}, err
	}
	seen := Inspection{
		Person: rec.ID, Purpose: p, ExpiresAt: stored.ExpiresAt, Name: rec.Name, Agency: rec.Agency,
		Status: rec.Status(r.now()), Office: rec.Office(),
	}
	if a := rec.Activation; a != nil && p == PurposeActivation {
		seen.Next = a.next()
		if a.Found != nil {
			seen.Office = *a.Found
		}
	}
	return seen, nil
}

// live returns the record behind a live link, as it is now. A link past its time goes through
// redeem, which stores the refusal.
func (r *Registrar) live(ctx context.Context, t Token, p Purpose) (*Record, *StoredToken, error) {
	id, err := r.holder(ctx, t)
	if err != nil {
		return nil, nil, err
	}
	rec, err := r.cfg.Store.View(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	stored, err := rec.token(t.Hash(), p, r.now())
	if errors.Is(err, ErrTokenExpired) && stored.State == TokenLive {
		if err := r.redeem(ctx, t, p, func(*Record, *StoredToken, time.Time) error { return nil }); err != nil {
			return nil, nil, err
		}
	}
	if err != nil {
		return nil, nil, err
	}
	return rec, stored, nil
}

// holder finds the person to whom the link was sent.
func (r *Registrar) holder(ctx context.Context, t Token) (PersonID, error) {
	if t.IsZero() {
		return PersonID{}, ErrTokenUnknown
	}
	id, err := r.cfg.Store.Find(ctx, TokenIndex(t.Hash()))
	if errors.Is(err, ErrNotFound) {
		return PersonID{}, ErrTokenUnknown
	}
	return id, err
}

// token returns the stored token, and why it cannot be used.
func (r *Record) token(h TokenHash, p Purpose, now time.Time) (*StoredToken, error) {
	for i := range r.Tokens {
		if t := &r.Tokens[i]; t.Hash == h {
			return t, t.refusal(p, now)
		}
	}
	return nil, ErrTokenUnknown
}

// redeem runs f in one update with the live token of the link; f consumes it or not. A
// refusal for age is stored, so that a clock that goes back revives nothing, and leads an
// activation back to registration.
func (r *Registrar) redeem(ctx context.Context, t Token, p Purpose, f func(rec *Record, tok *StoredToken, now time.Time) error) error {
	id, err := r.holder(ctx, t)
	if err != nil {
		return err
	}
	var refusal error
	err = r.update(ctx, id, func(rec *Record, now time.Time) error {
		var tok *StoredToken
		tok, refusal = rec.token(t.Hash(), p, now)
		if errors.Is(refusal, ErrTokenExpired) && tok.State == TokenLive {
			rec.expire(tok, now)
			return nil
		}
		if refusal != nil {
			return refusal
		}
		return f(rec, tok, now)
	})
	if err == nil {
		err = refusal
	}
	return err
}

// expire stores that a link was refused for its age.
func (r *Record) expire(tok *StoredToken, now time.Time) {
	tok.State = TokenExpired
	r.AddAudit(AuditEntry{At: now, Action: "link_refused", Result: "expired", Detail: tok.Purpose.String()})
	if r.State == StatusNoCertificate && r.activationLapsed(now) {
		r.lapse(now)
	}
}

// activate runs one step of the activation; it consumes nothing.
func (r *Registrar) activate(ctx context.Context, t Token, s Step, f func(rec *Record, now time.Time) error) error {
	return r.redeem(ctx, t, PurposeActivation, func(rec *Record, _ *StoredToken, now time.Time) error {
		if rec.Activation == nil {
			return &TransitionError{From: rec.Status(now), Event: EventActivate}
		}
		if err := rec.Activation.require(s); err != nil {
			return err
		}
		return f(rec, now)
	})
}

// PersonalData is the page "Data Diri".
type PersonalData struct {
	Name  identity.Name // Nama Lengkap, as on the identity card
	NIK   identity.NIK
	Phone identity.Phone
}

// PersonalData takes the page "Data Diri". The NIK must be the registered one, and the name
// must be the register's. A new phone number replaces the registered one. Where the register
// cannot tell, the operator will decide about the whole activation. Errors: [*MismatchError],
// [ErrNameTooLong], those of [ErrTokenRefused], the register's own.
func (r *Registrar) PersonalData(ctx context.Context, t Token, d PersonalData) error {
	if d.Name.IsZero() {
		return &MismatchError{FieldName}
	}
	if nameTooLong(d.Name) {
		return ErrNameTooLong
	}
	if d.Phone.IsZero() {
		return &MismatchError{FieldPhone}
	}
	seen, _, err := r.live(ctx, t, PurposeActivation)
	if err != nil {
		return err
	}
	if d.NIK != seen.NIK {
		return &MismatchError{FieldNIK}
	}
	match, err := r.cfg.Population.MatchName(ctx, d.NIK, d.Name)
	if err != nil {
		return foreign("match name", err, append(seen.spelled(), d.Name.Full(), d.Name.Plain())...)
	}
	if match == MatchNo {
		return &MismatchError{FieldName}
	}
	return r.activate(ctx, t, StepPersonalData, func(rec *Record, now time.Time) error {
		if d.NIK != rec.NIK {
			return &MismatchError{FieldNIK}
		}
		rec.Name, rec.Phone = d.Name, d.Phone
		rec.Activation.PersonalData = true
		rec.Activation.Name = match
		return nil
	})
}

// LookUpNumber is the button "Cek NIP / NRP" on the page "Data Kedinasan": it returns what
// the personnel register has, to be shown and confirmed. The number must be the registered
// one and the register's agency the account's. Errors: [ErrNumberNotFound], [*MismatchError],
// [*StepError], those of [ErrTokenRefused], the register's own.
func (r *Registrar) LookUpNumber(ctx context.Context, t Token, number identity.EmployeeNumber) (Office, error) {
	rec, _, err := r.live(ctx, t, PurposeActivation)
	if err != nil {
		return Office{}, err
	}
	if rec.Activation != nil {
		if err := rec.Activation.require(StepEmployeeData); err != nil {
			return Office{}, err
		}
	}
	office, err := r.lookUpOffice(ctx, rec, number)
	if err != nil {
		return Office{}, err
	}
	err = r.activate(ctx, t, StepEmployeeData, func(rec *Record, now time.Time) error {
		if number != rec.Number() {
			return &MismatchError{FieldEmployeeNumber}
		}
		rec.Activation.Found, rec.Activation.Confirmed = &office, false
		return nil
	})
	return office, err
}

// lookUpOffice asks the personnel register about the record's own number.
func (r *Registrar) lookUpOffice(ctx context.Context, rec *Record, number identity.EmployeeNumber) (Office, error) {
	if number.IsZero() || number != rec.Number() {
		return Office{}, &MismatchError{FieldEmployeeNumber}
	}
	office, err := r.cfg.Personnel.LookUp(ctx, number)
	if err != nil {
		return Office{}, foreign("look up number", err, rec.spelled()...)
	}
	if !sameAgency(office.Agency, rec.Agency) {
		return Office{}, &MismatchError{FieldAgency}
	}
	return office, nil
}

// sameAgency compares names as two registers may write them: without regard to case and blanks.
func sameAgency(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// ConfirmOffice is "Next" on the page "Data Kedinasan": the person confirms the office that
// was shown, which for contract people is the one their operator entered. Errors: a
// [*StepError] when nothing was looked up, those of [ErrTokenRefused].
func (r *Registrar) ConfirmOffice(ctx context.Context, t Token) error {
	return r.activate(ctx, t, StepEmployeeData, func(rec *Record, _ time.Time) error {
		if rec.Activation.Found == nil {
			return &StepError{StepEmployeeData}
		}
		rec.Activation.Confirmed = true
		return nil
	})
}

// Selfie is the page "Foto Diri": the population register compares the picture, a JPEG or PNG
// within the bounds, with its photo. The picture is not kept, only the result and its time.
// MatchUndetermined is no error: an operator will decide. Errors: [ErrSelfie],
// [ErrFaceMismatch], [ErrTooManySelfies], [*StepError], those of [ErrTokenRefused], the
// register's own.
func (r *Registrar) Selfie(ctx context.Context, t Token, photo []byte) (Match, error) {
	if err := checkSelfie(photo); err != nil {
		return MatchUndetermined, err
	}
	// The try is taken before the comparison, so that parallel pictures cannot pass the limit.
	var person *Record
	err := r.activate(ctx, t, StepSelfie, func(rec *Record, _ time.Time) error {
		if rec.Activation.Selfies >= r.cfg.MaxSelfies {
			return ErrTooManySelfies
		}
		rec.Activation.Selfies++
		person = rec
		return nil
	})
	if err != nil {
		return MatchUndetermined, err
	}
	match, err := r.cfg.Population.MatchFace(ctx, person.NIK, photo)
	if err != nil {
		return MatchUndetermined, foreign("compare selfie", err, person.spelled()...)
	}
	err = r.activate(ctx, t, StepSelfie, func(rec *Record, now time.Time) error {
		rec.Activation.Selfie, rec.Activation.SelfieAt = match, now
		if match == MatchNo {
			rec.Activation.SelfieAt = time.Time{} // the step is to be done again
		}
		rec.AddAudit(AuditEntry{At: now, Action: "selfie", Result: match.String()})
		return nil
	})
	if err == nil && match == MatchNo {
		err = ErrFaceMismatch
	}
	return match, err
}

// SubmitActivation is the tick and "Submit": it stores the agreements, uses the link up and
// makes the transition, all in one update. The status becomes NEW, with two mails queued, or
// WAITING_FOR_VERIFICATION when a register could not tell. Errors: [*AgreementError],
// [*StepError], those of [ErrTokenRefused].
func (r *Registrar) SubmitActivation(ctx context.Context, t Token, given ...Acceptance) (Status, error) {
	var status Status
	err := r.redeem(ctx, t, PurposeActivation, func(rec *Record, tok *StoredToken, now time.Time) error {
		a := rec.Activation
		if a == nil {
			return &TransitionError{From: rec.Status(now), Event: EventActivate}
		}
		if err := a.require(StepAgreements); err != nil {
			return err
		}
		consent, err := accepted(r.cfg.Agreements, given, now, PrivacyPolicy, SubscriberAgreement)
		if err != nil {
			return err
		}
		event := EventRefer
		if a.Name == MatchYes && a.Selfie == MatchYes {
			event = EventActivate
		}
		if err := rec.apply(event, now, "", ""); err != nil {
			return err
		}
		tok.State = TokenUsed
		rec.void(PurposeActivation)
		rec.Agreements = append(rec.Agreements, consent...)
		rec.Offices = setCurrent(rec.Offices, *a.Found, now, false)
		rec.Activation = nil
		if event == EventActivate {
			rec.welcome(now)
		}
		status = rec.Status(now)
		return nil
	})
	return status, err
}

// welcome queues the two mails that follow an activation.
func (r *Record) welcome(now time.Time) {
	r.queue(MailAccountInformation, r.WorkMail(), now)
	r.queue(MailSetPassphrase, r.WorkMail(), now)
}

// Waiting returns up to limit people who wait for an operator's [Registrar.Approve] or
// [Registrar.Reject], after the given id; the zero id begins. Errors are the store's.
func (r *Registrar) Waiting(ctx context.Context, after PersonID, limit int) ([]PersonID, error) {
	return r.cfg.Store.Waiting(ctx, after, limit)
}

// Approve is an operator's yes to an activation that waits for verification: the status
// becomes NEW and the two mails are queued. Errors: [ErrOperatorRequired], [ErrNotFound],
// [*TransitionError].
func (r *Registrar) Approve(ctx context.Context, id PersonID, op Operator) error {
	if err := op.check(); err != nil {
		return err
	}
	return r.act(ctx, id, EventApprove, op, "", func(rec *Record, now time.Time) error {
		rec.welcome(now)
		return nil
	})
}

// Reject is an operator's no: the person is told and may register again. Errors:
// [ErrOperatorRequired], [ErrNotFound], [*TransitionError].
func (r *Registrar) Reject(ctx context.Context, id PersonID, op Operator) error {
	if err := op.check(); err != nil {
		return err
	}
	return r.act(ctx, id, EventReject, op, "", func(rec *Record, now time.Time) error {
		rec.queue(MailRejected, rec.WorkMail(), now)
		return nil
	})
}
