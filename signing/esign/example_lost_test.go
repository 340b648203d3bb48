package esign_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/verify"
)

// exampleFake is the fake BSrE with one official, and a client of it that keeps what it does not hand on.
func exampleFake(kept esign.Quarantine) (srv *mockbsre.Server, client *esign.Client, official esign.Identity) {
	ctx := context.Background()
	srv = mockbsre.NewUnstarted(mockbsre.Config{})
	if err := srv.Start(ctx); err != nil {
		panic(err)
	}
	person := mockbsre.MadeUpPerson(0)
	if _, err := srv.Enrol(ctx, person, passphrase.FromString(fakeRight)); err != nil {
		panic(err)
	}
	username, password := srv.Credential()
	client, err := esign.New(esign.Config{
		BaseURL: srv.URL(), InsecurePlainHTTP: true, Username: username, Password: password,
		Roots: verify.Trust(srv.Root()), Now: srv.Clock.Now, Quarantine: kept,
	})
	if err != nil {
		panic(err)
	}
	return srv, client, nikOf(person)
}

// The answer to a request was lost: perhaps the box has signed. Nothing is repeated until a person has decided.
func ExampleClient_Reconcile() {
	ctx := context.Background()
	srv, client, official := exampleFake(nil)
	defer srv.Close()
	letter, err := os.ReadFile("../testdata/producers/libreoffice.pdf")
	if err != nil {
		panic(err)
	}
	sign := func() error {
		_, err := client.Signer(official).SignDocument(ctx, io.Discard, bytes.NewReader(letter), int64(len(letter)),
			signing.Request{Credential: signing.Credential{Passphrase: passphrase.FromString(fakeRight)}})
		return err
	}

	srv.FailNext(mockbsre.SignV2, mockbsre.FaultLostAnswer.Fault())
	var lost *esign.Error
	if errors.As(sign(), &lost) {
		fmt.Println(lost.Code, "-", lost.Outcome)
	}
	fmt.Println("asked again:", errors.Is(sign(), esign.CodeUnsettled))
	if err := client.Reconcile(ctx, lost.Key, esign.SignAgain); err != nil {
		panic(err)
	}
	fmt.Println("after the decision:", sign())
	// Output:
	// ESIGN_OUTCOME_UNKNOWN - unknown
	// asked again: true
	// after the decision: <nil>
}

// The box answers another document than the one that was sent. It is not handed on, and not thrown away.
func ExampleNewQuarantineDir() {
	dir, err := os.MkdirTemp("", "karantina-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	kept, err := esign.NewQuarantineDir(dir)
	if err != nil {
		panic(err)
	}
	srv, client, official := exampleFake(kept)
	defer srv.Close()
	letter, err := os.ReadFile("../testdata/producers/libreoffice.pdf")
	if err != nil {
		panic(err)
	}

	srv.FailNext(mockbsre.SignV2, mockbsre.FaultForeignPDF.Fault())
	var out bytes.Buffer
	_, err = client.Signer(official).SignDocument(context.Background(), &out, bytes.NewReader(letter), int64(len(letter)),
		signing.Request{Credential: signing.Credential{Passphrase: passphrase.FromString(fakeRight)}})
	var failed *esign.Error
	if errors.As(err, &failed) {
		files, err := os.ReadDir(dir)
		if err != nil {
			panic(err)
		}
		fmt.Println(failed.Code, "- handed on:", out.Len(), "bytes - kept:", failed.Quarantined, len(files))
		fmt.Println("named for the attempt:", files[0].Name() == failed.AttemptID+".pdf")
	}
	// Output:
	// ESIGN_OTHER_DOCUMENT - handed on: 0 bytes - kept: true 1
	// named for the attempt: true
}
