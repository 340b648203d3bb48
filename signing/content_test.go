package signing_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/budgettest"
)

// asUTF8 is what becomes of a file that was taken for text on its way.
func asUTF8(in []byte) []byte {
	var out bytes.Buffer
	for _, c := range in {
		out.WriteRune(rune(c))
	}
	return out.Bytes()
}

// An upload whose bytes were taken for text has all its objects and shows
// nothing. A signature of it would be one of an empty letter.
func TestUploadTakenForText(t *testing.T) {
	key := person(t, "Budi Contoh", p256())
	for name, taken := range map[string]func([]byte) []byte{
		"Latin-1 as UTF-8":   asUTF8,
		"invalid UTF-8 lost": func(in []byte) []byte { return []byte(strings.ToValidUTF8(string(in), "\ufffd")) },
		"seven bits":         func(in []byte) []byte { return bytes.Map(func(r rune) rune { return r & 0x7f }, asUTF8(in)) },
	} {
		t.Run(name, func(t *testing.T) {
			for _, file := range []string{"cairo.pdf", "chrome.pdf", "libreoffice.pdf", "pdftex.pdf", "qpdf-objstm.pdf", "weasyprint.pdf"} {
				in := taken(producer(t, file))
				for _, opts := range []signing.Options{{Key: key}, {Key: key, Block: block(), Placement: corner}} {
					_, _, err := sign(t, in, opts)
					require.ErrorIs(t, err, signing.ErrDamaged, file)
					require.ErrorIs(t, preflight(t, in, opts).Err(), signing.ErrDamaged, file)
				}
				out, _, err := stamp(in, signing.StampOptions{
					Block: block(), Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 300, Y: 20, Width: 200, Height: 80}},
				})
				require.ErrorIs(t, err, signing.ErrDamaged, file)
				require.Empty(t, out, file)
			}
		})
	}
}

// A block drawn after content that ends within an object would be part of that
// object, and not be seen.
func TestStampAfterCutContent(t *testing.T) {
	for _, end := range []string{"(abc", "<41", "[ (a) ", "/Artifact <</A"} {
		in := page("BT /F 11 Tf 60 600 Td (Surat) Tj ET "+end, "")
		at := signing.Placement{Page: 1, Rect: signing.Rect{X: 60, Y: 200, Width: 240, Height: 80}}
		_, _, err := stamp(in, signing.StampOptions{Block: block(), Placement: at})
		require.ErrorIs(t, err, signing.ErrDamaged, end)
		opts := signing.Options{Key: person(t, "Budi Contoh", p256()), Block: block(), Placement: at}
		require.Equal(t, []signing.FindingCode{signing.FindingIncomplete}, codes(preflight(t, in, opts)), end)
		mustSign(t, in, opts) // shown in an annotation, which is not swallowed
	}
}

// flated is a stream of compressed data.
func flated(entries, data string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write([]byte(data))
	_ = z.Close()
	return fmt.Sprintf("<< %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream", entries, b.Len(), b.String())
}

// brokenIn replaces bytes in the middle of a stream's data.
func brokenIn(stream string) string {
	at := (strings.Index(stream, "stream\n") + len(stream)) / 2
	return stream[:at] + "\x00\x00\x00\x00\x00\x00\x00\x00" + stream[at+8:]
}

// drawing is a letter of two pages: what they refer to, and the objects from the
// eighth on.
func drawing(first, second string, objects ...string) []byte {
	text := strings.Repeat("0 0 m 1 1 l S\n", 50) + "q Q"
	return raw("", append([]string{"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 595 842] >>",
		"<< /Type /Page /Parent 2 0 R /Contents 5 0 R " + first + " >>", "<< /Type /Page /Parent 2 0 R /Contents [5 0 R 6 0 R] " + second + " >>",
		flated("", text), flated("", text+text), "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"}, objects...)...)
}

