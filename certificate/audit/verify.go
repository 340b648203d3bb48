package audit

import (
	"bytes"
	"context"
	"errors"
)

// Verifier checks entries one after another, in memory that does not grow. Errors are
// [*BrokenError]; after one it is not to be used any further.
type Verifier struct {
	chain *Chain
	sum   Summary
	heads []Checkpoint
}

// Summary says what was checked.
type Summary struct {
	Anchor  Checkpoint // where the chain begins
	Last    Position   // the last entry, or the anchor's position when there is none
	Entries uint64
	// Sealed entries have a seal that was checked, Unsealed ones none, which was allowed, and
	// Unchecked ones a seal that nobody checked: the chain was given no keys.
	Sealed, Unsealed, Unchecked uint64
	// HeadsPurged is the number of heads given that lie before the anchor, of which nothing can
	// be said any more.
	HeadsPurged int
}

// NewVerifier begins at an anchor. Heads are ones kept elsewhere, in any order; each must be
// found in the chain with its hash, unless it was purged. Errors match [ErrBroken].
func (c *Chain) NewVerifier(anchor Checkpoint, heads ...Checkpoint) (*Verifier, error) {
	if err := c.CheckCheckpoint(Anchor, anchor); err != nil {
		return nil, err
	}
	v := &Verifier{chain: c, sum: Summary{Anchor: anchor, Last: anchor.Position}}
	for _, h := range heads {
		if err := c.CheckCheckpoint(Head, h); err != nil {
			return nil, err
		}
		if h.Seq < anchor.Seq {
			v.sum.HeadsPurged++
			continue
		}
		v.heads = append(v.heads, h)
	}
	return v, v.checkHeads(anchor.Position)
}

// checkHeads compares the heads at the position.
func (v *Verifier) checkHeads(p Position) error {
	for _, h := range v.heads {
		if h.Seq == p.Seq && h.Hash != p.Hash {
			return v.broken(p.Seq, ProblemHead)
		}
	}
	return nil
}

func (v *Verifier) broken(seq uint64, p Problem) error {
	return &BrokenError{Chain: v.chain.Name(), Seq: seq, Problem: p}
}

// Add checks the next entry. Errors match [ErrBroken].
func (v *Verifier) Add(e Entry) error {
	canonical, err := e.Canonical()
	switch {
	case e.Seq != v.sum.Last.Seq+1:
		return v.broken(e.Seq, ProblemMissing)
	case err != nil || !canonical.At.Equal(e.At) || !bytes.Equal(canonical.Detail, e.Detail) ||
		e.digest(v.chain.Name()) != e.Hash:
		return v.broken(e.Seq, ProblemChanged)
	case e.Prev != v.sum.Last.Hash:
		return v.broken(e.Seq, ProblemLink)
	}
	state, problem := v.chain.checkSeal(entryPurpose, e.Hash[:], e.Seq, e.Key, e.Seal)
	if problem != 0 {
		return v.broken(e.Seq, problem)
	}
	switch state {
	case sealGood:
		v.sum.Sealed++
	case sealAbsent:
		v.sum.Unsealed++
	case sealUnchecked:
		v.sum.Unchecked++
	}
	v.sum.Entries++
	v.sum.Last = e.Position()
	return v.checkHeads(v.sum.Last)
}

// Finish says that there are no more entries. Errors match [ErrBroken]: a head kept elsewhere
// is not there.
func (v *Verifier) Finish() (Summary, error) {
	for _, h := range v.heads {
		if h.Seq > v.sum.Last.Seq {
			return v.sum, v.broken(h.Seq, ProblemCutOff)
		}
	}
	return v.sum, nil
}

// VerifyOptions are for [Verify].
type VerifyOptions struct {
	// Heads kept elsewhere; none means that entries cut off at the end go unnoticed.
	Heads []Checkpoint
}

// pageSize is how many entries are asked for at a time.
const pageSize = 500

// Verify checks a whole log against the chain, up to the head that it has when called; entries
// added meanwhile are left for the next time. Errors are [*BrokenError], [ErrPurged], or the
// storage's.
func Verify(ctx context.Context, chain *Chain, log Log, opts VerifyOptions) (Summary, error) {
	return walk(ctx, chain, log, opts.Heads, func(Checkpoint) error { return nil }, func(Entry) error { return nil })
}

// ErrPurged is returned by [Verify] and [Export] when the log was purged under them: nothing is
// known of the chain, and the call is to be made again.
var ErrPurged = errors.New("audit: the log was purged meanwhile, try again")

// walk checks a log and shows its anchor and entries on the way.
func walk(ctx context.Context, chain *Chain, log Log, heads []Checkpoint, begin func(Checkpoint) error, each func(Entry) error) (Summary, error) {
	anchor, err := log.Anchor(ctx)
	if err != nil {
		return Summary{}, err
	}
	head, err := log.Head(ctx)
	if err != nil {
		return Summary{}, err
	}
	if err := chain.CheckCheckpoint(Head, head); err != nil {
		return Summary{}, err
	}
	v, err := chain.NewVerifier(anchor, append([]Checkpoint{head}, heads...)...)
	if err != nil {
		return Summary{}, err
	}
	if err := begin(anchor); err != nil {
		return Summary{}, err
	}
	for v.sum.Last.Seq < head.Seq {
		page, err := log.Entries(ctx, v.sum.Last.Seq, int(min(pageSize, head.Seq-v.sum.Last.Seq)))
		if err != nil {
			return v.sum, err
		}
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			if err := v.Add(e); err != nil {
				return v.sum, v.orPurged(ctx, log, err)
			}
			if err := each(e); err != nil {
				return v.sum, err
			}
		}
	}
	sum, err := v.Finish()
	if err != nil {
		err = v.orPurged(ctx, log, err)
	}
	return sum, err
}

// orPurged returns [ErrPurged] in place of err when the anchor moved during the walk.
func (v *Verifier) orPurged(ctx context.Context, log Log, err error) error {
	now, anchorErr := log.Anchor(ctx)
	if anchorErr != nil {
		return errors.Join(err, anchorErr)
	}
	if now.Seq != v.sum.Anchor.Seq && v.chain.CheckCheckpoint(Anchor, now) == nil {
		return ErrPurged
	}
	return err
}
