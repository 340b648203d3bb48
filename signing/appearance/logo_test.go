package appearance_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/appearance"
)

// wide is a green picture, four times as wide as high.
func wide(t testing.TB) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 200, 50))
	for i := 0; i < len(img.Pix); i += 4 {
		img.Pix[i+1], img.Pix[i+3] = 160, 255
	}
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, img))
	return out.Bytes()
}

// colored returns what of a picture has a colour.
func colored(t testing.TB, data []byte) image.Rectangle {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	var found image.Rectangle
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			if int(c.G) > int(c.R)+60 {
				found = found.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return found
}

// Where the logo stands, in points from the upper left corner of the block.
func TestLogoStands(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*appearance.Block)
		want   image.Rectangle
	}{
		"at the right of code and text": {func(b *appearance.Block) {}, image.Rect(201, 35, 240, 45)},
		"at the right of a code alone":  {func(b *appearance.Block) { b.Lines = nil }, image.Rect(201, 35, 240, 45)},
		"at the left of text":           {func(b *appearance.Block) { b.QR = appearance.QR{} }, image.Rect(0, 32, 60, 48)},
		"alone":                         {func(b *appearance.Block) { *b = appearance.Block{} }, image.Rect(0, 10, 240, 70)},
		"within a frame": {func(b *appearance.Block) { *b = appearance.Block{Border: true} },
			image.Rect(3, 11, 237, 69)},
	} {
		t.Run(name, func(t *testing.T) {
			b := letterBlock(t)
			c.change(&b)
			b.Logo = wide(t)
			data, err := b.PNG(240, 80, 72)
			require.NoError(t, err)
			got := colored(t, data)
			for _, d := range []int{got.Min.X - c.want.Min.X, got.Min.Y - c.want.Min.Y, got.Max.X - c.want.Max.X, got.Max.Y - c.want.Max.Y} {
				assert.LessOrEqual(t, max(d, -d), 1, "%v, want %v", got, c.want)
			}
		})
	}
	b := letterBlock(t)
	b.Logo = []byte("GIF89a")
	_, err := b.Form(240, 80)
	assert.ErrorIs(t, err, appearance.ErrLogo)
}

// The code beside a logo and text is still read.
func TestQRBesideLogo(t *testing.T) {
	b := letterBlock(t)
	b.Logo = wide(t)
	data, err := b.PNG(240, 80, 0)
	require.NoError(t, err)
	img, err := png.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	got, err := decodeQR(img)
	require.NoError(t, err)
	assert.Equal(t, link, got)
}

// A JPEG logo keeps its colour.
func TestJPEGLogo(t *testing.T) {
	img, err := png.Decode(bytes.NewReader(wide(t)))
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, jpeg.Encode(&out, img, nil))
	data, err := appearance.Block{Logo: out.Bytes()}.PNG(200, 50, 72)
	require.NoError(t, err)
	shown, err := png.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	c := color.NRGBAModel.Convert(shown.At(100, 25)).(color.NRGBA)
	assert.InDelta(t, 160, c.G, 4)
	assert.InDelta(t, 0, c.R, 4)
}

func TestFooterBlock(t *testing.T) {
	f := appearance.LegalFooter()
	b := f.Block()
	require.Len(t, b.Lines, 3)
	assert.True(t, b.Lines[0].Bold)
	assert.Equal(t, "1. UU ITE No. 11 Tahun 2008 Pasal 5 Ayat 1: “Informasi Elektronik dan/atau Dokumen Elektronik "+
		"dan/atau hasil cetaknya merupakan alat bukti hukum yang sah.”", b.Lines[1].Text)
	f.Title, f.Points = "", f.Points[:1]
	assert.Equal(t, f.Points[0], f.Block().Lines[0].Text, "a single point has no number")
	assert.True(t, b.Transparent)
	_, err := b.Form(480, 40)
	require.NoError(t, err)
}
