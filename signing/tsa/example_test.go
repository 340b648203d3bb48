package tsa_test

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"log"
	"net/http/httptest"

	"github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/signing/tsa"
)

// An in-house time-stamping authority below an in-house root, and a client
// that asks it.
func Example() {
	ctx := context.Background()
	ca, err := authority.New(ctx, authority.Config{
		RootName:      authority.Name{CommonName: "Root CA Kota Contoh"},
		IssuingName:   authority.Name{CommonName: "CA Layanan Kota Contoh"},
		ResponderName: authority.Name{CommonName: "Responder OCSP Kota Contoh"},
		BaseURL:       "http://pki.contoh.example",
	})
	if err != nil {
		log.Fatal(err)
	}
	key, err := authority.ECDSAP256.GenerateKey()
	if err != nil {
		log.Fatal(err)
	}
	issued, err := ca.IssueProfile(ctx, authority.TSAProfile(), authority.Request{
		ID: "TSA2", Subject: authority.Name{CommonName: "Stempel Waktu Kota Contoh"}, PublicKey: key.Public(),
	})
	if err != nil {
		log.Fatal(err)
	}
	policy, err := x509.ParseOID("2.25.1942519315.9.1") // choose one of your own
	if err != nil {
		log.Fatal(err)
	}
	responder, err := tsa.NewResponder(tsa.ResponderConfig{
		Signer: key, Certificate: issued.Certificate, Chain: issued.Chain, Policy: policy,
	})
	if err != nil {
		log.Fatal(err)
	}
	server := httptest.NewServer(responder)
	defer server.Close()

	client, err := tsa.NewClient(tsa.ClientConfig{URL: server.URL, Roots: []*x509.Certificate{ca.Root()}})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	digest := sha256.Sum256([]byte("nilai tanda tangan"))
	token, err := client.Timestamp(ctx, crypto.SHA256, digest[:])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token.Policy, token.Chain[0].Subject.CommonName)
	// Output: 2.25.1942519315.9.1 Stempel Waktu Kota Contoh
}
