package esign_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
)

// exampleBox stands for the box of an agency.
func exampleBox(status int, answer string) *httptest.Server {
	return httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
}

func exampleClient(box *httptest.Server) *esign.Client {
	client, err := esign.New(esign.Config{
		BaseURL:   box.URL,
		Username:  "e-office",
		Password:  passphrase.FromString("kata-sandi-aplikasi"),
		Transport: box.Client().Transport,
	})
	if err != nil {
		panic(err)
	}
	return client
}

func ExampleClient_Status() {
	box := exampleBox(200, `{"status_code":1111,"status":"ISSUE","message":"User sudah terdaftar dan memiliki sertifikat dengan status ISSUE"}`)
	defer box.Close()

	nik, err := identity.ParseNIK("3371990104850901") // made up
	if err != nil {
		panic(err)
	}
	answer, err := exampleClient(box).Status(context.Background(), esign.Identity{NIK: nik})
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.Status)
	fmt.Println(answer.Status.Text("id"))
	// Output:
	// ISSUE
	// Sertifikat aktif dan dapat digunakan untuk tanda tangan elektronik.
}

// A wrong passphrase is the signer's to put right; only an unknown outcome
// needs a decision.
func ExampleSigner_SignDocument() {
	box := exampleBox(400, `{"error":"Passphrase anda salah","status_code":2031}`)
	defer box.Close()
	letter, err := os.ReadFile("../testdata/producers/libreoffice.pdf")
	if err != nil {
		panic(err)
	}
	nik, err := identity.ParseNIK("3371990104850901") // made up
	if err != nil {
		panic(err)
	}

	var signed bytes.Buffer
	signer := exampleClient(box).Signer(esign.Identity{NIK: nik})
	_, err = signer.SignDocument(context.Background(), &signed, bytes.NewReader(letter), int64(len(letter)), signing.Request{
		Credential: signing.Credential{Passphrase: passphrase.FromString("Salah Ketik#1")},
	})

	var failed *esign.Error
	switch {
	case err == nil:
		fmt.Println("signed")
	case errors.Is(err, esign.CodeOutcomeUnknown):
		fmt.Println("ask somebody to decide, then client.Reconcile")
	case errors.As(err, &failed):
		fmt.Println(failed.Code, failed.Outcome, failed.ServerCode)
		fmt.Println(failed.Text("id"))
	}
	// Output:
	// ESIGN_PASSPHRASE_WRONG refused 2031
	// Passphrase salah. Masukkan passphrase dengan benar. Bila lupa, ajukan reset passphrase.
}
