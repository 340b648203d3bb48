package audit_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/audit"
)

func exported(t testing.TB, chain *audit.Chain, n, purged int) string {
	var file bytes.Buffer
	_, err := audit.Export(t.Context(), &file, chain, open(t, chain, n, purged), audit.VerifyOptions{})
	require.NoError(t, err)
	return file.String()
}

func TestExport(t *testing.T) {
	chain := newChain(t, ring(t, "a"))
	file := exported(t, chain, 10, 4)
	lines := strings.SplitAfter(strings.TrimSuffix(file, "\n"), "\n")
	require.Len(t, lines, 1+7+1, "anchor, six entries and the purge, head")
	sum, err := audit.CheckExport(strings.NewReader(file), chain, audit.VerifyOptions{})
	require.NoError(t, err)
	assert.Equal(t, uint64(4), sum.Anchor.Seq)
	assert.Equal(t, [2]uint64{7, 11}, [2]uint64{sum.Sealed, sum.Last.Seq})
	sum, err = audit.CheckExport(strings.NewReader(file), newChain(t, nil), audit.VerifyOptions{})
	require.NoError(t, err, "who has no key can check the hashes")
	assert.Equal(t, [2]uint64{0, 7}, [2]uint64{sum.Sealed, sum.Unchecked})

	for _, c := range []struct {
		name   string
		change func(string) string
		want   error
	}{
		{"nothing", func(string) string { return "" }, audit.ErrExport},
		{"an empty trail made up", func(string) string {
			return exported(t, chainWith(t, audit.Config{Name: "test"}), 0, 0)
		}, audit.ErrBroken},
		{"without the anchor", func(s string) string { return strings.TrimPrefix(s, lines[0]) }, audit.ErrExport},
		{"cut off at a line", func(s string) string { return strings.Join(lines[:5], "") }, audit.ErrExport},
		{"cut off within a line", func(s string) string { return s[:len(s)-20] }, audit.ErrExport},
		{"a line left out", func(string) string { return strings.Replace(file, lines[3], "", 1) }, audit.ErrBroken},
		{"a line twice", func(string) string { return strings.Replace(file, lines[3], lines[3]+lines[3], 1) }, audit.ErrBroken},
		{"the last entry left out", func(string) string { return strings.Replace(file, lines[7], "", 1) }, audit.ErrExport},
		{"something behind the head", func(s string) string { return s + "{}\n" }, audit.ErrExport},
		{"too much behind the head", func(s string) string { return s + strings.Repeat(" ", 1<<20) }, audit.ErrExport},
		{"a field that no hash covers", func(s string) string {
			return strings.Replace(s, `"result":"ok"`, `"result":"ok","note":"forged"`, 1)
		}, audit.ErrExport},
		{"a field twice", func(s string) string { return strings.Replace(s, `"result":"ok"`, `"result":"x","result":"ok"`, 1) }, audit.ErrExport},
		{"another case of a field", func(s string) string { return strings.Replace(s, `"result":"ok"`, `"Result":"ok"`, 1) }, audit.ErrExport},
		{"a text changed", func(s string) string { return strings.Replace(s, "person 6", "person 7", 1) }, audit.ErrBroken},
		{"a hash in capitals", func(s string) string { return strings.Replace(s, `"prev":"`, `"prev":"A`, 1) }, audit.ErrExport},
		{"a line too long", func(s string) string { return strings.Replace(s, "person 6", strings.Repeat("6", 1<<20), 1) }, audit.ErrExport},
		{"another chain's head", func(string) string {
			other := exported(t, chainWith(t, audit.Config{Name: "other"}), 1, 0)
			return strings.Join(lines[:8], "") + other[strings.LastIndex(strings.TrimSpace(other), "\n")+1:]
		}, audit.ErrBroken},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := c.change(file)
			require.NotEqual(t, file, changed)
			_, err := audit.CheckExport(strings.NewReader(changed), chain, audit.VerifyOptions{})
			require.ErrorIs(t, err, c.want)
		})
	}
}

func TestExportReaderAndWriterFail(t *testing.T) {
	chain := newChain(t, nil)
	failing := errors.New("disk gone")
	_, err := audit.CheckExport(io.MultiReader(strings.NewReader(exported(t, chain, 3, 0)[:100]), failingReader{failing}), chain, audit.VerifyOptions{})
	require.ErrorIs(t, err, failing)
	require.NotErrorIs(t, err, audit.ErrExport)
	_, err = audit.Export(t.Context(), failingWriter{failing}, chain, open(t, chain, 3, 0), audit.VerifyOptions{})
	require.ErrorIs(t, err, failing)
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

func FuzzCheckExport(f *testing.F) {
	chain := newChain(f, ring(f, "a"))
	file := exported(f, chain, 3, 1)
	f.Add(file)
	f.Add(file[:len(file)/2])
	f.Add(strings.ReplaceAll(file, "1", "2"))
	f.Add("{}\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := audit.CheckExport(strings.NewReader(text), chain, audit.VerifyOptions{})
		// Who has no key can write no file that passes: line ends are all that he may change.
		if err == nil && strings.TrimSuffix(strings.ReplaceAll(text, "\r\n", "\n"), "\n")+"\n" != file {
			t.Fatal("another file passed")
		}
		if err != nil && !errors.Is(err, audit.ErrBroken) && !errors.Is(err, audit.ErrExport) {
			t.Fatalf("untyped error %v", err)
		}
	})
}
