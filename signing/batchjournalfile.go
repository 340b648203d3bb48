package signing

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
)

// Refusals of [OpenFileJournal].
var (
	// ErrJournal: the file is no journal.
	ErrJournal = errors.New("signing: unreadable journal")
	// ErrJournalInUse: another run has the journal open.
	ErrJournalInUse = errors.New("signing: journal is in use")
)

// FileJournal is a [BatchJournal] in a file to which one line of JSON is
// appended for each entry and synced. It is used by one run at a time; what a
// second one would do (sign the same letters, and take away what the first has
// half-written) is refused on Unix, and to be prevented by the caller elsewhere.
type FileJournal struct {
	mu      sync.Mutex
	file    journalFile
	end     int64 // of the whole lines
	broken  error // why what follows them cannot be cut off
	entries map[BatchKey]BatchEntry
}

// journalFile is what a journal needs of an *os.File.
type journalFile interface {
	io.ReadWriteCloser
	io.WriterAt
	Truncate(size int64) error
	Sync() error
}

// journalLine is one line of the file.
type journalLine struct {
	Stage   BatchStage `json:"stage,omitempty"`
	Held    string     `json:"held,omitempty"`
	Purpose string     `json:"purpose,omitempty"`
	Input   string     `json:"input_sha256"`
	Output  string     `json:"output_sha256,omitempty"`
	InSize  int64      `json:"input_size,omitempty"`
	OutSize int64      `json:"output_size,omitempty"`
	Field   string     `json:"field,omitempty"`
	Time    time.Time  `json:"time,omitzero"`
}

const maxJournalLine = 64 << 10 // bytes

// OpenFileJournal opens a journal, a new one where there is none. A last line
// that a crash cut off is dropped; anything else that cannot be read is
// [ErrJournal], and stays as it is. On Unix a journal that is open already is [ErrJournalInUse].
func OpenFileJournal(path string) (*FileJournal, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("signing: journal: %w", err)
	}
	if err := lockFile(f); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %s", err, path), f.Close())
	}
	syncDir(filepath.Dir(path)) // it may be new
	return openJournal(f)
}

// openJournal reads the lines of a file, which it closes when it fails.
func openJournal(f journalFile) (*FileJournal, error) {
	j := &FileJournal{file: f, entries: map[BatchKey]BatchEntry{}}
	err := j.load()
	if err == nil {
		err = f.Truncate(j.end)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return j, nil
}

// load reads the whole lines.
func (j *FileJournal) load() error {
	r := bufio.NewReaderSize(j.file, maxJournalLine)
	for n := 1; ; n++ {
		line, err := r.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			if !cutOff(line) {
				return fmt.Errorf("%w: line %d", ErrJournal, n)
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: line %d: %w", ErrJournal, n, err)
		}
		key, entry, err := readLine(line)
		if err != nil {
			return fmt.Errorf("%w: line %d", ErrJournal, n)
		}
		j.entries[key] = entry
		j.end += int64(len(line))
	}
}

func readLine(line []byte) (key BatchKey, e BatchEntry, err error) {
	var l journalLine
	if err := json.Unmarshal(bytes.TrimSpace(line), &l); err != nil {
		return key, e, err
	}
	key.Purpose = l.Purpose
	if key.SHA256, err = digestFromHex(l.Input); err != nil {
		return key, e, err
	}
	e = BatchEntry{Stage: l.Stage, Held: l.Held, InputSize: l.InSize, OutputSize: l.OutSize, Field: l.Field, Time: l.Time}
	switch l.Stage {
	case BatchBegun:
	case BatchPending, BatchDone:
		e.OutputSHA256, err = digestFromHex(l.Output)
	default:
		err = ErrJournal
	}
	return key, e, err
}

// lineKeys are the entries of a line, as it writes them.
var lineKeys = func() (keys []string) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[journalLine]()) {
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		keys = append(keys, key)
	}
	return keys
}()

// cutOff reports whether bytes without a line end are what a crash leaves of a
// line: its beginning, and NULs where the rest did not come to the disk. A file
// that was taken for a journal by mistake ends otherwise.
func cutOff(tail []byte) bool {
	tail = bytes.TrimRight(tail, "\x00")
	dec := json.NewDecoder(bytes.NewReader(tail))
	for n := 0; ; n++ {
		isKey := n%2 == 1
		rest := string(tail[dec.InputOffset():])
		token, err := dec.Token()
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			if isKey {
				rest = strings.TrimPrefix(rest, ",")
				return slices.ContainsFunc(lineKeys, func(key string) bool { return strings.HasPrefix(`"`+key+`"`, rest) })
			}
			rest = strings.TrimPrefix(rest, ":")
			return rest == "" || n > 0 && rest[0] == '"'
		case err != nil, n == 0 && token != json.Delim('{'), isKey && token != json.Delim('}') && !slices.Contains(lineKeys, fmt.Sprint(token)):
			return false
		case isKey && token == json.Delim('}'): // all but the line end
			_, _, err := readLine(tail)
			return err == nil
		}
	}
}

// Find implements [BatchJournal].
func (j *FileJournal) Find(_ context.Context, key BatchKey) (BatchEntry, bool, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	e, ok := j.entries[key]
	return e, ok, nil
}

// Record implements [BatchJournal].
func (j *FileJournal) Record(_ context.Context, key BatchKey, e BatchEntry) error {
	l := journalLine{Stage: e.Stage, Held: e.Held, Purpose: key.Purpose, Input: hex.EncodeToString(key.SHA256[:]),
		InSize: e.InputSize, OutSize: e.OutputSize, Field: e.Field, Time: e.Time}
	if e.Stage != BatchBegun {
		l.Output = hex.EncodeToString(e.OutputSHA256[:])
	}
	line, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if len(line) >= maxJournalLine {
		return fmt.Errorf("%w: line of %d bytes", ErrLimit, len(line))
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.append(append(line, '\n')); err != nil {
		return err
	}
	j.entries[key] = e
	return nil
}

// append adds a line, all of it or nothing: what a full disk took of one would
// make the next unreadable.
func (j *FileJournal) append(line []byte) error {
	if j.broken != nil {
		return fmt.Errorf("not written to after an earlier failure: %w", j.broken)
	}
	_, err := j.file.WriteAt(line, j.end)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		j.broken = errors.Join(j.file.Truncate(j.end), j.file.Sync())
		return errors.Join(err, j.broken)
	}
	j.end += int64(len(line))
	return nil
}

// Close closes the file.
func (j *FileJournal) Close() error { return j.file.Close() }
