package mockbsre

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
)

// signedFile is a signed document: the bytes that were sent, which are not
// copied, and what signing put behind them.
type signedFile struct{ sent, added []byte }

func (f signedFile) size() int { return len(f.sent) + len(f.added) }

// whole is the document in one piece, a copy.
func (f signedFile) whole() []byte { return slices.Concat(f.sent, f.added) }

// ReadAt implements [io.ReaderAt].
func (f signedFile) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, errors.New("mockbsre: negative offset")
	}
	if off < int64(len(f.sent)) {
		n = copy(p, f.sent[off:])
	}
	if after := off + int64(n) - int64(len(f.sent)); after >= 0 && after < int64(len(f.added)) {
		n += copy(p[n:], f.added[after:])
	}
	if n < len(p) {
		err = io.EOF
	}
	return n, err
}

// writeTo writes the document.
func (f signedFile) writeTo(w io.Writer) error {
	if _, err := w.Write(f.sent); err != nil {
		return err
	}
	_, err := w.Write(f.added)
	return err
}

// writeBase64 writes the document as a text of JSON.
func (f signedFile) writeBase64(w io.Writer) error {
	if _, err := io.WriteString(w, `"`); err != nil {
		return err
	}
	encoder := base64.NewEncoder(base64.StdEncoding, w)
	if err := f.writeTo(encoder); err != nil {
		return err
	}
	if err := encoder.Close(); err != nil {
		return err
	}
	_, err := io.WriteString(w, `"`)
	return err
}

// asBase64 is the answer {"id_dokumen": …, "base64_signed_file": …}.
func (f signedFile) asBase64(id string) func(io.Writer) error {
	return func(w io.Writer) error {
		quoted, err := json.Marshal(id)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, `{"id_dokumen":`+string(quoted)+`,"base64_signed_file":`); err != nil {
			return err
		}
		if err := f.writeBase64(w); err != nil {
			return err
		}
		_, err = io.WriteString(w, "}")
		return err
	}
}

// filesAnswer is the answer {"time": …, "file": [ … ]}.
func filesAnswer(milliseconds int64, files []signedFile) func(io.Writer) error {
	return func(w io.Writer) error {
		before := `{"time":` + strconv.FormatInt(milliseconds, 10) + `,"file":[`
		for _, f := range files {
			if _, err := io.WriteString(w, before); err != nil {
				return err
			}
			if err := f.writeBase64(w); err != nil {
				return err
			}
			before = ","
		}
		_, err := io.WriteString(w, "]}")
		return err
	}
}

// behind keeps what is written after so many bytes.
type behind struct {
	skip int
	kept []byte
}

// Write implements io.Writer.
func (b *behind) Write(p []byte) (int, error) {
	n := len(p)
	skipped := min(n, b.skip)
	b.skip -= skipped
	b.kept = append(b.kept, p[skipped:]...)
	return n, nil
}
