package mockbsre

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

// signV1 is POST /api/sign/pdf: a form with one file.
func (e *esign) signV1(ctx context.Context, c *call) reply {
	f, err := readForm(c)
	if err != nil {
		return e.formError(c, err)
	}
	file, ok := f.files["file"]
	if !ok || !f.has("nik") || !f.has("passphrase") || !f.has("tampilan") {
		return e.springError(http.StatusBadRequest, c.Request)
	}
	person, err := e.person(ctx, f.texts["nik"], "")
	if err != nil {
		return e.springError(http.StatusInternalServerError, c.Request)
	}
	d := document{data: file.data, reason: f.texts["reason"], location: f.texts["location"]}
	switch strings.ToLower(f.texts["tampilan"]) {
	case "invisible":
	case "visible":
		if d.visible, ok = e.visibleV1(f); !ok {
			return e.badInput(c)
		}
	default:
		return e.badInput(c)
	}
	factor := certificate.Factor{Passphrase: passphrase.FromString(f.texts["passphrase"])}
	defer factor.Passphrase.Destroy()
	files, refusal := e.signAll(ctx, c, person, factor, []document{d})
	if refusal != nil {
		return *refusal
	}
	id := e.keep(files[0])
	if files, err = e.spoilFiles(ctx, c, []document{d}, files); err != nil {
		return e.springError(http.StatusInternalServerError, c.Request)
	}
	if e.on(QuirkJenisResponse) && strings.EqualFold(f.texts["jenis_response"], "BASE64") {
		return reply{status: http.StatusOK, kind: typeJSON, document: id, stream: files[0].asBase64(id)}
	}
	return reply{status: http.StatusOK, kind: typePDF, document: id, stream: files[0].writeTo}
}

// formError answers a form that could not be read. No form at all is a fault of
// the service's framework.
func (e *esign) formError(c *call, err error) reply {
	if !strings.HasPrefix(c.Header.Get("Content-Type"), "multipart/") {
		return e.springError(http.StatusInternalServerError, c.Request)
	}
	return e.bodyError(c, err)
}

// Size of a block at an anchor tag when none is given, as one sample of the
// manual has it. Two libraries leave the size out.
const tagWidth, tagHeight = 120, 40

// visibleV1 reads where and what a signature shows.
func (e *esign) visibleV1(f form) (*visible, bool) {
	v := &visible{tag: f.texts["tag_koordinat"]}
	link, picture := f.texts["linkQR"], f.files["imageTTD"].data
	switch {
	case strings.EqualFold(f.texts["image"], "true"):
		v.picture = e.picture(picture)
	case link != "":
		v.picture = qr(link)
	case len(picture) > 0:
		v.picture = e.picture(picture)
	case v.tag == "": // at a tag alone, the signer's name is shown
		return nil, false
	}
	var n [4]float64
	for i, name := range []string{"xAxis", "yAxis", "width", "height"} {
		text := strings.TrimSpace(f.texts[name])
		if text == "" && v.tag != "" {
			n[i] = [4]float64{2: tagWidth, 3: tagHeight}[i]
			continue
		}
		var ok bool
		if n[i], ok = parseNumber(text); !ok {
			return nil, false
		}
	}
	if v.tag != "" {
		v.place = func(float64, float64) signing.Rect { return signing.Rect{Width: n[2], Height: n[3]} }
		return v, true
	}
	v.place = func(float64, float64) signing.Rect { return e.rectV1(n[0], n[1], n[2], n[3]) }
	var ok bool
	v.page, ok = pageV1(f)
	return v, ok
}

// rectV1 reads the four numbers of version 1, y upwards: two corners where the
// second can be one, else a corner and a size.
func (e *esign) rectV1(x, y, width, height float64) signing.Rect {
	if !e.on(QuirkV1Sizes) && width > x && height > y {
		return signing.Rect{X: x, Y: y, Width: width - x, Height: height - y}
	}
	return signing.Rect{X: x, Y: y, Width: width, Height: height}
}

// pageV1 reads the page: its number, or the first or last one by name.
func pageV1(f form) (int, bool) {
	if text := strings.TrimSpace(f.texts["page"]); text != "" {
		page, err := strconv.Atoi(text)
		return page, err == nil && page >= 1
	}
	switch strings.ToLower(f.texts["halaman"]) {
	case "pertama":
		return 1, true
	case "terakhir":
		return signing.LastPage, true
	}
	return 0, false
}
