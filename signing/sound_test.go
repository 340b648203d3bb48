package signing_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// tool finds an outside judge, which may be missing except in CI.
func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("SERTEL_CI") == "1" {
			t.Fatalf("%s is missing", name)
		}
		t.Skipf("%s is missing: no independent judge", name)
	}
	return path
}

// run gives a tool's output and exit code.
func run(t testing.TB, path string, args ...string) (string, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, args...).CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return string(out), exit.ExitCode()
	}
	require.NoError(t, err)
	return string(out), 0
}

// judge compares a signed file with what it was signed from: what "sound"
// means for this project. A tool that is missing judges nothing; the rest is
// held all the same.
type judge struct{ pdfsig, qpdf, pdfinfo, pdftotext, openssl string }

func newJudge(t testing.TB) *judge {
	t.Helper()
	look := func(name string) string {
		path, err := exec.LookPath(name)
		if err != nil && os.Getenv("SERTEL_CI") == "1" {
			t.Fatalf("%s is missing", name)
		}
		if err != nil {
			t.Logf("%s is missing and judges nothing here", name)
		}
		return path
	}
	return &judge{look("pdfsig"), look("qpdf"), look("pdfinfo"), look("pdftotext"), look("openssl")}
}

// asked gives the output of a tool, nothing when it is missing.
func asked(t testing.TB, path string, args ...string) (string, int) {
	t.Helper()
	if path == "" {
		return "", 0
	}
	return run(t, path, args...)
}

var infoLines = regexp.MustCompile(`(?m)^(Title|Subject|Keywords|Author|Creator|Producer|Pages):.*$`)

// faults lists what makes the output unsound, nothing when it is sound.
func (j *judge) faults(t testing.TB, in, out []byte, invisible bool) []string {
	t.Helper()
	return j.faultsOf(t, in, out, invisible, "")
}

// faultsOf is faults of a file that a password opens.
func (j *judge) faultsOf(t testing.TB, in, out []byte, invisible bool, password string) []string {
	t.Helper()
	dir := t.TempDir()
	before, after := filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out.pdf")
	require.NoError(t, os.WriteFile(before, in, 0o600))
	require.NoError(t, os.WriteFile(after, out, 0o600))
	var faults []string
	fault := func(bad bool, format string, args ...any) {
		if bad {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	fault(!bytes.HasPrefix(out, in), "original bytes changed")
	if j.pdfsig != "" {
		sigIn, _ := run(t, j.pdfsig, "-nocert", "-upw", password, before)
		sigOut, _ := run(t, j.pdfsig, "-nocert", "-upw", password, after)
		const valid = "Signature is Valid"
		was, is := strings.Count(sigIn, valid), strings.Count(sigOut, valid)
		fault(is != was+1, "pdfsig: %d valid before, %d after", was, is)
		last := sigOut[strings.LastIndex(sigOut, "Signature #")+1:]
		fault(!strings.Contains(last, "Total document signed"), "pdfsig: not the whole file")
	}
	_, codeIn := asked(t, j.qpdf, "--check", "--password="+password, before)
	textOut, codeOut := asked(t, j.qpdf, "--check", "--password="+password, after)
	fault(codeOut > codeIn, "qpdf: %d before, %d after: %.200s", codeIn, codeOut, textOut)

	infoIn, _ := asked(t, j.pdfinfo, "-upw", password, before)
	infoOut, _ := asked(t, j.pdfinfo, "-upw", password, after)
	fault(!slices.Equal(infoLines.FindAllString(infoIn, -1), infoLines.FindAllString(infoOut, -1)), "pdfinfo differs")
	if invisible {
		a, _ := asked(t, j.pdftotext, "-q", "-upw", password, before, "-")
		b, _ := asked(t, j.pdftotext, "-q", "-upw", password, after, "-")
		fault(a != b, "page text differs")
	}
	return append(faults, formLoss(t, in, out, password)...)
}

// formLoss lists form fields and AcroForm keys that are gone.
func formLoss(t testing.TB, in, out []byte, password string) []string {
	t.Helper()
	namesIn, keysIn := formOf(t, in, password)
	namesOut, keysOut := formOf(t, out, password)
	var lost []string
	for _, list := range [][2][]string{{namesIn, namesOut}, {keysIn, keysOut}} {
		for _, n := range list[0] {
			if !slices.Contains(list[1], n) {
				lost = append(lost, "form lost "+n)
			}
		}
	}
	return lost
}

func formOf(t testing.TB, b []byte, password string) (names, keys []string) {
	t.Helper()
	doc, err := pdf.Open(bytes.NewReader(b), int64(len(b)), pdf.Options{Password: []byte(password)})
	require.NoError(t, err)
	catalog, err := doc.Catalog()
	require.NoError(t, err)
	form, err := doc.Dict(catalog["AcroForm"])
	require.NoError(t, err)
	for k := range form {
		keys = append(keys, string(k))
	}
	var walk func(list pdf.Object, prefix string, depth int)
	walk = func(list pdf.Object, prefix string, depth int) {
		kids, err := doc.Array(list)
		if err != nil || depth > 20 {
			return
		}
		for _, k := range kids {
			d, err := doc.Dict(k)
			if err != nil {
				continue
			}
			name := prefix
			if s, err := doc.Resolve(d["T"]); err == nil {
				if s, ok := s.(pdf.String); ok {
					name += "." + pdf.Text(s)
					names = append(names, name)
				}
			}
			walk(d["Kids"], name, depth+1)
		}
	}
	walk(form["Fields"], "", 0)
	return names, keys
}

// sign signs bytes with the defaults of the tests.
func sign(t testing.TB, in []byte, opts signing.Options) ([]byte, signing.Receipt, error) {
	t.Helper()
	if opts.Now == nil {
		opts.Now = now
	}
	var out bytes.Buffer
	r, err := signing.Sign(context.Background(), &out, bytes.NewReader(in), int64(len(in)), opts)
	if err == nil {
		require.Equal(t, sha256.Sum256(in), r.InputSHA256)
		require.Equal(t, sha256.Sum256(out.Bytes()), r.OutputSHA256)
		require.EqualValues(t, len(in), r.InputSize)
		require.EqualValues(t, out.Len(), r.OutputSize)
	}
	return out.Bytes(), r, err
}

func mustSign(t testing.TB, in []byte, opts signing.Options) []byte {
	t.Helper()
	out, _, err := sign(t, in, opts)
	require.NoError(t, err)
	return out
}

func producer(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "producers", name))
	require.NoError(t, err)
	return b
}

