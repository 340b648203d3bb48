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
		"no page":  {twoSigners, signing.Options{Key: key, Block: block(), Placement: signing.Placement{Page: 3, Rect: corner.Rect}}, []signing.FindingCode{signing.FindingNoPage}},
		"no tag":   {twoSigners, signing.Options{Key: key, Block: block(), Placement: atTag("~")}, []signing.FindingCode{signing.FindingTagMissing}},
		"two tags": {twoSigners, signing.Options{Key: key, Block: block(), Placement: atTag("#")}, []signing.FindingCode{signing.FindingTagAmbiguous}},
		"outside of the page": {twoSigners, signing.Options{Key: key, Block: block(), Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 500, Width: 200, Height: 80}}},
			[]signing.FindingCode{signing.FindingOutsidePage}},
		"over text": {twoSigners, signing.Options{Key: key, Block: block(), Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 50, Y: 740, Width: 200, Height: 80}}},
			[]signing.FindingCode{signing.FindingOverText}},
		"over a signature": {signed, signing.Options{Key: key, Block: block(), Placement: corner}, []signing.FindingCode{signing.FindingOverSignature}},
		"too small":        {twoSigners, signing.Options{Key: key, Block: block(), Placement: signing.Placement{Page: 1, Rect: signing.Rect{Width: 60, Height: 20}}}, []signing.FindingCode{signing.FindingTooSmall}},
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
			[]signing.FindingCode{signing.FindingBlock}},
		"block without place": {twoSigners, signing.Options{Key: key, Block: block()}, []signing.FindingCode{signing.FindingPlacement}},
		"field is signed":     {signed, signing.Options{Key: key, Field: "Signature1"}, []signing.FindingCode{signing.FindingField}},
		"expired":             {twoSigners, signing.Options{Key: keyFor(t, expired, p256())}, []signing.FindingCode{signing.FindingExpired}},
		"expiring":            {twoSigners, signing.Options{Key: keyFor(t, expiring, p256())}, []signing.FindingCode{signing.FindingExpiring}},
		"no pair":             {twoSigners, signing.Options{Key: stranger}, []signing.FindingCode{signing.FindingKeyMismatch}},
		"options":             {twoSigners, signing.Options{Key: key, Evidence: &signing.Evidence{}}, []signing.FindingCode{signing.FindingOptions}},
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
