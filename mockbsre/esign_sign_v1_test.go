package mockbsre_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"image"
	"image/color"
	"image/png"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/signing/verify"
)

func itoa(n int) string { return strconv.Itoa(n) }

// square is a picture of n by n pixels.
func square(t testing.TB, n int) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, n, n))
	for i := range n {
		img.Set(i, i, color.Black)
	}
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, img))
	return out.Bytes()
}

// sound judges a signed letter and returns its newest signature.
func (b *box) sound(original, signed []byte) verify.Signature {
	b.t.Helper()
	require.True(b.t, bytes.HasPrefix(signed, original), "the submitted bytes are an untouched prefix")
	report := judge(b.t, b.Server, signed)
	require.NoError(b.t, report.Err())
	return report.Signatures[len(report.Signatures)-1]
}

func TestSignV1(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	picture := part{name: "imageTTD", data: square(t, 300)}
	corners := []part{{name: "page", value: "1"}, {name: "xAxis", value: "410.2"}, {name: "yAxis", value: "141.9"},
		{name: "width", value: "552.2"}, {name: "height", value: "191.1"}}
	for name, c := range map[string]struct {
		parts []part
		rect  []float64 // of the widget; nil for an invisible signature
	}{
		"invisible":           {[]part{{name: "tampilan", value: "invisible"}}, nil},
		"invisible, shouted":  {[]part{{name: "tampilan", value: "INVISIBLE"}}, nil},
		"visible fields sent": {append([]part{{name: "tampilan", value: "invisible"}, {name: "linkQR"}, picture}, corners...), nil},
		"picture at corners": {append([]part{{name: "tampilan", value: "visible"}, {name: "image", value: "true"}, picture}, corners...),
			[]float64{410.2, 141.9, 552.2, 191.1}},
		"picture sent twice": {append([]part{{name: "tampilan", value: "VISIBLE"}, {name: "image", value: "true"}, picture, picture}, corners...),
			[]float64{410.2, 141.9, 552.2, 191.1}},
		"QR code": {append([]part{{name: "tampilan", value: "visible"}, {name: "image", value: "false"},
			{name: "linkQR", value: "https://arsip.kotacontoh.example/v/1"}}, corners...), []float64{410.2, 141.9, 552.2, 191.1}},
		"QR code of free text, last page by name": {[]part{{name: "tampilan", value: "visible"}, {name: "image", value: "false"},
			{name: "linkQR", value: "bukan tautan"}, {name: "halaman", value: "TERAKHIR"}, {name: "xAxis", value: "100"},
			{name: "yAxis", value: "100"}, {name: "width", value: "80"}, {name: "height", value: "80"}},
			[]float64{100, 100, 180, 180}},
		"manual's sample fits corners": {[]part{{name: "tampilan", value: "visible"}, {name: "image", value: "true"}, picture,
			{name: "halaman", value: "pertama"}, {name: "xAxis", value: "10"}, {name: "yAxis", value: "10"},
			{name: "width", value: "100"}, {name: "height", value: "200"}}, []float64{10, 10, 100, 200}},
	} {
		t.Run(name, func(t *testing.T) {
			answer := b.form("/api/sign/pdf", b.base(append(c.parts, part{name: "reason", value: "Disetujui"}, part{name: "location", value: "Magelang"})...)...)
			require.Equal(t, 200, answer.status, "%s", answer.body)
			assert.Equal(t, "application/pdf", answer.header.Get("Content-Type"))
			ids := answer.header.Values("Id_dokumen")
			require.Len(t, ids, 1)
			raw, err := hex.DecodeString(ids[0])
			assert.NoError(t, err)
			assert.Len(t, raw, 16)
			s := b.sound(letter(t), answer.body)
			assert.Equal(t, "Disetujui", s.Claims.Reason)
			assert.Equal(t, "Magelang", s.Claims.Location)
			assert.Empty(t, s.Claims.Name)
			assert.Regexp(t, `^bcs_ecs_\d{13}$`, s.Field)
			assert.Equal(t, "ETSI.CAdES.detached", s.SubFilter)
			assert.Equal(t, verify.LevelBLT, s.Level)
			if c.rect == nil {
				assert.Nil(t, s.Place)
				return
			}
			require.NotNil(t, s.Place)
			assert.InDeltaSlice(t, c.rect, s.Place.Rect[:], 0.01)
		})
	}
}

