package verify

import (
	"cmp"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
)

// Every signature covers the file from its first byte, so the digests share
// one pass: a running digest of all bytes is copied where a signature's gap
// begins, and the copy takes what stands between the gap and the end.

type digestJob struct {
	s    *signature
	hash hash.Hash
}

// digests are the digests of every sound byte range and of the file.
type digests struct {
	running map[crypto.Hash]hash.Cloner
	waiting []*digestJob // by the start of the gap
	active  []*digestJob
}

// byEnd are the signatures by the end of their ranges.
func (v *verifier) byEnd() []*signature {
	return slices.SortedStableFunc(slices.Values(v.sigs), func(a, b *signature) int {
		return cmp.Compare(a.place.rng.end, b.place.rng.end)
	})
}

// newDigests prepares the pass. What follows the gaps is digested for each
// signature by itself: altogether not much more than the file, since each is in
// a revision of its own. Those beyond twice the file are left unjudged, later
// ones first.
func (v *verifier) newDigests() (*digests, error) {
	d := &digests{running: map[crypto.Hash]hash.Cloner{crypto.SHA256: sha256.New().(hash.Cloner)}}
	left := 2 * v.size
	for _, s := range v.byEnd() {
		h := s.cms.hash
		if h == 0 || s.failed() {
			continue
		}
		if left -= s.place.rng.end - s.place.rng.gapEnd; left < 0 {
			s.find(CodeCompareBudget, "")
			continue
		}
		if d.running[h] == nil {
			cloner, ok := h.New().(hash.Cloner)
			if !ok {
				return nil, fmt.Errorf("digest %v cannot be copied", h)
			}
			d.running[h] = cloner
		}
		d.waiting = append(d.waiting, &digestJob{s: s})
	}
	slices.SortFunc(d.waiting, func(a, b *digestJob) int {
		return cmp.Compare(a.s.place.rng.gapStart, b.s.place.rng.gapStart)
	})
	return d, nil
}

// take digests a chunk, cut where a gap or a range begins or ends.
func (d *digests) take(offset int64, chunk []byte) {
	for len(chunk) > 0 {
		d.turn(offset)
		n := int64(len(chunk))
		if len(d.waiting) > 0 {
			n = min(n, d.waiting[0].s.place.rng.gapStart-offset)
		}
		for _, job := range d.active {
			for _, edge := range []int64{job.s.place.rng.gapEnd, job.s.place.rng.end} {
				if edge > offset {
					n = min(n, edge-offset)
				}
			}
		}
		for _, h := range d.running {
			h.Write(chunk[:n])
		}
		for _, job := range d.active {
			if offset >= job.s.place.rng.gapEnd {
				job.hash.Write(chunk[:n])
			}
		}
		offset += n
		chunk = chunk[n:]
	}
}

// turn starts the digests whose gap begins at the offset and ends those whose
// range does.
func (d *digests) turn(offset int64) {
	for len(d.waiting) > 0 && d.waiting[0].s.place.rng.gapStart <= offset {
		job := d.waiting[0]
		d.waiting = d.waiting[1:]
		clone, err := d.running[job.s.cms.hash].Clone()
		if err != nil {
			continue // the digest stays nil and the check refuses it
		}
		job.hash = clone
		d.active = append(d.active, job)
	}
	d.active = slices.DeleteFunc(d.active, func(job *digestJob) bool {
		if offset < job.s.place.rng.end {
			return false
		}
		job.s.cms.digest = job.hash.Sum(nil)
		return true
	})
}

// finish ends the digests that go to the end of the file and returns that of
// all of it, in hex.
func (d *digests) finish(size int64) string {
	d.turn(size)
	return hex.EncodeToString(d.running[crypto.SHA256].Sum(nil))
}
