package signing_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// page is a document of one page that shows the content, with Helvetica as F.
func page(content, entries string) []byte {
	if !strings.Contains(entries, "MediaBox") {
		entries += "/MediaBox [0 0 595 842]"
	}
	return raw("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> "+entries+" >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
}

// twoSigners is a letter with a tag for each of two signers and one that stands
// twice.
var twoSigners = page("BT /F 11 Tf 60 780 Td (Surat contoh) Tj 0 -200 Td (${ttd_lurah}) Tj 260 0 Td (${ttd_camat}) Tj"+
	" -260 -200 Td (#) Tj 260 0 Td (#) Tj ET", "")

func prepareLetter(in []byte, opts signing.LetterOptions) ([]byte, signing.Layout, error) {
	var out bytes.Buffer
	layout, err := signing.PrepareLetter(context.Background(), &out, bytes.NewReader(in), int64(len(in)), opts)
	return out.Bytes(), layout, err
}

func stamp(in []byte, opts signing.StampOptions) ([]byte, signing.LayoutPlace, error) {
	var out bytes.Buffer
	p, err := signing.Stamp(context.Background(), &out, bytes.NewReader(in), int64(len(in)), opts)
	return out.Bytes(), p, err
}

func atTag(tag string) signing.Placement {
	return signing.Placement{Anchor: tag, Width: 240, Height: 80}
}

// lurahAndCamat prepares twoSigners: both at their tags, and the legal footer.
func lurahAndCamat() signing.LetterOptions {
	return signing.LetterOptions{
		Roles: []signing.LetterRole{
			{Role: "lurah", Placement: atTag("${ttd_lurah}")},
			{Role: "camat", Placement: atTag("${ttd_camat}")},
		},
		Footer: &signing.PageFooter{Footer: appearance.LegalFooter()},
	}
}

// TestLetterOfTwo goes the whole way of a letter with two signers and an
// initial.
func TestLetterOfTwo(t *testing.T) {
	prepared, layout, err := prepareLetter(twoSigners, lurahAndCamat())
	require.NoError(t, err)
	require.True(t, bytes.HasPrefix(prepared, twoSigners), "nothing is rewritten")

	travelled, err := json.Marshal(layout)
	require.NoError(t, err)
	var back signing.Layout
	require.NoError(t, json.Unmarshal(travelled, &back))
	require.Equal(t, layout, back)

	signed := prepared
	for i, role := range []string{"", "lurah", "camat"} {
		require.NoError(t, back.Check(context.Background(), bytes.NewReader(signed), int64(len(signed))))
		opts := signing.Options{Key: person(t, "Budi Contoh", p256()), Reason: "Paraf"}
		if role != "" {
			opts.Block, opts.Reason = block(), "Menyetujui"
			opts.Placement, err = back.Placement(role)
			require.NoError(t, err)
		}
		out, r, err := sign(t, signed, opts)
		require.NoError(t, err)
		if role != "" {
			require.Equal(t, back.Places[i-1].Rect, r.Rect)
		}
		signed = out
	}
	intact(t, signed, 3)

	t.Run("pages of a signed letter do not change any more", func(t *testing.T) {
		out, _, err := prepareLetter(signed, signing.LetterOptions{Roles: []signing.LetterRole{{Role: "x", Placement: corner}}})
		require.ErrorIs(t, err, signing.ErrSigned)
		require.Empty(t, out)
		out, _, err = stamp(signed, signing.StampOptions{Block: block(), Placement: corner})
		require.ErrorIs(t, err, signing.ErrSigned)
		require.Empty(t, out)
	})
	t.Run("another letter is not the layout's", func(t *testing.T) {
		require.ErrorIs(t, back.Check(context.Background(), bytes.NewReader(twoSigners), int64(len(twoSigners))), signing.ErrWrongDocument)
		other := bytes.Clone(signed)
		other[len(twoSigners)/2] ^= 1
		require.ErrorIs(t, back.Check(context.Background(), bytes.NewReader(other), int64(len(other))), signing.ErrWrongDocument)
	})
	t.Run("the sentence of the law is there whole", func(t *testing.T) {
		text, _ := run(t, tool(t, "pdftotext"), "-q", "-layout", write(t, prepared), "-")
		require.Contains(t, strings.Join(strings.Fields(text), " "), "“"+appearance.LegalSentence+"”")
		require.Contains(t, strings.Join(strings.Fields(text), " "), appearance.IssuerSentence)
	})
	t.Run("tags are covered", func(t *testing.T) {
		before, after := render(t, twoSigners, 72), render(t, prepared, 72)
		for _, p := range layout.Places {
			tag := image.Rect(int(p.Rect.X), int(842-p.Rect.Y-p.Rect.Height), int(p.Rect.X)+60, int(842-p.Rect.Y-p.Rect.Height)+14)
			require.NotZero(t, ink(before, tag))
			require.Zero(t, ink(after, tag))
		}
	})
	t.Run("unknown role", func(t *testing.T) {
		_, err := back.Placement("bupati")
		require.ErrorIs(t, err, signing.ErrRole)
	})
}

// render shows the first page as pdftoppm does.
func render(t testing.TB, in []byte, dpi int) image.Image {
	t.Helper()
	file := write(t, in)
	text, code := run(t, tool(t, "pdftoppm"), "-r", fmt.Sprint(dpi), "-png", "-cropbox", "-singlefile", file, file)
	require.Zero(t, code, text)
	f, err := os.Open(file + ".png")
	require.NoError(t, err)
	defer f.Close()
	img, err := png.Decode(f)
	require.NoError(t, err)
	return img
}

// ink counts the pixels that are not white.
func ink(img image.Image, r image.Rectangle) int {
	n := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if r, g, b, _ := img.At(x, y).RGBA(); min(r, g, b) < 0xF000 {
				n++
			}
		}
	}
	return n
}

