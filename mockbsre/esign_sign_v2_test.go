package mockbsre_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/verify"
)

func TestSignV2(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	picture := b64(square(t, 300))
	_, height, err := signing.PageSize(bytes.NewReader(letter(t)), int64(len(letter(t))), passphrase.Secret{}, 1)
	require.NoError(t, err)
	at := map[string]any{"tampilan": "VISIBLE", "imageBase64": picture, "page": 1,
		"originX": 30.9843, "originY": 30.2047, "width": 25.0315, "height": 25.5906}
	with := func(changes map[string]any) map[string]any {
		p := map[string]any{}
		for k, v := range at {
			p[k] = v
		}
		for k, v := range changes {
			p[k] = v
		}
		return p
	}
	rect := []float64{30.9843, height - 30.2047 - 25.5906, 56.0158, height - 30.2047}
	for name, c := range map[string]struct {
		property map[string]any
		rect     []float64
		check    func(s verify.Signature)
	}{
		"invisible": {map[string]any{"tampilan": "INVISIBLE"}, nil, nil},
		"invisible with nulls": {map[string]any{"tampilan": "INVISIBLE", "imageBase64": nil, "page": nil, "originX": nil,
			"location": nil, "reason": "", "pdfPassword": nil}, nil, func(s verify.Signature) {
			assert.Empty(t, s.Claims.Reason+s.Claims.Location)
		}},
		"the text null": {map[string]any{"tampilan": "INVISIBLE", "reason": "null", "location": "Magelang", "contactInfo": "0293"}, nil,
			func(s verify.Signature) {
				assert.Equal(t, "null", s.Claims.Reason)
				assert.Equal(t, "Magelang", s.Claims.Location)
				assert.Equal(t, "0293", s.Claims.ContactInfo)
			}},
		"visible, y from the top":       {at, rect, nil},
		"visible, written in lower":     {with(map[string]any{"tampilan": "visible"}), rect, nil},
		"visible, numbers as text":      {with(map[string]any{"originX": "30.9843", "page": "1"}), rect, nil},
		"at a tag, the manual's name":   {map[string]any{"tampilan": "VISIBLE", "imageBase64": picture, "tag_koordinat": tag, "width": 60, "height": 30}, []float64{}, nil},
		"at a tag, the property's name": {map[string]any{"tampilan": "VISIBLE", "imageBase64": picture, "tag": tag, "width": 60, "height": 30}, []float64{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			body := b.invisible(letter(t))
			body["signatureProperties"] = []any{c.property}
			files := b.post("/api/v2/sign/pdf", body).files()
			require.Len(t, files, 1)
			s := b.sound(letter(t), files[0])
			switch {
			case c.rect == nil:
				assert.Nil(t, s.Place)
			case len(c.rect) == 0:
				require.NotNil(t, s.Place)
				assert.InDelta(t, 60, s.Place.Rect[2]-s.Place.Rect[0], 0.01)
			default:
				require.NotNil(t, s.Place)
				assert.InDeltaSlice(t, c.rect, s.Place.Rect[:], 0.001)
			}
			if c.check != nil {
				c.check(s)
			}
		})
	}
}

func TestSignV2ManyFilesAndSigners(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	docs := [][]byte{letter(t), append(letter(t), "\n% two\n"...), append(letter(t), "\n% three\n"...)}
	body := b.invisible(docs...)
	files := b.post("/api/v2/sign/pdf", body).files()
	require.Len(t, files, 3, "one property for all, in the order of the request")
	for i := range docs {
		b.sound(docs[i], files[i])
	}
	one := map[string]any{"tampilan": "INVISIBLE", "reason": "satu"}
	body["signatureProperties"] = []any{one, map[string]any{"tampilan": "INVISIBLE", "reason": "dua"}, one}
	files = b.post("/api/v2/sign/pdf", body).files()
	assert.Equal(t, "dua", b.sound(docs[1], files[1]).Claims.Reason)
	body["signatureProperties"] = []any{one, one}
	assert.Equal(t, 500, b.post("/api/v2/sign/pdf", body).status, "neither one nor one each")

	p, _ := enrol(t, b.Server, 1)
	again := map[string]any{"email": p.WorkEmail, "nik": "", "passphrase": typed, "totp": "", "file": files[:1],
		"signatureProperties": []any{map[string]any{"tampilan": "INVISIBLE"}}}
	twice := b.post("/api/v2/sign/pdf", again).files()
	assert.Len(t, judge(t, b.Server, twice[0]).Signatures, 2)
	b.sound(files[0], twice[0])
	assert.Len(t, b.Signatures(), 7)

	body = b.invisible(letter(t), []byte("no PDF"))
	assert.Equal(t, 500, b.post("/api/v2/sign/pdf", body).status)
	assert.Len(t, b.Signatures(), 7, "all or none")
}

