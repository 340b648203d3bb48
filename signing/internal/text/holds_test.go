package text_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/internal/text"
)

// TestHolds finds a sentence however a writer broke and ordered it.
func TestHolds(t *testing.T) {
	const words = "alat bukti hukum yang sah"
	for why, c := range map[string]struct {
		content string
		want    bool
	}{
		"on one line":              {"BT /F 10 Tf 100 700 Td (merupakan alat bukti hukum yang sah.) Tj ET", true},
		"broken into two lines":    {"BT /F 10 Tf 100 700 Td (alat bukti) Tj 0 -12 Td (hukum yang sah) Tj ET", true},
		"without spaces, kerned":   {"BT /F 10 Tf 100 700 Td [(alat) -300 (bukti) -300 (hukum) -300 (yang) -300 (sah)] TJ ET", true},
		"more spaces":              {"BT /F 10 Tf 100 700 Td (alat   bukti hukum  yang sah) Tj ET", true},
		"last line shown first":    {"BT /F 10 Tf 100 688 Td (hukum yang sah) Tj 0 12 Td (alat bukti) Tj ET", true},
		"other words between":      {"BT /F 10 Tf 100 700 Td (alat bukti dan hukum yang sah) Tj ET", false},
		"a part of it":             {"BT /F 10 Tf 100 700 Td (alat bukti hukum yang) Tj ET", false},
		"outside of what is shown": {"BT /F 10 Tf 100 9000 Td (alat bukti hukum yang sah) Tj ET", false},
		"nothing":                  {"", false},
	} {
		page, err := text.Read(open(t, onePage(c.content, winAnsi, "").file()), 0, pdf.Rect{}, text.Limits{})
		require.NoError(t, err)
		for range 2 { // the second time from what was kept
			assert.Equal(t, c.want, page.Holds(words), why)
		}
		assert.False(t, page.Holds(" \n"), "white space alone")
	}
}
