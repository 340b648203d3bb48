package verify

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// textWidth is the width that the text report keeps to.
const textWidth = 80

// Summary is the document's conclusion on one line, for a clerk: the verdict
// and, unless it is "Valid", the piece that is wrong or missing. A "Valid" that
// rests on Options.InsecureSkipRevocation says so.
func (r *Report) Summary(lang Lang) string {
	verdict := r.Conclusion.Indication.Text(lang)
	if r.Conclusion.Indication == TotalPassed {
		return fmt.Sprintf("%s: %s", verdict, r.signedBy(lang))
	}
	field, f := r.Decisive()
	text := f.Text(lang)
	if f.Code == CodeModified {
		text += r.firstModification(lang)
	}
	if field != "" && len(r.Signatures) > 1 {
		text += fmt.Sprintf(" (%s)", field)
	}
	return verdict + ": " + text
}

// firstModification says what was changed, in so far as it is known.
func (r *Report) firstModification(lang Lang) string {
	for _, rev := range r.Document.Revisions {
		for _, change := range rev.Changes {
			if change.Vouched {
				continue
			}
			if field, ok := r.failedIn(rev); ok {
				return ": " + failedText(field, lang)
			}
			return ": " + change.Text(lang)
		}
	}
	return ""
}

// signedBy names the signers, so that one whose name has a comma, before a
// title, does not read as two.
func (r *Report) signedBy(lang Lang) string {
	var names []string
	between := ", "
	for i := range r.Signatures {
		if s := &r.Signatures[i]; s.Kind != DocumentTimestamp && s.Signer != nil {
			names = append(names, strings.ReplaceAll(s.Signer.CommonName, ";", ","))
			if strings.ContainsAny(s.Signer.CommonName, ",;") {
				between = "; "
			}
		}
	}
	text := pick(lang, "ditandatangani oleh", "signed by") + " " + strings.Join(names, between)
	skipped := func(f Finding) bool { return f.Code == CodeRevocationSkipped }
	if slices.ContainsFunc(r.Signatures, func(s Signature) bool { return slices.ContainsFunc(s.Findings, skipped) }) {
		text += pick(lang, "; pencabutan sertifikat tidak diperiksa", "; revocation was not checked")
	}
	return text
}

// WriteText writes the report for reading in a terminal, at most 80 characters
// wide, the summary first. Each finding stands with its code and what a
// technician needs to know. The errors are those of w.
func (r *Report) WriteText(w io.Writer, lang Lang) error {
	p := &textWriter{w: bufio.NewWriter(w), lang: lang}
	p.wrap("", r.Summary(lang))
	p.line("")
	p.pair("Dinilai pada", "Judged at", when(r.At))
	p.pair("Berkas", "File", fmt.Sprintf("%d byte", r.Document.Size))
	p.line("  SHA-256: " + r.Document.SHA256) // too long for the column of values
	p.pair("Revisi", "Revisions", fmt.Sprint(len(r.Document.Revisions)))
	p.next(r.NextTimestamp)
	p.findings(r.Findings)
	for i := range r.Signatures {
		p.line("")
		p.signature(i+1, &r.Signatures[i])
	}
	p.revisions(r)
	return p.w.Flush()
}

type textWriter struct {
	w    *bufio.Writer
	lang Lang
}

func pick(lang Lang, id, en string) string { return textPair{id, en}.in(lang) }

func (p *textWriter) line(text string) { fmt.Fprintln(p.w, text) }

// labelWidth is the column at which values begin.
const labelWidth = 24

func (p *textWriter) pair(id, en, value string) {
	if value == "" {
		return
	}
	label := pick(p.lang, id, en)
	if label != "" {
		label += ":"
	}
	p.wrap(fmt.Sprintf("  %-*s", labelWidth, label), value)
}