func TestSignV2Refuses(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	people := map[certificate.Status]mockbsre.Person{}
	for i, status := range certificate.Statuses() {
		people[status] = mockbsre.MadeUpPerson(50 + i)
		_, err := b.Seed(t.Context(), people[status], status, secret)
		require.NoError(t, err)
	}
	change := func(key string, value any) map[string]any {
		body := b.invisible(letter(t))
		body[key] = value
		return body
	}
	of := func(s certificate.Status) map[string]any { return change("nik", people[s].NIK) }
	property := func(p map[string]any) map[string]any { return change("signatureProperties", []any{p}) }
	for _, c := range []struct {
		name   string
		body   map[string]any
		status int
		want   string // "" for the framework's
	}{
		{"wrong passphrase", change("passphrase", "x"), 400, `{"error":"Passphrase anda salah","status_code":2031}`},
		{"wrong one-time code", map[string]any{"nik": b.person.NIK, "totp": "000000", "file": [][]byte{letter(t)},
			"signatureProperties": []any{map[string]any{"tampilan": "INVISIBLE"}}}, 400, `{"error":"TOTP anda salah","status_code":2031}`},
		{"unknown", change("nik", "3371990101800009"), 400, `{"error":"User tidak terdaftar","status_code":2011}`},
		{"not registered", of(certificate.StatusNotRegistered), 400, `{"error":"User tidak terdaftar","status_code":2011}`},
		{"without certificate", of(certificate.StatusNoCertificate), 400, `{"error":"User belum memiliki sertifikat","status_code":2021}`},
		{"expired", of(certificate.StatusExpired), 400, `{"error":"Status sertifikat user EXPIRED","status_code":2022}`},
		{"renewing", of(certificate.StatusRenew), 400, `{"error":"Status sertifikat user RENEW","status_code":2023}`},
		{"suspended", of(certificate.StatusSuspend), 400, `{"error":"Status sertifikat user SUSPEND","status_code":2024}`},
		{"revoked", of(certificate.StatusRevoke), 400, `{"error":"Status sertifikat user REVOKE","status_code":2025}`},
		{"no credential", change("passphrase", ""), 500, ""},
		{"nobody", change("nik", nil), 500, ""},
		{"no file", change("file", [][]byte{}), 500, ""},
		{"not base64", change("file", []string{"data:application/pdf;base64,JVBERi0="}), 500, ""},
		{"file null", change("file", []any{nil}), 500, ""},
		{"no PDF", change("file", []string{"aGFsbw=="}), 500, ""},
		{"no property", change("signatureProperties", []any{}), 500, ""},
		{"no tampilan", property(map[string]any{}), 500, ""},
		{"visible, empty picture", property(map[string]any{"tampilan": "VISIBLE", "imageBase64": "", "page": 1, "originX": 1, "originY": 1, "width": 50, "height": 50}), 500, ""},
		{"visible without page", property(map[string]any{"tampilan": "VISIBLE", "imageBase64": b64(square(t, 9)), "originX": 1, "originY": 1, "width": 50, "height": 50}), 500, ""},
		{"visible without size", property(map[string]any{"tampilan": "VISIBLE", "imageBase64": b64(square(t, 9)), "page": 1, "originX": 1, "originY": 1}), 500, ""},
		{"no width", property(map[string]any{"tampilan": "VISIBLE", "imageBase64": b64(square(t, 9)), "page": 1, "originX": 1, "originY": 1, "width": 0, "height": 50}), 500, ""},
		{"below the page", property(map[string]any{"tampilan": "VISIBLE", "imageBase64": b64(square(t, 9)), "page": 1, "originX": 1, "originY": 5000, "width": 50, "height": 50}), 500, ""},
		{"half a page", property(map[string]any{"tampilan": "VISIBLE", "imageBase64": b64(square(t, 9)), "page": 1.5, "originX": 1, "originY": 50, "width": 50, "height": 50}), 500, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := b.post("/api/v2/sign/pdf", c.body)
			assert.Equal(t, c.status, answer.status, "%s", answer.body)
			if c.want != "" {
				assert.Equal(t, c.want, string(answer.body))
				return
			}
			assert.Equal(t, "Internal Server Error", answer.json()["error"])
		})
		b.Clock.Advance(time.Hour)
	}
	assert.Empty(t, b.Signatures())
}

