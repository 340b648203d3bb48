package mockbsre

import (
	"net/http"
	"time"
)

// Operation names a call of the service's interface.
type Operation string

// The operations.
const (
	AnyOperation   Operation = "" // for FailNext: whatever comes next
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
)

// Fault is what goes wrong with one call. Fields combine: the delay comes
// first, then the answer is as Status or Malformed say, and Cut ends it.
type Fault struct {
	// Applied carries the request out before the fault: with Cut it is the
	// signature that was made and whose answer was lost. It finds clients that
	// sign again by themselves. False: nothing is carried out.
	//
	// A fault that is a Delay alone carries the request out either way.
	Applied bool
	// Delay holds the answer until the fake's clock has moved on by so much, or
	// the client or the fake is gone. It finds clients without a time limit.
	Delay time.Duration
	// Status is answered with the framework's body, in place of the real
	// answer. Zero: none.
	Status int
	// Malformed answers JSON that breaks off, with status 200 or that of
	// Status. It finds clients that take a status for a result.
	Malformed bool
	// Cut ends the connection: after so many bytes of the body, of headers
	// alone with CutAfter zero.
	Cut bool
	// CutAfter is where Cut ends the body, in bytes. A negative number ends
	// the connection before the first byte of the answer.
	CutAfter int
}

// onlyDelay reports that the true answer is given in the end.
func (f Fault) onlyDelay() bool { return f.Status == 0 && !f.Malformed && !f.Cut }

// answered is the status that goes out when the true one would be status; 0 when
// none does.
func (f Fault) answered(status int) int {
	switch {
	case f.Cut && f.CutAfter < 0:
		return 0
	case f.Status != 0:
		return f.Status
	case f.Malformed, status == 0:
		return http.StatusOK
	}
	return status
}

type plannedFault struct {
	operation Operation
	fault     Fault
}

// FailNext makes the next call of an operation go wrong, after the faults
// planned for it before. A call with a wrong application credential uses none
// up. It panics for a fault that does nothing.
func (s *Server) FailNext(op Operation, f Fault) {
	s.running()
	if f.onlyDelay() && f.Delay <= 0 {
		panic("mockbsre: FailNext with a fault that does nothing")
	}
	if f.Status != 0 && (f.Status < 200 || f.Status > 599) {
		panic("mockbsre: FailNext with a status that is none")
	}
	s.esign.mu.Lock()
	defer s.esign.mu.Unlock()
	s.esign.faults = append(s.esign.faults, plannedFault{op, f})
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
	for i, p := range e.faults {
		if p.operation == op || p.operation == AnyOperation {
			e.faults = append(e.faults[:i:i], e.faults[i+1:]...)
			return &p.fault
		}
	}
	return nil
}

// spoil answers as the fault says. The reply is the true one, or empty if the
// request was not carried out.
func (e *esign) spoil(w http.ResponseWriter, r *http.Request, f Fault, answer reply) {
	if f.Delay > 0 {
		e.srv.Clock.waitFor(e.srv.Clock.Now().Add(f.Delay), r.Context().Done(), e.done)
		if r.Context().Err() != nil {
			panic(http.ErrAbortHandler)
		}
	}
	if f.Status != 0 {
		answer = e.springError(f.Status, r)
	}
	if f.Malformed {
		status := http.StatusOK
		if f.Status != 0 {
			status = f.Status
		}
		answer = reply{status: status, kind: typeJSON, body: []byte(`{"time":12,"file":["JVBERi0`)}
	}
	if !f.Cut {
		e.write(w, answer)
		return
	}
	if f.CutAfter >= 0 {
		if answer.status == 0 { // not carried out: a beginning of something
			answer = reply{status: http.StatusOK, kind: typeJSON, body: []byte(`{"time":12,"file":["JVBERi0`)}
		}
		answer.body = answer.body[:min(f.CutAfter, len(answer.body))]
		e.write(w, answer)
		_ = http.NewResponseController(w).Flush()
	}
	// The server closes the connection without ending the answer.
	panic(http.ErrAbortHandler)
}