// wrap writes text after a first column. Text of the document, a name for
// example, never begins a line, where it could pass for one of the report.
func (p *textWriter) wrap(first, text string) {
	column := max(4, utf8.RuneCountInString(first))
	for _, line := range brokenLines(text, textWidth-column) {
		p.line(strings.TrimRight(first+line, " "))
		first = strings.Repeat(" ", column)
	}
}

// next says by when a further document timestamp is due.
func (p *textWriter) next(n *NextTimestamp) {
	if n == nil {
		return
	}
	text := fmt.Sprintf("%s (%s %s)", when(n.Due), pick(p.lang, "berakhirnya", "end of"), n.Certificate)
	if n.Overdue {
		text += pick(p.lang, "; TERLAMBAT", "; OVERDUE")
	}
	p.pair("Stempel berikutnya", "Next timestamp by", text)
}

const markFatal = "  X "

func (p *textWriter) findings(findings []Finding) {
	for _, f := range findings {
		mark := "  i "
		switch f.Code.Severity() {
		case Warning:
			mark = "  ! "
		case Open:
			mark = "  ? "
		case Fatal:
			mark = markFatal
		}
		p.wrap(mark, f.technical(p.lang))
	}
}

func (p *textWriter) signature(number int, s *Signature) {
	title := pick(p.lang, "Tanda tangan", "Signature")
	switch s.Kind {
	case DocumentTimestamp:
		title = pick(p.lang, "Stempel waktu dokumen", "Document timestamp")
	case Certification:
		title = pick(p.lang, "Tanda tangan sertifikasi", "Certification signature")
	}
	heading := fmt.Sprintf("%d. %s: %s", number, title, s.Conclusion.Indication.Text(p.lang))
	if s.Field != "" {
		heading += fmt.Sprintf(" (%s)", s.Field) // behind the verdict: it may look like one
	}
	p.wrap("", heading)
	p.findings(s.Findings)
	if s.Signer != nil {
		p.pair("Penanda tangan", "Signer", s.Signer.CommonName)
		p.pair("Instansi", "Organization", s.Signer.Organization)
		p.pair("Penerbit", "Issuer", s.Signer.Issuer)
		p.pair("Sertifikat", "Certificate", fmt.Sprintf("%s, %s", s.Signer.Serial, s.Signer.Algorithm))
		p.pair("Berlaku", "Validity", fmt.Sprintf("%s - %s", when(s.Signer.NotBefore), when(s.Signer.NotAfter)))
		p.pair("Rantai", "Chain", strings.Join(s.Signer.Chain, " < "))
	}
	p.pair("Utuh", "Intact", p.answer(s.Intact))
	p.pair("Sah secara kriptografi", "Cryptography", p.answer(s.Valid))
	p.pair("Tepercaya", "Trusted", p.answer(s.Trusted))
	p.pair("Pencabutan", "Revocation", p.revocation(s.Revocation))
	p.pair("Cakupan", "Coverage", p.coverage(s))
	p.pair("Setelah itu", "Later changes", p.later(s.Later))
	p.pair("Waktu", "Time", p.time(s))
	if s.Kind != DocumentTimestamp {
		p.pair("Tingkat PAdES", "PAdES level", p.level(s))
	}
	p.pair("Alasan", "Reason", s.Claims.Reason)
	p.pair("Lokasi", "Location", s.Claims.Location)
	p.pair("Keterangan ETSI", "ETSI result", s.Conclusion.String())
}

func (p *textWriter) answer(a Answer) string {
	switch a {
	case Yes:
		return pick(p.lang, "ya", "yes")
	case No:
		return pick(p.lang, "tidak", "no")
	}
	return pick(p.lang, "belum diketahui", "unknown")
}

