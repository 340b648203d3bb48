package passphrase

import (
	"errors"
	"fmt"
)

// ErrParams is returned for Argon2id parameters below the floor for new hashes
// or above the ceiling for stored ones.
var ErrParams = errors.New("argon2id parameters out of bounds")

// Params are the cost parameters of Argon2id (RFC 9106 section 3.1).
type Params struct {
	// Time is the number of passes over the memory. Zero with Memory zero
	// means the default.
	Time uint32
	// Memory is in KiB.
	Memory uint32
	// Parallelism is the number of lanes, at most 255. It is part of the
	// result and so never taken from the machine.
	Parallelism uint8
	// InsecureFast allows parameters below the floor. For tests only: the
	// result can be guessed at millions of tries per second.
	InsecureFast bool
}

// DefaultParams returns the second recommended choice of RFC 9106 section 4 for
// memory-constrained environments: 3 passes, 64 MiB, 4 lanes. About 0.1 s on a
// present server core pair.
func DefaultParams() Params { return Params{Time: 3, Memory: 64 << 10, Parallelism: 4} }

// FastParams returns the cheapest parameters that Argon2id allows, marked
// InsecureFast. For tests only.
func FastParams() Params {
	return Params{Time: 1, Memory: 8, Parallelism: 1, InsecureFast: true}
}

// The floor is the second choice of the OWASP Password Storage Cheat Sheet:
// 2 passes over 19 MiB, one lane.
const (
	floorTime   = 2
	floorMemory = 19 << 10
)

// The ceiling bounds what a stored or hostile string may ask for: one GiB of
// memory written in all, 128 MiB held at a time.
const (
	ceilingTime        = 16
	ceilingMemory      = 128 << 10
	ceilingParallelism = 16
	ceilingCost        = 1 << 20 // passes x KiB
)

func (p Params) isZero() bool { return p.Time == 0 && p.Memory == 0 && p.Parallelism == 0 }

// orDefault resolves the zero value and checks the rest for making new hashes.
func (p Params) orDefault() (Params, error) {
	if p.isZero() {
		p = DefaultParams()
	}
	if err := p.checkCeiling(); err != nil {
		return Params{}, err
	}
	if !p.InsecureFast && (p.Time < floorTime || p.Memory < floorMemory) {
		return Params{}, fmt.Errorf("%w: t=%d m=%d is below t=%d m=%d",
			ErrParams, p.Time, p.Memory, floorTime, floorMemory)
	}
	return p, nil
}

// checkCeiling refuses what cannot be derived or would cost too much.
func (p Params) checkCeiling() error {
	switch {
	case p.Time < 1 || p.Parallelism < 1 || p.Memory < 8*uint32(p.Parallelism):
		return fmt.Errorf("%w: t=%d m=%d p=%d is not argon2id", ErrParams, p.Time, p.Memory, p.Parallelism)
	case p.Time > ceilingTime, p.Memory > ceilingMemory, p.Parallelism > ceilingParallelism,
		uint64(p.Time)*uint64(p.Memory) > ceilingCost:
		return fmt.Errorf("%w: t=%d m=%d p=%d is too costly", ErrParams, p.Time, p.Memory, p.Parallelism)
	}
	return nil
}

// weakerThan reports whether any cost is lower than want's.
func (p Params) weakerThan(want Params) bool {
	return p.Time < want.Time || p.Memory < want.Memory || p.Parallelism != want.Parallelism
}
