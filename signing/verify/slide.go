package verify

import (
	"context"
	"slices"
	"time"

	"github.com/sertel-id/sertel/signing/internal/pki"
)

// What an authority says once it was revoked is worth nothing, and whoever has
// its stolen key can date an answer back. Below an authority that was revoked
// after the judged time, evidence so counts only if it is known to have existed
// before that (ETSI EN 319 102-1 section 5.6.2.2, control-time sliding), or, when
// the reason leaves the key alone, if it says so itself.

// slide turns an authority into a revoked one where nothing below it stands
// without what it said too late.
func (v *verifier) slide(status *pathStatus, path pki.Path, at time.Time) error {
	for i := len(status.answers) - 1; i > 0; i-- {
		above := status.answers[i]
		if above.Status != pki.StatusRevokedLater || above.RevokedAt.After(v.at) {
			continue // whatever is at hand is from before
		}
		of := scope{before: above.RevokedAt, dated: harmlessReasons[above.Evidence.Reason]}
		for j, below := range status.answers[:i] {
			if below.Status != pki.StatusGood && below.Status != pki.StatusRevokedLater {
				continue // said already
			}
			then, err := v.weigh(path[j], path.Issuer(j), at, of)
			if err != nil {
				return err
			}
			if status.revokedCA == "" && then.Status != pki.StatusGood && then.Status != pki.StatusRevokedLater {
				status.revokedCA = printable(path[i].Subject.CommonName)
			}
		}
	}
	return nil
}

// knownBefore reports whether a trusted timestamp proves that a piece of
// evidence was in the file before a time.
func (v *verifier) knownBefore(sum sum256, limit time.Time) bool {
	return slices.ContainsFunc(v.sigs, func(d *signature) bool {
		if d.Kind != DocumentTimestamp && !d.proof.own || d.place.revision < 0 || d.proof.proven.IsZero() || !d.proof.latest().Before(limit) {
			return false
		}
		if since, enclosed := v.evidence.enclosed[sum]; enclosed && since < d.place.revision {
			return true
		}
		return v.storedAt(d.place.revision)[sum] || d.signs(sum, &v.evidence)
	})
}

// signs reports whether a piece is in the archive that the signer signed.
func (s *signature) signs(sum sum256, e *evidence) bool {
	if s.archive == nil && s.cms.signer != nil {
		s.archive = make(map[sum256]bool)
		crls, ocsps, _ := s.cms.signer.RevocationArchival() // nothing, when it cannot be read
		for _, der := range slices.Concat(crls, ocsps) {
			s.archive[e.sumOf(der)] = true
		}
	}
	return s.archive[sum]
}

// soundest picks the path whose authorities stand best and returns what is
// known of it. Each is tried until one is without fault, since one authority may
// have several certificates (ETSI EN 319 102-1 section 5.2.6.4, step 1).
func (v *verifier) soundest(ctx context.Context, paths []pki.Path, at time.Time) (pki.Path, pathStatus, error) {
	var best pathStatus
	chosen := -1
	for i, path := range paths {
		status, err := v.statusOf(ctx, path, at)
		if err != nil {
			return nil, status, err
		}
		if chosen < 0 || status.faults() < best.faults() {
			chosen, best = i, status
		}
		if best.faults() == 0 {
			break
		}
	}
	return paths[chosen], best, nil
}

// faults ranks what is wrong with the authorities of a path.
func (status pathStatus) faults() int {
	switch {
	case status.revokedCA != "":
		return 3
	case status.unknownCA != "":
		return 2
	case len(status.answers) > 1 && slices.ContainsFunc(status.answers[1:], func(a answer) bool { return a.Status == pki.StatusRevokedLater }):
		return 1
	}
	return 0
}
