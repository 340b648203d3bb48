package eoffice_test

import (
	"bytes"
	"context"
	"flag"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/examples/browsertest/chromium"
)

var update = flag.Bool("update", false, "make the pictures of examples/eoffice/pictures anew")

// makePictures writes the pictures of the README: the page that somebody outside
// sees, and the letter as it was signed.
func makePictures(t *testing.T, browser *chromium.Browser, public string) {
	t.Helper()
	tab := browser.Tab(t, chromium.Size{Width: 720, Height: 1380})
	tab.Open(public)
	shown(t, tab)
	require.True(t, tab.Is("(scrollTo(0, 0), true)"))
	var shot []byte
	tab.Run(func(ctx context.Context, target *chromedp.Target) (none chromedp.Void, err error) {
		shot, err = chromedp.CaptureScreenshot()(ctx, target)
		return none, err
	})
	keep(t, "verifikasi.png", shot)

	letter := filepath.Join(t.TempDir(), "surat.pdf")
	require.NoError(t, os.WriteFile(letter, fetch(t, public+"/pdf"), 0o600))
	drawn, err := exec.CommandContext(t.Context(), "pdftoppm", "-r", "80", "-png", "-singlefile", letter).Output()
	require.NoError(t, err)
	keep(t, "naskah.png", drawn)
}

// keep writes a picture as small as it gets.
func keep(t *testing.T, name string, shot []byte) {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(shot))
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, picture))
	require.Less(t, out.Len(), 150<<10, name)
	require.NoError(t, os.WriteFile(filepath.Join("..", "..", "eoffice", "pictures", name), out.Bytes(), 0o644))
}