func producers(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/producers/*.pdf")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

// TestProducersSignedThrice signs a file of each producer once, twice and
// three times, visibly and not, with different kinds of key.
func TestProducersSignedThrice(t *testing.T) {
	j := newJudge(t)
	steps := []signing.Options{
		{Key: person(t, "Sari Contoh", rsa2048()), Reason: "Paraf"},
		{Key: person(t, "Budi Contoh", p256()), Block: block(), Placement: corner, Reason: "Menyetujui"},
		{Key: person(t, "Tini Contoh", p384())},
	}
	for n, file := range producers(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			in, err := os.ReadFile(file)
			require.NoError(t, err)
			password := ""
			if strings.HasSuffix(file, "-password.pdf") {
				password = "rahasia"
			}
			for i, opts := range steps {
				opts.Password = passphrase.FromString(password)
				out := mustSign(t, in, opts)
				// The outside judges take their time; on every day they see a
				// sample, and the last signature of it.
				if os.Getenv("SERTEL_CI") == "1" || n%6 == 0 && i == len(steps)-1 {
					require.Empty(t, j.faultsOf(t, in, out, opts.Block == nil, password), "signature %d", i+1)
				}
				in = out
			}
			intactWith(t, in, len(steps), password)
		})
	}
}

// intact asks our own verifier: it calls intact what our signer signed.
func intact(t testing.TB, b []byte, signatures int) *verify.Report {
	t.Helper()
	return intactWith(t, b, signatures, "")
}

// intactWith is intact of a file that a password opens.
func intactWith(t testing.TB, b []byte, signatures int, password string) *verify.Report {
	t.Helper()
	report := verified(t, b, password)
	ours := 0
	for _, s := range report.Signatures {
		if s.SubFilter != "ETSI.CAdES.detached" {
			continue // a producer's own
		}
		ours++
		require.Equal(t, verify.Yes, s.Intact, "%s: %v", s.Field, s.Findings)
		require.Equal(t, verify.Yes, s.Valid, "%s: %v", s.Field, s.Findings)
		require.Equal(t, verify.Yes, s.Trusted, "%s: %v", s.Field, s.Findings)
		require.Contains(t, []verify.Modification{verify.ModificationNone, verify.ModificationPermitted}, s.Later, "%s: %v", s.Field, s.Findings)
	}
	require.Equal(t, signatures, ours)
	if ours == len(report.Signatures) {
		require.Equal(t, verify.TotalPassed, report.Conclusion.Indication, report.Summary(verify.English))
	}
	return report
}

func verified(t testing.TB, b []byte, password string) *verify.Report {
	t.Helper()
	report, err := verify.Verify(context.Background(), bytes.NewReader(b), int64(len(b)), verify.Options{
		Roots: verify.Trust(newAuthority().root), InsecureSkipRevocation: true, Now: now, Password: passphrase.FromString(password)})
	require.NoError(t, err)
	return report
}
