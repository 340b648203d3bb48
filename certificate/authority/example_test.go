package authority_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
)

// An in-house authority issues a certificate for a PKCS#10 and revokes it.
func Example() {
	ctx := context.Background()
	const agency = "Pemerintah Kota Contoh"
	ca, err := authority.New(ctx, authority.Config{
		RootName:      authority.Name{CommonName: "Root CA Kota Contoh", Organization: agency},
		IssuingName:   authority.Name{CommonName: "CA Pegawai Kota Contoh G1", Organization: agency},
		ResponderName: authority.Name{CommonName: "Responder OCSP Kota Contoh", Organization: agency},
		BaseURL:       "http://pki.contoh.example",
	})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", ca.Handler()) // what the certificates point to

	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		log.Fatal(err)
	}
	issued, err := ca.Issue(ctx, certificate.IssueRequest{
		RequestID: rand.Text(),
		Subject:   certificate.Subject{ID: "A2B3C4D5E6F7G8H9", CommonName: "Budi Contoh", Organization: agency},
		CSR:       csr,
	})
	if err != nil {
		log.Fatal(err)
	}
	c := issued.Certificate
	fmt.Println(c.Subject.CommonName, c.NotAfter.Sub(c.NotBefore))

	serial, err := certificate.SerialOf(c)
	if err != nil {
		log.Fatal(err)
	}
	if err := ca.Revoke(ctx, serial, certificate.ReasonKeyCompromise, time.Now()); err != nil {
		log.Fatal(err)
	}
	der, err := ca.CRL(ctx)
	if err != nil {
		log.Fatal(err)
	}
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(list.RevokedCertificateEntries), "revoked")
	// Output:
	// Budi Contoh 17519h59m59s
	// 1 revoked
}
