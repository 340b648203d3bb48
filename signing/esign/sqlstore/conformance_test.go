package sqlstore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/esign/ledgertest"
	"github.com/sertel-id/sertel/signing/esign/sealtest"
)

func TestLedger(t *testing.T) {
	_, _, db := newDatabase(t)
	require.NoError(t, ledgertest.TestLedger(t.Context(), db.Ledger()))
}

func TestSeals(t *testing.T) {
	_, _, db := newDatabase(t)
	require.NoError(t, sealtest.TestStore(t.Context(), db.Seals()))
}
