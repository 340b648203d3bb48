package main

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"math"
	"regexp"
	"strconv"

	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/verify"
)

// noRoot leads nowhere, so that nothing is trusted.
var noRoot = &x509.Certificate{}

// profile is how this box behaves where boxes differ; empty is unknown.
type profile struct {
	v1Numbers string // "corners", "sizes" or "other"
	v2Place   string // "exact" or "other"
	picture   string
	tag       map[esign.Version]string
	tagKey    string // name of the field in version 2
	longTag   string
}

// near compares two rectangles within a point, which boxes round by.
func near(a, b [4]float64) bool {
	for i := range a {
		if math.Abs(a[i]-b[i]) > 1 {
			return false
		}
	}
	return true
}

// note tells by where the block came to stand how the numbers were read. The
// client sends version 1 the two corners.
func (p *profile) note(version esign.Version, at *verify.Place) {
	if at == nil {
		return
	}
	block := blockOf(version)
	asked := [4]float64{block.X, block.Y, block.X + block.Width, block.Y + block.Height}
	sizes := [4]float64{block.X, block.Y, block.X + asked[2], block.Y + asked[3]}
	switch {
	case version == esign.V2 && near(at.Rect, asked):
		p.v2Place = "exact"
	case version == esign.V2:
		p.v2Place = "other"
	case near(at.Rect, asked):
		p.v1Numbers = "corners"
	case near(at.Rect, sizes):
		p.v1Numbers = "sizes"
	default:
		p.v1Numbers = "other"
	}
}

var (
	imageDict   = regexp.MustCompile(`/Subtype\s*/Image\b`)
	imageWidth  = regexp.MustCompile(`/Width\s+(\d{1,6})\b`)
	imageHeight = regexp.MustCompile(`/Height\s+(\d{1,6})\b`)
)

// notePicture finds the picture in what the box added. Dictionaries of streams
// are never compressed, so the size can be read where it stands.
func (p *profile) notePicture(sent, added []byte) {
	width, height := 0, 0
	for _, part := range bytes.Split(added, []byte("stream")) {
		if i := bytes.LastIndex(part, []byte(" obj")); i >= 0 {
			part = part[i:]
		}
		w, h := imageWidth.FindSubmatch(part), imageHeight.FindSubmatch(part)
		if !imageDict.Match(part) || w == nil || h == nil {
			continue
		}
		x, _ := strconv.Atoi(string(w[1]))
		y, _ := strconv.Atoi(string(h[1]))
		width, height = max(width, x), max(height, y)
	}
	wantWidth, wantHeight := pixels(sent)
	switch {
	case width == 0:
		return
	case width < wantWidth || height < wantHeight:
		p.picture = fmt.Sprintf("diperkecil dari %dx%d menjadi %dx%d piksel: QR kecil dapat tidak terbaca", wantWidth, wantHeight, width, height)
	default:
		p.picture = fmt.Sprintf("tetap %dx%d piksel", width, height)
	}
}

// noteTag tells which tag was taken and which point of the block lies on it.
func (p *profile) noteTag(version esign.Version, at *verify.Place) {
	if at == nil {
		return
	}
	if p.tag == nil {
		p.tag = map[esign.Version]string{}
	}
	r := at.Rect
	for _, t := range []struct {
		name string
		x    float64
	}{{"pertama", firstTag}, {"terakhir", lastTag}} {
		glyph := [4]float64{t.x, tagY, t.x + tagWidth, tagY + tagHeight}
		for _, point := range []struct {
			name   string
			dx, dy float64
		}{
			{"kiri atas", r[0] - glyph[0], r[3] - glyph[3]},
			{"kiri bawah", r[0] - glyph[0], r[1] - glyph[1]},
			{"tengah", (r[0] + r[2] - glyph[0] - glyph[2]) / 2, (r[1] + r[3] - glyph[1] - glyph[3]) / 2},
		} {
			// The height of a sign depends on the reader's idea of the font.
			if math.Abs(point.dx) <= 3 && math.Abs(point.dy) <= 5 {
				p.tag[version] = fmt.Sprintf("tag %s yang dipakai, %s blok pada %[2]s tag", t.name, point.name)
				return
			}
		}
	}
	p.tag[version] = fmt.Sprintf("blok di %.1f %.1f %.1f %.1f, tidak pada tag", r[0], r[1], r[2], r[3])
}

// printProfile says what belongs into the configuration, and what no setting changes.
func (c *checker) printProfile(p profile) {
	or := func(s string) string {
		if s == "" {
			return "tidak diketahui"
		}
		return s
	}
	c.text("")
	c.text("Isian esign.Config untuk Esign Client ini:")
	known := false
	set := func(field, format string, args ...any) {
		c.pair(field, format, args...)
		known = true
	}
	switch p.v1Numbers {
	case "corners":
		set("Profile.V1Sizes", "false (width dan height adalah sudut kanan atas)")
	case "sizes":
		set("Profile.V1Sizes", "true (width dan height adalah ukuran)")
	}
	if p.tagKey != "" {
		set("Profile.V2TagKey", "%q", p.tagKey)
	}
	if !known {
		c.text("  belum ada yang diketahui dari pemeriksaan ini")
	}
	c.text("Perilaku lain, yang tidak diatur lewat esign.Config:")
	if p.v1Numbers == "other" {
		c.pair("Letak v1", "TIDAK sesuai permintaan: bukan ukuran, bukan pula sudut")
	}
	switch p.v2Place {
	case "exact":
		c.pair("Letak v2", "sesuai permintaan")
	case "other":
		c.pair("Letak v2", "TIDAK sesuai permintaan")
	}
	c.pair("Gambar", "%s", or(p.picture))
	for _, version := range c.cfg.versions {
		c.pair("Tag "+tag+" "+version.String(), "%s", or(p.tag[version]))
	}
	if p.longTag != "" {
		c.pair("Tag "+longTag, "%s (lebih dari satu karakter)", p.longTag)
	}
}
