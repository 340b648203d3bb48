package esign_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"regexp"
	"strings"
	"testing"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/esign"
)

func fuzzClient(v esign.Version) *esign.Client {
	return must(esign.New(esign.Config{BaseURL: "https://box.test", Username: "u", Password: passphrase.FromString("p"), Version: v, MaxGrowth: 1 << 20}))
}

// FuzzSignedAnswer: what is taken for a whole document is what any JSON reader
// finds there, and begins with the original.
func FuzzSignedAnswer(f *testing.F) {
	original := []byte("%PDF-1.7\nasli\n")
	signed := base64.StdEncoding.EncodeToString(append(bytes.Clone(original), "tambahan"...))
	for _, s := range []string{
		`{"time": 682, "file": ["` + signed + `"]}`,
		`{"file":["` + strings.ReplaceAll(signed, "/", `\/`) + `"],"time":"1"}`,
		`{"file":["` + signed[:8] + `\n` + signed[8:] + `"]}`,
		`{"id_dokumen":"0f3c9a1e5b7d4c2f8a6e1d0b9c8f7a65","base64_signed_file":"` + signed + `"}`,
		`{"base64_file":"` + signed + `","x":{"y":[1,2.5e3,null,true,"\"}"]}}`,
		`{"error":"Passphrase anda salah","status_code":2031}`,
		`{"file":null}`, `{"file":[null]}`, `{"file":[]}`, `{}`, `{"file":["` + signed[:10], `{"file":["` + signed + `","` + signed + `"]}`,
		strings.Repeat(`{"a":`, 100), `{"file":["` + signed + `"],"file":["` + signed + `"]}`, `{"file":["\u0041"]}`,
	} {
		f.Add([]byte(s))
	}
	two, one := fuzzClient(esign.V2), fuzzClient(esign.V1)
	f.Fuzz(func(t *testing.T, body []byte) {
		check := func(doc []byte, whole bool, err error, found []string) {
			if err == nil && !json.Valid(body) {
				t.Fatalf("accepted what is no JSON: %q", body)
			}
			if !whole || err != nil {
				return
			}
			if !bytes.HasPrefix(doc, original) {
				t.Fatal("another document")
			}
			for _, s := range found {
				if b, err := base64.StdEncoding.DecodeString(s); err == nil && bytes.Equal(b, doc) {
					return
				}
			}
			t.Fatalf("another reader does not find it: %q", body)
		}
		doc, whole, err := two.ReadSigned(body, original)
		var v2 struct {
			File []string `json:"file"`
		}
		if whole && err == nil && json.Unmarshal(body, &v2) != nil {
			// A member that differs in case only is taken by encoding/json too.
			return
		}
		if !caseTwins(body) {
			check(doc, whole, err, v2.File)
		}
		if !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")) {
			return
		}
		doc, whole, err = one.ReadSigned(body, original)
		var v1 struct {
			A string `json:"base64_signed_file"`
			B string `json:"base64_file"`
		}
		if whole && err == nil && (json.Unmarshal(body, &v1) != nil || caseTwins(body)) {
			return
		}
		check(doc, whole, err, []string{v1.A, v1.B})
	})
}

// caseTwins reports keys that encoding/json folds into ours, or repeats.
func caseTwins(body []byte) bool {
	return len(regexp.MustCompile(`(?i)"[^"]*file[^"]*"`).FindAll(body, 3)) > 1 || bytes.ContainsRune(body, 'ſ') || bytes.Contains(body, []byte(`\u`))
}

// FuzzAnswer: no answer makes a parser panic, and none is shown as good that
// says nothing.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{
		verifiedV1, verifiedV2,
		`{"status_code":1111,"status":"ISSUE","message":"User sudah terdaftar dan memiliki sertifikat dengan status ISSUE"}`,
		`{"error":"Proses signing gagal : User tidak terdaftar 2011","status_code":400}`,
		`{"timestamp":"2026-01-02T03:04:05.678+00:00","status":500,"error":"Internal Server Error","path":"/api/v2/sign/pdf"}`,
		`{"data":{"status":"ISSUE"}}`, `{"message":{"error":"x"}}`, `[]`, `null`, `{"conclusion":"VALID","signatureCount":-1}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > 1<<20 {
			return
		}
		code, text := esign.ParseFault(body)
		if code < 0 || code > 999_999 {
			t.Fatal("code out of range")
		}
		masked := esign.Mask(text)
		if len(masked) > 200 || regexp.MustCompile(`[0-9]{6}`).MatchString(masked) || strings.Contains(masked, "\n") {
			t.Fatalf("not masked: %q", masked)
		}
		_, _ = esign.ParseStatus(body)
		for _, parse := range []func([]byte) (*esign.Verification, error){esign.ParseVerificationV1, esign.ParseVerificationV2} {
			v, err := parse(body)
			if err == nil && v.Conclusion == esign.ConclusionValid && len(v.Signatures) == 0 {
				t.Fatal("valid without a signature")
			}
		}
	})
}

// FuzzForm: a form is read back as it was written, whatever a passphrase
// holds.
func FuzzForm(f *testing.F) {
	f.Add([]byte(right), []byte("%PDF-1.7"))
	f.Add([]byte("\r\n--x\r\nContent-Disposition: form-data; name=\"nik\"\r\n\r\n"), []byte{})
	f.Add([]byte("\x00\xff\""), bytes.Repeat([]byte("-"), 100))
	f.Fuzz(func(t *testing.T, value, file []byte) {
		kind, length, r, err := esign.Form("reason", value, file)
		if err != nil {
			t.Fatal(err)
		}
		content := must(io.ReadAll(r))
		if int64(len(content)) != length {
			t.Fatal("another length than announced")
		}
		_, params, err := mime.ParseMediaType(kind)
		if err != nil {
			t.Fatal(err)
		}
		m := multipart.NewReader(bytes.NewReader(content), params["boundary"])
		for _, want := range []struct {
			name  string
			value []byte
		}{{"reason", value}, {"file", file}, {"passphrase", value}} {
			p, err := m.NextPart()
			if err != nil {
				t.Fatal(err)
			}
			if got := must(io.ReadAll(p)); p.FormName() != want.name || !bytes.Equal(got, want.value) {
				t.Fatalf("%s came back as %q", want.name, got)
			}
		}
		if _, err := m.NextPart(); err != io.EOF {
			t.Fatal("more parts than were written")
		}
	})
}

// FuzzJSONBody: the same for the body of version 2.
func FuzzJSONBody(f *testing.F) {
	f.Add(right, []byte("%PDF-1.7"))
	f.Add("\"},{<\u2028>", bytes.Repeat([]byte{0xff}, 30<<10))
	f.Fuzz(func(t *testing.T, text string, file []byte) {
		length, r, err := esign.JSONBody(text, file)
		if err != nil {
			t.Fatal(err)
		}
		content := must(io.ReadAll(r))
		var back struct {
			Text string
			File [][]byte
		}
		if err := json.Unmarshal(content, &back); err != nil || int64(len(content)) != length {
			t.Fatal(err, length, len(content))
		}
		if back.Text != strings.ToValidUTF8(text, "\uFFFD") || len(back.File) != 1 || !bytes.Equal(back.File[0], file) {
			t.Fatal("came back changed")
		}
	})
}