func TestSignV1AtATag(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	centred := newBox(t, mockbsre.EsignConfig{Quirks: map[mockbsre.Quirk]bool{mockbsre.QuirkTagCentred: true, mockbsre.QuirkTagLast: true}})
	places := map[string][4]float64{}
	for name, c := range map[string]struct {
		box   *box
		parts []part
	}{
		"QR code, size":        {b, []part{{name: "linkQR", value: "https://a.example"}, {name: "image", value: "false"}, {name: "width", value: "60"}, {name: "height", value: "60"}}},
		"picture, no image":    {b, []part{{name: "imageTTD", data: square(t, 40)}, {name: "width", value: "55"}, {name: "height", value: "55"}}},
		"nothing but the tag":  {b, nil},
		"size only, centred":   {centred, []part{{name: "width", value: "120"}, {name: "height", value: "40"}}},
		"upper left corner on": {b, []part{{name: "width", value: "120"}, {name: "height", value: "40"}}},
	} {
		t.Run(name, func(t *testing.T) {
			parts := c.box.base(append(c.parts, part{name: "tampilan", value: "visible"}, part{name: "tag_koordinat", value: tag})...)
			answer := c.box.form("/api/sign/pdf", parts...)
			require.Equal(t, 200, answer.status, "%s", answer.body)
			s := c.box.sound(letter(t), answer.body)
			require.NotNil(t, s.Place)
			places[name] = s.Place.Rect
		})
	}
	r := places["QR code, size"]
	assert.InDelta(t, 60, r[2]-r[0], 0.01, "at a tag the size is true")
	assert.Equal(t, places["nothing but the tag"], places["upper left corner on"])
	assert.NotEqual(t, places["size only, centred"], places["upper left corner on"])
	missing := b.form("/api/sign/pdf", b.base(part{name: "tampilan", value: "visible"}, part{name: "tag_koordinat", value: "~~~tiada~~~"})...)
	assert.Equal(t, 500, missing.status)
}

// tag stands once in the letter.
const tag = "^"

func TestSignV1InBase64AndDownload(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	answer := b.form("/api/sign/pdf", b.base(part{name: "tampilan", value: "invisible"}, part{name: "jenis_response", value: "BASE64"})...)
	require.Equal(t, 200, answer.status)
	assert.Equal(t, "application/json", answer.header.Get("Content-Type"))
	body := answer.json()
	id, _ := body["id_dokumen"].(string)
	assert.Regexp(t, `^[0-9a-f]{32}$`, id)
	signed, err := base64.StdEncoding.DecodeString(body["base64_signed_file"].(string))
	require.NoError(t, err)
	b.sound(letter(t), signed)

	first := b.get("/api/sign/download/" + id)
	assert.Equal(t, 200, first.status)
	assert.Equal(t, signed, first.body)
	assert.Equal(t, []string{id}, first.header.Values("Id_dokumen"))
	for _, gone := range []string{id, strings.Repeat("0", 32)} {
		second := b.get("/api/sign/download/" + gone)
		assert.Equal(t, 404, second.status, "once, then never")
		assert.Equal(t, `{"status_code":4044,"error":"File tidak tersedia, pastikan bahwa dokumen belum di download"}`, string(second.body))
	}

	often := newBox(t, mockbsre.EsignConfig{Quirks: map[mockbsre.Quirk]bool{mockbsre.QuirkDownloadOnce: false, mockbsre.QuirkJenisResponse: false}})
	answer = often.form("/api/sign/pdf", often.base(part{name: "tampilan", value: "invisible"}, part{name: "jenis_response", value: "BASE64"})...)
	require.Equal(t, "application/pdf", answer.header.Get("Content-Type"), "quirk off: not honoured")
	for range 3 {
		assert.Equal(t, 200, often.get("/api/sign/download/"+answer.header.Get("Id_dokumen")).status)
	}
}

