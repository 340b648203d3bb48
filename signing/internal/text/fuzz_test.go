package text_test

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/internal/text"
)

// Any content stream gives hits within the limits or a typed error.
func FuzzContent(f *testing.F) {
	for _, s := range []string{
		"BT /F 10 Tf 14 TL 2 Tc 5 Tw 50 Tz 3 Ts 100 700 Td (AB ^) Tj T* [(x)-20(^)] TJ (y) ' 1 2 (z) \" ET",
		"q 2 0 0 2 1 1 cm BI /W 1 /H 1 ID \xff\x00 EI Q /X Do /G gs <41 5e> Tj",
		"98 690 m 98 720 l 99 720 l h B 0.5 w 90 690 100 20 re S /F 10 Tf 1 0 0 1 100 700 Tm (^) Tj /X Do",
		"/Y Do /V 9 Tf [<005E0061> 20 <0062>] TJ",
		"/X Do /X Do [<</A[(\\101\\))]>>] % comment\n1 0 0 1 100 200 Tm /F 1e9 Tf",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		o := onePage(string(content), winAnsi, "/XObject<</X 6 0 R>>/ExtGState<</G<</Font[7 0 R 9]>>>>",
			stream("/Subtype/Form/BBox[0 0 1 1]/Resources<</Font<</F 5 0 R/H 7 0 R/V 11 0 R>>/XObject<</X 6 0 R/Y 10 0 R>>>>", "BT /H 9 Tf <00010002> Tj ET /X Do /Y Do"),
			"<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[8 0 R]/ToUnicode 9 0 R>>",
			"<</Type/Font/Subtype/CIDFontType2/W[1[500 600]]>>",
			toUnicode("1 beginbfchar <0001> <005E> endbfchar"),
			stream("/Subtype/Form/BBox[0 0 1 1]", string(content)),
			"<</Type/Font/Subtype/Type0/Encoding/UniJIS-UCS2-V/DescendantFonts[<</Subtype/CIDFontType0/W[1 95 500]/DW2[800 -900]/W2[63[-400 9 9]]>>]>>",
		)
		file := o.file()
		doc, err := pdf.Open(bytes.NewReader(file), int64(len(file)), pdf.Options{})
		if err != nil {
			t.Skip()
		}
		for _, tag := range []string{"^", "ab"} {
			hits, err := text.Find(doc, tag, text.Limits{Operators: 20_000, Characters: 20_000})
			if err != nil && !errors.Is(err, text.ErrLimit) && !errors.Is(err, text.ErrContent) && !errors.Is(err, pdf.ErrMalformed) {
				t.Fatalf("untyped error: %v", err)
			}
			page, err := text.Read(doc, 0, pdf.Rect{URX: 600, URY: 800}, text.Limits{Operators: 20_000, Characters: 20_000})
			if err != nil && !errors.Is(err, text.ErrLimit) && !errors.Is(err, text.ErrContent) && !errors.Is(err, pdf.ErrMalformed) {
				t.Fatalf("untyped error: %v", err)
			}
			for _, h := range hits {
				if page != nil {
					page.Outside(h.Rect, h.Rect)
					if covers, err := page.Covers([]pdf.Rect{h.Rect}); err != nil || !(covers[0].LLX <= covers[0].URX && covers[0].LLY <= covers[0].URY) {
						t.Fatalf("impossible cover %+v: %v", covers, err)
					}
				}
				if !(h.Rect.LLX <= h.Rect.URX && h.Rect.LLY <= h.Rect.URY && h.Size >= 0) {
					t.Fatalf("impossible place %+v", h)
				}
			}
		}
	})
}

// Any CMap splits any string to its end.
func FuzzCMap(f *testing.F) {
	seed, err := os.ReadFile("testdata/identity.cmap")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed, []byte("\x00\x01\x00\x02"))
	f.Add([]byte("1 begincodespacerange <00> <7F> endcodespacerange 1 begincidrange <00> <7F> 5 endcidrange"), []byte("ab\xff"))
	f.Add([]byte("1 beginbfrange <0001> <FFFF> <D800DC00> endbfrange 1 beginbfrange <01> <03> [<41> (B) 5] endbfrange"), []byte("\x01\x02\x03"))
	f.Fuzz(func(t *testing.T, cmap, shown []byte) {
		if len(shown) > 1000 {
			return
		}
		if _, err := text.ReadCMap(cmap, shown); err != nil && !errors.Is(err, text.ErrLimit) {
			t.Fatalf("untyped error: %v", err)
		}
	})
}
