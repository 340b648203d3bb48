package mockbsre

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"math"

	"golang.org/x/image/draw"

	"github.com/sertel-id/sertel/signing/appearance"
)

const (
	// shrunkDensity is that of the picture in a signed file of a real server:
	// 36 pixels over 25.0315 points.
	shrunkDensity = 36 / 25.0315

	maxPictureBytes  = 8 << 20
	maxPicturePixels = 8 << 20
)

// picture prepares a caller's picture for a box of so many points.
func (e *esign) picture(data []byte) func(width, height float64) ([]byte, error) {
	return func(width, height float64) ([]byte, error) {
		if len(data) == 0 {
			return nil, errInput
		}
		if !e.on(QuirkPictureShrunk) {
			return data, nil
		}
		return shrink(data, width, height)
	}
}

// shrink scales a picture down to what real output holds of it. A smaller one
// stays as it is.
func shrink(data []byte, width, height float64) ([]byte, error) {
	if len(data) > maxPictureBytes {
		return nil, fmt.Errorf("%w: picture of %d bytes", errInput, len(data))
	}
	header, decode := png.DecodeConfig, png.Decode
	if bytes.HasPrefix(data, []byte{0xFF, 0xD8}) {
		header, decode = jpeg.DecodeConfig, jpeg.Decode
	}
	config, err := header(bytes.NewReader(data))
	if err != nil || config.Width <= 0 || config.Height <= 0 || config.Width > maxPicturePixels/config.Height {
		return nil, fmt.Errorf("%w: no PNG or JPEG within the limits", errInput)
	}
	scale := math.Min(width/float64(config.Width), height/float64(config.Height)) * shrunkDensity
	if scale >= 1 {
		return data, nil
	}
	source, err := decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: broken picture", errInput)
	}
	small := image.NewNRGBA(image.Rect(0, 0,
		max(1, int(math.Round(float64(config.Width)*scale))), max(1, int(math.Round(float64(config.Height)*scale)))))
	draw.CatmullRom.Scale(small, small.Bounds(), source, source.Bounds(), draw.Src, nil)
	var out bytes.Buffer
	if err := png.Encode(&out, small); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// The size in which a QR code is drawn before it is fitted into its box, in
// points and dots per inch: enough for the largest code.
const (
	qrSide = 216
	qrDPI  = 144
)

// qr draws the code that version 1 makes of linkQR, be it a link or not.
func qr(text string) func(width, height float64) ([]byte, error) {
	return func(float64, float64) ([]byte, error) {
		block := appearance.Block{QR: appearance.QR{Link: text, AllowAnyPayload: true}}
		return block.PNG(qrSide, qrSide, qrDPI)
	}
}
