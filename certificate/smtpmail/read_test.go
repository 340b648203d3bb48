package smtpmail_test

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// read is a mail as a reader's program sees it.
type read struct {
	header  netmail.Header
	subject string
	types   []string // of the parts, in their order
	text    string
	html    string
}

var link = regexp.MustCompile(`https://portal\.example/\S+`)

// parse reads a mail with the standard library alone.
func parse(t testing.TB, data []byte) read {
	msg, err := netmail.ReadMessage(bytes.NewReader(data))
	require.NoError(t, err)
	r := read{header: msg.Header}
	r.subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	require.NoError(t, err)
	mediaType, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/alternative", mediaType)
	parts := multipart.NewReader(msg.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return r
		}
		require.NoError(t, err)
		require.Equal(t, "quoted-printable", strings.ToLower(part.Header.Get("Content-Transfer-Encoding")))
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		require.NoError(t, err)
		partType, partParams, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		require.NoError(t, err)
		require.Equal(t, "utf-8", strings.ToLower(partParams["charset"]))
		r.types = append(r.types, partType)
		if partType == "text/plain" {
			r.text = strings.ReplaceAll(string(body), "\r\n", "\n")
		} else {
			r.html = string(body)
		}
	}
}

// link is the one in the plain text.
func (r read) link(t testing.TB) string {
	found := link.FindString(r.text)
	require.NotEmpty(t, found, "no link")
	return found
}
