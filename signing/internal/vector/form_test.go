package vector_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
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

// formPage returns a PDF whose only page is the form and no larger.
func formPage(t testing.TB, form *vector.Form) []byte {
	t.Helper()
	w, h := form.Size()
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	var offsets []int
	for i, o := range []string{
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %g %g]>>", w, h),
	} {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, xref)

	doc, err := pdf.Open(bytes.NewReader(b.Bytes()), int64(b.Len()), pdf.Options{})
	require.NoError(t, err)
	page, err := doc.Page(0)
	require.NoError(t, err)
	u := doc.NewUpdate()
	ref, err := form.AddTo(u)
	require.NoError(t, err)
	dict := page.Dict.Clone()
	dict["Resources"] = pdf.Dict{"XObject": pdf.Dict{"Form": ref}}
	dict["Contents"] = u.Add(pdf.NewStream(pdf.Dict{}, []byte("/Form Do")))
	u.Set(page.Ref, dict)
	built, err := u.Build()
	require.NoError(t, err)
	return append(b.Bytes(), built.Bytes...)
}

// drawing uses everything that a form can hold.
func drawing(t testing.TB) *vector.Form {
	t.Helper()
	form, err := vector.New(200, 100)
	require.NoError(t, err)
	form.FillRect(0, 0, 200, 100, vector.White)
	form.Frame(0, 0, 200, 100, 2, vector.Color{R: 200})
	code, err := vector.NewQR("https://arsip.kotacontoh.example/verify/1", vector.QRLevelM)
	require.NoError(t, err)
	form.QR(10, 10, 80, code)
	_, err = form.Text(regular(t), 14, 100, 60, "Budi é Contoh", vector.Black)
	require.NoError(t, err)
	half := image.NewNRGBA(image.Rect(0, 0, 20, 10))
	draw.Draw(half, half.Rect, image.NewUniform(color.NRGBA{B: 255, A: 128}), image.Point{}, draw.Src)
	img, err := vector.ParseImage(pngOf(t, half))
	require.NoError(t, err)
	form.Image(100, 10, 80, 40, img)
	return form
}

func TestFormSize(t *testing.T) {
	for _, side := range []float64{0, -1, vector.MaxSide + 1, math.NaN(), math.Inf(1)} {
		_, err := vector.New(side, 10)
		assert.Error(t, err)
		_, err = vector.New(10, side)
		assert.Error(t, err)
	}
	form, err := vector.New(240, 80)
	require.NoError(t, err)
	w, h := form.Size()
	assert.Equal(t, [2]float64{240, 80}, [2]float64{w, h})
}

func TestFormIsTheSameEveryTime(t *testing.T) {
	first, second := formPage(t, drawing(t)), formPage(t, drawing(t))
	assert.Equal(t, first, second)
}

// Both outputs must look alike: the one is drawn by another program.
func TestFormLooksAlikeAsPDFAndPixels(t *testing.T) {
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		if os.Getenv("SERTEL_CI") == "1" {
			t.Fatal("pdftoppm is not installed")
		}
		t.Skip("pdftoppm is not installed")
	}
	form := drawing(t)
	path := filepath.Join(t.TempDir(), "form.pdf")
	require.NoError(t, os.WriteFile(path, formPage(t, form), 0o600))
	out, err := exec.Command("pdftoppm", "-r", "144", "-png", "-singlefile", path).Output()
	require.NoError(t, err)
	want, err := png.Decode(bytes.NewReader(out))
	require.NoError(t, err)
	got, err := form.Render(144)
	require.NoError(t, err)
	require.Equal(t, want.Bounds().Size(), got.Bounds().Size())

	// Edges differ by how each program smooths them; areas do not.
	far := 0
	for y := range got.Rect.Dy() {
		for x := range got.Rect.Dx() {
			r1, g1, b1, _ := want.At(x, y).RGBA()
			r2, g2, b2, _ := got.At(x, y).RGBA()
			for _, pair := range [][2]uint32{{r1, r2}, {g1, g2}, {b1, b2}} {
				if max(pair[0], pair[1])-min(pair[0], pair[1]) > 0x6000 {
					far++
					break
				}
			}
		}
	}
	assert.Less(t, float64(far)/float64(got.Rect.Dx()*got.Rect.Dy()), 0.01)
}

func TestRenderRefusesHugePictures(t *testing.T) {
	form, err := vector.New(14400, 14400)
	require.NoError(t, err)
	for _, dpi := range []float64{600, 0, -72, math.NaN(), math.Inf(1)} {
		_, err := form.Render(dpi)
		assert.ErrorIs(t, err, vector.ErrImage, "%g dpi", dpi)
	}
}
