package certificate_test

import (
	"errors"
	"flag"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sertel-id/sertel/certificate"
)

// life is a model of one person: what must be true whatever is called, in any order, with any
// link that was ever mailed, while the clock jumps both ways.
type life struct {
	*world
	id        certificate.PersonID
	activated bool   // in this life
	phrase    string // of the certificate in use; empty without one
	used      map[certificate.TokenHash]int
	revoked   []certificate.Serial
}

// token draws a link that was mailed, of whatever kind, or one that never was.
func (l *life) token(t *rapid.T) certificate.Token {
	var tokens []certificate.Token
	for _, m := range l.inbox.mails {
		if !m.Token().IsZero() {
			tokens = append(tokens, m.Token())
		}
	}
	tokens = append(tokens, certificate.GenerateToken())
	// The newest ones are the interesting ones.
	n := rapid.IntRange(0, min(3, len(tokens)-1)).Draw(t, "link from the end")
	return tokens[len(tokens)-1-n]
}

// consumed counts the uses of a link.
func (l *life) consumed(t *rapid.T, token certificate.Token) {
	l.used[token.Hash()]++
	require.Equal(t, 1, l.used[token.Hash()], "a link worked twice")
}

func (l *life) allowed(t *rapid.T, err error) {
	var (
		transition *certificate.TransitionError
		soon       *certificate.TooSoonError
	)
	switch {
	case err == nil, errors.As(err, &transition), errors.As(err, &soon),
		errors.Is(err, certificate.ErrTokenRefused), errors.Is(err, certificate.ErrStep), errors.Is(err, certificate.ErrBarred),
		errors.Is(err, certificate.ErrNotFound), errors.Is(err, certificate.ErrTooManySelfies), errors.Is(err, certificate.ErrWrongFactor):
	default:
		t.Fatalf("unexpected error: %v", err)
	}
}

func (l *life) set(t *rapid.T, token certificate.Token, phrase string, reset bool) {
	var err error
	if reset {
		_, err = l.ResetPassphrase(l.ctx, token, secret(phrase), l.consent()...)
	} else {
		_, err = l.SetPassphrase(l.ctx, token, secret(phrase))
	}
	l.allowed(t, err)
	if err != nil {
		return
	}
	l.consumed(t, token)
	require.True(t, l.activated, "a certificate without an activation")
	l.phrase = phrase
}

func (l *life) ended() { l.phrase, l.activated = "", false }

func (l *life) actions(t require.TestingT) map[string]func(*rapid.T) {
	a := applicant(t, budi)
	phrase := rapid.SampledFrom([]string{firstPhrase, secondPhrase, thirdPhrase})
	reason := rapid.SampledFrom([]certificate.Reason{
		certificate.ReasonKeyCompromise, certificate.ReasonAffiliationChanged, certificate.ReasonPrivilegeWithdrawn,
	})
	return map[string]func(*rapid.T){
		"register": func(t *rapid.T) {
			v, err := l.VerifyNIK(l.ctx, a.NIK())
			require.NoError(t, err)
			id, err := l.Register(l.ctx, v, a)
			l.allowed(t, err)
			if err == nil {
				l.id = id
				l.activated, l.phrase = false, ""
			}
		},
		"deliver": func(t *rapid.T) { _, err := l.Deliver(l.ctx); require.NoError(t, err) },
		"settle":  func(t *rapid.T) { _, err := l.Settle(l.ctx); require.NoError(t, err) },
		"step": func(t *rapid.T) {
			token := l.token(t)
			switch rapid.IntRange(0, 3).Draw(t, "page") {
			case 0:
				l.allowed(t, l.PersonalData(l.ctx, token, personalData(a)))
			case 1:
				_, err := l.LookUpNumber(l.ctx, token, a.Number())
				l.allowed(t, err)
			case 2:
				l.allowed(t, l.ConfirmOffice(l.ctx, token))
			case 3:
				_, err := l.Selfie(l.ctx, token, selfie)
				l.allowed(t, err)
			}
		},
		"all steps": func(t *rapid.T) {
			token := l.token(t)
			l.allowed(t, l.PersonalData(l.ctx, token, personalData(a)))
			_, err := l.LookUpNumber(l.ctx, token, a.Number())
			l.allowed(t, err)
			l.allowed(t, l.ConfirmOffice(l.ctx, token))
			_, err = l.Selfie(l.ctx, token, selfie)
			l.allowed(t, err)
		},
		"submit": func(t *rapid.T) {
			token := l.token(t)
			status, err := l.SubmitActivation(l.ctx, token, l.consent()...)
			l.allowed(t, err)
			if err == nil {
				l.consumed(t, token)
				l.activated = status == certificate.StatusNew
			}
		},
		"face": func(t *rapid.T) {
			l.population.face = rapid.SampledFrom([]certificate.Match{certificate.MatchYes, certificate.MatchYes, certificate.MatchUndetermined}).Draw(t, "face")
		},
		"approve": func(t *rapid.T) {
			err := l.Approve(l.ctx, l.id, operator)
			l.allowed(t, err)
			l.activated = l.activated || err == nil
		},
		"reject": func(t *rapid.T) { l.allowed(t, l.Reject(l.ctx, l.id, operator)) },
		"withdraw": func(t *rapid.T) {
			err := l.Withdraw(l.ctx, l.id)
			l.allowed(t, err)
			l.activated = l.activated && err != nil
		},
		"set":          func(t *rapid.T) { l.set(t, l.token(t), phrase.Draw(t, "phrase"), false) },
		"reset":        func(t *rapid.T) { l.set(t, l.token(t), phrase.Draw(t, "phrase"), true) },
		"link":         func(t *rapid.T) { l.allowed(t, l.RequestPassphraseLink(l.ctx, l.id)) },
		"ask reset":    func(t *rapid.T) { l.allowed(t, l.RequestReset(l.ctx, l.id)) },
		"renew":        func(t *rapid.T) { l.allowed(t, l.RequestRenewal(l.ctx, l.id)) },
		"cancel renew": func(t *rapid.T) { l.allowed(t, l.CancelRenewal(l.ctx, l.id)) },
		"suspend":      func(t *rapid.T) { l.allowed(t, l.Suspend(l.ctx, l.id, operator)) },
		"resume":       func(t *rapid.T) { l.allowed(t, l.Resume(l.ctx, l.id, operator)) },
		"readmit":      func(t *rapid.T) { l.allowed(t, l.Readmit(l.ctx, l.id, operator)) },
		"revoke": func(t *rapid.T) {
			if rapid.IntRange(0, 3).Draw(t, "rarely") > 0 {
				return
			}
			err := l.Revoke(l.ctx, l.id, reason.Draw(t, "reason"), operator)
			l.allowed(t, err)
			if err == nil {
				l.ended()
			}
		},
		"clock": func(t *rapid.T) {
			l.clock.Advance(rapid.SampledFrom([]time.Duration{
				time.Minute, time.Minute, 10 * time.Minute, time.Hour, 25 * time.Hour, -20 * time.Minute, -26 * time.Hour,
			}).Draw(t, "jump"))
		},
		"": l.check,
	}
}

