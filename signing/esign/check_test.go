package esign_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// answerV2 answers documents whatever was asked.
func answerV2(docs ...[]byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, `{"time": 5, "file": [`)
		for i, d := range docs {
			if i > 0 {
				_, _ = io.WriteString(w, ",")
			}
			fmt.Fprintf(w, "%q", base64.StdEncoding.EncodeToString(d))
		}
		_, _ = io.WriteString(w, `]}`)
	}
}

// edited appends an update to a document.
func edited(t testing.TB, in []byte, change func(doc *pdf.Document, u *pdf.Update)) []byte {
	t.Helper()
	doc, err := pdf.Open(bytes.NewReader(in), int64(len(in)), pdf.Options{})
	require.NoError(t, err)
	u := doc.NewUpdate()
	change(doc, u)
	built, err := u.Build()
	require.NoError(t, err)
	return append(bytes.Clone(in), built.Bytes...)
}

// movedPage changes the first page's box, which no signature vouches for.
func movedPage(t testing.TB, in []byte) []byte {
	return edited(t, in, func(doc *pdf.Document, u *pdf.Update) {
		page, err := doc.Page(0)
		require.NoError(t, err)
		page.Dict["MediaBox"] = pdf.Array{pdf.Integer(0), pdf.Integer(0), pdf.Integer(200), pdf.Integer(200)}
		u.Set(page.Ref, page.Dict)
	})
}

// otherContent replaces what the first page shows.
func otherContent(t testing.TB, in []byte) []byte {
	return edited(t, in, func(doc *pdf.Document, u *pdf.Update) {
		page, err := doc.Page(0)
		require.NoError(t, err)
		u.Set(page.Dict["Contents"].(pdf.Ref), pdf.NewStream(pdf.Dict{}, []byte("0 0 100 100 re f")))
	})
}

// What producers write is signed without a doubt: the check of what a box
// changed knows all lawful shapes.
func TestNoDoubtForRealProducers(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "testdata", "producers", "*.pdf"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	b := newBox(t)
	c, signed := b.client(nil), 0
	for _, f := range files {
		in := must(os.ReadFile(f))
		out, r, err := sign(c, in, esign.Request{})
		if err != nil {
			assert.Equal(t, esign.OutcomeRefused, asEsign(t, err).Outcome, "%s: %v", f, err)
			continue
		}
		signed++
		assert.True(t, bytes.HasPrefix(out, in), f)
		for _, d := range r.Doubts {
			assert.Equal(t, "poppler-signed.pdf", filepath.Base(f), "%s: %s", f, d)
		}
	}
	t.Logf("%d of %d files signed", signed, len(files))
	assert.GreaterOrEqual(t, signed, len(files)-3)
}

func TestAnswersThatAreNotAccepted(t *testing.T) {
	in, other := letter(t, "libreoffice"), letter(t, "cairo")
	b := newBox(t)
	signed := must(b.sign(in, signing.Options{}))
	spoilt := bytes.Clone(signed)
	spoilt[bytes.Index(spoilt[len(in):], []byte("/ByteRange"))+len(in)+1] = 'X'
	for _, tc := range []struct {
		name   string
		in     []byte
		answer []byte
		id     esign.Identity
		want   esign.Code
	}{
		{"the unsigned file as if it were signed", in, in, budi(), esign.CodeNotSigned},
		{"another document, signed", in, must(b.sign(other, signing.Options{})), budi(), esign.CodeOtherDocument},
		{"a file written anew", in, append([]byte("%PDF-1.7\n"), signed...), budi(), esign.CodeOtherDocument},
		{"an update without signature", in, movedPage(t, in), budi(), esign.CodeNotSigned},
		{"a broken signature", in, spoilt, budi(), esign.CodeNotSigned},
		{"garbage after the document", in, append(bytes.Clone(in), "tanda tangan"...), budi(), esign.CodeNotSigned},
		{"only the earlier signature", signed, signed, budi(), esign.CodeNotSigned},
		{"bytes after the earlier signature", signed, append(bytes.Clone(signed), "\n%\n"...), budi(), esign.CodeEarlierSignature},
		{"an earlier signature spoilt", signed, must(b.sign(movedPage(t, signed), signing.Options{})), budi(), esign.CodeEarlierSignature},
		{"another certificate than the one pinned", in, signed, esign.Identity{NIK: budi().NIK, Certificate: [32]byte{1}}, esign.CodeOtherSigner},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b.on("/api/v2/sign/pdf", answerV2(tc.answer))
			dir := t.TempDir()
			quarantine, err := esign.NewQuarantineDir(dir)
			require.NoError(t, err)
			for _, q := range []esign.Quarantine{quarantine, nil} {
				c := b.client(func(cfg *esign.Config) { cfg.Quarantine = q })
				var out bytes.Buffer
				_, err := c.Signer(tc.id).Sign(context.Background(), &out, bytes.NewReader(tc.in), int64(len(tc.in)), esign.Request{Request: withPassphrase(right)})
				e := asEsign(t, err)
				assert.Equal(t, tc.want, e.Code)
				assert.Equal(t, esign.OutcomeUnknown, e.Outcome)
				assert.Zero(t, out.Len(), "nothing is handed on")
				assert.Equal(t, q != nil, e.Quarantined)
				end := map[bool][2]string{
					true:  {"Berkas yang diterima disimpan di karantina.", "The file that came is kept in quarantine."},
					false: {"Berkas yang diterima tidak disimpan.", "The file that came was not kept."},
				}[q != nil]
				assert.True(t, strings.HasSuffix(e.Text(passphrase.Indonesian), end[0]), e.Text(passphrase.Indonesian))
				assert.True(t, strings.HasSuffix(e.Text(passphrase.English), end[1]), e.Text(passphrase.English))
				if q != nil {
					kept, err := os.ReadFile(filepath.Join(dir, e.AttemptID+".pdf"))
					require.NoError(t, err)
					assert.True(t, bytes.Equal(tc.answer, kept), "every byte that came is kept")
				}
			}
		})
	}
}