func TestPrepareLetterRefuses(t *testing.T) {
	role := func(p signing.Placement) []signing.LetterRole {
		return []signing.LetterRole{{Role: "lurah", Placement: p}}
	}
	all := atTag("#")
	all.Which = signing.AllTags
	for name, c := range map[string]struct {
		opts signing.LetterOptions
		want error
	}{
		"tag missing":          {signing.LetterOptions{Roles: role(atTag("~"))}, signing.ErrTagNotFound},
		"tag twice":            {signing.LetterOptions{Roles: role(atTag("#"))}, signing.ErrTagAmbiguous},
		"outside of the page":  {signing.LetterOptions{Roles: role(signing.Placement{Anchor: "${ttd_camat}", Width: 500, Height: 80})}, signing.ErrOutsidePage},
		"role without a place": {signing.LetterOptions{Roles: role(signing.Placement{})}, signing.ErrPlacement},
		"role without a name":  {signing.LetterOptions{Roles: []signing.LetterRole{{Placement: corner}}}, signing.ErrPlacement},
		"role twice":           {signing.LetterOptions{Roles: append(role(corner), role(atTag("${ttd_lurah}"))...)}, signing.ErrPlacement},
		"two roles at one tag": {signing.LetterOptions{Roles: append(role(atTag("${ttd_lurah}")), signing.LetterRole{Role: "camat", Placement: atTag("${ttd_lurah}")})}, signing.ErrOverlap},
		"footer on a block": {signing.LetterOptions{Roles: role(corner), Footer: &signing.PageFooter{Footer: appearance.LegalFooter()}},
			signing.ErrOverlap},
		"footer on text":         {signing.LetterOptions{Footer: &signing.PageFooter{Footer: appearance.LegalFooter(), Margin: 360}}, signing.ErrOutsidePage},
		"footer over the letter": {signing.LetterOptions{Footer: &signing.PageFooter{Footer: appearance.LegalFooter(), Height: 600}}, signing.ErrOverText},
		"footer without page":    {signing.LetterOptions{Footer: &signing.PageFooter{Footer: appearance.LegalFooter(), Pages: []int{7}}}, signing.ErrNoPage},
		"footer too low to read": {signing.LetterOptions{Footer: &signing.PageFooter{Footer: appearance.LegalFooter(), Height: 8}}, appearance.ErrTooSmall},
		"nothing in the footer":  {signing.LetterOptions{Footer: &signing.PageFooter{}}, appearance.ErrEmpty},
		"footer on all pages and on some": {signing.LetterOptions{Footer: &signing.PageFooter{Footer: appearance.LegalFooter(), AllPages: true, Pages: []int{1}}},
			signing.ErrPlacement},
		"footer of no height": {signing.LetterOptions{Footer: &signing.PageFooter{Footer: appearance.LegalFooter(), Height: math.NaN()}}, signing.ErrPlacement},
	} {
		t.Run(name, func(t *testing.T) {
			out, _, err := prepareLetter(twoSigners, c.opts)
			require.ErrorIs(t, err, c.want)
			require.Empty(t, out)
		})
	}
	_, _, err := prepareLetter(twoSigners, signing.LetterOptions{})
	require.Error(t, err, "nothing to do")

	t.Run("all that is wrong at once", func(t *testing.T) {
		_, _, err := prepareLetter(twoSigners, signing.LetterOptions{
			Roles:  append(role(atTag("~")), signing.LetterRole{Role: "camat", Placement: atTag("#")}),
			Footer: &signing.PageFooter{Footer: appearance.LegalFooter(), Height: 600}})
		for _, want := range []error{signing.ErrTagNotFound, signing.ErrTagAmbiguous, signing.ErrOverText} {
			require.ErrorIs(t, err, want)
		}
	})
	t.Run("all tags", func(t *testing.T) {
		all.Width, all.Height = 100, 60
		_, layout, err := prepareLetter(twoSigners, signing.LetterOptions{Roles: role(all)})
		require.NoError(t, err)
		require.Len(t, layout.Of("lurah"), 2)
		require.Less(t, layout.Places[0].Rect.X, layout.Places[1].Rect.X)
		_, err = layout.Placement("lurah")
		require.ErrorIs(t, err, signing.ErrRole)
	})
	t.Run("all tags for one signature", func(t *testing.T) {
		require.ErrorIs(t, refused(t, twoSigners, signing.Options{Block: block(), Placement: all}), signing.ErrPlacement)
	})
}

