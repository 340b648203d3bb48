// Batch signs a folder of letters for one official, as an e-office does at the
// end of a day: it looks at every letter first, signs with a few workers, shows
// a bar, and writes what became of each into a CSV file. Started again, it signs
// only what is not signed yet.
//
// Everything runs in this one process against mockbsre, a fake of BSrE: the
// official and the certificates are made up, and what it signs is worth nothing.
//
//	go run ./examples/batch
//
// The flags:
//
//	-in folder     letters to sign, all that are called .pdf; made-up ones if not given
//	-out folder    where the signed letters, hasil.csv and the journal go; a new
//	               temporary folder if not given
//	-tag ^         tag in the letters where the block goes
//	-letters 25    number of made-up letters
//	-workers 2     letters signed at once
//	-mistype       type a wrong passphrase, which costs one attempt and no more
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

func main() {
	var cfg config
	flag.StringVar(&cfg.in, "in", "", "folder of letters; made-up ones if empty")
	flag.StringVar(&cfg.out, "out", "", "folder for the results; a new temporary one if empty")
	flag.StringVar(&cfg.tag, "tag", "^", "tag where the block goes")
	flag.IntVar(&cfg.letters, "letters", 25, "number of made-up letters")
	flag.IntVar(&cfg.workers, "workers", 2, "letters signed at once")
	flag.BoolVar(&cfg.mistype, "mistype", false, "type a wrong passphrase")
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), "usage: batch [flags]\n\nSigns many letters with one passphrase and writes a CSV of what became of each.\n\n")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "batch: unexpected argument %q\n", flag.Arg(0))
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, cfg, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "batch:", err)
		os.Exit(1)
	}
}

type config struct {
	in, out, tag     string
	letters, workers int
	mistype          bool
}

// run signs the letters. The results are written whether or not all went well.
func run(ctx context.Context, cfg config, stdout io.Writer) error {
	folder, err := outputFolder(cfg.out)
	if err != nil {
		return err
	}
	letters, err := findLetters(ctx, cfg, folder, stdout)
	if err != nil {
		return err
	}
	desk, err := openDesk(ctx, cfg)
	if err != nil {
		return err
	}
	defer desk.srv.Close()
	journal, err := signing.OpenFileJournal(filepath.Join(folder, "jurnal.jsonl"))
	if err != nil {
		return err
	}
	defer journal.Close()

	items, found := desk.items(ctx, stdout, letters, folder)
	bar := &bar{w: stdout}
	results, stopped := signing.Batch(ctx, desk.signer, items, signing.BatchOptions{
		Credential: signing.Credential{Passphrase: desk.typed},
		Workers:    cfg.workers,
		Progress:   bar.show,
		Journal:    journal,
		Purpose:    "kepala-dinas",
	})
	bar.end()
	if results == nil {
		return stopped
	}
	summary(stdout, results, folder)
	return errors.Join(stopped, writeResults(filepath.Join(folder, "hasil.csv"), results, found))
}

func outputFolder(path string) (string, error) {
	if path == "" {
		return os.MkdirTemp("", "batch-")
	}
	return path, os.MkdirAll(path, 0o755)
}

// desk is a made-up official with a certificate of the fake.
type desk struct {
	srv    *mockbsre.Server
	signer signing.DocumentSigner
	typed  passphrase.Secret
	tag    string
}

func openDesk(ctx context.Context, cfg config) (*desk, error) {
	secret := passphrase.FromString("Rumah-Bambu-7391!")
	d := &desk{srv: mockbsre.NewUnstarted(mockbsre.Config{}), typed: secret, tag: cfg.tag}
	if err := d.srv.Start(ctx); err != nil {
		return nil, err
	}
	id, err := d.srv.Enrol(ctx, mockbsre.MadeUpPerson(0), secret)
	if err == nil {
		d.signer, err = d.srv.Signer(id)
	}
	if err != nil {
		d.srv.Close()
		return nil, err
	}
	if cfg.mistype {
		d.typed = passphrase.FromString("Rumah-Bambu-7931!")
	}
	return d, nil
}
