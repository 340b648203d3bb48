package esign_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"image/png"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/verify"
)

// sound judges an output by its prefix and its signatures.
func sound(t *testing.T, in, out []byte, signatures int) *verify.Report {
	t.Helper()
	require.True(t, bytes.HasPrefix(out, in), "the original is the prefix")
	report, err := verify.Verify(context.Background(), bytes.NewReader(out), int64(len(out)),
		verify.Options{Roots: testPKI().roots(), InsecureSkipRevocation: true, Now: now})
	require.NoError(t, err)
	require.Len(t, report.Signatures, signatures)
	for _, s := range report.Signatures {
		assert.Equal(t, verify.Yes, s.Intact)
		assert.NotEqual(t, verify.ModificationFound, s.Later)
	}
	return report
}

func visible() esign.Request {
	req := esign.Request{Request: withPassphrase(right)}
	req.Block = &appearance.Block{Lines: []appearance.Line{{Text: "Ditandatangani secara elektronik"}, {Text: "Budi Contoh"}}}
	req.Placement = signing.Placement{Page: 1, Rect: signing.Rect{X: 300.25, Y: 120, Width: 180, Height: 60}}
	req.Reason = "Dokumen telah disetujui"
	return req
}

func TestSignedWithEitherVersionAndForm(t *testing.T) {
	for name, change := range map[string]func(*esign.Config){
		"v2":              nil,
		"v1 as bytes":     v1,
		"v1 as base64":    func(c *esign.Config) { v1(c); c.Profile.V1Base64 = true },
		"v2 with no root": func(c *esign.Config) { c.Roots = nil },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			c := b.client(change)
			in := letter(t, "libreoffice")
			out, r, err := sign(c, in, visible())
			require.NoError(t, err)
			sound(t, in, out, 1)

			assert.Equal(t, esign.OutcomeSigned, r.Outcome)
			assert.Empty(t, r.Doubts)
			assert.Equal(t, sha256.Sum256(in), r.InputSHA256)
			assert.Equal(t, sha256.Sum256(out), r.OutputSHA256)
			assert.EqualValues(t, len(out), r.OutputSize)
			assert.True(t, r.Certificate.Equal(b.key.Certificate))
			assert.False(t, r.SignerConfirmed, "a name confirms nobody")
			assert.Equal(t, 1, r.Page)
			assert.InDelta(t, 300.25, r.Rect.X, 0.01)
			assert.InDelta(t, 120, r.Rect.Y, 0.01)
			assert.Contains(t, r.Field, "bcs_ecs_")
			if name == "v2 with no root" {
				assert.Equal(t, signing.LevelBB, r.Level, "nothing proves the time-stamp")
				assert.Equal(t, signing.TimeClaimed, r.TimeSource)
			} else {
				assert.Equal(t, signing.LevelBT, r.Level)
				assert.Equal(t, signing.TimeAuthority, r.TimeSource)
			}
			assert.Equal(t, testNow, r.Time.UTC())
		})
	}
}

func TestFormOfVersion1(t *testing.T) {
	b := newBox(t)
	c := b.client(v1)
	in := letter(t, "libreoffice")
	_, _, err := sign(c, in, visible())
	require.NoError(t, err)
	f := b.forms[0]
	picture := f["imageTTD"][0]
	delete(f, "imageTTD")
	assert.Equal(t, map[string][]string{
		"nik": {nikText}, "file": {string(in)}, "tampilan": {"visible"}, "image": {"true"}, "page": {"1"},
		"xAxis": {"300.25"}, "yAxis": {"120"}, "width": {"480.25"}, "height": {"180"},
		"reason": {"Dokumen telah disetujui"}, "passphrase": {right},
	}, f)
	img, err := png.Decode(bytes.NewReader([]byte(picture)))
	require.NoError(t, err)
	assert.Equal(t, 750, img.Bounds().Dx(), "180 points at 300 dpi")

	t.Run("sizes by profile", func(t *testing.T) {
		b := newBox(t)
		c := b.client(func(cfg *esign.Config) { v1(cfg); cfg.Profile.V1Sizes = true })
		b.says("/api/sign/pdf", 500, `{}`)
		b.on("/api/sign/pdf", b.signV1)
		_, _, _ = sign(c, in, visible())
		assert.Equal(t, []string{"180"}, b.forms[0]["width"])
		assert.Equal(t, []string{"60"}, b.forms[0]["height"])
	})
	t.Run("QR drawn by the box", func(t *testing.T) {
		b := newBox(t)
		req := visible()
		req.Block, req.ServerQR = nil, "https://surat.example/v/8c1e"
		_, _, err := sign(b.client(v1), in, req)
		require.NoError(t, err)
		assert.Equal(t, []string{"false"}, b.forms[0]["image"])
		assert.Equal(t, []string{req.ServerQR}, b.forms[0]["linkQR"])
		assert.NotContains(t, b.forms[0], "imageTTD")
	})
	t.Run("tag found by the box", func(t *testing.T) {
		b := newBox(t)
		req := visible()
		req.Placement, req.ServerTag = signing.Placement{Width: 100, Height: 40}, "Contoh"
		_, r, err := sign(b.client(v1), in, req)
		if errors.Is(err, esign.CodeServiceFault) {
			t.Fatal("the test letter lacks the tag")
		}
		require.NoError(t, err)
		assert.Equal(t, []string{"Contoh"}, b.forms[0]["tag_koordinat"])
		assert.Equal(t, []string{"100"}, b.forms[0]["width"])
		assert.NotContains(t, b.forms[0], "xAxis")
		assert.Empty(t, r.Doubts)
	})
	t.Run("invisible", func(t *testing.T) {
		b := newBox(t)
		_, r, err := sign(b.client(v1), in, esign.Request{})
		require.NoError(t, err)
		assert.Equal(t, []string{"invisible"}, b.forms[0]["tampilan"])
		assert.Len(t, b.forms[0], 4, "nothing but nik, file, tampilan and passphrase")
		assert.Empty(t, r.Doubts)
		assert.Equal(t, 1, len(r.DocumentID)/32)
	})
}

