package mockbsre_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
)

// largeLetter is a letter with a scan of so many bytes in it.
func largeLetter(size int) []byte {
	scan := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(scan)
	var b, table bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	for i, object := range []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", size, scan),
	} {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 5\n0000000000 65535 f \n%strailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", table.Bytes(), start)
	return b.Bytes()
}

// counted takes an answer and keeps nothing but its length and beginning.
type counted struct {
	header http.Header
	status int
	size   int
	begin  []byte
}

func (c *counted) Header() http.Header { return c.header }
func (c *counted) WriteHeader(s int)   { c.status = s }
func (c *counted) Write(p []byte) (int, error) {
	c.size += len(p)
	c.begin = append(c.begin, p[:min(len(p), 64-len(c.begin))]...)
	return len(p), nil
}

// written reads what f writes without holding it.
func written(f func(io.Writer) error) io.Reader {
	r, w := io.Pipe()
	go func() { _ = w.CloseWithError(f(w)) }()
	return r
}

// bodyV2 is a request of version 2 around a document.
func (b *box) bodyV2(more string, document []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		if _, err := fmt.Fprintf(w, `{"nik":%q,"passphrase":%q,%s"file":`, b.person.NIK, typed, more); err != nil {
			return err
		}
		opening, closing := `["`, `"]}`
		if more == "" {
			opening, closing = `"`, `"}`
		}
		if _, err := io.WriteString(w, opening); err != nil {
			return err
		}
		e := base64.NewEncoder(base64.StdEncoding, w)
		if _, err := e.Write(document); err != nil {
			return err
		}
		if err := e.Close(); err != nil {
			return err
		}
		_, err := io.WriteString(w, closing)
		return err
	}
}

// formV1 is a form of version 1 around a document.
func (b *box) formV1(field string, document []byte, texts ...string) func(io.Writer) error {
	return func(w io.Writer) error {
		form := multipart.NewWriter(w)
		if err := form.SetBoundary("batas-tiruan"); err != nil {
			return err
		}
		f, err := form.CreateFormFile(field, "surat.pdf")
		if err != nil {
			return err
		}
		if _, err := f.Write(document); err != nil {
			return err
		}
		for i := 0; i < len(texts); i += 2 {
			if err := form.WriteField(texts[i], texts[i+1]); err != nil {
				return err
			}
		}
		return form.Close()
	}
}

// TestLargeLetterIsInMemoryOnce counts everything that is allocated for a
// request, which bounds what is held at any moment: the letter once, and twice
// where its length was not told.
func TestLargeLetterIsInMemoryOnce(t *testing.T) {
	const size = 20 << 20
	b := newBox(t, mockbsre.EsignConfig{})
	in := largeLetter(size)
	invisible := `"signatureProperties":[{"tampilan":"INVISIBLE"}],`
	text := []string{"nik", b.person.NIK, "passphrase", typed, "tampilan", "invisible"}
	// What is made at the first signature is not of the letter.
	require.Equal(t, 200, b.post("/api/v2/sign/pdf", b.invisible(letter(t))).status)
	for _, tt := range []struct {
		name, path, kind string
		body             func(io.Writer) error
		answer           string
	}{
		{"version 2", "/api/v2/sign/pdf", "application/json", b.bodyV2(invisible, in), `{"time":`},
		{"version 1", "/api/sign/pdf", "multipart/form-data; boundary=batas-tiruan", b.formV1("file", in, text...), "%PDF-1.7"},
		{"version 1 in JSON", "/api/sign/pdf", "multipart/form-data; boundary=batas-tiruan",
			b.formV1("file", in, append(text, "jenis_response", "BASE64")...), `{"id_dokumen":"`},
		{"verification 2", "/api/v2/verify/pdf", "application/json", b.bodyV2("", in), `{"conclusion":"NO_SIGNATURE"`},
		{"verification 1", "/api/sign/verify", "multipart/form-data; boundary=batas-tiruan", b.formV1("signed_file", in), `{"nama_dokumen"`},
	} {
		var length counted
		require.NoError(t, tt.body(&length))
		for name, c := range map[string]struct {
			length int64
			most   int // of MiB
		}{
			"with its length": {int64(length.size), 40}, "in chunks": {-1, 80},
		} {
			t.Run(tt.name+" "+name, func(t *testing.T) {
				r := httptest.NewRequestWithContext(t.Context(), "POST", tt.path, written(tt.body))
				r.ContentLength = c.length
				r.SetBasicAuth(mockbsre.DefaultUsername, mockbsre.DefaultPassword)
				r.Header.Set("Content-Type", tt.kind)
				w := &counted{header: http.Header{}}
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				b.Handler().ServeHTTP(w, r)
				runtime.ReadMemStats(&after)
				require.Equal(t, 200, w.status, "%s", w.begin)
				assert.Contains(t, string(w.begin), tt.answer)
				all := float64(after.TotalAlloc-before.TotalAlloc) / (1 << 20)
				t.Logf("%d MiB letter: %.1f MiB allocated in all", len(in)>>20, all)
				assert.Less(t, all, float64(c.most))
			})
		}
	}
}

