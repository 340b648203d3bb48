package certificate_test

import (
	"context"
	"crypto/x509"
	"errors"
	"math/big"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
)

func seen(serial int64, from time.Time) *x509.Certificate {
	return &x509.Certificate{SerialNumber: big.NewInt(serial), NotBefore: from, NotAfter: from.AddDate(2, 0, 0)}
}

func TestTracker(t *testing.T) {
	ctx := t.Context()
	clock := &clock{now: start}
	tracker := certificate.NewTracker(certificate.TrackerConfig{Now: clock.Now})
	at := func(when time.Time) certificate.Tracked {
		known, err := tracker.StatusAt(ctx, "user-17", when)
		require.NoError(t, err)
		return known
	}
	observe := func(o certificate.Observation) certificate.TrackedChange {
		change, err := tracker.Observe(ctx, "user-17", o)
		require.NoError(t, err)
		return change
	}
	assert.Equal(t, certificate.Tracked{}, at(start), "nothing is known of somebody never heard of")

	change := observe(certificate.Observation{Certificate: seen(1, start)})
	assert.True(t, change.CertificateChanged())
	assert.False(t, change.StatusChanged())
	assert.Equal(t, certificate.StatusUnknown, at(start).Status, "a certificate seen says nothing of revocation")

	clock.Advance(24 * time.Hour)
	first := clock.Now()
	assert.True(t, observe(certificate.Observation{Status: certificate.StatusIssue}).StatusChanged())
	assert.Equal(t, certificate.StatusUnknown, at(first.Add(-1)).Status, "unknown before the first answer")
	assert.Equal(t, certificate.StatusIssue, at(first).Status)
	assert.Equal(t, first, at(first.AddDate(1, 0, 0)).ObservedAt)

	end := start.AddDate(2, 0, 0)
	assert.Equal(t, certificate.StatusIssue, at(end).Status)
	assert.Equal(t, certificate.StatusExpired, at(end.Add(1)).Status, "computed")

	clock.Advance(end.Add(time.Hour).Sub(clock.Now()))
	observe(certificate.Observation{Status: certificate.StatusIssue})
	assert.Equal(t, certificate.StatusIssue, at(clock.Now()).Status, "an answer after the end means another certificate")

	clock.Advance(time.Hour)
	change = observe(certificate.Observation{Status: certificate.StatusRevoke, Certificate: seen(2, end)})
	assert.True(t, change.StatusChanged() && change.CertificateChanged())
	assert.Equal(t, certificate.StatusIssue, change.From.Status)
	assert.Equal(t, certificate.StatusIssue, at(clock.Now().Add(-1)).Status, "the past stays as it was known")
}

func TestTrackerTakesLateObservations(t *testing.T) {
	ctx := t.Context()
	hour := func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
	words := []certificate.Status{certificate.StatusNew, certificate.StatusIssue, certificate.StatusSuspend, certificate.StatusIssue, certificate.StatusRevoke}
	for range 20 {
		tracker := certificate.NewTracker(certificate.TrackerConfig{Now: func() time.Time { return hour(24) }})
		for _, n := range rand.Perm(len(words)) {
			_, err := tracker.Observe(ctx, "a", certificate.Observation{Status: words[n], At: hour(n)})
			require.NoError(t, err)
		}
		for n, want := range words {
			known, err := tracker.StatusAt(ctx, "a", hour(n))
			require.NoError(t, err)
			assert.Equal(t, want, known.Status)
		}
	}
}

func TestTrackerKeepsLittle(t *testing.T) {
	ctx := t.Context()
	clock := &clock{now: start}
	tracker := certificate.NewTracker(certificate.TrackerConfig{Now: clock.Now})
	for range 1000 {
		clock.Advance(24 * time.Hour)
		_, err := tracker.Observe(ctx, "a", certificate.Observation{Status: certificate.StatusIssue})
		require.NoError(t, err)
	}
	trail, err := tracker.Observations(ctx, "a")
	require.NoError(t, err)
	require.Len(t, trail, 2)
	assert.Equal(t, start.Add(24*time.Hour), trail[0].At)
	assert.Equal(t, clock.Now(), trail[1].At)
}

