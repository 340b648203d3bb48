package mockbsre

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/sertel-id/sertel/certificate"
)

// Operation names a call of the service's interface.
type Operation string

// The operations.
const (
	AnyOperation   Operation = "" // for faults: whatever comes next
	SignV1         Operation = "v1 sign"
	DownloadV1     Operation = "v1 download"
	VerifyV1       Operation = "v1 verify"
	StatusV1       Operation = "v1 status"
	SignV2         Operation = "v2 sign"
	CodeV2         Operation = "v2 one-time code"
	VerifyV2       Operation = "v2 verify"
	StatusV2       Operation = "v2 status"
	RegistrationV2 Operation = "v2 registration"
	ChainV2        Operation = "v2 certificate chain"
	SealV2         Operation = "v2 seal"
	SealCodeV2     Operation = "v2 seal code"
	SealActivateV2 Operation = "v2 seal activation" // and its renewal
	SealRevokeV2   Operation = "v2 seal revocation"
)

var operations = []Operation{
	SignV1, DownloadV1, VerifyV1, StatusV1, SignV2, CodeV2, VerifyV2, StatusV2, RegistrationV2, ChainV2,
	SealV2, SealCodeV2, SealActivateV2, SealRevokeV2,
}

// signs reports whether the operation answers with signed documents.
func (op Operation) signs() bool { return op == SignV1 || op == SignV2 || op == SealV2 }

// Fault is what goes wrong with one call. Fields combine. Some leave the true
// answer whole but late or altered; Status, Malformed, Body and Cut replace it,
// and with them alone the request is not carried out unless Applied is set.
//
// [FaultKinds] has one ready of each kind.
type Fault struct {
	// Kind is the kind that the fault was made from; empty for one's own. It
	// has no effect.
	Kind FaultKind
	// Applied carries the request out before the fault: with Cut it is the
	// signature that was made and whose answer was lost. It finds clients that
	// sign again by themselves. False: nothing is carried out, if the fault
	// replaces the answer.
	Applied bool
	// Revoke revokes the signer's certificate just before a request to sign is
	// carried out. It finds clients that trust in a status asked for earlier.
	Revoke bool
	// Skew is how far the clock of the box is ahead, or behind if negative: in
	// the time that a signature claims and in the Date of the answer. A real
	// box was seen six minutes off. Such a box cannot judge how fresh evidence
	// is, so the signature is at level B-T. It finds clients that take the claimed time
	// for a proven one.
	Skew time.Duration
	// Delay holds the answer until the fake's clock has moved on by so much, or
	// the client or the fake is gone. It finds clients without a time limit.
	Delay time.Duration
	// BodyDelay holds the second half of the body likewise. It finds clients
	// whose limit ends with the headers.
	BodyDelay time.Duration
	// RealTime makes both delays go by the real clock, for a fake that runs as
	// a program of its own.
	RealTime bool
	// Status is answered with the framework's body, in place of the real
	// answer. Zero: none.
	Status int
	// RetryAfter is the header of that name, in whole seconds. Zero: none. It
	// finds clients that come back at once.
	RetryAfter time.Duration
	// Malformed answers JSON that breaks off, with status 200 or that of
	// Status. It finds clients that take a status for a result.
	Malformed bool
	// Body is answered, with status 200 or that of Status. Empty: none. It
	// finds clients that take whatever they can parse for the service's answer.
	Body string
	// ContentType is that of the answer. Empty: the right one, JSON for Body.
	ContentType string
	// Document spoils the documents in the answer to a request to sign. Zero:
	// they are as they should be.
	Document DocumentFault
	// Cut ends the connection: after so many bytes of the body, of headers
	// alone with CutAfter zero.
	Cut bool
	// CutAfter is where Cut ends the body, in bytes. A negative number ends
	// the connection before the first byte of the answer.
	CutAfter int
	// CutHalf makes Cut end the body in its middle, wherever that is.
	CutHalf bool
}

// ErrFault means a fault that does nothing or that cannot be.
var ErrFault = errors.New("mockbsre: unusable fault")

// maxFaultBody and maxFaultDelay bound what a fault may say.
const (
	maxFaultBody  = 1 << 20
	maxFaultDelay = 365 * 24 * time.Hour
)

// check refuses a fault that does nothing or cannot be.
func (f Fault) check(op Operation) error {
	var problem string
	switch {
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		problem = "a status that is none"
	case f.Delay < 0 || f.BodyDelay < 0 || f.RetryAfter < 0:
		problem = "a time that is negative"
	case max(f.Delay, f.BodyDelay, f.RetryAfter, f.Skew, -f.Skew) > maxFaultDelay:
		problem = "a time of over a year"
	case len(f.Body) > maxFaultBody:
		problem = "a body of over 1 MiB"
	case !f.Document.known():
		problem = "a document fault that does not exist"
	case op != AnyOperation && !slices.Contains(operations, op):
		problem = "an operation that does not exist"
	case op != AnyOperation && !f.fits(op):
		problem = "an operation that signs nothing"
	case !f.replaces() && !f.alters() && f.Delay == 0 && f.BodyDelay == 0:
		problem = "nothing to do"
	default:
		return nil
	}
	return fmt.Errorf("%w: %s", ErrFault, problem)
}

// replaces reports that the true answer is not given, or not to its end.
func (f Fault) replaces() bool { return f.Status != 0 || f.Malformed || f.Body != "" || f.Cut }

// alters reports that the true answer is given, but not as it is.
func (f Fault) alters() bool {
	return f.Revoke || f.Skew != 0 || f.RetryAfter != 0 || f.ContentType != "" || f.Document != DocumentWhole
}

// carriedOut reports that the request is carried out.
func (f Fault) carriedOut() bool { return f.Applied || !f.replaces() }

