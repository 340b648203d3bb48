package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
)

// wib is the time zone of the story.
var wib = time.FixedZone("WIB", 7*60*60)

// narrator tells the story.
type narrator struct{ w io.Writer }

func (n narrator) step(title string) {
	fmt.Fprintf(n.w, "\n== %s %s\n", title, strings.Repeat("=", max(0, 72-len(title))))
}

func (n narrator) say(format string, args ...any) { fmt.Fprintf(n.w, format+"\n", args...) }

func (n narrator) item(format string, args ...any) { fmt.Fprintf(n.w, "  - "+format+"\n", args...) }

func (n narrator) mail(m mockbsre.Message) {
	fmt.Fprintf(n.w, "\n  | Kepada : %s\n  | Tanggal: %s\n  | Perihal: %s\n  |\n", m.To, date(m.At), m.Subject)
	for line := range strings.Lines(m.Text) {
		fmt.Fprintln(n.w, strings.TrimRight("  | "+line, " \n"))
	}
	fmt.Fprintln(n.w)
}

func (n narrator) status(r certificate.StatusReport) {
	fmt.Fprintf(n.w, "Status: %v (%s)\n", r.Status, r.Status.Text(certificate.Indonesian))
	if !r.NotAfter.IsZero() {
		fmt.Fprintf(n.w, "Berlaku %s sampai %s, nomor seri %v\n", date(r.NotBefore), date(r.NotAfter), r.Serial)
	}
}

func (n narrator) files(folder string) {
	n.step("Selesai")
	n.say("Berkas di %s:", folder)
	for _, f := range []struct{ name, what string }{
		{signedFile, "surat dengan tanda tangan kepala dinas dan paraf sekretaris"},
		{tamperedFile, "surat yang sama, satu byte diubah"},
		{reportTextFile, "laporan verifikasi untuk dibaca"},
		{reportJSONFile, "laporan verifikasi untuk program"},
		{rootFile, "sertifikat induk tiruan, untuk memeriksa dengan perangkat lunak lain"},
	} {
		n.item("%-26s %s", f.name, f.what)
	}
	n.say("\nPembaca PDF lain menilainya juga, misalnya dari folder itu:")
	n.say("  mkdir nss && certutil -N -d sql:nss --empty-password")
	n.say("  certutil -A -d sql:nss -n root-tiruan -t ,C, -i %s", rootFile)
	n.say("  pdfsig -no-ocsp -nssdir sql:nss %s", signedFile)
}

var months = strings.Fields("Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember")

func date(t time.Time) string {
	t = t.In(wib)
	return fmt.Sprintf("%d %s %d %s WIB", t.Day(), months[t.Month()-1], t.Year(), t.Format("15.04"))
}
