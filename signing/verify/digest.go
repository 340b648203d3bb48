package verify

import (
	"bytes"
	"cmp"
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"slices"
)

// Every signature covers the file from its first byte, so the digests share
// one pass: a running digest of all bytes is copied where a signature's gap
// begins, and the copy takes what stands between the gap and the end.

// digestChunk stays in the cache of a processor between reading and hashing.
const digestChunk = 64 << 10

// byteRangeKey is looked for in the same pass: it shows signature
// dictionaries that no form field leads to.
var byteRangeKey = []byte("/ByteRange")

// maxHits bounds the places of byteRangeKey that are looked at.
const maxHits = 4096

type digestJob struct {
	s    *signature
	hash hash.Hash
}

type digestPass struct {
	running map[crypto.Hash]hash.Cloner
	waiting []*digestJob // by the start of the gap
	active  []*digestJob
	hits    []int64
	// loose takes possible references; nil when nothing is signed soundly.
	loose *looseRefs
}

// digest computes the digest of every sound byte range and of the file, and
// looks for signature dictionaries that the form does not show.
func (v *verifier) digest(ctx context.Context) error {
	pass := &digestPass{running: map[crypto.Hash]hash.Cloner{crypto.SHA256: sha256.New().(hash.Cloner)}}
	for _, s := range v.sigs {
		h := s.cms.hash
		if h == 0 || s.failed() {
			continue
		}
		if pass.running[h] == nil {
			cloner, ok := h.New().(hash.Cloner)
			if !ok {
				return fmt.Errorf("digest %v cannot be copied", h)
			}
			pass.running[h] = cloner
		}
		pass.waiting = append(pass.waiting, &digestJob{s: s})
	}
	slices.SortFunc(pass.waiting, func(a, b *digestJob) int {
		return cmp.Compare(a.s.place.rng.gapStart, b.s.place.rng.gapStart)
	})
	if slices.ContainsFunc(v.sigs, func(s *signature) bool { return s.place.sound() }) {
		pass.loose = &v.loose
	}
	// The end of one chunk stays in front of the next, for what stands across.
	buf := make([]byte, lookBack+min(digestChunk, max(v.size, 1)))
	kept := 0
	for offset := int64(0); offset < v.size; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := v.r.ReadAt(buf[kept:][:min(int64(len(buf)-kept), v.size-offset)], offset)
		if n == 0 {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		pass.search(buf[:kept+n], kept, offset-int64(kept))
		pass.take(offset, buf[kept:kept+n])
		offset += int64(n)
		kept = copy(buf, buf[max(0, kept+n-lookBack):kept+n])
	}
	pass.finish(v.size)
	v.sha256 = hex.EncodeToString(pass.running[crypto.SHA256].Sum(nil))
	return v.checkHits(pass.hits)
}

// take digests a chunk, cut where a gap or a range begins or ends.
func (p *digestPass) take(offset int64, chunk []byte) {
	for len(chunk) > 0 {
		p.turn(offset)
		n := int64(len(chunk))
		if len(p.waiting) > 0 {
			n = min(n, p.waiting[0].s.place.rng.gapStart-offset)
		}
		for _, job := range p.active {
			for _, edge := range []int64{job.s.place.rng.gapEnd, job.s.place.rng.end} {
				if edge > offset {
					n = min(n, edge-offset)
				}
			}
		}
		for _, h := range p.running {
			h.Write(chunk[:n])
		}
		for _, job := range p.active {
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
func (p *digestPass) turn(offset int64) {
	for len(p.waiting) > 0 && p.waiting[0].s.place.rng.gapStart <= offset {
		job := p.waiting[0]
		p.waiting = p.waiting[1:]
		clone, err := p.running[job.s.cms.hash].Clone()
		if err != nil {
			continue // the digest stays nil and the check refuses it
		}
		job.hash = clone
		p.active = append(p.active, job)
	}
	p.active = slices.DeleteFunc(p.active, func(job *digestJob) bool {
		if offset < job.s.place.rng.end {
			return false
		}
		job.s.cms.digest = job.hash.Sum(nil)
		return true
	})
}

func (p *digestPass) finish(size int64) { p.turn(size) }

// search looks at window[from:], the bytes that are new; window[0] stands at
// base.
func (p *digestPass) search(window []byte, from int, base int64) {
	if p.loose != nil {
		p.loose.scan(window, from, base)
	}
	for at := max(0, from-len(byteRangeKey)+1); len(p.hits) <= maxHits; {
		i := bytes.Index(window[at:], byteRangeKey)
		if i < 0 {
			return
		}
		p.hits = append(p.hits, base+int64(at+i))
		at += i + len(byteRangeKey)
	}
}
