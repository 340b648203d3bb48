package text_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/internal/text"
)

func TestInside(t *testing.T) {
	doc := open(t, onePage("BT /F 10 Tf 100 700 Td (Budi ^ Contoh) Tj 0 -100 Td (lain) Tj ET", winAnsi, "").file())
	tag, err := text.Find(doc, "^", text.Limits{})
	require.NoError(t, err)
	area := pdf.Rect{LLX: 90, LLY: 690, URX: 200, URY: 720}
	for name, c := range map[string]struct {
		area   pdf.Rect
		except bool
		want   string
	}{
		"all but the tag": {area, true, "BudiContoh"},
		"with the tag":    {area, false, "Budi^Contoh"},
		"part":            {pdf.Rect{LLX: 90, LLY: 690, URX: 117, URY: 720}, false, "Bud"},
		"none":            {pdf.Rect{LLX: 300, LLY: 300, URX: 400, URY: 400}, false, ""},
	} {
		except := tag[0].Rect
		if !c.except {
			except = pdf.Rect{}
		}
		got, err := text.Inside(doc, 0, c.area, []pdf.Rect{except}, text.Limits{})
		require.NoError(t, err)
		assert.Equal(t, c.want, got, name)
	}
	_, err = text.Inside(doc, 1, area, nil, text.Limits{})
	assert.ErrorIs(t, err, pdf.ErrNoPage)
	_, err = text.Inside(doc, 0, area, nil, text.Limits{Characters: 3})
	assert.ErrorIs(t, err, text.ErrLimit)
}

func TestBalance(t *testing.T) {
	for content, want := range map[string][2]int{
		"":                                {0, 0},
		"q Q":                             {0, 0},
		"q q Q":                           {0, 1},
		"Q Q":                             {2, 0},
		"Q q Q Q q q":                     {2, 2},
		"(q) Tj BI /W 1 ID q q EI % q\nq": {0, 1},
	} {
		surplus, open, err := text.Balance(open(t, onePage(content, winAnsi, "").file()), 0, text.Limits{})
		require.NoError(t, err)
		assert.Equal(t, want, [2]int{surplus, open}, "%q", content)
	}
}
