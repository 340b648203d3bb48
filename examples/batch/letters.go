package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

//go:embed surat.pdf
var template []byte

// findLetters lists the letters of the folder, or makes some. What is no PDF by
// its name is said, so that nobody believes it signed.
func findLetters(ctx context.Context, cfg config, folder string, stdout io.Writer) ([]string, error) {
	if cfg.in == "" {
		return makeLetters(ctx, filepath.Join(folder, "masuk"), cfg.letters)
	}
	entries, err := os.ReadDir(cfg.in)
	if err != nil {
		return nil, err
	}
	var letters []string
	for _, e := range entries {
		switch {
		case e.IsDir() || strings.HasPrefix(e.Name(), "."):
		case strings.EqualFold(filepath.Ext(e.Name()), ".pdf"):
			letters = append(letters, filepath.Join(cfg.in, e.Name()))
		default:
			fmt.Fprintf(stdout, "%s dilewati: bukan berkas .pdf\n", e.Name())
		}
	}
	if len(letters) == 0 {
		return nil, errors.New("no PDF in " + cfg.in)
	}
	return letters, nil
}

// makeLetters writes made-up letters that differ in their number, which is
// stamped on the first page.
func makeLetters(ctx context.Context, folder string, n int) ([]string, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	letters := make([]string, n)
	for i := range letters {
		number := appearance.Block{Lines: []appearance.Line{{Text: fmt.Sprintf("Nomor naskah contoh: %03d", i+1)}}}
		var out bytes.Buffer
		_, err := signing.Stamp(ctx, &out, bytes.NewReader(template), int64(len(template)), signing.StampOptions{
			Block: &number,
			Placement: signing.Placement{Page: 1, Corner: signing.TopRight,
				Rect: signing.Rect{X: 20, Y: 10, Width: 150, Height: 14}},
		})
		if err != nil {
			return nil, err
		}
		letters[i] = filepath.Join(folder, fmt.Sprintf("surat-%03d.pdf", i+1))
		if err := os.WriteFile(letters[i], out.Bytes(), 0o644); err != nil {
			return nil, err
		}
	}
	return letters, nil
}

// items looks at each letter before a passphrase is used, says what is to be
// known, and returns what would stop a letter. That is left to its result: the
// others can be signed.
func (d *desk) items(ctx context.Context, stdout io.Writer, letters []string, folder string) ([]signing.BatchItem, []signing.Findings) {
	official := mockbsre.MadeUpPerson(0)
	items, found := make([]signing.BatchItem, len(letters)), make([]signing.Findings, len(letters))
	for i, path := range letters {
		block := appearance.Block{Lines: []appearance.Line{
			{Role: appearance.RoleIntro, Text: appearance.IntroLine},
			{Role: appearance.RolePosition, Text: "KEPALA DINAS CONTOH"},
			{Role: appearance.RoleName, Text: official.Name, Bold: true},
			{Role: appearance.RoleTime},
		}}
		block.QR.Link = fmt.Sprintf("https://arsip.kotacontoh.example/verifikasi/%03d", i+1)
		request := signing.Request{Block: &block, Reason: "Menyetujui",
			Placement: signing.Placement{Anchor: d.tag, Width: 240, Height: 80}}
		document := signing.FileDocument{Source: path, Output: filepath.Join(folder, filepath.Base(path))}
		items[i] = signing.BatchItem{Request: request, Document: document}
		if ctx.Err() != nil {
			continue // the batch tells of the rest: nothing is wrong with the letters
		}
		var err error
		if found[i], err = look(ctx, document, request); err != nil && ctx.Err() == nil {
			// The batch meets it again, and says so in its results.
			fmt.Fprintf(stdout, "%s:\n%s\n", filepath.Base(path), unreadable)
		} else if len(found[i]) > 0 {
			fmt.Fprintf(stdout, "%s:\n%s\n", filepath.Base(path), found[i].Text(passphrase.Indonesian))
		}
	}
	return items, found
}

// look asks preflight about one letter.
func look(ctx context.Context, document signing.FileDocument, request signing.Request) (signing.Findings, error) {
	letter, err := document.Open()
	if err != nil {
		return nil, err
	}
	defer letter.Close()
	return signing.Preflight(ctx, letter, letter.Size(), signing.Options{Block: request.Block, Placement: request.Placement})
}
