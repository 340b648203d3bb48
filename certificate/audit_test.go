package certificate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/audit"
	"github.com/sertel-id/sertel/passphrase/leaktest"
)

// Everything that a life leaves in the trail goes through the chain and comes back.
func TestAuditEntriesInAChain(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	require.NoError(t, w.Revoke(w.ctx, id, certificate.ReasonKeyCompromise, certificate.Operator{ID: "petugas <é>"}))
	trail, err := w.Audit(w.ctx, id)
	require.NoError(t, err)
	require.Greater(t, len(trail), 5)

	chain, err := audit.NewChain(audit.Config{Name: "test", Now: w.clock.Now})
	require.NoError(t, err)
	log := audit.NewMemoryLog(chain)
	for _, e := range trail {
		r, err := e.Record(id)
		require.NoError(t, err)
		_, err = log.Append(w.ctx, r)
		require.NoError(t, err)
		leaktest.Hides(t, leaktest.Printed(r), secretsOf(budi)...)
	}
	_, err = audit.Verify(w.ctx, chain, log, audit.VerifyOptions{})
	require.NoError(t, err)
	entries, err := log.Entries(w.ctx, 0, 1000)
	require.NoError(t, err)
	for i, e := range entries {
		person, entry, err := certificate.AuditEntryOf(e.Record)
		require.NoError(t, err)
		assert.Equal(t, id, person)
		assert.Equal(t, trail[i], entry)
	}
}

func TestForeignAuditRecordsAreRefused(t *testing.T) {
	good, err := certificate.AuditEntry{At: start, Action: "revoke", Result: "ok", From: certificate.StatusIssue,
		To: certificate.StatusRevoke}.Record(certificate.GeneratePersonID())
	require.NoError(t, err)
	for name, change := range map[string]func(*audit.Record){
		"another source":  func(r *audit.Record) { r.Source = audit.SourceSigning },
		"no person":       func(r *audit.Record) { r.Subject = "" },
		"no serial":       func(r *audit.Record) { r.Serial = "xyz" },
		"an unknown word": func(r *audit.Record) { r.Detail = []byte(`{"to":"GONE"}`) },
		"detail no JSON":  func(r *audit.Record) { r.Detail = []byte(`{`) },
	} {
		t.Run(name, func(t *testing.T) {
			r := good
			change(&r)
			_, _, err := certificate.AuditEntryOf(r)
			require.ErrorIs(t, err, certificate.ErrRecord)
		})
	}
	_, err = certificate.AuditEntry{Action: "revoke"}.Record(certificate.GeneratePersonID())
	require.ErrorIs(t, err, audit.ErrRecord, "no time")
}

func TestOperatorIDsAreText(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	for name, op := range map[string]string{"none": "", "a line break": "a\nb", "a zero byte": "a\x00", "not UTF-8": "\xff"} {
		t.Run(name, func(t *testing.T) {
			require.ErrorIs(t, w.Suspend(w.ctx, id, certificate.Operator{ID: op}), certificate.ErrOperatorRequired)
		})
	}
}
