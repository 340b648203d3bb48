package mockbsre_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
)

func TestJournalMasks(t *testing.T) {
	var log bytes.Buffer
	srv := mockbsre.NewUnstarted(mockbsre.Config{Logger: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	require.NoError(t, srv.Start(t.Context()))
	t.Cleanup(srv.Close)
	b := &box{Server: srv, t: t}
	b.person, b.id = enrol(t, srv, 0)
	p := b.person

	b.get("/api/user/status/" + p.NIK)
	b.get("/api/user/state/" + p.NIK + "/" + p.WorkEmail)
	b.get("/api/v2/user/certificate/chain/" + p.WorkEmail)
	b.post("/api/v2/user/check/status", map[string]any{"nik": p.NIK, "email": p.WorkEmail})
	b.post("/api/v2/user/registration", map[string]any{"nama": p.Name, "email": p.WorkEmail, "nik": p.NIK})
	b.post("/api/v2/sign/get/totp", map[string]any{"nik": p.NIK, "data": 1})
	code, err := b.OneTimeCode(b.id)
	require.NoError(t, err)
	body := b.invisible(letter(t))
	body["totp"], body["otp"] = "918273", string(code.Reveal())
	body["signatureProperties"] = []any{map[string]any{"tampilan": "INVISIBLE", "reason": p.Name, "pdfPassword": "Rahasia9!", "tag": p.NIK}}
	b.post("/api/v2/sign/pdf", body)
	b.post("/api/v2/verify/pdf", map[string]any{"file": letter(t), "password": "Rahasia9!"})
	b.form("/api/sign/pdf", b.base(part{name: "tampilan", value: "invisible"}, part{name: "reason", value: p.Name}, part{name: p.NIK, value: typed})...)
	b.form("/api/sign/pdf?nik="+p.NIK+"&passphrase="+typed, part{name: "file", data: letter(t)})

	journal := b.Journal()
	require.Len(t, journal, 10)
	text := log.String()
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		text += fmt.Sprintf(verb, journal) + fmt.Sprintf(verb, b.Signatures())
	}
	for name, secret := range map[string]string{
		"NIK": p.NIK, "name": p.Name, "mail": p.WorkEmail, "passphrase": typed,
		"password of a file": "Rahasia9!", "application's": mockbsre.DefaultPassword,
	} {
		assert.False(t, strings.Contains(text, secret), "%s is shown", name)
	}
	for name, code := range map[string]string{"code": string(code.Reveal()), "a wrong code": "918273"} {
		// Six digits stand in the middle of a time or a digest some day.
		assert.NotRegexp(t, `(^|[^0-9a-f])`+code+`($|[^0-9a-f])`, text, "%s is shown", name)
	}
	signed := journal[6]
	assert.Equal(t, mockbsre.SignV2, signed.Operation)
	assert.Equal(t, 200, signed.Status)
	value, ok := signed.Field("tampilan")
	assert.True(t, ok)
	assert.Equal(t, "INVISIBLE", value)
	value, _ = signed.Field("passphrase")
	assert.Equal(t, "[secret]", value)
	value, _ = signed.Field("nik")
	assert.Contains(t, value, p.NIK[12:], "the last digits tell people apart")
	_, ok = signed.Field("nothing")
	assert.False(t, ok)
	sum := sha256.Sum256(letter(t))
	assert.Equal(t, []mockbsre.File{{Field: "file", Size: len(letter(t)), SHA256: hex.EncodeToString(sum[:])}}, signed.Files)

	made := b.Signatures()
	require.Len(t, made, 2)
	assert.Equal(t, sum, made[0].InputSHA256)
	assert.Equal(t, b.id, made[0].Person)
	assert.Equal(t, mockbsre.SignV1, made[1].Operation)
	journal[0].Path = "changed"
	assert.NotEqual(t, "changed", b.Journal()[0].Path, "a copy")
	b.ClearJournal()
	assert.Empty(t, b.Journal())
	assert.Empty(t, b.Signatures())
}