// TestPreflightContent: what is missing or damaged of what pages show is found,
// and Sign and Preflight agree on whether it stops.
func TestPreflightContent(t *testing.T) {
	const form = "/Type /XObject /Subtype /Form /BBox [0 0 9 9]"
	key := person(t, "Budi Contoh", p256())
	uses8 := "/Resources << /XObject << /A 8 0 R >> /Font << /F 7 0 R >> >>"
	draws := strings.Repeat("0 0 m 1 1 l S ", 40)
	sum := flated(form, draws)
	sum = sum[:strings.LastIndex(sum, "\nendstream")-1] + "\x00\nendstream"
	damagedContent := bytes.Replace(drawing(uses8, ""), []byte(flated("", strings.Repeat("0 0 m 1 1 l S\n", 50)+"q Q")),
		[]byte(brokenIn(flated("", strings.Repeat("0 0 m 1 1 l S\n", 50)+"q Q"))), 1)
	for name, c := range map[string]struct {
		in    []byte
		want  []signing.FindingCode
		pages []int
	}{
		"whole":                      {drawing(uses8, uses8, flated(form, draws)), nil, nil},
		"content":                    {damagedContent, []signing.FindingCode{signing.FindingDamaged}, nil},
		"picture drawn by both":      {drawing(uses8, uses8, brokenIn(flated(form, draws))), []signing.FindingCode{signing.FindingIncomplete}, []int{1, 2}},
		"picture that is missing":    {drawing("", uses8), []signing.FindingCode{signing.FindingIncomplete}, nil},
		"wrong checksum":             {drawing("", uses8, sum), []signing.FindingCode{signing.FindingIncomplete}, nil},
		"filter that is not decoded": {drawing(uses8, "", "<< /Type /XObject /Subtype /Image /Filter /DCTDecode /Length 1 >>\nstream\nx\nendstream"), nil, nil},
		"stamp of an annotation": {drawing("", "/Annots [<< /Type /Annot /Subtype /Stamp /Rect [0 0 9 9] /AP << /N 8 0 R >> >> 99 0 R]", brokenIn(flated(form, draws))),
			[]signing.FindingCode{signing.FindingIncomplete}, nil},
		"what no page shows": {drawing("/Metadata 90 0 R /PieceInfo 91 0 R", "/Resources << /Properties << /P 92 0 R >> >>"), nil, nil},
		"form in itself":     {drawing(uses8, "", flated(form+" "+uses8, draws)), nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			for _, opts := range []signing.Options{{Key: key}, {Key: key, Block: block(), Placement: corner}} {
				found := preflight(t, c.in, opts)
				require.Equal(t, c.want, codes(found), "%v", found)
				_, _, err := sign(t, c.in, opts)
				require.Equal(t, err == nil, found.Err() == nil, "signing: %v, preflight: %v", err, found.Err())
				if len(found) > 0 {
					require.Equal(t, c.pages, found[0].Pages)
					require.NotZero(t, found[0].Page)
				}
			}
		})
	}
}

// gaps are copies of a file with a part of it zeroed, lost, doubled or replaced
// by that of another upload.
func gaps(in, other []byte) map[string][]byte {
	out := map[string][]byte{"line ends of DOS": bytes.ReplaceAll(in, []byte("\n"), []byte("\r\n"))}
	const part = 512
	for percent := 10; percent < 100; percent += 25 {
		at := len(in) * percent / 100
		end := min(len(in), at+part)
		zeroed := bytes.Clone(in)
		clear(zeroed[at:end])
		out[fmt.Sprintf("zeroed at %d%%", percent)] = zeroed
		out[fmt.Sprintf("lost at %d%%", percent)] = append(bytes.Clone(in[:at]), in[end:]...)
		out[fmt.Sprintf("doubled at %d%%", percent)] = append(bytes.Clone(in[:end]), in[at:]...)
		if at < len(other) {
			out[fmt.Sprintf("another one's until %d%%", percent)] = append(bytes.Clone(other[:at]), in[at:]...)
		}
	}
	return out
}

// Preflight and Sign agree on uploads that were damaged on their way, and what
// is signed without a word looks as before. Outside CI it is every fourth file.
func TestDamagedUploads(t *testing.T) {
	key := person(t, "Budi Contoh", p256())
	files := producers(t)
	silent := map[string][2][]byte{}
	for i, file := range files {
		in, err := os.ReadFile(file)
		require.NoError(t, err)
		if os.Getenv("SERTEL_CI") != "1" && i%4 != 0 {
			continue
		}
		if len(in) > 60_000 || strings.Contains(file, "scan") { // a JPEG picture has no checksum
			continue
		}
		other, err := os.ReadFile(files[(i+1)%len(files)])
		require.NoError(t, err)
		for name, damaged := range gaps(in, other) {
			name = filepath.Base(file) + " " + name
			for _, opts := range []signing.Options{{Key: key}, {Key: key, Block: block(), Placement: corner}} {
				found := preflight(t, damaged, opts)
				out, _, err := sign(t, damaged, opts)
				assert.Equal(t, err == nil, found.Err() == nil, "%s: signing: %v, preflight: %v", name, err, found.Err())
				if err == nil && opts.Block == nil && len(found) == 0 {
					silent[name] = [2][]byte{in, out}
				}
			}
		}
	}
	pdftoppm := tool(t, "pdftoppm")
	require.NotEmpty(t, silent)
	for name, pair := range silent {
		assert.Equal(t, rendered(t, pdftoppm, pair[0]), rendered(t, pdftoppm, pair[1]), name)
	}
}

