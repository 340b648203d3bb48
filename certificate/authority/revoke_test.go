package authority_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
)

func TestRevokeTable(t *testing.T) {
	const (
		hold   = certificate.ReasonCertificateHold
		lift   = certificate.ReasonRemoveFromCRL
		leaked = certificate.ReasonKeyCompromise
		left   = certificate.ReasonCessationOfOperation
	)
	for name, c := range map[string]struct {
		before []certificate.Reason
		reason certificate.Reason
		want   error
	}{
		"a good one is revoked":              {nil, leaked, nil},
		"the same again changes nothing":     {[]certificate.Reason{leaked}, leaked, nil},
		"a revocation is final":              {[]certificate.Reason{leaked}, left, authority.ErrRevoked},
		"a revoked one is not held":          {[]certificate.Reason{leaked}, hold, authority.ErrRevoked},
		"a revocation is not lifted":         {[]certificate.Reason{leaked}, lift, authority.ErrNotHeld},
		"a hold is lifted":                   {[]certificate.Reason{hold}, lift, nil},
		"a hold that is not there":           {nil, lift, authority.ErrNotHeld},
		"a hold becomes final":               {[]certificate.Reason{hold}, left, nil},
		"a lifted one can be held again":     {[]certificate.Reason{hold, lift}, hold, nil},
		"reason 7 does not exist":            {nil, 7, certificate.ErrReason},
		"a reason that RFC 5280 cannot know": {nil, -1, certificate.ErrReason},
	} {
		t.Run(name, func(t *testing.T) {
			clk := newClock()
			a := newAuthority(t, authority.Config{Now: clk.Now})
			serial := serialOf(t, issue(t, a))
			for _, reason := range c.before {
				clk.Advance(time.Minute)
				require.NoError(t, a.Revoke(context.Background(), serial, reason, clk.now))
			}
			clk.Advance(time.Minute)
			assert.ErrorIs(t, a.Revoke(context.Background(), serial, c.reason, clk.now), c.want)
		})
	}
}

func TestRevokeRefuses(t *testing.T) {
	clk := newClock()
	a := newAuthority(t, authority.Config{Now: clk.Now})
	c := issue(t, a)
	ctx := context.Background()
	assert.ErrorIs(t, a.Revoke(ctx, serialOf(t, c), certificate.ReasonKeyCompromise, clk.now.Add(time.Second)),
		authority.ErrRevocationTime, "the future")
	assert.ErrorIs(t, a.Revoke(ctx, certificate.Serial{}, certificate.ReasonKeyCompromise, clk.now),
		certificate.ErrSerial, "no serial")
	other := serialOf(t, issue(t, newAuthority(t, authority.Config{})))
	assert.ErrorIs(t, a.Revoke(ctx, other, certificate.ReasonKeyCompromise, clk.now),
		authority.ErrNotFound, "a serial of somebody else")
}

func TestCancelRevokesWhatWasIssued(t *testing.T) {
	ctx := context.Background()
	clk := newClock()
	ledger := authority.NewMemoryLedger()
	a := newAuthority(t, authority.Config{Now: clk.Now, Ledger: ledger})
	req := budi(t, newKey(t))
	issued, err := a.Issue(ctx, req)
	require.NoError(t, err)

	for range 2 {
		require.NoError(t, a.Cancel(ctx, req.RequestID, clk.now), "again is no error")
	}
	entry, err := ledger.Find(ctx, serialOf(t, issued.Certificate))
	require.NoError(t, err)
	require.NotNil(t, entry.Revocation)
	assert.Equal(t, certificate.ReasonSuperseded, entry.Revocation.Reason)
	_, err = a.Issue(ctx, req)
	assert.ErrorIs(t, err, authority.ErrCancelled)

	unknown := budi(t, newKey(t))
	require.NoError(t, a.Cancel(ctx, unknown.RequestID, clk.now))
	_, err = a.Issue(ctx, unknown)
	assert.ErrorIs(t, err, authority.ErrCancelled, "an id that was never used is barred too")
}
