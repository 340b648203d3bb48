package esign_test

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/esign"
)

// An agency seals a letter; the fake stands for its box.
func ExampleSealSession() {
	ctx := context.Background()
	box := mockbsre.NewUnstarted(mockbsre.Config{})
	if err := box.Start(ctx); err != nil {
		panic(err)
	}
	defer box.Close()
	seal, err := box.SeedSeal(ctx, mockbsre.SealOwner{Name: "Dinas Contoh", Mail: "segel@dinas.example"})
	if err != nil {
		panic(err)
	}
	username, password := box.Credential()
	client, err := esign.New(esign.Config{
		BaseURL: box.URL(), InsecurePlainHTTP: true, Username: username, Password: password, Now: box.Clock.Now,
	})
	if err != nil {
		panic(err)
	}
	session, err := esign.NewSealSession(esign.SealConfig{
		Client: client, Subscriber: seal.ID,
		Store: esign.NewMemorySealStore(), // shared by all nodes: one on SQL
		Key:   passphrase.FromString("dari penyimpanan rahasia aplikasi"),
	})
	if err != nil {
		panic(err)
	}

	// Once: a person asks for an activation and enters the code of the mail.
	if _, err := session.RequestActivation(ctx); err != nil {
		panic(err)
	}
	mail, err := box.Inbox.Latest(mockbsre.Query{To: seal.Owner.Mail})
	if err != nil {
		panic(err)
	}
	if err := session.Activate(ctx, passphrase.FromString(mail.Codes[0])); err != nil {
		panic(err)
	}

	// From then on: letters are sealed, before officials sign them.
	letter, err := os.ReadFile("../../examples/naskahdinas/letter/surat-undangan.pdf")
	if err != nil {
		panic(err)
	}
	var sealed bytes.Buffer
	result, err := session.Seal(ctx, &sealed, bytes.NewReader(letter), int64(len(letter)), esign.Request{})
	if err != nil {
		panic(err)
	}
	fmt.Println(result.Outcome, result.SignerConfirmed, result.Certificate.Subject.CommonName)
	// Output: signed true Dinas Contoh TIRUAN
}
