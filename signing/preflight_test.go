package signing_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

func preflight(t testing.TB, in []byte, opts signing.Options) signing.Findings {
	t.Helper()
	opts.Now = now
	found, err := signing.Preflight(context.Background(), bytes.NewReader(in), int64(len(in)), opts)
	require.NoError(t, err)
	return found
}

func codes(f signing.Findings) []signing.FindingCode {
	var out []signing.FindingCode
	for _, one := range f {
		out = append(out, one.Code)
	}
	return out
}

// TestPreflightAgreesWithSign: what stops in the one is refused by the other,
// and nothing else.
func TestPreflightAgreesWithSign(t *testing.T) {
	key := person(t, "Budi Contoh", p256())
	locked := mustSign(t, twoSigners, signing.Options{Key: key, Certify: signing.CertifyNoChanges})
	signed := mustSign(t, twoSigners, signing.Options{Key: key, Block: block(), Placement: corner})
	expired, expiring := leaf("Budi Contoh"), leaf("Budi Contoh")
	expired.NotBefore, expired.NotAfter = testNow.AddDate(-3, 0, 0), testNow.Add(-time.Hour)
	expiring.NotAfter = testNow.AddDate(0, 0, 29)
	stranger := person(t, "Budi Contoh", p256())
	stranger.Signer = p384()
	blockOf := func(change func(*appearance.Block)) *appearance.Block {
		b := block()
		change(b)
		return b
	}
	mark := func(transparent bool) *appearance.Block {
		return &appearance.Block{QR: appearance.QR{Link: "https://surat.contoh.go.id/v/7f3a"}, Transparent: transparent}
	}
	small := func(tag string) signing.Placement { return signing.Placement{Anchor: tag, Width: 50, Height: 50} }
	for name, c := range map[string]struct {
		in   []byte
		opts signing.Options
		want []signing.FindingCode
	}{
		"clean letter":    {twoSigners, signing.Options{Key: key, Block: block(), Placement: corner}, nil},
		"invisible":       {twoSigners, signing.Options{Key: key}, nil},
		"tag is no text":  {twoSigners, signing.Options{Key: key, Block: block(), Placement: atTag("${ttd_lurah}")}, nil},
		"no PDF":          {[]byte("bukan PDF"), signing.Options{Key: key}, []signing.FindingCode{signing.FindingNotPDF}},
		"cut off":         {twoSigners[:200], signing.Options{Key: key}, []signing.FindingCode{signing.FindingDamaged, signing.FindingRepaired}},
		"locked":          {locked, signing.Options{Key: key}, []signing.FindingCode{signing.FindingForbidden}},
		"certified later": {signed, signing.Options{Key: key, Certify: signing.CertifyFormFilling}, []signing.FindingCode{signing.FindingNotFirst}},
		"password":        {producer(t, "encrypted-aes256-password.pdf"), signing.Options{Key: key}, []signing.FindingCode{signing.FindingPassword}},
		"encrypted":       {producer(t, "encrypted-rc4-128.pdf"), signing.Options{Key: key}, []signing.FindingCode{signing.FindingEncrypted}},
		"XFA": {raw("", "<< /Type /Catalog /Pages 2 0 R /AcroForm << /XFA (x) >> >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
			"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>"), signing.Options{Key: key}, []signing.FindingCode{signing.FindingUnsupported}},
		"repaired": {append([]byte("sampah\n"), twoSigners...), signing.Options{Key: key}, []signing.FindingCode{signing.FindingRepaired}},
		"turned by a real number, and not by all readers": {page("BT /F 11 Tf 60 600 Td (Nama) Tj ET", "/Rotate 90.0"), signing.Options{Key: key, Block: mark(false),
			Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 60, Y: 60, Width: 60, Height: 60}}}, []signing.FindingCode{signing.FindingRepaired}},
		"no page":  {twoSigners, signing.Options{Key: key, Block: block(), Placement: signing.Placement{Page: 3, Rect: corner.Rect}}, []signing.FindingCode{signing.FindingNoPage}},
		"no tag":   {twoSigners, signing.Options{Key: key, Block: block(), Placement: atTag("~")}, []signing.FindingCode{signing.FindingTagMissing}},
		"two tags": {twoSigners, signing.Options{Key: key, Block: block(), Placement: atTag("#")}, []signing.FindingCode{signing.FindingTagAmbiguous}},
		"outside of the page": {twoSigners, signing.Options{Key: key, Block: block(), Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 500, Width: 240, Height: 80}}},
			[]signing.FindingCode{signing.FindingOutsidePage}},
		"over text": {twoSigners, signing.Options{Key: key, Block: block(), Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 50, Y: 740, Width: 240, Height: 80}}},
			[]signing.FindingCode{signing.FindingOverText}},
		"over a signature": {signed, signing.Options{Key: key, Block: block(), Placement: corner}, []signing.FindingCode{signing.FindingOverSignature}},
		"too small":        {twoSigners, signing.Options{Key: key, Block: block(), Placement: signing.Placement{Page: 1, Rect: signing.Rect{Width: 60, Height: 20}}}, []signing.FindingCode{signing.FindingTooSmall}},
		"text that is hard to read": {twoSigners, signing.Options{Key: key, Block: block(), Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 20, Y: 20, Width: 200, Height: 80}}},
			[]signing.FindingCode{signing.FindingTextSmall}},
		"as small as asked for": {twoSigners, signing.Options{Key: key, Block: blockOf(func(b *appearance.Block) { b.TextSize = 6 }), Placement: corner}, []signing.FindingCode{signing.FindingTextSmall}},
		"as small as a footer":  {twoSigners, signing.Options{Key: key, Block: blockOf(func(b *appearance.Block) { b.TextSize = 7 }), Placement: corner}, nil},
		"small, and no tag for it": {twoSigners, signing.Options{Key: key, Block: block(), Placement: signing.Placement{Anchor: "~", Width: 200, Height: 80}},
			[]signing.FindingCode{signing.FindingTagMissing, signing.FindingTextSmall}},
		"no picture": {twoSigners, signing.Options{Key: key, Block: blockOf(func(b *appearance.Block) { b.Logo = []byte("GIF89a") }), Placement: corner},
			[]signing.FindingCode{signing.FindingPicture}},
		"picture of few pixels": {twoSigners, signing.Options{Key: key, Block: blockOf(func(b *appearance.Block) { b.Logo = pictureOf(t, 30) }), Placement: corner},
			[]signing.FindingCode{signing.FindingPictureCoarse}},
		"picture alone, too coarse for its text": {twoSigners, signing.Options{Key: key, Block: &appearance.Block{Logo: pictureOf(t, 100)}, Placement: corner},
			[]signing.FindingCode{signing.FindingPictureCoarse}},
		"picture alone, fine enough": {twoSigners, signing.Options{Key: key, Block: &appearance.Block{Logo: pictureOf(t, 120)}, Placement: corner}, nil},
		"picture of far too many pixels": {twoSigners, signing.Options{Key: key, Block: blockOf(func(b *appearance.Block) { b.Logo = pictureOf(t, 900) }), Placement: corner},
			[]signing.FindingCode{signing.FindingPictureLarge}},
		"many pixels, but few in all": {twoSigners, signing.Options{Key: key, Block: blockOf(func(b *appearance.Block) { b.Logo = pictureOf(t, 400) }), Placement: corner}, nil},
		"picture, and no tag for it": {twoSigners, signing.Options{Key: key, Block: blockOf(func(b *appearance.Block) { b.Logo = pictureOf(t, 30) }), Placement: atTag("~")},
			[]signing.FindingCode{signing.FindingTagMissing, signing.FindingPictureCoarse}},
		"character": {twoSigners, signing.Options{Key: key, Block: blockOf(func(b *appearance.Block) { b.Lines[2].Text = "Budi 签" }), Placement: corner},
			[]signing.FindingCode{signing.FindingCharacter}},
		"link": {twoSigners, signing.Options{Key: key, Block: blockOf(func(b *appearance.Block) { b.QR.Link = "http://x" }), Placement: corner},
			[]signing.FindingCode{signing.FindingLink}},
		"block without place":             {twoSigners, signing.Options{Key: key, Block: block()}, []signing.FindingCode{signing.FindingPlacement}},
		"field mistyped":                  {empties, signing.Options{Key: key, Field: "Camt", Block: block()}, []signing.FindingCode{signing.FindingFieldMissing}},
		"tag with a space":                {twoSigners, signing.Options{Key: key, Block: block(), Placement: atTag("ttd camat")}, []signing.FindingCode{signing.FindingTagUnusable}},
		"tag longer than the block":       {twoSigners, signing.Options{Key: key, Block: mark(false), Placement: small("${ttd_lurah}")}, []signing.FindingCode{signing.FindingTagVisible}},
		"tag under a transparent block":   {twoSigners, signing.Options{Key: key, Block: mark(true), Placement: atTag("${ttd_lurah}")}, []signing.FindingCode{signing.FindingTagVisible}},
		"white tag longer than the block": {page("BT /F 11 Tf 1 g 60 600 Td (${ttd_lurah}) Tj ET", ""), signing.Options{Key: key, Block: mark(false), Placement: small("${ttd_lurah}")}, nil},
		"over half of a line": {page("BT /F 20 Tf 60 600 Td (Nama Pejabat) Tj ET", ""), signing.Options{Key: key, Block: mark(false),
			Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 60, Y: 545, Width: 60, Height: 60}}}, []signing.FindingCode{signing.FindingOverText}},
		"over an empty field": {empties, signing.Options{Key: key, Field: "Lurah", Block: mark(false), Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 60, Y: 60, Width: 60, Height: 60}}},
			[]signing.FindingCode{signing.FindingOverField}},
		"into that field": {empties, signing.Options{Key: key, Field: "Camat", Block: mark(false)}, nil},
		"over an empty field apart from its widget": {apart, signing.Options{Key: key, Field: "Lurah", Block: mark(false), Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 60, Y: 60, Width: 60, Height: 60}}},
			[]signing.FindingCode{signing.FindingOverField}},
		"over a note that is no object, beside a field that is none": {direct, signing.Options{Key: key, Field: "Lurah", Block: mark(false), Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 310, Y: 310, Width: 60, Height: 60}}},
			[]signing.FindingCode{signing.FindingOverNote}},
		"over a note": {empties, signing.Options{Key: key, Block: mark(false), Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 310, Y: 310, Width: 60, Height: 60}}},
			[]signing.FindingCode{signing.FindingOverNote}},
		"over a link, a hidden note and a pop-up": {empties, signing.Options{Key: key, Block: mark(false), Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 310, Y: 510, Width: 60, Height: 60}}}, nil},
		"field is signed":                         {signed, signing.Options{Key: key, Field: "Signature1"}, []signing.FindingCode{signing.FindingField}},
		"expired":                                 {twoSigners, signing.Options{Key: keyFor(t, expired, p256())}, []signing.FindingCode{signing.FindingExpired}},
		"expiring":                                {twoSigners, signing.Options{Key: keyFor(t, expiring, p256())}, []signing.FindingCode{signing.FindingExpiring}},
		"no pair":                                 {twoSigners, signing.Options{Key: stranger}, []signing.FindingCode{signing.FindingKeyMismatch}},
		"options":                                 {twoSigners, signing.Options{Key: key, Evidence: &signing.Evidence{}}, []signing.FindingCode{signing.FindingOptions}},
	} {
		t.Run(name, func(t *testing.T) {
			found := preflight(t, c.in, c.opts)
			require.Equal(t, c.want, codes(found))
			_, _, err := sign(t, c.in, c.opts)
			require.Equal(t, err == nil, found.Err() == nil, "signing: %v, preflight: %v", err, found.Err())
			for _, f := range found {
				if f.Stops {
					require.ErrorIs(t, found.Err(), errors.Unwrap(f))
				}
			}
		})
	}
}

