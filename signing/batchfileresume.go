package signing

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// What holds an output until it is in its place has such a name.
const (
	heldPrefix = ".signing-"
	heldSuffix = ".pdf"
)

func newHeldName() string { return heldPrefix + NewAttemptID() + heldSuffix }

// heldPath is where a name in a journal is. Empty: it is not one of ours, and
// nothing of that name is touched, whatever the journal says.
func (d FileDocument) heldPath(name string) string {
	id, begins := strings.CutPrefix(name, heldPrefix)
	id, ends := strings.CutSuffix(id, heldSuffix)
	if !begins || !ends || len(id) != 16 || strings.Trim(id, "0123456789abcdef") != "" {
		return ""
	}
	return filepath.Join(filepath.Dir(d.Output), name)
}

// resume puts right what the run that wrote a journal's entry left, should it
// have ended in the middle. Signed means that the signed document is in its
// place, and the entry says which it is; neither, that the document is to be
// signed and nothing is left of the earlier attempt.
func (d FileDocument) resume(e *BatchEntry) (signed bool, err error) {
	switch e.Stage {
	case BatchBegun:
		return d.resumeBegun(e)
	case BatchPending:
		err = d.resumePending(e)
	default:
		err = d.HasOutput(e.OutputSHA256)
	}
	return err == nil, err
}

// resumeBegun takes away what was not finished. Only if the journal could not
// be told any more, the same file is in its place too: then it is whole.
func (d FileDocument) resumeBegun(e *BatchEntry) (signed bool, err error) {
	held := d.heldPath(e.Held)
	if held == "" {
		return false, nil
	}
	info, err := os.Lstat(held)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, outputFailure("resume", err)
	}
	if out, err := os.Lstat(d.Output); err != nil || !os.SameFile(info, out) {
		if err := os.Remove(held); err != nil {
			return false, outputFailure("resume", err)
		}
		return false, nil
	}
	if e.OutputSHA256, err = digestOfFile(d.Output); err != nil {
		return false, outputFailure("resume", err)
	}
	e.OutputSize, e.Time = info.Size(), info.ModTime()
	return true, nil
}

// resumePending finds the signed document in its place, or puts it there.
func (d FileDocument) resumePending(e *BatchEntry) error {
	missing := d.HasOutput(e.OutputSHA256)
	if missing == nil {
		return nil
	}
	held := d.heldPath(e.Held)
	if held == "" {
		return missing
	}
	sum, err := digestOfFile(held)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return outputFailure("resume", stillHeld(err, held))
	}
	if err != nil || sum != e.OutputSHA256 {
		return missing
	}
	if err := putInPlace(held, d.Output); err != nil {
		return outputFailure("resume", stillHeld(err, held))
	}
	return nil
}

// stillHeld says where a signed document is that could not go to its place. The
// next run tries again.
func stillHeld(err error, path string) error {
	return fmt.Errorf("%w; the signed document is in %s", err, path)
}

// release takes away what held an output that is in its place. Should it stay,
// the journal still knows it.
func (d FileDocument) release(name string) {
	if held := d.heldPath(name); held != "" {
		os.Remove(held)
	}
}

// HasOutput looks for the document that was signed earlier: [ErrOutputMissing]
// when there is another at its place, or none.
func (d FileDocument) HasOutput(sum [32]byte) error {
	found, err := digestOfFile(d.Output)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOutputMissing, err)
	}
	if found != sum {
		return fmt.Errorf("%w: %s is another document", ErrOutputMissing, d.Output)
	}
	return nil
}

func digestOfFile(path string) (sum [32]byte, err error) {
	f, _, err := openRegular(path)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return sum, err
	}
	return [32]byte(h.Sum(nil)), nil
}
