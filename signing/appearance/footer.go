package appearance

import "strconv"

// LegalSentence is article 5 paragraph 1 of UU 11/2008 (UU ITE), whole: copies
// that drop "dan/atau Dokumen Elektronik" have spread.
const LegalSentence = "Informasi Elektronik dan/atau Dokumen Elektronik dan/atau hasil cetaknya " +
	"merupakan alat bukti hukum yang sah."

// IssuerSentence names who issued the certificate (circular 3/2022 of BKN, with
// the authority's full name).
const IssuerSentence = "Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat elektronik " +
	"yang diterbitkan oleh Balai Besar Sertifikasi Elektronik (BSrE), BSSN."

// footerTextSize is what leaves a footer of two points on two or three lines.
const footerTextSize = 7

// Footer is a page's legal footer, as data.
type Footer struct {
	// Title stands above the points, in bold. Empty: none.
	Title string
	// Points are printed one below the other, numbered when there are several.
	Points []string
	// QR and Logo stand at the two sides. BSrE's logo is not part of this
	// library: the agency gives the file. Zero: none.
	QR   QR
	Logo []byte
	// TextSize in points. Zero: 7.
	TextSize float64
	// Fonts to write with. Nil: Liberation Sans.
	Fonts *Fonts
}

// LegalFooter returns the usual footer (circular 3/2022 of BKN, decision
// 14/2022 of the Dirjen Badilum): the sentence of the law, and who issued the
// certificate. No rule fixes its words for all agencies; change what differs.
func LegalFooter() Footer {
	return Footer{
		Title: "Catatan:",
		Points: []string{
			"UU ITE No. 11 Tahun 2008 Pasal 5 Ayat 1: “" + LegalSentence + "”",
			IssuerSentence,
		},
	}
}

// Block returns the footer as a block without background.
func (f Footer) Block() Block {
	b := Block{QR: f.QR, Logo: f.Logo, TextSize: f.TextSize, Transparent: true, Fonts: f.Fonts}
	if b.TextSize == 0 {
		b.TextSize = footerTextSize
	}
	if f.Title != "" {
		b.Lines = append(b.Lines, Line{Text: f.Title, Bold: true})
	}
	for i, p := range f.Points {
		if len(f.Points) > 1 {
			p = strconv.Itoa(i+1) + ". " + p
		}
		b.Lines = append(b.Lines, Line{Text: p})
	}
	return b
}