func TestSignerByTheStrongestEvidence(t *testing.T) {
	in := letter(t, "libreoffice")
	b := newBox(t)
	pinned := budi()
	pinned.Certificate = sha256.Sum256(b.key.Certificate.Raw)
	var out bytes.Buffer
	r, err := b.client(nil).Signer(pinned).Sign(context.Background(), &out, bytes.NewReader(in), int64(len(in)), esign.Request{Request: withPassphrase(right)})
	require.NoError(t, err)
	assert.True(t, r.SignerConfirmed)
	assert.Zero(t, b.count("/api/v2/user/certificate/chain/"+nikText), "not asked when pinned")

	chain := func(certs ...[]byte) string {
		s := `{"success":true,"data":[`
		for i, c := range certs {
			if i > 0 {
				s += ","
			}
			s += fmt.Sprintf("%q", base64.StdEncoding.EncodeToString(c))
		}
		return s + `]}`
	}
	p := testPKI()
	b.says("/api/v2/user/certificate/chain/"+nikText, 200, chain(b.key.Certificate.Raw, p.ca.Raw, p.root.Raw))
	_, r, err = sign(b.client(nil), in, esign.Request{})
	require.NoError(t, err)
	assert.True(t, r.SignerConfirmed, "the leaf of the chain call")

	b.says("/api/v2/user/certificate/chain/"+nikText, 200, chain(p.person("Lain Rekaan").Certificate.Raw, p.ca.Raw, p.root.Raw))
	_, _, err = sign(b.client(nil), in, esign.Request{})
	assert.ErrorIs(t, err, esign.CodeOtherSigner)

	_, r, err = sign(b.client(func(cfg *esign.Config) { cfg.SkipChain = true }), in, esign.Request{})
	require.NoError(t, err)
	assert.False(t, r.SignerConfirmed)
}

func TestDoubts(t *testing.T) {
	in := letter(t, "libreoffice")
	b := newBox(t)
	signed := must(b.sign(in, signing.Options{}))
	placed := func(x float64) []byte {
		return must(b.sign(in, signing.Options{Block: blockOf(true),
			Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: x, Y: 120, Width: 180, Height: 60}}}))
	}
	for _, tc := range []struct {
		name   string
		answer []byte
		req    esign.Request
		change func(*esign.Config)
		want   []esign.Doubt
	}{
		{"two new signatures", must(b.sign(signed, signing.Options{})), esign.Request{}, nil, []esign.Doubt{esign.DoubtSeveral}},
		{"another content signed", must(b.sign(otherContent(t, in), signing.Options{})), esign.Request{}, nil, []esign.Doubt{esign.DoubtChanges}},
		{"another page box signed", must(b.sign(movedPage(t, in), signing.Options{})), esign.Request{}, nil, []esign.Doubt{esign.DoubtChanges}},
		{"changes after the signature", movedPage(t, signed), esign.Request{}, nil, []esign.Doubt{esign.DoubtChanges}},
		{"the box rounds", placed(300), visible(), nil, nil},
		{"elsewhere on the page", placed(200), visible(), nil, []esign.Doubt{esign.DoubtPlace}},
		{"shown though not asked for", placed(300), esign.Request{}, nil, []esign.Doubt{esign.DoubtPlace}},
		{"invisible though asked for", signed, visible(), nil, []esign.Doubt{esign.DoubtPlace}},
		{"no chain to a root", signed, esign.Request{}, func(cfg *esign.Config) {
			other := testPKI().template("Root Lain (UJI)")
			other.IsCA, other.BasicConstraintsValid = true, true
			key := newKey()
			cfg.Roots = testPKI().roots()
			cfg.Roots[0].Certificate = issue(other, other, key.Public(), key)
		}, []esign.Doubt{esign.DoubtUntrusted}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b.on("/api/v2/sign/pdf", answerV2(tc.answer))
			out, r, err := sign(b.client(tc.change), in, tc.req)
			require.NoError(t, err)
			assert.Equal(t, tc.want, r.Doubts)
			assert.Equal(t, tc.answer, out)
			assert.Equal(t, esign.OutcomeSigned, r.Outcome)
			for _, d := range r.Doubts {
				assert.NotEqual(t, string(d), d.Text("id"))
				assert.NotEqual(t, d.Text("id"), d.Text("en"))
			}
		})
	}
}

