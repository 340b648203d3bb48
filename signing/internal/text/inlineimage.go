package text

import (
	"bytes"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// skipInlineImage passes an inline image (8.9.7) whose BI has been read. What
// cannot be read as one is passed up to its EI or, without any, to the end, which
// cuts it off.
func (s *scanner) skipInlineImage() error {
	dict, ok, err := s.imageDict()
	if err != nil || !ok {
		return err
	}
	start := min(s.at+1, len(s.data)) // one white space after ID
	s.at = start
	if s.passImageData(dict) && s.imageEnds() {
		return nil
	}
	s.at = start
	for !s.noImageEnd && s.find("EI") {
		if (s.at == len(s.data) || isSpace(s.data[s.at])) && s.looksLikeContent() {
			return nil
		}
	}
	s.at, s.noImageEnd = start, true // none from here on, for later images neither
	if !s.find("EI") {
		s.at, s.cut = len(s.data), true
	}
	return nil
}

// wholeNames are the keys, by their abbreviations, that tell the data's length
// (ISO 32000-2, table 91).
var wholeNames = map[pdf.Name]pdf.Name{
	"W": "Width", "H": "Height", "BPC": "BitsPerComponent", "CS": "ColorSpace", "F": "Filter", "IM": "ImageMask", "L": "Length",
}

// imageDict reads the entries up to ID. ok is false for an image without data.
func (s *scanner) imageDict() (dict pdf.Dict, ok bool, err error) {
	dict = pdf.Dict{}
	var key pdf.Name
	for n := 0; n < maxOperands; n++ {
		o, more, err := s.object(0)
		if err != nil || !more || o == pdf.Object(keyword("EI")) {
			s.cut = s.cut || err == nil && !more
			return nil, false, err
		}
		if o == pdf.Object(keyword("ID")) {
			return dict, true, nil
		}
		if key != "" {
			dict[key], key = o, ""
		} else if key, _ = o.(pdf.Name); wholeNames[key] != "" {
			key = wholeNames[key]
		}
	}
	return dict, true, nil
}

// passImageData passes the data where its length or its end is known.
func (s *scanner) passImageData(dict pdf.Dict) bool {
	filter, _ := dict["Filter"].(pdf.Name)
	list, several := dict["Filter"].(pdf.Array)
	if len(list) > 0 {
		filter, _ = list[0].(pdf.Name)
	}
	n, stated := dict["Length"].(pdf.Integer)
	switch {
	case stated:
	case filter == "AHx" || filter == "ASCIIHexDecode":
		return s.find(">")
	case filter == "A85" || filter == "ASCII85Decode":
		return s.find("~>")
	case filter != "" || several && len(list) > 0:
		return false
	default:
		if n = rawImageLength(dict); n == 0 {
			return false
		}
	}
	if n < 0 || n > pdf.Integer(len(s.data)-s.at) {
		return false
	}
	s.at += int(n)
	return true
}

// rawImageLength is the length of data without a filter, each row in whole
// bytes; 0 where it is not known.
func rawImageLength(dict pdf.Dict) pdf.Integer {
	const most = 1 << 20 // of each measure, so that their product is no overflow
	w, _ := dict["Width"].(pdf.Integer)
	h, _ := dict["Height"].(pdf.Integer)
	bits, _ := dict["BitsPerComponent"].(pdf.Integer)
	components := pdf.Integer(0)
	switch space := dict["ColorSpace"].(type) {
	case pdf.Name:
		components = map[pdf.Name]pdf.Integer{"G": 1, "DeviceGray": 1, "RGB": 3, "DeviceRGB": 3, "CMYK": 4, "DeviceCMYK": 4}[space]
	case pdf.Array: // Indexed is the only one allowed
		components = 1
	}
	if mask, _ := dict["ImageMask"].(bool); mask {
		bits, components = 1, 1
	}
	if w <= 0 || w > most || h <= 0 || h > most || bits <= 0 || bits > 16 {
		return 0
	}
	return (w*components*bits + 7) / 8 * h
}

// imageEnds passes white space and EI, and reports whether they stand here.
func (s *scanner) imageEnds() bool {
	for s.at < len(s.data) && isSpace(s.data[s.at]) {
		s.at++
	}
	if !bytes.HasPrefix(s.data[s.at:], []byte("EI")) {
		return false
	}
	s.at += 2
	return s.at == len(s.data) || isSpace(s.data[s.at]) || isDelimiter(s.data[s.at])
}

// find goes to the end of the next mark. Where none was found, none is looked
// for again: the search would be as long for each of many images.
func (s *scanner) find(mark string) bool {
	if from, known := s.absent[mark]; known && s.at >= from {
		return false
	}
	i := bytes.Index(s.data[s.at:], []byte(mark))
	if i < 0 {
		if s.absent == nil {
			s.absent = map[string]int{}
		}
		s.absent[mark] = s.at
		return false
	}
	s.at += i + len(mark)
	return true
}

// looksLikeContent reports whether the next bytes are printable: image data
// that holds "EI" by chance goes on with bytes that are not.
func (s *scanner) looksLikeContent() bool {
	for _, c := range s.data[s.at:min(s.at+16, len(s.data))] {
		if (c < ' ' || c > '~') && !isSpace(c) {
			return false
		}
	}
	return true
}
