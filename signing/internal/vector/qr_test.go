package vector_test

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/vector"
)

// decode reads a code drawn at three pixels a module.
func decode(t *testing.T, q *vector.QR) string {
	t.Helper()
	const scale = 3
	side := (q.Modules() + 2*vector.QuietZone) * scale
	img := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			if !q.Black(x/scale-vector.QuietZone, y/scale-vector.QuietZone) {
				img.SetGray(x, y, color.Gray{255})
			}
		}
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	require.NoError(t, err)
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_PURE_BARCODE: true,
	})
	require.NoError(t, err)
	return result.GetText()
}

func TestQRIsRead(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		level   vector.QRLevel
		modules int
	}{
		"link, level M":            {"https://a.example/v/1", vector.QRLevelM, 25},
		"link, level H":            {"https://arsip.kotacontoh.example/verify/3f9c1b7e20d84a55", vector.QRLevelH, 41},
		"digits":                   {strings.Repeat("0123456789", 4), vector.QRLevelL, 21},
		"capitals":                 {"HTTPS://ARSIP.EXAMPLE/V/1", vector.QRLevelQ, 25},
		"not ASCII":                {"https://contoh.example/é", vector.QRLevelM, 25},
		"what guessing gets wrong": {"Surat №1 — ä½", vector.QRLevelM, 25},
		"other scripts":            {"Budi ꦧꦸꦢꦶ 签 😀", vector.QRLevelH, 33},
		"longest of UTF-8":         {strings.Repeat("é", 1475), vector.QRLevelL, 177},
		"two byte length":          {strings.Repeat("https://contoh.example/", 12), vector.QRLevelM, 65},
		"largest, level H":         {strings.Repeat("a", 1273), vector.QRLevelH, 177},
		"largest of digits":        {strings.Repeat("7", 7089), vector.QRLevelL, 177},
	} {
		t.Run(name, func(t *testing.T) {
			q, err := vector.NewQR(c.text, c.level)
			require.NoError(t, err)
			assert.Equal(t, c.modules, q.Modules())
			assert.Equal(t, c.text, decode(t, q))
		})
	}
}

func TestQRRefuses(t *testing.T) {
	_, err := vector.NewQR(strings.Repeat("a", 1274), vector.QRLevelH)
	assert.ErrorIs(t, err, vector.ErrQRTooLong)
	_, err = vector.NewQR("x", vector.QRLevelH+1)
	assert.Error(t, err)
}

// A text whose fixed mask would leave large even areas must get another one.
func TestQRMaskBreaksUpAreas(t *testing.T) {
	for _, text := range []string{strings.Repeat("\x00", 40), strings.Repeat("\xff", 40), strings.Repeat("w", 40)} {
		q, err := vector.NewQR(text, vector.QRLevelL)
		require.NoError(t, err)
		dark, longest := 0, 0
		for y := range q.Modules() {
			run := 0
			for x := range q.Modules() {
				if q.Black(x, y) {
					dark++
				}
				if x > 0 && q.Black(x, y) == q.Black(x-1, y) {
					run++
				} else {
					run = 1
				}
				longest = max(longest, run)
			}
		}
		share := float64(dark) / float64(q.Modules()*q.Modules())
		assert.InDelta(t, 0.5, share, 0.1, "%q", text)
		assert.LessOrEqual(t, longest, 14, "%q", text)
	}
}
