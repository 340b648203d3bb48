package signing_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

// A claim of PDF/A-1, in whatever encoding, keeps transparency out of a block
// whose logo has some.
func TestClaimOfPDFA1(t *testing.T) {
	key := person(t, "Budi Contoh", p256())
	const packet = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
		`<rdf:Description xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" pdfaid:part="%s">é</rdf:Description></rdf:RDF></x:xmpmeta>`
	declared := func(charset string) string { return `<?xml version="1.0" encoding="` + charset + `"?>` + packet }
	for name, c := range map[string]struct {
		encoding encoding.Encoding
		packet   string
		part     string
		clear    bool
	}{
		"UTF-8":                                   {encoding.Nop, packet, "1", false},
		"UTF-8 with a mark":                       {unicode.UTF8BOM, packet, "1", false},
		"big-endian UTF-16 with a mark":           {unicode.UTF16(unicode.BigEndian, unicode.UseBOM), packet, "1", false},
		"little-endian UTF-16 with a mark":        {unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), packet, "1", false},
		"big-endian UTF-16 without one":           {unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), packet, "1", false},
		"little-endian UTF-16 without one":        {unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), packet, "1", false},
		"UTF-16 that says so":                     {unicode.UTF16(unicode.BigEndian, unicode.UseBOM), declared("UTF-16"), "1", false},
		"another encoding, of which ASCII is one": {encoding.Nop, declared("ISO-8859-1"), "1", false},
		"part 2 allows transparency":              {unicode.UTF16(unicode.BigEndian, unicode.UseBOM), packet, "2", true},
		"no metadata that can be read":            {encoding.Nop, "\xfe\xff\xd8%s", "1", true},
	} {
		t.Run(name, func(t *testing.T) {
			xmp, err := c.encoding.NewEncoder().String(fmt.Sprintf(c.packet, c.part))
			require.NoError(t, err)
			in := raw("", "<< /Type /Catalog /Pages 2 0 R /Metadata 4 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
				"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
				fmt.Sprintf("<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%s\nendstream", len(xmp), xmp))
			out := mustSign(t, in, signing.Options{Key: key, Block: &appearance.Block{Logo: transparentLogo(t)}, Placement: corner})
			assert.Equal(t, c.clear, bytes.Contains(out[len(in):], []byte("/SMask")))
		})
	}
}
