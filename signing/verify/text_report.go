package verify

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
)

// textWidth is the width that the text report keeps to.
const textWidth = 80

// Summary is the document's conclusion on one line, for a clerk: the verdict
// and, unless it is "Valid", the piece that is wrong or missing.
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
			if !change.Vouched {
				return ": " + change.Text(lang)
			}
		}
	}
	return ""
}

// signedBy names the signers.
func (r *Report) signedBy(lang Lang) string {
	var names []string
	for i := range r.Signatures {
		if s := &r.Signatures[i]; s.Kind != DocumentTimestamp && s.Signer != nil {
			names = append(names, s.Signer.CommonName)
		}
	}
	label := pick(lang, "ditandatangani oleh", "signed by")
	return label + " " + strings.Join(names, ", ")
}

// WriteText writes the report for reading in a terminal, at most 80 columns
// wide, the summary first.
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
	p.revisions(r.Document.Revisions)
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

// wrap writes text after a first column, broken at blanks to the width.
func (p *textWriter) wrap(first, text string) {
	indent := strings.Repeat(" ", len([]rune(first)))
	line, used := first, len([]rune(first))
	empty := true
	for word := range strings.FieldsSeq(text) {
		n := len([]rune(word))
		if !empty && used+1+n > textWidth {
			p.line(line)
			line, used, empty = indent, len(indent), true
		}
		if !empty {
			line, used = line+" ", used+1
		}
		line, used, empty = line+word, used+n, false
	}
	p.line(strings.TrimRight(line, " "))
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

func (p *textWriter) findings(findings []Finding) {
	for _, f := range findings {
		mark := "  i "
		switch f.Code.Severity() {
		case Warning:
			mark = "  ! "
		case Open:
			mark = "  ? "
		case Fatal:
			mark = "  X "
		}
		p.wrap(mark, f.Text(p.lang))
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
	name := ""
	if s.Field != "" {
		name = fmt.Sprintf(" (%s)", s.Field)
	}
	p.wrap("", fmt.Sprintf("%d. %s%s: %s", number, title, name, s.Conclusion.Indication.Text(p.lang)))
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
		return pick(p.lang, "belum diketahui", "unknown")
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

func (p *textWriter) revisions(revisions []Revision) {
	for _, rev := range revisions {
		if len(rev.Changes) == 0 {
			continue
		}
		p.line("")
		p.wrap("", fmt.Sprintf("%s %d:", pick(p.lang, "Revisi", "Revision"), rev.Number))
		for _, change := range rev.Changes {
			mark := "  X "
			if change.Vouched {
				mark = "  + "
			}
			p.wrap(mark, change.Text(p.lang))
		}
	}
}

// when prints an instant in the zone of western Indonesia, which has no
// summer time (Keputusan Presiden 41/1987).
func when(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(time.FixedZone("WIB", 7*60*60)).Format("2006-01-02 15:04:05 WIB")
}
