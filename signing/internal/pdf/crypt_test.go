package pdf_test

import (
	"embed"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

//go:embed testdata/encrypted/*.pdf
var encryptedFiles embed.FS

// encrypted returns the files that qpdf encrypted, by name. The user password
// is "baca" unless the name says otherwise, the owner's "pemilik".
func encrypted(t testing.TB) map[string][]byte {
	t.Helper()
	list, err := encryptedFiles.ReadDir("testdata/encrypted")
	require.NoError(t, err)
	require.NotEmpty(t, list)
	files := map[string][]byte{}
	for _, f := range list {
		data, err := encryptedFiles.ReadFile("testdata/encrypted/" + f.Name())
		require.NoError(t, err)
		files[strings.TrimSuffix(f.Name(), ".pdf")] = data
	}
	return files
}

func userPassword(name string) string {
	switch {
	case strings.Contains(name, "empty-user"):
		return ""
	case strings.Contains(name, "latin1"):
		return "kata sändi"
	}
	return "baca"
}

func TestDecryption(t *testing.T) {
	for name, data := range encrypted(t) {
		t.Run(name, func(t *testing.T) {
			for _, password := range []string{userPassword(name), "pemilik"} {
				d, err := open(data, pdf.Options{Password: []byte(password), Strict: true})
				require.NoError(t, err)
				e, ok := d.Encryption()
				require.True(t, ok)
				assert.Equal(t, password == "pemilik", e.Owner)
				assert.Equal(t, strings.Contains(name, "plain-metadata"), !e.Metadata)
				checkPlain(t, d)
			}
			if userPassword(name) != "" {
				_, err := open(data, pdf.Options{})
				require.ErrorIs(t, err, pdf.ErrPassword)
			}
			_, err := open(data, pdf.Options{Password: []byte("salah")})
			if userPassword(name) != "" {
				require.ErrorIs(t, err, pdf.ErrPassword)
				assert.NotContains(t, err.Error(), "salah")
			}
		})
	}
}

// checkPlain reads what was encrypted: a string, a page's content, metadata.
func checkPlain(t *testing.T, d *pdf.Document) {
	t.Helper()
	info, err := d.Dict(d.Trailer()["Info"])
	require.NoError(t, err)
	assert.Equal(t, "Surat Contoh", pdf.Text(info["Title"].(pdf.String)))
	page, err := d.Page(0)
	require.NoError(t, err)
	assert.Equal(t, "q 1 0 0 1 0 0 cm Q %x", strings.TrimSpace(streamText(t, d, page.Dict["Contents"])))
	catalog, err := d.Catalog()
	require.NoError(t, err)
	assert.Equal(t, "<x></x>", streamText(t, d, catalog["Metadata"]))
}

func streamText(t *testing.T, d *pdf.Document, o pdf.Object) string {
	t.Helper()
	s, err := d.Resolve(o)
	require.NoError(t, err)
	require.IsType(t, &pdf.Stream{}, s)
	b, err := d.StreamData(s.(*pdf.Stream), 1<<20)
	require.NoError(t, err)
	return string(b)
}

// TestEncryptedUpdate adds strings, a stream and a signature's dictionary to
// encrypted files: all is encrypted but Contents, and can be read again here
// and by qpdf.
func TestEncryptedUpdate(t *testing.T) {
	for name, data := range encrypted(t) {
		t.Run(name, func(t *testing.T) {
			opts := pdf.Options{Password: []byte(userPassword(name))}
			d, err := open(data, opts)
			require.NoError(t, err)
			u := d.NewUpdate()
			contents := pdf.NewPlaceholder([]byte("<0102>"))
			signature := u.Add(pdf.Dict{
				"Type": pdf.Name("Sig"), "ByteRange": pdf.NewPlaceholder([]byte("[0 1 2 3]")),
				"Contents": contents, "Reason": pdf.TextString("rahasia"),
			})
			stream := u.Add(pdf.NewFlateStream(nil, []byte("rahasia lagi")))
			page, err := d.Page(0)
			require.NoError(t, err)
			content, err := d.Resolve(page.Dict["Contents"])
			require.NoError(t, err)
			u.Set(page.Dict["Contents"].(pdf.Ref), content) // taken over, encrypted anew
			info, err := d.Dict(d.Trailer()["Info"])
			require.NoError(t, err)
			u.Set(d.Trailer()["Info"].(pdf.Ref), info)
			built, err := u.Build()
			require.NoError(t, err)
			assert.NotContains(t, string(built.Bytes), "rahasia")
			assert.Contains(t, string(built.Bytes), "/Contents <0102>")

			out := append(data[:len(data):len(data)], built.Bytes...)
			again, err := open(out, opts)
			require.NoError(t, err)
			checkPlain(t, again)
			sig, err := again.Dict(signature)
			require.NoError(t, err)
			assert.Equal(t, "\x01\x02", string(sig["Contents"].(pdf.String).Bytes))
			assert.Equal(t, "rahasia", pdf.Text(sig["Reason"].(pdf.String)))
			assert.Equal(t, "rahasia lagi", streamText(t, again, stream))
			span, err := again.ValueSpan(signature, "Contents")
			require.NoError(t, err)
			assert.Equal(t, built.Span(contents), span)
			raw, err := again.GetRaw(signature)
			require.NoError(t, err)
			assert.NotEqual(t, "rahasia", string(raw.(pdf.Dict)["Reason"].(pdf.String).Bytes))

			requireTool(t, "qpdf")
			path := filepath.Join(t.TempDir(), "out.pdf")
			require.NoError(t, os.WriteFile(path, out, 0o600))
			text, err := exec.Command("qpdf", "--password=pemilik", "--check", path).CombinedOutput()
			require.NoError(t, err, string(text))
			text, err = exec.Command("qpdf", "--password=pemilik", "--filtered-stream-data", "--show-object="+strings.TrimSuffix(stream.String(), " 0 R"), path).Output()
			require.NoError(t, err)
			assert.Equal(t, "rahasia lagi", string(text))
		})
	}
}

func TestEncryptionRefused(t *testing.T) {
	file := func(dict, extra string) []byte {
		m := newMaker().pages().obj(4, dict)
		m.table("/Size 5 /Root 1 0 R /Encrypt 4 0 R " + extra)
		return m.Bytes()
	}
	key := "/O <" + strings.Repeat("00", 48) + "> /U <" + strings.Repeat("00", 48) + ">"
	tests := []struct {
		name, dict string
		want       error
	}{
		{"public-key handler", "<< /Filter /Adobe.PubSec /SubFilter /adbe.pkcs7.s5 /V 4 >>", pdf.ErrEncryption},
		{"handler of someone else", "<< /Filter /Contoh >>", pdf.ErrEncryption},
		{"unpublished version 3", "<< /Filter /Standard /V 3 /R 3 " + key + " >>", pdf.ErrEncryption},
		{"revision of the future", "<< /Filter /Standard /V 6 /R 7 " + key + " >>", pdf.ErrEncryption},
		{"unknown method", "<< /Filter /Standard /V 4 /R 4 /CF << /StdCF << /CFM /XYZ >> >> /StmF /StdCF " + key + " >>", pdf.ErrEncryption},
		{"keys missing", "<< /Filter /Standard /V 2 /R 3 /Length 128 >>", pdf.ErrMalformed},
		{"keys short", "<< /Filter /Standard /V 2 /R 3 /Length 128 /O <00> /U <00> >>", pdf.ErrMalformed},
		{"key length of no use", "<< /Filter /Standard /V 2 /R 3 /Length 7 " + key + " >>", pdf.ErrMalformed},
		{"crypt filter not defined", "<< /Filter /Standard /V 4 /R 4 /StmF /Lost " + key + " >>", pdf.ErrMalformed},
		{"keys that no password fits", "<< /Filter /Standard /V 2 /R 3 /Length 128 " + key + " >>", pdf.ErrPassword},
		{"revision 6, keys that no password fits", "<< /Filter /Standard /V 5 /R 6 /OE <" + strings.Repeat("00", 32) + "> /UE <" + strings.Repeat("00", 32) + "> " + key + " >>", pdf.ErrPassword},
		{"dictionary that is none", "(x)", pdf.ErrMalformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := open(file(test.dict, "/ID [<01> <02>]"), pdf.Options{})
			require.ErrorIs(t, err, test.want)
		})
	}
	t.Run("an update that drops Encrypt", func(t *testing.T) {
		data := encrypted(t)["r6-aes-256-empty-user"]
		d := mustOpen(t, data)
		m := &maker{at: map[int]int{}}
		m.Write(data)
		m.table("/Size 9 /Root 1 0 R /Prev " + strings.Fields(string(data[d.Revisions()[0].StartXRef:]))[1])
		_, err := open(m.Bytes(), pdf.Options{Strict: true})
		require.ErrorIs(t, err, pdf.ErrMalformed)
	})
}
