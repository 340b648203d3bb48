package esign

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

// Request is one document to be signed by the box: what every signer takes, and
// what only the box does. The zero value of what is added asks for nothing.
type Request struct {
	signing.Request

	// Picture is a PNG or JPEG shown at the placement instead of a Block. The
	// box fits it in, keeping its proportions.
	Picture []byte

	// ServerQR is the text of a QR code that the box itself draws at the
	// placement. Version 1 only.
	ServerQR string

	// ServerTag leaves it to the box to find the place: a tag printed in the
	// document, one character with most boxes. Placement then has Width and
	// Height alone. Which point of the block lies on the tag and what happens
	// with several is up to the box; Placement.Anchor is found here instead.
	ServerTag string

	// Text is extra text of version 1, ContactInfo goes into the signature
	// dictionary in version 2.
	Text, ContactInfo string

	// MoreSigners puts [Config.Extend] off: this is not the last signature.
	MoreSigners bool
}

const (
	maxPicture = 4 << 20 // bytes
	maxText    = 4 << 10 // bytes of one text
)

// visible reports whether anything is to be shown.
func (r *Request) visible() bool {
	return r.Block != nil || r.Picture != nil || r.ServerQR != "" || r.ServerTag != "" || r.Placement != signing.Placement{}
}

// check refuses what the box cannot do and what cannot be sent.
func (r *Request) check(v Version) error {
	if err := checkCredential(r.Credential, v); err != nil {
		return err
	}
	for _, u := range []struct {
		asked   bool
		feature string
	}{
		{r.Field != "", "choice of the signature field"},
		{r.Certify != signing.NoCertification, "certification"},
		{r.ServerQR != "" && v != V1, "QR code drawn by the box in version 2"},
		{r.Text != "" && v != V1, "extra text in version 2"},
		{r.ContactInfo != "" && v != V2, "contact information in version 1"},
		{!r.DocumentPassword.IsZero() && v != V2, "document password in version 1"},
	} {
		if u.asked {
			return unsupported(u.feature)
		}
	}
	for _, t := range []string{r.Reason, r.Location, r.Text, r.ContactInfo, r.ServerQR, r.ServerTag, r.Purpose, r.DedupeKey} {
		if len(t) > maxText || !utf8.ValidString(t) {
			return local(CodeRequest, fmt.Errorf("a text is not UTF-8 or exceeds %d bytes", maxText))
		}
	}
	return nil
}

// checkShown refuses a visible part that is not exactly one thing at one
// place.
func (r *Request) checkShown() error {
	if !r.visible() {
		return nil
	}
	shown := 0
	for _, given := range []bool{r.Block != nil, r.Picture != nil, r.ServerQR != ""} {
		if given {
			shown++
		}
	}
	p := r.Placement
	switch {
	case shown != 1:
		return local(CodeRequest, fmt.Errorf("%w: it needs exactly one of Block, Picture and ServerQR", signing.ErrPlacement))
	case p == signing.Placement{}:
		return local(CodePlacement, fmt.Errorf("%w: nowhere to show it", signing.ErrPlacement))
	case r.ServerTag != "" && p != signing.Placement{Width: p.Width, Height: p.Height}:
		return local(CodePlacement, fmt.Errorf("%w: with ServerTag only width and height", signing.ErrPlacement))
	case r.ServerTag != "" && !(p.Width > 0 && p.Width <= 14400 && p.Height > 0 && p.Height <= 14400):
		return local(CodePlacement, fmt.Errorf("%w: size %g x %g points", signing.ErrPlacement, p.Width, p.Height))
	case len(r.Picture) > maxPicture:
		return local(CodeTooLarge, fmt.Errorf("picture of %d bytes", len(r.Picture)))
	case r.Picture != nil && pictureKind(r.Picture) == "":
		return local(CodeRequest, fmt.Errorf("the picture is neither PNG nor JPEG"))
	}
	return nil
}

// maxCredential bounds a passphrase or code in bytes.
const maxCredential = 1024

func checkCredential(c signing.Credential, v Version) error {
	secret := c.Passphrase
	if !c.OneTimeCode.IsZero() {
		if v == V1 {
			return unsupported("one-time code in version 1")
		}
		secret = c.OneTimeCode
	}
	text := secret.Reveal()
	defer clear(text)
	switch {
	case c.Passphrase.IsZero() == c.OneTimeCode.IsZero(), len(text) > maxCredential:
		return local(CodeCredential, nil)
	case v == V2 && !utf8.Valid(text):
		// JSON has no way to carry such bytes as they were typed.
		return unsupported("passphrase that is not UTF-8 in version 2")
	}
	return nil
}

// pictureKind is the content type of a picture by its first bytes, empty for
// one the box does not take.
func pictureKind(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	}
	return ""
}

// stand is a block that takes the place of a picture while the place is
// looked for.
func (r *Request) stand() *appearance.Block {
	if r.Block != nil || !r.visible() {
		return r.Block
	}
	return &appearance.Block{Lines: []appearance.Line{{Text: "."}}, TextSize: appearance.MinTextSize}
}

// Capabilities says what signers of this client can do.
func (c *Client) Capabilities() Capabilities {
	v1, v2 := c.cfg.Version == V1, c.cfg.Version == V2
	return Capabilities{
		Passphrase: true, OneTimeCode: v2, NIK: true, Email: v2, Block: true, Picture: true,
		ServerQR: v1, ServerTag: true, Anchor: true, SeveralFiles: v2, DocumentPassword: v2, Download: v1,
	}
}