func TestOneTimeCode(t *testing.T) {
	var told passphrase.Secret
	b := newBox(t, mockbsre.EsignConfig{OnCode: func(_ string, code passphrase.Secret) { told = code }})
	ask := func(files any) response {
		return b.post("/api/v2/sign/get/totp", map[string]any{"nik": b.person.NIK, "data": files})
	}
	sign := func(key string, code passphrase.Secret, docs ...[]byte) int {
		body := b.invisible(docs...)
		delete(body, "passphrase")
		body[key] = string(code.Reveal())
		return b.post("/api/v2/sign/pdf", body).status
	}
	_, err := b.OneTimeCode(b.id)
	assert.ErrorIs(t, err, mockbsre.ErrNoCode)
	for name, files := range map[string]any{"none": 0, "negative": -1, "half": 1.5, "too many": 1000, "missing": nil} {
		assert.Equal(t, 500, ask(files).status, name)
	}
	answer := ask(2)
	require.Equal(t, 200, answer.status)
	assert.Equal(t, true, answer.json()["success"])
	assert.Contains(t, answer.json()["message"], "aplikasi")
	code, err := b.OneTimeCode(b.id)
	require.NoError(t, err)
	assert.True(t, code.Equal(told))
	assert.Regexp(t, `^\d{6}$`, string(code.Reveal()))
	assert.NotContains(t, string(answer.body), string(code.Reveal()), "the code is not in the answer")

	assert.Equal(t, 400, sign("totp", code, letter(t), letter(t), letter(t)), "asked for two files")
	assert.Equal(t, 200, sign("totp", code, letter(t)))
	assert.Equal(t, 200, sign("otp", code, letter(t)), "the manual's other name")
	assert.Equal(t, 400, sign("totp", code, letter(t)), "used up")

	require.Equal(t, 200, ask("1").status, "a number written as text")
	older, err := b.OneTimeCode(b.id)
	require.NoError(t, err)
	require.Equal(t, 200, ask(1).status)
	newer, err := b.OneTimeCode(b.id)
	require.NoError(t, err)
	if !older.Equal(newer) {
		assert.Equal(t, 400, sign("totp", older, letter(t)), "voided by the newer one")
	}
	b.Clock.Advance(5 * time.Minute)
	assert.Equal(t, 400, sign("totp", newer, letter(t)), "too late")

	unknown := b.post("/api/v2/sign/get/totp", map[string]any{"nik": "3371990101800009", "data": 1})
	assert.Equal(t, 400, unknown.status)
}

func TestOneTimeCodeByMail(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{Quirks: map[mockbsre.Quirk]bool{mockbsre.QuirkCodeInApp: false, mockbsre.QuirkFieldAliases: false}})
	answer := b.post("/api/v2/sign/get/totp", map[string]any{"email": b.person.WorkEmail, "data": 1})
	require.Equal(t, 200, answer.status)
	m, err := b.Inbox.Latest(mockbsre.Query{To: b.person.WorkEmail, Text: "TOTP"})
	require.NoError(t, err)
	code := regexp.MustCompile(`\d{6}`).FindString(m.Text)
	body := b.invisible(letter(t))
	delete(body, "passphrase")
	body["otp"] = code
	assert.Equal(t, 500, b.post("/api/v2/sign/pdf", body).status, "aliases are off: no credential")
	body["totp"] = code
	assert.Equal(t, 200, b.post("/api/v2/sign/pdf", body).status)
}

