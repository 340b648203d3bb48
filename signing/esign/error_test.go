package esign_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
)

func TestErrorShapesInCirculation(t *testing.T) {
	in := letter(t, "cairo")
	for _, tc := range []struct {
		name   string
		status int
		body   string
		want   esign.Code
		code   int
		text   string
	}{
		{"code in status_code", 400, `{"error":"Passphrase anda salah","status_code":2031}`, esign.CodePassphraseWrong, 2031, "Passphrase anda salah"},
		{"code glued to the text", 400, `{"error":"Proses signing gagal : Passphrase anda salah 2031","status_code":400}`, esign.CodePassphraseWrong, 2031, "Proses signing gagal : Passphrase anda salah 2031"},
		{"glued, signer unknown", 400, `{"error":"Proses signing gagal : User tidak terdaftar 2011","status_code":400}`, esign.CodeSignerUnknown, 2011, "Proses signing gagal : User tidak terdaftar 2011"},
		{"with exclamation marks", 400, `{"status_code":2031,"error":"Passphrase anda salah !!!"}`, esign.CodePassphraseWrong, 2031, "Passphrase anda salah !!!"},
		{"signer of 2019", 400, `{"status_code":2011,"error":"Penandatangan tidak terdaftar"}`, esign.CodeSignerUnknown, 2011, "Penandatangan tidak terdaftar"},
		{"message instead of error", 400, `{"message":"Passphrase anda salah"}`, esign.CodePassphraseWrong, 0, "Passphrase anda salah"},
		{"code as text", 400, `{"error":"x","status_code":"2021"}`, esign.CodeNoCertificate, 2021, "x"},
		{"error in a 200", 200, `{"error":"Passphrase anda salah","status_code":2031}`, esign.CodePassphraseWrong, 2031, "Passphrase anda salah"},
		{"the framework's 401", 401, `{"timestamp":"2026-01-02T03:04:05.678+00:00","status":401,"error":"Unauthorized","path":"/api/v2/user/check/status"}`, esign.CodeApplication, 0, "Unauthorized"},
		{"the framework's 500", 500, `{"timestamp":"2026-01-02T03:04:05.678+00:00","status":500,"error":"Internal Server Error","path":"/api/v2/sign/pdf"}`, esign.CodeServiceFault, 0, "Internal Server Error"},
		{"500 without JSON", 500, `java.lang.NullPointerException`, esign.CodeServiceFault, 0, ""},
		{"one-time code", 400, `{"error":"TOTP tidak valid"}`, esign.CodeOneTimeCodeWrong, 0, "TOTP tidak valid"},
		{"no reason given", 400, ``, esign.CodeRefused, 0, ""},
		{"disabled credential", 403, ``, esign.CodeForbidden, 0, ""},
		{"another address", 404, `<html>404</html>`, esign.CodeNoEndpoint, 0, ""},
		{"nginx bound", 413, `<html>413 Request Entity Too Large</html>`, esign.CodeTooLarge, 0, ""},
		{"overloaded", 503, ``, esign.CodeBusy, 0, ""},
		{"redirect to https", 301, ``, esign.CodeRedirect, 0, ""},
		{"a code of this agency's box", 400, `{"error":"x","status_code":2041}`, esign.CodeDocument, 2041, "x"},
	} {
		for version, change := range map[string]func(*esign.Config){"v1": v1, "v2": nil} {
			t.Run(tc.name+" "+version, func(t *testing.T) {
				b := newBox(t)
				b.says("/api/sign/pdf", tc.status, tc.body)
				b.says("/api/v2/sign/pdf", tc.status, tc.body)
				c := b.client(func(cfg *esign.Config) {
					if change != nil {
						change(cfg)
					}
					cfg.Codes = map[int]esign.Code{2041: esign.CodeDocument}
				})
				out, r, err := sign(c, in, esign.Request{})
				e := asEsign(t, err)
				assert.Equal(t, tc.want, e.Code)
				assert.ErrorIs(t, err, tc.want)
				assert.Equal(t, esign.OutcomeRefused, e.Outcome)
				assert.Equal(t, esign.OutcomeRefused, r.Outcome)
				assert.Equal(t, tc.status, e.HTTPStatus)
				assert.Equal(t, tc.code, e.ServerCode)
				assert.Equal(t, tc.text, e.ServerText)
				assert.Empty(t, out)
				if tc.want == esign.CodePassphraseWrong {
					assert.ErrorIs(t, err, signing.ErrCredential)
					assert.Equal(t, esign.ScopeSigner, e.Scope)
				}
				assert.Len(t, b.requests(), map[string]int{"v1": 1, "v2": 2}[version], "nothing is repeated; v2 asks for the chain before")

				_, _, err = sign(c, in, esign.Request{})
				assert.ErrorIs(t, err, tc.want, "a refusal needs no decision")
			})
		}
	}
}

