package signing_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

// Each signer of a prepared letter signs by role, and each role once. Whose turn
// it is, the e-office knows.
func ExampleRequest() {
	ctx := context.Background()
	var prepared bytes.Buffer
	layout, err := signing.PrepareLetter(ctx, &prepared, bytes.NewReader(twoSigners), int64(len(twoSigners)), signing.LetterOptions{
		Roles: []signing.LetterRole{
			{Role: "lurah", Placement: signing.Placement{Anchor: "${ttd_lurah}", Width: 240, Height: 80}},
			{Role: "camat", Placement: signing.Placement{Anchor: "${ttd_camat}", Width: 240, Height: 80}},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	signer, err := signing.NewLocal(signing.LocalConfig{Keys: anyPassphrase{exampleKey()}})
	if err != nil {
		log.Fatal(err)
	}
	letter := prepared.Bytes()
	for _, role := range []string{"lurah", "camat", "camat"} {
		var signed bytes.Buffer
		receipt, err := signer.SignDocument(ctx, &signed, bytes.NewReader(letter), int64(len(letter)), signing.Request{
			Credential: signing.Credential{Passphrase: passphrase.FromString("Rumah-Bambu-7391!")},
			Layout:     &layout,
			Role:       role,
			Block: &appearance.Block{
				Lines: []appearance.Line{{Text: appearance.IntroLine}, {Text: "Budi Contoh", Bold: true}},
				QR:    appearance.QR{Link: "https://surat.contoh.go.id/v/7f3a"},
			},
		})
		if errors.Is(err, signing.ErrPlaceSigned) {
			fmt.Println(role, "has signed already")
			continue
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(role, "at", receipt.Rect.X, receipt.Rect.Y)
		letter = signed.Bytes()
	}
	// Output:
	// lurah at 60 508.8
	// camat at 320 508.8
	// camat has signed already
}
