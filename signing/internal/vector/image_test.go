package vector_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/vector"
)

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, img))
	return b.Bytes()
}

// halves is 16 x 8 pixels, red at the left and blue at the right.
func halves() *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, 16, 8))
	for y := range 8 {
		for x := range 16 {
			c := color.NRGBA{R: 255, A: 255}
			if x >= 8 {
				c = color.NRGBA{B: 255, A: 255}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func jpegOf(t testing.TB, img image.Image, orientation byte) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, img, &jpeg.Options{Quality: 100}))
	if orientation == 0 {
		return b.Bytes()
	}
	exif := append([]byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01"),
		0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0)
	app := binary.BigEndian.AppendUint16([]byte{0xFF, 0xE1}, uint16(len(exif)+2))
	return append(append([]byte{0xFF, 0xD8}, append(app, exif...)...), b.Bytes()[2:]...)
}

func TestParseImageReads(t *testing.T) {
	gray16 := image.NewGray16(image.Rect(0, 0, 2, 1))
	gray16.SetGray16(1, 0, color.Gray16{Y: 0x8080})
	palette := image.NewPaletted(image.Rect(0, 0, 2, 1), color.Palette{color.NRGBA{G: 255, A: 255}, color.NRGBA{A: 0}})
	palette.SetColorIndex(1, 0, 1)
	deep := image.NewNRGBA64(image.Rect(0, 0, 1, 1))
	deep.SetNRGBA64(0, 0, color.NRGBA64{R: 0xFFFF, A: 0x8000})
	large := image.NewGray(image.Rect(0, 0, 2000, 500))

	for name, c := range map[string]struct {
		data          []byte
		width, height int
		x, y          int
		want          [4]uint8
	}{
		"16 bit grey":         {pngOf(t, gray16), 2, 1, 1, 0, [4]uint8{0x80, 0x80, 0x80, 255}},
		"palette, clear":      {pngOf(t, palette), 2, 1, 1, 0, [4]uint8{}},
		"palette, colour":     {pngOf(t, palette), 2, 1, 0, 0, [4]uint8{0, 255, 0, 255}},
		"16 bit with alpha":   {pngOf(t, deep), 1, 1, 0, 0, [4]uint8{255, 0, 0, 0x80}},
		"JPEG":                {jpegOf(t, halves(), 0), 16, 8, 2, 2, [4]uint8{254, 0, 0, 255}},
		"large one is shrunk": {pngOf(t, large), 1000, 250, 0, 0, [4]uint8{0, 0, 0, 255}},
	} {
		t.Run(name, func(t *testing.T) {
			img, err := vector.ParseImage(c.data)
			require.NoError(t, err)
			w, h, at := img.Pixels()
			assert.Equal(t, [2]int{c.width, c.height}, [2]int{w, h})
			assert.Equal(t, c.want, at(c.x, c.y))
		})
	}
}

// Where the red half, at the left as stored, must be once turned upright.
func TestParseImageTurnsUpright(t *testing.T) {
	for orientation, red := range map[byte]image.Point{
		1: {1, 4}, 2: {14, 4}, 3: {14, 4}, 4: {1, 4}, // left, right, right, left
		5: {4, 1}, 6: {4, 1}, 7: {4, 14}, 8: {4, 14}, // top, top, bottom, bottom
	} {
		img, err := vector.ParseImage(jpegOf(t, halves(), orientation))
		require.NoError(t, err)
		w, _, at := img.Pixels()
		if orientation >= 5 {
			assert.Equal(t, 8, w, "orientation %d", orientation)
		}
		assert.Greater(t, at(red.X, red.Y)[0], uint8(200), "orientation %d", orientation)
	}
}

// bomb is a PNG that claims a size and holds almost nothing.
func bomb(width, height uint32) []byte {
	be := binary.BigEndian
	chunk := func(kind string, data []byte) []byte {
		out := append(be.AppendUint32(nil, uint32(len(data))), kind...)
		out = append(out, data...)
		return be.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
	}
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	_, _ = w.Write(make([]byte, 1024))
	_ = w.Close()
	header := append(be.AppendUint32(be.AppendUint32(nil, width), height), 8, 2, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", header)...)
	return append(out, chunk("IDAT", z.Bytes())...)
}

func TestParseImageRefuses(t *testing.T) {
	good := pngOf(t, halves())
	for name, data := range map[string][]byte{
		"empty":               nil,
		"text":                []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"),
		"GIF":                 []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
		"PNG cut off":         good[:len(good)-20],
		"JPEG cut off":        jpegOf(t, halves(), 0)[:60],
		"JPEG header alone":   {0xFF, 0xD8},
		"too many pixels":     bomb(100_000, 100_000),
		"one side too long":   bomb(1<<31-1, 1),
		"pixels not there":    bomb(2000, 2000),
		"larger than allowed": make([]byte, vector.MaxImageSize+1),
		"animated PNG":        animated(good),
		"animation cut off":   animated(good)[:45],
	} {
		t.Run(name, func(t *testing.T) {
			_, err := vector.ParseImage(data)
			assert.ErrorIs(t, err, vector.ErrImage)
		})
	}
}

// animated puts the chunk that announces frames after a PNG's header.
func animated(data []byte) []byte {
	const headerEnd = 8 + 12 + 13
	chunk := append(binary.BigEndian.AppendUint32(nil, 8), "acTL\x00\x00\x00\x02\x00\x00\x00\x00"...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return bytes.Join([][]byte{data[:headerEnd], chunk, data[headerEnd:]}, nil)
}

// A JPEG of red in four inks, as Ghostscript stores it: Adobe's marker, ink
// inverted.
func TestParseImageReadsCMYK(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "cmyk.jpg"))
	require.NoError(t, err)
	img, err := vector.ParseImage(data)
	require.NoError(t, err)
	w, h, at := img.Pixels()
	assert.Equal(t, [2]int{8, 8}, [2]int{w, h})
	c := at(4, 4)
	assert.Greater(t, c[0], uint8(200))
	assert.Less(t, max(c[1], c[2]), uint8(70))
}

func TestArchivalHasNoMask(t *testing.T) {
	clear := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	clear.SetNRGBA(0, 0, color.NRGBA{R: 255, A: 128})
	img, err := vector.ParseImage(pngOf(t, clear))
	require.NoError(t, err)
	form, err := vector.New(20, 10)
	require.NoError(t, err)
	form.Image(0, 0, 20, 10, img)
	shown, err := form.Archival().Render(72)
	require.NoError(t, err)
	assert.Equal(t, color.NRGBA{255, 255, 255, 255}, shown.NRGBAAt(18, 5), "what was clear is white")
	assert.InDelta(t, 127, shown.NRGBAAt(1, 5).G, 25, "what was half clear is mixed with white")
	before, err := form.Render(72)
	require.NoError(t, err)
	assert.Less(t, before.NRGBAAt(18, 5).A, uint8(20), "the form itself stays as it is")
}