func TestBodyOfVersion2(t *testing.T) {
	b := newBox(t)
	in := letter(t, "libreoffice")
	_, r, err := sign(b.client(nil), in, visible())
	require.NoError(t, err)
	assert.Equal(t, 682*time.Millisecond, r.Work)
	body := b.bodies[0]
	assert.JSONEq(t, `"`+nikText+`"`, string(body["nik"]))
	assert.JSONEq(t, string(must(json.Marshal(right))), string(body["passphrase"]))
	assert.JSONEq(t, `["`+base64.StdEncoding.EncodeToString(in)+`"]`, string(body["file"]))
	assert.NotContains(t, body, "email")
	var props []map[string]any
	require.NoError(t, json.Unmarshal(body["signatureProperties"], &props))
	assert.Len(t, props, 1)
	picture := props[0]["imageBase64"].(string)
	_, err = png.Decode(base64.NewDecoder(base64.StdEncoding, bytes.NewReader([]byte(picture))))
	assert.NoError(t, err)
	delete(props[0], "imageBase64")
	assert.InDelta(t, pageHeight-120-60, props[0]["originY"], 0.01)
	delete(props[0], "originY")
	assert.Equal(t, map[string]any{"tampilan": "VISIBLE", "page": 1.0, "originX": 300.25,
		"width": 180.0, "height": 60.0, "reason": "Dokumen telah disetujui"}, props[0])

	t.Run("one-time code and both names", func(t *testing.T) {
		b := newBox(t)
		id := budi()
		id.Email = must(identity.ParseEmail(mailText))
		req := esign.Request{}
		req.Credential.OneTimeCode = passphrase.FromString(oneTime)
		var out bytes.Buffer
		_, err := b.client(nil).Signer(id).Sign(context.Background(), &out, bytes.NewReader(in), int64(len(in)), req)
		require.NoError(t, err)
		assert.JSONEq(t, `"`+oneTime+`"`, string(b.bodies[0]["totp"]))
		assert.JSONEq(t, `"`+mailText+`"`, string(b.bodies[0]["email"]))
		assert.NotContains(t, b.bodies[0], "passphrase")
	})
	t.Run("keys by profile", func(t *testing.T) {
		b := newBox(t)
		b.on("/api/v2/sign/pdf", b.signV2)
		c := b.client(func(cfg *esign.Config) { cfg.Profile.V2TagKey, cfg.Profile.V2CodeKey = "tag", "otp" })
		req := visible()
		req.Placement, req.ServerTag = signing.Placement{Width: 100, Height: 40}, "#"
		req.Credential = signing.Credential{OneTimeCode: passphrase.FromString(oneTime)}
		_, _, _ = sign(c, in, req)
		assert.Contains(t, b.bodies[0], "otp")
		assert.Contains(t, string(b.bodies[0]["signatureProperties"]), `"tag":"#"`)
		assert.NotContains(t, string(b.bodies[0]["signatureProperties"]), "originX")
	})
}

