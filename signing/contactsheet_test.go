package signing_test

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"sort"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

var update = flag.Bool("update", false, "write the contact sheets and the outcomes of the corpus anew; look at them before you keep them")

// readyBlocks are the blocks that callers need not design.
func readyBlocks(t testing.TB) []*appearance.Block {
	t.Helper()
	name, err := identity.ParseName("Dr. Budi Contoh, S.T., M.Kom.")
	require.NoError(t, err)
	number, err := identity.ParseEmployeeNumber("198501012010011900")
	require.NoError(t, err)
	head := appearance.Official{Name: name, Position: "Kepala Dinas Contoh", Rank: "Pembina Tingkat I", Grade: "IV/b", Number: number}
	of := func(kind appearance.Kind, change func(*appearance.Official), shape func(*appearance.Block)) *appearance.Block {
		o := head
		if change != nil {
			change(&o)
		}
		b, err := appearance.Naskah(kind, o)
		require.NoError(t, err)
		b.QR.Link = "https://surat.contoh.go.id/v/7f3a"
		if shape != nil {
			shape(&b)
		}
		return &b
	}
	when := time.Date(2026, time.November, 23, 9, 0, 0, 0, appearance.WIB.Location()) // not today: the sheets stay as they are
	return []*appearance.Block{
		of(appearance.Correspondence, nil, nil),
		of(appearance.Deciding, func(o *appearance.Official) { o.Office, o.Position = appearance.HeadOfRegion, "Wali Kota Contoh" }, nil),
		of(appearance.Assigning, func(o *appearance.Official) {
			o.OnBehalfOf, o.Through = "Wali Kota Contoh", "Sekretaris Daerah"
		}, nil),
		of(appearance.Special, func(o *appearance.Official) { o.Acting = appearance.Plt }, func(b *appearance.Block) { b.Border = true }),
		of(appearance.Charter, nil, func(b *appearance.Block) { b.QR.Logo = transparentLogo(t) }),
		of(appearance.Regulating, nil, func(b *appearance.Block) { b.Logo = transparentLogo(t) }),
		of(appearance.Correspondence, nil, func(b *appearance.Block) {
			b.Lines = append(b.Lines, appearance.Line{Role: appearance.RoleTime, Text: appearance.TimeText(when)})
		}),
		of(appearance.Correspondence, nil, func(b *appearance.Block) { b.QR, b.Logo = appearance.QR{}, transparentLogo(t) }),
	}
}

// sheetPage is a page turned for display, its crop box so far within its edges.
// A mark shows the upper left corner of the page as it was before it was turned.
func sheetPage(width, height, crop, turn int) []byte {
	content := fmt.Sprintf("0.8 g %d %d 30 30 re f 0.6 G %d %d %d %d re S", crop+6, height-crop-36,
		crop+2, crop+2, width-2*crop-4, height-2*crop-4)
	return page(content, fmt.Sprintf("/MediaBox [0 0 %d %d] /CropBox [%d %d %d %d] /Rotate %d",
		width, height, crop, crop, width-crop, height-crop, turn))
}

// TestContactSheets signs pages of three sizes, turned in four ways, without and
// with a crop box off the origin, each with every ready block, and compares what
// another program shows with what people have looked at. Outside CI it is one size.
func TestContactSheets(t *testing.T) {
	key := person(t, "Budi Contoh", p256())
	blocks := readyBlocks(t)
	for name, size := range map[string][2]int{"a4": {595, 842}, "f4": {609, 935}, "letter": {612, 792}} {
		if os.Getenv("SERTEL_CI") != "1" && !*update && name != "f4" {
			continue
		}
		var pages []image.Image
		for _, crop := range []int{0, 40} {
			for turn := 0; turn < 360; turn += 90 {
				out := sheetPage(size[0], size[1], crop, turn)
				for i, b := range blocks {
					out = mustSign(t, out, signing.Options{Key: key, Block: b, Placement: signing.Placement{Page: 1,
						Corner: []signing.Corner{signing.TopLeft, signing.BottomRight}[i%2],
						Rect:   signing.Rect{X: 10, Y: 45 + 115*float64(i/2), Width: 240, Height: 80}}})
				}
				pages = append(pages, pageImages(t, out, 100)...)
			}
		}
		compareSheet(t, name, pages, 4)
	}

	large := page("", "")
	for i, b := range blocks {
		large = mustSign(t, large, signing.Options{Key: key, Block: b,
			Placement: signing.Placement{Page: 1, Corner: signing.TopLeft, Rect: signing.Rect{X: 30, Y: 10 + 100*float64(i), Width: 260, Height: 88}}})
	}
	compareSheet(t, "blocks", pageImages(t, large, 110), 1)

	footer := appearance.LegalFooter()
	footer.Logo = transparentLogo(t)
	withFooter, _, err := prepareLetter(page("", ""), signing.LetterOptions{Footer: &signing.PageFooter{Footer: footer}})
	require.NoError(t, err)
	compareSheet(t, "footer", pageImages(t, withFooter, 80), 1)
}

