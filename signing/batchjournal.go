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
	"sync"
	"time"
)

// BatchJournal remembers what was signed. It is safe for concurrent use. An
// attempt whose answer was lost is not in it: a client of a signing service
// keeps those in a ledger of its own.
type BatchJournal interface {
	// Find returns the entry of a signature that was made.
	Find(ctx context.Context, key BatchKey) (entry BatchEntry, found bool, err error)
	// Record keeps a signature for good before it returns.
	Record(ctx context.Context, key BatchKey, entry BatchEntry) error
}

// BatchKey names a signature by what it is under and what for.
type BatchKey struct {
	Purpose string
	SHA256  [32]byte // of the document before it was signed
}

// BatchEntry is what a journal keeps of a signature.
type BatchEntry struct {
	OutputSHA256 [32]byte
	InputSize    int64
	OutputSize   int64
	Field        string
	Time         time.Time
}

func entryOf(r Receipt) BatchEntry {
	return BatchEntry{OutputSHA256: r.OutputSHA256, InputSize: r.InputSize, OutputSize: r.OutputSize, Field: r.Field, Time: r.Time}
}

func (e *BatchEntry) receipt(key BatchKey) Receipt {
	return Receipt{Outcome: OutcomeSigned, InputSHA256: key.SHA256, OutputSHA256: e.OutputSHA256, InputSize: e.InputSize, OutputSize: e.OutputSize,
		Field: e.Field, Time: e.Time}
}

// ErrJournal is returned by [OpenFileJournal] for a file that is no journal.
var ErrJournal = errors.New("signing: unreadable journal")

// FileJournal is a [BatchJournal] in a file to which one line of JSON is
// appended for each signature and synced. One process at a time may use it.
type FileJournal struct {
	mu      sync.Mutex
	file    *os.File
	entries map[BatchKey]BatchEntry
}

// journalLine is one line of the file.
type journalLine struct {
	Purpose string    `json:"purpose,omitempty"`
	Input   string    `json:"input_sha256"`
	Output  string    `json:"output_sha256"`
	InSize  int64     `json:"input_size"`
	OutSize int64     `json:"output_size"`
	Field   string    `json:"field"`
	Time    time.Time `json:"time"`
}

const maxJournalLine = 64 << 10 // bytes

// OpenFileJournal opens a journal, a new one where there is none. A last line
// that a crash cut off is dropped; anything else that cannot be read is
// [ErrJournal].
func OpenFileJournal(path string) (*FileJournal, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("signing: journal: %w", err)
	}
	j := &FileJournal{file: f, entries: map[BatchKey]BatchEntry{}}
	end, err := j.load()
	if err == nil {
		err = f.Truncate(end)
	}
	if err == nil {
		_, err = f.Seek(end, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return j, nil
}

// load reads the whole lines and returns where they end.
func (j *FileJournal) load() (end int64, err error) {
	r := bufio.NewReaderSize(j.file, maxJournalLine)
	for n := 1; ; n++ {
		line, err := r.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			return end, nil
		}
		if err != nil {
			return end, fmt.Errorf("%w: line %d: %w", ErrJournal, n, err)
		}
		if err := j.read(line); err != nil {
			return end, fmt.Errorf("%w: line %d", ErrJournal, n)
		}
		end += int64(len(line))
	}
}

func (j *FileJournal) read(line []byte) error {
	var l journalLine
	if err := json.Unmarshal(bytes.TrimSpace(line), &l); err != nil {
		return err
	}
	in, err1 := hex.DecodeString(l.Input)
	out, err2 := hex.DecodeString(l.Output)
	if err1 != nil || err2 != nil || len(in) != 32 || len(out) != 32 {
		return ErrJournal
	}
	j.entries[BatchKey{l.Purpose, [32]byte(in)}] = BatchEntry{OutputSHA256: [32]byte(out), InputSize: l.InSize, OutputSize: l.OutSize,
		Field: l.Field, Time: l.Time}
	return nil
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
	line, err := json.Marshal(journalLine{key.Purpose, hex.EncodeToString(key.SHA256[:]), hex.EncodeToString(e.OutputSHA256[:]),
		e.InputSize, e.OutputSize, e.Field, e.Time})
	if err != nil {
		return err
	}
	if len(line) >= maxJournalLine {
		return fmt.Errorf("%w: line of %d bytes", ErrLimit, len(line))
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.file.Write(append(line, '\n')); err != nil {
		return err
	}
	if err := j.file.Sync(); err != nil {
		return err
	}
	j.entries[key] = e
	return nil
}

// Close closes the file.
func (j *FileJournal) Close() error { return j.file.Close() }
