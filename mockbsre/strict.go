package mockbsre

import (
	"fmt"
	"slices"
)

// maxComplaints bounds what [Server.StrictErrors] keeps.
const maxComplaints = 1_000

// StrictErrors returns what a client did that the real service refuses for its
// form, or merely tolerates, since the start or the last ClearJournal; at most
// the first 1,000. It is empty unless Config.Strict is set. A fake made by
// [NewWith] has told its test already.
func (s *Server) StrictErrors() []error {
	s.running()
	s.esign.mu.Lock()
	defer s.esign.mu.Unlock()
	return slices.Clone(s.esign.complaints)
}

// complain is called with the lock held; what it returns is to be called
// without.
func (e *esign) complain(x Exchange) (tell func()) {
	if !e.srv.cfg.Strict || len(x.Remarks) == 0 {
		return func() {}
	}
	var errs []error
	for _, r := range x.Remarks {
		name := string(x.Operation)
		if name == "" {
			name = x.Method
		}
		errs = append(errs, fmt.Errorf("mockbsre: strict: %s: %v", name, r))
	}
	e.complaints = append(e.complaints, errs...)
	e.complaints = e.complaints[:min(len(e.complaints), maxComplaints)]
	return func() {
		for _, err := range errs {
			if e.srv.strict != nil {
				e.srv.strict(err)
			}
		}
	}
}
