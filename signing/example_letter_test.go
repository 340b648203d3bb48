package signing_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

// A letter for two signers: the tags are found and covered and the footer is
// drawn before the first signature. The example of Request goes on by role.
func ExamplePrepareLetter() {
	ctx := context.Background()
	letter := twoSigners // with the tags ${ttd_lurah} and ${ttd_camat}
	var prepared bytes.Buffer
	layout, err := signing.PrepareLetter(ctx, &prepared, bytes.NewReader(letter), int64(len(letter)), signing.LetterOptions{
		Roles: []signing.LetterRole{
			{Role: "lurah", Placement: signing.Placement{Anchor: "${ttd_lurah}", Width: 240, Height: 80}},
			{Role: "camat", Placement: signing.Placement{Anchor: "${ttd_camat}", Width: 240, Height: 80}},
		},
		Footer: &signing.PageFooter{Footer: appearance.LegalFooter()},
	})
	if err != nil {
		log.Fatal(err)
	}
	travels, err := json.Marshal(layout.Places)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(travels))

	placement, err := layout.Placement("camat")
	if err != nil {
		log.Fatal(err)
	}
	var signed bytes.Buffer
	receipt, err := signing.Sign(ctx, &signed, bytes.NewReader(prepared.Bytes()), int64(prepared.Len()), signing.Options{
		Key:       exampleKey(),
		Placement: placement,
		Block: &appearance.Block{
			Lines: []appearance.Line{{Text: appearance.IntroLine}, {Text: "CAMAT CONTOH"}, {Text: "Budi Contoh", Bold: true}},
			QR:    appearance.QR{Link: "https://surat.contoh.go.id/v/7f3a"},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(receipt.Field, "on page", receipt.Page)
	// Output:
	// [{"role":"lurah","anchor":"${ttd_lurah}","page":1,"rect":{"x":60,"y":508.8,"width":240,"height":80}},{"role":"camat","anchor":"${ttd_camat}","page":1,"rect":{"x":320,"y":508.8,"width":240,"height":80}}]
	// Signature1 on page 1
}

// Everything that would stop the signature, before anybody types a passphrase.
func ExamplePreflight() {
	letter := twoSigners // where "#" stands twice
	found, err := signing.Preflight(context.Background(), bytes.NewReader(letter), int64(len(letter)), signing.Options{
		Placement: signing.Placement{Anchor: "#", Width: 20, Height: 8},
		Block:     &appearance.Block{Lines: []appearance.Line{{Text: appearance.IntroLine}}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(found.Text(passphrase.English))
	fmt.Println("stops:", found.Err() != nil)
	// Output:
	// The anchor tag “#” was found more than once (page 1). Leave one, or use a tag that the text does not have. Who can help: the author of the document.
	// The block is too small to read. Make the block larger, or its text and link shorter. Who can help: those who run the application.
	// stops: true
}

// A day's letters. The first is signed alone, so that a mistyped passphrase
// costs one attempt.
func ExampleBatch() {
	signer, err := signing.NewLocal(signing.LocalConfig{Keys: anyPassphrase{exampleKey()}})
	if err != nil {
		log.Fatal(err)
	}
	items := []signing.BatchItem{
		{Document: &signing.MemoryDocument{ID: "surat-1.pdf", Data: twoSigners}},
		{Document: &signing.MemoryDocument{ID: "surat-2.pdf", Data: []byte("not a PDF")}},
		{Document: &signing.MemoryDocument{ID: "surat-3.pdf", Data: twoSigners}},
	}
	results, err := signing.Batch(context.Background(), signer, items, signing.BatchOptions{
		Credential: signing.Credential{Passphrase: passphrase.FromString("Rumah-Bambu-7391!")},
		Progress:   func(p signing.BatchProgress) { fmt.Printf("%d of %d\n", p.Done, p.Total) },
	})
	if err != nil {
		log.Fatal(err) // the batch was ended
	}
	for _, r := range results {
		fmt.Println(r.Name, r.Outcome)
	}
	// Output:
	// 1 of 3
	// 2 of 3
	// 3 of 3
	// surat-1.pdf signed
	// surat-2.pdf failed
	// surat-3.pdf signed
}

// anyPassphrase stands for a vault.
type anyPassphrase struct{ key *signing.Key }

func (a anyPassphrase) Open(context.Context, signing.Credential) (*signing.Key, error) {
	return a.key, nil
}
