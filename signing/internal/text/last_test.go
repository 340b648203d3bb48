package text_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/text"
)

// pages is a document with a page for each content.
func pages(contents ...string) objects {
	o := objects{"<</Type/Catalog/Pages 2 0 R>>", "", winAnsi}
	kids := ""
	for _, c := range contents {
		kids += fmt.Sprintf("%d 0 R ", len(o)+1)
		o = append(o, fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 840]/Contents %d 0 R/Resources<</Font<</F 3 0 R>>>>>>", len(o)+2), stream("", c))
	}
	o[1] = fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", kids, len(contents))
	return o
}

func TestFirstAndLast(t *testing.T) {
	at := func(x, y int) string { return fmt.Sprintf("BT /F 10 Tf 1 0 0 1 %d %d Tm (^) Tj ET ", x, y) }
	doc := open(t, pages("", at(100, 100)+at(300, 700)+at(100, 701), at(50, 50)+at(49, 50)+at(400, 50)+at(399, 50)+at(50, 600), "").file())
	hit, ok, err := text.First(doc, "^", text.Limits{})
	require.NoError(t, err)
	require.True(t, ok)
	assert.Equal(t, 1, hit.Page)
	assert.InDelta(t, 100, hit.Rect.LLX, 0.01, "the left one of the upper line")
	assert.Greater(t, hit.Rect.LLY, 600.0)
	hit, ok, err = text.Last(doc, "^", text.Limits{})
	require.NoError(t, err)
	require.True(t, ok)
	assert.Equal(t, 2, hit.Page)
	assert.InDelta(t, 399, hit.Rect.LLX, 0.01, "the right one of the lower line, where the first of its doubles begins")

	for name, find := range map[string]func() (text.Hit, bool, error){
		"first": func() (text.Hit, bool, error) { return text.First(doc, "#", text.Limits{}) },
		"last":  func() (text.Hit, bool, error) { return text.Last(doc, "#", text.Limits{}) },
	} {
		_, ok, err := find()
		assert.NoError(t, err, name)
		assert.False(t, ok, name)
	}
	_, _, err = text.Last(doc, " ", text.Limits{})
	assert.ErrorIs(t, err, text.ErrTag)
}

// A sign that stands in every line, and many times on one spot or in one
// column, is still found where it stands last.
func TestLastOfMany(t *testing.T) {
	many := "BT /F 1 Tf 100 800 Td " + strings.Repeat("(#) Tj 0 -0.01 Td ", 50_000) + "1 0 0 1 300 20 Tm (#) Tj ET"
	doc := open(t, pages(many).file())
	_, err := text.Find(doc, "#", text.Limits{})
	assert.ErrorIs(t, err, text.ErrHits)
	hit, ok, err := text.Last(doc, "#", text.Limits{})
	require.NoError(t, err)
	require.True(t, ok)
	assert.InDelta(t, 300, hit.Rect.LLX, 0.01)
	hit, ok, err = text.First(doc, "#", text.Limits{})
	require.NoError(t, err)
	require.True(t, ok)
	assert.InDelta(t, 100, hit.Rect.LLX, 0.01)
}

// A budget of 1,500 pages is within the limits, and its last tag is found
// without reading the rest.
func TestLongDocument(t *testing.T) {
	page := "BT /F 8 Tf 10 TL 40 800 Td " + strings.Repeat("(Belanja Pegawai 5.1.01.01.01.0001 1.234.567.890,00 1.234.567.890,00 1.234.567.890,00 100,00) Tj T* ", 35) + "ET"
	contents := make([]string, 1500)
	for i := range contents {
		contents[i] = page
	}
	contents[len(contents)-1] += " BT /F 8 Tf 40 30 Td (^) Tj ET"
	doc := open(t, pages(contents...).file())
	hits, err := text.Find(doc, "^", text.Limits{})
	require.NoError(t, err)
	assert.Len(t, hits, 1)
	hit, ok, err := text.Last(doc, "^", text.Limits{Characters: 10_000})
	require.NoError(t, err)
	require.True(t, ok)
	assert.Equal(t, 1499, hit.Page)
}
