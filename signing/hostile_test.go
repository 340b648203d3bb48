package signing_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/budgettest"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// signedOrRefused holds the promise of the signer for any input: a typed
// refusal, or a signature that our verifier calls intact and valid.
func signedOrRefused(t testing.TB, in []byte, opts signing.Options) {
	t.Helper()
	out, _, err := sign(t, in, opts)
	if err != nil {
		require.True(t, isRefusal(err), "%v is not a typed refusal", err)
		return
	}
	report, err := verify.Verify(context.Background(), bytes.NewReader(out), int64(len(out)), verify.Options{
		Roots: verify.Trust(newAuthority().root), InsecureSkipRevocation: true, Now: now})
	require.NoError(t, err)
	for _, s := range report.Signatures {
		if s.Signer != nil && s.Signer.Certificate.Equal(opts.Key.Certificate) && s.Coverage == verify.CoverageDocument {
			require.Equal(t, verify.Yes, s.Intact, "%v", s.Findings)
			require.Equal(t, verify.Yes, s.Valid, "%v", s.Findings)
			return
		}
	}
	t.Fatalf("our verifier does not find the signature: %v", report.Err())
}

// full is how often hostile input repeats itself: outside CI a tenth.
func full(n int) int {
	if os.Getenv("SERTEL_CI") == "1" {
		return n
	}
	return n / 10
}

func TestTruncated(t *testing.T) {
	step := 4099
	if os.Getenv("SERTEL_CI") == "1" {
		step = 1024
	}
	opts := signing.Options{Key: person(t, "Budi Contoh", p256())}
	for _, file := range []string{"libreoffice.pdf", "pdftex.pdf", "qpdf-linearised-objstm-form.pdf"} {
		in := mustSign(t, producer(t, file), opts)
		for n := 0; n < len(in); n += step {
			signedOrRefused(t, in[:n], opts)
		}
	}
}

