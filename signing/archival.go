package signing

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/sertel-id/sertel/signing/appearance"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/internal/vector"
)

// drawBlock draws a block for a document: without transparency where the
// document says that it is PDF/A-1, which forbids it.
func drawBlock(doc *pdf.Document, catalog pdf.Dict, b appearance.Block, width, height float64) (*vector.Form, error) {
	form, err := b.Form(width, height)
	if err != nil {
		return nil, fmt.Errorf("signing: draw the block: %w", err)
	}
	archival, err := saysPDFA1(doc, catalog)
	if err != nil {
		return nil, err
	}
	if archival {
		form = form.Archival()
	}
	return form, nil
}

const (
	maxMetadata  = 1 << 20 // bytes: no metadata about one document is longer
	pdfaIDSchema = "http://www.aiim.org/pdfa/ns/id/"
)

// saysPDFA1 reports whether the document's metadata claims conformance to
// PDF/A-1 (ISO 19005-1, 6.7.11). Metadata that cannot be read claims nothing.
func saysPDFA1(doc *pdf.Document, catalog pdf.Dict) (bool, error) {
	o, err := doc.Resolve(catalog["Metadata"])
	if err != nil {
		return false, fromPDF(err)
	}
	s, ok := o.(*pdf.Stream)
	if !ok {
		return false, nil
	}
	data, err := doc.StreamData(s, maxMetadata)
	if errors.Is(err, pdf.ErrLimit) || errors.Is(err, pdf.ErrFilter) || errors.Is(err, pdf.ErrMalformed) {
		return false, nil
	}
	if err != nil {
		return false, fromPDF(err)
	}
	return pdfaPart(data) == "1", nil
}

// pdfaPart finds the part of PDF/A in XMP metadata, written as an attribute or
// as an element; empty when there is none.
func pdfaPart(xmp []byte) string {
	d := xml.NewDecoder(inUTF8(xmp))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	inside := false
	for {
		token, err := d.Token()
		if err != nil {
			return ""
		}
		switch t := token.(type) {
		case xml.StartElement:
			for _, a := range t.Attr {
				if a.Name.Space == pdfaIDSchema && a.Name.Local == "part" {
					return a.Value
				}
			}
			inside = t.Name.Space == pdfaIDSchema && t.Name.Local == "part"
		case xml.EndElement:
			inside = false
		case xml.CharData:
			if text := strings.TrimSpace(string(t)); inside && text != "" {
				return text
			}
		}
	}
}

// inUTF8 decodes metadata in UTF-16 (ISO 16684-1, 7.3.2), told by the byte order
// mark or by the "<" that it begins with.
func inUTF8(xmp []byte) io.Reader {
	decoder := unicode.BOMOverride(unicode.UTF8.NewDecoder())
	switch {
	case bytes.HasPrefix(xmp, []byte{0, '<'}):
		decoder = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder()
	case bytes.HasPrefix(xmp, []byte{'<', 0}):
		decoder = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder()
	}
	return transform.NewReader(bytes.NewReader(xmp), decoder)
}
