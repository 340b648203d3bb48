package main

import (
	"context"
	"fmt"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

// seedLetters gives the fake's people something to sign: letters that Agus has
// prepared. It does so once.
func (a *app) seedLetters(ctx context.Context) error {
	const author = "agus"
	there, err := a.cfg.store.Letters(ctx, author, 1)
	if err != nil || len(there) > 0 {
		return err
	}
	for n := range 6 {
		form := a.uploadForm()
		form.Number, form.Subject = fmt.Sprintf("800.1.11.1/%d/DAD/2026", 41+n), "Surat Tugas Pendataan Arsip Elektronik"
		form.Kind, form.Sample = appearance.Assigning, "surat-tugas"
		if err := a.seedLetter(ctx, author, form, []signerRow{{Signer: "budi", Kind: stepSign, Tag: "^", Place: placeTag}}); err != nil {
			return err
		}
	}
	form := a.uploadForm()
	form.Number, form.Subject = "000.5.6/47/DAD/2026", "Berita Acara Serah Terima Arsip Elektronik"
	form.Kind, form.Sample = appearance.Special, "berita-acara"
	return a.seedLetter(ctx, author, form, []signerRow{
		{Signer: "ratna", Kind: stepSign, Tag: "~", Place: placeTag},
		{Signer: "budi", Kind: stepSign, Tag: "^", Place: placeTag},
	})
}

func (a *app) seedLetter(ctx context.Context, author string, form uploadForm, rows []signerRow) error {
	l, err := a.addLetter(ctx, author, form, nil)
	if err != nil {
		return err
	}
	plan := a.prepareForm(l)
	plan.Rows = rows
	var steps []step
	var options signing.LetterOptions
	if steps, options, err = plan.plan(a.cfg.people); err != nil {
		return err
	}
	return a.prepareLetter(ctx, &l, steps, options)
}
