package signing_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
)

// TestJournalLeavesForeignFiles: a file that was given by mistake is refused, and
// nothing of it is lost.
func TestJournalLeavesForeignFiles(t *testing.T) {
	_, whole := journalOfAll(t)
	for _, text := range []string{
		"Catatan penting tanpa baris baru", "12", `"stage"`, `{"host":"db","port":5432}`, `{"host`, `{"purpose":"cadangan","host":"db"}`,
		`{"purpose":"cadangan"}`, `{"purpose":{"a":1}}`, `{"purpose":["a"`, `{"purpose":tr`, `{ "purpose": "cad`, `{}`, `{"stage":"beg` + "\t", `["`, "{\x00\"",
		`{"input_sha256":"00"}`, "\x00\x00{", whole + `"{`, whole + "x",
	} {
		path := filepath.Join(t.TempDir(), "config.json")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := signing.OpenFileJournal(path)
		require.ErrorIs(t, err, signing.ErrJournal, text)
		left, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, text, string(left))
	}
}

// TestJournalDropsWhatACrashCutOff, wherever it cut, and where the file system
// had made room for the rest.
func TestJournalDropsWhatACrashCutOff(t *testing.T) {
	lines, whole := journalOfAll(t)
	for i, line := range lines {
		for cut := range len(line) {
			for _, room := range []int{0, len(line) - cut} {
				f := &cutFile{Reader: strings.NewReader(whole + line[:cut] + strings.Repeat("\x00", room)), size: -1}
				_, err := signing.OpenJournalOn(f)
				require.NoError(t, err, "line %d: %q", i, line[:cut])
				require.EqualValues(t, len(whole), f.size)
			}
		}
	}
}

// cutFile is a journal's file that notes to what size it is cut.
type cutFile struct {
	io.Reader
	*os.File // none: nothing else is asked of it
	size     int64
}

func (f *cutFile) Read(p []byte) (int, error) { return f.Reader.Read(p) }

func (f *cutFile) Truncate(size int64) error {
	f.size = size
	return nil
}

// journalOfAll gives lines of every kind, without their ends, and a journal of
// them.
func journalOfAll(t *testing.T) (lines []string, whole string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "journal")
	j, err := signing.OpenFileJournal(path)
	require.NoError(t, err)
	for i, e := range []signing.BatchEntry{
		{Stage: signing.BatchBegun}, {Stage: signing.BatchBegun, Held: ".signing-0123456789abcdef.pdf"},
		{Stage: signing.BatchPending, Held: ".signing-0123456789abcdef.pdf", InputSize: 900, OutputSize: 12345, Field: `Camat, "a",` + "\n{}", Time: testNow},
		{InputSize: 900, Time: testNow.Add(time.Nanosecond)},
	} {
		key := journalKey(fmt.Sprint(i))
		if i == 1 {
			key.Purpose = ""
		}
		require.NoError(t, j.Record(t.Context(), key, e))
	}
	require.NoError(t, j.Close())
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	whole = string(b)
	return strings.Split(strings.TrimSuffix(whole, "\n"), "\n"), whole
}
