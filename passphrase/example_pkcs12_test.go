package passphrase_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/sertel-id/sertel/passphrase"
)

// exampleKeyFile is a made-up person's key with its certificate.
func exampleKeyFile() passphrase.KeyFile {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Budi Contoh"},
		NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return passphrase.KeyFile{Key: key, Certificate: certificate}
}

// A key for another program, as the .p12 file that openssl, Java and Windows read.
func ExampleExportPKCS12() {
	file, err := passphrase.ExportPKCS12(passphrase.FromString("Tiga-Kelinci9-Ungu"), exampleKeyFile())
	if err != nil {
		panic(err)
	}
	fmt.Println("at most 2 KiB:", len(file) <= 2048)
	_, err = passphrase.ExportPKCS12(passphrase.Secret{}, exampleKeyFile())
	fmt.Println(err)
	// Output:
	// at most 2 KiB: true
	// passphrase: export PKCS#12: empty passphrase
}

// A key that another program made. The certificates still have to be judged by whoever uses them.
func ExampleImportPKCS12() {
	secret := passphrase.FromString("Tiga-Kelinci9-Ungu")
	file, err := passphrase.ExportPKCS12(secret, exampleKeyFile())
	if err != nil {
		panic(err)
	}
	read, err := passphrase.ImportPKCS12(file, secret)
	if err != nil {
		panic(err)
	}
	fmt.Println(read.Certificate.Subject.CommonName)
	_, err = passphrase.ImportPKCS12(file, passphrase.FromString("Salah Ketik#1"))
	fmt.Println("wrong passphrase:", errors.Is(err, passphrase.ErrMismatch))
	// Output:
	// Budi Contoh
	// wrong passphrase: true
}