func TestSignV1Refuses(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	suspended := mockbsre.MadeUpPerson(9)
	_, err := b.Seed(t.Context(), suspended, certificate.StatusSuspend, secret)
	require.NoError(t, err)
	visible := part{name: "tampilan", value: "visible"}
	invisible := part{name: "tampilan", value: "invisible"}
	wrong := `{"error":"Passphrase anda salah","status_code":2031}`
	for _, c := range []struct {
		name   string
		parts  []part
		status int
		body   string // "" for the framework's
	}{
		{"wrong passphrase", []part{{name: "file", data: letter(t)}, {name: "nik", value: b.person.NIK}, {name: "passphrase", value: "x"}, invisible}, 400, wrong},
		{"empty passphrase", []part{{name: "file", data: letter(t)}, {name: "nik", value: b.person.NIK}, {name: "passphrase"}, invisible}, 400, wrong},
		{"wrong passphrase and no PDF", []part{{name: "file", data: []byte("x")}, {name: "nik", value: b.person.NIK}, {name: "passphrase", value: "x"}, invisible}, 400, wrong},
		{"unknown signer", []part{{name: "file", data: letter(t)}, {name: "nik", value: "3371990101800009"}, {name: "passphrase", value: "x"}, invisible}, 400, `{"error":"User tidak terdaftar","status_code":2011}`},
		{"suspended signer", []part{{name: "file", data: letter(t)}, {name: "nik", value: suspended.NIK}, {name: "passphrase", value: typed}, invisible}, 400, `{"error":"Status sertifikat user SUSPEND","status_code":2024}`},
		{"no PDF", []part{{name: "file", data: []byte("halo")}, {name: "nik", value: b.person.NIK}, {name: "passphrase", value: typed}, invisible}, 500, ""},
		{"no file", []part{{name: "nik", value: b.person.NIK}, {name: "passphrase", value: typed}, invisible}, 400, ""},
		{"no tampilan", b.base(), 400, ""},
		{"tampilan that is none", b.base(part{name: "tampilan", value: "tampak"}), 500, ""},
		{"visible with nothing", b.base(visible), 500, ""},
		{"no picture", b.base(visible, part{name: "image", value: "true"}, part{name: "page", value: "1"}, part{name: "xAxis", value: "1"}, part{name: "yAxis", value: "1"}, part{name: "width", value: "50"}, part{name: "height", value: "50"}), 500, ""},
		{"picture that is none", b.base(visible, part{name: "image", value: "true"}, part{name: "imageTTD", data: []byte("GIF89a")}, part{name: "page", value: "1"}, part{name: "xAxis", value: "1"}, part{name: "yAxis", value: "1"}, part{name: "width", value: "50"}, part{name: "height", value: "50"}), 500, ""},
		{"no page", b.base(visible, part{name: "linkQR", value: "x"}, part{name: "xAxis", value: "1"}, part{name: "yAxis", value: "1"}, part{name: "width", value: "50"}, part{name: "height", value: "50"}), 500, ""},
		{"page beyond the last", b.base(visible, part{name: "linkQR", value: "x"}, part{name: "page", value: "99"}, part{name: "xAxis", value: "1"}, part{name: "yAxis", value: "1"}, part{name: "width", value: "50"}, part{name: "height", value: "50"}), 500, ""},
		{"not a number", b.base(visible, part{name: "linkQR", value: "x"}, part{name: "page", value: "1"}, part{name: "xAxis", value: "NaN"}, part{name: "yAxis", value: "1"}, part{name: "width", value: "50"}, part{name: "height", value: "50"}), 500, ""},
		{"outside the page", b.base(visible, part{name: "linkQR", value: "x"}, part{name: "page", value: "1"}, part{name: "xAxis", value: "900"}, part{name: "yAxis", value: "1"}, part{name: "width", value: "950"}, part{name: "height", value: "50"}), 500, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := b.form("/api/sign/pdf", c.parts...)
			assert.Equal(t, c.status, answer.status, "%s", answer.body)
			if c.body != "" {
				assert.Equal(t, c.body, string(answer.body))
				return
			}
			assert.Len(t, answer.json(), 4)
			assert.Equal(t, "/api/sign/pdf", answer.json()["path"])
		})
		b.Clock.Advance(3600e9) // past the pause after wrong passphrases
	}
	assert.Empty(t, b.Signatures())
}

func TestErrorShapes(t *testing.T) {
	for name, c := range map[string]struct {
		quirk mockbsre.Quirk
		want  string
	}{
		"glued":   {mockbsre.QuirkErrorGlued, `{"error":"Proses signing gagal : Passphrase anda salah 2031","status_code":400}`},
		"shouted": {mockbsre.QuirkErrorShouted, `{"error":"Passphrase anda salah !!!","status_code":2031}`},
	} {
		b := newBox(t, mockbsre.EsignConfig{Quirks: map[mockbsre.Quirk]bool{c.quirk: true}})
		answer := b.form("/api/sign/pdf", part{name: "file", data: letter(t)}, part{name: "nik", value: b.person.NIK},
			part{name: "passphrase", value: "x"}, part{name: "tampilan", value: "invisible"})
		assert.Equal(t, 400, answer.status)
		assert.JSONEq(t, c.want, string(answer.body), name)
	}
	b := newBox(t, mockbsre.EsignConfig{Quirks: map[mockbsre.Quirk]bool{mockbsre.QuirkBadInput500: false}})
	answer := b.post("/api/v2/verify/pdf", `{"file":""}`)
	assert.Equal(t, 400, answer.status)
	assert.JSONEq(t, `{"error":"Dokumen tidak valid","status_code":2041}`, string(answer.body))
}

func TestV1GeometryBySizes(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{Quirks: map[mockbsre.Quirk]bool{mockbsre.QuirkV1Sizes: true}})
	answer := b.form("/api/sign/pdf", b.base(part{name: "tampilan", value: "visible"}, part{name: "image", value: "true"},
		part{name: "imageTTD", data: square(t, 10)}, part{name: "page", value: "1"}, part{name: "xAxis", value: "10"},
		part{name: "yAxis", value: "10"}, part{name: "width", value: "100"}, part{name: "height", value: "200"})...)
	require.Equal(t, 200, answer.status)
	assert.InDeltaSlice(t, []float64{10, 10, 110, 210}, b.sound(letter(t), answer.body).Place.Rect[:], 0.01)
}