// fits reports whether the fault can happen to an operation.
func (f Fault) fits(op Operation) bool {
	return op.signs() || f.Document == DocumentWhole && !f.Revoke
}

// answered is the status that goes out when the true one would be status; 0 when
// none does.
func (f Fault) answered(status int) int {
	switch {
	case f.Cut && !f.CutHalf && f.CutAfter < 0:
		return 0
	case f.Status != 0:
		return f.Status
	case f.Malformed, f.Body != "", status == 0:
		return http.StatusOK
	}
	return status
}

type plannedFault struct {
	operation Operation
	fault     Fault
}

// FailNext makes the next call of an operation go wrong, after the faults
// planned for it before and before those of the script. A call with a wrong
// application credential uses none up. It panics for a fault that does nothing
// or cannot be.
func (s *Server) FailNext(op Operation, f Fault) {
	if err := s.failNext(op, f); err != nil {
		panic(err)
	}
}

// maxPlanned bounds the faults that wait.
const maxPlanned = 10_000

func (s *Server) failNext(op Operation, f Fault) error {
	s.running()
	if err := f.check(op); err != nil {
		return err
	}
	s.esign.mu.Lock()
	defer s.esign.mu.Unlock()
	if len(s.esign.faults) >= maxPlanned {
		return fmt.Errorf("%w: %d are planned already", ErrFault, maxPlanned)
	}
	s.esign.faults = append(s.esign.faults, plannedFault{op, f})
	return nil
}

// PendingFaults is how many planned faults no call has met yet.
func (s *Server) PendingFaults() int {
	s.running()
	s.esign.mu.Lock()
	defer s.esign.mu.Unlock()
	return len(s.esign.faults)
}

// takeFault returns the next fault for an operation, or nil.
func (e *esign) takeFault(op Operation) *Fault {
	e.mu.Lock()
	defer e.mu.Unlock()
	scripted := e.script.next(op) // counts the call in any case
	for i, p := range e.faults {
		if (p.operation == op || p.operation == AnyOperation) && p.fault.fits(op) {
			e.faults = append(e.faults[:i:i], e.faults[i+1:]...)
			return &p.fault
		}
	}
	return scripted
}

// brokenJSON is the beginning of an answer.
const brokenJSON = `{"time":12,"file":["JVBERi0`

// spoil answers as the fault says. The reply is the true one, or empty if the
// request was not carried out. Delays count from the arrival of the request.
func (e *esign) spoil(w http.ResponseWriter, r *http.Request, arrived time.Time, f Fault, answer reply) {
	answer = answer.whole()
	e.pause(r, f, arrived, f.Delay)
	if f.Status != 0 {
		answer = e.springError(f.Status, r)
	}
	if f.Malformed || f.Body != "" || answer.status == 0 {
		answer = reply{status: f.answered(0), kind: typeJSON, body: []byte(f.Body)}
		if f.Body == "" {
			answer.body = []byte(brokenJSON)
		}
	}
	if f.ContentType != "" {
		answer.kind = f.ContentType
	}
	answer.skew, answer.retryAfter = f.Skew, f.RetryAfter
	end := len(answer.body)
	switch {
	case f.CutHalf:
		end /= 2
	case f.Cut:
		end = min(f.CutAfter, end)
	}
	if !f.Cut || end >= 0 {
		e.writeSlowly(w, r, arrived, f, answer, max(end, 0))
	}
	if f.Cut {
		// The server closes the connection without ending the answer.
		panic(http.ErrAbortHandler)
	}
}

// writeSlowly writes the body up to its end, with a pause in the middle if the
// fault has one.
func (e *esign) writeSlowly(w http.ResponseWriter, r *http.Request, arrived time.Time, f Fault, answer reply, end int) {
	body := answer.body[:end]
	half := len(body)
	if f.BodyDelay > 0 {
		half /= 2
	}
	answer.body = body[:half]
	e.write(w, answer)
	if f.BodyDelay > 0 {
		_ = http.NewResponseController(w).Flush()
		e.pause(r, f, arrived.Add(f.Delay), f.BodyDelay)
		_, _ = w.Write(body[half:])
	}
	if f.Cut {
		_ = http.NewResponseController(w).Flush()
	}
}

// pause waits for the time of the fault. It ends the call when the client has
// gone; when the fake closes, the answer is let go.
func (e *esign) pause(r *http.Request, f Fault, from time.Time, d time.Duration) {
	if d <= 0 {
		return
	}
	if f.RealTime {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
		case <-e.done:
		}
	} else {
		e.srv.Clock.waitFor(from.Add(d), r.Context().Done(), e.done)
	}
	if r.Context().Err() != nil {
		panic(http.ErrAbortHandler)
	}
}

// retryAfter writes a duration as the header wants it.
func retryAfter(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Seconds()))) }

// revoked carries Revoke out: what the signer was found to be is so no more.
func (e *esign) revoked(ctx context.Context, c *call, person found) (found, error) {
	if c.fault == nil || !c.fault.Revoke || person.Status != certificate.StatusIssue {
		return person, nil
	}
	if err := e.srv.registrar.Revoke(ctx, person.Person, certificate.ReasonKeyCompromise, operator); err != nil {
		return person, err
	}
	report, err := e.srv.registrar.Status(ctx, person.Person)
	person.StatusReport = report
	return person, err
}

func (c *call) skewed() bool { return c.fault != nil && c.fault.Skew != 0 }

// now is the time of the box for one call.
func (c *call) now(clock *Clock) func() time.Time {
	if !c.skewed() {
		return clock.Now
	}
	return func() time.Time { return clock.Now().Add(c.fault.Skew) }
}
