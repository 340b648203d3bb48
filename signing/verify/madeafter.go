package verify

import (
	"bytes"
	"context"
	"time"

	"github.com/sertel-id/sertel/signing/internal/cms"
	"github.com/sertel-id/sertel/signing/internal/pki"
)

// A timestamp over a signature says that it existed by then, and nothing of
// when it was made: a letter of last year can be stamped today. So that a
// certificate was revoked before that time proves nothing against the
// signature (ETSI EN 319 102-1 sections 5.3.4 and 5.5.4: REVOKED_NO_POE). What
// proves that it came later is a timestamp that the signer himself signed.

// madeAfterRevocation reports whether a timestamp from the revocation or later
// was there before the signature was made. A hold proves nothing: it may have
// been lifted. Nor does an invalidity date, from which on a key is only suspected.
func (v *verifier) madeAfterRevocation(ctx context.Context, s *signature, verdict pki.Verdict) (bool, error) {
	if verdict.Evidence.Reason == pki.ReasonHold {
		return false, nil
	}
	after := v.stampedBefore(s)
	content, err := v.contentStamp(ctx, s)
	if err != nil {
		return false, err
	}
	if content.After(after) {
		after = content
	}
	return !after.IsZero() && !after.Before(verdict.Evidence.RevokedAt), nil
}

// stampedBefore is the latest time among the timestamps of earlier revisions,
// which the signature covers; zero if none is sure.
func (v *verifier) stampedBefore(s *signature) time.Time {
	var latest time.Time
	for _, d := range v.sigs {
		if d.place.revision < 0 || d.place.revision >= s.place.revision || d.Intact != Yes || !d.proof.sure {
			continue
		}
		if (d.Kind == DocumentTimestamp || d.proof.own) && d.proof.earliest().After(latest) {
			latest = d.proof.earliest()
		}
	}
	return latest
}

// contentStamp is the latest time of the content time-stamps in a signature
// (ETSI EN 319 122-1 section 5.2.8); zero if none is sure. One with a digest
// algorithm that the signature does not use is left out.
func (v *verifier) contentStamp(ctx context.Context, s *signature) (time.Time, error) {
	// What is wrong with such a token takes nothing from the signature.
	findings := s.Findings
	defer func() { s.Findings = findings }()
	var latest time.Time
	for i, der := range s.cms.signer.ContentTimestamps() {
		if i == maxStamps {
			break
		}
		token, err := openStamp(der, func(info *cms.TSTInfo) error {
			if hash, err := info.Hash(); err != nil || hash != s.cms.hash || !cms.StrongHash(hash) || !bytes.Equal(info.HashedMessage, s.cms.digest) {
				return errStampOther
			}
			return nil
		}, v.evidence.certificates)
		if err != nil {
			continue
		}
		proof, err := v.trustStamp(ctx, s, token)
		if err != nil {
			return time.Time{}, err
		}
		if proof.sure && proof.earliest().After(latest) {
			latest = proof.earliest()
		}
	}
	return latest, nil
}
