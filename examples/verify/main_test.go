package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

// archive is a folder with the root of a fake, letters signed under it, and
// their changed and unsigned like.
type archive struct {
	folder string
	at     string
}

func newArchive(t *testing.T) archive {
	t.Helper()
	srv := mockbsre.New(t)
	secret := passphrase.FromString("Rumah-Bambu-7391!")
	id, err := srv.Enrol(t.Context(), mockbsre.MadeUpPerson(0), secret)
	require.NoError(t, err)
	signer, err := srv.Signer(id)
	require.NoError(t, err)
	letter, err := os.ReadFile("../../signing/testdata/producers/pdftex.pdf")
	require.NoError(t, err)
	var signed bytes.Buffer
	_, err = signer.SignDocument(t.Context(), &signed, bytes.NewReader(letter), int64(len(letter)),
		signing.Request{Credential: signing.Credential{Passphrase: secret}})
	require.NoError(t, err)

	a := archive{folder: t.TempDir(), at: srv.Clock.Now().Add(time.Hour).Format(time.RFC3339)}
	a.write(t, "root.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Root().Raw}))
	a.write(t, "surat/baik.pdf", signed.Bytes())
	a.write(t, "surat/lampiran/baik juga.PDF", signed.Bytes())
	a.write(t, "surat/catatan.txt", []byte("bukan surat"))
	changed := bytes.Clone(signed.Bytes())
	changed[len(letter)/2] ^= 1
	a.write(t, "diubah.pdf", changed)
	a.write(t, "polos.pdf", letter)
	a.write(t, "rusak.pdf", []byte("bukan PDF"))
	return a
}

func (a archive) path(name string) string { return filepath.Join(a.folder, filepath.FromSlash(name)) }

func (a archive) write(t *testing.T, name string, data []byte) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(a.path(name)), 0o755))
	require.NoError(t, os.WriteFile(a.path(name), data, 0o600))
}

// judge runs the program from the archive's folder's point of view.
func (a archive) judge(t *testing.T, terminal bool, args ...string) (code int, out, told string) {
	t.Helper()
	t.Chdir(a.folder)
	var stdout, stderr bytes.Buffer
	code = run(context.Background(), append([]string{"-roots", "root.pem", "-offline", "-at", a.at}, args...), &stdout, &stderr, terminal)
	return code, stdout.String(), stderr.String()
}

// shows expects an exit code and pieces of the output, whose lines fit a terminal.
func (a archive) shows(t *testing.T, args []string, exit int, pieces []string) {
	t.Helper()
	code, out, told := a.judge(t, false, args...)
	assert.Equal(t, exit, code, "%s%s", out, told)
	for _, want := range pieces {
		assert.Contains(t, out, want)
	}
	assert.Empty(t, told)
	for line := range strings.Lines(out) {
		assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 80, line)
	}
}

func TestRun(t *testing.T) {
	a := newArchive(t)
	for _, c := range []struct {
		name string
		args []string
		code int
		out  []string
	}{
		{"a valid letter", []string{"surat/baik.pdf"}, exitValid, []string{"BERKAS", "surat/baik.pdf", "Valid", "ditandatangani oleh"}},
		{"a folder and those below", []string{"surat"}, exitValid, []string{"lampiran", "Valid                       2\n"}},
		{"a changed letter", []string{"diubah.pdf"}, exitNotValid, []string{"diubah.pdf", "Tidak valid"}},
		{"an unsigned letter", []string{"polos.pdf"}, exitNotJudged, []string{"Belum dapat dipastikan", "tidak memuat"}},
		{"no PDF", []string{"rusak.pdf"}, exitNotJudged, []string{"Belum dapat dipastikan bukan berkas PDF"}},
		{"what is not valid outweighs the rest", []string{"surat", "rusak.pdf", "diubah.pdf", "polos.pdf"}, exitNotValid,
			[]string{"Valid                       2\nTidak valid                 1\nBelum dapat dipastikan      2\n"}},
		{"in English", []string{"-lang", "en", "surat/baik.pdf", "rusak.pdf"}, exitNotJudged, []string{"FILE", "signed by", "not a PDF file"}},
		{"whole reports", []string{"-details", "surat/baik.pdf"}, exitValid, []string{"surat/baik.pdf\n==============\nValid: ", "Tingkat PAdES"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a.shows(t, c.args, c.code, c.out)
		})
	}
}

