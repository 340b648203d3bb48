package sqlstore_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/audit"
	"github.com/sertel-id/sertel/signing"
)

// The life of certificates and the signatures made with them lie in one chain.
func TestOneTrailForPeopleAndSignatures(t *testing.T) {
	n := newNode(t)
	o := newOffice(t, n.Database)
	id := o.enrol(t, 0)
	log := n.AuditLog()
	attempt := signing.AuditRecord{
		AttemptID: "a1", Time: start, Signer: "5f2c", InputSHA256: strings.Repeat("0a", 32), Purpose: "surat keluar",
		Outcome: signing.OutcomeSigned, Serial: "0f", Latency: 12345,
	}
	require.NoError(t, signing.NewLogAuditor(log).Audit(t.Context(), attempt))
	require.NoError(t, n.Store().Update(t.Context(), id, rename("later")))

	var file bytes.Buffer
	sum, err := audit.Export(t.Context(), &file, log.Chain(), log, audit.VerifyOptions{})
	require.NoError(t, err)
	again, err := audit.CheckExport(&file, log.Chain(), audit.VerifyOptions{})
	require.NoError(t, err)
	assert.Equal(t, sum, again)

	entries, err := log.Entries(t.Context(), sum.Last.Seq-2, 2)
	require.NoError(t, err)
	require.Len(t, entries, 2)
	read, err := signing.AuditRecordOf(entries[0].Record)
	require.NoError(t, err)
	assert.Equal(t, attempt, read)
	assert.Equal(t, audit.SourceCertificate, entries[1].Source)
	assert.Equal(t, id.String(), entries[1].Subject)
}
