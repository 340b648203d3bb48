package vector

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// maxScans bounds the scans of a JPEG: each goes over all pixels, however few
// bytes it takes. Encoders write one, one for each colour, or about ten for a
// progressive picture.
const maxScans = 64

// Markers of JPEG (ITU-T T.81, table B.1).
const (
	markerRST0 = 0xD0
	markerRST7 = 0xD7
	markerEOI  = 0xD9
	markerSOS  = 0xDA
	markerAPP1 = 0xE1
)

// checkScans refuses a JPEG of more scans than maxScans, before they are
// decoded.
func checkScans(data []byte) error {
	scans := 0
	for marker := range segments(data) {
		if marker != markerSOS {
			continue
		}
		if scans++; scans > maxScans {
			return fmt.Errorf("%w: JPEG of more than %d scans", ErrImage, maxScans)
		}
	}
	return nil
}

// segments yields the marker and the body of each of a JPEG's segments (B.1.1.4)
// up to the end of the picture. Like the decoder, it reads over what is between
// them: pixels, fill bytes, restart markers, and what does not belong there.
func segments(data []byte) func(yield func(marker byte, body []byte) bool) {
	return func(yield func(byte, []byte) bool) {
		for p := 2; ; {
			at := bytes.IndexByte(data[min(p, len(data)):], 0xFF)
			if at < 0 || p+at+1 >= len(data) {
				return
			}
			p += at + 1
			marker := data[p]
			switch {
			case marker == 0xFF:
				continue
			case marker == 0, marker >= markerRST0 && marker <= markerRST7:
				p++
				continue
			case marker == markerEOI, p+3 > len(data):
				return
			}
			end := p + 1 + int(binary.BigEndian.Uint16(data[p+1:]))
			if end < p+3 || end > len(data) || !yield(marker, data[p+3:end]) {
				return
			}
			p = end
		}
	}
}

// exifOrientation returns the orientation of a JPEG, 1 when it states none.
func exifOrientation(data []byte) int {
	for marker, body := range segments(data) {
		if marker == markerSOS {
			break
		}
		if marker == markerAPP1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return tiffOrientation(body[6:])
		}
	}
	return 1
}

// tiffOrientation looks the orientation up in the first directory of a TIFF
// structure.
func tiffOrientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	dir := uint64(order.Uint32(tiff[4:]))
	if dir+2 > uint64(len(tiff)) {
		return 1
	}
	entries := tiff[dir+2:]
	for range order.Uint16(tiff[dir:]) {
		if len(entries) < 12 {
			break
		}
		if order.Uint16(entries) == 0x0112 {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			break
		}
		entries = entries[12:]
	}
	return 1
}