// check is what always holds.
func (l *life) check(t *rapid.T) {
	if l.id.IsZero() {
		return
	}
	rec, err := l.Record(l.ctx, l.id)
	require.NoError(t, err)
	status := rec.Status(l.clock.Now())
	require.NotEqual(t, certificate.StatusExpired, rec.State, "EXPIRED was stored")
	cert, inUse := rec.Certificate()
	live := 0
	for _, c := range rec.Certificates {
		if c.RevokedAt.IsZero() {
			live++
		} else if !slices.Contains(l.revoked, c.Serial) {
			l.revoked = append(l.revoked, c.Serial)
		}
	}
	for _, serial := range l.revoked {
		i := slices.IndexFunc(rec.Certificates, func(c certificate.Certificate) bool { return c.Serial == serial })
		require.False(t, rec.Certificates[i].RevokedAt.IsZero(), "a revoked certificate came back")
	}
	require.LessOrEqual(t, live, 1, "two certificates in use")
	if status == certificate.StatusIssue {
		require.True(t, inUse && l.activated && l.phrase != "", "ISSUE without activation and passphrase")
	}
	if !inUse {
		require.Contains(t, []certificate.Status{certificate.StatusNotRegistered, certificate.StatusNoCertificate,
			certificate.StatusWaitingForVerification, certificate.StatusNew, certificate.StatusRevoke}, status)
	}
	for i := 1; i < len(rec.History); i++ {
		require.False(t, rec.History[i].At.Before(rec.History[i-1].At), "the history runs backwards")
	}

	key, err := l.Unlock(l.ctx, l.id, factor(l.phrase))
	if status != certificate.StatusIssue {
		var transition *certificate.TransitionError
		require.ErrorAs(t, err, &transition, "unlocked in status %s", status)
		return
	}
	require.NoError(t, err)
	require.Equal(t, cert.Serial, key.Serial)
	require.NotContains(t, l.revoked, key.Serial)
	require.NoError(t, key.Close())
}

func TestNoPathToIssueWithoutActivationAndPassphrase(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue && os.Getenv("SERTEL_CI") != "1" {
		require.NoError(t, f.Value.Set("40")) // a sample of the paths; all where time does not matter
	}
	rapid.Check(t, func(t *rapid.T) {
		l := &life{world: newWorld(t), used: map[certificate.TokenHash]int{}}
		if rapid.Bool().Draw(t, "begin at ISSUE") {
			l.id = l.issued(t, budi)
			l.activated, l.phrase = true, firstPhrase
			for _, m := range l.inbox.mails {
				if m.Kind == certificate.MailSetPassphrase || m.Kind == certificate.MailActivation {
					l.used[m.Token().Hash()] = 1
				}
			}
		}
		t.Repeat(l.actions(t))
	})
}