// shortRun are the producers whose files other readers look at in a short run:
// kinds of cross-reference, of encryption, and contents in several streams.
var shortRun = []string{"chrome.pdf", "libreoffice.pdf", "pdftex.pdf", "hybrid.pdf", "encrypted-aes256-r6.pdf", "qpdf-linearised-objstm-form.pdf", "qpdf-rotated.pdf"}

// TestLettersOfProducers prepares a file of each producer and signs it, and lets
// other readers look.
func TestLettersOfProducers(t *testing.T) {
	qpdf, pdftotext := tool(t, "qpdf"), tool(t, "pdftotext")
	key := person(t, "Budi Contoh", p256())
	for _, file := range producers(t) {
		name := filepath.Base(file)
		if name == "poppler-signed.pdf" || name == "encrypted-aes256-password.pdf" {
			continue // signed, or not to be opened
		}
		t.Run(name, func(t *testing.T) {
			in := producer(t, name)
			out, _, err := prepareLetter(in, signing.LetterOptions{
				Footer: &signing.PageFooter{Footer: appearance.LegalFooter(), AllPages: true, OverText: true}})
			require.NoError(t, err)
			intact(t, mustSign(t, out, signing.Options{Key: key, Block: block(), Placement: corner}), 1)
			if os.Getenv("SERTEL_CI") != "1" && !slices.Contains(shortRun, name) {
				return
			}
			before, after := write(t, in), write(t, out)
			_, was := run(t, qpdf, "--check", before)
			report, is := run(t, qpdf, "--check", after)
			require.LessOrEqual(t, is, was, report)
			old, _ := run(t, pdftotext, "-q", "-raw", before, "-")
			text, _ := run(t, pdftotext, "-q", "-raw", after, "-")
			for _, line := range strings.Split(strings.TrimSpace(old), "\n") {
				require.Contains(t, text, strings.TrimSpace(line), "the letter's own text")
			}
			require.Contains(t, strings.Join(strings.Fields(text), " "), appearance.LegalSentence)
		})
	}
}

