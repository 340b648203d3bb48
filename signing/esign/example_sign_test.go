package esign_test

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/verify"
)

// The box signs a letter with a visible block. The fake stands for it: a program needs nothing but another address
// and credential.
func ExampleSigner_Sign() {
	ctx := context.Background()
	srv, client, official := exampleFake(nil)
	defer srv.Close()
	letter, err := os.ReadFile("../testdata/producers/libreoffice.pdf")
	if err != nil {
		panic(err)
	}

	var signed bytes.Buffer
	result, err := client.Signer(official).Sign(ctx, &signed, bytes.NewReader(letter), int64(len(letter)), esign.Request{
		Request: signing.Request{
			Credential: signing.Credential{Passphrase: passphrase.FromString(fakeRight)},
			Placement:  signing.Placement{Page: 1, Rect: signing.Rect{X: 330, Y: 60, Width: 220, Height: 70}},
			Block:      &appearance.Block{Lines: []appearance.Line{{Text: appearance.IntroLine}, {Text: "Budi Contoh"}}},
			Reason:     "Menyetujui",
			DedupeKey:  "surat-2027-17/camat",
		},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(result.Outcome, "on page", result.Page, "with doubts:", result.Doubts)

	report, err := verify.Verify(ctx, bytes.NewReader(signed.Bytes()), int64(signed.Len()), verify.Options{
		Roots: verify.Trust(srv.Root()), Now: srv.Clock.Now,
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(report.Summary(verify.Indonesian))
	// Output:
	// signed on page 1 with doubts: []
	// Valid: ditandatangani oleh Budi Contoh
}
