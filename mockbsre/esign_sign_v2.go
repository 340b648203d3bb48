package mockbsre

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

type signRequest struct {
	NIK        jsonText       `json:"nik"`
	Email      jsonText       `json:"email"`
	Passphrase jsonText       `json:"passphrase"`
	TOTP       jsonText       `json:"totp"`
	OTP        jsonText       `json:"otp"`
	Properties []signProperty `json:"signatureProperties"`
	File       jsonFiles      `json:"file"`
}

type signProperty struct {
	Tampilan     jsonText   `json:"tampilan"`
	Image        *jsonFile  `json:"imageBase64"`
	Page         jsonNumber `json:"page"`
	OriginX      jsonNumber `json:"originX"`
	OriginY      jsonNumber `json:"originY"`
	Width        jsonNumber `json:"width"`
	Height       jsonNumber `json:"height"`
	TagKoordinat jsonText   `json:"tag_koordinat"`
	Tag          jsonText   `json:"tag"`
	Location     jsonText   `json:"location"`
	Reason       jsonText   `json:"reason"`
	ContactInfo  jsonText   `json:"contactInfo"`
	Password     jsonText   `json:"pdfPassword"`
}

// signV2 is POST /api/v2/sign/pdf: one or many files. That they are signed all
// or none is an inference.
func (e *esign) signV2(ctx context.Context, c *call) reply {
	begun := time.Now()
	var in signRequest
	if err := readJSON(c, &in); err != nil {
		return e.jsonError(c, err)
	}
	in.note(c.entry)
	n := len(in.Properties)
	if in.File.bad() || n != 1 && n != len(in.File) {
		return e.badInput(c)
	}
	factor, ok := e.factor(in)
	defer factor.Passphrase.Destroy()
	defer factor.OneTimeCode.Destroy()
	if !ok || in.NIK == "" && in.Email == "" {
		return e.badInput(c)
	}
	person, err := e.person(ctx, string(in.NIK), string(in.Email))
	if err != nil {
		return e.springError(http.StatusInternalServerError, c.Request)
	}
	docs := make([]document, len(in.File))
	missing := false
	for i, file := range in.File {
		property := in.Properties[min(i, n-1)]
		c.remarkShown(property)
		if docs[i], ok = e.document(property, file.data); !ok {
			return e.badInput(c)
		}
		if v := docs[i].visible; v != nil && property.noPicture() && e.on(QuirkErrorWithFile) {
			docs[i].visible, missing = nil, true
		}
	}
	files, refusal := e.signAll(ctx, c, person, factor, docs)
	if refusal != nil {
		return *refusal
	}
	if files, err = e.spoilFiles(ctx, c, docs, files); err != nil {
		return e.springError(http.StatusInternalServerError, c.Request)
	}
	status := http.StatusOK
	if missing {
		status = http.StatusInternalServerError
	}
	return reply{status: status, kind: typeJSON, stream: filesAnswer(time.Since(begun).Milliseconds(), files)}
}

// factor reads the credential: a passphrase, or a one-time code.
func (e *esign) factor(in signRequest) (certificate.Factor, bool) {
	code := in.TOTP
	if code == "" && e.on(QuirkFieldAliases) {
		code = in.OTP
	}
	switch {
	case in.Passphrase != "":
		return certificate.Factor{Passphrase: passphrase.FromString(string(in.Passphrase))}, true
	case code != "":
		return certificate.Factor{OneTimeCode: passphrase.FromString(string(code))}, true
	}
	return certificate.Factor{}, false
}

func (p signProperty) noPicture() bool {
	return p.Image == nil || len(p.Image.data) == 0 || p.Image.bad
}

// document reads one file and its property.
func (e *esign) document(p signProperty, data []byte) (document, bool) {
	d := document{
		data: data, password: passphrase.FromString(string(p.Password)),
		reason: string(p.Reason), location: string(p.Location), contact: string(p.ContactInfo),
	}
	switch strings.ToUpper(string(p.Tampilan)) {
	case "INVISIBLE":
		return d, true
	case "VISIBLE":
	default:
		return d, false
	}
	v := &visible{tag: string(p.TagKoordinat)}
	if v.tag == "" && e.on(QuirkFieldAliases) {
		v.tag = string(p.Tag)
	}
	if p.Image != nil && !p.Image.bad {
		v.picture = e.picture(p.Image.data)
	} else {
		v.picture = e.picture(nil)
	}
	var ok bool
	if v.page, ok = p.Page.whole(); v.tag == "" && (!ok || v.page < 1 || !p.OriginX.given || !p.OriginY.given) {
		return d, false
	}
	if v.tag != "" { // two libraries leave the size out
		p.Width.orElse(tagWidth)
		p.Height.orElse(tagHeight)
	}
	v.place = p.rect
	d.visible = v
	return d, p.Width.given && p.Height.given
}

// rect turns the numbers of version 2, y downwards from the top of the page,
// upside down.
func (p signProperty) rect(_, pageHeight float64) signing.Rect {
	return signing.Rect{
		X: p.OriginX.value, Y: pageHeight - p.OriginY.value - p.Height.value,
		Width: p.Width.value, Height: p.Height.value,
	}
}

// note adds the request to the journal.
func (in signRequest) note(x *Exchange) {
	x.noteIdentity(in.NIK, in.Email)
	note := func(name string, value jsonText) {
		if value != "" {
			x.note(name, string(value))
		}
	}
	note("passphrase", in.Passphrase)
	note("totp", in.TOTP)
	note("otp", in.OTP)
	for _, p := range in.Properties {
		note("tampilan", p.Tampilan)
		for _, n := range []struct {
			name  string
			value jsonNumber
		}{{"page", p.Page}, {"originX", p.OriginX}, {"originY", p.OriginY}, {"width", p.Width}, {"height", p.Height}} {
			note(n.name, jsonText(n.value.raw))
		}
		note("tag_koordinat", p.TagKoordinat)
		note("tag", p.Tag)
		note("location", p.Location)
		note("reason", p.Reason)
		note("contactInfo", p.ContactInfo)
		note("pdfPassword", p.Password)
		if p.Image != nil {
			x.noteFile("imageBase64", p.Image.data)
		}
	}
	for _, f := range in.File {
		x.noteFile("file", f.data)
	}
}
