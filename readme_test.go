package sertel_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A block marked "go compile" is a part of a program: it is built and not run.
var (
	goBlock    = regexp.MustCompile("(?s)```go( compile)?\n(.*?)```")
	shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")
	imports    = regexp.MustCompile(`(?s)import \(.*?\n\)\n`)
)

var readmes = []string{"README.md", "README.id.md"}

// A newcomer types the commands of the README and copies its program, so both are run as they stand there.
func TestProgramsInReadmeRun(t *testing.T) {
	root, err := filepath.Abs(".")
	require.NoError(t, err)
	for _, name := range readmes {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			commands := shellBlock.FindSubmatch(text)
			require.NotNil(t, commands, "no commands found")
			blocks := goBlock.FindAllSubmatch(text, -1)
			require.Len(t, blocks, 2, "a program and a part of one")
			for _, block := range blocks {
				if len(block[1]) > 0 {
					buildInModule(t, root, t.TempDir(), block[2])
					continue
				}
				assert.Less(t, lines(imports.ReplaceAll(block[2], nil)), 30, "a newcomer reads it in a minute")
				out := runAsNewcomer(t, root, string(commands[1]), block[2])
				assert.Contains(t, out, "PAdES B-LT")
				assert.Contains(t, out, "Valid")
			}
		})
	}
}

// runAsNewcomer follows the README, with this tree for the clone, and gives what the program prints.
func runAsNewcomer(t *testing.T, root, commands string, program []byte) string {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("sh is missing: the commands of the README are for a Unix shell")
	}
	letters := filepath.Join(t.TempDir(), "letters")
	run(t, root, "sh", "-ec", strings.NewReplacer("../letters", letters, "../sertel", root).Replace(commands))
	require.NoError(t, os.WriteFile(filepath.Join(letters, "main.go"), program, 0o600))
	// Checksums that are known need no network.
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(letters, "go.sum"), sums, 0o600))
	run(t, letters, "go", "get", ".")
	return run(t, letters, "go", "run", ".")
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
func buildInModule(t *testing.T, root, dir string, source []byte) {
	t.Helper()
	file := filepath.Join(dir, "main.go")
	require.NoError(t, os.WriteFile(file, source, 0o600))
	overlay, err := json.Marshal(map[string]any{
		"Replace": map[string]string{filepath.Join(root, "readmeprogram", "main.go"): file},
	})
	require.NoError(t, err)
	overlayFile := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(overlayFile, overlay, 0o600))
	run(t, root, "go", "build", "-overlay", overlayFile, "-o", filepath.Join(dir, "program"), "./readmeprogram")
}

func run(t *testing.T, dir, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}
