package mockbsre_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
)

// remarks are those on the last call.
func (b *box) remarks() (all []string) {
	b.t.Helper()
	journal := b.Journal()
	require.NotEmpty(b.t, journal)
	for _, r := range journal[len(journal)-1].Remarks {
		all = append(all, r.String())
	}
	return all
}

func strictBox(t testing.TB) *box {
	srv := mockbsre.NewUnstarted(mockbsre.Config{Strict: true})
	require.NoError(t, srv.Start(t.Context()))
	t.Cleanup(srv.Close)
	b := &box{Server: srv, t: t}
	b.person, b.id = enrol(t, srv, 0)
	return b
}

func TestRemarksOnJSON(t *testing.T) {
	b := strictBox(t)
	pdf, png := b64(letter(t)), b64(square(t, 30))
	fill := strings.NewReplacer("NIK", b.person.NIK, "MAIL", b.person.WorkEmail, "PASS", typed, "PDF", pdf, "PNG", png, "TAG", tag)
	property := func(members string) string {
		return `{"nik":"NIK","passphrase":"PASS","signatureProperties":[{` + members + `}],"file":["PDF"]}`
	}
	const shown = `"tampilan":"VISIBLE","imageBase64":"PNG","width":60,"height":60`
	for name, c := range map[string]struct {
		path, body string
		want       []string
	}{
		"as the manual has it": {"/api/v2/sign/pdf", property(shown + `,"page":1,"originX":10,"originY":10,"location":null,"reason":""`), nil},
		"by tag":               {"/api/v2/sign/pdf", property(shown + `,"tag_koordinat":"TAG"`), nil},
		"two signers' files":   {"/api/v2/sign/pdf", `{"email":"MAIL","passphrase":"PASS","signatureProperties":[{"tampilan":"INVISIBLE"},{"tampilan":"INVISIBLE"}],"file":["PDF","PDF"]}`, nil},
		"status by mail":       {"/api/v2/user/check/status", `{"email":"MAIL"}`, nil},
		"a code":               {"/api/v2/sign/get/totp", `{"nik":"NIK","data":2}`, nil},
		"the alias of the tag": {"/api/v2/sign/pdf", property(shown + `,"tag":"TAG"`), []string{`member "tag"; instead: "tag_koordinat"`}},
		"the alias of the code": {"/api/v2/sign/pdf", `{"nik":"NIK","otp":"000000","signatureProperties":[{"tampilan":"INVISIBLE"}],"file":["PDF"]}`,
			[]string{`member "otp"; instead: "totp"`, `neither "passphrase" nor "totp"; instead: one of them`}},
		"a word in lower case":  {"/api/v2/sign/pdf", property(`"tampilan":"invisible"`), []string{`"tampilan" is "invisible"; instead: INVISIBLE`}},
		"something else":        {"/api/v2/sign/pdf", property(`"tampilan":"PASS"`), []string{`"tampilan" is [18 bytes]`}},
		"a member misspelt":     {"/api/v2/sign/pdf", property(shown + `,"page":1,"originX":10,"orginY":10`), []string{`unknown member "orginY"; instead: "originY"`}},
		"a member of elsewhere": {"/api/v2/sign/pdf", property(`"tampilan":"INVISIBLE","invisibleSignatureLevel":1`), []string{`unknown member "invisibleSignatureLevel"`}},
		"numbers as texts":      {"/api/v2/sign/pdf", property(shown + `,"page":"1","originX":10,"originY":10`), []string{`"page" as a text; instead: a number`}},
		"the text null":         {"/api/v2/sign/pdf", property(`"tampilan":"INVISIBLE","reason":"null"`), []string{`"reason" holds the text "null"; instead: null, or leave it out`}},
		"no picture":            {"/api/v2/sign/pdf", property(`"tampilan":"VISIBLE","width":60,"height":60,"tag_koordinat":"TAG"`), []string{`a visible signature without a picture; instead: "imageBase64": version 2 draws nothing by itself`}},
		"no size":               {"/api/v2/sign/pdf", property(`"tampilan":"VISIBLE","imageBase64":"PNG","tag_koordinat":"TAG"`), []string{`a visible signature without its size; instead: "width" and "height"`}},
		"tag and coordinates":   {"/api/v2/sign/pdf", property(shown + `,"tag_koordinat":"TAG","page":1`), []string{`a place both by tag and by coordinates; instead: one of them`}},
		"invisible with a size": {"/api/v2/sign/pdf", property(`"tampilan":"INVISIBLE","width":60,"height":60`), []string{`an invisible signature with a place or a picture; instead: neither, or VISIBLE`}},
		"two credentials": {"/api/v2/sign/pdf", `{"nik":"NIK","passphrase":"PASS","totp":"000000","signatureProperties":[{"tampilan":"INVISIBLE"}],"file":["PDF"]}`,
			[]string{`"passphrase" and a one-time code; instead: one of them`}},
		"a data URL": {"/api/v2/verify/pdf", `{"file":"data:application/pdf;base64,PDF"}`,
			[]string{`a file that is not plain base64; instead: base64 without line breaks and without data:`}},
		"nobody":               {"/api/v2/user/check/status", `{}`, []string{`neither "nik" nor "email"; instead: one of them`}},
		"a NIK as a number":    {"/api/v2/user/check/status", `{"nik":NIK}`, []string{"NIK that is not 16 digits as text; instead: 16 digits, as text"}},
		"a member twice":       {"/api/v2/user/check/status", `{"nik":"NIK","nik":"NIK"}`, []string{`member "nik" twice; instead: once`}},
		"no JSON":              {"/api/v2/user/check/status", `nik=NIK`, []string{"a body that cannot be read; instead: one JSON object as the manual has it"}},
		"an unknown branch":    {"/api/v2/user/check/status", `{"nik":"NIK","data":{"nik":1,"x":[{"y":2}]}}`, []string{`unknown member "data"`}},
		"a slash too many":     {"/api/v2/user/check/status/", `{"nik":"NIK"}`, []string{"path /api/v2/user/check/status/; instead: /api/v2/user/check/status"}},
		"one client's path":    {"/api/v2/user/check-status", `{"nik":"NIK"}`, []string{"path /api/v2/user/check-status; instead: /api/v2/user/check/status"}},
		"two libraries' path":  {"/api/v2/user/register", `{"nama":"Budi Contoh","email":"MAIL"}`, []string{"path /api/v2/user/register; instead: /api/v2/user/registration"}},
		"a path misspelt":      {"/api/v2/sign/pdff", `{}`, []string{"no endpoint POST /api/v2/sign/pdff; instead: POST /api/v2/sign/pdf"}},
		"a path without v2":    {"/api/sign/get/totp", `{}`, []string{"no endpoint POST /api/sign/get/totp; instead: POST /api/v2/sign/get/totp"}},
		"POST in place of GET": {"/api/user/status/3371990101800001", ``, []string{"no endpoint POST /api/user/status/[digits]; instead: GET /api/user/status/{id}"}},
	} {
		t.Run(name, func(t *testing.T) {
			b.ClearJournal()
			b.post(c.path, fill.Replace(c.body))
			assert.Equal(t, c.want, b.remarks())
			assert.Len(t, b.StrictErrors(), len(c.want))
		})
	}
	b.ClearJournal()
	b.do(b.request("POST", "/api/v2/user/check/status", "text/plain", strings.NewReader(`{"nik":"3"}`)))
	assert.Equal(t, []string{"a body that is not JSON by its content type; instead: application/json"}, b.remarks())
	assert.EqualError(t, b.StrictErrors()[0], "mockbsre: strict: v2 status: a body that is not JSON by its content type; instead: application/json")
}

