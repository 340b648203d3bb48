package sertel_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

// A newcomer copies the program of the README, so it is built and run as it stands there, beside a letter.
func TestProgramsInReadmeRun(t *testing.T) {
	root, err := filepath.Abs(".")
	require.NoError(t, err)
	letter, err := os.ReadFile("examples/naskahdinas/letter/surat-undangan.pdf")
	require.NoError(t, err)
	for _, name := range []string{"README.md", "README.id.md"} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			blocks := goBlock.FindAllSubmatch(text, -1)
			require.NotEmpty(t, blocks, "no Go program found")
			for _, block := range blocks {
				dir := t.TempDir()
				require.NoError(t, os.WriteFile(filepath.Join(dir, "letter.pdf"), letter, 0o600))
				out := runInModule(t, root, dir, block[1])
				assert.Contains(t, out, "PAdES B-LT")
				assert.Contains(t, out, "Valid")
			}
		})
	}
}

// runInModule builds source as a package of this module, through an overlay so that the tree stays untouched, and
// runs it in dir.
func runInModule(t *testing.T, root, dir string, source []byte) string {
	t.Helper()
	file := filepath.Join(dir, "main.go")
	require.NoError(t, os.WriteFile(file, source, 0o600))
	overlay, err := json.Marshal(map[string]any{
		"Replace": map[string]string{filepath.Join(root, "readmeprogram", "main.go"): file},
	})
	require.NoError(t, err)
	overlayFile := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(overlayFile, overlay, 0o600))
	program := filepath.Join(dir, "program")
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlayFile, "-o", program, "./readmeprogram")
	build.Dir = root
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	run := exec.CommandContext(t.Context(), program)
	run.Dir = dir
	out, err = run.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}
