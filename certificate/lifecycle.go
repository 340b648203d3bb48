package certificate

import (
	"fmt"
	"strings"
)

// Event is something that happens to a person's registration or certificate.
// The zero value is no event and is refused.
type Event uint8

// The events of the life cycle.
const (
	_                  Event = iota
	EventRegister            // registration in the portal, or by the agency's office
	EventLapse               // the activation link was used after its time
	EventActivate            // activation submitted and the person recognised
	EventRefer               // activation submitted, an operator has to decide
	EventApprove             // the operator accepts
	EventReject              // the operator refuses
	EventWithdraw            // the application is given up before a certificate exists
	EventIssue               // passphrase set, key made, certificate issued
	EventSign                // the key is asked for a signature
	EventReset               // a forgotten passphrase is replaced
	EventChangeMail          // a new work mail is proved
	EventChangeOffice        // a new number, unit or position is recorded
	EventRenew               // renewal asked for
	EventCancelRenewal       // renewal given up
	EventSuspend             // held by an operator
	EventResume              // hold lifted
	EventRevoke              // revoked, or destroyed by the owner
)

var eventNames = [...]string{
	EventRegister:      "register",
	EventLapse:         "lapse",
	EventActivate:      "activate",
	EventRefer:         "refer",
	EventApprove:       "approve",
	EventReject:        "reject",
	EventWithdraw:      "withdraw",
	EventIssue:         "issue",
	EventSign:          "sign",
	EventReset:         "reset",
	EventChangeMail:    "change_mail",
	EventChangeOffice:  "change_office",
	EventRenew:         "renew",
	EventCancelRenewal: "cancel_renewal",
	EventSuspend:       "suspend",
	EventResume:        "resume",
	EventRevoke:        "revoke",
}

// Events returns all events.
func Events() []Event {
	all := make([]Event, 0, len(eventNames)-1)
	for e := EventRegister; int(e) < len(eventNames); e++ {
		all = append(all, e)
	}
	return all
}

// String returns the event's name in lower case.
func (e Event) String() string { return wordOf(eventNames[:], e, "Event") }

// MarshalText writes the word of String.
func (e Event) MarshalText() ([]byte, error) { return marshalWord(eventNames[:], e) }

// UnmarshalText reads what MarshalText wrote. Any other word is an error, which does not
// repeat it.
func (e *Event) UnmarshalText(text []byte) error { return unmarshalWord(eventNames[:], e, text) }

// TransitionError says that an event cannot happen in a status.
type TransitionError struct {
	From  Status
	Event Event
}

// Error implements error.
func (e *TransitionError) Error() string {
	return fmt.Sprintf("certificate: %s is not possible in status %s", e.Event, e.From)
}

// FailureScope returns "signer": signing.ScopeOf, which this package does not
// know, then tells that the person's other documents cannot be signed either.
func (e *TransitionError) FailureScope() string { return "signer" }

// arc is one row of the life cycle.
type arc struct {
	from  Status
	event Event
	to    Status
}

// lifeCycle is the only place that says what may follow what. REVOKE has no way out: who
// registers again begins another life, with its own entry in the history. EXPIRED stands
// here because events can happen in it; that it begins is computed from the clock.
var lifeCycle = []arc{
	{StatusNotRegistered, EventRegister, StatusNoCertificate},

	{StatusNoCertificate, EventRegister, StatusNoCertificate}, // a corrected form, a newer link
	{StatusNoCertificate, EventLapse, StatusNotRegistered},
	{StatusNoCertificate, EventWithdraw, StatusNotRegistered},
	{StatusNoCertificate, EventActivate, StatusNew},
	{StatusNoCertificate, EventRefer, StatusWaitingForVerification},

	{StatusWaitingForVerification, EventApprove, StatusNew},
	{StatusWaitingForVerification, EventReject, StatusNotRegistered},
	{StatusWaitingForVerification, EventWithdraw, StatusNotRegistered},

	{StatusNew, EventIssue, StatusIssue},
	{StatusNew, EventWithdraw, StatusNotRegistered},
	{StatusNew, EventChangeMail, StatusNew},
	{StatusNew, EventChangeOffice, StatusNew},

	{StatusIssue, EventSign, StatusIssue},
	{StatusIssue, EventReset, StatusIssue},
	{StatusIssue, EventChangeMail, StatusIssue},
	{StatusIssue, EventChangeOffice, StatusIssue},
	{StatusIssue, EventRenew, StatusRenew},
	{StatusIssue, EventSuspend, StatusSuspend},
	{StatusIssue, EventRevoke, StatusRevoke},

	{StatusExpired, EventChangeMail, StatusExpired},
	{StatusExpired, EventChangeOffice, StatusExpired},
	{StatusExpired, EventRenew, StatusRenew},
	{StatusExpired, EventRevoke, StatusRevoke},

	{StatusRenew, EventIssue, StatusIssue},
	{StatusRenew, EventCancelRenewal, StatusIssue},
	{StatusRenew, EventChangeMail, StatusRenew},
	{StatusRenew, EventChangeOffice, StatusRenew},
	{StatusRenew, EventSuspend, StatusSuspend},
	{StatusRenew, EventRevoke, StatusRevoke},

	{StatusSuspend, EventChangeOffice, StatusSuspend},
	{StatusSuspend, EventResume, StatusIssue},
	{StatusSuspend, EventRevoke, StatusRevoke},
}

// Transition returns the status that follows from after e. Every pair outside the table
// is a [*TransitionError].
func Transition(from Status, e Event) (Status, error) {
	for _, r := range lifeCycle {
		if r.from == from && r.event == e {
			return r.to, nil
		}
	}
	return StatusUnknown, &TransitionError{From: from, Event: e}
}

// Mermaid prints the life cycle as a Mermaid state diagram, one line for each pair of
// statuses. The one transition made by the clock, ISSUE to EXPIRED, is marked so.
func Mermaid() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n    [*] --> NOT_REGISTERED\n")
	for _, from := range Statuses() {
		for _, to := range Statuses() {
			var events []string
			for _, r := range lifeCycle {
				if r.from == from && r.to == to {
					events = append(events, r.event.String())
				}
			}
			if from == StatusIssue && to == StatusExpired {
				events = append(events, "(notAfter passed)")
			}
			if len(events) > 0 {
				fmt.Fprintf(&b, "    %s --> %s : %s\n", from, to, strings.Join(events, ", "))
			}
		}
	}
	b.WriteString("    REVOKE --> [*]\n")
	return b.String()
}