func (p *textWriter) revocation(r Revocation) string {
	var text string
	switch r.State {
	case RevocationGood:
		text = pick(p.lang, "tidak dicabut", "not revoked")
	case RevocationAfter:
		text = pick(p.lang, "dicabut setelah penandatanganan", "revoked after signing")
	case RevocationRevoked:
		text = pick(p.lang, "dicabut", "revoked")
	case RevocationNotChecked:
		return pick(p.lang, "tidak diperiksa", "not checked")
	default:
		return pick(p.lang, "belum diketahui; diperlukan OCSP atau CRL", "unknown; an OCSP answer or CRL is needed")
	}
	if r.Kind != "" {
		text += fmt.Sprintf(" (%s, %s)", strings.ToUpper(r.Kind), when(r.ProducedAt))
	}
	return text
}

func (p *textWriter) coverage(s *Signature) string {
	switch s.Coverage {
	case CoverageDocument:
		return pick(p.lang, "seluruh dokumen", "the whole document")
	case CoverageRevision:
		return fmt.Sprintf("%s %d", pick(p.lang, "revisi", "revision"), s.Revision)
	}
	return pick(p.lang, "tidak jelas", "unclear")
}

func (p *textWriter) later(m Modification) string {
	switch m {
	case ModificationNone:
		return pick(p.lang, "tidak ada perubahan", "no changes")
	case ModificationPermitted:
		return pick(p.lang, "hanya perubahan yang diizinkan", "permitted changes only")
	case ModificationFound:
		return pick(p.lang, "DIUBAH", "MODIFIED")
	}
	return pick(p.lang, "belum dapat dinilai", "not judged")
}

func (p *textWriter) time(s *Signature) string {
	if !s.Time.Proven.IsZero() {
		return fmt.Sprintf("%s (%s %s)", when(s.Time.Proven), pick(p.lang, "terbukti oleh", "proven by"), s.Time.Authority)
	}
	if !s.Claims.Time.IsZero() {
		return fmt.Sprintf("%s (%s)", when(s.Claims.Time), pick(p.lang, "menurut penanda tangan, tidak terbukti", "claimed, not proven"))
	}
	return pick(p.lang, "tidak diketahui", "unknown")
}

func (p *textWriter) level(s *Signature) string {
	text := s.Level.String()
	if s.Level == LevelNone {
		text = pick(p.lang, "tidak ada", "none")
	}
	if len(s.Missing) > 0 {
		text += fmt.Sprintf("; %s: %s", pick(p.lang, "untuk tingkat berikutnya diperlukan", "for the next level"), s.Missing[0].Text(p.lang))
	}
	return text
}

func (p *textWriter) revisions(r *Report) {
	for _, rev := range r.Document.Revisions {
		if len(rev.Changes) == 0 {
			continue
		}
		p.line("")
		p.wrap("", fmt.Sprintf("%s %d:", pick(p.lang, "Revisi", "Revision"), rev.Number))
		if field, ok := r.failedIn(rev); ok {
			p.wrap(markFatal, failedText(field, p.lang)+pick(p.lang, "; ia tidak membenarkan perubahan berikut", "; it does not vouch for these changes"))
		}
		for _, change := range rev.Changes {
			mark := markFatal
			if change.Vouched {
				mark = "  + "
			}
			p.wrap(mark, change.Text(p.lang))
		}
	}
}

// wib is the zone of western Indonesia, which has no summer time (Keputusan
// Presiden 41/1987).
var wib = time.FixedZone("WIB", 7*60*60)

// when prints an instant for a table.
func when(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(wib).Format("2006-01-02 15:04:05 WIB")
}

var monthsID = [...]string{"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
	"Oktober", "November", "Desember"}

// instant prints a detail in the form of RFC 3339 for a sentence, to the
// minute. Another detail stays as it is.
func instant(detail string, lang Lang) string {
	t, err := time.Parse(time.RFC3339, detail)
	if err != nil {
		return detail
	}
	t = t.In(wib)
	if lang == Indonesian {
		return fmt.Sprintf("%d %s %d %s WIB", t.Day(), monthsID[t.Month()-1], t.Year(), t.Format("15.04"))
	}
	return t.Format("2 January 2006 15:04 WIB")
}