// empties is a page with an empty signature field, a note, and what shows
// nothing.
var empties = raw("", "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
	"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [4 0 R 5 0 R 6 0 R 7 0 R 8 0 R 99 0 R << /Rect (x) >>] >>",
	"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Camat) /Rect [50 50 250 150] /P 3 0 R /F 4 >>",
	"<< /Type /Annot /Subtype /FreeText /Contents (Catatan) /DA (/Helv 12 Tf) /Rect [300 300 500 400] /P 3 0 R /F 4 >>",
	"<< /Type /Annot /Subtype /Link /Rect [300 500 500 600] >>",
	"<< /Type /Annot /Subtype /Text /F 2 /Rect [300 500 500 600] >>",
	"<< /Type /Annot /Subtype /Popup /Rect [300 500 500 600] >>")

// apart has an empty field whose widget is an object of its own.
var apart = raw("", "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
	"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [5 0 R] >>", "<< /FT /Sig /T (Camat) /Kids [5 0 R] >>",
	"<< /Type /Annot /Subtype /Widget /Parent 4 0 R /Rect [50 50 250 150] /P 3 0 R /F 4 >>")

// direct has a field and a note that stand where references to them should.
var direct = raw("", "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [<< /FT /Sig /T (Camat) >>] >> >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
	"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots [<< /Type /Annot /Subtype /FreeText /Rect [300 300 500 400] /F 4 >>] >>")