func TestSeveralFilesInOneRequest(t *testing.T) {
	b := newBox(t)
	c := b.client(nil)
	ins := [][]byte{letter(t, "libreoffice"), letter(t, "cairo"), letter(t, "hybrid")}
	outs := make([]bytes.Buffer, len(ins))
	files := make([]esign.File, len(ins))
	for i, in := range ins {
		files[i] = esign.File{Dst: &outs[i], Src: bytes.NewReader(in), Size: int64(len(in))}
	}
	results, err := c.Signer(budi()).SignFiles(context.Background(), withPassphrase(right).Credential, files)
	require.NoError(t, err)
	require.Len(t, results, 3)
	for i := range ins {
		sound(t, ins[i], outs[i].Bytes(), 1)
		assert.Equal(t, esign.OutcomeSigned, results[i].Outcome)
	}
	assert.Equal(t, 1, b.count("/api/v2/sign/pdf"))

	t.Run("the same document twice", func(t *testing.T) {
		c := newBox(t).client(nil)
		results, err := c.Signer(budi()).SignFiles(context.Background(), withPassphrase(right).Credential,
			[]esign.File{{Dst: new(bytes.Buffer), Src: bytes.NewReader(ins[0]), Size: int64(len(ins[0]))},
				{Dst: new(bytes.Buffer), Src: bytes.NewReader(ins[0]), Size: int64(len(ins[0]))}})
		assert.ErrorIs(t, err, esign.CodeInFlight)
		assert.Equal(t, esign.OutcomeRefused, results[0].Outcome)
	})
	t.Run("version 1", func(t *testing.T) {
		var u *signing.UnsupportedError
		_, err := newBox(t).client(v1).Signer(budi()).SignFiles(context.Background(), withPassphrase(right).Credential, files)
		assert.ErrorAs(t, err, &u)
	})
}

func TestSecondSignerKeepsTheFirst(t *testing.T) {
	for name, change := range map[string]func(*esign.Config){"v1": v1, "v2": nil} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			c := b.client(change)
			in := letter(t, "libreoffice")
			first, _, err := sign(c, in, visible())
			require.NoError(t, err)
			b.key = testPKI().person("SITI REKAAN")
			second, r, err := sign(c, first, esign.Request{})
			require.NoError(t, err)
			sound(t, first, second, 2)
			assert.Equal(t, []esign.Doubt{esign.DoubtName}, r.Doubts, "another name than the signer's")
		})
	}
}

func TestExtendRaisesTheFinishedLetter(t *testing.T) {
	b := newBox(t)
	c := b.client(func(cfg *esign.Config) { cfg.Extend, cfg.Roots = testPKI().evidence(), nil })
	in := letter(t, "libreoffice")
	req := visible()
	req.MoreSigners = true
	first, r, err := sign(c, in, req)
	require.NoError(t, err)
	assert.Equal(t, signing.LevelBT, r.Level)

	b.key = testPKI().person("BUDI CONTOH")
	second, r, err := sign(c, first, esign.Request{})
	require.NoError(t, err)
	assert.Empty(t, r.Doubts)
	assert.Equal(t, signing.LevelBLT, r.Level)
	for _, s := range sound(t, first, second, 2).Signatures {
		assert.GreaterOrEqual(t, s.Level, verify.LevelBLT, "both signatures are raised")
	}

	t.Run("a failure is a doubt", func(t *testing.T) {
		b := newBox(t)
		b.stamps = false
		broken := testPKI().evidence()
		c := b.client(func(cfg *esign.Config) { cfg.Extend = broken })
		out, r, err := sign(c, in, esign.Request{})
		require.NoError(t, err)
		sound(t, in, out, 1)
		assert.Equal(t, []esign.Doubt{esign.DoubtNotRaised}, r.Doubts)
		assert.Equal(t, signing.LevelBB, r.Level)
	})
}

func TestSignDocumentMeetsTheInterface(t *testing.T) {
	var s signing.DocumentSigner = newBox(t).client(nil).Signer(budi())
	in := letter(t, "cairo")
	var out bytes.Buffer
	r, err := s.SignDocument(context.Background(), &out, bytes.NewReader(in), int64(len(in)), withPassphrase(right))
	require.NoError(t, err)
	sound(t, in, out.Bytes(), 1)
	assert.EqualValues(t, out.Len(), r.OutputSize)
}

func TestCapabilities(t *testing.T) {
	b := newBox(t)
	one, two := b.client(v1).Signer(budi()).Capabilities(), b.client(nil).Signer(budi()).Capabilities()
	assert.True(t, one.Passphrase && one.ServerQR && one.Download && !one.OneTimeCode && !one.SeveralFiles)
	assert.True(t, two.Passphrase && two.OneTimeCode && two.SeveralFiles && two.DocumentPassword && !two.ServerQR)
	assert.False(t, one.Field || two.Field || one.Certify || two.Certify)
}

func TestAttemptAsJSON(t *testing.T) {
	for _, o := range []esign.Outcome{esign.OutcomeUnknown, esign.OutcomeRefused, esign.OutcomeSigned} {
		a := esign.Attempt{ID: "0a", Started: testNow, Outcome: o, Decision: esign.SignAgain}
		var back esign.Attempt
		require.NoError(t, json.Unmarshal(must(json.Marshal(a)), &back))
		assert.Equal(t, a, back)
	}
	var o esign.Outcome
	assert.Error(t, json.Unmarshal([]byte(`"maybe"`), &o))
}
