package pdf_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// What one revision was asked for counts for all of them.
func TestRevisionsShareTheWork(t *testing.T) {
	m := newMaker().pages().obj(4, "["+strings.Repeat("0 ", 200_000)+"]").
		stream(6, "/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", deflate("5 0 1"+strings.Repeat(" ", 24<<20)))
	rows := []row{{0, 0, 65535}}
	for num := 1; num <= 6; num++ {
		rows = append(rows, row{1, m.at[num], 0})
	}
	rows[5] = row{2, 6, 0}
	m.tail(m.xrefStream(7, []int{0, 7}, rows, "/Size 8 /Root 1 0 R"))
	data := m.Bytes()
	for range 12 {
		data = update(t, data, func(u *pdf.Update) { u.Add(pdf.Name("Baru")) })
	}
	for name, ask := range map[string]func(*pdf.Document) error{
		"a large object": func(d *pdf.Document) error { _, err := d.Get(pdf.Ref{Num: 4}); return err },
		"an object stream that decodes to much": func(d *pdf.Document) error {
			_, err := d.Get(pdf.Ref{Num: 5})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := mustOpen(t, data)
			var err error
			for i := 0; err == nil && i < 10*12; i++ {
				var then *pdf.Document
				if then, err = d.At(i % 12); err == nil {
					err = ask(then)
				}
			}
			require.ErrorIs(t, err, pdf.ErrWork)
			require.ErrorIs(t, err, pdf.ErrLimit)
			assert.True(t, d.Overworked())
			assert.ErrorIs(t, ask(d), pdf.ErrWork, "the newest revision too")
		})
	}
	assert.False(t, mustOpen(t, data).Overworked())
}

// Objects are found alike section after section and in one index.
func TestLookup(t *testing.T) {
	data := update(t, plain().Bytes(), func(u *pdf.Update) {
		for range 20 {
			u.Add(pdf.Name("Lama"))
		}
	})
	for i := range 40 {
		data = update(t, data, func(u *pdf.Update) {
			for range i % 5 {
				u.Add(pdf.Integer(i))
			}
			if i%3 == 0 {
				u.Set(pdf.Ref{Num: uint32(4 + i%20)}, pdf.Integer(-i))
			}
		})
	}
	indexed := mustOpen(t, data)
	for num := range uint32(200) {
		want, found := indexed.Probe(num, true)
		got, ok := mustOpen(t, data).Probe(num, false) // the first question
		assert.Equal(t, found, ok, num)
		assert.Equal(t, want, got, num)
		assert.Equal(t, num < 24+80, found, num)
	}
}