// TestStampStandsUpright draws the stamp over content that leaves all kinds of
// graphics states behind, on pages turned in all ways.
func TestStampStandsUpright(t *testing.T) {
	turns := []string{"", "/Rotate 90", "/Rotate 180 /CropBox [40 50 560 800]", "/Rotate 270 /MediaBox [-50 -50 550 800] /UserUnit 1"}
	n := 0
	for name, content := range map[string]string{
		"tidy":            "q 2 0 0 2 0 0 cm Q",
		"scaled for good": "0.1 0 0 0.1 5 5 cm",
		"q left open":     "q q 0.5 0 0 0.5 0 0 cm q",
		"Q too many":      "Q Q Q 3 0 0 3 0 0 cm",
		"both":            "Q q Q Q q 0 1 -1 0 0 0 cm q",
		"clipped away":    "0 0 1 1 re W n",
	} {
		pages := turns
		if os.Getenv("SERTEL_CI") != "1" && name != "tidy" {
			n++ // a short run: one turn for each kind of content
			pages = turns[n%len(turns):][:1]
		}
		for _, turn := range pages {
			t.Run(name+turn, func(t *testing.T) {
				out, p, err := stamp(page(content, turn), signing.StampOptions{Block: block(),
					Placement: signing.Placement{Page: -1, Corner: signing.TopRight, Rect: signing.Rect{X: 30, Y: 40, Width: 200, Height: 80}}})
				require.NoError(t, err)
				img := render(t, out, 72)
				b := img.Bounds()
				at := image.Rect(b.Max.X-230, 40, b.Max.X-30, 120)
				require.InDelta(t, float64(b.Max.X)-230, p.Rect.X, 1)
				code := image.Rect(at.Min.X, at.Min.Y, at.Min.X+80, at.Max.Y)
				require.Greater(t, ink(img, code), 1000, "the QR code is at the left")
				require.Equal(t, ink(img, b), ink(img, at), "nothing beside it")
			})
		}
	}
}

// TestNothingElseMoves compares the page outside of the block, before and after
// signing and stamping.
func TestNothingElseMoves(t *testing.T) {
	for _, name := range []string{"libreoffice.pdf", "pdftex.pdf", "qpdf-rotated.pdf"} {
		t.Run(name, func(t *testing.T) {
			in := producer(t, name)
			place := signing.Placement{Page: 1, Rect: signing.Rect{X: 300, Y: 20, Width: 200, Height: 80}}
			signed, r, err := sign(t, in, signing.Options{Key: person(t, "Budi Contoh", p256()), Block: block(), Placement: place})
			require.NoError(t, err)
			stamped, _, err := stamp(in, signing.StampOptions{Block: block(), Placement: place})
			require.NoError(t, err)
			before := render(t, in, 72)
			for _, out := range [][]byte{signed, stamped} {
				after := render(t, out, 72)
				require.Equal(t, before.Bounds(), after.Bounds())
				h := before.Bounds().Max.Y
				box := image.Rect(int(r.Rect.X), h-int(r.Rect.Y+r.Rect.Height), int(r.Rect.X+r.Rect.Width), h-int(r.Rect.Y)).Inset(-1)
				changed := 0
				for y := range h {
					for x := range before.Bounds().Max.X {
						if !(image.Pt(x, y).In(box)) && before.At(x, y) != after.At(x, y) {
							changed++
						}
					}
				}
				require.Zero(t, changed)
			}
		})
	}
}

