package appearance

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image/png"
	"math"
)

// PrintResolution is the resolution in dots per inch at which a picture of a
// block prints as sharply as its vectors on an office printer.
const PrintResolution = 300

// PNG draws the block as a picture of width x height points at a resolution in
// dots per inch; zero means PrintResolution. It is for signing services that
// take pictures only: its text can be neither searched nor read aloud.
//
// It returns what [Block.Form] returns, and ErrResolution.
func (b Block) PNG(width, height, dpi float64) ([]byte, error) {
	if dpi == 0 {
		dpi = PrintResolution
	}
	form, err := b.layout(width, height)
	if err != nil {
		return nil, err
	}
	img, err := form.Render(dpi)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrResolution, err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("appearance: encode picture: %w", err)
	}
	return withResolution(out.Bytes(), dpi), nil
}

// withResolution adds the resolution, in dots per metre, after the header
// chunk of a PNG (chunk pHYs, PNG 3rd edition, 11.3.4.3).
func withResolution(data []byte, dpi float64) []byte {
	const headerEnd = 8 + 12 + 13 // signature, chunk frame, IHDR
	perMetre := uint32(math.Round(dpi / 0.0254))
	be := binary.BigEndian
	chunk := append(be.AppendUint32(nil, 9), "pHYs"...)
	chunk = be.AppendUint32(chunk, perMetre)
	chunk = be.AppendUint32(chunk, perMetre)
	chunk = append(chunk, 1)
	chunk = be.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	out := append([]byte(nil), data[:headerEnd]...)
	out = append(out, chunk...)
	return append(out, data[headerEnd:]...)
}
