package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// browser keeps cookies and the page last seen.
type browser struct {
	client *http.Client
	base   *url.URL
	page   page
}

// page is one answer.
type page struct {
	status int
	at     *url.URL // where redirects led to
	body   string
}

// maxPage is far above any page of the portal.
const maxPage = 4 << 20

var errPage = errors.New("the page is not the one expected")

func newBrowser(base string) (*browser, error) {
	address, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &browser{client: &http.Client{Jar: jar, Timeout: time.Minute}, base: address}, nil
}

// open goes to a path.
func (b *browser) open(ctx context.Context, path string) error {
	return b.request(ctx, http.MethodGet, path, "", nil)
}

// submit sends the form of the page that leads to a path, with what is hidden in
// it and the fields given.
func (b *browser) submit(ctx context.Context, path string, fields url.Values) error {
	values, err := b.hidden(path)
	if err != nil {
		return err
	}
	for name, list := range fields {
		values[name] = list
	}
	return b.request(ctx, http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(values.Encode()))
}

// upload sends the form of the page that leads to a path, with a picture.
func (b *browser) upload(ctx context.Context, path, field string, picture []byte) error {
	values, err := b.hidden(path)
	if err != nil {
		return err
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, list := range values {
		for _, value := range list {
			if err := form.WriteField(name, value); err != nil {
				return err
			}
		}
	}
	part, err := form.CreateFormFile(field, "foto.png")
	if err != nil {
		return err
	}
	if _, err := part.Write(picture); err != nil {
		return err
	}
	if err := form.Close(); err != nil {
		return err
	}
	return b.request(ctx, http.MethodPost, path, form.FormDataContentType(), &body)
}

func (b *browser) request(ctx context.Context, method, path, kind string, body io.Reader) error {
	reference, err := url.Parse(path)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, b.base.ResolveReference(reference).String(), body)
	if err != nil {
		return err
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	answer, err := b.client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxPage))
	if err != nil {
		return err
	}
	b.page = page{answer.StatusCode, answer.Request.URL, string(text)}
	return nil
}

var (
	formPattern   = regexp.MustCompile(`(?s)<form [^>]*action="([^"]*)"[^>]*>(.*?)</form>`)
	actionPattern = regexp.MustCompile(`formaction="([^"]*)"`)
	hiddenPattern = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	tagPattern    = regexp.MustCompile(`<[^>]*>`)
	itemPattern   = regexp.MustCompile(`(?s)<li>(.*?)</li>`)
	alertPattern  = regexp.MustCompile(`(?s)<div class="ringkasan".*?</div>`)
	headPattern   = regexp.MustCompile(`(?s)<h1>(.*?)</h1>`)
	linkPattern   = regexp.MustCompile(`<a href="(/email/[^"]*)">`)
	statusPattern = regexp.MustCompile(`(?s)<p class="status[^>]*>.*?<strong>([A-Z_]+)</strong>`)
)

// hidden returns the hidden fields of the form that leads to a path.
func (b *browser) hidden(path string) (url.Values, error) {
	for _, form := range formPattern.FindAllStringSubmatch(b.page.body, -1) {
		targets := []string{form[1]}
		for _, button := range actionPattern.FindAllStringSubmatch(form[2], -1) {
			targets = append(targets, button[1])
		}
		if !slices.Contains(targets, html.EscapeString(path)) {
			continue
		}
		values := url.Values{}
		for _, field := range hiddenPattern.FindAllStringSubmatch(form[2], -1) {
			values.Add(html.UnescapeString(field[1]), html.UnescapeString(field[2]))
		}
		return values, nil
	}
	return nil, fmt.Errorf("%w: no form for this step on %q", errPage, b.page.title())
}

// expect makes sure of status and heading.
func (b *browser) expect(status int, title string) error {
	if b.page.status != status || b.page.title() != title {
		return fmt.Errorf("%w: %q with status %d, want %q with %d: %s",
			errPage, b.page.title(), b.page.status, title, status, strings.Join(b.page.findings(), " "))
	}
	return nil
}

func (p page) title() string {
	if found := headPattern.FindStringSubmatch(p.body); found != nil {
		return plain(found[1])
	}
	return ""
}

// findings are what the page says is wrong.
func (p page) findings() []string {
	var list []string
	for _, item := range itemPattern.FindAllStringSubmatch(alertPattern.FindString(p.body), -1) {
		list = append(list, plain(item[1]))
	}
	return list
}

// status is the word in the status card.
func (p page) statusWord() string {
	if found := statusPattern.FindStringSubmatch(p.body); found != nil {
		return found[1]
	}
	return ""
}

// value is what the page lists under a name.
func (p page) value(name string) string {
	pattern := regexp.MustCompile(`(?s)<dt>` + regexp.QuoteMeta(html.EscapeString(name)) + `</dt><dd>(.*?)</dd>`)
	if found := pattern.FindStringSubmatch(p.body); found != nil {
		return plain(found[1])
	}
	return ""
}

// plain is the text of a piece of a page.
func plain(markup string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tagPattern.ReplaceAllString(markup, " "))), " ")
}
