package mockbsre_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
)

// plausible are the statuses that any request may get.
var plausible = map[int]bool{200: true, 400: true, 404: true, 405: true, 413: true, 415: true, 500: true}

func fuzzed(t *testing.T, srv *mockbsre.Server, path, kind string, body []byte) {
	r := httptest.NewRequest("POST", path, bytes.NewReader(body))
	r.SetBasicAuth(mockbsre.DefaultUsername, mockbsre.DefaultPassword)
	r.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	srv.Handler().ServeHTTP(w, r)
	if !plausible[w.Code] {
		t.Fatalf("status %d", w.Code)
	}
	if w.Header().Get("Content-Type") == "application/json" && !json.Valid(w.Body.Bytes()) {
		t.Fatalf("answer is no JSON: %.200q", w.Body)
	}
}

func fuzzBox(f *testing.F) *box {
	srv := mockbsre.NewUnstarted(mockbsre.Config{Esign: mockbsre.EsignConfig{MaxBody: 1 << 20}})
	require.NoError(f, srv.Start(f.Context()))
	f.Cleanup(srv.Close)
	b := &box{Server: srv, t: f}
	b.person, b.id = enrol(f, srv, 0)
	return b
}

func FuzzJSONBody(f *testing.F) {
	b := fuzzBox(f)
	paths := []string{
		"/api/v2/sign/pdf", "/api/v2/sign/get/totp", "/api/v2/verify/pdf", "/api/v2/user/check/status", "/api/v2/user/registration",
	}
	whole, err := json.Marshal(b.invisible(letter(f)))
	require.NoError(f, err)
	for i := range paths {
		f.Add(i, whole)
		f.Add(i, []byte(`{"nik":"`+b.person.NIK+`","data":"2","email":null,"nama":"Budi Contoh","file":["","JVBERi0="],"password":1}`))
		f.Add(i, []byte(`{"nik":"`+b.person.NIK+`","passphrase":"x","signatureProperties":[{"tampilan":"VISIBLE","page":1e9,"originX":"-1","width":1e308,"tag":"#"}],"file":["JVBERi0"]}`))
		f.Add(i, []byte(strings.Repeat(`{"a":[`, 20)))
		f.Add(i, []byte(`[`))
	}
	f.Fuzz(func(t *testing.T, which int, body []byte) {
		fuzzed(t, b.Server, paths[uint(which)%uint(len(paths))], "application/json", body)
	})
}

func FuzzFormBody(f *testing.F) {
	b := fuzzBox(f)
	for name, d := range dialects {
		kind := "multipart/form-data; boundary=" + d.boundary
		f.Add(kind, d.compose(b.base(part{name: "tampilan", value: "invisible"})...), name == "Guzzle")
		f.Add(kind, d.compose(b.base(part{name: "tampilan", value: "visible"}, part{name: "linkQR", value: "x"}, part{name: "page", value: "1"},
			part{name: "xAxis", value: "1e300"}, part{name: "yAxis", value: "-1"}, part{name: "width", value: "Inf"}, part{name: "height", value: "9"})...), false)
		f.Add(kind, d.compose(part{name: "signed_file", data: []byte("%PDF-1.7")}), true)
	}
	f.Add("multipart/mixed; boundary=\"\"", []byte("--"), true)
	f.Fuzz(func(t *testing.T, kind string, body []byte, verify bool) {
		path := "/api/sign/pdf"
		if verify {
			path = "/api/sign/verify"
		}
		fuzzed(t, b.Server, path, kind, body)
	})
}
