package signing_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/audit"
	"github.com/sertel-id/sertel/signing"
)

func TestLogAuditorKeepsTheWholeRecord(t *testing.T) {
	chain, err := audit.NewChain(audit.Config{Name: "test"})
	require.NoError(t, err)
	log := audit.NewMemoryLog(chain)
	records := []signing.AuditRecord{
		{
			AttemptID: "A1", Time: time.Date(2026, 3, 2, 1, 2, 3, 4000, time.UTC), Signer: strings.Repeat("0a", 32),
			InputSHA256: strings.Repeat("0b", 32), OutputSHA256: strings.Repeat("0c", 32), Purpose: "paraf <1>\n",
			Outcome: signing.OutcomeSigned, Serial: "0f", Latency: 5 * time.Millisecond,
		},
		{AttemptID: "A2", Time: time.Date(2026, 3, 2, 1, 2, 4, 0, time.UTC), Outcome: signing.OutcomeRefused, Code: "CREDENTIAL"},
	}
	auditor := signing.NewLogAuditor(log)
	for _, r := range records {
		require.NoError(t, signing.Audit(t.Context(), auditor, r))
	}
	entries, err := log.Entries(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, entries, 2)
	for i, e := range entries {
		got, err := signing.AuditRecordOf(e.Record)
		require.NoError(t, err)
		assert.Equal(t, records[i], got)
	}
	assert.Equal(t, [4]string{"signing", "sign", "signed", records[0].Signer},
		[4]string{entries[0].Source, entries[0].Action, entries[0].Result, entries[0].Subject})
	_, err = audit.Verify(t.Context(), chain, log, audit.VerifyOptions{})
	require.NoError(t, err)

	require.ErrorIs(t, auditor.Audit(t.Context(), signing.AuditRecord{AttemptID: "A3"}), audit.ErrRecord, "no time")
	foreign := entries[0].Record
	foreign.Source = audit.SourceCertificate
	_, err = signing.AuditRecordOf(foreign)
	require.ErrorIs(t, err, audit.ErrRecord)
}