// TestClaimedLengthCostsNothing tells of a large body and sends a small one.
func TestClaimedLengthCostsNothing(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	for path, c := range map[string]struct{ kind, body string }{
		"/api/v2/verify/pdf": {"application/json", `{"file":"JVBERi0`},
		"/api/sign/verify":   {"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"signed_file\"\r\n\r\n%PDF"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "POST", path, bytes.NewReader([]byte(c.body)))
		r.ContentLength = 60 << 20
		r.SetBasicAuth(mockbsre.DefaultUsername, mockbsre.DefaultPassword)
		r.Header.Set("Content-Type", c.kind)
		w := &counted{header: http.Header{}}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		b.Handler().ServeHTTP(w, r)
		runtime.ReadMemStats(&after)
		assert.Equal(t, 400, w.status)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(2<<20), path)
	}
}

// TestFilesAsClientsWriteThem sends base64 in every form that JSON and lax
// encoders allow, and what is none.
func TestFilesAsClientsWriteThem(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	signed := b.signed()
	plain := base64.StdEncoding.EncodeToString(signed)
	lines := func(eol string) string {
		var s string
		for i := 0; i < len(plain); i += 76 {
			s += plain[i:min(i+76, len(plain))] + eol
		}
		return s
	}
	quoted := func(s string) string { j, _ := json.Marshal(s); return string(j) }
	for name, tt := range map[string]struct {
		body string
		want int
	}{
		"plain":                                   {`{"file":` + quoted(plain) + `}`, 200},
		"slashes escaped, as PHP does":            {`{"file":"` + string(bytes.ReplaceAll([]byte(plain), []byte("/"), []byte(`\/`))) + `"}`, 200},
		"every character as a code point":         {`{"file":"` + codePoints(plain) + `"}`, 200},
		"in lines of MIME":                        {`{"file":` + quoted(lines("\r\n")) + `}`, 200},
		"in lines":                                {`{"file":` + quoted(lines("\n")) + `}`, 200},
		"without padding":                         {`{"file":` + quoted(string(bytes.TrimRight([]byte(plain), "="))) + `}`, 200},
		"a key in capitals":                       {`{"FILE":` + quoted(plain) + `}`, 200},
		"a key with an escape":                    {`{"fi\u006ce":` + quoted(plain) + `}`, 200},
		"given twice, the last counts":            {`{"file":"aGFsbw==","file":` + quoted(plain) + `}`, 200},
		"with spaces":                             {`{"file":` + quoted(plain[:8]+" "+plain[8:]) + `}`, 500},
		"padding in the middle":                   {`{"file":` + quoted("JVBERi0="+plain) + `}`, 500},
		"a single character too many":             {`{"file":"JVBERi0uA"}`, 500},
		"base64 for addresses":                    {`{"file":"-_-_"}`, 500},
		"a number that could be one of the files": {`{"file":1}`, 500},
		"null":                             {`{"file":null}`, 500},
		"a list":                           {`{"file":[` + quoted(plain) + `]}`, 500},
		"an object":                        {`{"file":{"file":` + quoted(plain) + `}}`, 500},
		"a line break that is not escaped": {"{\"file\":\"" + plain[:8] + "\n" + plain[8:] + `"}`, 400},
		"an escape that is none":           {`{"file":"JVBE\x52"}`, 400},
		"cut off":                          {`{"file":"` + plain[:100], 400},
		"cut off in an escape":             {`{"file":"JVBE\u00`, 400},
		"not JSON behind it":               {`{"file":` + quoted(plain) + `}}`, 400},
		"a text without end":               {`{"password":"` + string(bytes.Repeat([]byte("x"), 100<<10)) + `","file":""}`, 413},
		"too much that is no file":         {`{"x":[` + string(bytes.Repeat([]byte(`"`+string(bytes.Repeat([]byte("x"), 60<<10))+`",`), 20)) + `1],"file":""}`, 413},
	} {
		t.Run(name, func(t *testing.T) {
			answer := b.post("/api/v2/verify/pdf", tt.body)
			require.Equal(t, tt.want, answer.status, "%s", answer.body)
			if tt.want == 200 {
				assert.Equal(t, "VALID", answer.json()["conclusion"])
			}
		})
	}
}

func codePoints(s string) string {
	var b bytes.Buffer
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, `\u%04x`, c)
	}
	return b.String()
}
