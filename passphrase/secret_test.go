package passphrase_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
)

const typed = "Kuda-Laut7-Berenang"

func TestSecretPrintsNowhere(t *testing.T) {
	secret := passphrase.FromString(typed)
	type inner struct{ Secret passphrase.Secret }
	type outer struct {
		Exported passphrase.Secret
		hidden   passphrase.Secret
		inner    inner
		pointer  *passphrase.Secret
		slice    []passphrase.Secret
		values   map[string]passphrase.Secret
		any      any
	}
	nested := outer{secret, secret, inner{secret}, &secret, []passphrase.Secret{secret},
		map[string]passphrase.Secret{"k": secret}, secret}
	values := map[string]any{
		"value": secret, "pointer": &secret, "nested": nested, "pointer to nested": &nested,
		"slice": []any{secret}, "map": map[string]any{"k": secret},
		"error": fmt.Errorf("step: %v: %w", secret, fmt.Errorf("%+v", nested)),
	}
	for name, value := range values {
		t.Run(name, func(t *testing.T) {
			for _, verb := range strings.Split("v +v #v s q x X d b o c U e f g t p T w", " ") {
				assertHidden(t, verb, fmt.Appendf(nil, "%"+verb, value))
			}
			for kind, handler := range map[string]func(*bytes.Buffer) slog.Handler{
				"slog text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
				"slog JSON": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
			} {
				var log bytes.Buffer
				slog.New(handler(&log)).Info("m", "k", value, slog.Group("g", "k", value))
				assertHidden(t, kind, log.Bytes())
			}
			out, err := json.Marshal(value)
			require.NoError(t, err)
			assertHidden(t, "JSON", out)
		})
	}
	out, err := xml.Marshal(inner{secret})
	require.NoError(t, err)
	assertHidden(t, "XML", out)
}

// assertHidden looks for the secret in all the ways in which bytes get printed.
func assertHidden(t *testing.T, where string, out []byte) {
	t.Helper()
	b := []byte(typed)
	for _, form := range []string{
		typed, fmt.Sprintf("%x", b), fmt.Sprintf("%X", b), fmt.Sprint(b), fmt.Sprintf("%#v", b),
		"S3VkYS1MYXV0Ny1CZXJlbmFuZ", // base64
	} {
		assert.NotContains(t, string(out), form, where)
	}
	assert.NotContains(t, string(out), "Berenang", where)
}

func TestSecretMarker(t *testing.T) {
	secret := passphrase.FromString(typed)
	assert.Equal(t, "[secret]", fmt.Sprint(secret))
	assert.Equal(t, "[secret]", fmt.Sprintf("%#v", secret))
	assert.Equal(t, "[secret]", secret.GoString())
	assert.Equal(t, passphrase.Marker, secret.String())
	out, err := json.Marshal(struct{ P passphrase.Secret }{secret})
	require.NoError(t, err)
	assert.JSONEq(t, `{"P":"[secret]"}`, string(out))
}

func TestSecretReveal(t *testing.T) {
	source := []byte(typed)
	secret := passphrase.New(source)
	clear(source)
	got := secret.Reveal()
	assert.Equal(t, typed, string(got))
	clear(got)
	assert.Equal(t, typed, string(secret.Reveal()), "Reveal gives a copy")

	other := secret
	other.Destroy()
	assert.True(t, secret.IsZero(), "copies share their content")
	assert.Nil(t, secret.Reveal())
	passphrase.Secret{}.Destroy()
}

func TestSecretEqual(t *testing.T) {
	a, b := passphrase.FromString(typed), passphrase.New([]byte(typed))
	assert.True(t, a.Equal(b))
	assert.True(t, a.Equal(a))
	assert.False(t, a.Equal(passphrase.FromString(typed+"x")))
	assert.False(t, passphrase.Secret{}.Equal(passphrase.Secret{}), "absent never matches")
	assert.False(t, passphrase.New(nil).Equal(passphrase.FromString("")))
}

func TestSecretUnmarshal(t *testing.T) {
	var in struct {
		P passphrase.Secret `json:"p"`
	}
	require.NoError(t, json.Unmarshal([]byte(`{"p":"a é \u0000"}`), &in))
	assert.Equal(t, "a é \x00", string(in.P.Reveal()), "bytes as typed")

	require.NoError(t, json.Unmarshal([]byte(`{"p":null}`), &in))
	assert.False(t, in.P.IsZero(), "null changes nothing")

	err := json.Unmarshal([]byte(`{"p":"[secret]"}`), &in)
	assert.ErrorIs(t, err, passphrase.ErrRedacted)

	err = json.Unmarshal([]byte(`{"p":73519284}`), &in)
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "7351")

	var text passphrase.Secret
	assert.ErrorIs(t, text.UnmarshalText([]byte(passphrase.Marker)), passphrase.ErrRedacted)
}

func TestSecretDestroyRaces(t *testing.T) {
	secret := passphrase.FromString(typed)
	done := make(chan struct{})
	go func() { defer close(done); secret.Destroy() }()
	if got := secret.Reveal(); got != nil {
		assert.Equal(t, typed, string(got), "whole or nothing")
	}
	<-done
	assert.True(t, secret.IsZero())
}