func TestRemarksOnForms(t *testing.T) {
	b := strictBox(t)
	d := dialects["PHP curl"] // files with their types
	at := func(x, y, w, h string) []part {
		return []part{{name: "xAxis", value: x}, {name: "yAxis", value: y}, {name: "width", value: w}, {name: "height", value: h}}
	}
	with := func(parts []part, more ...part) []part { return append(parts, more...) }
	for name, c := range map[string]struct {
		parts []part
		want  []string
	}{
		"as the manual has it": {with(at("10", "10", "100", "200"), part{name: "tampilan", value: "visible"}, part{name: "image", value: "true"},
			part{name: "imageTTD", data: square(t, 30)}, part{name: "halaman", value: "pertama"}), nil},
		"by tag": {[]part{{name: "tampilan", value: "visible"}, {name: "image", value: "false"}, {name: "linkQR", value: "https://a.example"},
			{name: "tag_koordinat", value: tag}, {name: "width", value: "55"}, {name: "height", value: "55"}}, nil},
		"invisible": {[]part{{name: "tampilan", value: "invisible"}, {name: "reason", value: "sah"}}, nil},
		"words in capitals": {with(at("10", "10", "100", "200"), part{name: "tampilan", value: "VISIBLE"}, part{name: "image", value: "false"},
			part{name: "linkQR", value: "x"}, part{name: "halaman", value: "TERAKHIR"}),
			[]string{`"tampilan" is "VISIBLE"; instead: visible`, `"halaman" is "TERAKHIR"; instead: terakhir`}},
		"a size": {with(at("80", "80", "70", "70"), part{name: "tampilan", value: "visible"}, part{name: "image", value: "false"},
			part{name: "linkQR", value: "x"}, part{name: "page", value: "1"}),
			[]string{`"width" and "height" as a size; instead: the upper right corner: beside coordinates they are that`}},
		"empty parts": {[]part{{name: "tampilan", value: "invisible"}, {name: "linkQR"}}, []string{`field "linkQR" with an invisible signature; instead: leave it out`}},
		"the answer in base64": {[]part{{name: "tampilan", value: "invisible"}, {name: "jenis_response", value: "BASE64"}},
			[]string{`field "jenis_response", which the manual does not have; instead: leave it out and read the bytes`}},
		"a field misspelt": {[]part{{name: "tampilan", value: "invisible"}, {name: "resaon", value: "sah"}}, []string{`unknown field "resaon"; instead: "reason"`}},
		"a field twice":    {[]part{{name: "tampilan", value: "invisible"}, {name: "tampilan", value: "invisible"}}, []string{`field "tampilan" twice; instead: once`}},
		"a tag alone": {[]part{{name: "tampilan", value: "visible"}, {name: "tag_koordinat", value: tag}},
			[]string{`"image" is ""`}},
		"nowhere": {with(at("10", "10", "100", "200"), part{name: "tampilan", value: "visible"}, part{name: "image", value: "true"}),
			[]string{`a picture that is not there; instead: "imageTTD"`, `0 of "halaman", "page" and "tag_koordinat"; instead: one of them`}},
	} {
		t.Run(name, func(t *testing.T) {
			b.ClearJournal()
			b.raw("POST /api/sign/pdf HTTP/1.1\r\n"+d.headers+"Content-Type: multipart/form-data; boundary="+d.boundary+"\r\n", d.compose(b.base(c.parts...)...))
			assert.Equal(t, c.want, b.remarks())
		})
	}
	kind, body := formOf(t, b.base(part{name: "tampilan", value: "invisible"})...)
	b.do(b.request("POST", "/api/sign/pdf", kind, body))
	assert.Equal(t, []string{`file "file" with the type "application/octet-stream"; instead: application/pdf`}, b.remarks())
	bare := dialects["file without a name"]
	b.raw("POST /api/sign/verify?x=1 HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\n", bare.compose(part{name: "signed_file", data: letter(t)}))
	assert.Equal(t, []string{`file "signed_file" without a file name; instead: a name that ends in .pdf, .png or .jpg`, `field "x" in the address; instead: in the form`}, b.remarks())
	b.post("/api/sign/verify", "{}")
	assert.Equal(t, []string{"a body that is no form; instead: multipart/form-data"}, b.remarks())
	b.get("/api/user/status/12")
	assert.Equal(t, []string{"NIK that is not 16 digits; instead: 16 digits, as text"}, b.remarks())
}