func TestRunJSON(t *testing.T) {
	a := newArchive(t)
	code, out, _ := a.judge(t, false, "-json", "surat/baik.pdf", "rusak.pdf")
	assert.Equal(t, exitNotJudged, code)
	var entries []struct {
		File, Indication, Error string
		Report                  *struct {
			Schema     string
			Signatures []json.RawMessage
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out), &entries))
	require.Len(t, entries, 2)
	assert.Equal(t, "TOTAL-PASSED", entries[0].Indication)
	assert.Equal(t, "sertel/verify/1", entries[0].Report.Schema)
	assert.Len(t, entries[0].Report.Signatures, 1)
	assert.Nil(t, entries[1].Report)
	assert.Contains(t, entries[1].Error, "not a PDF")
}

func TestProgress(t *testing.T) {
	a := newArchive(t)
	signed, err := os.ReadFile(a.path("surat/baik.pdf"))
	require.NoError(t, err)
	for i := range 2 * fewDocuments {
		a.write(t, fmt.Sprintf("banyak/%02d.pdf", i), signed)
	}
	code, out, told := a.judge(t, true, "banyak")
	assert.Equal(t, exitValid, code)
	assert.Contains(t, told, "20/20")
	assert.NotContains(t, out, "20/20")
	assert.Less(t, strings.Index(out, "banyak/03.pdf"), strings.Index(out, "banyak/17.pdf"), "in order")
	_, _, told = a.judge(t, true, "surat")
	assert.Empty(t, told, "few documents need no bar")
	_, _, told = a.judge(t, false, "banyak")
	assert.Empty(t, told, "no bar without a terminal")
}

func TestRefuses(t *testing.T) {
	a := newArchive(t)
	a.write(t, "bukan.pem", []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
	for name, args := range map[string][]string{
		"nothing to judge":       nil,
		"an unknown language":    {"-lang", "jv", "surat"},
		"two forms of output":    {"-json", "-details", "surat"},
		"a root that is broken":  {"-roots", "bukan.pem", "surat"},
		"roots without any":      {"-roots", "surat/catatan.txt", "surat"},
		"no roots":               {"-roots", "", "surat"},
		"a time that is not one": {"-at", "kemarin", "surat"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, told := a.judge(t, false, args...)
			assert.Equal(t, exitNotJudged, code)
			assert.Empty(t, out)
			assert.NotEmpty(t, told)
		})
	}
}

// What cannot be read is a row, and the rest is judged.
func TestBadPaths(t *testing.T) {
	a := newArchive(t)
	a.write(t, "kosong/catatan.txt", nil)
	require.NoError(t, os.Mkdir(a.path("rak"), 0o755))
	require.NoError(t, os.Symlink("surat", a.path("tautan")))
	require.NoError(t, os.Symlink("tiada", a.path("surat/lampiran/putus.pdf")))
	require.NoError(t, os.Symlink("..", a.path("surat/lampiran/kembali")))
	require.NoError(t, os.Symlink(filepath.Join("..", "surat", "baik.pdf"), a.path("rak/salinan.pdf")))
	for _, c := range []struct {
		name string
		args []string
		code int
		out  []string
	}{
		{"a missing path", []string{"tiada.pdf", "surat/baik.pdf"}, exitNotJudged, []string{"tiada.pdf", "tidak ditemukan", "Valid                       1\n"}},
		{"a folder without PDF", []string{"kosong", "surat/baik.pdf"}, exitNotJudged, []string{"kosong", "tidak memuat berkas", "Valid                       1\n"}},
		{"a link to a folder, a broken link and one that leads back in it", []string{"tautan"}, exitNotJudged,
			[]string{"tautan/baik.pdf", "lampiran/putus.", "Valid                       2\n", "dipastikan      1\n"}},
		{"a link to a file", []string{"rak"}, exitValid, []string{"rak/salinan.pdf", "Valid"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a.shows(t, c.args, c.code, c.out)
		})
	}
}

