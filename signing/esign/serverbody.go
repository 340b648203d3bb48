package esign

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// maxErrorBody bounds the body of a refusal that is read, in bytes.
const maxErrorBody = 64 << 10

// fault is what a server says about a refusal.
type fault struct {
	code    int
	text    string
	present bool // the body says that something failed
}

// glued is an application code at the end of a text: "User tidak terdaftar 2011".
var glued = regexp.MustCompile(`\b([1-9][0-9]{3})\s*$`)

// parseFault reads the shapes in circulation: {"error", "status_code"} with
// the application's code there or glued to the text, with or without
// exclamation marks, "message" or "error_description" instead of "error", and
// the framework's own {timestamp, status, error, path}, whose path is not
// kept: it may hold a NIK.
func parseFault(status int, body []byte) fault {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return fault{}
	}
	return faultOf(status, members)
}

func faultOf(status int, members map[string]json.RawMessage) fault {
	var f fault
	for _, key := range []string{"error", "error_description", "message"} {
		if text := stringOf(members[key]); text != "" && f.text == "" {
			f.text = text
		}
	}
	_, f.present = members["error"]
	f.present = f.present && string(members["error"]) != "null"
	for _, key := range []string{"status_code", "code"} {
		if n, ok := intOf(members[key]); ok && f.code == 0 && n != status {
			f.code = n
		}
	}
	if m := glued.FindStringSubmatch(f.text); m != nil && f.code < 1000 {
		f.code, _ = strconv.Atoi(m[1])
	}
	return f
}

// stringOf reads a text, or a text inside an object, as {"message": ...} is
// answered in places where others answer a text.
func stringOf(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var nested struct{ Message, Error string }
	if json.Unmarshal(raw, &nested) == nil {
		return nested.Message + nested.Error
	}
	return ""
}

// intOf reads a number, or a number written as text.
func intOf(raw json.RawMessage) (int, bool) {
	text := strings.Trim(string(raw), `"`)
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0 && n < 1_000_000
}

// Application codes of the box. 2011, 2021, 2031, 1110 and 1111 were seen in
// answers of real servers, the others are of the gateway of 2019.
var knownCodes = map[int]Code{
	1110: CodeSignerUnknown, 2011: CodeSignerUnknown, 2021: CodeNoCertificate, 2031: CodePassphraseWrong,
	4014: CodeRegistration, 4015: CodeRegistration, 4024: CodeRegistered, 4044: CodeDocumentGone,
}

// knownTexts are what the box says, in lower case, where no code is to be had.
var knownTexts = []struct {
	text string
	code Code
}{
	{"passphrase anda salah", CodePassphraseWrong},
	{"tidak terdaftar", CodeSignerUnknown},
	{"belum terdaftar", CodeSignerUnknown},
	{"telah terdaftar", CodeRegistered},
	{"belum memiliki sertifikat", CodeNoCertificate},
}

// codeWord is how a refused one-time code may be called: what the box answers
// to one was never seen in public.
var codeWord = regexp.MustCompile(`\bt?otp\b`)

// codeOf names a refusal.
func (c *Client) codeOf(status int, f fault) Code {
	if code, ok := c.cfg.Codes[f.code]; ok && f.code != 0 {
		return code
	}
	switch status {
	case http.StatusUnauthorized:
		return CodeApplication
	case http.StatusForbidden:
		return CodeForbidden
	case http.StatusRequestEntityTooLarge:
		return CodeTooLarge
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return CodeBusy
	}
	if code, ok := knownCodes[f.code]; ok {
		return code
	}
	lower := strings.ToLower(f.text)
	for _, k := range knownTexts {
		if strings.Contains(lower, k.text) {
			return k.code
		}
	}
	switch {
	case codeWord.MatchString(lower):
		return CodeOneTimeCodeWrong
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed:
		return CodeNoEndpoint
	case status >= 300 && status < 400:
		return CodeRedirect
	case status >= 500:
		return CodeServiceFault
	}
	return CodeRefused
}

// refusal makes the error of an answer that refuses. secrets are masked in
// what the server says, in case it repeats them.
func (c *Client) refusal(status int, f fault, secrets ...[]byte) *Error {
	e := newError(c.codeOf(status, f), OutcomeRefused, nil)
	e.HTTPStatus, e.ServerCode, e.ServerText = status, f.code, mask(f.text, secrets...)
	return e
}

// readFault reads the body of a refusal; what cannot be read says nothing.
func readFault(a *answer) (fault, error) {
	body, err := io.ReadAll(io.LimitReader(a.body, maxErrorBody))
	return parseFault(a.status, body), err
}
