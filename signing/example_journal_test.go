package signing_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

// A batch from folder to folder that is stopped after its first letter. The same
// call goes on from the journal and signs no letter twice.
func ExampleOpenFileJournal() {
	dir, err := os.MkdirTemp("", "surat")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	var items []signing.BatchItem
	for _, name := range []string{"libreoffice.pdf", "chrome.pdf"} {
		items = append(items, signing.BatchItem{Document: signing.FileDocument{
			Source: filepath.Join("testdata", "producers", name), Output: filepath.Join(dir, name)}})
	}
	signer, err := signing.NewLocal(signing.LocalConfig{Keys: anyPassphrase{exampleKey()}})
	if err != nil {
		log.Fatal(err)
	}
	run := func(ctx context.Context, progress func(signing.BatchProgress)) {
		journal, err := signing.OpenFileJournal(filepath.Join(dir, "journal"))
		if err != nil {
			log.Fatal(err)
		}
		defer journal.Close()
		// The error repeats that the batch was stopped: the results have it.
		results, _ := signing.Batch(ctx, signer, items, signing.BatchOptions{
			Credential: signing.Credential{Passphrase: passphrase.FromString("Rumah-Bambu-7391!")},
			Journal:    journal,
			Purpose:    "camat",
			Progress:   progress,
		})
		for _, r := range results {
			fmt.Println(filepath.Base(r.Name), r.Outcome)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	run(ctx, func(signing.BatchProgress) { stop() })
	fmt.Println("again")
	run(context.Background(), nil)
	// Output:
	// libreoffice.pdf signed
	// chrome.pdf not tried
	// again
	// libreoffice.pdf resumed
	// chrome.pdf signed
}
