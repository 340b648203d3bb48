package signing_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

// A block that is part of the page, for readers without forms; its signer signs invisibly at once.
func ExampleStamp() {
	ctx := context.Background()
	letter, err := os.ReadFile("testdata/producers/libreoffice.pdf")
	if err != nil {
		log.Fatal(err)
	}
	opts := signing.StampOptions{
		Block: &appearance.Block{
			Lines: []appearance.Line{{Text: appearance.IntroLine}, {Text: "KEPALA DINAS CONTOH", Bold: true}, {Text: "Budi Contoh"}},
		},
		Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 300, Y: 90, Width: 200, Height: 80}},
	}
	var stamped, signed bytes.Buffer
	place, err := signing.Stamp(ctx, &stamped, bytes.NewReader(letter), int64(len(letter)), opts)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("page", place.Page, "at", place.Rect.X, place.Rect.Y)
	receipt, err := signing.Sign(ctx, &signed, bytes.NewReader(stamped.Bytes()), int64(stamped.Len()), signing.Options{Key: exampleKey()})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("signed:", receipt.Level)
	_, err = signing.Stamp(ctx, &stamped, bytes.NewReader(signed.Bytes()), int64(signed.Len()), opts)
	fmt.Println("after a signature:", errors.Is(err, signing.ErrSigned))
	// Output:
	// page 1 at 300 90
	// signed: B-B
	// after a signature: true
}
