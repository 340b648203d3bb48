package esign

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// propertyV2 is an element of signatureProperties (manual, "Sign PDF v2").
type propertyV2 struct {
	Tampilan    string  `json:"tampilan"`
	ImageBase64 []byte  `json:"imageBase64,omitempty"`
	Page        int     `json:"page,omitempty"`
	OriginX     *points `json:"originX,omitempty"`
	OriginY     *points `json:"originY,omitempty"`
	Width       *points `json:"width,omitempty"`
	Height      *points `json:"height,omitempty"`
	TagLong     string  `json:"tag_koordinat,omitempty"`
	Tag         string  `json:"tag,omitempty"`
	Location    string  `json:"location,omitempty"`
	Reason      string  `json:"reason,omitempty"`
	ContactInfo string  `json:"contactInfo,omitempty"`
	PDFPassword string  `json:"pdfPassword,omitempty"`
}

// signV2 sends POST /api/v2/sign/pdf, or /api/v2/seal/pdf for a seal.
func (c *Client) signV2(ctx context.Context, id Identity, jobs []*job) error {
	b, err := c.bodyV2(id, jobs)
	if err != nil {
		return local(CodeRequest, err)
	}
	defer b.wipe()
	op, path := "sign", "/api/v2/sign/pdf"
	if id.seal != nil {
		op, path = "seal", "/api/v2/seal/pdf"
	}
	a, err := c.do(ctx, call{
		op: op, method: http.MethodPost, path: path, accept: "application/json",
		kind: b.kind, body: b.reader, length: b.length, timeout: c.cfg.Timeouts.Sign, attempt: jobs[0].result.AttemptID,
	})
	if err != nil {
		return transportError(err, true)
	}
	defer a.close()
	// Some boxes are said to answer 500 with the signed files in it.
	r := bufio.NewReaderSize(a.body, 32<<10)
	if a.status == http.StatusOK || a.status == http.StatusInternalServerError && beginsJSON(r) {
		return c.takeV2(ctx, a, r, id, jobs)
	}
	a.body = r
	return c.refusedSign(a, id, jobs)
}

// bodyV2 writes the request, the credential last: it leaves after the
// documents have.
func (c *Client) bodyV2(id Identity, jobs []*job) (*body, error) {
	out := newJSON()
	if err := out.identity(id); err != nil {
		return nil, err
	}
	properties := make([]propertyV2, len(jobs))
	docs := make([]part, len(jobs))
	for i, j := range jobs {
		properties[i] = c.propertyV2(j)
		docs[i] = part{src: j.src, size: j.size}
	}
	if err := out.value("signatureProperties", properties); err != nil {
		return nil, err
	}
	out.documents("file", docs...)
	key, credential := "passphrase", jobs[0].req.Credential.Passphrase
	if credential.IsZero() {
		key, credential = c.cfg.Profile.V2CodeKey, jobs[0].req.Credential.OneTimeCode
	}
	if id.seal != nil {
		key = "totp"
	}
	secret := credential.Reveal()
	defer clear(secret)
	if err := out.value(key, string(secret)); err != nil {
		return nil, err
	}
	return out.finish(), nil
}

// identity writes who it is about, by both names when both are known.
func (j *jsonBody) identity(id Identity) error {
	if id.seal != nil {
		return j.value("idSubscriber", id.seal.cfg.Subscriber)
	}
	if !id.NIK.IsZero() {
		if err := j.value("nik", id.NIK.Digits()); err != nil {
			return err
		}
	}
	if !id.Email.IsZero() {
		return j.value("email", id.Email.Address())
	}
	return nil
}

func (c *Client) propertyV2(j *job) propertyV2 {
	password := j.req.DocumentPassword.Reveal()
	defer clear(password)
	p := propertyV2{
		Tampilan: "INVISIBLE", Location: j.req.Location, Reason: j.req.Reason,
		ContactInfo: j.req.ContactInfo, PDFPassword: string(password),
	}
	if !j.req.visible() {
		return p
	}
	p.Tampilan, p.ImageBase64 = "VISIBLE", j.picture
	width, height := j.req.Placement.Width, j.req.Placement.Height
	switch {
	case j.place != nil:
		var x, y float64
		x, y, width, height = j.place.v2()
		p.Page, p.OriginX, p.OriginY = j.place.page, pointer(x), pointer(y)
	case c.cfg.Profile.V2TagKey == "tag":
		p.Tag = j.req.ServerTag
	default:
		p.TagLong = j.req.ServerTag
	}
	p.Width, p.Height = pointer(width), pointer(height)
	return p
}

func pointer(v float64) *points { p := points(v); return &p }

// takeV2 reads {"time": ms, "file": [base64, ...]}, one file for each that was
// sent, in their order.
func (c *Client) takeV2(ctx context.Context, a *answer, r *bufio.Reader, id Identity, jobs []*job) error {
	members := make(map[string]json.RawMessage)
	s := &scanner{r}
	err := s.object(func(key string) error {
		if key != "file" {
			raw, err := s.value()
			members[key] = raw
			return err
		}
		if jobs[0].got != nil {
			return fmt.Errorf("%w: the files stand there twice", errJSON)
		}
		return s.array(func(i int) error {
			if i >= len(jobs) {
				return fmt.Errorf("%w: more files than were sent", errJSON)
			}
			j := jobs[i]
			j.got = c.receiver(ctx, j)
			if err := s.document(j.got); err != nil {
				return err
			}
			j.came = j.got.all > 0
			return nil
		})
	})
	if ms, ok := intOf(members["time"]); ok {
		for _, j := range jobs {
			j.result.Work = time.Duration(ms) * time.Millisecond
		}
	}
	return c.worked(a, id, jobs, members, err)
}