func TestEncryptedDocument(t *testing.T) {
	in := letter(t, "encrypted-aes256-password")
	b := newBox(t)
	_, _, err := sign(b.client(nil), in, esign.Request{})
	assert.ErrorIs(t, err, signing.ErrDocumentPassword)
	assert.ErrorIs(t, err, esign.CodeDocument)
	assert.Empty(t, b.requests())

	password := passphrase.FromString("rahasia")
	b.on("/api/v2/sign/pdf", answerV2(must(b.sign(in, signing.Options{Password: password}))))
	out, r, err := sign(b.client(nil), in, esign.Request{Request: signing.Request{DocumentPassword: password}})
	require.NoError(t, err)
	assert.True(t, bytes.HasPrefix(out, in))
	assert.Equal(t, []esign.Doubt{esign.DoubtUnchecked}, r.Doubts)
	assert.Equal(t, signing.LevelUnknown, r.Level)

	b.on("/api/v2/sign/pdf", answerV2(in))
	_, _, err = sign(b.client(nil), in, esign.Request{Request: signing.Request{DocumentPassword: password}})
	assert.ErrorIs(t, err, esign.CodeNotSigned, "the unsigned file is not taken for signed")
}

func TestFilesThatWereNotSent(t *testing.T) {
	in := letter(t, "cairo")
	b := newBox(t)
	signed := must(b.sign(in, signing.Options{}))
	b.on("/api/v2/sign/pdf", answerV2(signed, in))
	out, _, err := sign(b.client(nil), in, esign.Request{})
	require.NoError(t, err, "more files than were sent: the first one is the letter")
	assert.Equal(t, signed, out)
	b.on("/api/v2/sign/pdf", answerV2())
	_, _, err = sign(b.client(nil), in, esign.Request{})
	assert.ErrorIs(t, err, esign.CodeOutcomeUnknown, "no file")
}

func TestAnswerIsBounded(t *testing.T) {
	in := letter(t, "cairo")
	b := newBox(t)
	signed := must(b.sign(in, signing.Options{}))
	big := append(bytes.Clone(signed), make([]byte, 64<<10)...)
	limit := func(cfg *esign.Config) { cfg.MaxGrowth = int64(len(signed)-len(in)) + 10 }
	b.on("/api/v2/sign/pdf", answerV2(big))
	_, _, err := sign(b.client(limit), in, esign.Request{})
	assert.ErrorIs(t, err, esign.CodeOutcomeUnknown)
	b.on("/api/sign/pdf", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = w.Write(big)
	})
	_, _, err = sign(b.client(func(cfg *esign.Config) { v1(cfg); limit(cfg) }), in, esign.Request{})
	assert.ErrorIs(t, err, esign.CodeOutcomeUnknown)
}

// failingWriter takes n bytes.
type failingWriter struct{ n int }

func (f *failingWriter) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestSignedButNotSaved(t *testing.T) {
	in := letter(t, "libreoffice")
	b := newBox(t)
	dir := t.TempDir()
	c := b.client(func(cfg *esign.Config) { cfg.Quarantine = must(esign.NewQuarantineDir(dir)) })
	r, err := c.Signer(budi()).Sign(context.Background(), &failingWriter{100}, bytes.NewReader(in), int64(len(in)), esign.Request{Request: withPassphrase(right)})
	e := asEsign(t, err)
	assert.Equal(t, esign.CodeNotDelivered, e.Code)
	assert.ErrorIs(t, err, io.ErrShortWrite)
	assert.True(t, e.Quarantined)
	assert.Equal(t, esign.OutcomeUnknown, r.Outcome)
	kept, err := os.ReadFile(filepath.Join(dir, e.AttemptID+".pdf"))
	require.NoError(t, err)
	sound(t, in, kept, 1)
}

func TestServerFault500WithTheFiles(t *testing.T) {
	in := letter(t, "libreoffice")
	b := newBox(t)
	signed := must(b.sign(in, signing.Options{}))
	b.on("/api/v2/sign/pdf", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		answerV2(signed)(w, r)
	})
	out, _, err := sign(b.client(nil), in, esign.Request{})
	require.NoError(t, err)
	assert.Equal(t, signed, out)
}
