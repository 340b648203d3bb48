package signing_test

import (
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
)

// smallDisk is a journal's file on a disk that takes room bytes of a line and no
// more, and that may fail otherwise.
type smallDisk struct {
	*os.File
	room           int // below zero: enough
	noSync, noTrim error
}

func (d *smallDisk) WriteAt(p []byte, at int64) (int, error) {
	if d.room < 0 || len(p) <= d.room {
		return d.File.WriteAt(p, at)
	}
	n, err := d.File.WriteAt(p[:d.room], at)
	return n, errors.Join(errFull, err)
}

func (d *smallDisk) Sync() error { return d.noSync }

func (d *smallDisk) Truncate(size int64) error {
	if d.noTrim != nil {
		return d.noTrim
	}
	return d.File.Truncate(size)
}

func journalKey(name string) signing.BatchKey {
	return signing.BatchKey{Purpose: "camat", SHA256: sha256.Sum256([]byte(name))}
}

// TestJournalOnAFullDisk: a line that did not fit spoils neither what was there
// nor what comes after.
func TestJournalOnAFullDisk(t *testing.T) {
	for name, c := range map[string]struct {
		fails, mends func(*smallDisk)
		refuses      bool // also when the disk works again
	}{
		"no room for the whole line": {func(d *smallDisk) { d.room = 100 }, func(d *smallDisk) { d.room = -1 }, false},
		"no room at all":             {func(d *smallDisk) { d.room = 0 }, func(d *smallDisk) { d.room = -1 }, false},
		"written, but perhaps not on the disk, nor is the repair": {
			func(d *smallDisk) { d.noSync = errFull }, func(d *smallDisk) { d.noSync = nil }, true},
		"half a line that cannot be cut off": {
			func(d *smallDisk) { d.room, d.noTrim = 100, errBroken }, func(d *smallDisk) { d.room, d.noTrim = -1, nil }, true},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal")
			f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
			require.NoError(t, err)
			disk := &smallDisk{File: f, room: -1}
			j, err := signing.OpenJournalOn(disk)
			require.NoError(t, err)
			require.NoError(t, j.Record(t.Context(), journalKey("first"), signing.BatchEntry{Field: "Kepala"}))

			c.fails(disk)
			err = j.Record(t.Context(), journalKey("lost"), signing.BatchEntry{Field: strings.Repeat("Kepala", 20)})
			require.ErrorIs(t, err, errFull)
			c.mends(disk)
			err = j.Record(t.Context(), journalKey("next"), signing.BatchEntry{Field: "Camat"})
			require.Equal(t, c.refuses, err != nil)
			require.NoError(t, j.Close())

			again, err := signing.OpenFileJournal(path)
			require.NoError(t, err, "the journal stays readable")
			defer again.Close()
			for key, want := range map[string]bool{"first": true, "lost": false, "next": !c.refuses} {
				_, found, err := again.Find(t.Context(), journalKey(key))
				require.NoError(t, err)
				require.Equal(t, want, found, key)
			}
		})
	}
}
