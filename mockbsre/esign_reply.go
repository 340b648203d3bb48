package mockbsre

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/sertel-id/sertel/certificate"
)

const (
	typeJSON = "application/json"
	typePDF  = "application/pdf"
)

// reply is a whole answer.
type reply struct {
	status   int
	kind     string // Content-Type
	document string // the header id_dokumen of version 1
	body     []byte
	// stream writes the body instead, for one too large to be held.
	stream func(io.Writer) error
	// Of faults: how far the clock is off, and the header Retry-After.
	skew, retryAfter time.Duration
}

// serverName says in every answer that this is a fake.
const serverName = "mockbsre (tiruan, bukan BSrE)"

// write answers with the headers that Spring Security adds, in chunks, as the
// service does behind its proxy.
func (e *esign) write(w http.ResponseWriter, a reply) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate")
	h.Set("Pragma", "no-cache")
	h.Set("Expires", "0")
	h.Set("Date", e.srv.Clock.Now().Add(a.skew).UTC().Format(http.TimeFormat))
	h.Set("Server", serverName)
	if a.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Basic realm="Realm"`)
	}
	if a.retryAfter > 0 {
		h.Set("Retry-After", retryAfter(a.retryAfter))
	}
	if a.document != "" {
		h["id_dokumen"] = []string{a.document} // with its underscore, and not in canonical case
	}
	w.WriteHeader(a.status)
	_ = http.NewResponseController(w).Flush() // no Content-Length: in chunks
	if a.stream != nil {
		_ = a.stream(w) // a client that has gone
		return
	}
	_, _ = w.Write(a.body)
}

// whole is the answer with its body in memory.
func (a reply) whole() reply {
	if a.stream != nil {
		var b bytes.Buffer
		_ = a.stream(&b) // a buffer takes everything
		a.body, a.stream = b.Bytes(), nil
	}
	return a
}

// jsonReply marshals an answer; the values are the fake's own and always do.
func jsonReply(status int, v any) reply {
	body, err := json.Marshal(v)
	if err != nil {
		panic("mockbsre: " + err.Error())
	}
	return reply{status: status, kind: typeJSON, body: body}
}

// springError is the default error body of Spring Boot.
func (e *esign) springError(status int, r *http.Request) reply {
	return jsonReply(status, struct {
		Timestamp string `json:"timestamp"`
		Status    int    `json:"status"`
		Error     string `json:"error"`
		Path      string `json:"path"`
	}{e.srv.Clock.Now().UTC().Format(springTime), status, http.StatusText(status), r.URL.Path})
}

const springTime = "2006-01-02T15:04:05.000-07:00"

// tooLarge is what the proxy before the service says; that is an inference.
func tooLarge() reply {
	return reply{status: http.StatusRequestEntityTooLarge, kind: "text/html", body: []byte(
		"<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n" +
			"<body>\r\n<center><h1>413 Request Entity Too Large</h1></center>\r\n" +
			"<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n")}
}

// Application codes. 2011, 2021 and 2031 were seen in answers of real servers,
// 2041 is named without its meaning, those from 4000 are of the gateway of 2019.
const (
	codeUnknownUser     = 2011
	codeNoCertificate   = 2021
	codeWrongPassphrase = 2031
	codeDocument        = 2041
	codeMissing         = 4014
	codeData            = 4015
	codeRegistered      = 4024
	codeGone            = 4044
)

const textWrongPassphrase = "Passphrase anda salah"

type appError struct {
	Error string `json:"error"`
	Code  int    `json:"status_code"`
}

// refuse is a refusal by the application, in one of the shapes in circulation.
func (e *esign) refuse(status, code int, text string) reply {
	switch {
	case e.on(QuirkErrorGlued):
		return jsonReply(status, appError{fmt.Sprintf("Proses signing gagal : %s %d", text, code), status})
	case e.on(QuirkErrorShouted):
		return jsonReply(status, appError{text + " !!!", code})
	}
	return jsonReply(status, appError{text, code})
}

// badInput is the answer to what cannot be used.
func (e *esign) badInput(c *call) reply {
	if e.on(QuirkBadInput500) {
		return e.springError(http.StatusInternalServerError, c.Request)
	}
	return e.refuse(http.StatusBadRequest, codeDocument, "Dokumen tidak valid")
}

// refuseStatus refuses a signer whose certificate is not active. Beyond the
// first two, text and code are inferences.
func (e *esign) refuseStatus(s certificate.Status) reply {
	code := e.statusCode(s, codeUnknownUser)
	switch s {
	case certificate.StatusNotRegistered:
		return e.refuse(http.StatusBadRequest, code, "User tidak terdaftar")
	case certificate.StatusNoCertificate:
		return e.refuse(http.StatusBadRequest, code, "User belum memiliki sertifikat")
	}
	return e.refuse(http.StatusBadRequest, code, "Status sertifikat user "+s.String())
}

// local is the service's own time zone.
var local = time.FixedZone("WIB", 7*60*60)
