package text_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/text"
)

// Tags in five fonts, as four tools write them: each is found once, one line
// below the other, with the one character tag after it.
func TestFindInFiveFonts(t *testing.T) {
	for file, tag := range map[string]string{
		"libreoffice": "${ttd_%d}", "docxtemplater": "${ttd_%d}", "chrome": "${ttd_%d}", "tex": "#ttd%d",
	} {
		t.Run(file, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", "fivefonts", file+".pdf"))
			require.NoError(t, err)
			doc := open(t, data)
			single, err := text.Find(doc, "^", text.Limits{})
			require.NoError(t, err)
			require.Len(t, single, 5)
			for i := range 5 {
				hits, err := text.Find(doc, fmt.Sprintf(tag, i+1), text.Limits{})
				require.NoError(t, err)
				require.Len(t, hits, 1, "font %d", i+1)
				r := hits[0].Rect
				assert.InDelta(t, 11, hits[0].Size, 2.5)
				assert.Greater(t, single[i].Rect.LLX, r.URX-1, "font %d", i+1)
				assert.Less(t, single[i].Rect.LLX, r.URX+10, "font %d", i+1)
				assert.InDelta(t, single[i].Rect.LLY, r.LLY, 1, "font %d", i+1)
				assert.InDelta(t, 40, r.URX-r.LLX, 18, "font %d", i+1)
			}
		})
	}
}
