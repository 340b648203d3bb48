package corpustest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/corpustest"
)

// abc is the SHA-256 of "abc" (FIPS 180-4, appendix).
const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

const header = "name\trepository\tcommit\tpath\tsha256\tqpdf\toutcome\n"

func TestFolderIsWhatTheListSays(t *testing.T) {
	const line = "a.pdf\tcontoh/berkas\t0f26\ttest/a.pdf\t" + abc + "\t0\tsigned\n"
	cases := map[string]struct {
		list   string
		folder map[string]string
		fails  string
	}{
		"the file of the list":  {header + line, map[string]string{"a.pdf": "abc"}, ""},
		"a file changed":        {header + line, map[string]string{"a.pdf": "abd"}, "another SHA-256"},
		"a file missing":        {header + line, nil, "a.pdf"},
		"a file more":           {header + line, map[string]string{"a.pdf": "abc", "b.pdf": "abc"}, "b.pdf is not in it"},
		"a line cut off":        {header + "a.pdf\n", nil, "1 cells"},
		"an exit code in words": {header + "a.pdf\t\t\t\t\tclean\tsigned\n", nil, "invalid syntax"},
		"no list at all":        {"a.pdf\n", nil, "first line"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			folder, list := t.TempDir(), filepath.Join(t.TempDir(), "corpus.tsv")
			require.NoError(t, os.WriteFile(list, []byte(c.list), 0o600))
			for name, content := range c.folder {
				require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600))
			}
			watch, again := &watch{TB: t}, filepath.Join(t.TempDir(), "again.tsv")
			func() {
				defer func() {
					if v := recover(); v != nil && v != stopped {
						panic(v)
					}
				}()
				files := corpustest.Files(watch, folder, list)
				require.Len(t, files, 1)
				assert.Equal(t, "abc", string(files[0].Bytes(watch)))
				require.NoError(t, corpustest.Write(again, files))
			}()
			if c.fails != "" {
				assert.ErrorContains(t, watch.err, c.fails)
				return
			}
			require.NoError(t, watch.err)
			written, err := os.ReadFile(again)
			require.NoError(t, err)
			assert.Equal(t, c.list, string(written), "written as it was read")
		})
	}
}

// stopped is what watch panics with.
var stopped any = "stopped"

// watch is a test that notes why it would end.
type watch struct {
	testing.TB
	err error
}

func (w *watch) Fatal(args ...any) {
	w.err, _ = args[0].(error)
	panic(stopped)
}

func TestPasswordIsTheProducers(t *testing.T) {
	assert.Equal(t, "user", corpustest.File{Name: "pdfbox__1__PasswordSample-40bit.pdf"}.Password())
	assert.Empty(t, corpustest.File{Name: "qpdf__1__minimal.pdf"}.Password())
}

// A run without the files says so.
func TestNoFolderSkips(t *testing.T) {
	var skipped bool
	t.Run("skips", func(t *testing.T) {
		defer func() { skipped = t.Skipped() }()
		corpustest.Files(t, "", "corpus.tsv")
	})
	assert.True(t, skipped)
}
