package esign

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/sertel-id/sertel/certificate"
)

// StatusAnswer is where a person stands with the certification body.
type StatusAnswer struct {
	// Status is StatusUnknown when the word is not one that BSrE is known to
	// use, or when word and code disagree on whether it is ISSUE: unknown is
	// never shown as good.
	Status certificate.Status
	// Word, Code and Message are what was answered; the text is cut and masked
	// as [Error.ServerText] is.
	Word    string
	Code    int
	Message string
	// ServerTime is the server's clock, zero when it does not tell.
	ServerTime time.Time
}

// statusCodes are the codes that were seen with their words in answers of
// real servers.
var statusCodes = map[int]certificate.Status{
	1111: certificate.StatusIssue,
	1110: certificate.StatusNotRegistered,
	2011: certificate.StatusNotRegistered,
	2021: certificate.StatusNoCertificate,
}

// maxSmall bounds a small answer in bytes.
const maxSmall = 64 << 10

// Status asks for a person's status: GET /api/user/status/{nik}, or
// POST /api/v2/user/check/status by NIK or mail. Somebody unknown is
// StatusNotRegistered, not an error.
func (c *Client) Status(ctx context.Context, id Identity) (StatusAnswer, error) {
	if err := id.check(c.cfg.Version); err != nil {
		return StatusAnswer{}, err
	}
	k := call{op: "status", method: http.MethodGet, path: "/api/user/status/" + id.NIK.Digits(),
		accept: "application/json", timeout: c.cfg.Timeouts.Status}
	if c.cfg.Version == V2 {
		out := newJSON()
		// The box wants one of both.
		one := Identity{NIK: id.NIK}
		if id.NIK.IsZero() {
			one.Email = id.Email
		}
		if err := out.identity(one); err != nil {
			return StatusAnswer{}, local(CodeRequest, err)
		}
		b := out.finish()
		k.method, k.path = http.MethodPost, "/api/v2/user/check/status"
		k.kind, k.body, k.length = b.kind, b.reader, b.length
	}
	status, header, body, err := c.read(ctx, k, maxSmall)
	if err != nil {
		return StatusAnswer{}, err
	}
	answered, err := parseStatus(body)
	if err != nil || status != http.StatusOK {
		f := parseFault(status, body)
		if status == http.StatusOK && !f.present {
			return StatusAnswer{}, local(CodeAnswer, err)
		}
		return StatusAnswer{}, c.refusalTo(id, nil, status, f)
	}
	answered.Message = mask(answered.Message, id.hidden()...)
	if t, err := http.ParseTime(header.Get("Date")); err == nil {
		answered.ServerTime = t
	}
	return answered, nil
}

// parseStatus reads {"status_code", "status", "message"}, and the places where
// clients also look for the word.
func parseStatus(body []byte) (StatusAnswer, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		return StatusAnswer{}, errJSON
	}
	var data struct {
		Status json.RawMessage `json:"status"`
	}
	if raw := members["data"]; raw != nil {
		_ = json.Unmarshal(raw, &data)
	}
	var word string
	for _, raw := range []json.RawMessage{members["status"], data.Status, members["userStatus"], members["status_user"]} {
		if word = stringOf(raw); word != "" {
			break
		}
	}
	code, hasCode := intOf(members["status_code"])
	byCode, known := statusCodes[code]
	if word == "" && !known {
		return StatusAnswer{}, errors.New("no status in the answer")
	}
	a := StatusAnswer{Word: mask(word), Code: code, Message: stringOf(members["message"])}
	byWord, err := certificate.ParseStatus(word)
	switch {
	case word == "":
		a.Status = byCode
	case err != nil:
	case !hasCode, !known, byCode == byWord:
		a.Status = byWord
	case byCode != certificate.StatusIssue && byWord != certificate.StatusIssue:
		// Codes are known for three statuses only and boxes may use them for
		// more; the word says which.
		a.Status = byWord
	}
	return a, nil
}
