package vector_test

import (
	"errors"
	"testing"

	"golang.org/x/image/font/gofont/gomono"

	"github.com/sertel-id/sertel/signing/internal/vector"
)

// A font is refused with ErrFont or every character that it measures can be
// embedded and drawn, or fails with ErrFont.
func FuzzParseFont(f *testing.F) {
	small := gomono.TTF
	f.Add(small)
	f.Add(small[:1000])
	font, err := vector.ParseFont(small)
	if err != nil {
		f.Fatal(err)
	}
	subset, err := vector.Subset(font, "Budi é")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(withNothingElse(subset))
	f.Fuzz(func(t *testing.T, data []byte) {
		font, err := vector.ParseFont(data)
		if err != nil {
			if !errors.Is(err, vector.ErrFont) {
				t.Fatalf("untyped error: %v", err)
			}
			return
		}
		form, err := vector.New(100, 20)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{"Budi é", "Wali Kota", "Ω1"} {
			var c *vector.CharacterError
			if _, err := form.Text(font, 9, 0, 5, s, vector.Black); err != nil && !errors.As(err, &c) {
				t.Fatalf("untyped error: %v", err)
			}
			if _, err := vector.Subset(font, s); err != nil && !errors.Is(err, vector.ErrFont) && !errors.As(err, &c) {
				t.Fatalf("untyped error: %v", err)
			}
		}
		if _, err := form.Render(72); err != nil && !errors.Is(err, vector.ErrFont) {
			t.Fatalf("untyped error: %v", err)
		}
	})
}

func FuzzParseImage(f *testing.F) {
	f.Add(pngOf(f, halves()))
	f.Add(jpegOf(f, halves(), 0))
	f.Add(jpegOf(f, halves(), 6))
	f.Add(bomb(2000, 2000))
	f.Add(manyScans(64, 64))
	f.Add(manyScans(8, 65))
	f.Add(animated(pngOf(f, halves())))
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := vector.ParseImage(data)
		if err != nil {
			if !errors.Is(err, vector.ErrImage) {
				t.Fatalf("untyped error: %v", err)
			}
			return
		}
		form, err := vector.New(50, 50)
		if err != nil {
			t.Fatal(err)
		}
		form.Image(0, 0, 50, 50, img)
		if _, err := form.Render(72); err != nil {
			t.Fatal(err)
		}
	})
}
