package mockbsre_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/signing/verify"
)

// sealBox is a box with a seal.
type sealBox struct {
	*box
	seal mockbsre.Seal
}

func newSealBox(t *testing.T, quirks map[mockbsre.Quirk]bool) *sealBox {
	b := newBox(t, mockbsre.EsignConfig{Quirks: quirks})
	seal, err := b.SeedSeal(t.Context(), mockbsre.SealOwner{Name: "Dinas Contoh", Mail: "segel@dinas.magelangkota.go.id"})
	require.NoError(t, err)
	return &sealBox{b, seal}
}

// about asks a question about the seal.
func (b *sealBox) about(path string, more map[string]any) map[string]any {
	b.t.Helper()
	body := map[string]any{"idSubscriber": b.seal.ID}
	for name, value := range more {
		body[name] = value
	}
	answer := b.post("/api/v2/seal/"+path, body)
	require.Equal(b.t, 200, answer.status, "%s", answer.body)
	return answer.json()
}

// activate asks for an activation and takes its code out of the mail.
func (b *sealBox) activate() string {
	b.t.Helper()
	assert.Equal(b.t, map[string]any{"success": true, "message": "TOTP Aktivasi berhasil dikirim", "data": nil}, b.about("get/activation", nil))
	mail, err := b.Inbox.Latest(mockbsre.Query{To: b.seal.Owner.Mail})
	require.NoError(b.t, err)
	require.Len(b.t, mail.Codes, 1)
	code, err := b.SealActivation(b.seal.ID)
	require.NoError(b.t, err)
	require.Equal(b.t, mail.Codes[0], string(code.Reveal()))
	return mail.Codes[0]
}

// code asks for a code for so many files; empty if it is refused.
func (b *sealBox) code(activation string, files any) string {
	b.t.Helper()
	answer := b.about("get/totp", map[string]any{"totp": activation, "data": files})
	if answer["result"] == false {
		assert.Nil(b.t, answer["totp"])
		return ""
	}
	assert.Regexp(b.t, `^\d{6}$`, answer["totp"])
	return answer["totp"].(string)
}

func (b *sealBox) sealed(code string, docs ...[]byte) response {
	b.t.Helper()
	return b.post("/api/v2/seal/pdf", map[string]any{
		"idSubscriber": b.seal.ID, "totp": code, "file": docs, "signatureProperties": []any{map[string]any{"tampilan": "INVISIBLE"}},
	})
}

func TestSealBeforeOfficials(t *testing.T) {
	b := newSealBox(t, nil)
	code := b.code(b.activate(), "2") // as text, as the manual's sample has it
	files := b.sealed(code, letter(t), letter(t)).files()
	require.Len(t, files, 2)
	report, err := b.judge(files[0])
	require.NoError(t, err)
	require.Len(t, report.Signatures, 1)
	assert.Equal(t, verify.TotalPassed, report.Conclusion.Indication)
	assert.Contains(t, report.Signatures[0].Signer.CommonName, "Dinas Contoh")
	assert.Equal(t, verify.PermitAnnotations, report.Signatures[0].Permits)

	// An official signs the sealed letter.
	signed := b.post("/api/v2/sign/pdf", b.invisible(files[0])).files()[0]
	report, err = b.judge(signed)
	require.NoError(t, err)
	require.Len(t, report.Signatures, 2)
	assert.Equal(t, verify.TotalPassed, report.Conclusion.Indication)
	assert.NotEqual(t, verify.ModificationFound, report.Signatures[0].Later)

	// The other way round it is refused.
	code = b.code(b.activation(), 1)
	assert.Equal(t, 500, b.sealed(code, signed).status)
	assert.Len(t, b.sealed(code, letter(t)).files(), 1, "a refusal uses no code up")

	made := b.Signatures()
	require.Len(t, made, 4)
	assert.Equal(t, b.seal.ID, made[0].Seal)
	assert.True(t, made[0].Person.IsZero())
	assert.Empty(t, made[2].Seal)
	assert.Equal(t, b.id, made[2].Person)
}

func (b *sealBox) activation() string {
	b.t.Helper()
	code, err := b.SealActivation(b.seal.ID)
	require.NoError(b.t, err)
	return string(code.Reveal())
}

func TestSealAfterSignatureWhereTheBoxDoesIt(t *testing.T) {
	b := newSealBox(t, map[mockbsre.Quirk]bool{mockbsre.QuirkSealAfterSignature: true})
	signed := b.post("/api/v2/sign/pdf", b.invisible(letter(t))).files()[0]
	sealed := b.sealed(b.code(b.activate(), 1), signed).files()[0]
	report, err := b.judge(sealed)
	require.NoError(t, err)
	require.Len(t, report.Signatures, 2)
	assert.Equal(t, verify.TotalPassed, report.Conclusion.Indication)
	assert.Equal(t, verify.Approval, report.Signatures[1].Kind)
}

func TestSealCodes(t *testing.T) {
	b := newSealBox(t, nil)
	assert.Empty(t, b.code("000000", 1), "not activated")
	first := b.activate()
	second := b.activate()
	if first != second {
		assert.Empty(t, b.code(first, 1), "a newer one voids the older")
	}
	code := b.code(second, 2)
	wrong := b.sealed("x"+code[1:], letter(t))
	assert.Equal(t, 400, wrong.status)
	assert.Equal(t, map[string]any{"error": "TOTP anda salah", "status_code": 2031.0}, wrong.json())
	assert.Equal(t, 400, b.sealed(second, letter(t)).status, "the activation is no code for files")
	assert.Equal(t, 400, b.sealed(code, letter(t), letter(t), letter(t)).status, "for two files alone")
	b.sealed(code, letter(t)).files()
	b.sealed(code, letter(t)).files()
	assert.Equal(t, 400, b.sealed(code, letter(t)).status, "used up")

	late := b.code(second, 1)
	b.Clock.Advance(5 * time.Minute)
	assert.Equal(t, 400, b.sealed(late, letter(t)).status, "too late")
	b.Clock.Advance(24 * time.Hour)
	assert.Empty(t, b.code(second, 1), "the activation is over")
	_, err := b.SealActivation(b.seal.ID)
	assert.ErrorIs(t, err, mockbsre.ErrNoCode)
	_, err = b.SealActivation("nobody")
	assert.ErrorIs(t, err, mockbsre.ErrNoSeal)
}

