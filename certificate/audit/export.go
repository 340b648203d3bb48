package audit

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ErrExport is returned for a file that [Export] did not write, or that is not whole.
var ErrExport = errors.New("audit: not an exported trail")

// maxLine bounds a line of an export: a detail and texts that are all escapes, and the hashes.
const maxLine = 64 << 10

type anchorLine struct {
	Anchor *Checkpoint `json:"anchor"`
}

type headLine struct {
	Head *Checkpoint `json:"head"`
}

// Export writes the log as JSON lines: the anchor, the entries in their order, and the head at
// last, without which a file is not whole. Everything is checked on the way: after an error the
// file has no head. Errors are those of [Verify], or the writer's.
func Export(ctx context.Context, w io.Writer, chain *Chain, log Log, opts VerifyOptions) (Summary, error) {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	sum, err := walk(ctx, chain, log, opts.Heads,
		func(anchor Checkpoint) error { return enc.Encode(anchorLine{&anchor}) },
		func(e Entry) error { return enc.Encode(e) })
	if err == nil {
		var head Checkpoint
		if head, err = chain.Checkpoint(Head, sum.Last); err == nil {
			err = enc.Encode(headLine{&head})
		}
	}
	return sum, errors.Join(err, out.Flush())
}

// CheckExport checks what [Export] wrote, line by line in bounded memory. Each line must be byte
// for byte as written, so nothing can stand in it that no hash covers. A chain without keys
// checks the hashes alone ([Summary] Unchecked). Errors are [*BrokenError], match [ErrExport] and
// name the line, or are the reader's.
func CheckExport(r io.Reader, chain *Chain, opts VerifyOptions) (Summary, error) {
	lines := &lineReader{scanner: bufio.NewScanner(r)}
	lines.scanner.Buffer(nil, maxLine)
	first := anchorLine{}
	if err := lines.next(&first); err != nil {
		return Summary{}, err
	}
	if first.Anchor == nil {
		return Summary{}, lines.bad("the first line is no anchor")
	}
	v, err := chain.NewVerifier(*first.Anchor, opts.Heads...)
	if err != nil {
		return Summary{}, err
	}
	for {
		if !lines.scan() {
			return v.sum, lines.bad("the file ends without a head")
		}
		if last := (headLine{}); lines.parse(&last) == nil && last.Head != nil {
			return lines.finish(v, *last.Head)
		}
		var e Entry
		if err := lines.parse(&e); err != nil {
			return v.sum, err
		}
		if err := v.Add(e); err != nil {
			return v.sum, err
		}
	}
}

// finish checks the head, which ends the file.
func (l *lineReader) finish(v *Verifier, head Checkpoint) (Summary, error) {
	if err := v.chain.CheckCheckpoint(Head, head); err != nil {
		return v.sum, err
	}
	if head.Position != v.sum.Last {
		return v.sum, l.bad("the head is not the last entry")
	}
	if l.scan() {
		return v.sum, l.bad("something follows the head")
	}
	if err := l.scanner.Err(); err != nil {
		return v.sum, l.bad("something follows the head")
	}
	return v.Finish()
}

// lineReader reads JSON values, one a line.
type lineReader struct {
	scanner *bufio.Scanner
	line    int
}

func (l *lineReader) scan() bool {
	l.line++
	return l.scanner.Scan()
}

// bad tells a file in another form from a reader that failed.
func (l *lineReader) bad(what string) error {
	if err := l.scanner.Err(); errors.Is(err, bufio.ErrTooLong) {
		what = fmt.Sprintf("over %d bytes", maxLine)
	} else if err != nil {
		return fmt.Errorf("audit: read line %d: %w", l.line, err)
	}
	return fmt.Errorf("%w: line %d: %s", ErrExport, l.line, what)
}

func (l *lineReader) next(v any) error {
	if !l.scan() {
		return l.bad("nothing there")
	}
	return l.parse(v)
}

// parse accepts only what encoding the value gives again.
func (l *lineReader) parse(v any) error {
	if err := json.Unmarshal(l.scanner.Bytes(), v); err != nil {
		return l.bad("not in form") // the cause may quote the line
	}
	again, err := json.Marshal(v)
	if err != nil || !bytes.Equal(again, l.scanner.Bytes()) {
		return l.bad("not as it was written")
	}
	return nil
}
