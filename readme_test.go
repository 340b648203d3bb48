package sertel_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A block marked "go compile" is a part of a program: it is built and not run.
var (
	goBlock = regexp.MustCompile("(?s)```go( compile)?\n(.*?)```")
	imports = regexp.MustCompile(`(?s)import \(.*?\n\)\n`)
)

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
				program := buildInModule(t, root, dir, block[2])
				if len(block[1]) > 0 {
					continue
				}
				assert.Less(t, lines(imports.ReplaceAll(block[2], nil)), 30, "a newcomer reads it in a minute")
				out := run(t, dir, program)
				assert.Contains(t, out, "PAdES B-LT")
				assert.Contains(t, out, "Valid")
			}
		})
	}
}

// lines counts those that are not blank.
func lines(source []byte) int {
	n := 0
	for line := range bytes.Lines(source) {
		if len(bytes.TrimSpace(line)) > 0 {
			n++
		}
	}
	return n
}

// buildInModule builds source as a package of this module, through an overlay so that the tree stays untouched.
func buildInModule(t *testing.T, root, dir string, source []byte) (program string) {
	t.Helper()
	file := filepath.Join(dir, "main.go")
	require.NoError(t, os.WriteFile(file, source, 0o600))
	overlay, err := json.Marshal(map[string]any{
		"Replace": map[string]string{filepath.Join(root, "readmeprogram", "main.go"): file},
	})
	require.NoError(t, err)
	overlayFile := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(overlayFile, overlay, 0o600))
	program = filepath.Join(dir, "program")
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", overlayFile, "-o", program, "./readmeprogram")
	build.Dir = root
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return program
}

func run(t *testing.T, dir, program string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}
