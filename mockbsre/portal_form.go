package mockbsre

import (
	"crypto/subtle"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"github.com/sertel-id/sertel/certificate"
)

// Why a form was not read.
var (
	errFormTooLarge = errors.New("mockbsre: form is too large")
	errFormType     = errors.New("mockbsre: not the content type of a form")
	errFormShape    = errors.New("mockbsre: form is malformed")
	errForeignForm  = errors.New("mockbsre: form without the visitor's token")
)

// Fields of every form, and the one that holds a picture.
const (
	tokenField = "token_formulir"
	photoField = "foto"
)

// maxFormParts bounds the parts of a form with a picture.
const maxFormParts = 16

// readForm reads the form of a POST and makes sure that it is one of our own
// pages', sent by this visitor.
func (v *visit) readForm() error {
	_ = http.NewResponseController(v.w).SetReadDeadline(time.Now().Add(portalPatience))
	kind, parameters, err := mime.ParseMediaType(v.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "application/x-www-form-urlencoded":
		err = v.readFields()
	case err == nil && kind == "multipart/form-data" && parameters["boundary"] != "":
		v.form, v.picture, err = v.readPicture()
	default:
		err = errFormType
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return errFormTooLarge
	case err != nil:
		return err
	}
	given, want := []byte(v.form.Get(tokenField)), []byte(v.token(v.visitorID))
	if subtle.ConstantTimeCompare(given, want) != 1 {
		return errForeignForm
	}
	return nil
}

func (v *visit) readFields() error {
	body, err := io.ReadAll(http.MaxBytesReader(v.w, v.Body, maxForm))
	if err != nil {
		return err
	}
	if v.form, err = url.ParseQuery(string(body)); err != nil {
		return errFormShape // the cause quotes what was typed
	}
	return nil
}

// readPicture reads a form with a picture, of which few are in memory at a time.
func (v *visit) readPicture() (url.Values, []byte, error) {
	select {
	case v.photos <- struct{}{}:
		v.release = func() { <-v.photos }
	case <-v.Context().Done():
		return nil, nil, v.Context().Err()
	}
	v.Body = http.MaxBytesReader(v.w, v.Body, certificate.MaxSelfieBytes+maxForm)
	return readParts(v.Request)
}

// readParts reads fields and the one picture of a multipart form.
func readParts(r *http.Request) (url.Values, []byte, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil, errFormShape
	}
	fields, left := url.Values{}, int64(maxForm)
	var picture []byte
	for range maxFormParts {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return fields, picture, nil
		}
		if err != nil {
			return nil, nil, shape(err)
		}
		name := part.FormName()
		if name == photoField && picture == nil {
			if picture, err = io.ReadAll(io.LimitReader(part, certificate.MaxSelfieBytes+1)); err != nil {
				return nil, nil, shape(err)
			}
			if len(picture) > certificate.MaxSelfieBytes {
				return nil, nil, errFormTooLarge
			}
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, left+1))
		if err != nil {
			return nil, nil, shape(err)
		}
		if left -= int64(len(value)); left < 0 {
			return nil, nil, errFormTooLarge
		}
		fields.Add(name, string(value))
	}
	return nil, nil, errFormShape
}

// shape keeps the one cause that matters: the others may quote what was typed.
func shape(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	return errFormShape
}
