package signing_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"log"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

// exampleKey stands for a key of a real authority.
func exampleKey() *signing.Key {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "Budi Contoh", Country: []string{"ID"}},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		log.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		log.Fatal(err)
	}
	return &signing.Key{Signer: key, Certificate: cert}
}

// A block with a QR code at the letter's tag, the signature around it.
func ExampleSign() {
	letter, err := os.ReadFile("testdata/producers/chrome.pdf")
	if err != nil {
		log.Fatal(err)
	}
	var signed bytes.Buffer
	receipt, err := signing.Sign(context.Background(), &signed, bytes.NewReader(letter), int64(len(letter)), signing.Options{
		Key:    exampleKey(),
		Reason: "Menyetujui",
		Block: &appearance.Block{
			Lines: []appearance.Line{{Text: appearance.IntroLine}, {Text: "KEPALA DINAS CONTOH", Bold: true}, {Text: "Budi Contoh"}},
			QR:    appearance.QR{Link: "https://surat.contoh.go.id/v/7f3a"},
		},
		Placement: signing.Placement{Anchor: "^", Width: 200, Height: 70},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(receipt.Field, "on page", receipt.Page, "level", receipt.Level)
	fmt.Println("original bytes untouched:", bytes.HasPrefix(signed.Bytes(), letter))
	// Output:
	// Signature1 on page 1 level B-B
	// original bytes untouched: true
}

// From file to file: at the second path there is either what was there before
// or the whole signed letter.
func ExampleSignFile() {
	dir, err := os.MkdirTemp("", "surat")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	receipt, err := signing.SignFile(context.Background(), filepath.Join(dir, "surat.pdf"), "testdata/producers/pdftex.pdf",
		signing.Options{Key: exampleKey(), Reason: "Paraf", Location: "Kota Contoh"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(receipt.Level, receipt.TimeSource == signing.TimeClaimed, len(receipt.Repairs))
	// Output:
	// B-B true 0
}

// Every refusal can be told apart.
func ExampleSign_refused() {
	letter, err := os.ReadFile("testdata/producers/chrome.pdf")
	if err != nil {
		log.Fatal(err)
	}
	key := exampleKey()
	var certified, out bytes.Buffer
	_, err = signing.Sign(context.Background(), &certified, bytes.NewReader(letter), int64(len(letter)),
		signing.Options{Key: key, Certify: signing.CertifyNoChanges})
	if err != nil {
		log.Fatal(err)
	}
	_, err = signing.Sign(context.Background(), &out, bytes.NewReader(certified.Bytes()), int64(certified.Len()),
		signing.Options{Key: key})
	fmt.Println(errors.Is(err, signing.ErrForbidden), out.Len())
	fmt.Println(err)
	// Output:
	// true 0
	// signing: an earlier signature forbids this: field "Signature1": certified: no changes
}

// The same code signs with a PKCS #12 file here and with a signing service
// elsewhere: it knows only the interface.
func ExampleLocal() {
	owner := passphrase.FromString("Contoh-Sandi-7391!")
	key := exampleKey()
	file, err := passphrase.ExportPKCS12(owner, passphrase.KeyFile{Key: key.Signer, Certificate: key.Certificate})
	if err != nil {
		log.Fatal(err)
	}
	local, err := signing.NewLocal(signing.LocalConfig{Keys: signing.NewPKCS12(file)})
	if err != nil {
		log.Fatal(err)
	}
	var signer signing.DocumentSigner = local

	letter, err := os.ReadFile("testdata/producers/libreoffice.pdf")
	if err != nil {
		log.Fatal(err)
	}
	var signed bytes.Buffer
	receipt, err := signer.SignDocument(context.Background(), &signed, bytes.NewReader(letter), int64(len(letter)),
		signing.Request{Credential: signing.Credential{Passphrase: owner}, Reason: "Paraf"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(receipt.Certificate.Subject.CommonName, receipt.Level)
	// Output:
	// Budi Contoh B-B
}

// The key is in another process: the digest goes there, the signature comes
// back, perhaps the next day.
func ExamplePrepare() {
	letter, err := os.ReadFile("testdata/producers/libreoffice.pdf")
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	key := exampleKey()
	prepared, err := signing.Prepare(ctx, bytes.NewReader(letter), int64(len(letter)), signing.Options{
		Key: &signing.Key{Certificate: key.Certificate, Chain: key.Chain},
	})
	if err != nil {
		log.Fatal(err)
	}
	state, err := prepared.MarshalBinary() // to be stored
	if err != nil {
		log.Fatal(err)
	}

	signature, err := key.Signer.Sign(rand.Reader, prepared.Digest(), prepared.SignerOpts())
	if err != nil {
		log.Fatal(err)
	}

	var restored signing.Prepared
	if err := restored.UnmarshalBinary(state); err != nil {
		log.Fatal(err)
	}
	var signed bytes.Buffer
	receipt, err := signing.Finish(ctx, &signed, bytes.NewReader(letter), int64(len(letter)), &restored,
		signing.FinishOptions{Signature: signature})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(receipt.Field, receipt.SignerConfirmed)
	// Output:
	// Signature1 true
}
