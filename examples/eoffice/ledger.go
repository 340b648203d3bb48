package main

import (
	"context"
	"fmt"

	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/esign/sqlstore"
)

// ledger keeps the attempts to sign beside the letters, so that a restart does
// not forget what was asked of the box.
func (p *postgresStore) ledger(ctx context.Context) (esign.Ledger, error) {
	if err := sqlstore.Migrate(ctx, p.db, ""); err != nil {
		return nil, fmt.Errorf("eoffice: make the ledger's tables: %w", err)
	}
	d, err := sqlstore.New(sqlstore.Config{DB: p.db})
	if err != nil {
		return nil, err
	}
	return d.Ledger(), nil
}
