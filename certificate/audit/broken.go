package audit

import (
	"errors"
	"fmt"
)

// ErrBroken is matched by every [*BrokenError].
var ErrBroken = errors.New("audit: chain broken")

// Problem is the way in which a chain does not hold.
type Problem uint8

// The problems.
const (
	_                 Problem = iota
	ProblemMissing            // entries before this one are missing, or it stands twice or out of order
	ProblemChanged            // its content does not give its hash
	ProblemLink               // the entry before has another hash
	ProblemUnsealed           // it has no seal
	ProblemSeal               // its seal was not made with the key
	ProblemUnknownKey         // its seal names a key that is not in the ring
	ProblemCutOff             // a head kept elsewhere is beyond the end
	ProblemHead               // a head kept elsewhere names another hash
	ProblemForeign            // it belongs to another chain, or is of another kind
)

var problemTexts = [...]string{
	ProblemMissing:    "entries are missing before it, or it stands out of order",
	ProblemChanged:    "its content was changed",
	ProblemLink:       "the entry before it was changed or replaced",
	ProblemUnsealed:   "it has no seal",
	ProblemSeal:       "its seal is not genuine",
	ProblemUnknownKey: "its seal names an unknown key",
	ProblemCutOff:     "it was the head once and is not there: the end was cut off",
	ProblemHead:       "it was the head once with another hash: the chain was made anew",
	ProblemForeign:    "it is not of this chain or kind",
}

// String says what is wrong with the entry.
func (p Problem) String() string {
	if p == 0 || int(p) >= len(problemTexts) {
		return fmt.Sprintf("Problem(%d)", uint8(p))
	}
	return problemTexts[p]
}

// BrokenError says where a chain does not hold first. It matches [ErrBroken].
type BrokenError struct {
	Chain   string
	Seq     uint64 // the number of the entry or checkpoint
	Problem Problem
}

// Error implements error.
func (e *BrokenError) Error() string {
	return fmt.Sprintf("audit: chain %q broken at entry %d: %s", e.Chain, e.Seq, e.Problem)
}

// Is makes the error match [ErrBroken].
func (e *BrokenError) Is(target error) bool { return target == ErrBroken }
