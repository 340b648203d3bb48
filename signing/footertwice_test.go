package signing_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

// TestFooterThatIsThereAlready: a letter's own footer stands higher than ours
// would, so that neither covers the other.
func TestFooterThatIsThereAlready(t *testing.T) {
	template, err := os.ReadFile("../examples/batch/surat.pdf")
	require.NoError(t, err)
	lines := func(text ...string) []byte {
		return page("BT /F 7 Tf 60 100 Td 9 TL ("+strings.Join(text, ") Tj T* (")+") Tj ET", "")
	}
	law := lines("1. Pasal 5 Ayat 1: \"Informasi Elektronik dan/atau Dokumen Elektronik dan/atau hasil cetaknya",
		"merupakan   alat bukti hukum yang sah.\"")
	own := appearance.Footer{Points: []string{"Surat ini dicetak oleh sistem Kota Contoh", "Kota Contoh"}}
	for why, c := range map[string]struct {
		in     []byte
		footer signing.PageFooter
		want   error
	}{
		"a template's footer on each page":                       {template, signing.PageFooter{Footer: appearance.LegalFooter(), AllPages: true}, signing.ErrFooterTwice},
		"on the last page":                                       {template, signing.PageFooter{Footer: appearance.LegalFooter()}, signing.ErrFooterTwice},
		"it is wanted all the same":                              {template, signing.PageFooter{Footer: appearance.LegalFooter(), OverText: true}, nil},
		"the law's sentence, put otherwise and broken otherwise": {law, signing.PageFooter{Footer: appearance.LegalFooter()}, signing.ErrFooterTwice},
		"the issuer under a shorter name": {lines("Dokumen ini telah ditandatangani secara elektronik menggunakan", "sertifikat elektronik yang diterbitkan oleh BSrE."),
			signing.PageFooter{Footer: appearance.LegalFooter()}, signing.ErrFooterTwice},
		"another footer's words":         {law, signing.PageFooter{Footer: own}, nil},
		"an agency's own point":          {lines("Surat ini dicetak oleh sistem Kota Contoh"), signing.PageFooter{Footer: own}, signing.ErrFooterTwice},
		"a name that any letter may say": {lines("Wali Kota Contoh"), signing.PageFooter{Footer: own}, nil},
		"a letter about the law":         {lines("Informasi Elektronik merupakan alat bukti yang sah"), signing.PageFooter{Footer: appearance.LegalFooter()}, nil},
	} {
		t.Run(why, func(t *testing.T) {
			out, _, err := prepareLetter(c.in, signing.LetterOptions{Footer: &c.footer})
			require.ErrorIs(t, err, c.want)
			if c.want != nil {
				require.ErrorIs(t, err, signing.ErrOverText)
				require.Empty(t, out)
			}
		})
	}
}