func rendered(t *testing.T, pdftoppm string, in []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "in.pdf")
	require.NoError(t, os.WriteFile(file, in, 0o600))
	out, code := run(t, pdftoppm, "-q", "-r", "20", "-gray", file)
	require.Zero(t, code, out)
	require.NotEmpty(t, out)
	return out
}

// TestPreflightWrites: what Sign cannot write, Preflight finds.
func TestPreflightWrites(t *testing.T) {
	key := person(t, "Budi Contoh", p256())
	const pages = "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>"
	field := "<< /Type /Annot /Subtype /Widget /FT /Sig /T (Camat) /Rect [50 50 300 150] /P 3 0 R /F 4 /MK (x) >>"
	for name, c := range map[string]struct {
		in   []byte
		opts signing.Options
		want signing.FindingCode
	}{
		"annotations that are a string": {raw("", "<< /Type /Catalog /Pages 2 0 R >>", pages, "<< /Type /Page /Parent 2 0 R /Annots (x) >>"), signing.Options{}, signing.FindingDamaged},
		"permissions that are a string": {raw("", "<< /Type /Catalog /Pages 2 0 R /Perms (x) >>", pages, "<< /Type /Page /Parent 2 0 R >>"),
			signing.Options{Certify: signing.CertifyFormFilling}, signing.FindingDamaged},
		"look of a field on a turned page": {raw("", "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>", pages, "<< /Type /Page /Parent 2 0 R /Rotate 180 /Annots [4 0 R] >>", field),
			signing.Options{Field: "Camat", Block: block()}, signing.FindingDamaged},
		"too little room": {twoSigners, signing.Options{Reserve: 100}, signing.FindingOptions},
	} {
		t.Run(name, func(t *testing.T) {
			c.opts.Key = key
			_, _, err := sign(t, c.in, c.opts)
			require.Error(t, err)
			found := preflight(t, c.in, c.opts)
			require.True(t, found.Has(c.want), "%v", codes(found))
			require.Error(t, found.Err())
		})
	}
}

// TestHostileContent keeps to the budget what the look at pages costs.
func TestHostileContent(t *testing.T) {
	bomb := flated("/Type /XObject /Subtype /Image", strings.Repeat("\x00", 30<<20))
	kids := func(n int) string {
		return "<< /Type /Pages /Kids [" + strings.Repeat("3 0 R ", n) + "] /Count 1 /MediaBox [0 0 595 842] /Resources 4 0 R >>"
	}
	many := func(to string) string {
		var b strings.Builder
		for i := range full(100_000) {
			fmt.Fprintf(&b, "/A%d %s ", i, to)
		}
		return "<< /XObject << " + b.String() + " >> >>"
	}
	const catalog, page = "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Page /Parent 2 0 R "
	bombs := []string{catalog, kids(1), page + "/Contents 5 0 R >>", "<< /XObject << /A [5 0 R 6 0 R 7 0 R 8 0 R 9 0 R] >> >>", bomb, bomb, bomb, bomb, bomb}
	for name, in := range map[string][]byte{
		"a million parts of content":     raw("", catalog, kids(1000), page+"/Contents 5 0 R >>", "<< >>", "["+strings.Repeat("6 0 R ", full(1_000_000))+"]", flated("", " ")),
		"one picture under many names":   raw("", catalog, kids(1000), page+">>", many("5 0 R"), bomb),
		"many entries on many pages":     raw("", catalog, kids(1000), page+">>", many("null")),
		"many missing":                   raw("", catalog, kids(1000), page+">>", many("99 0 R")),
		"bombs":                          raw("", bombs...),
		"the same annotations each page": raw("", catalog, kids(1000), page+"/Annots 5 0 R >>", "<< >>", "["+strings.Repeat("6 0 R ", full(100_000))+"]", "<< /AP << /N 7 0 R >> >>"),
	} {
		t.Run(name, func(t *testing.T) {
			opts := signing.Options{Key: person(t, "Budi Contoh", p256())}
			budgettest.File.Keep(t, func() { signedOrRefused(t, in, opts) })
			budgettest.File.Keep(t, func() { preflight(t, in, opts) })
		})
	}
}
