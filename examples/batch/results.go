package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

// writeResults writes one line for each letter, beside the place of the file,
// which is then renamed.
func writeResults(path string, results []signing.BatchResult, found []signing.Findings) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".hasil-*.csv")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // gone already if all went well
	err = errors.Join(table(file, results, found), file.Chmod(0o644), file.Sync(), file.Close())
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// table writes in Indonesian what became of the letters; the last column is for
// whoever looks after the program.
func table(to io.Writer, results []signing.BatchResult, found []signing.Findings) error {
	rows := [][]string{{"surat", "hasil", "bidang", "waktu", "sha256", "lingkup", "keterangan", "rincian teknis"}}
	for i, r := range results {
		row := []string{filepath.Base(r.Name), outcomes[r.Outcome], r.Receipt.Field, "", "", "", "", ""}
		if r.Outcome == signing.BatchSigned || r.Outcome == signing.BatchResumed {
			row[3] = r.Receipt.Time.Format("2006-01-02T15:04:05Z07:00")
			row[4] = fmt.Sprintf("%x", r.Receipt.OutputSHA256)
		}
		if r.Err != nil {
			row[5], row[6] = scopes[r.Scope], explain(r, found[i])
			row[7] = strings.ReplaceAll(r.Err.Error(), "\n", "; ")
		}
		for n := range row {
			row[n] = cell(row[n])
		}
		rows = append(rows, row)
	}
	return csv.NewWriter(to).WriteAll(rows)
}

// cell keeps a spreadsheet from taking a text for a formula, such as the name of
// a file that somebody sent (OWASP, CSV Injection).
func cell(text string) string {
	if first, _ := utf8.DecodeRuneInString(text); text != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", first) {
		return "'" + text
	}
	return text
}

var outcomes = map[signing.BatchOutcome]string{
	signing.BatchNotTried: "belum dicoba",
	signing.BatchFailed:   "gagal",
	signing.BatchSigned:   "ditandatangani",
	signing.BatchResumed:  "sudah ditandatangani",
}

var scopes = map[signing.Scope]string{
	signing.ScopeDocument:    "surat ini",
	signing.ScopeSigner:      "penanda tangan",
	signing.ScopeApplication: "aplikasi",
	signing.ScopeService:     "layanan",
}

const unreadable = "Surat tidak dapat dibaca. Periksa berkas dan hak aksesnya."

// explain says to the clerk why a letter was not signed and what to do.
func explain(r signing.BatchResult, found signing.Findings) string {
	switch {
	case r.Outcome == signing.BatchSigned, r.Outcome == signing.BatchResumed:
		return "Surat sudah ditandatangani dan tersimpan, tetapi jurnal tidak dapat ditulis. Periksa ruang penyimpanan, lalu jalankan lagi."
	case r.Outcome == signing.BatchNotTried:
		return "Belum dicoba karena proses berhenti: " + reason(r)
	case r.Scope == signing.ScopeDocument && found.Err() != nil:
		var stops signing.Findings
		for _, f := range found {
			if f.Stops {
				stops = append(stops, f)
			}
		}
		return strings.ReplaceAll(stops.Text(passphrase.Indonesian), "\n", " ")
	}
	return reason(r)
}

func reason(r signing.BatchResult) string {
	for _, known := range reasons {
		if errors.Is(r.Err, known.err) {
			return known.text
		}
	}
	return reasonOf[r.Scope]
}

var reasons = []struct {
	err  error
	text string
}{
	{context.Canceled, "Proses dihentikan. Jalankan lagi untuk melanjutkan."},
	{signing.ErrCredential, "Passphrase salah. Jalankan lagi dan ketik passphrase dengan benar."},
	{signing.ErrSource, unreadable},
	{signing.ErrDuplicate, "Isi surat ini sama persis dengan surat lain dalam daftar ini, sehingga tidak ditandatangani dua kali."},
	{signing.ErrOutputExists, "Di folder hasil sudah ada berkas lain dengan nama ini. Pindahkan berkas itu, lalu jalankan lagi."},
	{signing.ErrOutputMissing, "Surat ini pernah ditandatangani, tetapi hasilnya tidak ada di tempatnya atau sudah diganti. Cari dahulu hasil itu."},
}

var reasonOf = map[signing.Scope]string{
	signing.ScopeDocument:    "Surat ini tidak dapat ditandatangani. Hubungi pengelola aplikasi dengan rincian teknisnya.",
	signing.ScopeSigner:      "Sertifikat elektronik penanda tangan tidak dapat dipakai. Hubungi verifikator sertifikat elektronik instansi.",
	signing.ScopeApplication: "Hasil atau jurnal tidak dapat disimpan. Periksa ruang penyimpanan dan hak tulis di folder hasil, lalu jalankan lagi.",
	signing.ScopeService:     "Layanan tanda tangan elektronik gagal. Coba lagi nanti; bila tetap gagal, hubungi pengelola layanan.",
}
