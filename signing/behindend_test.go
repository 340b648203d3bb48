package signing_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/verify"
)

// Web programs write what they had to say behind the PDF that they hand out.
// Who signs that first signs it along, and so does who signs next.
func TestSignedWithBytesBehindTheEnd(t *testing.T) {
	first := signing.Options{Key: person(t, "Budi Contoh", p256()), Block: block(), Placement: corner}
	second := signing.Options{Key: person(t, "Ratna Rekaan", p256())}
	for name, tail := range map[string]string{
		"nothing":             "",
		"white space":         " \n\n\n",
		"comment":             "% dicetak oleh contoh\n",
		"warning of PHP":      "\n<br />\n<b>Warning</b>: Undefined variable $surat in surat.php on line 12<br />\n",
		"stream of PHP":       "Warning: fopen(a.txt): failed to open stream: No such file or directory",
		"object of PHP":       "Notice: Trying to get property 'nama' of non-object in surat.php on line 3\n",
		"HTML comment":        "<!-- 0.12 s -->\r\n",
		"page in HTML":        "<!DOCTYPE html>\n<html><body>Selesai</body></html>\n",
		"end of an old file":  "\x1a",
		"NUL bytes":           strings.Repeat("\x00", 512),
		"word":                "hello\n",
		"word without an end": "hello",
		"parentheses":         "((( <<< [[[\n",
		"much":                strings.Repeat("pesan panjang sekali\n", 3000),
	} {
		t.Run(name, func(t *testing.T) {
			out := mustSign(t, append(bytes.Clone(twoSigners), tail...), first)
			report := intact(t, out, 1)
			require.Equal(t, verify.TotalPassed, report.Conclusion.Indication, report.Summary(verify.English))
			junk := len(strings.Trim(tail, "\x00 \n")) > 0 && tail[0] != '%'
			assert.Equal(t, junk, hasCode(report, verify.CodeRepaired), "%v", report.Findings)

			report = intact(t, mustSign(t, out, second), 2)
			require.Equal(t, verify.TotalPassed, report.Conclusion.Indication, report.Summary(verify.English))
		})
	}
}

// What looks like a part of a PDF is not read over, and nothing is behind a
// signature.
func TestStructureBehindTheEnd(t *testing.T) {
	opts := signing.Options{Key: person(t, "Budi Contoh", p256())}
	for name, tail := range map[string]string{
		"object":      "4 0 obj\n<</Length 0>>\nendobj\n",
		"object head": "x 4 0 obj x\n",
		"object word": "an obj here\n",
		"stream":      "stream\nabc\n",
		"end":         "abc\nendstream\n",
		"table":       "xref\n0 0\n",
		"startxref":   "startxref\n9\n",
		"trailer":     "trailer\n<</Root 4 0 R>>\n",
		"end of file": "x\n%%EOF\n",
		"header":      "x %PDF-1.4\n",
		"too much":    strings.Repeat("pesan panjang sekali\n", 3200),
	} {
		t.Run(name, func(t *testing.T) {
			out, _, err := sign(t, append(bytes.Clone(twoSigners), tail...), opts)
			if err != nil {
				require.True(t, isRefusal(err), "%v", err)
				return
			}
			report := verified(t, out, "")
			if len(report.Document.Revisions) == 1 {
				return // the base was rebuilt, and its cross-reference written anew
			}
			assert.NotEqual(t, verify.TotalPassed, report.Conclusion.Indication, report.Summary(verify.English))
		})
	}
	signed := mustSign(t, twoSigners, opts)
	behind := append(bytes.Clone(signed), "hello\n"...)
	assert.ErrorIs(t, verified(t, behind, "").Err(), verify.ErrModified)
	_, _, err := sign(t, behind, opts)
	assert.ErrorIs(t, err, signing.ErrDamaged)
}

func hasCode(report *verify.Report, code verify.Code) bool {
	for _, f := range report.Findings {
		if f.Code == code {
			return true
		}
	}
	return false
}
