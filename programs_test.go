package sertel_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Each program says in its first line how it is called, then what it does, in the same form; asking is no error.
func TestProgramsSayHowTheyAreCalled(t *testing.T) {
	dir := t.TempDir()
	run(t, ".", "go", "build", "-o", dir+string(filepath.Separator), "./examples/...")
	programs, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(programs), 7)
	for _, file := range programs {
		t.Run(file.Name(), func(t *testing.T) {
			name := strings.TrimSuffix(file.Name(), ".exe")
			out := run(t, dir, filepath.Join(dir, file.Name()), "-h")
			first, rest, _ := strings.Cut(out, "\n")
			assert.Regexp(t, "^usage: "+name+" .*\\[flags\\]", first)
			assert.Regexp(t, `(?s)^\n[A-Z].*\.\n\n`, rest, "what it does")
		})
	}
}
