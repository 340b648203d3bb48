package signing_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

// fullPage is a page written full between edges of 2 cm, 56.7 points.
func fullPage(box string) []byte {
	line := "(Demikian surat ini kami sampaikan, atas perhatian dan kerja samanya diucapkan) Tj T* "
	return page("BT /F 11 Tf 13 TL 56.7 776 Td "+strings.Repeat(line, 56)+"ET", "/MediaBox "+box)
}

// TestFooterFitsUnderTheText leaves the last line, whose descenders end 59 points
// above the edge, alone.
func TestFooterFitsUnderTheText(t *testing.T) {
	withLink := appearance.LegalFooter()
	withLink.QR.Link = "https://surat.contoh.go.id/v/7f3a"
	longer := appearance.LegalFooter()
	longer.Points = append(longer.Points, "Surat ini dapat dibuktikan keasliannya.")
	for name, c := range map[string]struct {
		box    string
		footer signing.PageFooter
		want   error
	}{
		"A4":                        {"[0 0 595 842]", signing.PageFooter{Footer: appearance.LegalFooter(), AllPages: true}, nil},
		"F4":                        {"[0 0 609 935]", signing.PageFooter{Footer: appearance.LegalFooter()}, nil},
		"higher than there is room": {"[0 0 595 842]", signing.PageFooter{Footer: appearance.LegalFooter(), Height: 40}, signing.ErrOverText},
		"a QR code needs more room": {"[0 0 595 842]", signing.PageFooter{Footer: withLink}, signing.ErrOverText},
		"as do more points":         {"[0 0 595 842]", signing.PageFooter{Footer: longer}, signing.ErrOverText},
		"as does a narrow page":     {"[0 0 250 842]", signing.PageFooter{Footer: appearance.LegalFooter()}, signing.ErrOverText},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := prepareLetter(fullPage(c.box), signing.LetterOptions{Footer: &c.footer})
			require.ErrorIs(t, err, c.want)
		})
	}
	_, _, err := prepareLetter(page("", "/MediaBox [0 0 250 842]"), signing.LetterOptions{Footer: &signing.PageFooter{Footer: appearance.LegalFooter()}})
	require.NoError(t, err, "a narrow page with room")
}

// TestOneFooterForEachPage: the first and the last page may be one.
func TestOneFooterForEachPage(t *testing.T) {
	pages := func(numbers ...int) []byte {
		out, _, err := prepareLetter(twoSigners, signing.LetterOptions{Footer: &signing.PageFooter{Footer: appearance.LegalFooter(), Pages: numbers}})
		require.NoError(t, err)
		return out
	}
	once := pages(1)
	require.True(t, bytes.Equal(once, pages(1, signing.LastPage)))
	require.True(t, bytes.Equal(once, pages(1, 1)))
}
