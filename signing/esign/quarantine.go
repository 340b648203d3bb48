package esign

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Quarantine keeps the bytes of answers that are not handed on: a document that
// was perhaps signed must not be lost.
type Quarantine interface {
	// Keep opens a place for the bytes of an attempt. What was written counts
	// as kept once Close returned no error.
	Keep(ctx context.Context, attemptID string) (io.WriteCloser, error)
}

// QuarantineDir keeps bytes as files of a directory, named for the attempt and
// readable by their owner alone.
type QuarantineDir struct{ dir string }

// NewQuarantineDir returns a quarantine in an existing directory. It fails
// where dir is none.
func NewQuarantineDir(dir string) (*QuarantineDir, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("esign: quarantine: %w", err)
	}
	if !info.IsDir() {
		return nil, errors.New("esign: quarantine is not a directory")
	}
	return &QuarantineDir{dir}, nil
}

// Keep implements [Quarantine]. The file appears under its name, the id with
// ".pdf", when it is whole.
func (q *QuarantineDir) Keep(_ context.Context, attemptID string) (io.WriteCloser, error) {
	if attemptID == "" || strings.ContainsAny(attemptID, `/\.:`) {
		return nil, errors.New("esign: quarantine: not the id of an attempt")
	}
	f, err := os.CreateTemp(q.dir, "."+attemptID+"-*.part")
	if err != nil {
		return nil, fmt.Errorf("esign: quarantine: %w", err)
	}
	return &quarantined{f, filepath.Join(q.dir, attemptID+".pdf")}, nil
}

type quarantined struct {
	*os.File
	name string
}

// Close syncs the file and gives it its name.
func (q *quarantined) Close() error {
	err := errors.Join(q.Sync(), q.File.Close())
	if err == nil {
		err = os.Rename(q.File.Name(), q.name)
	}
	if err != nil {
		return fmt.Errorf("esign: quarantine: %w", err)
	}
	// The name lasts through a crash where folders can be synced.
	if dir, err := os.Open(filepath.Dir(q.name)); err == nil {
		_ = dir.Sync()
		_ = dir.Close()
	}
	return nil
}