func FuzzLayout(f *testing.F) {
	_, layout, err := prepareLetter(twoSigners, signing.LetterOptions{Roles: []signing.LetterRole{{Role: "a", Placement: corner}}})
	require.NoError(f, err)
	seed, err := json.Marshal(layout)
	require.NoError(f, err)
	f.Add(seed)
	f.Add([]byte(`{"version":1,"sha256":"00","size":1,"places":[{"page":0}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var l signing.Layout
		if err := l.UnmarshalJSON(data); err != nil {
			require.ErrorIs(t, err, signing.ErrLayout)
			return
		}
		again, err := json.Marshal(l)
		require.NoError(t, err)
		var back signing.Layout
		require.NoError(t, json.Unmarshal(again, &back))
		require.Equal(t, len(l.Places), len(back.Places))
	})
}

// TestArchivalBlock looks at the block in a document that says PDF/A-1, which
// has no transparency.
func TestArchivalBlock(t *testing.T) {
	b := block()
	b.Logo = transparentLogo(t)
	for name, masked := range map[string]bool{"libreoffice-pdfa1b.pdf": false, "libreoffice-pdfa2b.pdf": true, "libreoffice.pdf": true} {
		in := producer(t, name)
		out := mustSign(t, in, signing.Options{Key: person(t, "Budi Contoh", p256()), Block: b, Placement: corner})
		doc, err := pdf.Open(bytes.NewReader(out), int64(len(out)), pdf.Options{})
		require.NoError(t, err)
		masks, sets := 0, 0
		for e := range doc.Entries() {
			o, err := doc.Get(pdf.Ref{Num: e.Num, Gen: e.Gen})
			require.NoError(t, err)
			switch o := o.(type) {
			case *pdf.Stream:
				if o.Dict["SMask"] != nil {
					masks++
				}
			case pdf.Dict:
				if o["CIDSet"] != nil {
					sets++
				}
			}
		}
		require.Equal(t, masked, masks > 0, name)
		require.Equal(t, !masked, sets > 0, name)
	}
}

// transparentLogo is a disc on a clear ground.
func transparentLogo(t testing.TB) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 60, 60))
	for i := range 60 * 60 {
		if x, y := i%60-30, i/60-30; x*x+y*y < 800 {
			img.Pix[4*i], img.Pix[4*i+2], img.Pix[4*i+3] = 180, 40, 200
		}
	}
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, img))
	return b.Bytes()
}

// TestBrokenLayout: a layout is stored between preparing and signing, where others may write to it.
func TestBrokenLayout(t *testing.T) {
	_, layout, err := prepareLetter(twoSigners, signing.LetterOptions{Roles: []signing.LetterRole{{Role: "lurah", Placement: corner}}})
	require.NoError(t, err)
	stored, err := json.Marshal(layout)
	require.NoError(t, err)
	var back signing.Layout
	require.NoError(t, json.Unmarshal(stored, &back))
	require.Equal(t, layout, back)
	places := func(change func(place map[string]any)) func(m map[string]any) {
		return func(m map[string]any) { change(m["places"].([]any)[0].(map[string]any)) }
	}
	for name, change := range map[string]func(m map[string]any){
		"another version":            func(m map[string]any) { m["version"] = 2 },
		"a digest that is none":      func(m map[string]any) { m["sha256"] = "zz" },
		"a digest of another length": func(m map[string]any) { m["sha256"] = "00" },
		"no size":                    func(m map[string]any) { m["size"] = 0 },
		"a size that is text":        func(m map[string]any) { m["size"] = "besar" },
		"more places than any letter": func(m map[string]any) {
			m["places"] = slices.Repeat(m["places"].([]any), 1001)
		},
		"more bytes than any letter": func(m map[string]any) { m["catatan"] = strings.Repeat("x", 1<<20) },
		"a place without a page":     places(func(p map[string]any) { p["page"] = 0 }),
		"a place without a role":     places(func(p map[string]any) { p["role"] = "" }),
	} {
		t.Run(name, func(t *testing.T) {
			var m map[string]any
			require.NoError(t, json.Unmarshal(stored, &m))
			change(m)
			changed, err := json.Marshal(m)
			require.NoError(t, err)
			require.ErrorIs(t, new(signing.Layout).UnmarshalJSON(changed), signing.ErrLayout)
		})
	}
}