func TestSealActivationIsRenewed(t *testing.T) {
	for name, kept := range map[string]bool{"under the same code": true, "under a new code": false} {
		t.Run(name, func(t *testing.T) {
			b := newSealBox(t, map[mockbsre.Quirk]bool{mockbsre.QuirkSealCodeKept: kept})
			code := b.activate()
			for range 3 {
				b.Clock.Advance(23 * time.Hour)
				answer := b.about("get/activation", map[string]any{"totp": code})
				assert.Equal(t, true, answer["success"])
				data := answer["data"].(map[string]any)
				assert.Equal(t, b.Clock.Now().Add(24*time.Hour).UTC().Format("2006-01-02T15:04:05.000")+"+0000", data["expires"])
				if kept {
					assert.Equal(t, code, data["totp"])
					assert.Equal(t, "TOTP Aktivasi masih berlaku", data["message"])
				}
				code = data["totp"].(string)
				assert.Equal(t, b.activation(), code)
			}
			assert.NotEmpty(t, b.code(code, 1))
			assert.Len(t, b.Inbox.Search(mockbsre.Query{To: b.seal.Owner.Mail}), 1, "a renewal sends no mail")
			b.Clock.Advance(25 * time.Hour)
			assert.Equal(t, false, b.about("get/activation", map[string]any{"totp": code})["success"])
		})
	}
}

func TestSealRevocation(t *testing.T) {
	b := newSealBox(t, nil)
	code := b.activate()
	issued := b.code(code, 1)
	assert.Equal(t, false, b.about("revoke/activation", map[string]any{"totp": "x"})["success"])
	assert.Equal(t, true, b.about("revoke/activation", map[string]any{"totp": code})["success"])
	assert.Empty(t, b.code(code, 1))
	assert.Equal(t, 400, b.sealed(issued, letter(t)).status)

	issued = b.code(b.activate(), 1)
	sealed := b.sealed(issued, letter(t)).files()[0]
	chain := b.get("/api/v2/user/certificate/chain/" + b.seal.ID).json()
	assert.Len(t, chain["data"], 3)
	require.NoError(t, b.RevokeSeal(t.Context(), b.seal.ID))
	refused := b.sealed(b.code(b.activation(), 1), letter(t))
	assert.Equal(t, 400, refused.status)
	assert.Contains(t, string(refused.body), "REVOKE")
	assert.ErrorIs(t, b.RevokeSeal(t.Context(), "nobody"), mockbsre.ErrNoSeal)
	report, err := b.judge(sealed)
	require.NoError(t, err)
	assert.Equal(t, verify.TotalPassed, report.Conclusion.Indication, "what was sealed before stays")
}

func TestSealsAreSeeded(t *testing.T) {
	b := newSealBox(t, nil)
	for _, owner := range []mockbsre.SealOwner{{}, {Name: "x"}, {Mail: "x"}} {
		_, err := b.SeedSeal(t.Context(), owner)
		assert.ErrorIs(t, err, mockbsre.ErrSeal)
	}
	second, err := b.SeedSeal(t.Context(), mockbsre.SealOwner{Name: "Badan Contoh", Mail: "badan@dinas.magelangkota.go.id"})
	require.NoError(t, err)
	assert.Equal(t, []mockbsre.Seal{b.seal, second}, b.Seals())
	assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, second.ID)
	require.NoError(t, b.Reset(t.Context()))
	assert.Empty(t, b.Seals())

	unknown := b.about("get/activation", nil)
	assert.Equal(t, false, unknown["success"])
	assert.Equal(t, false, b.about("revoke/activation", map[string]any{"totp": "1"})["success"])
	assert.Empty(t, b.code("1", 1))
	assert.Equal(t, 400, b.sealed("1", letter(t)).status)
}

func TestSealRequestsThatCannotBe(t *testing.T) {
	b := newSealBox(t, nil)
	for _, body := range []string{
		`{}`, `[]`, `{"idSubscriber":"x","totp":"1","data":0}`, `{"idSubscriber":"x","totp":"1","data":1.5}`, `{"idSubscriber":{}}`,
		`{"idSubscriber":"x","totp":"1","file":["!"],"signatureProperties":[{"tampilan":"INVISIBLE"}]}`,
		`{"idSubscriber":"x","totp":"1","file":["JVBERi0="],"signatureProperties":[{"tampilan":"VISIBLE"}]}`,
	} {
		for _, path := range []string{"get/activation", "revoke/activation", "get/totp", "pdf"} {
			answer := b.post("/api/v2/seal/"+path, body)
			assert.True(t, answer.status < 400 && answer.json()["success"] != true && answer.json()["result"] != true || answer.status >= 400,
				"%s %s: %s", path, body, answer.body)
		}
	}
	b.FailNext(mockbsre.SealV2, mockbsre.FaultRevokedBetween.Fault())
	assert.Equal(t, 400, b.sealed(b.code(b.activate(), 1), letter(t)).status)
	assert.Equal(t, 400, b.sealed(b.code(b.activation(), 1), letter(t)).status, "revoked for good")
}
