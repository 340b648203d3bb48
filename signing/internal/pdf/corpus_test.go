package pdf_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/budgettest"
	"github.com/sertel-id/sertel/signing/internal/corpustest"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// corpusFiles are the PDFs of other producers, or the test is skipped where they are not at hand.
func corpusFiles(t *testing.T) []corpustest.File {
	t.Helper()
	return corpustest.Files(t, os.Getenv("SERTEL_CORPUS"), "../../testdata/corpus.tsv")
}

// TestCorpus opens every file, walks its pages and writes an update that
// changes nothing a reader sees; the original stays a prefix, the page count
// the same and qpdf finds no more fault than before.
func TestCorpus(t *testing.T) {
	files := corpusFiles(t)
	judged := hasTool(t, "qpdf")
	counts := map[string]int{}
	for i, file := range files {
		outcome, detail := corpusFile(t, file, judged && i%sampling() == 0)
		counts[outcome]++
		if outcome != "opened" {
			t.Logf("%-10s %-60.60s %s", outcome, file.Name, detail)
		}
		if outcome == "refused" || outcome == "ambiguous" {
			assert.NotEqual(t, corpustest.Signed, file.Outcome, "%s is %s and cannot be signed", file.Name, outcome)
		}
	}
	t.Logf("%d files: %v", len(files), counts)
}

func corpusFile(t *testing.T, file corpustest.File, qpdf bool) (outcome, detail string) {
	name, original, password := file.Name, file.Bytes(t), file.Password()
	d, err := pdf.Open(bytes.NewReader(original), int64(len(original)), pdf.Options{Password: []byte(password)})
	if err != nil {
		require.True(t, typed(err), "%s: %v", name, err)
		return "refused", err.Error()
	}
	pages, err := d.PageCount()
	if err != nil {
		require.True(t, typed(err), "%s: %v", name, err)
		return "refused", "pages: " + err.Error()
	}
	for i := range pages {
		if _, err := d.Page(i); err != nil {
			return "refused", fmt.Sprintf("page %d: %v", i, err)
		}
	}
	built := trivialUpdate(t, d)
	output := append(bytes.Clone(original), built.Bytes...)
	again, err := pdf.Open(bytes.NewReader(output), int64(len(output)), pdf.Options{Password: []byte(password)})
	require.NoError(t, err, name)
	n, err := again.PageCount()
	require.NoError(t, err, name)
	assert.Equal(t, pages, n, name)
	revisions := again.Revisions()
	if assert.NotEmpty(t, revisions, name) {
		last := revisions[len(revisions)-1]
		assert.Equal(t, int64(len(output)), last.End, name)
		if last.Start > 0 {
			assert.NoError(t, again.CheckRevision(len(revisions)-1), name)
		}
	}
	if qpdf {
		before, pagesBefore := qpdfJudges(t, original, password)
		after, pagesAfter := qpdfJudges(t, output, password)
		assert.LessOrEqual(t, after, before, "%s: qpdf finds the update worse", name)
		if pagesBefore > 0 {
			assert.Equal(t, pagesBefore, pagesAfter, "%s: pages by qpdf", name)
			assert.Equal(t, pagesBefore, pages, "%s: pages by qpdf and here", name)
		}
	}
	if a := d.Ambiguities(); len(a) > 0 {
		return "ambiguous", fmt.Sprint(a[0])
	}
	if r := d.Repairs(); len(r) > 0 {
		return "repaired", fmt.Sprint(r)
	}
	return "opened", ""
}

// trivialUpdate writes the catalog as it is and adds an object.
func trivialUpdate(t *testing.T, d *pdf.Document) *pdf.Built {
	t.Helper()
	u := d.NewUpdate()
	u.Add(pdf.Dict{"Contoh": pdf.TextString("tidak ada artinya — sungguh")})
	catalog, err := d.Catalog()
	require.NoError(t, err)
	u.Set(d.CatalogRef(), catalog)
	built, err := u.Build()
	require.NoError(t, err)
	return built
}

// typed reports whether err is one of the outcomes that the package names.
func typed(err error) bool {
	for _, want := range []error{
		pdf.ErrNotPDF, pdf.ErrMalformed, pdf.ErrAmbiguous, pdf.ErrLimit,
		pdf.ErrPassword, pdf.ErrEncryption, pdf.ErrFilter, pdf.ErrNoPage,
	} {
		if errors.Is(err, want) {
			return true
		}
	}
	return false
}

// qpdfJudges returns qpdf's exit code (0 clean, 2 errors, 3 warnings) as a
// rank, 0 best, and the number of pages it sees.
func qpdfJudges(t *testing.T, data []byte, password string) (rank, pages int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pdf")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	err := exec.Command("qpdf", "--check", "--password="+password, path).Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		rank = map[int]int{3: 1, 2: 2}[exit.ExitCode()]
	}
	out, _ := exec.Command("qpdf", "--show-npages", "--password="+password, path).Output()
	pages, _ = strconv.Atoi(strings.TrimSpace(string(out)))
	return rank, pages
}

// requireTool skips a test that is nothing without its judge.
func requireTool(t *testing.T, name string) {
	t.Helper()
	if !hasTool(t, name) {
		t.Skipf("%s is not installed", name)
	}
}

// hasTool reports whether a judge is installed, which it is in CI.
func hasTool(t *testing.T, name string) bool {
	t.Helper()
	_, err := exec.LookPath(name)
	if err != nil && os.Getenv("SERTEL_CI") == "1" {
		t.Fatalf("%s is missing", name)
	}
	return err == nil
}

// sampling is how many files share one costly check: all are done in CI.
func sampling() int {
	if os.Getenv("SERTEL_CI") == "1" && !budgettest.UnderRace {
		return 1
	}
	return 10
}
