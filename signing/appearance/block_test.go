package appearance_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"github.com/sertel-id/sertel/signing/appearance"
)

const link = "https://arsip.kotacontoh.example/verify/3f9c1b7e20d84a55"

// letterBlock is the block of the usual letter.
func letterBlock(t testing.TB) appearance.Block {
	t.Helper()
	b, err := appearance.Naskah(appearance.Correspondence, official(t))
	require.NoError(t, err)
	b.QR.Link = link
	return b
}

// logo is a round made-up emblem on a clear ground.
func logo(t testing.TB) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 120, 120))
	for y := range 120 {
		for x := range 120 {
			d := math.Hypot(float64(x)-59.5, float64(y)-59.5)
			if d < 58 && (d > 48 || x > 45 && x < 75) {
				img.SetNRGBA(x, y, color.NRGBA{R: 20, G: 60, B: 120, A: 255})
			}
		}
	}
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, img))
	return out.Bytes()
}

func TestBlockRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change        func(b *appearance.Block)
		width, height float64
		want          error
	}{
		"nothing to show":            {func(b *appearance.Block) { *b = appearance.Block{} }, 240, 80, appearance.ErrEmpty},
		"white space alone":          {func(b *appearance.Block) { *b = appearance.Block{Lines: []appearance.Line{{Text: " \u00A0"}, {}}} }, 240, 80, appearance.ErrEmpty},
		"a rule over white space":    {func(b *appearance.Block) { *b = appearance.Block{Lines: []appearance.Line{{Text: " ", Rule: true}}} }, 240, 80, appearance.ErrEmpty},
		"no width":                   {nil, 0, 80, appearance.ErrTooSmall},
		"size is not a number":       {nil, math.NaN(), 80, appearance.ErrTooSmall},
		"larger than a page can be":  {nil, 20000, 80, appearance.ErrTooSmall},
		"QR modules too fine":        {nil, 240, 35, appearance.ErrTooSmall},
		"text does not fit":          {func(b *appearance.Block) { b.QR.Link = "" }, 40, 40, appearance.ErrTooSmall},
		"a word does not fit":        {func(b *appearance.Block) { b.SetLine(appearance.RoleName, strings.Repeat("a", 200)) }, 240, 80, appearance.ErrTooSmall},
		"frame leaves no room":       {func(b *appearance.Block) { b.Border = true }, 5, 5, appearance.ErrTooSmall},
		"text size unreadable":       {func(b *appearance.Block) { b.TextSize = 4 }, 240, 80, appearance.ErrTooSmall},
		"text size not a number":     {func(b *appearance.Block) { b.TextSize = math.NaN() }, 240, 80, appearance.ErrTooSmall},
		"too many lines":             {func(b *appearance.Block) { b.Lines = make([]appearance.Line, 33) }, 240, 80, appearance.ErrTooLong},
		"line too long":              {func(b *appearance.Block) { b.Lines[0].Text = strings.Repeat("a ", 300) }, 240, 80, appearance.ErrTooLong},
		"http":                       {func(b *appearance.Block) { b.QR.Link = "http://arsip.kotacontoh.example/" }, 240, 80, appearance.ErrLink},
		"no scheme":                  {func(b *appearance.Block) { b.QR.Link = "arsip.kotacontoh.example/v/1" }, 240, 80, appearance.ErrLink},
		"script":                     {func(b *appearance.Block) { b.QR.Link = "javascript:alert(1)" }, 240, 80, appearance.ErrLink},
		"no host":                    {func(b *appearance.Block) { b.QR.Link = "https:///v/1" }, 240, 80, appearance.ErrLink},
		"host hidden by credentials": {func(b *appearance.Block) { b.QR.Link = "https://kotacontoh.example@evil.example/" }, 240, 80, appearance.ErrLink},
		"look-alike letter":          {func(b *appearance.Block) { b.QR.Link = "https://kotаcontoh.example/" }, 240, 80, appearance.ErrLink},
		"line feed in the link":      {func(b *appearance.Block) { b.QR.Link = "https://a.example/\n"; b.QR.AllowAnyPayload = true }, 240, 80, appearance.ErrLink},
		"bytes that are no text":     {func(b *appearance.Block) { b.QR.Link = "https://a.example/\xff"; b.QR.AllowAnyPayload = true }, 240, 80, appearance.ErrLink},
		"longer than a code holds":   {func(b *appearance.Block) { b.QR.Link = "https://a.example/" + strings.Repeat("a", 3000) }, 240, 80, appearance.ErrLink},
		"level that does not exist":  {func(b *appearance.Block) { b.QR.Level = appearance.LevelH + 1 }, 240, 80, appearance.ErrLevel},
		"level too low for a logo":   {func(b *appearance.Block) { b.QR.Level, b.QR.Logo = appearance.LevelM, []byte("x") }, 240, 80, appearance.ErrLevel},
		"logo is no picture":         {func(b *appearance.Block) { b.QR.Logo = []byte("<svg/>") }, 240, 80, appearance.ErrLogo},
	} {
		t.Run(name, func(t *testing.T) {
			b := letterBlock(t)
			if c.change != nil {
				c.change(&b)
			}
			_, err := b.Form(c.width, c.height)
			assert.ErrorIs(t, err, c.want)
			_, err = b.PNG(c.width, c.height, 0)
			assert.ErrorIs(t, err, c.want)
		})
	}
}

