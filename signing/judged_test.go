package signing_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/verify"
)

// TestSignedIsJudgedValid signs odd documents twice: after each signature the
// verifier calls them valid, or Preflight said before that it would not, or they
// were refused.
func TestSignedIsJudgedValid(t *testing.T) {
	text := "<< /Type /Annot /Subtype /Widget /FT /Tx /T (nama) /V (Budi) /F 4 /Rect [300 600 500 620] /P 3 0 R >>"
	widget := "<< /Type /Annot /Subtype /Widget /F 4 /Rect [300 600 500 620] /P 3 0 R "
	fields := func(list string, more ...string) []byte {
		return oddLetter("/AcroForm << /Fields ["+list+"] >>", "/Annots [4 0 R]", more...)
	}
	catalog := func(entries string) []byte { return oddLetter(entries, "") }
	sound := oddInfo("<< /Title (Surat) >>")
	const valid, warned, refused = "valid", "warned of", "refused"
	for name, c := range map[string]struct {
		in   []byte
		want string
	}{
		"nothing odd": {fields("4 0 R", text), valid},
		// fields that were deleted, or never were
		"field that was deleted":             {fields("4 0 R 9 0 R", text), valid},
		"null among the fields":              {fields("4 0 R null", text), valid},
		"field that is null":                 {fields("4 0 R 5 0 R", text, "null"), valid},
		"number among the fields":            {fields("4 0 R 7", text), refused},
		"kid that was deleted":               {fields("4 0 R", "<< /T (a) /FT /Tx /Kids [9 0 R] >>"), valid},
		"kids that are null":                 {fields("4 0 R", "<< /T (a) /FT /Tx /Kids null >>"), valid},
		"field twice":                        {fields("4 0 R 4 0 R", text), valid},
		"annotation that was deleted":        {oddLetter("", "/Annots [9 0 R null]"), valid},
		"form that was deleted":              {catalog("/AcroForm 9 0 R"), valid},
		"form that is null":                  {catalog("/AcroForm null"), valid},
		"fields that are null":               {catalog("/AcroForm << /Fields null >>"), valid},
		"signature that is null":             {fields("4 0 R", widget+"/T (a) /FT /Sig /V null >>"), valid},
		"signature that is gone":             {fields("4 0 R", widget+"/T (a) /FT /Sig /V 9 0 R >>"), refused},
		"signature that is text":             {fields("4 0 R", widget+"/T (a) /FT /Sig /V () >>"), refused},
		"signature without entries":          {fields("4 0 R", widget+"/T (a) /FT /Sig /V << >> >>"), refused},
		"parent that was deleted":            {fields("4 0 R", widget+"/T (a) /FT /Tx /Parent 9 0 R >>"), valid},
		"field without name":                 {fields("4 0 R", widget+"/FT /Tx >>"), valid},
		"content, names and more deleted":    {oddLetter("/Names 9 0 R /Outlines 9 0 R /Metadata 9 0 R", "/Contents [null 9 0 R]"), valid},
		"nulls in a page that is signed on":  {oddLetter("", "/Rotate null /Resources << /Font null >>"), valid},
		"nulls in a catalog that is changed": {catalog("/Names << /Dests null >> /Lang null"), valid},
		// objects that signing does not need
		"title with a bracket left open":   {oddInfo(`<< /Title (Surat \(draf\) ( ) /Producer (x) >>`), valid},
		"title with a bracket too many":    {oddInfo("<< /Title (Surat draf)) /Producer (x) >>"), valid},
		"information cut off":              {oddInfo("<< /Title (Surat"), valid},
		"information that is a stream":     {oddInfo("<< /Length 3 >>\nstream\nabcdef\nendstream"), valid},
		"key twice in the information":     {oddInfo("<< /Title (a) /Producer (x) /Producer (y) >>"), warned},
		"key twice in what nothing uses":   {oddLetter("", "", "<< /A 1 /A 2 >>"), warned},
		"key twice in a structure element": {oddLetter("/StructTreeRoot 4 0 R", "", "<< /Type /StructTreeRoot /K 5 0 R >>", "<< /S /P /P 4 0 R /P 3 0 R >>"), warned},
		"entry one byte late":              {displaced(sound, 1), warned},
		"entry of another object":          {displaced(sound, -40), warned},
		"entry beyond the file":            {displaced(sound, 4000), warned},
		"object under another number":      {bytes.Replace(oddLetter("", "", "<< /A 1 >>"), []byte("4 0 obj"), []byte("5 0 obj"), 1), valid},
	} {
		t.Run(name, func(t *testing.T) {
			in := c.in
			for i := range 2 {
				opts := signing.Options{Key: person(t, "Budi Contoh", p256()), Block: block(),
					Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 20, Y: 20 + 100*float64(i), Width: 240, Height: 80}}}
				found := preflight(t, in, opts)
				out, _, err := sign(t, in, opts)
				if c.want == refused {
					require.ErrorIs(t, err, signing.ErrDamaged)
					require.Error(t, found.Err())
					return
				}
				require.NoError(t, err)
				require.NoError(t, found.Err())
				report := verified(t, out, "")
				said := found.Has(signing.FindingAmbiguous)
				assert.Equal(t, c.want == warned, said, "signature %d: %v", i+1, codes(found))
				assert.True(t, said || report.Conclusion.Indication == verify.TotalPassed, "signature %d: %s", i+1, report.Summary(verify.English))
				in = out
			}
		})
	}
}

// oddLetter is a letter of one page, with more in its catalog and page, and more
// objects.
func oddLetter(catalog, page string, more ...string) []byte {
	return raw("", append([]string{"<< /Type /Catalog /Pages 2 0 R " + catalog + " >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] " + page + " >>"}, more...)...)
}

// oddInfo is a letter with document information.
func oddInfo(info string) []byte {
	return raw("/Info 4 0 R", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>", info)
}

// displaced has the cross-reference's entry of object 4 beside its place.
func displaced(in []byte, by int) []byte {
	at := strings.Index(string(in), "\n4 0 obj") + 1
	return bytes.Replace(in, fmt.Appendf(nil, "%010d 00000 n", at), fmt.Appendf(nil, "%010d 00000 n", at+by), 1)
}
