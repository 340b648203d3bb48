package esign_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/esign/ledgertest"
)

func TestMemoryLedger(t *testing.T) {
	require.NoError(t, ledgertest.TestLedger(t.Context(), new(esign.MemoryLedger)))
}

// A signer who mistypes for years does not grow the entry without bound, and
// attempts that were not refused stay.
func TestLedgerKeepsABoundedNumberOfRefusals(t *testing.T) {
	ledger, ctx := esign.NewMemoryLedger(), context.Background()
	b := newBox(t)
	c := b.client(func(cfg *esign.Config) { cfg.Ledger, cfg.LedgerKey = ledger, cfg.Password })
	in := letter(t, "cairo")
	b.says("/api/v2/sign/pdf", 200, `{}`)
	_, first, err := sign(c, in, esign.Request{})
	require.ErrorIs(t, err, esign.CodeOutcomeUnknown)
	require.NoError(t, c.Reconcile(ctx, first.Key, esign.SignAgain))
	require.NoError(t, ledger.Update(ctx, first.Key, func(e *esign.Entry) error {
		for i := range 80 {
			e.Attempts = append(e.Attempts, esign.Attempt{ID: fmt.Sprint(i), Outcome: esign.OutcomeRefused})
		}
		return nil
	}))
	b.on("/api/v2/sign/pdf", nil)
	_, r, err := sign(c, in, esign.Request{})
	require.NoError(t, err)
	entry, err := ledger.Entry(ctx, first.Key)
	require.NoError(t, err)
	assert.Len(t, entry.Attempts, 52)
	assert.Equal(t, first.AttemptID, entry.Attempts[0].ID)
	assert.Equal(t, "79", entry.Attempts[50].ID)
	assert.Equal(t, r.AttemptID, entry.Attempts[51].ID)
	assert.Equal(t, fmt.Sprintf("%x", r.OutputSHA256), entry.Attempts[51].OutSHA256)
}

// forgetful stores nothing of what it is told.
type forgetful struct{ *esign.MemoryLedger }

func (forgetful) Update(_ context.Context, _ string, f func(*esign.Entry) error) error {
	return f(new(esign.Entry))
}

func TestLedgertestFindsABadLedger(t *testing.T) {
	err := ledgertest.TestLedger(t.Context(), forgetful{esign.NewMemoryLedger()})
	for _, promise := range []string{"comes back", "lose nothing", "order", "cancelled"} {
		assert.ErrorContains(t, err, promise)
	}
}
