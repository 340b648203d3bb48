package mockbsre_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
)

func FuzzPhotoForm(f *testing.F) {
	const head = "--x\r\nContent-Disposition: form-data; name=\""
	for _, seed := range []string{
		"--x--\r\n",
		head + "token_formulir\"\r\n\r\nabc\r\n" + head + "foto\"; filename=\"a.png\"\r\n\r\n\x89PNG\r\n--x--\r\n",
		head + "foto\"\r\n\r\na\r\n" + head + "foto\"\r\n\r\nb\r\n--x--\r\n",
		head + "a\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=41\r\n--x--\r\n",
		head + "a\"\r\n\r\n", "--x\r\n\r\n--x", "",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", bytes.NewReader(body))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		fields, picture, err := mockbsre.ReadParts(r)
		if err != nil {
			if fields != nil || picture != nil {
				t.Error("something was read in spite of the error")
			}
			return
		}
		size := len(picture)
		for _, values := range fields {
			for _, value := range values {
				size += len(value)
			}
		}
		if size > len(body) || len(picture) > certificate.MaxSelfieBytes {
			t.Errorf("%d bytes read out of %d", size, len(body))
		}
	})
}

func FuzzAcceptedText(f *testing.F) {
	for _, a := range mockbsre.Accepted() {
		f.Add(mockbsre.StampOf(a))
	}
	for _, seed := range []string{"", "  ", "privacy_policy tiruan-1 00", "privacy_policy  ", "a b c d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, stamp string) {
		a, ok := mockbsre.ParseStamp(stamp)
		if !ok {
			if a != (certificate.Acceptance{}) {
				t.Error("something was read in spite of the refusal")
			}
			return
		}
		again, ok := mockbsre.ParseStamp(mockbsre.StampOf(a))
		if !ok || again != a {
			t.Errorf("%q reads as %v, and that as %v", stamp, a, again)
		}
	})
}
