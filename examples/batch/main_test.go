package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
)

func results(t *testing.T, folder string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(folder, "hasil.csv"))
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	return rows[1:]
}

func TestRun(t *testing.T) {
	out := t.TempDir()
	cfg := config{out: out, tag: "^", letters: 5, workers: 2, mistype: true}
	var told bytes.Buffer
	require.ErrorIs(t, run(context.Background(), cfg, &told), signing.ErrCredential)
	require.Contains(t, told.String(), "1 surat gagal\n4 surat belum dicoba")
	last := results(t, out)[4]
	require.Equal(t, "penanda tangan", last[5])
	require.Equal(t, "Belum dicoba karena proses berhenti: Passphrase salah. Jalankan lagi dan ketik passphrase dengan benar.", last[6])

	// One letter is spoilt; the others are signed.
	cfg = config{in: filepath.Join(out, "masuk"), out: out, tag: "^", workers: 2}
	spoilt := filepath.Join(cfg.in, "surat-002.pdf")
	whole, err := os.ReadFile(spoilt)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(spoilt, []byte("bukan PDF"), 0o600))
	told.Reset()
	require.NoError(t, run(context.Background(), cfg, &told))
	require.Contains(t, told.String(), "surat-002.pdf:\nBerkas ini bukan PDF.")
	require.Contains(t, told.String(), "4 surat ditandatangani\n1 surat gagal")
	require.Equal(t, []string{"surat-002.pdf", "gagal"}, results(t, out)[1][:2])
	require.Contains(t, results(t, out)[1][6], "Berkas ini bukan PDF.")

	// Mended and started again, only that one is signed.
	require.NoError(t, os.WriteFile(spoilt, whole, 0o600))
	told.Reset()
	require.NoError(t, run(context.Background(), cfg, &told))
	require.Contains(t, told.String(), "1 surat ditandatangani\n4 surat sudah ditandatangani")
	for i, row := range results(t, out) {
		require.Len(t, row[4], 64, "letter %d", i)
		require.FileExists(t, filepath.Join(out, row[0]))
	}
}

// TestFolderOfClerks: names in capitals, what is no letter, and one that cannot
// be read, which stops no other and is told.
func TestFolderOfClerks(t *testing.T) {
	in, out := t.TempDir(), t.TempDir()
	for _, name := range []string{"SURAT-ZZ.PDF", "=surat.pdf"} {
		letter, err := makeLetters(t.Context(), t.TempDir(), len(name))
		require.NoError(t, err)
		require.NoError(t, os.Rename(letter[len(name)-1], filepath.Join(in, name)))
	}
	require.NoError(t, os.WriteFile(filepath.Join(in, "lampiran.docx"), nil, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(in, ".signing-sisa.pdf"), nil, 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(in, "arsip.pdf"), 0o700))
	if err := os.Symlink(filepath.Join(in, "tidak-ada"), filepath.Join(in, "putus.pdf")); err != nil {
		if os.Getenv("SERTEL_CI") == "1" {
			t.Fatal("no symbolic links here: ", err)
		}
		t.Skip("no symbolic links here: ", err)
	}
	var told bytes.Buffer
	require.NoError(t, run(t.Context(), config{in: in, out: out, tag: "^", workers: 2}, &told))
	require.Contains(t, told.String(), "lampiran.docx dilewati")
	require.Contains(t, told.String(), "putus.pdf:\nSurat tidak dapat dibaca.")
	require.Contains(t, told.String(), "2 surat ditandatangani\n1 surat gagal")
	rows := results(t, out)
	require.Len(t, rows, 3)
	require.Equal(t, []string{"'=surat.pdf", "ditandatangani"}, rows[0][:2])
	require.Equal(t, []string{"SURAT-ZZ.PDF", "ditandatangani"}, rows[1][:2])
	require.Equal(t, []string{"putus.pdf", "gagal", "", "", "", "surat ini", unreadable}, rows[2][:7])
	require.FileExists(t, filepath.Join(out, "SURAT-ZZ.PDF"))
	left, err := filepath.Glob(filepath.Join(out, ".*"))
	require.NoError(t, err)
	require.Empty(t, left)

	_, err = findLetters(t.Context(), config{in: t.TempDir()}, "", &told)
	require.Error(t, err, "nothing to sign")
	_, err = findLetters(t.Context(), config{in: filepath.Join(in, "tidak-ada")}, "", &told)
	require.ErrorIs(t, err, os.ErrNotExist)
}

// TestTableIsForClerks: every failure is told in Indonesian, and nothing is a
// formula.
func TestTableIsForClerks(t *testing.T) {
	failed := func(err error) signing.BatchResult {
		return signing.BatchResult{Name: "@SUM(1).pdf", Outcome: signing.BatchFailed, Err: err, Scope: signing.ScopeOf(err)}
	}
	noted := failed(errors.New("signing: journal: no space left"))
	noted.Outcome, noted.Scope = signing.BatchSigned, signing.ScopeApplication
	disk := noted
	disk.Outcome = signing.BatchFailed
	for want, r := range map[string]signing.BatchResult{
		"Passphrase salah":                       failed(signing.ErrCredential),
		"sudah ada berkas lain dengan nama ini":  failed(signing.ErrOutputExists),
		"Surat ini pernah ditandatangani":        failed(signing.ErrOutputMissing),
		"sama persis dengan surat lain":          failed(signing.ErrDuplicate),
		"Surat tidak dapat dibaca":               failed(signing.ErrSource),
		"Surat ini tidak dapat ditandatangani":   failed(signing.ErrAbandoned),
		"Sertifikat elektronik penanda tangan":   failed(signing.ErrExpired),
		"Layanan tanda tangan elektronik gagal":  failed(signing.ErrTimestamp),
		"Hasil atau jurnal tidak dapat disimpan": disk,
		"tersimpan, tetapi jurnal tidak dapat":   noted,
		"Proses dihentikan":                      failed(fmt.Errorf("signing: batch: %w", context.Canceled)),
	} {
		var out bytes.Buffer
		require.NoError(t, table(&out, []signing.BatchResult{r}, make([]signing.Findings, 1)))
		rows, err := csv.NewReader(&out).ReadAll()
		require.NoError(t, err)
		require.Contains(t, rows[1][6], want)
		require.Equal(t, r.Err.Error(), rows[1][7])
		require.Equal(t, "'@SUM(1).pdf", rows[1][0])
		require.NotEmpty(t, rows[1][5])
	}
	for text, want := range map[string]string{
		"surat.pdf": "surat.pdf", "": "", "+62.pdf": "'+62.pdf", "-1.pdf": "'-1.pdf", "\tx": "'\tx", "＝1": "'＝1", "a=1": "a=1",
	} {
		require.Equal(t, want, cell(text))
	}
}
