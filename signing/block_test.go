package signing_test

import (
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

// block is a visible block as an office would print it.
func block() *appearance.Block {
	return &appearance.Block{
		Lines: []appearance.Line{
			{Text: appearance.IntroLine},
			{Text: "KEPALA DINAS CONTOH", Bold: true},
			{Text: "Budi Contoh"},
		},
		QR: appearance.QR{Link: "https://surat.contoh.go.id/v/7f3a"},
	}
}

// corner is a placement that fits any page of the tests.
var corner = signing.Placement{Page: 1, Rect: signing.Rect{X: 20, Y: 20, Width: 240, Height: 80}}
