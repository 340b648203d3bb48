package signing

import (
	"errors"
	"fmt"
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
//
// With a journal, the next run goes on where one ended in the middle: it takes
// away a half-written file, and puts a signed one in its place. Without, a file
// .signing-*.pdf may stay beside the output.
type FileDocument struct{ Source, Output string }

// fileOf tells whether a document is on disk. One that only embeds a
// FileDocument may have its own ideas of where the output goes.
func fileOf(d BatchDocument) (FileDocument, bool) {
	switch d := d.(type) {
	case FileDocument:
		return d, true
	case *FileDocument:
		return *d, true
	}
	return FileDocument{}, false
}

// Name implements [BatchDocument]: the path of the source.
func (d FileDocument) Name() string { return d.Source }

// place names the output however its path is written.
func (d FileDocument) place() string {
	if path, err := filepath.Abs(d.Output); err == nil {
		return path
	}
	return filepath.Clean(d.Output)
}

// Open implements [BatchDocument].
func (d FileDocument) Open() (BatchSource, error) {
	f, info, err := openRegular(d.Source)
	if err != nil {
		return nil, err
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
	s, err := d.create(newHeldName())
	if err != nil {
		return nil, err
	}
	return s, nil
}

// create begins the output in a file of the given name beside its place.
func (d FileDocument) create(name string) (*fileSink, error) {
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
	f, err := os.OpenFile(filepath.Join(filepath.Dir(d.Output), name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return &fileSink{file: f, name: name, path: d.Output, mode: source.Mode().Perm()}, nil
}

// fileSink is the output of a document on its way to its place.
type fileSink struct {
	file   *os.File
	name   string // of the file, without its folder
	path   string // where the output goes
	mode   fs.FileMode
	closed bool
	// held: the file stays until it is released.
	held bool
}

// Write implements io.Writer. That the disk is full is no fault of a signing
// service.
func (s *fileSink) Write(p []byte) (int, error) {
	n, err := s.file.Write(p)
	if err != nil {
		err = &applicationError{err} // the signer says what it did
	}
	return n, err
}

// finish makes what was written last through a crash.
func (s *fileSink) finish() error {
	if s.closed {
		return nil
	}
	s.closed = true
	return errors.Join(s.file.Chmod(s.mode), s.file.Sync(), s.file.Close())
}

// hold finishes the file, which is then there after a crash, and also after
// Commit, until it is released.
func (s *fileSink) hold() error {
	if err := s.finish(); err != nil {
		return err
	}
	syncDir(filepath.Dir(s.path))
	s.held = true
	return nil
}

// release takes the file away. Should it stay, the journal knows it.
func (s *fileSink) release() { os.Remove(s.file.Name()) }

// Commit implements [BatchSink].
func (s *fileSink) Commit() error {
	err := s.finish()
	if err == nil {
		err = putInPlace(s.file.Name(), s.path)
	}
	if !s.held {
		s.release()
	}
	return err
}

// Discard implements [BatchSink].
func (s *fileSink) Discard() error {
	var err error
	if !s.closed {
		s.closed = true
		err = s.file.Close()
	}
	return errors.Join(err, os.Remove(s.file.Name()))
}

// putInPlace gives a file a second name, for good. A file that has the name
// already stays: a link fails where a rename would replace it.
func putInPlace(from, to string) error {
	err := os.Link(from, to)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		// Perhaps a file system without links. There, one that appears between
		// these two lines is lost.
		switch _, e := os.Lstat(to); {
		case e == nil:
			err = fs.ErrExist
		case errors.Is(e, fs.ErrNotExist):
			err = os.Rename(from, to)
		}
	}
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: %w", ErrOutputExists, err)
	}
	if err != nil {
		return err
	}
	syncDir(filepath.Dir(to))
	return nil
}
