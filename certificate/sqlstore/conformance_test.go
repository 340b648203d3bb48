package sqlstore_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/audit"
	"github.com/sertel-id/sertel/certificate/audit/audittest"
	"github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/certificate/authority/ledgertest"
	"github.com/sertel-id/sertel/certificate/keyring"
	"github.com/sertel-id/sertel/certificate/sqlstore"
	"github.com/sertel-id/sertel/certificate/storetest"
	"github.com/sertel-id/sertel/passphrase/attempttest"
)

// Every suite runs as the application's role, which may neither change tables nor remove audit
// entries.

func TestStore(t *testing.T) {
	require.NoError(t, storetest.TestStore(t.Context(), newNode(t).Store()))
}

func TestKeyStore(t *testing.T) {
	require.NoError(t, storetest.TestKeyStore(t.Context(), newNode(t).KeyStore()))
}

func TestTrails(t *testing.T) {
	require.NoError(t, storetest.TestTrackerStore(t.Context(), newNode(t).Trails()))
}

func TestLedger(t *testing.T) {
	n := newNode(t)
	other := n.open(t, n.owner.As(n.role))
	ledgertest.Run(t, func(*testing.T) (authority.Ledger, authority.Ledger) { return n.Ledger(), other.Ledger() })
}

func TestAuditLog(t *testing.T) {
	for name, keys := range map[string]*keyring.Ring{"without keys": nil, "sealed": ring(t, "k1")} {
		t.Run(name, func(t *testing.T) {
			chain, err := audit.NewChain(audit.Config{Name: "contoh", Keys: keys})
			require.NoError(t, err)
			n := newNode(t)
			keeper := n.owner.Role()
			n.grant(t, keeper, sqlstore.AuditKeeper)
			d := n.open(t, n.owner.As(keeper), func(c *sqlstore.Config) { c.Audit = chain })
			require.NoError(t, audittest.TestLog(t.Context(), chain, d.AuditLog()))
		})
	}
}

func TestAttempts(t *testing.T) {
	require.NoError(t, attempttest.TestStore(t.Context(), newNode(t).Attempts()))
}
