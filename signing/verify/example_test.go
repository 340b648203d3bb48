package verify_test

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
	"os"
	"time"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/verify"
)

// A letter is signed, one byte of it is changed, and both are judged.
func Example() {
	document, root := signedLetter()
	options := verify.Options{
		Roots: verify.Trust(root),
		// A real program gives a Fetcher or documents of level B-LT instead.
		InsecureSkipRevocation: true,
	}
	for _, content := range [][]byte{document, bytes.Replace(document, []byte("099"), []byte("100"), 1)} {
		report, err := verify.Verify(context.Background(), bytes.NewReader(content), int64(len(content)), options)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return
		}
		fmt.Println(report.Summary(verify.Indonesian))
		fmt.Println(report.Conclusion)
	}
	// Output:
	// Valid: ditandatangani oleh Budi Contoh; pencabutan sertifikat tidak diperiksa
	// TOTAL-PASSED
	// Tidak valid: isi dokumen telah diubah setelah ditandatangani
	// TOTAL-FAILED/HASH_FAILURE
}

// signedLetter makes a root, a signer under it and a signed letter.
func signedLetter() (document []byte, root *x509.Certificate) {
	rootKey := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Akar Contoh"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	root = must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, template, template, rootKey.Public(), rootKey))))
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template = &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Budi Contoh"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	cert := must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, template, root, key.Public(), rootKey))))
	var out bytes.Buffer
	must(signing.Sign(context.Background(), &out, bytes.NewReader(letter()), int64(len(letter())),
		signing.Options{Key: &signing.Key{Signer: key, Certificate: cert}}))
	return out.Bytes(), root
}
