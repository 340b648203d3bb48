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

// mayDouble is what the quick look says of object 4.
func mayDouble(body string) bool {
	var s pdf.KeyScanner
	s.Single([]byte("4 0 obj<</A<</B 1/C 2>>/C[/A/B]>>endobj"), pdf.Entry{Num: 4}) // leaves nothing behind
	return !s.Single([]byte("4 0 obj\n"+body+"\n"), pdf.Entry{Num: 4, Kind: pdf.EntryInUse})
}

func TestDoubledKeys(t *testing.T) {
	many, few := &strings.Builder{}, &strings.Builder{}
	for i := range 600 {
		fmt.Fprintf(many, "/K%d %d", i, i)
		if i < 400 {
			fmt.Fprintf(few, "/K%d %d", i, i)
		}
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
		"behind a long string":            {"<</A(" + strings.Repeat("x", 3000) + ")/B 1/A 2>>\nendobj", true},
		"long, and not doubled":           {"<</A(" + strings.Repeat("x", 3000) + ")/B 1/C 2>>\nendobj", false},
		"as many keys as are kept":        {"<<" + few.String() + ">>\nendobj", false},
		"the first of many keys again":    {"<<" + few.String() + "/K0 1>>\nendobj", true},
		"the last of many keys again":     {"<<" + few.String() + "/K399 1>>\nendobj", true},
		"a number":                        {"17\nendobj", false},
		"a reference where a key belongs": {"<</A/B 1 0 R/C/D>>endobj", true},
		"a reference behind a number":     {"<</A 1 2 0 R>>endobj", true},
		"one behind a number in an array": {"<</A[1 2 0 R]>>endobj", false},
		"a value where a key belongs":     {"<</A(x)(y)/B[<</C 1>>]>>endobj", true},
		"no generation is as high":        {"<</A 1 65536 R>>endobj", true},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, mayDouble(c.body))
		})
	}
}

// The quick look is only sure of the object that it was told of.
func TestSingleKeysOfThatObjectOnly(t *testing.T) {
	var s pdf.KeyScanner
	for text, want := range map[string]bool{
		"14 3 obj 1 endobj\n": true, "14 3 obj 1 endobj": false, "14 3 obj 1": false, "14 3 obj 1 endob": false, "14 3 obj<<>>stream\n": true, "": false,
		"14 0 obj 1 endobj\n": false, "1 3 obj 1 endobj\n": false, "014 3 obj 1 endobj\n": false, "14 03 obj 1 endobj\n": false,
		"14  3 obj 1 endobj\n": false, " 14 3 obj 1 endobj\n": false, "14 3 object 1 endobj\n": false, "14 3": false,
		"99999999990000000014 3 obj 1 endobj\n": false,
	} {
		assert.Equal(t, want, s.Single([]byte(text), pdf.Entry{Num: 14, Gen: 3, Kind: pdf.EntryInUse}), text)
	}
}

// What the quick look calls sound, reading the object calls sound too.
func FuzzSingleKeys(f *testing.F) {
	for _, body := range []string{
		"<</A 1/B 2/A 3>>\nendobj", "<</A<</B 1>>/C<</B 2>>/B 3>>\nendobj", "<</A(/A 1)/B<2F41>>>endobj",
		"<</A[/B/B]/C 1 0 R/D%\n/E>>endobj", "<</Length 0>>stream\n\nendstream endobj", "<</#41 1/A 2>>endobj", "<</A 1 2 3/A 4>>endobj",
		"<</A/B/A>>endobj", "<</A R/A 1>>endobj", "<</A<</A 1>>/A<</A 1>>>>endobj",
		"<</A/C 1 0 R/D%\n/E>>endobj", "<</A 1 2 0 R>>endobj", "[1 99999 R]endobj",
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if mayDouble(body) {
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
