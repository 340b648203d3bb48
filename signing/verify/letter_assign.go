package verify

// pairs holds how each signature, in the order of signing, fits each expected
// entry.
type pairs [][]Match

// assign gives each signature its entry, -1 for none. As many entries as can be
// are filled, in the expected order if any way of filling so many keeps it.
// Among those ways the one with more matches by certificate wins, then the one
// that fills earlier entries with earlier signatures. One person may be expected
// more than once, and an entry may fit several people, so a choice made for
// one signature alone can be wrong for the rest.
func (p pairs) assign(entries int) (assigned []int, ordered bool) {
	assigned, most := p.anyOrder(entries)
	inOrder, filled := p.inOrder(entries)
	if filled == most {
		return inOrder, true
	}
	return assigned, false
}

// filling counts filled entries, and those of them by certificate.
type filling struct{ entries, certificates int }

func (f filling) with(m Match) filling {
	f.entries++
	if m == MatchCertificate {
		f.certificates++
	}
	return f
}

func (f filling) less(g filling) bool {
	if f.entries != g.entries {
		return f.entries < g.entries
	}
	return f.certificates < g.certificates
}

// inOrder finds the best way that keeps the order, as one finds a longest
// common subsequence: best[s][e] is that for the signatures from s and the
// entries from e on.
func (p pairs) inOrder(entries int) (assigned []int, filled int) {
	best := make([][]filling, len(p)+1)
	best[len(p)] = make([]filling, entries+1)
	for s := len(p) - 1; s >= 0; s-- {
		best[s] = make([]filling, entries+1)
		for e := entries - 1; e >= 0; e-- {
			b := best[s+1][e]
			if b.less(best[s][e+1]) {
				b = best[s][e+1]
			}
			if m := p[s][e]; m != MatchNone {
				if with := best[s+1][e+1].with(m); b.less(with) {
					b = with
				}
			}
			best[s][e] = b
		}
	}
	assigned = nobody(len(p))
	for s, e := 0, 0; s < len(p) && e < entries; {
		switch m := p[s][e]; {
		case m != MatchNone && best[s][e] == best[s+1][e+1].with(m):
			assigned[s] = e
			s, e = s+1, e+1
		case best[s][e] == best[s+1][e]:
			s++
		default:
			e++
		}
	}
	return assigned, best[0][0].entries
}

// anyOrder fills as many entries as can be in any order: a signature may take
// an entry whose signature has another one to go to (augmenting paths).
func (p pairs) anyOrder(entries int) (assigned []int, filled int) {
	holder := nobody(entries)
	var place func(s int, tried []bool) bool
	place = func(s int, tried []bool) bool {
		for _, strength := range []Match{MatchCertificate, MatchName} {
			for e, m := range p[s] {
				if m != strength || tried[e] {
					continue
				}
				tried[e] = true
				if holder[e] < 0 || place(holder[e], tried) {
					holder[e] = s
					return true
				}
			}
		}
		return false
	}
	for s := range p {
		if place(s, make([]bool, entries)) {
			filled++
		}
	}
	assigned = nobody(len(p))
	for e, s := range holder {
		if s >= 0 {
			assigned[s] = e
		}
	}
	return assigned, filled
}

func nobody(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = -1
	}
	return out
}
