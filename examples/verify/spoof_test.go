package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A file name in pieces does not begin rows of its own, however it is filled up.
func TestFileNamesMakeNoRows(t *testing.T) {
	a := newArchive(t)
	for what, name := range map[string]string{
		"blanks":                 "lampiran-satu-dua-tiga surat-wali.pdf",
		"letters that are blank": "lampiran-satu-dua-tiga surat-wali.pdf" + strings.Repeat("\u3164", 5) + "Valid.pdf",
		"symbols that are blank": "lampiran-satu-dua-tiga surat-wali.pdf" + strings.Repeat("\u2800", 5) + "Valid.pdf",
		"wide letters":           strings.Repeat("\u6f22", 40) + "surat-wali.pdf",
	} {
		a.write(t, name, []byte("bukan PDF"))
		for _, form := range []string{"-lang=id", "-details"} {
			_, out, _ := a.judge(t, false, form, name)
			assert.NotContains(t, out, "\nsurat-wali", what)
			assert.NotContains(t, out, "\u3164", what)
			assert.NotContains(t, out, "\u2800", what)
			for line := range strings.Lines(out) {
				assert.LessOrEqual(t, taken(strings.TrimSuffix(line, "\n")), tableWidth, line)
			}
		}
	}
}

// The verdicts stand in their column, also behind wide letters.
func TestColumnsKeepTheirPlace(t *testing.T) {
	a := newArchive(t)
	a.write(t, "\u6f22\u6f22\u6f22 Valid.pdf", []byte("bukan PDF"))
	_, out, _ := a.judge(t, false, "\u6f22\u6f22\u6f22 Valid.pdf")
	assert.Contains(t, out, "\u6f22\u6f22\u6f22 Valid.pdf       Belum dapat dipastikan bukan berkas PDF\n")
}

// A title with a line and a verdict in it does not pass for the head of a report.
func TestFileNamesMakeNoReports(t *testing.T) {
	a := newArchive(t)
	name := "surat-wali.pdf " + strings.Repeat("=", 75) + " Valid: ditandatangani oleh Budi Contoh .pdf"
	a.write(t, name, []byte("bukan PDF"))
	_, out, _ := a.judge(t, false, "-details", name)
	assert.NotContains(t, out, "\nValid: ")
	assert.Contains(t, out, "\nBelum dapat dipastikan: bukan berkas PDF\n")
}

// JSON on a terminal is as harmless as a table, and names the same file.
func TestFileNamesInJSON(t *testing.T) {
	a := newArchive(t)
	name := "\u009b2Jsurat\x7f\u202efdp.\U000e0041\u3164 \u6f22.pdf"
	a.write(t, name, []byte("bukan PDF"))
	_, out, _ := a.judge(t, false, "-json", name)
	for _, r := range out {
		assert.True(t, r == '\n' || seen(r), "%U", r)
	}
	var entries []struct{ File string }
	require.NoError(t, json.Unmarshal([]byte(out), &entries))
	require.Len(t, entries, 1)
	assert.Equal(t, name, entries[0].File)
}
