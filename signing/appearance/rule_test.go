package appearance_test

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/appearance"
)

// dark counts the dots of a row that are black, from x on.
func dark(img image.Image, y, from, to int) int {
	n := 0
	for x := from; x < to; x++ {
		if r, _, _, _ := img.At(x, y).RGBA(); r>>8 < 100 {
			n++
		}
	}
	return n
}

// A rule stands above its line's text, as wide as the column, and moves nothing.
func TestRule(t *testing.T) {
	picture := func(b appearance.Block) image.Image {
		data, err := b.PNG(200, 60, 288)
		require.NoError(t, err)
		img, err := png.Decode(bytes.NewReader(data))
		require.NoError(t, err)
		return img
	}
	lines := []appearance.Line{{Text: "Kepala Dinas gyp"}, {Text: "Budi Contoh ÁÅ", Bold: true}}
	plain := picture(appearance.Block{Lines: lines})
	ruled := append([]appearance.Line(nil), lines...)
	ruled[1].Rule = true
	img := picture(appearance.Block{Lines: ruled})
	var rows []int
	for y := range img.Bounds().Max.Y {
		switch n := dark(img, y, 0, img.Bounds().Max.X); {
		case n == img.Bounds().Max.X:
			rows = append(rows, y)
		default:
			assert.GreaterOrEqual(t, n, dark(plain, y, 0, plain.Bounds().Max.X), "row %d", y)
		}
	}
	require.NotEmpty(t, rows)
	require.LessOrEqual(t, len(rows), 3, "half a point at 288 dots per inch")
	for y := rows[0] - 1; y <= rows[len(rows)-1]+1; y++ {
		assert.Zero(t, dark(plain, y, 0, plain.Bounds().Max.X), "row %d: it crosses no letter", y)
	}

	b := appearance.Block{Lines: []appearance.Line{{Role: appearance.RoleName, Text: "Budi Contoh", Rule: true}}}
	b.SetLine(appearance.RoleName, "Sari Contoh", "S.T.")
	assert.Equal(t, []bool{true, false}, []bool{b.Lines[0].Rule, b.Lines[1].Rule}, "the first line keeps it")
}