func TestServiceFaultNamesLikelyCauses(t *testing.T) {
	b := newBox(t)
	first, _, err := sign(b.client(nil), letter(t, "libreoffice"), esign.Request{})
	require.NoError(t, err)
	b.says("/api/v2/sign/pdf", 500, `{"timestamp":"2026-01-02T03:04:05.678+00:00","status":500,"error":"Internal Server Error","path":"/api/v2/sign/pdf"}`)
	_, _, err = sign(b.client(nil), first, esign.Request{})
	e := asEsign(t, err)
	assert.Equal(t, []esign.Cause{esign.CauseSigned}, e.Causes)
	assert.Contains(t, e.Text("id"), "sudah memuat tanda tangan lain")
	assert.Contains(t, e.Text("en"), "has other signatures")
}

func TestServiceFaultSaysWhatWasSent(t *testing.T) {
	in := letter(t, "cairo")
	for name, tc := range map[string]struct {
		path         string
		signed, sent bool
	}{
		"the signature itself":        {"/api/v2/sign/pdf", true, true},
		"the status before it":        {"/api/v2/user/check/status", true, false},
		"a status that was asked for": {"/api/v2/user/check/status", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			b.says(tc.path, 500, "")
			c := b.client(func(cfg *esign.Config) { cfg.CheckStatus = !tc.sent })
			var err error
			if tc.signed {
				_, _, err = sign(c, in, esign.Request{})
			} else {
				_, err = c.Status(t.Context(), budi())
			}
			e := asEsign(t, err)
			require.Equal(t, esign.CodeServiceFault, e.Code)
			for lang, says := range map[esign.Lang][2]string{
				passphrase.Indonesian: {"Dokumen belum ditandatangani.", "Periksa dokumen dan gambarnya."},
				passphrase.English:    {"The document was not signed.", "Check the document and its picture."},
			} {
				assert.Equal(t, tc.signed, strings.Contains(e.Text(lang), says[0]), e.Text(lang))
				assert.Regexp(t, "(Hubungi|Ask).*Esign Client\\.$", e.Text(lang), "whom to ask comes last")
				assert.Equal(t, tc.sent, strings.Contains(e.Text(lang), says[1]), e.Text(lang))
			}
		})
	}
}

func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for _, code := range esign.Codes() {
		id, en := code.Text("id"), code.Text("en")
		assert.NotEmpty(t, id, code)
		assert.NotEqual(t, id, en, code)
		for _, text := range []string{id, en} {
			assert.True(t, unicode.IsUpper(rune(text[0])) && strings.HasSuffix(text, "."), "whole sentences: %s", text)
			assert.NotContains(t, strings.ToLower(text), "karanti", "the catalogue does not know what was kept")
		}
		assert.False(t, seen[string(code)] || seen[id] || seen[en], "%s is there once", code)
		seen[string(code)], seen[id], seen[en] = true, true, true
		assert.True(t, strings.HasPrefix(string(code), "ESIGN_"), code)
		assert.Equal(t, string(code), fmt.Sprint(code))
		assert.Equal(t, id, code.Text("xx"), "Indonesian by default")
	}
	assert.NotEmpty(t, esign.Code("ESIGN_FUTURE").Text("id"))
	for _, h := range []esign.Helper{esign.HelpSigner, esign.HelpAuthor, esign.HelpApplication, esign.HelpService, esign.HelpCertificate} {
		assert.NotEqual(t, h.Text("id"), h.Text("en"))
		assert.NotEqual(t, string(h), h.Text("id"))
	}
}

