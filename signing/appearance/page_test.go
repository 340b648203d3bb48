package appearance_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/internal/vector"
)

// blankPage is a PDF of one empty A4 page.
func blankPage() []byte {
	var b bytes.Buffer
	var offsets []int
	b.WriteString("%PDF-1.7\n")
	for i, o := range []string{
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
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
	return b.Bytes()
}

// place is a form with the lower left corner where it goes.
type place struct {
	form *vector.Form
	x, y float64
}

// drawn returns the path of a PDF whose page shows the forms.
func drawn(t *testing.T, places ...place) string {
	t.Helper()
	blank := blankPage()
	doc, err := pdf.Open(bytes.NewReader(blank), int64(len(blank)), pdf.Options{})
	require.NoError(t, err)
	page, err := doc.Page(0)
	require.NoError(t, err)
	u := doc.NewUpdate()
	objects := pdf.Dict{}
	var content bytes.Buffer
	for i, p := range places {
		ref, err := p.form.AddTo(u)
		require.NoError(t, err)
		objects[pdf.Name("B"+strconv.Itoa(i))] = ref
		fmt.Fprintf(&content, "q 1 0 0 1 %g %g cm /B%d Do Q\n", p.x, p.y, i)
	}
	changed := page.Dict.Clone()
	changed["Resources"] = pdf.Dict{"XObject": objects}
	changed["Contents"] = u.Add(pdf.NewStream(pdf.Dict{}, content.Bytes()))
	u.Set(page.Ref, changed)
	built, err := u.Build()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "page.pdf")
	require.NoError(t, os.WriteFile(path, append(blank, built.Bytes...), 0o600))
	return path
}

// tool runs an outside program, or skips the test where it is missing and need
// not be there.
func tool(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("SERTEL_CI") == "1" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
	out, err := exec.Command(name, args...).Output()
	require.NoError(t, err, "%s %v", name, args)
	return out
}

// room is what rendered shows around a form, in points.
const room = 20

// rendered returns a form and the room around it as pdftoppm draws them.
func rendered(t *testing.T, path string, dpi int, p place) image.Image {
	t.Helper()
	w, h := p.form.Size()
	dots := func(points float64) string { return strconv.Itoa(int(points * float64(dpi) / 72)) }
	out := tool(t, "pdftoppm", "-r", strconv.Itoa(dpi), "-png", "-singlefile",
		"-x", dots(p.x-room), "-y", dots(842-p.y-h-room), "-W", dots(w+2*room), "-H", dots(h+2*room), path)
	img, err := png.Decode(bytes.NewReader(out))
	require.NoError(t, err)
	return img
}

// decodeQR reads the QR code in a picture.
func decodeQR(img image.Image) (string, error) {
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return "", err
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_TRY_HARDER: true,
	})
	if err != nil {
		return "", err
	}
	return result.GetText(), nil
}
