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

	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

//go:embed surat.pdf
var template []byte

// findLetters lists the letters of the folder, or makes some.
func findLetters(ctx context.Context, cfg config, folder string) ([]string, error) {
	if cfg.in == "" {
		return makeLetters(ctx, filepath.Join(folder, "masuk"), cfg.letters)
	}
	letters, err := filepath.Glob(filepath.Join(cfg.in, "*.pdf"))
	if err == nil && len(letters) == 0 {
		err = errors.New("no PDF in " + cfg.in)
	}
	return letters, err
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

// items looks at each letter before a passphrase is used and says what is to
// be known. What would stop only one letter is left to its result.
func (d *desk) items(ctx context.Context, stdout io.Writer, letters []string, folder string) ([]signing.BatchItem, error) {
	official := mockbsre.MadeUpPerson(0)
	items := make([]signing.BatchItem, len(letters))
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
		items[i] = signing.BatchItem{Request: request, Document: signing.FileDocument{
			Source: path, Output: filepath.Join(folder, filepath.Base(path))}}
		if err := d.look(ctx, stdout, path, request); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// look prints what preflight finds in one letter.
func (d *desk) look(ctx context.Context, stdout io.Writer, path string, request signing.Request) error {
	letter, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	found, err := signing.Preflight(ctx, bytes.NewReader(letter), int64(len(letter)),
		signing.Options{Block: request.Block, Placement: request.Placement})
	if err != nil {
		return err
	}
	if len(found) > 0 {
		fmt.Fprintf(stdout, "%s:\n%s\n", filepath.Base(path), found.Text(passphrase.Indonesian))
	}
	return nil
}