// TestPreparedLetterIsClean: what PrepareLetter covered is no text any more, for
// any of its signers, and another block's words are.
func TestPreparedLetterIsClean(t *testing.T) {
	prepared, layout, err := prepareLetter(twoSigners, lurahAndCamat())
	require.NoError(t, err)
	for _, p := range layout.Places {
		require.Empty(t, preflight(t, prepared, signing.Options{Block: block(), Placement: p.Placement()}), p.Role)
	}
	found := preflight(t, prepared, signing.Options{Block: block(), Placement: corner})
	require.Equal(t, []signing.FindingCode{signing.FindingOverText}, codes(found), "over the footer")
}

// TestFindingsName says to people which tag, field, character and pages.
func TestFindingsName(t *testing.T) {
	pages := raw("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R 4 0 R 4 0 R] /Count 3 /MediaBox [0 0 595 842] /Resources << /Font << /F 6 0 R >> >> >>",
		"<< /Type /Page /Parent 2 0 R >>", "<< /Type /Page /Parent 2 0 R /Contents 5 0 R >>",
		"<< /Length 54 >>\nstream\nBT /F 11 Tf 500 600 Td (#) Tj 0 -100 Td (#) Tj ET       \nendstream",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
	first := atTag("#")
	first.Which = signing.FirstTag
	character := func(text string) *appearance.Block { return &appearance.Block{Lines: []appearance.Line{{Text: text}}} }
	for name, c := range map[string]struct {
		in     []byte
		opts   signing.Options
		id, en string
	}{
		"tag that is missing": {twoSigners, signing.Options{Block: block(), Placement: atTag("${ttd_bupati}")},
			"Penanda letak tanda tangan “${ttd_bupati}” tidak ditemukan.", "The anchor tag “${ttd_bupati}” was not found."},
		"tag that cannot be": {twoSigners, signing.Options{Block: block(), Placement: atTag("ttd camat")},
			"Penanda letak tanda tangan “ttd camat” tidak dapat dipakai.", "The anchor tag “ttd camat” cannot be used."},
		"pages of a tag": {pages, signing.Options{Block: block(), Placement: atTag("#")},
			"“#” ditemukan lebih dari satu kali (halaman 2 dan 3).", "“#” was found more than once (pages 2 and 3)."},
		"one page of a tag": {twoSigners, signing.Options{Block: block(), Placement: atTag("#")},
			"“#” ditemukan lebih dari satu kali (halaman 1).", "“#” was found more than once (page 1)."},
		"page that a block leaves": {pages, signing.Options{Block: block(), Placement: first},
			"melewati tepi halaman (halaman 2).", "leave the page (page 2)."},
		"field that is missing": {empties, signing.Options{Field: "Camt", Block: block()},
			"Kolom tanda tangan “Camt” tidak ada", "no signature field “Camt”"},
		"empty field below": {empties, signing.Options{Field: "Lurah", Block: block(), Placement: corner},
			"kolom tanda tangan “Camat” yang masih kosong (halaman 1).", "empty signature field “Camat” (page 1)."},
		"character":               {twoSigners, signing.Options{Block: character("Budi 签"), Placement: corner}, "karakter “签” yang tidak", "character “签” that"},
		"character that is blank": {twoSigners, signing.Options{Block: character("Budi\u202e"), Placement: corner}, "karakter “U+202E” yang tidak", "character “U+202E” that"},
		"link":                    {twoSigners, signing.Options{Block: &appearance.Block{QR: appearance.QR{Link: "http://contoh.go.id"}}, Placement: corner}, "tautan https", "https link"},
		"a tag that would write lines of its own": {twoSigners, signing.Options{Block: block(), Placement: atTag("a\nb" + strings.Repeat("x", 200))},
			"“a�b" + strings.Repeat("x", 77) + "…” tidak dapat", "“a�b" + strings.Repeat("x", 77) + "…” cannot"},
	} {
		t.Run(name, func(t *testing.T) {
			found := preflight(t, c.in, c.opts)
			require.Len(t, found, 1)
			require.Contains(t, found[0].Text(passphrase.Indonesian), c.id)
			require.Contains(t, found[0].Text(passphrase.English), c.en)
		})
	}
	small := preflight(t, twoSigners, signing.Options{Block: block(), Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 20, Y: 20, Width: 200, Height: 80}}})
	require.Len(t, small, 1)
	require.Equal(t, "6.75 points", small[0].Detail)
	require.False(t, small[0].Stops)
	require.Equal(t, 1, small[0].Page)
	many := signing.Finding{Code: signing.FindingTagAmbiguous, Page: 1}
	for i := range 12 {
		many.Pages = append(many.Pages, i+1)
	}
	require.Contains(t, many.Text(passphrase.Indonesian), "(halaman 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 dan seterusnya)")
	require.Contains(t, many.Text(passphrase.English), "(pages 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and more)")
}

