package mockbsre

import (
	"fmt"
	"maps"
	"mime"
	"slices"
	"strings"
)

// formPart is how a part of a form was sent.
type formPart struct {
	name, filename, kind string
}

// shownFields are those of the visible part of a signature of version 1.
var shownFields = []string{"image", "imageTTD", "linkQR", "halaman", "page", "xAxis", "yAxis", "width", "height", "tag_koordinat"}

// formFields are the fields of version 1, by operation (manual, "Sign PDF v1"
// and "Verify PDF v1").
var formFields = map[Operation][]string{
	SignV1:   slices.Concat([]string{"file", "nik", "passphrase", "tampilan", "reason", "location", "text"}, shownFields),
	VerifyV1: {"signed_file"},
}

// remarkForm remarks on a form that was read.
func (c *call) remarkForm(f form, parts []formPart) {
	x, known := c.entry, formFields[c.operation]
	seen := map[string]bool{}
	for _, p := range parts {
		if seen[p.name] {
			x.remark(fmt.Sprintf("field %q twice", p.name), "once")
		}
		seen[p.name] = true
		c.remarkField(known, p)
	}
	for _, name := range slices.Sorted(maps.Keys(c.URL.Query())) {
		x.remark(fmt.Sprintf("field %q in the address", name), "in the form")
		seen[name] = true
	}
	for _, name := range []string{"file", "nik", "passphrase", "tampilan", "signed_file"} {
		if slices.Contains(known, name) && !seen[name] {
			x.remark(fmt.Sprintf("no field %q", name), fmt.Sprintf("%q", name))
		}
	}
	if c.operation == SignV1 {
		c.remarkShownV1(f, seen)
	}
}

func (c *call) remarkField(known []string, p formPart) {
	x := c.entry
	switch {
	case p.name == "jenis_response" && c.operation == SignV1:
		x.remark(`field "jenis_response", which the manual does not have`, "leave it out and read the bytes")
	case !slices.Contains(known, p.name):
		near := nearest(p.name, known)
		if near != "" {
			near = fmt.Sprintf("%q", near)
		}
		x.remark(fmt.Sprintf("unknown field %q", p.name), near)
	case fileFields[p.name] && p.filename == "":
		x.remark(fmt.Sprintf("file %q without a file name", p.name), "a name that ends in .pdf, .png or .jpg")
	case p.name != "imageTTD" && fileFields[p.name]:
		kind, _, err := mime.ParseMediaType(p.kind)
		if p.kind != "" && (err != nil || kind != typePDF) {
			x.remark(fmt.Sprintf("file %q with the type %q", p.name, p.kind), typePDF)
		}
	}
}

// remarkShownV1 remarks on words and on the visible part.
func (c *call) remarkShownV1(f form, seen map[string]bool) {
	x := c.entry
	if f.has("nik") && !isSixteenDigits(f.texts["nik"]) {
		x.remark("NIK that is not 16 digits", "16 digits")
	}
	if f.has("tampilan") {
		c.remarkWord("tampilan", f.texts["tampilan"], "visible", "invisible")
	}
	if !strings.EqualFold(f.texts["tampilan"], "visible") {
		for _, name := range shownFields {
			if seen[name] {
				x.remark(fmt.Sprintf("field %q with an invisible signature", name), "leave it out")
			}
		}
		return
	}
	c.remarkPictureV1(f, seen)
	c.remarkPlaceV1(f, seen)
}

func (c *call) remarkPictureV1(f form, seen map[string]bool) {
	x := c.entry
	switch c.remarkWord("image", f.texts["image"], "true", "false"); {
	case f.texts["image"] == "true" && !seen["imageTTD"]:
		x.remark("a picture that is not there", `"imageTTD"`)
	case f.texts["image"] == "false" && f.texts["linkQR"] == "":
		x.remark("a QR code without its text", `"linkQR"`)
	}
}

func (c *call) remarkPlaceV1(f form, seen map[string]bool) {
	x, given := c.entry, 0
	for _, name := range []string{"halaman", "page", "tag_koordinat"} {
		if f.texts[name] != "" {
			given++
		}
	}
	if given != 1 {
		x.remark(fmt.Sprintf(`%d of "halaman", "page" and "tag_koordinat"`, given), "one of them")
	}
	if seen["halaman"] {
		c.remarkWord("halaman", f.texts["halaman"], "pertama", "terakhir")
	}
	left, right, ok1 := pairV1(f, "xAxis", "width")
	bottom, top, ok2 := pairV1(f, "yAxis", "height")
	if f.texts["tag_koordinat"] == "" && ok1 && ok2 && (right <= left || top <= bottom) {
		x.remark(`"width" and "height" as a size`, "the upper right corner: beside coordinates they are that")
	}
}

func pairV1(f form, a, b string) (first, second float64, ok bool) {
	first, ok1 := parseNumber(f.texts[a])
	second, ok2 := parseNumber(f.texts[b])
	return first, second, ok1 && ok2
}
