package esign

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/sertel-id/sertel/passphrase"
)

// ParseFault reads the body of a refusal.
func ParseFault(body []byte) (code int, text string) {
	f := parseFault(http.StatusBadRequest, body)
	return f.code, f.text
}

// ParseStatus, ParseVerificationV1 and ParseVerificationV2 read answers.
var (
	ParseStatus         = parseStatus
	ParseVerificationV1 = parseVerificationV1
	ParseVerificationV2 = parseVerificationV2
	Mask                = mask
)

// ReadSigned takes an answer in JSON to a request with one document, and
// returns what came of the document.
func (c *Client) ReadSigned(body, original []byte) (doc []byte, whole bool, err error) {
	j := &job{src: bytes.NewReader(original), size: int64(len(original))}
	a := &answer{status: http.StatusOK, header: http.Header{}, body: bytes.NewReader(body)}
	if c.cfg.Version == V1 {
		err = c.takeV1(context.Background(), a, Identity{}, j)
	} else {
		err = c.takeV2(context.Background(), a, newScanner(a.body).r, Identity{}, []*job{j})
	}
	if j.got == nil || !j.came || j.got.done() != nil {
		return nil, false, err
	}
	r, size := j.got.document()
	doc, readErr := io.ReadAll(io.NewSectionReader(r, 0, size))
	if readErr != nil {
		panic(readErr)
	}
	return doc, true, err
}

// Form writes a form with one field and one file.
func Form(name string, value, file []byte) (kind string, length int64, content io.Reader, err error) {
	f := newForm()
	f.field(name, value)
	f.file("file", documentName, "application/pdf", bytes.NewReader(file), int64(len(file)))
	f.field("passphrase", value)
	b, err := f.finish()
	return b.kind, b.length, b.reader(), err
}

// JSONBody writes a request with a text and a document.
func JSONBody(text string, file []byte) (length int64, content io.Reader, err error) {
	j := newJSON()
	err = j.value("text", strings.ToValidUTF8(text, "\uFFFD"))
	j.documents("file", part{src: bytes.NewReader(file), size: int64(len(file))})
	b := j.finish()
	return b.length, b.reader(), err
}

// ParseSealCode reads an answer with a code for a seal.
func ParseSealCode(body []byte) (passphrase.Secret, time.Time, error) {
	return (&Client{}).sealCode(http.StatusOK, body)
}
