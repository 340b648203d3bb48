package sertel_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	link    = regexp.MustCompile(`!?\[[^\]]*\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#{1,6} +(.+?) *$`)
	named   = regexp.MustCompile(`<a id="([^"]+)"`)
	fence   = regexp.MustCompile("(?s)```.*?```")
)

// TestLinksInDocumentsResolve follows every link that stays inside the tree, to its file and to its heading.
func TestLinksInDocumentsResolve(t *testing.T) {
	pages := documents(t)
	require.Contains(t, pages, "README.md")
	followed := 0
	for page, text := range pages {
		for _, found := range link.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			target := found[1]
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			followed++
			file, anchor, _ := strings.Cut(target, "#")
			path := filepath.Join(filepath.Dir(page), filepath.FromSlash(file))
			if file == "" {
				path = page
			}
			if _, err := os.Stat(path); !assert.NoError(t, err, "%s links to %s", page, target) || anchor == "" {
				continue
			}
			assert.Contains(t, anchors(pages[path]), anchor, "%s links to %s", page, target)
		}
	}
	assert.Greater(t, followed, 20, "links were found at all")
}

// documents are the Markdown files of the tree by path.
func documents(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".md" {
			return nil
		}
		text, err := os.ReadFile(path)
		pages[path] = string(text)
		return err
	}))
	return pages
}

// anchors are the names that a page gives itself and those that GitHub gives to its headings.
func anchors(page string) []string {
	var names []string
	for _, a := range named.FindAllStringSubmatch(page, -1) {
		names = append(names, a[1])
	}
	for _, h := range heading.FindAllStringSubmatch(fence.ReplaceAllString(page, ""), -1) {
		var name strings.Builder
		for _, r := range strings.ToLower(h[1]) {
			switch {
			case r == ' ':
				name.WriteByte('-')
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				name.WriteRune(r)
			}
		}
		names = append(names, name.String())
	}
	return names
}