func TestErrorAsJSON(t *testing.T) {
	b := newBox(t)
	b.says("/api/v2/sign/pdf", 400, `{"error":"Passphrase anda salah","status_code":2031}`)
	_, _, err := sign(b.client(nil), letter(t, "cairo"), esign.Request{})
	e := asEsign(t, err)
	var got map[string]any
	require.NoError(t, json.Unmarshal(must(json.Marshal(e)), &got))
	delete(got, "attempt_id")
	delete(got, "key")
	assert.Equal(t, map[string]any{
		"code": "ESIGN_PASSPHRASE_WRONG", "outcome": "refused", "http_status": 400.0, "server_code": 2031.0,
		"server_text": "Passphrase anda salah", "scope": "signer", "helper": "signer", "retry": "changed",
		"text_id": e.Text("id"), "text_en": e.Text("en"),
	}, got)
}

func TestRefusedBeforeAnythingLeaves(t *testing.T) {
	in := letter(t, "libreoffice")
	type change = func(id *esign.Identity, r *esign.Request)
	big := func(p signing.Placement) change {
		return func(_ *esign.Identity, r *esign.Request) { *r = visible(); r.Placement = p }
	}
	for _, tc := range []struct {
		name    string
		version esign.Version
		in      []byte
		change  change
		want    error
	}{
		{"nobody named", esign.V2, in, func(id *esign.Identity, _ *esign.Request) { *id = esign.Identity{} }, esign.CodeIdentity},
		{"mail in version 1", esign.V1, in, func(id *esign.Identity, _ *esign.Request) { *id = byMail() }, esign.CodeUnsupported},
		{"no credential", esign.V2, in, func(_ *esign.Identity, r *esign.Request) { r.Credential = signing.Credential{} }, esign.CodeCredential},
		{"both credentials", esign.V2, in, func(_ *esign.Identity, r *esign.Request) { r.Credential.OneTimeCode = passphrase.FromString(oneTime) }, esign.CodeCredential},
		{"one-time code in version 1", esign.V1, in, func(_ *esign.Identity, r *esign.Request) {
			r.Credential = signing.Credential{OneTimeCode: passphrase.FromString(oneTime)}
		}, esign.CodeUnsupported},
		{"passphrase that JSON cannot carry", esign.V2, in, func(_ *esign.Identity, r *esign.Request) {
			r.Credential.Passphrase = passphrase.FromString("Kata\xff1")
		}, esign.CodeUnsupported},
		{"a named field", esign.V2, in, func(_ *esign.Identity, r *esign.Request) { r.Field = "Kepala" }, esign.CodeUnsupported},
		{"a certification", esign.V2, in, func(_ *esign.Identity, r *esign.Request) { r.Certify = signing.CertifyNoChanges }, esign.CodeUnsupported},
		{"the box's QR in version 2", esign.V2, in, func(_ *esign.Identity, r *esign.Request) {
			*r = visible()
			r.Block, r.ServerQR = nil, "https://x.example"
		}, esign.CodeUnsupported},
		{"document password in version 1", esign.V1, in, func(_ *esign.Identity, r *esign.Request) { r.DocumentPassword = passphrase.FromString("x") }, esign.CodeUnsupported},
		{"picture and block", esign.V2, in, func(_ *esign.Identity, r *esign.Request) { *r = visible(); r.Picture = []byte("\x89PNG\r\n\x1a\n") }, esign.CodeRequest},
		{"a picture of another kind", esign.V2, in, func(_ *esign.Identity, r *esign.Request) { *r = visible(); r.Block, r.Picture = nil, []byte("GIF89a") }, esign.CodeRequest},
		{"a place with nothing to show", esign.V2, in, func(_ *esign.Identity, r *esign.Request) { r.Placement = visible().Placement }, esign.CodeRequest},
		{"no such page", esign.V2, in, big(signing.Placement{Page: 9, Rect: signing.Rect{Width: 90, Height: 30}}), signing.ErrNoPage},
		{"outside the page", esign.V2, in, big(signing.Placement{Page: 1, Rect: signing.Rect{X: 560, Width: 90, Height: 30}}), signing.ErrOutsidePage},
		{"tag not in the text", esign.V2, in, big(signing.Placement{Anchor: "^^", Width: 90, Height: 30}), signing.ErrTagNotFound},
		{"box's tag with a page", esign.V2, in, func(_ *esign.Identity, r *esign.Request) { *r = visible(); r.ServerTag = "#" }, esign.CodePlacement},
		{"a rotated page", esign.V2, letter(t, "qpdf-rotated"), func(_ *esign.Identity, r *esign.Request) { *r = visible() }, esign.CodeUnsupported},
		{"a text too long", esign.V2, in, func(_ *esign.Identity, r *esign.Request) { r.Reason = strings.Repeat("a", 5000) }, esign.CodeRequest},
		{"no PDF", esign.V2, []byte("PK\x03\x04 surat.docx"), nil, signing.ErrNotPDF},
		{"an empty file", esign.V2, nil, nil, esign.CodeRequest},
		{"too large", esign.V2, bytes.Repeat([]byte("x"), 2<<20), nil, esign.CodeTooLarge},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := newBox(t)
			c := b.client(func(cfg *esign.Config) { cfg.Version, cfg.MaxDocument = tc.version, 2<<20-1 })
			id, req := budi(), esign.Request{}
			req.Credential = withPassphrase(right).Credential
			if tc.change != nil {
				tc.change(&id, &req)
			}
			_, err := c.Signer(id).Sign(context.Background(), io.Discard, bytes.NewReader(tc.in), int64(len(tc.in)), req)
			assert.ErrorIs(t, err, tc.want)
			assert.Equal(t, esign.OutcomeRefused, asEsign(t, err).Outcome)
			assert.Empty(t, b.requests(), "nothing leaves")
			if errors.Is(err, esign.CodeUnsupported) {
				var u *signing.UnsupportedError
				assert.ErrorAs(t, err, &u)
			}
		})
	}
}