// pictureOf is a square PNG with a frame.
func pictureOf(t testing.TB, side int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, side, side))
	draw.Draw(img, img.Rect.Inset(2), image.White, image.Point{}, draw.Src)
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, img))
	return b.Bytes()
}

// TestPreflightFindsAllAtOnce has a letter with everything wrong.
func TestPreflightFindsAllAtOnce(t *testing.T) {
	expired := leaf("Budi Contoh")
	expired.NotBefore, expired.NotAfter = testNow.AddDate(-3, 0, 0), testNow.Add(-time.Hour)
	key := keyFor(t, expired, p256())
	key.Signer = nil
	b := block()
	b.Logo = []byte("GIF89a")
	in := append([]byte("sampah\n"), mustSign(t, twoSigners, signing.Options{Key: person(t, "Sari Contoh", p256()), Certify: signing.CertifyNoChanges})...)
	found := preflight(t, in, signing.Options{Key: key, Block: b, Placement: atTag("#")})
	for _, code := range []signing.FindingCode{signing.FindingExpired, signing.FindingForbidden, signing.FindingTagAmbiguous,
		signing.FindingPicture, signing.FindingRepaired} {
		require.True(t, found.Has(code), "%s in %v", code, codes(found))
	}
	require.True(t, found[0].Stops)
	require.False(t, found[len(found)-1].Stops, "warnings come last")
	for _, f := range found {
		require.True(t, strings.HasPrefix(f.Error(), "signing: "+string(f.Code)), "%v", f)
		require.Contains(t, f.Error(), f.Detail)
		require.Equal(t, f.Page != 0, strings.Contains(f.Error(), fmt.Sprintf(" on page %d", f.Page)))
	}
	require.ErrorIs(t, found.Err(), signing.ErrForbidden)
	require.ErrorContains(t, found.Err(), "signing: "+string(signing.FindingForbidden))
}