func TestTrackerRefuses(t *testing.T) {
	ctx := t.Context()
	tracker := certificate.NewTracker(certificate.TrackerConfig{Now: func() time.Time { return start }})
	for name, o := range map[string]certificate.Observation{
		"nothing":             {},
		"the future":          {Status: certificate.StatusIssue, At: start.Add(1)},
		"no status of BSrE's": {Status: 99},
		"no serial":           {Certificate: &x509.Certificate{}},
	} {
		_, err := tracker.Observe(ctx, "a", o)
		require.ErrorIs(t, err, certificate.ErrObservation, name)
	}
	for _, person := range []string{"", strings.Repeat("x", 129)} {
		_, err := tracker.Observe(ctx, person, certificate.Observation{Status: certificate.StatusIssue})
		require.ErrorIs(t, err, certificate.ErrTrackedPerson)
		_, err = tracker.StatusAt(ctx, person, start)
		require.ErrorIs(t, err, certificate.ErrTrackedPerson)
	}
}

func TestTrackerDueBefore(t *testing.T) {
	ctx := t.Context()
	clock := &clock{now: start}
	tracker := certificate.NewTracker(certificate.TrackerConfig{Now: clock.Now})
	for person, observations := range map[string][]certificate.Observation{
		"ends soon":  {{Status: certificate.StatusIssue, Certificate: seen(1, start.AddDate(-2, 0, 10))}},
		"has ended":  {{Status: certificate.StatusIssue, Certificate: seen(2, start.AddDate(-3, 0, 0)), At: start.AddDate(-2, 0, 0)}},
		"ends later": {{Status: certificate.StatusIssue, Certificate: seen(3, start)}},
		"revoked":    {{Status: certificate.StatusRevoke, Certificate: seen(4, start.AddDate(-2, 0, 10))}},
		"renewed elsewhere": {{Certificate: seen(5, start.AddDate(-3, 0, 0)), At: start.AddDate(-2, 0, 0)},
			{Status: certificate.StatusIssue}},
		"only a status":      {{Status: certificate.StatusIssue}},
		"only a certificate": {{Certificate: seen(6, start.AddDate(-2, 0, 10))}},
	} {
		for _, o := range observations {
			_, err := tracker.Observe(ctx, person, o)
			require.NoError(t, err)
		}
	}
	due, err := tracker.DueBefore(ctx, start.AddDate(0, 1, 0))
	require.NoError(t, err)
	got := map[string]certificate.Status{}
	for _, d := range due {
		got[d.Person] = d.Status
	}
	assert.Equal(t, map[string]certificate.Status{
		"ends soon": certificate.StatusIssue, "has ended": certificate.StatusExpired, "only a certificate": certificate.StatusUnknown,
	}, got)
}

func TestTrackerUnderRace(t *testing.T) {
	tracker := certificate.NewTracker(certificate.TrackerConfig{Now: func() time.Time { return start }})
	var wg sync.WaitGroup
	for n := range 50 {
		wg.Go(func() {
			_, err := tracker.Observe(t.Context(), "a", certificate.Observation{
				Status: certificate.Statuses()[n%9], At: start.Add(-time.Duration(n) * time.Hour),
			})
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	trail, err := tracker.Observations(t.Context(), "a")
	require.NoError(t, err)
	assert.Len(t, trail, 50)
}

// brokenTrail is a store that fails.
type brokenTrail struct{ certificate.TrackerStore }

var errBroken = errors.New("store is down")

func (brokenTrail) Trail(context.Context, string) ([]certificate.Observed, error) {
	return nil, errBroken
}

func TestTrackerWithABrokenStore(t *testing.T) {
	tracker := certificate.NewTracker(certificate.TrackerConfig{Store: brokenTrail{certificate.NewMemoryTrackerStore()}})
	_, err := tracker.StatusAt(t.Context(), "a", start)
	require.ErrorIs(t, err, errBroken, "down is not unknown")
}
