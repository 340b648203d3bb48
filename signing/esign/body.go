package esign

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
)

// body is a request's content that can be sent in pieces: text held in memory
// and documents read from where they are.
type body struct {
	kind   string // content type
	parts  []part
	length int64
}

type part struct {
	text   []byte // or:
	src    io.ReaderAt
	size   int64
	base64 bool
}

func (b *body) text(p []byte) {
	b.parts = append(b.parts, part{text: p})
	b.length += int64(len(p))
}

func (b *body) document(src io.ReaderAt, size int64, inBase64 bool) {
	b.parts = append(b.parts, part{src: src, size: size, base64: inBase64})
	if inBase64 {
		size = (size + 2) / 3 * 4
	}
	b.length += size
}

// reader starts at the beginning.
func (b *body) reader() io.Reader {
	readers := make([]io.Reader, len(b.parts))
	for i, p := range b.parts {
		switch {
		case p.src == nil:
			readers[i] = bytes.NewReader(p.text)
		case p.base64:
			readers[i] = &base64Reader{r: io.NewSectionReader(p.src, 0, p.size), left: p.size}
		default:
			readers[i] = exactly(p.src, p.size)
		}
	}
	return io.MultiReader(readers...)
}

// wipe clears what is held in memory, credentials among it.
func (b *body) wipe() {
	for _, p := range b.parts {
		clear(p.text)
	}
}

// exactly reads size bytes and takes a document that ends earlier for an
// error.
func exactly(src io.ReaderAt, size int64) io.Reader {
	return &exactReader{r: io.NewSectionReader(src, 0, size), left: size}
}

type exactReader struct {
	r    io.Reader
	left int64
}

func (e *exactReader) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	if e.left -= int64(n); err == io.EOF && e.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// base64Reader encodes the left bytes of r.
type base64Reader struct {
	r    io.Reader
	left int64
	in   [24 << 10]byte // a multiple of 3
	out  [32 << 10]byte
	buf  []byte // the rest of out
}

func (b *base64Reader) Read(p []byte) (int, error) {
	if len(b.buf) == 0 {
		if b.left == 0 {
			return 0, io.EOF
		}
		in := b.in[:min(b.left, int64(len(b.in)))]
		if _, err := io.ReadFull(b.r, in); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
		b.left -= int64(len(in))
		b.buf = b.out[:base64.StdEncoding.EncodedLen(len(in))]
		base64.StdEncoding.Encode(b.buf, in)
	}
	n := copy(p, b.buf)
	b.buf = b.buf[n:]
	return n, nil
}

// form is a multipart form under construction (RFC 7578).
type form struct {
	body body
	buf  bytes.Buffer
	w    *multipart.Writer
	err  error
}

func newForm() *form {
	f := &form{}
	f.w = multipart.NewWriter(&f.buf)
	f.body.kind = f.w.FormDataContentType()
	return f
}

func (f *form) field(name string, value []byte) {
	f.part(name, "", "")
	f.buf.Write(value)
}

// number writes a field as other clients do: without exponent and without
// needless decimals.
func (f *form) number(name string, v float64) { f.field(name, number(v)) }

func (f *form) file(name, filename, kind string, src io.ReaderAt, size int64) {
	f.part(name, filename, kind)
	f.flush()
	f.body.document(src, size, false)
}

func (f *form) part(name, filename, kind string) {
	disposition := fmt.Sprintf("form-data; name=%q", name)
	header := textproto.MIMEHeader{}
	if filename != "" {
		disposition += fmt.Sprintf("; filename=%q", filename)
		header.Set("Content-Type", kind)
	}
	header.Set("Content-Disposition", disposition)
	if _, err := f.w.CreatePart(header); err != nil && f.err == nil {
		f.err = err
	}
}

func (f *form) flush() {
	f.body.text(bytes.Clone(f.buf.Bytes()))
	clear(f.buf.Bytes())
	f.buf.Reset()
}

// finish ends the form.
func (f *form) finish() (*body, error) {
	if err := f.w.Close(); err != nil && f.err == nil {
		f.err = err
	}
	f.flush()
	return &f.body, f.err
}

// jsonBody is a JSON object under construction whose values may be documents.
type jsonBody struct {
	body body
	sep  string
}

func newJSON() *jsonBody { return &jsonBody{body: body{kind: "application/json"}, sep: "{"} }

func (j *jsonBody) key(name string) {
	j.body.text([]byte(j.sep + `"` + name + `":`))
	j.sep = ","
}

// value writes a member; the value must be one that marshals.
func (j *jsonBody) value(name string, v any) error {
	text, err := plainJSON(v)
	if err != nil {
		return err
	}
	j.key(name)
	j.body.text(text)
	return nil
}

// documents writes an array of files in base64.
func (j *jsonBody) documents(name string, docs ...part) {
	j.key(name)
	sep := "["
	for _, d := range docs {
		j.body.text([]byte(sep + `"`))
		j.body.document(d.src, d.size, true)
		sep = `",`
	}
	j.body.text([]byte(`"]`))
}

// document writes one file in base64.
func (j *jsonBody) document(name string, src io.ReaderAt, size int64) {
	j.key(name)
	j.body.text([]byte(`"`))
	j.body.document(src, size, true)
	j.body.text([]byte(`"`))
}

func (j *jsonBody) finish() *body {
	j.body.text([]byte("}"))
	return &j.body
}

// plainJSON marshals without the escapes that are meant for HTML.
func plainJSON(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}
