package vector_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/image/draw"

	"github.com/sertel-id/sertel/signing/internal/pdf"
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
	gray := image.NewGray(image.Rect(0, 0, 16, 8))
	draw.Draw(gray, gray.Rect, image.NewUniform(color.Gray{Y: 0x60}), image.Point{}, draw.Src)

	for name, c := range map[string]struct {
		data          []byte
		width, height int
		x, y          int
		want          [4]uint8
	}{
		"16 bit grey":       {pngOf(t, gray16), 2, 1, 1, 0, [4]uint8{0x80, 0x80, 0x80, 255}},
		"palette, clear":    {pngOf(t, palette), 2, 1, 1, 0, [4]uint8{}},
		"palette, colour":   {pngOf(t, palette), 2, 1, 0, 0, [4]uint8{0, 255, 0, 255}},
		"16 bit with alpha": {pngOf(t, deep), 1, 1, 0, 0, [4]uint8{255, 0, 0, 0x80}},
		"JPEG":              {jpegOf(t, halves(), 0), 16, 8, 2, 2, [4]uint8{254, 0, 0, 255}},
		"grey JPEG":         {jpegOf(t, gray, 0), 16, 8, 8, 4, [4]uint8{0x60, 0x60, 0x60, 255}},
		"large":             {pngOf(t, large), 2000, 500, 0, 0, [4]uint8{0, 0, 0, 255}},
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
	cmyk, err := os.ReadFile(filepath.Join("testdata", "cmyk.jpg"))
	require.NoError(t, err)
	require.Equal(t, "Adobe", string(cmyk[6:11]))
	for name, data := range map[string][]byte{
		"empty":               nil,
		"text":                []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"),
		"GIF":                 []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
		"PNG cut off":         good[:len(good)-20],
		"four inks unmarked":  bytes.Replace(cmyk, []byte("Adobe"), []byte("other"), 1),
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

// Eight fields of 8 x 8 dots, each of one or two whole inks, as Ghostscript
// stores them in YCCK: Adobe's marker with transform 2, ink inverted.
var ycckFields = [2][4]color.NRGBA{
	{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 255, 255}},
	{{0, 255, 255, 255}, {255, 0, 255, 255}, {255, 255, 0, 255}, {0, 0, 0, 255}},
}

// nearest is the field's colour that a dot comes closest to: a renderer's inks
// are not pure.
func nearest(c color.Color) color.NRGBA {
	got := color.NRGBAModel.Convert(c).(color.NRGBA)
	var best color.NRGBA
	least := math.MaxInt
	for _, row := range ycckFields {
		for _, f := range row {
			r, g, b := int(got.R)-int(f.R), int(got.G)-int(f.G), int(got.B)-int(f.B)
			if d := r*r + g*g + b*b; d < least {
				best, least = f, d
			}
		}
	}
	return best
}

func TestParseImageReadsYCCK(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "ycck.jpg"))
	require.NoError(t, err)
	require.Equal(t, []byte("Adobe\x00\x64\x00\x00\x00\x00\x02"), data[6:18], "the marker says YCCK")
	img, err := vector.ParseImage(data)
	require.NoError(t, err)
	w, h, at := img.Pixels()
	require.Equal(t, [2]int{32, 16}, [2]int{w, h})
	for y, row := range ycckFields {
		for x, want := range row {
			got := at(8*x+4, 8*y+4)
			for i, v := range [4]uint8{want.R, want.G, want.B, want.A} {
				assert.InDelta(t, v, got[i], 12, "field %d,%d", x, y)
			}
		}
	}
}

// The same picture as a reader of PDF shows the JPEG itself, as it shows our
// form, and as we draw it in dots: each field has its ink.
func TestYCCKLooksAsReadersShowIt(t *testing.T) {
	pdftoppm, err := exec.LookPath("pdftoppm")
	if err != nil {
		if os.Getenv("SERTEL_CI") == "1" {
			t.Fatal("pdftoppm is missing")
		}
		t.Skip("pdftoppm is missing")
	}
	data, err := os.ReadFile(filepath.Join("testdata", "ycck.jpg"))
	require.NoError(t, err)
	img, err := vector.ParseImage(data)
	require.NoError(t, err)
	form, err := vector.New(32, 16)
	require.NoError(t, err)
	form.Image(0, 0, 32, 16, img)
	least, most, pixels := form.Resolution()
	assert.Equal(t, [3]float64{72, 72, 512}, [3]float64{least, most, float64(pixels)})
	dots, err := form.Render(72)
	require.NoError(t, err)

	reader := func(file []byte) image.Image {
		path := filepath.Join(t.TempDir(), "page.pdf")
		require.NoError(t, os.WriteFile(path, file, 0o600))
		out, err := exec.Command(pdftoppm, "-r", "72", "-png", "-singlefile", path, path).CombinedOutput()
		require.NoError(t, err, "%s", out)
		f, err := os.Open(path + ".png")
		require.NoError(t, err)
		defer f.Close()
		shown, err := png.Decode(f)
		require.NoError(t, err)
		return shown
	}
	for name, shown := range map[string]image.Image{
		"the JPEG itself": reader(jpegPage(t, data, 32, 16)), "the form": reader(formPage(t, form)), "the form in dots": dots,
	} {
		for y, row := range ycckFields {
			for x, want := range row {
				assert.Equal(t, want, nearest(shown.At(8*x+4, 8*y+4)), "%s, field %d,%d", name, x, y)
			}
		}
	}
}

// jpegPage is a PDF that shows a JPEG of four inverted inks as it is.
func jpegPage(t testing.TB, data []byte, w, h int) []byte {
	t.Helper()
	form, err := vector.New(float64(w), float64(h))
	require.NoError(t, err)
	empty := formPage(t, form)
	doc, err := pdf.Open(bytes.NewReader(empty), int64(len(empty)), pdf.Options{})
	require.NoError(t, err)
	page, err := doc.Page(0)
	require.NoError(t, err)
	u := doc.NewUpdate()
	inverted := pdf.Array{}
	for range 4 {
		inverted = append(inverted, pdf.Integer(1), pdf.Integer(0))
	}
	ref := u.Add(pdf.NewStream(pdf.Dict{"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Image"), "Width": pdf.Integer(w),
		"Height": pdf.Integer(h), "BitsPerComponent": pdf.Integer(8), "ColorSpace": pdf.Name("DeviceCMYK"),
		"Filter": pdf.Name("DCTDecode"), "Decode": inverted}, data))
	dict := page.Dict.Clone()
	dict["Resources"] = pdf.Dict{"XObject": pdf.Dict{"Photo": ref}}
	dict["Contents"] = u.Add(pdf.NewStream(pdf.Dict{}, fmt.Appendf(nil, "%d 0 0 %d 0 0 cm /Photo Do", w, h)))
	u.Set(page.Ref, dict)
	built, err := u.Build()
	require.NoError(t, err)
	return append(empty, built.Bytes...)
}
