package signertest

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"

	"github.com/sertel-id/sertel/signing"
)

// Points on the pages of a test document, an A4 page each.
const (
	pageWidth, pageHeight = 595, 842
	tag                   = "${ttd}" // once, on the second page
	twiceTag              = "${paraf}"
	tagX, tagY            = 320, 300
)

// document is a letter of two pages; no two with different numbers have the
// same bytes.
func document(number int) []byte {
	text := func(x, y int, s string) string { return fmt.Sprintf("BT /F 11 Tf %d %d Td (%s) Tj ET\n", x, y, s) }
	first := text(72, 770, fmt.Sprintf("Surat percobaan %d, halaman 1", number)) +
		text(72, 500, twiceTag) + text(72, 470, twiceTag)
	second := text(72, 770, "Halaman 2") + text(tagX, tagY, tag)
	stream := func(s string) string { return fmt.Sprintf("<</Length %d>>\nstream\n%sendstream", len(s), s) }
	page := func(contents int) string {
		return fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Resources<</Font<</F 7 0 R>>>>/Contents %d 0 R>>",
			pageWidth, pageHeight, contents)
	}
	return assemble(
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]>>",
		page(5), page(6), stream(first), stream(second),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
	)
}

// assemble writes objects numbered from 1, of which the first is the catalog.
func assemble(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

// certified is a document whose first signature forbids every other one.
func certified(ctx context.Context) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Tini Contoh"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	in := document(0)
	var out bytes.Buffer
	_, err = signing.Sign(ctx, &out, bytes.NewReader(in), int64(len(in)), signing.Options{
		Key: &signing.Key{Signer: key, Certificate: cert}, Certify: signing.CertifyNoChanges,
	})
	return out.Bytes(), err
}