// locked has a folder that cannot be listed; file modes would not stop root.
type locked struct{ fstest.MapFS }

func (l locked) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == "rahasia" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return l.MapFS.ReadDir(name)
}

func TestUnreadableFolderIsOneRow(t *testing.T) {
	folder := locked{fstest.MapFS{"a.pdf": {}, "rahasia/b.pdf": {}, "z.pdf": {}}}
	var paths []string
	for _, r := range findInFolder(t.Context(), folder, "arsip") {
		paths = append(paths, filepath.ToSlash(r.path))
		assert.Equal(t, r.path == filepath.Join("arsip", "rahasia"), errors.Is(r.err, fs.ErrPermission), r.path)
	}
	assert.Equal(t, []string{"arsip/a.pdf", "arsip/rahasia", "arsip/z.pdf"}, paths)
}

// interrupter ends the run when it is told that two documents are judged.
type interrupter struct {
	bytes.Buffer
	stop func()
}

func (i *interrupter) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(" 2/20")) {
		i.stop()
	}
	return i.Buffer.Write(p)
}

func TestInterruptKeepsWhatIsFinished(t *testing.T) {
	a := newArchive(t)
	signed, err := os.ReadFile(a.path("surat/baik.pdf"))
	require.NoError(t, err)
	for i := range 20 {
		a.write(t, fmt.Sprintf("banyak/%02d.pdf", i), signed)
	}
	t.Chdir(a.folder)
	for _, form := range []string{"-details", "-json", "-lang=id"} {
		ctx, stop := context.WithCancel(t.Context())
		var stdout bytes.Buffer
		stderr := &interrupter{stop: stop}
		code := run(ctx, []string{"-roots", "root.pem", "-offline", "-at", a.at, "-workers", "1", form, "banyak"}, &stdout, stderr, true)
		assert.Equal(t, exitNotJudged, code)
		assert.Contains(t, stdout.String(), "00.pdf")
		assert.Contains(t, stdout.String(), "01.pdf")
		assert.NotContains(t, stdout.String(), "02.pdf")
		assert.Contains(t, stderr.String(), "2 of 20")
	}
}

func TestHelp(t *testing.T) {
	var stdout, stderr bytes.Buffer
	assert.Zero(t, run(t.Context(), []string{"-help"}, &stdout, &stderr, false))
	assert.Contains(t, stderr.String(), "-tsa-roots")
}

func TestFileNamesAreHarmless(t *testing.T) {
	a := newArchive(t)
	a.write(t, "\x1b[2Jsurat\n.pdf", []byte("bukan PDF"))
	_, out, _ := a.judge(t, false, "\x1b[2Jsurat\n.pdf")
	assert.NotContains(t, out, "\x1b")
	assert.Contains(t, out, "?[2Jsurat?.pdf")
}

// A long file name keeps to the width of a terminal.
func TestDetailsKeepTheirWidth(t *testing.T) {
	a := newArchive(t)
	name := strings.Repeat("panjang-", 20) + ".pdf"
	a.write(t, name, []byte("bukan PDF"))
	_, out, _ := a.judge(t, false, "-details", name)
	for line := range strings.Lines(out) {
		assert.LessOrEqual(t, len([]rune(strings.TrimSuffix(line, "\n"))), tableWidth, line)
	}
}