func TestStatusAskedBeforeSigning(t *testing.T) {
	b := newBox(t)
	c := b.client(func(cfg *esign.Config) { cfg.CheckStatus = true })
	in := letter(t, "cairo")
	b.says("/api/v2/user/check/status", 200, `{"status_code":2021,"status":"NO_CERTIFICATE","message":"User belum memiliki sertifikat"}`)
	_, _, err := sign(c, in, esign.Request{})
	assert.ErrorIs(t, err, esign.CodeStatus)
	assert.Contains(t, err.Error(), "NO_CERTIFICATE")
	b.says("/api/v2/user/check/status", 200, `{"status_code":1111,"status":"ACTIVE","message":"?"}`)
	_, _, err = sign(c, in, esign.Request{})
	assert.ErrorIs(t, err, esign.CodeStatus, "an unknown word is not good")
	assert.Zero(t, b.count("/api/v2/sign/pdf"))
	b.says("/api/v2/user/check/status", 200, `{"status_code":1111,"status":"ISSUE","message":"User sudah terdaftar dan memiliki sertifikat dengan status ISSUE"}`)
	_, _, err = sign(c, in, esign.Request{})
	assert.NoError(t, err)
}

func TestConfigIsChecked(t *testing.T) {
	good := esign.Config{BaseURL: "https://esign.agency.example", Username: appUser, Password: passphrase.FromString(appPass)}
	_, err := esign.New(good)
	require.NoError(t, err)
	for name, change := range map[string]func(*esign.Config){
		"InsecurePlainHTTP": func(c *esign.Config) { c.BaseURL = "http://10.0.0.7" },
		"BaseURL":           func(c *esign.Config) { c.BaseURL = "https://" },
		"scheme":            func(c *esign.Config) { c.BaseURL = "https://user:pw@host" },
		"https":             func(c *esign.Config) { c.BaseURL = "ftp://host" },
		"Username":          func(c *esign.Config) { c.Username = "" },
		"Password":          func(c *esign.Config) { c.Password = passphrase.Secret{} },
		"LedgerKey":         func(c *esign.Config) { c.Ledger = esign.NewMemoryLedger() },
		"Extend":            func(c *esign.Config) { c.Extend = &signing.Evidence{} },
		"Version":           func(c *esign.Config) { c.Version = 3 },
		"V2TagKey":          func(c *esign.Config) { c.Profile.V2TagKey = "x" },
		"V2CodeKey":         func(c *esign.Config) { c.Profile.V2CodeKey = "x" },
		"negative":          func(c *esign.Config) { c.MaxGrowth = -1 },
	} {
		cfg := good
		change(&cfg)
		_, err := esign.New(cfg)
		require.ErrorIs(t, err, esign.ErrConfig, name)
		assert.Contains(t, err.Error(), name, "the error names what to change")
	}
}

