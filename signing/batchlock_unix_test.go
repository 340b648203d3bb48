//go:build darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd

package signing_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
)

// TestJournalIsForOneRun: a clerk who starts the batch twice signs nothing twice.
func TestJournalIsForOneRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	first, err := signing.OpenFileJournal(path)
	require.NoError(t, err)
	require.NoError(t, first.Record(t.Context(), journalKey("surat"), signing.BatchEntry{Field: "Camat"}))
	_, err = signing.OpenFileJournal(path)
	require.ErrorIs(t, err, signing.ErrJournalInUse)
	require.NoError(t, first.Record(t.Context(), journalKey("surat 2"), signing.BatchEntry{Field: "Camat"}))
	require.NoError(t, first.Close())
	again, err := signing.OpenFileJournal(path)
	require.NoError(t, err, "when the first has ended")
	defer again.Close()
	_, found, err := again.Find(t.Context(), journalKey("surat 2"))
	require.NoError(t, err)
	require.True(t, found)
}
