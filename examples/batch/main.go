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
//	-in folder     letters to sign; made-up ones if not given
//	-out folder    where the signed letters, hasil.csv and the journal go; a new
//	               temporary folder if not given
//	-tag ^         tag in the letters where the block goes
//	-letters 25    number of made-up letters
//	-workers 2     letters signed at once
//	-mistype       type a wrong passphrase, which costs one attempt and no more
package main

import (
	"context"
	"encoding/csv"
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
	letters, err := findLetters(ctx, cfg, folder)
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

	items, err := desk.items(ctx, stdout, letters, folder)
	if err != nil {
		return err
	}
	bar := &bar{w: stdout}
	results, stopped := signing.Batch(ctx, desk.signer, items, signing.BatchOptions{
		Credential: signing.Credential{Passphrase: desk.typed},
		Workers:    cfg.workers,
		Progress:   bar.show,
		Journal:    journal,
		Purpose:    "kepala-dinas",
	})
	bar.end()
	if results != nil {
		if err := writeResults(filepath.Join(folder, "hasil.csv"), results); err != nil {
			return err
		}
		summary(stdout, results, folder)
	}
	return stopped
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

// writeResults writes one line for each letter.
func writeResults(path string, results []signing.BatchResult) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	w := csv.NewWriter(file)
	rows := [][]string{{"surat", "hasil", "bidang", "waktu", "sha256", "lingkup", "keterangan"}}
	for _, r := range results {
		row := []string{filepath.Base(r.Name), outcomes[r.Outcome], r.Receipt.Field, "", "", string(r.Scope), ""}
		if r.Outcome == signing.BatchSigned || r.Outcome == signing.BatchResumed {
			row[3] = r.Receipt.Time.Format("2006-01-02T15:04:05Z07:00")
			row[4] = fmt.Sprintf("%x", r.Receipt.OutputSHA256)
		}
		if r.Err != nil {
			row[6] = r.Err.Error()
		}
		rows = append(rows, row)
	}
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	return file.Close()
}

var outcomes = map[signing.BatchOutcome]string{
	signing.BatchNotTried: "belum dicoba",
	signing.BatchFailed:   "gagal",
	signing.BatchSigned:   "ditandatangani",
	signing.BatchResumed:  "sudah ditandatangani",
}
