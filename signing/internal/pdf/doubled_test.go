package pdf_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

func mayDouble(t *testing.T, body string) (bool, error) {
	t.Helper()
	file := "%PDF-1.7\n4 0 obj\n" + body + "\n"
	doc, err := pdf.OpenUnread(bytes.NewReader([]byte(file)), int64(len(file)))
	require.NoError(t, err)
	return doc.MayDouble(pdf.Entry{Num: 4, Kind: pdf.EntryInUse, Offset: 9})
}

func TestMayDouble(t *testing.T) {
	many := &strings.Builder{}
	for i := range 600 {
		fmt.Fprintf(many, "/K%d %d", i, i)
	}
	for name, c := range map[string]struct {
		body string
		want bool
	}{
		"plain":                           {"<</A 1/B 2>>\nendobj", false},
		"doubled":                         {"<</A 1/B 2/A 3>>\nendobj", true},
		"doubled below":                   {"<</A<</B 1/B 2>>>>\nendobj", true},
		"doubled in an array":             {"<</A[<</B 1/B 2>>]>>\nendobj", true},
		"the same key in two places":      {"<</A<</B 1>>/C<</B 2>>/B 3>>\nendobj", false},
		"a key after a dictionary":        {"<</A<</B 1>>/A 2>>\nendobj", true},
		"a value of a key's name":         {"<</A/A/B/B>>\nendobj", false},
		"names in an array":               {"<</A[/B/B/A]/C 1>>\nendobj", false},
		"references":                      {"<</A 5 0 R/B 5 0 R/C[5 0 R 6 0 R]>>\nendobj", false},
		"doubled behind a reference":      {"<</A 5 0 R/A 6 0 R>>\nendobj", true},
		"in a string":                     {`<</A(/B 1 /B 2 \) /A)/C<2F>>>` + "\nendobj", false},
		"behind a nested string":          {"<</A(a(b)c)/A 1>>\nendobj", true},
		"in a comment":                    {"<</A 1%/A 2\n/B 1>>\nendobj", false},
		"behind a comment":                {"<</A 1%\n/A 2>>\nendobj", true},
		"values of all kinds":             {"<</A true/B null/C -1.5/D(x)/E<00>/F[]/G<<>>/H/x>>\nendobj", false},
		"an escaped name":                 {"<</#41 1/A 2>>\nendobj", true},
		"what a stream holds":             {"<</Length 9>>\nstream\n<</A/A/A>>\nendstream", false},
		"a stream's dictionary":           {"<</Length 9/Length 8>>\nstream\n", true},
		"more keys than are kept":         {"<<" + many.String() + ">>\nendobj", true},
		"deeper than is followed":         {strings.Repeat("[", 40) + strings.Repeat("]", 40) + "\nendobj", true},
		"no end":                          {"<</A 1", true},
		"an object in an object":          {"<</A 1 endobj 5 0 obj<<>>endobj", true},
		"more closed than opened":         {">>\nendobj", true},
		"parentheses that close too much": {")\nendobj", true},
		"longer than the first look":      {"<</A(" + strings.Repeat("x", 3000) + ")/B 1/A 2>>\nendobj", true},
		"longer, and not doubled":         {"<</A(" + strings.Repeat("x", 3000) + ")/B 1/C 2>>\nendobj", false},
		"longer than the last look":       {"<</A(" + strings.Repeat("x", 70_000) + ")/B 1>>\nendobj", true},
		"a number":                        {"17\nendobj", false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := mayDouble(t, c.body)
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}

// What the quick look calls sound, reading the object calls sound too.
func FuzzMayDouble(f *testing.F) {
	for _, body := range []string{
		"<</A 1/B 2/A 3>>\nendobj", "<</A<</B 1>>/C<</B 2>>/B 3>>\nendobj", "<</A(/A 1)/B<2F41>>>endobj",
		"<</A[/B/B]/C 1 0 R/D%\n/E>>endobj", "<</Length 0>>stream\n\nendstream endobj", "<</#41 1/A 2>>endobj", "<</A 1 2 3/A 4>>endobj",
		"<</A/B/A>>endobj", "<</A R/A 1>>endobj", "<</A<</A 1>>/A<</A 1>>>>endobj",
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if doubled, err := mayDouble(t, body); err != nil || doubled {
			return
		}
		file := "%PDF-1.7\n4 0 obj\n" + body + "\n"
		doc, err := pdf.OpenUnread(bytes.NewReader([]byte(file)), int64(len(file)))
		require.NoError(t, err)
		if _, err := doc.ReadAt(9); err != nil {
			return // not read at all
		}
		assert.Empty(t, doc.Ambiguities())
	})
}
