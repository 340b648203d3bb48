package signertest

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/sertel-id/sertel/signing"
)

// readQR draws a place of a page as people see it and reads the QR code there.
func readQR(ctx context.Context, document []byte, page int, at signing.Rect) (string, error) {
	img, err := render(ctx, document, page, at)
	if err != nil {
		return "", err
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return "", err
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_TRY_HARDER: true,
	})
	if err != nil {
		return "", fmt.Errorf("no QR code can be read on page %d: %w", page, err)
	}
	return result.GetText(), nil
}

// render draws a rectangle of a page and a margin around it.
func render(ctx context.Context, document []byte, page int, at signing.Rect) (image.Image, error) {
	const dpi, margin = 200, 8
	program, err := exec.LookPath("pdftoppm")
	if err != nil {
		return nil, fmt.Errorf("pdftoppm is %w", errTool)
	}
	dir, err := os.MkdirTemp("", "signertest-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "page.pdf")
	if err := os.WriteFile(path, document, 0o600); err != nil {
		return nil, err
	}
	dots := func(points float64) string { return strconv.Itoa(int(points * dpi / 72)) }
	n := strconv.Itoa(page)
	out, err := exec.CommandContext(ctx, program, "-r", strconv.Itoa(dpi), "-png", "-f", n, "-l", n, "-singlefile",
		"-x", dots(at.X-margin), "-y", dots(pageHeight-at.Y-at.Height-margin),
		"-W", dots(at.Width+2*margin), "-H", dots(at.Height+2*margin), path).Output()
	if err != nil {
		return nil, fmt.Errorf("pdftoppm: %w", err)
	}
	return png.Decode(bytes.NewReader(out))
}