func TestLevels(t *testing.T) {
	for level, want := range map[signing.Level]verify.Level{signing.LevelBT: verify.LevelBT, signing.LevelBLT: verify.LevelBLT} {
		b := newBox(t, mockbsre.EsignConfig{Level: level})
		signed := b.post("/api/v2/sign/pdf", b.invisible(letter(t))).files()[0]
		report, err := verify.Verify(t.Context(), bytes.NewReader(signed), int64(len(signed)), verify.Options{
			Roots: verify.Trust(b.Root()), Now: b.Clock.Now,
		})
		require.NoError(t, err)
		assert.Equal(t, want, report.Signatures[0].Level)
		assert.Equal(t, level == signing.LevelBLT, bytes.Contains(signed[len(letter(t)):], []byte("/DSS")))
		answer := b.post("/api/v2/verify/pdf", map[string]any{"file": signed}).json()
		assert.Equal(t, "VALID", answer["conclusion"], "the service is online")
	}
}

// TestOutputIsLikeRealOutput holds the appended bytes against what was seen in
// files of a real server.
func TestOutputIsLikeRealOutput(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	signed := b.post("/api/v2/sign/pdf", b.invisible(letter(t))).files()[0]
	added := signed[len(letter(t)):]
	for _, pattern := range []string{
		`/Type\s*/Sig\b`, `/Filter\s*/Adobe\.PPKLite`, `/SubFilter\s*/ETSI\.CAdES\.detached`, `/F\s+132\b`, `/SigFlags\s+3\b`,
		`/M\s*\(D:\d{14}\+07'00'\)`, `/T\s*\(bcs_ecs_\d{13}\)`, `/Rect\s*\[\s*0 0 0 0\s*\]`, `/Certs`, `/OCSPs`, `/VRI`,
	} {
		assert.Regexp(t, pattern, string(added))
	}
	for _, absent := range []string{`/Name\b`, `/Reason`, `/Location`} {
		assert.NotRegexp(t, absent, string(added))
	}
	contents := regexp.MustCompile(`<([0-9a-fA-F]{1000,})>`).FindSubmatch(added)
	require.NotNil(t, contents)
	assert.Len(t, contents[1], 2*16384, "16 KiB are reserved")
}

// TestPictureIsDrawn renders the page and looks for the picture.
func TestPictureIsDrawn(t *testing.T) {
	if _, err := exec.LookPath("pdfimages"); err != nil {
		if os.Getenv("SERTEL_CI") == "1" {
			t.Fatal("pdfimages is missing")
		}
		t.Skip("pdfimages is missing")
	}
	for name, c := range map[string]struct {
		shrunk bool
		want   string
	}{
		"shrunk to the density seen": {true, `\b36 +36\b`},
		"as fine as print needs":     {false, `\b209 +209\b`}, // 600 dots per inch of 25 points
	} {
		b := newBox(t, mockbsre.EsignConfig{Quirks: map[mockbsre.Quirk]bool{mockbsre.QuirkPictureShrunk: c.shrunk}})
		body := b.invisible(letter(t))
		body["signatureProperties"] = []any{map[string]any{"tampilan": "VISIBLE", "imageBase64": b64(square(t, 300)), "page": 1,
			"originX": 30.9843, "originY": 30.2047, "width": 25.0315, "height": 25.5906}}
		path := filepath.Join(t.TempDir(), "signed.pdf")
		require.NoError(t, os.WriteFile(path, b.post("/api/v2/sign/pdf", body).files()[0], 0o600))
		out, err := exec.Command("pdfimages", "-list", path).CombinedOutput()
		require.NoError(t, err)
		assert.Regexp(t, c.want, strings.ReplaceAll(string(out), "\n", " "), name)
	}
}

func TestErrorWithFile(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{Quirks: map[mockbsre.Quirk]bool{mockbsre.QuirkErrorWithFile: true}})
	body := b.invisible(letter(t))
	body["signatureProperties"] = []any{map[string]any{"tampilan": "VISIBLE", "imageBase64": "", "page": 1, "originX": 1, "originY": 1, "width": 50, "height": 50}}
	answer := b.post("/api/v2/sign/pdf", body)
	assert.Equal(t, 500, answer.status)
	answer.status = 200
	b.sound(letter(t), answer.files()[0])
}
