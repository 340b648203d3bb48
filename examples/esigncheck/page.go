package main

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"time"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
)

// blockOf is where the block of a version goes on the test page, an A4 page. Both
// readings of version 1's numbers, corners and sizes, lie on it and beside the
// block of version 2.
func blockOf(version esign.Version) signing.Rect {
	if version == esign.V1 {
		return signing.Rect{X: 60, Y: 120, Width: 120, Height: 120}
	}
	return signing.Rect{X: 320, Y: 120, Width: 120, Height: 120}
}

// The anchor tags, printed twice: which one is taken, and which point of the
// block lies on it, boxes do not say.
const (
	tag               = "#"
	tagSize           = 14.0
	tagY              = 480.0
	tagWidth          = tagSize * 0.556 // of Helvetica
	tagHeight         = tagSize * 0.718
	tagBlock          = 60.0 // width of the block at a tag; its height is half
	firstTag, lastTag = 90.0, 350.0

	longTag = "${uji}" // printed once, for boxes that take more than a character
)

// testPage is one page that says what it is.
func testPage(at time.Time) []byte {
	var content bytes.Buffer
	text := func(x, y, size float64, s string) {
		fmt.Fprintf(&content, "BT /F %g Tf %g %g Td (%s) Tj ET\n", size, x, y, s)
	}
	text(60, 770, 18, "HALAMAN UJI - BUKAN SURAT")
	text(60, 740, 11, "Halaman ini ditandatangani hanya untuk menguji sambungan ke Esign Client.")
	text(60, 724, 11, "Halaman ini tidak berisi pernyataan dan tidak mempunyai akibat hukum apa pun.")
	text(60, 708, 11, "Dibuat oleh esigncheck pada "+at.UTC().Format("2006-01-02 15:04:05.000")+" UTC.")
	text(firstTag, tagY, tagSize, tag)
	text(lastTag, tagY, tagSize, tag)
	text(firstTag, tagY+80, tagSize, longTag)
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%sendstream", content.Len(), content.Bytes()),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
	}
	var b, table bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	for i, o := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start, size := b.Len(), len(objects)+1
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n",
		size, table.Bytes(), size, start)
	return b.Bytes()
}

// readPEM reads the certificates of a file.
func readPEM(path string) ([]*x509.Certificate, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all []*x509.Certificate
	for {
		var p *pem.Block
		if p, data = pem.Decode(data); p == nil {
			break
		}
		certificate, err := x509.ParseCertificate(p.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, certificate)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: tidak memuat sertifikat PEM", path)
	}
	return all, nil
}