func TestRemarksOnCredentials(t *testing.T) {
	b := strictBox(t)
	right := "Basic ZW9mZmljZS10aXJ1YW46c2FuZGktYXBsaWthc2ktdGlydWFu"
	const instead = "; instead: HTTP Basic with the application's credential, alone"
	for name, c := range map[string]struct {
		values []string
		want   []string
	}{
		"right":             {[]string{right}, nil},
		"wrong, but Basic":  {[]string{"Basic eDp5"}, nil},
		"a token beside it": {[]string{"Bearer abc", right}, []string{"several credentials" + instead}},
		"a token alone":     {[]string{"Bearer abc"}, []string{"a credential that is not HTTP Basic" + instead}},
		"none":              {nil, []string{"no Authorization header" + instead}},
	} {
		r := b.request("GET", "/api/user/status/"+b.person.NIK, "", nil)
		r.Header["Authorization"] = c.values
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		assert.Equal(t, c.want, b.remarks(), name)
	}
}

func TestRemarksHideWhatTheyMust(t *testing.T) {
	b := strictBox(t)
	b.post("/api/v2/user/check/status", `{"`+b.person.NIK+`":"x","`+b.person.WorkEmail+`":1,"nik":12}`)
	b.post("/api/v2/sign/"+b.person.NIK, `{}`)
	for _, err := range b.StrictErrors() {
		assert.NotContains(t, err.Error(), b.person.NIK)
		assert.NotContains(t, err.Error(), b.person.WorkEmail)
	}
	assert.Len(t, b.StrictErrors(), 4)
	b.ClearJournal()
	assert.Empty(t, b.StrictErrors())

	calm := newBox(t, mockbsre.EsignConfig{})
	calm.post("/api/v2/user/check/status", `{"nikk":1}`)
	assert.NotEmpty(t, calm.remarks(), "the journal tells in any case")
	assert.Empty(t, calm.StrictErrors())
}

