package mockbsre

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Bounds of a request, far above what clients send.
const (
	maxParts     = 64       // of a form
	maxFieldSize = 64 << 10 // bytes of a text field
	maxDepth     = 16       // of JSON
	maxCommas    = 10_000   // in JSON, outside texts: its members and elements
	maxFiles     = 100      // in one request
)

var (
	errTooLarge = errors.New("mockbsre: request is too large")
	// errBody means a body that cannot be read as what it should be.
	errBody = errors.New("mockbsre: unreadable body")
)

// limitBody bounds a body in size and time.
func (e *esign) limitBody(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, e.cfg.MaxBody)
	// Not every ResponseWriter has a connection beneath.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(e.cfg.BodyTimeout))
}

// skipBody reads a body away, so that a client that is still writing gets the
// answer.
func (e *esign) skipBody(w http.ResponseWriter, r *http.Request) {
	e.limitBody(w, r)
	_, _ = io.Copy(io.Discard, r.Body)
}

// bodyError answers a body that could not be read.
func (e *esign) bodyError(c *call, err error) reply {
	if errors.Is(err, errTooLarge) {
		return tooLarge()
	}
	return e.springError(http.StatusBadRequest, c.Request)
}

// fromBody tells a body over the limit from one that breaks off.
func fromBody(err error) error {
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return errTooLarge
	}
	return errBody
}

// form is what a multipart form holds; of a name given twice, the first.
type form struct {
	texts map[string]string
	files map[string]formFile
}

type formFile struct {
	name string
	data []byte
}

// fileFields hold files, whether or not they come with a file name.
var fileFields = map[string]bool{"file": true, "imageTTD": true, "signed_file": true}

// readForm reads multipart/form-data (RFC 7578). Text fields may stand in the
// query instead, where an old client puts them.
func readForm(c *call) (form, error) {
	f := form{map[string]string{}, map[string]formFile{}}
	kind, params, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") || params["boundary"] == "" {
		c.entry.remark("a body that is no form", "multipart/form-data")
		return f, errBody
	}
	reader := multipart.NewReader(c.Body, params["boundary"])
	var sent []formPart
	for parts := 0; ; parts++ {
		part, err := reader.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return f, fromBody(err)
		}
		if parts == maxParts {
			return f, errTooLarge
		}
		sent = append(sent, formPart{part.FormName(), part.FileName(), part.Header.Get("Content-Type")})
		if err := f.read(part, c.sizeHint()); err != nil {
			return f, err
		}
	}
	for name, values := range c.URL.Query() {
		if _, given := f.texts[name]; !given && len(f.texts) < maxParts && len(values[0]) <= maxFieldSize {
			f.texts[name] = values[0]
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.texts)) {
		c.entry.note(name, f.texts[name])
	}
	for _, name := range slices.Sorted(maps.Keys(f.files)) {
		c.entry.noteFile(name, f.files[name].data)
	}
	c.remarkForm(f, sent)
	return f, nil
}

func (f form) read(part *multipart.Part, hint int64) error {
	name := part.FormName()
	if fileFields[name] {
		data, err := readFile(part, hint)
		if err != nil {
			return err
		}
		if _, given := f.files[name]; !given {
			f.files[name] = formFile{part.FileName(), data}
		}
		return nil
	}
	data, err := io.ReadAll(io.LimitReader(part, maxFieldSize+1))
	switch {
	case err != nil:
		return fromBody(err)
	case len(data) > maxFieldSize:
		return errTooLarge
	}
	if _, given := f.texts[name]; !given {
		f.texts[name] = string(data)
	}
	return nil
}

// has reports whether a text field was sent, be it empty.
func (f form) has(name string) bool {
	_, ok := f.texts[name]
	return ok
}

// readJSON reads an object into a struct. Unknown members are passed over, as
// the service does.
func readJSON(c *call, into any) error {
	kind, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || kind != typeJSON {
		c.entry.remark("a body that is not JSON by its content type", typeJSON)
		return errContentType
	}
	v := envelope{r: bufio.NewReaderSize(c.Body, 32<<10), hint: c.sizeHint()}
	if err := v.read(); err != nil {
		return err
	}
	if json.Unmarshal(v.rest, into) != nil {
		c.entry.remark("a body that cannot be read", "one JSON object as the manual has it")
		return errBody
	}
	v.fill(into)
	c.remarkJSON(v.rest, v.files)
	return nil
}

var errContentType = errors.New("mockbsre: not JSON by its content type")

// jsonError answers a body that readJSON refused.
func (e *esign) jsonError(c *call, err error) reply {
	if errors.Is(err, errContentType) {
		return e.springError(http.StatusUnsupportedMediaType, c.Request)
	}
	return e.bodyError(c, err)
}
