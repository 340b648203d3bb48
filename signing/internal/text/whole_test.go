package text_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/text"
)

// TestWhole counts the hits that are no part of a longer word.
func TestWhole(t *testing.T) {
	for name, c := range map[string]struct {
		tag, content string
		want         int
	}{
		"a longer number":                    {"ttd1", "(ttd1) Tj 0 -20 Td (ttd10) Tj", 1},
		"a number alone":                     {"ttd1", "(ttd1) Tj", 1},
		"only longer ones":                   {"ttd1", "(ttd10 ttd11 ttd1a) Tj", 0},
		"a longer name":                      {"ttd", "(ttd_camat) Tj", 0},
		"a name that begins earlier":         {"ttd1", "(xttd1) Tj", 0},
		"words beside it":                    {"ttd1", "(oleh ttd1 saja) Tj", 1},
		"words set apart without a space":    {"ttd1", "[(oleh) -278 (ttd1) -278 (saja)] TJ", 1},
		"punctuation beside it":              {"ttd1", "(\\(ttd1\\), ttd1.) Tj", 2},
		"the number drawn later":             {"ttd1", "(ttd1) Tj 0 -50 Td (lain) Tj 1 0 0 1 116.7 700 Tm (0) Tj", 0},
		"the number kerned":                  {"ttd1", "[(ttd1) 60 (0)] TJ", 0},
		"the number raised a little":         {"ttd1", "(ttd1) Tj 1 Ts (0) Tj", 0},
		"letters set apart":                  {"ttd1", "3 Tc (ttd10) Tj", 0},
		"letters set apart, and alone":       {"ttd1", "3 Tc (ttd1 ) Tj", 1},
		"a line above":                       {"ttd1", "(ttd1) Tj 20 11 Td (0) Tj", 1},
		"text that runs down":                {"ttd1", "0 -1 1 0 100 700 Tm (ttd10) Tj", 0},
		"text that crosses":                  {"ttd1", "(ttd1) Tj 0 1 -1 0 121 700 Tm (0) Tj", 1},
		"drawn twice to look bold":           {"ttd1", "(ttd1) Tj 0.3 0 Td (ttd1) Tj", 1},
		"a tag that ends in a sign":          {"${ttd}", "(${ttd}1) Tj", 1},
		"a tag that begins with a sign":      {"#ttd", "(x#ttd x#ttd1) Tj", 1},
		"one letter":                         {"X", "(aXb) Tj", 1},
		"one sign":                           {"^", "(a^b) Tj", 1},
		"a letter of another script goes on": {"ttd", "(ttd\\351) Tj", 0},
	} {
		t.Run(name, func(t *testing.T) {
			doc := open(t, onePage("BT /F 10 Tf 100 700 Td "+c.content+" ET", winAnsi, "").file())
			hits, err := text.Find(doc, c.tag, text.Limits{})
			require.NoError(t, err)
			assert.Len(t, hits, c.want)
		})
	}
}