func TestBlockNamesTheCharacter(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want appearance.CharacterError
	}{
		"no glyph":      {"Budi 签", appearance.CharacterError{Line: 2, Char: '签', Reason: appearance.NoGlyph}},
		"control":       {"Budi\tContoh", appearance.CharacterError{Line: 2, Char: '\t', Reason: appearance.Control}},
		"bidi override": {"Budi \u202EhotnoC", appearance.CharacterError{Line: 2, Char: '\u202E', Reason: appearance.Control}},
		"Arabic":        {"بودي", appearance.CharacterError{Line: 2, Char: 'ب', Reason: appearance.RightToLeft}},
		"loose mark":    {"Budi q\u0303", appearance.CharacterError{Line: 2, Char: '\u0303', Reason: appearance.LooseMark}},
		"Javanese":      {"ꦧꦸꦢꦶ", appearance.CharacterError{Line: 2, Char: 'ꦧ', Reason: appearance.JoinedScript}},
		"not UTF-8":     {"Budi \xff", appearance.CharacterError{Line: 2, Char: '\uFFFD', Reason: appearance.InvalidUTF8}},
	} {
		t.Run(name, func(t *testing.T) {
			b := letterBlock(t)
			b.SetLine(appearance.RoleName, c.text)
			_, err := b.Form(240, 80)
			var got *appearance.CharacterError
			require.ErrorAs(t, err, &got)
			assert.Equal(t, c.want, *got)
			assert.NotContains(t, err.Error(), "Budi")
		})
	}
}

func TestResolution(t *testing.T) {
	b := letterBlock(t)
	data, err := b.PNG(240, 80, 0)
	require.NoError(t, err)
	img, err := png.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	assert.Equal(t, image.Pt(1000, 334), img.Bounds().Size(), "240 x 80 points at 300 dpi")
	assert.Contains(t, string(data), "pHYs\x00\x00\x2e\x23\x00\x00\x2e\x23\x01", "11,811 dots per metre")

	for _, dpi := range []float64{-1, math.NaN(), 100_000} {
		_, err = b.PNG(240, 80, dpi)
		assert.ErrorIs(t, err, appearance.ErrResolution, "%g dpi", dpi)
	}
}

func TestTransparency(t *testing.T) {
	b := letterBlock(t)
	corner := func() color.NRGBA {
		data, err := b.PNG(240, 80, 72)
		require.NoError(t, err)
		img, err := png.Decode(bytes.NewReader(data))
		require.NoError(t, err)
		return color.NRGBAModel.Convert(img.At(239, 0)).(color.NRGBA)
	}
	assert.Equal(t, color.NRGBA{255, 255, 255, 255}, corner(), "white covers the tag")
	b.Transparent = true
	assert.Equal(t, color.NRGBA{}, corner())
}

