package certificate

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
)

// Bounds of a selfie. A picture is judged by its header alone; it is never decoded here.
const (
	MaxSelfieBytes  = 10 << 20   // 10 MiB
	MaxSelfiePixels = 50_000_000 // 50 megapixels
)

// ErrSelfie is returned for a picture that is no JPEG or PNG within the bounds.
var ErrSelfie = errors.New("certificate: selfie is no JPEG or PNG within the bounds")

// checkSelfie judges format and size.
func checkSelfie(photo []byte) error {
	if len(photo) > MaxSelfieBytes {
		return fmt.Errorf("%w: %d bytes, at most %d", ErrSelfie, len(photo), MaxSelfieBytes)
	}
	var (
		config image.Config
		err    error
	)
	switch {
	case bytes.HasPrefix(photo, []byte("\xff\xd8\xff")):
		config, err = jpeg.DecodeConfig(bytes.NewReader(photo))
	case bytes.HasPrefix(photo, []byte("\x89PNG\r\n\x1a\n")):
		config, err = png.DecodeConfig(bytes.NewReader(photo))
	default:
		return fmt.Errorf("%w: neither JPEG nor PNG", ErrSelfie)
	}
	if err != nil {
		return fmt.Errorf("%w: header damaged", ErrSelfie)
	}
	if config.Width < 1 || config.Height < 1 || int64(config.Width)*int64(config.Height) > MaxSelfiePixels {
		return fmt.Errorf("%w: %d x %d pixels, at most %d in all", ErrSelfie, config.Width, config.Height, MaxSelfiePixels)
	}
	return nil
}
