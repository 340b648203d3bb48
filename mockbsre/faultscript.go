package mockbsre

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	randv2 "math/rand/v2"
	"slices"
	"time"
)

// FaultScript says what goes wrong in a run. The same script with the same seed
// does the same things to the same calls: what happens to the n-th call of an
// operation depends on nothing else, so it holds for concurrent calls too.
type FaultScript struct {
	// Seed is where chance comes from, at most 2^53. Zero: a random one, which
	// is logged and told by [Server.Faults].
	Seed uint64
	// Rules are asked in their order; the first that fits a call decides.
	Rules []FaultRule
	// Hostile lets every third call that no rule meets go wrong, in every way
	// that there is but for revocation, and one in four of the others come
	// late by a few milliseconds of the real clock. What a client still gets
	// done here it gets done anywhere. False: the service is calm.
	Hostile bool
}

// FaultRule makes calls of one operation go wrong.
type FaultRule struct {
	// Operation is the one that is meant. Zero: [AnyOperation]. A fault that
	// an operation cannot meet passes it by.
	Operation Operation
	// First and Last are the calls that are meant, counted from 1 for each
	// operation since the script was set; with AnyOperation all calls count.
	// Zero: from the first, and without end. With both the same it is that
	// call alone.
	First, Last int
	// Probability is that of each call to go wrong, from 0 to 1. Zero: 1.
	Probability float64
	// Fault is what happens.
	Fault Fault
}

// maxRules bounds a script.
const maxRules = 1_000

func (s FaultScript) check() error {
	if len(s.Rules) > maxRules || s.Seed > 1<<53 {
		return fmt.Errorf("%w: at most %d rules and a seed of 53 bits", ErrFault, maxRules)
	}
	for i, r := range s.Rules {
		if r.First < 0 || r.Last < 0 || r.Last != 0 && r.Last < r.First || !(r.Probability >= 0 && r.Probability <= 1) {
			return fmt.Errorf("%w: rule %d: calls or probability cannot be", ErrFault, i+1)
		}
		if err := r.Fault.check(r.Operation); err != nil {
			return fmt.Errorf("rule %d: %w", i+1, err)
		}
	}
	return nil
}

// SetFaults replaces the script of faults and counts calls anew; what was
// planned by FailNext stays. It fails with [ErrFault].
func (s *Server) SetFaults(script FaultScript) error {
	s.running()
	return s.esign.setScript(script)
}

// Faults is the script that is set, with its seed.
func (s *Server) Faults() FaultScript {
	s.running()
	s.esign.mu.Lock()
	defer s.esign.mu.Unlock()
	set := s.esign.script.FaultScript
	set.Rules = slices.Clone(set.Rules)
	return set
}

// ClearFaults ends the script and drops what was planned by FailNext.
func (s *Server) ClearFaults() {
	s.running()
	s.esign.mu.Lock()
	defer s.esign.mu.Unlock()
	s.esign.script, s.esign.faults = runningScript{}, nil
}

func (e *esign) setScript(script FaultScript) error {
	if err := script.check(); err != nil {
		return err
	}
	active := script.Hostile || len(script.Rules) > 0
	if active && script.Seed == 0 {
		script.Seed = newSeed()
	}
	script.Rules = slices.Clone(script.Rules)
	e.mu.Lock()
	e.script = runningScript{FaultScript: script, calls: map[Operation]int{}}
	e.mu.Unlock()
	if active {
		e.srv.cfg.Logger.Info("faults set", "seed", script.Seed, "rules", len(script.Rules), "hostile", script.Hostile)
	}
	return nil
}

// newSeed is never zero and can be written as a number in any language.
func newSeed() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:])
	return binary.BigEndian.Uint64(b[:])>>11 | 1
}

// runningScript is a script with the calls that were counted.
type runningScript struct {
	FaultScript
	calls map[Operation]int
}

// next counts a call and returns the fault that it meets, or nil.
func (s *runningScript) next(op Operation) *Fault {
	if s.calls == nil {
		return nil
	}
	s.calls[op]++
	s.calls[AnyOperation]++
	for i, r := range s.Rules {
		if r.Operation != AnyOperation && r.Operation != op || !r.Fault.fits(op) {
			continue
		}
		n := s.calls[r.Operation]
		if n < r.First || r.Last != 0 && n > r.Last {
			continue
		}
		if r.Probability != 0 && s.chance(r.Operation, n, i).Float64() >= r.Probability {
			continue
		}
		return &r.Fault
	}
	if s.Hostile {
		return hostile(op, s.chance(op, s.calls[op], -1))
	}
	return nil
}

// chance is that of one call and rule.
func (s *runningScript) chance(op Operation, n, rule int) *randv2.Rand {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %d %s", s.Seed, n, rule, op))
	return randv2.New(randv2.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16]))) //nolint:gosec // chance that can be replayed, no secret
}

// hostile chooses what a hostile fake does to a call.
func hostile(op Operation, chance *randv2.Rand) *Fault {
	late := time.Duration(1+chance.IntN(5)) * time.Millisecond
	if chance.IntN(3) != 0 {
		if chance.IntN(4) != 0 {
			return nil
		}
		return &Fault{Delay: late, RealTime: true}
	}
	kinds := hostileKinds(op)
	f := kinds[chance.IntN(len(kinds))].Fault()
	f.RealTime = true
	f.Delay = min(f.Delay, late)
	f.BodyDelay = min(f.BodyDelay, late)
	return &f
}
