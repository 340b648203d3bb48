package appearance_test

import (
	"errors"
	"testing"

	"github.com/sertel-id/sertel/signing/appearance"
)

// Any text, link and size give a block or a typed error.
func FuzzBlock(f *testing.F) {
	f.Add("Budi Contoh", "https://a.example/v/1", 240.0, 80.0, 9.0, true)
	f.Add("e\u0301 \u202E", "https://é", 60.0, 60.0, 0.0, false)
	f.Add("a b c d e f g h", "", 30.0, 200.0, 72.0, false)
	f.Fuzz(func(t *testing.T, text, link string, width, height, size float64, border bool) {
		b := appearance.Block{
			Lines:    []appearance.Line{{Text: appearance.IntroLine}, {Text: text, Bold: true}},
			QR:       appearance.QR{Link: link},
			TextSize: size, Border: border,
		}
		_, err := b.Form(width, height)
		var character *appearance.CharacterError
		if err != nil && !errors.Is(err, appearance.ErrTooSmall) && !errors.Is(err, appearance.ErrTooLong) &&
			!errors.Is(err, appearance.ErrLink) && !errors.As(err, &character) {
			t.Fatalf("untyped error: %v", err)
		}
	})
}