func TestOnlyReadsAreRetried(t *testing.T) {
	b := newBox(t)
	n := 0
	flaky := func(w http.ResponseWriter, r *http.Request) {
		if n++; n < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, `{"status_code":1111,"status":"ISSUE","message":"ok"}`)
	}
	b.on("/api/v2/user/check/status", flaky)
	c := b.client(nil)
	_, err := c.Status(context.Background(), budi())
	require.NoError(t, err)
	assert.Equal(t, 3, n)

	n = -10
	_, err = c.Status(context.Background(), budi())
	assert.ErrorIs(t, err, esign.CodeBusy)
	assert.Equal(t, -7, n, "a first try and two more")

	b.says("/api/v2/sign/get/totp", 503, "")
	_, err = c.RequestCode(context.Background(), budi(), 1)
	assert.ErrorIs(t, err, esign.CodeBusy)
	assert.Equal(t, 1, b.count("/api/v2/sign/get/totp"))
}

func TestScopesForABatch(t *testing.T) {
	for code, want := range map[esign.Code]signing.Scope{
		esign.CodePassphraseWrong: signing.ScopeSigner, esign.CodeApplication: signing.ScopeApplication,
		esign.CodePlacement: signing.ScopeDocument, esign.CodeUnsettled: signing.ScopeDocument,
		esign.CodeCanceled: signing.ScopeApplication, esign.CodeOutcomeUnknown: signing.ScopeService, esign.CodeRefused: signing.ScopeService,
	} {
		b := newBox(t)
		b.says("/api/v2/sign/pdf", 400, `{"error":"x","status_code":9999}`)
		c := b.client(func(cfg *esign.Config) { cfg.Codes = map[int]esign.Code{9999: code} })
		_, _, err := sign(c, letter(t, "cairo"), esign.Request{})
		assert.ErrorIs(t, err, code)
		assert.Equal(t, want, signing.ScopeOf(fmt.Errorf("letter 12: %w", err)), code)
	}
}

func ExampleError() {
	err := fmt.Errorf("sign letter 12: %w", error(esign.CodePassphraseWrong))
	if errors.Is(err, esign.CodePassphraseWrong) {
		fmt.Println(esign.CodePassphraseWrong.Text("id"))
	}
	// Output: Passphrase salah. Masukkan passphrase dengan benar. Bila lupa, ajukan reset passphrase.
}
