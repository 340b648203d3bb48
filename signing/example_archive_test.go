package signing_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	ca "github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/tsa"
	"github.com/sertel-id/sertel/signing/verify"
)

// examplePKI is an in-house authority with a person's key, and the address of
// its time-stamping authority. Letters that last need a real one.
func examplePKI() (key *signing.Key, root *x509.Certificate, url string, stop func()) {
	ctx := context.Background()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	const agency = "Pemerintah Kota Contoh"
	authority, err := ca.New(ctx, ca.Config{
		RootName:      ca.Name{CommonName: "Root CA Kota Contoh", Organization: agency},
		IssuingName:   ca.Name{CommonName: "CA Pegawai Kota Contoh G1", Organization: agency},
		ResponderName: ca.Name{CommonName: "Responder OCSP Kota Contoh", Organization: agency},
		BaseURL:       server.URL + "/pki",
	})
	if err != nil {
		log.Fatal(err)
	}
	mux.Handle("/pki/", authority.Handler())
	issue := func(p ca.Profile, name string) *signing.Key {
		signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			log.Fatal(err)
		}
		issued, err := authority.IssueProfile(ctx, p, ca.Request{ID: rand.Text(),
			Subject: ca.Name{CommonName: name, Organization: agency}, PublicKey: signer.Public()})
		if err != nil {
			log.Fatal(err)
		}
		return &signing.Key{Signer: signer, Certificate: issued.Certificate, Chain: issued.Chain}
	}
	stamping := issue(ca.TSAProfile(), "TSA Kota Contoh")
	policy, err := x509.ParseOID("2.25.1942519315.9")
	if err != nil {
		log.Fatal(err)
	}
	responder, err := tsa.NewResponder(tsa.ResponderConfig{
		Signer: stamping.Signer, Certificate: stamping.Certificate, Chain: stamping.Chain, Policy: policy})
	if err != nil {
		log.Fatal(err)
	}
	mux.Handle("/tsa", responder)
	return issue(ca.PersonProfile(), "Budi Contoh"), authority.Root(), server.URL, server.Close
}

// A letter that was signed without a time-stamp is raised for the archive.
func ExampleExtend() {
	ctx := context.Background()
	key, root, url, stop := examplePKI()
	defer stop()
	letter, err := os.ReadFile("testdata/producers/libreoffice.pdf")
	if err != nil {
		log.Fatal(err)
	}
	var signed bytes.Buffer
	receipt, err := signing.Sign(ctx, &signed, bytes.NewReader(letter), int64(len(letter)), signing.Options{Key: key})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("signed:", receipt.Level)

	roots := []*x509.Certificate{root}
	client, err := tsa.NewClient(tsa.ClientConfig{URL: url + "/tsa", Roots: roots})
	if err != nil {
		log.Fatal(err)
	}
	source, err := signing.NewHTTPSource(signing.HTTPConfig{Hosts: []string{strings.TrimPrefix(url, "http://")}})
	if err != nil {
		log.Fatal(err)
	}
	var archived bytes.Buffer
	raised, err := signing.Extend(ctx, &archived, bytes.NewReader(signed.Bytes()), int64(signed.Len()), signing.ExtendOptions{
		Level:       signing.LevelBLTA,
		Timestamper: client,
		Evidence:    &signing.Evidence{Source: source, Roots: roots},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("raised:", raised.Level)
	for _, t := range raised.Timestamps {
		fmt.Println(t.Field, "by", t.Authority.Subject.CommonName)
	}
	fmt.Println("next one due in years:", int(time.Until(raised.RenewBefore).Hours()/24/365+0.5))
	// Output:
	// signed: B-B
	// raised: B-LTA
	// DocTimeStamp1 by TSA Kota Contoh
	// DocTimeStamp2 by TSA Kota Contoh
	// next one due in years: 3
}

// The last signer of a letter signs it for the archive in one step. A vault
// stands where the PKCS #12 file is here.
func ExampleLocalConfig_archive() {
	key, root, url, stop := examplePKI()
	defer stop()
	roots := []*x509.Certificate{root}
	secret := passphrase.FromString("Contoh-Sandi-7391!")
	file, err := pkcs12.Modern2023.WithIterations(1000).Encode(key.Signer, key.Certificate, key.Chain, "Contoh-Sandi-7391!")
	if err != nil {
		log.Fatal(err)
	}
	client, err := tsa.NewClient(tsa.ClientConfig{URL: url + "/tsa", Roots: roots})
	if err != nil {
		log.Fatal(err)
	}
	source, err := signing.NewHTTPSource(signing.HTTPConfig{Hosts: []string{strings.TrimPrefix(url, "http://")}})
	if err != nil {
		log.Fatal(err)
	}
	signer, err := signing.NewLocal(signing.LocalConfig{
		Keys:        signing.NewPKCS12(file),
		Timestamper: client,
		Evidence:    &signing.Evidence{Source: source, Roots: roots},
		Archive:     true,
	})
	if err != nil {
		log.Fatal(err)
	}
	letter, err := os.ReadFile("testdata/producers/libreoffice.pdf")
	if err != nil {
		log.Fatal(err)
	}
	var signed bytes.Buffer
	receipt, err := signer.SignDocument(context.Background(), &signed, bytes.NewReader(letter), int64(len(letter)),
		signing.Request{Credential: signing.Credential{Passphrase: secret}})
	if err != nil {
		log.Fatal(err)
	}
	report, err := verify.Verify(context.Background(), bytes.NewReader(signed.Bytes()), int64(signed.Len()), verify.Options{Roots: verify.Trust(root)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("signed:", receipt.Level)
	fmt.Println("judged:", report.Signatures[0].Level)
	// Output:
	// signed: B-LTA
	// judged: B-LTA
}
