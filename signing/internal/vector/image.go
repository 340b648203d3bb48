package vector

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
)

// Limits on pictures.
const (
	MaxImageSize   = 8 << 20 // bytes of the file
	MaxImagePixels = 4 << 20 // width times height
)

// ErrImage is returned by ParseImage for a file that is not a PNG or JPEG
// within the limits.
var ErrImage = errors.New("vector: unusable picture")

// Image is a picture with its transparency. It is immutable.
type Image struct {
	width, height int
	pixels        *image.NRGBA
	opaque        bool
}

// ParseImage reads a PNG or JPEG file, grey, palette, 16 bit and CMYK ones
// included, turned upright as its EXIF orientation says. An animated one is
// refused: what it shows depends on the reader. So is a JPEG of four inks
// without Adobe's marker, which alone says whether they are inverted, and CMYK
// or YCCK.
func ParseImage(data []byte) (*Image, error) {
	if len(data) > MaxImageSize {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrImage, len(data), MaxImageSize)
	}
	if animated(data) {
		return nil, fmt.Errorf("%w: animated", ErrImage)
	}
	header, decode := png.DecodeConfig, png.Decode
	turn := 1
	if bytes.HasPrefix(data, []byte{0xFF, 0xD8}) {
		if err := checkScans(data); err != nil {
			return nil, err
		}
		header, decode = jpeg.DecodeConfig, jpeg.Decode
		turn = exifOrientation(data)
	}
	config, err := header(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: not a PNG or JPEG: %v", ErrImage, err)
	}
	if config.Width <= 0 || config.Height <= 0 || config.Width > MaxImagePixels/config.Height {
		return nil, fmt.Errorf("%w: %d x %d pixels, at most %d in all",
			ErrImage, config.Width, config.Height, MaxImagePixels)
	}
	decoded, err := decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrImage, err)
	}
	upright := turned(inRGBA(decoded), turn)
	size := upright.Bounds().Size()
	return &Image{size.X, size.Y, upright, upright.Opaque()}, nil
}

// Size returns the width and height in pixels.
func (img *Image) Size() (width, height int) { return img.width, img.height }

// animated reports whether a PNG has the chunk acTL, which must come before
// its pixels (PNG 3rd edition, 11.3.6.1).
func animated(data []byte) bool {
	const signature = "\x89PNG\r\n\x1a\n"
	if !bytes.HasPrefix(data, []byte(signature)) {
		return false
	}
	for p := uint64(len(signature)); p+8 <= uint64(len(data)); {
		switch string(data[p+4 : p+8]) {
		case "acTL":
			return true
		case "IDAT":
			return false
		}
		p += 12 + uint64(binary.BigEndian.Uint32(data[p:]))
	}
	return false
}

// inRGBA converts to 8 bits of each colour, and opacity. What is opaque goes by
// image.RGBA, which is the same for it and which package draw fills much faster.
func inRGBA(src image.Image) *image.NRGBA {
	r := image.Rectangle{Max: src.Bounds().Size()}
	if o, ok := src.(interface{ Opaque() bool }); ok && o.Opaque() {
		dst := image.NewRGBA(r)
		draw.Draw(dst, r, src, src.Bounds().Min, draw.Src)
		return &image.NRGBA{Pix: dst.Pix, Stride: dst.Stride, Rect: r}
	}
	dst := image.NewNRGBA(r)
	draw.Draw(dst, r, src, src.Bounds().Min, draw.Src)
	return dst
}

// turned undoes an EXIF orientation of 1 to 8 (Exif 2.32, tag 0x0112).
func turned(src *image.NRGBA, orientation int) *image.NRGBA {
	if orientation == 1 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	dst := image.NewNRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		dst = image.NewNRGBA(image.Rect(0, 0, h, w))
	}
	for y := range dst.Rect.Dy() {
		for x := range dst.Rect.Dx() {
			sx, sy := x, y
			if orientation >= 5 {
				sx, sy = y, x
			}
			if orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8 {
				sx = w - 1 - sx
			}
			if orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7 {
				sy = h - 1 - sy
			}
			dst.SetNRGBA(x, y, src.NRGBAAt(sx, sy))
		}
	}
	return dst
}

// rgb returns the colour samples, three bytes a pixel, row by row.
func (img *Image) rgb() []byte {
	out := make([]byte, 0, 3*img.width*img.height)
	for p := 0; p < len(img.pixels.Pix); p += 4 {
		out = append(out, img.pixels.Pix[p:p+3]...)
	}
	return out
}

// alpha returns the opacity samples, one byte a pixel.
func (img *Image) alpha() []byte {
	out := make([]byte, 0, img.width*img.height)
	for p := 3; p < len(img.pixels.Pix); p += 4 {
		out = append(out, img.pixels.Pix[p])
	}
	return out
}
