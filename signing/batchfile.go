package signing

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

var (
	// ErrOutputExists: there is a file already where the signed document would
	// go.
	ErrOutputExists = errors.New("signing: output exists already")
	// ErrOutputMissing: the journal knows the signature, but the signed document
	// is not where it was put, or is another. Somebody must decide; signing
	// again would make a second signature.
	ErrOutputMissing = errors.New("signing: signed earlier, but the output is not there")
)

// FileDocument is a [BatchDocument] on disk. The output is written beside its
// place and synced before it goes there, with the permissions of the source; a
// file that is there already is left alone ([ErrOutputExists]).
type FileDocument struct{ Source, Output string }

// Name implements [BatchDocument]: the path of the source.
func (d FileDocument) Name() string { return d.Source }

// Open implements [BatchDocument].
func (d FileDocument) Open() (BatchSource, error) {
	f, err := os.Open(d.Source)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s: not a regular file", d.Source)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &fileSource{f, info.Size()}, nil
}

type fileSource struct {
	*os.File
	size int64
}

func (s *fileSource) Size() int64 { return s.size }

// Create implements [BatchDocument].
func (d FileDocument) Create() (BatchSink, error) {
	switch _, err := os.Lstat(d.Output); {
	case err == nil:
		return nil, fmt.Errorf("%w: %s", ErrOutputExists, d.Output)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	source, err := os.Stat(d.Source)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSource, err)
	}
	tmp, err := os.CreateTemp(filepath.Dir(d.Output), ".signing-*.pdf")
	if err != nil {
		return nil, err
	}
	return &fileSink{tmp, d.Output, source.Mode().Perm()}, nil
}

type fileSink struct {
	*os.File
	path string
	mode fs.FileMode
}

// Commit keeps a file that appeared meanwhile: the link fails where a rename
// would replace it.
func (s *fileSink) Commit() error {
	err := errors.Join(s.Chmod(s.mode), s.Sync(), s.Close())
	if err == nil {
		err = os.Link(s.Name(), s.path)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			err = os.Rename(s.Name(), s.path) // a file system without links
		}
	}
	if e := os.Remove(s.Name()); !errors.Is(e, fs.ErrNotExist) {
		err = errors.Join(err, e)
	}
	if err == nil {
		syncDir(filepath.Dir(s.path))
	}
	return err
}

func (s *fileSink) Discard() error {
	return errors.Join(s.Close(), os.Remove(s.Name()))
}

// HasOutput looks for the document that was signed earlier: [ErrOutputMissing]
// when there is another at its place, or none.
func (d FileDocument) HasOutput(sum [32]byte) error {
	f, err := os.Open(d.Output)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOutputMissing, err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return fmt.Errorf("%w: %w", ErrOutputMissing, err)
	}
	if [32]byte(h.Sum(nil)) != sum {
		return fmt.Errorf("%w: %s is another document", ErrOutputMissing, d.Output)
	}
	return nil
}
