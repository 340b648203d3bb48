package esign

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

const documentName = "dokumen.pdf"

// signV1 sends POST /api/sign/pdf (manual, "Sign PDF v1").
func (c *Client) signV1(ctx context.Context, id Identity, j *job) error {
	b, err := c.formV1(id, j)
	if err != nil {
		return local(CodeRequest, err)
	}
	defer b.wipe()
	a, err := c.do(ctx, call{
		op: "sign", method: http.MethodPost, path: "/api/sign/pdf", accept: "application/pdf, application/json",
		kind: b.kind, body: b.reader, length: b.length, timeout: c.cfg.Timeouts.Sign, attempt: j.result.AttemptID,
	})
	if err != nil {
		return transportError(err, true)
	}
	defer a.close()
	if a.status != http.StatusOK {
		return c.refusedSign(a, id, []*job{j})
	}
	j.result.DocumentID = documentID(a.header)
	return c.takeV1(ctx, a, id, j)
}

// formV1 writes the form, the passphrase last: it leaves after the document
// has.
func (c *Client) formV1(id Identity, j *job) (*body, error) {
	f := newForm()
	f.field("nik", []byte(id.NIK.Digits()))
	f.file("file", documentName, "application/pdf", j.src, j.size)
	c.shownV1(f, j)
	for _, t := range []struct{ name, text string }{
		{"reason", j.req.Reason}, {"location", j.req.Location}, {"text", j.req.Text},
	} {
		if t.text != "" {
			f.field(t.name, []byte(t.text))
		}
	}
	if c.cfg.Profile.V1Base64 {
		f.field("jenis_response", []byte("BASE64"))
	}
	secret := j.req.Credential.Passphrase.Reveal()
	defer clear(secret)
	f.field("passphrase", secret)
	return f.finish()
}

// shownV1 writes the fields of the visible part.
func (c *Client) shownV1(f *form, j *job) {
	if !j.req.visible() {
		f.field("tampilan", []byte("invisible"))
		return
	}
	f.field("tampilan", []byte("visible"))
	if j.picture != nil {
		f.field("image", []byte("true"))
		kind := pictureKind(j.picture)
		f.file("imageTTD", "ttd."+map[string]string{"image/png": "png", "image/jpeg": "jpg"}[kind],
			kind, bytes.NewReader(j.picture), int64(len(j.picture)))
	} else {
		f.field("image", []byte("false"))
		f.field("linkQR", []byte(j.req.ServerQR))
	}
	if j.place == nil {
		f.field("tag_koordinat", []byte(j.req.ServerTag))
		f.number("width", j.req.Placement.Width)
		f.number("height", j.req.Placement.Height)
		return
	}
	x, y, w, h := j.place.v1(c.cfg.Profile.V1Sizes)
	f.field("page", []byte(strconv.Itoa(j.place.page)))
	f.number("xAxis", x)
	f.number("yAxis", y)
	f.number("width", w)
	f.number("height", h)
}

// takeV1 takes either form of success: the bytes, or JSON with base64. What
// begins with a brace is JSON: no PDF file does.
func (c *Client) takeV1(ctx context.Context, a *answer, id Identity, j *job) error {
	r := bufio.NewReaderSize(a.body, 32<<10)
	j.got = c.receiver(ctx, j)
	if !beginsJSON(r) {
		_, err := io.Copy(j.got, r)
		if err != nil {
			return newError(CodeOutcomeUnknown, OutcomeUnknown, err)
		}
		j.came = true
		return nil
	}
	members := make(map[string]json.RawMessage)
	s := &scanner{r}
	err := s.object(func(key string) error {
		if key == "base64_signed_file" || key == "base64_file" {
			if j.got.all > 0 {
				return fmt.Errorf("%w: the document stands there twice", errJSON)
			}
			if err := s.document(j.got); err != nil {
				return err
			}
			j.came = j.got.all > 0
			return nil
		}
		raw, err := s.value()
		members[key] = raw
		if key == "id_dokumen" && j.result.DocumentID == "" {
			j.result.DocumentID = cleanID(stringOf(raw))
		}
		return err
	})
	return c.worked(a, id, []*job{j}, members, err)
}

// worked judges an answer in JSON once it was read: documents that came whole
// count whatever else it says; without any, an error in it is a refusal.
func (c *Client) worked(a *answer, id Identity, jobs []*job, members map[string]json.RawMessage, err error) error {
	for _, j := range jobs {
		if j.came {
			if err != nil {
				return newError(CodeOutcomeUnknown, OutcomeUnknown, err)
			}
			return nil
		}
	}
	if f := faultOf(a.status, members); err == nil && (f.present || a.status != http.StatusOK) {
		return c.refusalTo(id, jobs, a.status, f)
	}
	if err == nil {
		err = fmt.Errorf("%w: no document in it", errJSON)
	}
	e := newError(CodeOutcomeUnknown, OutcomeUnknown, err)
	e.HTTPStatus = a.status
	return e
}

// refusedSign reads an answer that is no success. When a gateway says that it
// lost the box, nobody knows what the box did.
func (c *Client) refusedSign(a *answer, id Identity, jobs []*job) error {
	f, err := readFault(a)
	lost := a.status == http.StatusBadGateway || a.status == http.StatusGatewayTimeout
	if (lost || a.status >= 500 && err != nil) && a.whole {
		e := newError(CodeOutcomeUnknown, OutcomeUnknown, err)
		e.HTTPStatus = a.status
		return e
	}
	return c.refusalTo(id, jobs, a.status, f)
}

// refusalTo makes the error of a refusal, with all that the request held
// masked.
func (c *Client) refusalTo(id Identity, jobs []*job, status int, f fault) *Error {
	secrets := id.hidden()
	for _, j := range jobs {
		for _, s := range [][]byte{j.req.Credential.Passphrase.Reveal(), j.req.Credential.OneTimeCode.Reveal(), j.req.DocumentPassword.Reveal()} {
			secrets = append(secrets, s)
			defer clear(s)
		}
	}
	e := c.refusal(status, f, secrets...)
	if e.Code == CodePassphraseWrong && len(jobs) > 0 && !jobs[0].req.Credential.OneTimeCode.IsZero() {
		// Boxes may have one code for both credentials.
		named := newError(CodeOneTimeCodeWrong, e.Outcome, nil)
		named.HTTPStatus, named.ServerCode, named.ServerText = e.HTTPStatus, e.ServerCode, e.ServerText
		return named
	}
	return e
}

// beginsJSON looks past white space for a brace. What cannot be read is left
// to the reader.
func beginsJSON(r *bufio.Reader) bool {
	for i := 1; i <= 64; i++ {
		b, err := r.Peek(i)
		if err != nil {
			return false
		}
		switch b[i-1] {
		case ' ', '\t', '\r', '\n':
		case '{':
			return true
		default:
			return false
		}
	}
	return false
}

// documentID reads the box's id of a signed document. One client meets it with
// a hyphen.
func documentID(h http.Header) string {
	if id := cleanID(h.Get("id_dokumen")); id != "" {
		return id
	}
	return cleanID(h.Get("id-dokumen"))
}

// cleanID drops what cannot be an id: it becomes part of an address.
func cleanID(id string) string {
	if len(id) > 128 {
		return ""
	}
	for _, r := range id {
		if !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_') {
			return ""
		}
	}
	return id
}
