package mockbsre_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
)

func TestEncryptedDocument(t *testing.T) {
	if _, err := exec.LookPath("qpdf"); err != nil {
		if os.Getenv("SERTEL_CI") == "1" {
			t.Fatal("qpdf is missing")
		}
		t.Skip("qpdf is missing")
	}
	b := newBox(t, mockbsre.EsignConfig{})
	plain, locked := filepath.Join(t.TempDir(), "a.pdf"), filepath.Join(t.TempDir(), "b.pdf")
	require.NoError(t, os.WriteFile(plain, letter(t), 0o600))
	out, err := exec.Command("qpdf", "--encrypt", "Rahasia9!", "Rahasia9!", "256", "--", plain, locked).CombinedOutput()
	require.NoError(t, err, "%s", out)
	in, err := os.ReadFile(locked)
	require.NoError(t, err)

	body := b.invisible(in)
	assert.Equal(t, 500, b.post("/api/v2/sign/pdf", body).status, "without its password")
	for name, property := range map[string]map[string]any{
		"invisible": {"tampilan": "INVISIBLE", "pdfPassword": "Rahasia9!"},
		"visible": {"tampilan": "VISIBLE", "pdfPassword": "Rahasia9!", "imageBase64": b64(square(t, 9)),
			"page": 1, "originX": 10, "originY": 10, "width": 50, "height": 50},
	} {
		body["signatureProperties"] = []any{property}
		signed := b.post("/api/v2/sign/pdf", body).files()[0]
		assert.True(t, bytes.HasPrefix(signed, in), name)
		answer := b.post("/api/v2/verify/pdf", map[string]any{"file": signed, "password": "Rahasia9!"})
		assert.Equal(t, "VALID", answer.json()["conclusion"], name)
		assert.Equal(t, 500, b.post("/api/v2/verify/pdf", map[string]any{"file": signed}).status, name)
	}
}