func TestOwnFonts(t *testing.T) {
	fonts, err := appearance.NewFonts(goregular.TTF, gobold.TTF)
	require.NoError(t, err)
	b := letterBlock(t)
	b.Fonts = fonts
	own, err := b.PNG(240, 80, 100)
	require.NoError(t, err)
	b.Fonts = nil
	usual, err := b.PNG(240, 80, 100)
	require.NoError(t, err)
	assert.NotEqual(t, own, usual)

	_, err = appearance.NewFonts(goregular.TTF, nil)
	assert.ErrorIs(t, err, appearance.ErrFont)
	_, err = appearance.NewFonts([]byte("OTTO"), gobold.TTF)
	assert.ErrorIs(t, err, appearance.ErrFont)
}

func TestQRIsReadFromPage(t *testing.T) {
	var places []place
	var names []string
	for i, side := range []float64{60, 80, 100} {
		for j, emblem := range [][]byte{nil, logo(t)} {
			b := appearance.Block{QR: appearance.QR{Link: link, Logo: emblem}}
			name := fmt.Sprintf("%g points, logo %v", side, emblem != nil)

			data, err := b.PNG(side, side, 0)
			require.NoError(t, err)
			img, err := png.Decode(bytes.NewReader(data))
			require.NoError(t, err)
			got, err := decodeQR(img)
			require.NoError(t, err, "PNG, %s", name)
			assert.Equal(t, link, got)

			form, err := b.Form(side, side)
			require.NoError(t, err)
			places = append(places, place{form, 50 + 150*float64(i), 500 + 150*float64(j)})
			names = append(names, name)
		}
	}
	path := drawn(t, places...)
	for i, p := range places {
		got, err := decodeQR(rendered(t, path, 150, p))
		require.NoError(t, err, "vectors, %s", names[i])
		assert.Equal(t, link, got)
	}
}

func TestTextIsReadInOrder(t *testing.T) {
	b := letterBlock(t)
	b.SetLine(appearance.RolePosition, "a.n. WALI KOTA CONTOH", "SEKRETARIS DAERAH", "u.b. ASISTEN")
	b.SetLine(appearance.RoleName, "Dr. Renée Çontoh–Ñandu, S.T.")
	form, err := b.Form(240, 90)
	require.NoError(t, err)
	got := strings.Split(strings.TrimSpace(string(tool(t, "pdftotext", drawn(t, place{form, 100, 500}), "-"))), "\n")
	assert.Equal(t, texts(b), got)
}

func TestLongTextShrinksAndWraps(t *testing.T) {
	b := letterBlock(t)
	b.SetLine(appearance.RolePosition, "KEPALA BIDANG PENGELOLAAN DAN PELAYANAN ARSIP DINAMIS DAN STATIS")
	form, err := b.Form(200, 70)
	require.NoError(t, err)
	path := drawn(t, place{form, 100, 500})
	assert.Equal(t, strings.Join(texts(b), " "),
		strings.Join(strings.Fields(string(tool(t, "pdftotext", path, "-"))), " "))
	// Nothing reaches beyond the block.
	page := rendered(t, path, 72, place{form, 100, 500})
	for y := range page.Bounds().Dy() {
		for x := range page.Bounds().Dx() {
			if r, _, _, _ := page.At(x, y).RGBA(); r < 0x8000 {
				require.True(t, x >= room && x <= room+200 && y >= room && y <= room+70, "ink at %d, %d", x, y)
			}
		}
	}
}

func TestStructureIsSound(t *testing.T) {
	b := letterBlock(t)
	b.QR.Logo, b.Border = logo(t), true
	form, err := b.Form(240, 80)
	require.NoError(t, err)
	path := drawn(t, place{form, 100, 500})
	tool(t, "qpdf", "--check", path)
	assert.Contains(t, string(tool(t, "pdffonts", path)), "Identity-H")
	tool(t, "mutool", "draw", "-q", "-F", "stext", "-o", "-", path)
}
