package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDockerfile keeps the Dockerfile's paths, flags and versions in step with
// the tree, for no container engine is needed to build this project.
func TestDockerfile(t *testing.T) {
	root := os.DirFS(filepath.Join("..", ".."))
	file := string(read(t, "Dockerfile"))
	find := func(pattern string) []string {
		m := regexp.MustCompile(`(?m)` + pattern).FindStringSubmatch(file)
		require.NotNil(t, m, "%s in the Dockerfile", pattern)
		return m[1:]
	}
	assert.FileExists(t, filepath.Join("..", "..", filepath.FromSlash(find(`docker build -f (\S+) `)[0])))
	for _, copied := range regexp.MustCompile(`(?m)^COPY (\S.*) \S+$`).FindAllStringSubmatch(file, -1) {
		for name := range strings.FieldsSeq(copied[1]) {
			if strings.HasPrefix(name, "--from=") || strings.HasPrefix(name, "/") {
				continue // of an earlier stage
			}
			_, err := fs.Stat(root, name)
			assert.NoError(t, err)
		}
	}
	module, err := fs.ReadFile(root, "go.mod")
	require.NoError(t, err)
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(module)
	require.NotNil(t, version)
	assert.Equal(t, string(version[1]), find(`^FROM golang:(\S+) AS build$`)[0])

	build := find(`^RUN (CGO_ENABLED=0) go build .* -o (\S+) (\S+)$`)
	_, err = fs.Stat(root, strings.TrimPrefix(build[2], "./"))
	require.NoError(t, err)
	assert.Equal(t, []string{build[1], build[1]}, find(`^COPY --from=build (\S+) (\S+)$`))
	assert.Equal(t, build[1], find(`^ENTRYPOINT \["([^"]+)"`)[0])
	assert.NotEqual(t, "0", find(`^USER (\d+):\d+$`)[0], "not root")

	t.Run("its program takes the flags", func(t *testing.T) {
		if os.Getenv("SERTEL_CI") != "1" {
			t.Skip("builds the program; set SERTEL_CI=1")
		}
		program := filepath.Join(t.TempDir(), "mockserver")
		cmd := exec.CommandContext(t.Context(), "go", "build", "-o", program, build[2])
		cmd.Dir, cmd.Env = filepath.Join("..", ".."), append(os.Environ(), build[0])
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		help, _ := exec.CommandContext(t.Context(), program, "-h").CombinedOutput() // -h is no success
		for flag := range strings.SplitSeq(find(`^ENTRYPOINT \[(.*)\]$`)[0], ",") {
			if flag = strings.Trim(flag, ` "`); strings.HasPrefix(flag, "-") {
				assert.Contains(t, string(help), "  "+flag+" ")
			}
		}
		assert.Contains(t, string(help), "(default "+find(`^EXPOSE (\d+)$`)[0]+")", "the port")
	})
}
