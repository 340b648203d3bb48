package main

import (
	"bytes"
	"context"
	"encoding/csv"
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
	require.Equal(t, "signer", results(t, out)[4][5])

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