// pageImages renders every page in grey.
func pageImages(t testing.TB, in []byte, dpi int) []image.Image {
	t.Helper()
	file := write(t, in)
	text, code := run(t, tool(t, "pdftoppm"), "-r", fmt.Sprint(dpi), "-gray", "-png", "-cropbox", file, file)
	require.Zero(t, code, text)
	names, err := filepath.Glob(file + "-*.png")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	sort.Strings(names)
	images := make([]image.Image, len(names))
	for i, name := range names {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		images[i], err = png.Decode(bytes.NewReader(b))
		require.NoError(t, err)
	}
	return images
}

// compareSheet lays the pages side by side and compares the sheet with the one
// that is kept. Squares of 8 pixels may differ by what another version of the
// renderer does to edges, not by what a block or a line in another place does.
func compareSheet(t *testing.T, name string, pages []image.Image, columns int) {
	t.Helper()
	cell := image.Point{}
	for _, p := range pages {
		cell.X, cell.Y = max(cell.X, p.Bounds().Dx()+4), max(cell.Y, p.Bounds().Dy()+4)
	}
	sheet := image.NewGray(image.Rect(0, 0, cell.X*columns, cell.Y*((len(pages)+columns-1)/columns)))
	draw.Draw(sheet, sheet.Rect, image.NewUniform(color.Gray{Y: 170}), image.Point{}, draw.Src)
	for i, p := range pages {
		at := image.Pt(i%columns*cell.X+2, i/columns*cell.Y+2)
		draw.Draw(sheet, p.Bounds().Add(at), p, image.Point{}, draw.Src)
	}
	path := filepath.Join("testdata", "contactsheet", name+".png")
	if *update {
		var b bytes.Buffer
		require.NoError(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, inSixteenGreys(sheet)))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, b.Bytes(), 0o644))
	}
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	stored, err := png.Decode(bytes.NewReader(b))
	require.NoError(t, err)
	require.Equal(t, sheet.Bounds(), stored.Bounds(), name)
	kept := image.NewGray(sheet.Rect)
	draw.Draw(kept, kept.Rect, stored, image.Point{}, draw.Src)
	const square, most = 8, 40
	for y := 0; y < sheet.Rect.Max.Y; y += square {
		for x := 0; x < sheet.Rect.Max.X; x += square {
			sum := 0
			for i := range square * square {
				at := image.Pt(x+i%square, y+i/square)
				if at.In(sheet.Rect) {
					sum += int(sheet.GrayAt(at.X, at.Y).Y) - int(kept.GrayAt(at.X, at.Y).Y)
				}
			}
			require.LessOrEqual(t, max(sum, -sum)/(square*square), most, "%s at %d, %d", name, x, y)
		}
	}
}

// inSixteenGreys is the sheet as it is kept: half as large, and as good to look
// at.
func inSixteenGreys(sheet *image.Gray) *image.Paletted {
	greys := make(color.Palette, 16)
	for i := range greys {
		greys[i] = color.Gray{Y: uint8(17 * i)}
	}
	out := image.NewPaletted(sheet.Rect, greys)
	for i, v := range sheet.Pix {
		out.Pix[i] = uint8((int(v) + 8) / 17)
	}
	return out
}