// TestFindingTexts reads every text that people may see.
func TestFindingTexts(t *testing.T) {
	seen := map[string]bool{}
	for _, code := range signing.FindingCodes() {
		f := signing.Finding{Code: code, Page: 2, Helper: signing.HelpAuthor}
		id, en := f.Text(passphrase.Indonesian), f.Text(passphrase.English)
		require.NotEqual(t, id, en, code)
		require.Contains(t, id, "halaman 2")
		require.Contains(t, en, "page 2")
		require.NotContains(t, id+en, "{}")
		require.False(t, seen[id], "%s says what another code says", code)
		seen[id] = true
	}
	all := signing.Findings{{Code: signing.FindingExpired, Stops: true, Helper: signing.HelpCertificate}, {Code: signing.FindingOverText, Helper: signing.HelpAuthor}}
	require.Equal(t, 2, strings.Count(all.Text(passphrase.Indonesian), "Yang dapat membantu: "))
	require.Contains(t, all.Text(passphrase.English), "the agency's certificate operators")
}

func TestPreflightCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := signing.Preflight(ctx, bytes.NewReader(twoSigners), int64(len(twoSigners)), signing.Options{})
	require.ErrorIs(t, err, context.Canceled)
}

// TestPreflightSharedResources: pages that share resources are each told of what
// these miss, and resources that are lost give way to the inherited ones.
func TestPreflightSharedResources(t *testing.T) {
	const catalog, inherit = "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 595 842] /Resources "
	const page, lost, sound = "<< /Type /Page /Parent 2 0 R ", "<< /Font << /F 99 0 R >> >>", "<< /Font << >> >>"
	for name, c := range map[string]struct {
		above, first, second string
		want                 []int // pages
	}{
		"direct, above":                      {lost, "", "", []int{1, 2}},
		"an object, above":                   {"5 0 R", "", "", []int{1, 2}},
		"an object that both pages name":     {sound, "/Resources 5 0 R", "/Resources 5 0 R", []int{1, 2}},
		"one page has its own":               {"5 0 R", "/Resources " + sound, "", []int{2}},
		"what is lost hides not what misses": {"5 0 R", "/Resources 98 0 R", "", []int{1, 2}},
		"lost, with others above":            {sound, "/Resources 98 0 R", "", nil},
		"lost, with none above":              {"null", "/Resources 98 0 R", "/Resources << >>", []int{1}},
		"own misses what above has not":      {sound, "/Resources 5 0 R", "", []int{1}},
	} {
		t.Run(name, func(t *testing.T) {
			in := raw("", catalog, inherit+c.above+" >>", page+c.first+" >>", page+c.second+" >>", lost)
			found := preflight(t, in, signing.Options{Key: person(t, "Budi Contoh", p256())})
			var pages []int
			for _, f := range found {
				switch {
				case f.Code != signing.FindingIncomplete:
				case f.Pages != nil:
					pages = append(pages, f.Pages...)
				default:
					pages = append(pages, f.Page)
				}
			}
			require.Equal(t, c.want, pages)
		})
	}
}
