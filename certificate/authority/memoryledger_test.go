package authority_test

import (
	"testing"

	"github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/certificate/authority/ledgertest"
)

func TestMemoryLedger(t *testing.T) {
	ledgertest.Run(t, func(*testing.T) (authority.Ledger, authority.Ledger) {
		l := authority.NewMemoryLedger()
		return l, l
	})
}