func TestHostileStructure(t *testing.T) {
	page := "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>"
	pages := "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
	catalog := func(form string) string { return "<< /Type /Catalog /Pages 2 0 R /AcroForm " + form + " >>" }
	deep := strings.Repeat("<< /T (a) /Kids [", 3000) + strings.Repeat("] >>", 3000)
	opts := signing.Options{Key: person(t, "Budi Contoh", p256())}
	for name, in := range map[string][]byte{
		"a field that is its own kid":         raw("", catalog("<< /Fields [4 0 R] >>"), pages, page, "<< /T (a) /FT /Sig /Kids [4 0 R] >>"),
		"two fields that are each other's":    raw("", catalog("<< /Fields [4 0 R] >>"), pages, page, "<< /T (a) /Kids [5 0 R] >>", "<< /T (b) /Kids [4 0 R] >>"),
		"fields nested without end":           raw("", catalog("<< /Fields ["+deep+"] >>"), pages, page),
		"one field a hundred thousand times":  raw("", catalog("<< /Fields ["+strings.Repeat("4 0 R ", 100_000)+"] >>"), pages, page, "<< /T (a) /FT /Tx >>"),
		"a million kids":                      raw("", catalog("<< /Fields [4 0 R] >>"), pages, page, "<< /Kids ["+strings.Repeat("null ", 1_000_000)+"] >>"),
		"pages in a circle":                   raw("", catalog("null"), "<< /Type /Pages /Kids [2 0 R] /Count 1 >>", page),
		"a page that is not an object":        raw("", catalog("null"), "<< /Type /Pages /Kids ["+page+"] /Count 1 >>", page),
		"a form that is a number":             raw("", catalog("7"), pages, page),
		"fields that are a name":              raw("", catalog("<< /Fields /Ya >>"), pages, page),
		"annotations that are a string":       raw("", catalog("null"), pages, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots (x) >>"),
		"a signature field without rectangle": raw("", catalog("<< /Fields [4 0 R] >>"), pages, page, "<< /T (a) /FT /Sig /Subtype /Widget /P 3 0 R >>"),
		"a name of a megabyte":                raw("", catalog("<< /Fields [4 0 R] >>"), pages, page, "<< /T ("+strings.Repeat("a", 1<<20)+") /FT /Tx >>"),
		"pages without end":                   raw("", catalog("null"), "<< /Type /Pages /Kids ["+strings.Repeat("3 0 R ", full(300_000))+"] /Count 1 >>", page),
		"annotations without end": raw("", catalog("null"), pages,
			"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots ["+strings.Repeat("4 0 R ", full(1_000_000))+"] >>", "<< /Subtype /Widget >>"),
		"the same annotations on every page": raw("", catalog("null"), "<< /Type /Pages /Kids ["+strings.Repeat("3 0 R ", 1000)+"] /Count 1 >>",
			"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots 4 0 R >>", "["+strings.Repeat("5 0 R ", 1000)+"]", "<< /Subtype /Widget /Parent 5 0 R >>"),
		"widgets below a parent each": raw("", catalog("null"), pages, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Annots ["+
			strings.Repeat("<< /Subtype /Widget /Parent 4 0 R >> ", full(20_000))+"] >>", "<< /T (a) /Parent 5 0 R >>", "<< /T (b) /Parent 4 0 R >>"),
	} {
		t.Run(name, func(t *testing.T) {
			budgettest.File.Keep(t, func() { signedOrRefused(t, in, opts) })
			opts := opts
			opts.Field = "a"
			budgettest.File.Keep(t, func() { signedOrRefused(t, in, opts) })
			opts.Field, opts.Block, opts.Placement = "", block(), signing.Placement{Anchor: "^", Width: 200, Height: 80}
			budgettest.File.Keep(t, func() {
				_, _, err := sign(t, in, opts)
				require.Error(t, err, "there is no tag")
			})
		})
	}
}

// TestHostileStore raises a signature to B-LT in a document whose security
// store is made to keep the signer busy.
func TestHostileStore(t *testing.T) {
	s := newService(t)
	bt := mustSign(t, producer(t, "libreoffice.pdf"), signing.Options{Key: s.person(t, false), Timestamper: s.timestamper(t)})
	var bomb bytes.Buffer
	z := zlib.NewWriter(&bomb)
	_, err := z.Write(make([]byte, 30<<20))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	for _, tt := range []struct {
		name           string
		pieces, repeat int
	}{
		{"one bomb named a hundred thousand times", 1, 100_000},
		{"two hundred bombs", 200, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := withCatalog(t, bt, func(u *pdf.Update, c pdf.Dict) {
				var list pdf.Array
				for range tt.pieces {
					ref := u.Add(pdf.NewStream(pdf.Dict{"Filter": pdf.Name("FlateDecode")}, bytes.Clone(bomb.Bytes())))
					for range tt.repeat {
						list = append(list, ref)
					}
				}
				c["DSS"] = pdf.Dict{"Certs": list, "OCSPs": list, "CRLs": list}
			})
			budgettest.File.Keep(t, func() {
				_, err := signing.Extend(context.Background(), io.Discard, bytes.NewReader(in), int64(len(in)),
					signing.ExtendOptions{Evidence: s.evidence(t), Now: now})
				require.NoError(t, err)
			})
		})
	}
}

// FuzzSign holds the same promise for whatever the fuzzer finds.
func FuzzSign(f *testing.F) {
	for _, name := range []string{"hybrid.pdf", "reportlab-form.pdf", "qpdf-objstm.pdf", "encrypted-rc4-40.pdf"} {
		f.Add(producer(f, name))
	}
	opts := signing.Options{Key: person(f, "Budi Contoh", p256())}
	f.Add(blank("/MediaBox [0 0 595 842]"))
	f.Add(mustSign(f, blank("/MediaBox [0 0 595 842]"), opts))
	f.Fuzz(func(t *testing.T, in []byte) { signedOrRefused(t, in, opts) })
}