// told is a test that only remembers that it failed.
type told struct {
	testing.TB
	mu      sync.Mutex
	errors  []string
	cleanup []func()
}

func (t *told) Error(args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.errors = append(t.errors, args[0].(error).Error())
}

func (t *told) Cleanup(f func()) { t.cleanup = append(t.cleanup, f) }

func TestStrictFailsTheTest(t *testing.T) {
	test := &told{TB: t}
	srv := mockbsre.NewWith(test, mockbsre.Config{Strict: true})
	handler := srv.Handler()
	b := &box{Server: srv, t: t}
	b.person, b.id = enrol(t, srv, 0)
	b.post("/api/v2/user/check/status", map[string]string{"nik": b.person.NIK})
	assert.Empty(t, test.errors)
	b.post("/api/v2/user/check/status", map[string]string{"nik": b.person.NIK, "emial": "x"})
	assert.Equal(t, []string{`mockbsre: strict: v2 status: unknown member "emial"; instead: "email"`}, test.errors)
	for _, f := range test.cleanup {
		f()
	}
	r, err := http.NewRequestWithContext(t.Context(), "GET", "/api/nothing", nil)
	require.NoError(t, err)
	r.SetBasicAuth(mockbsre.DefaultUsername, mockbsre.DefaultPassword)
	handler.ServeHTTP(discard{}, r)
	assert.Len(t, test.errors, 1, "a test that has ended is told nothing")
}

// discard takes an answer.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) WriteHeader(int)             {}
func (discard) Write(b []byte) (int, error) { return len(b), nil }
