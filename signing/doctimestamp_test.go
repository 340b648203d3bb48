package signing_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/budgettest"
	"github.com/sertel-id/sertel/signing/internal/cms"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// TestDocumentTimestamp holds the dictionary against ISO 32000-2, 12.8.5, and
// lets openssl judge the tokens over the bytes that they cover. pdfsig lists
// document timestamps, though its version of 2022 cannot judge them.
func TestDocumentTimestamp(t *testing.T) {
	a := newArchive(t)
	letter := mustSign(t, producer(t, "pdftex.pdf"), signing.Options{Key: a.key("Budi Contoh"), Timestamper: a.timestamper(), Now: a.now})
	opts := a.options(signing.LevelBLTA)
	opts.Hash = crypto.SHA512
	first, _ := a.extend(letter, opts)
	a.begin()
	second, r := a.extend(first, a.options(signing.LevelBLTA))
	require.Len(t, r.Timestamps, 3)
	a.sound(second, 1, 2, verify.LevelBLTA)

	file := write(t, second)
	for i, hash := range []crypto.Hash{crypto.SHA512, crypto.SHA256} {
		name := fmt.Sprintf("DocTimeStamp%d", i+1)
		sig, field := signatureOf(t, second, name)
		require.ElementsMatch(t, []pdf.Name{"Type", "Filter", "SubFilter", "ByteRange", "Contents"}, sig.Keys())
		require.Equal(t, pdf.Name("DocTimeStamp"), sig["Type"])
		require.Equal(t, pdf.Name("ETSI.RFC3161"), sig["SubFilter"])
		require.Equal(t, pdf.Integer(132), field["F"])
		require.Equal(t, pdf.Array{pdf.Integer(0), pdf.Integer(0), pdf.Integer(0), pdf.Integer(0)}, field["Rect"])

		token, rest, err := cms.Cut(sig["Contents"].(pdf.String).Bytes)
		require.NoError(t, err)
		require.True(t, cms.IsPadding(rest))
		message, err := cms.Parse(token)
		require.NoError(t, err)
		info, err := cms.ParseTSTInfo(message.Content)
		require.NoError(t, err)
		h, err := info.Hash()
		require.NoError(t, err)
		require.Equal(t, hash, h)
		opensslStamp(t, token, ranges(t, second, sig), a.eras[i])
	}
	text, code := run(t, tool(t, "qpdf"), "--check", file)
	require.Zero(t, code, text)
	text, _ = run(t, tool(t, "pdfsig"), "-nocert", file)
	for _, name := range []string{"Signature1", "DocTimeStamp1", "DocTimeStamp2"} {
		require.Contains(t, text, "Signature Field Name: "+name)
	}
	text, _ = run(t, tool(t, "pdfsig"), "-nocert", write(t, first))
	require.Contains(t, text[strings.LastIndex(text, "Signature #"):], "Total document signed")
	text, code = run(t, tool(t, "mutool"), "show", "-g", file, "grep")
	require.Zero(t, code, text)
	require.Len(t, regexp.MustCompile(`/Type/DocTimeStamp`).FindAllString(text, -1), 2)
}

// TestStampDeclaresItsExtension holds that a document without a security store
// says that it has a document timestamp (ISO 32000-2, 7.12).
func TestStampDeclaresItsExtension(t *testing.T) {
	a := newArchive(t)
	letter := mustSign(t, producer(t, "libreoffice.pdf"), signing.Options{Key: a.key("Budi Contoh"), Now: a.now})
	out, _ := a.extend(letter, signing.ExtendOptions{Level: signing.LevelBT, Timestamper: a.timestamper(), Now: a.now})
	doc, err := pdf.Open(bytes.NewReader(out), int64(len(out)), pdf.Options{})
	require.NoError(t, err)
	catalog, err := doc.Catalog()
	require.NoError(t, err)
	extensions := catalog["Extensions"].(pdf.Dict)
	require.Equal(t, pdf.Dict{"BaseVersion": pdf.Name("1.7"), "ExtensionLevel": pdf.Integer(5)}, extensions["ESIC"])
	require.NoError(t, a.online(out).Err())
}

// ranges is the bytes that a signature dictionary names, whatever follows.
func ranges(t *testing.T, b []byte, sig pdf.Dict) []byte {
	t.Helper()
	r := sig["ByteRange"].(pdf.Array)
	require.Len(t, r, 4)
	at := func(i int) int { return int(r[i].(pdf.Integer)) }
	require.Zero(t, at(0))
	return bytes.Join([][]byte{b[:at(1)], b[at(2) : at(2)+at(3)]}, nil)
}

// opensslStamp lets openssl judge a token over data.
func opensslStamp(t *testing.T, token, data []byte, e *era) {
	t.Helper()
	openssl, dir := tool(t, "openssl"), t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	for name, b := range map[string][]byte{"token.der": token, "data": data, "root.pem": inPEM(e.Root()), "ca.pem": inPEM(e.Chain()[0])} {
		require.NoError(t, os.WriteFile(in(name), b, 0o600))
	}
	args := []string{"ts", "-verify", "-token_in", "-in", in("token.der"), "-data", in("data"), "-CAfile", in("root.pem"),
		"-untrusted", in("ca.pem"), "-attime", attime()}
	text, code := run(t, openssl, args...)
	require.Zero(t, code, text)
	require.NoError(t, os.WriteFile(in("data"), data[1:], 0o600))
	_, code = run(t, openssl, args...)
	require.NotZero(t, code, "over other bytes")
}

// TestProducersArchived signs a file of each producer at B-LT, raises it to
// B-LTA and, eight years later, raises it again.
func TestProducersArchived(t *testing.T) {
	a := newArchive(t)
	j := newJudge(t)
	key := a.key("Budi Contoh")
	files := producers(t)
	if os.Getenv("SERTEL_CI") != "1" {
		var sample []string // the signed one, the encrypted ones and every fifth
		for n, file := range files {
			if n%5 == 0 || strings.Contains(file, "signed") || strings.Contains(file, "encrypted") {
				sample = append(sample, file)
			}
		}
		files = sample
	}
	raised := make(map[string][]byte)
	password := func(file string) (p passphrase.Secret) {
		if strings.HasSuffix(file, "-password.pdf") {
			p = passphrase.FromString("rahasia")
		}
		return p
	}
	raise := func(t *testing.T, file string, stamps int) {
		opts := a.options(signing.LevelBLTA)
		opts.Password = password(file)
		// One file carries a signature under a root that nobody knows.
		opts.Partial = strings.HasSuffix(file, "poppler-signed.pdf")
		out, r := a.extend(raised[file], opts)
		n := 0
		for _, s := range r.Signatures {
			if s.Field == "Signature1" {
				n++
				require.Equal(t, signing.LevelBLTA, s.Level)
			}
		}
		require.Equal(t, 1, n)
		raised[file] = out
		report, err := verify.Verify(context.Background(), bytes.NewReader(out), int64(len(out)),
			verify.Options{Roots: verify.Trust(a.roots()...), Now: a.now, Password: opts.Password})
		require.NoError(t, err)
		for _, s := range report.Signatures {
			if s.SubFilter == "adbe.pkcs7.detached" {
				require.Contains(t, []verify.Modification{verify.ModificationNone, verify.ModificationPermitted}, s.Later)
				continue
			}
			require.Equal(t, verify.TotalPassed, s.Conclusion.Indication, "%s: %v", s.Field, s.Findings)
			if s.Kind == verify.DocumentTimestamp {
				stamps--
				continue
			}
			require.Equal(t, verify.LevelBLTA, s.Level)
		}
		require.Zero(t, stamps)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			in, err := os.ReadFile(file)
			require.NoError(t, err)
			raised[file] = mustSign(t, in, signing.Options{Key: key, Field: "Signature1", Password: password(file),
				Timestamper: a.timestamper(), Evidence: a.evidence(), Now: a.now})
			raise(t, file, 1)
		})
	}
	a.clock = a.clock.Add(8 * year)
	a.begin()
	for n, file := range files {
		t.Run(filepath.Base(file)+" again", func(t *testing.T) {
			raise(t, file, 2)
			// On every day the outside judges see a sample of the sample.
			if os.Getenv("SERTEL_CI") != "1" && n%4 != 0 {
				return
			}
			in, err := os.ReadFile(file)
			require.NoError(t, err)
			secret := password(file)
			faults := j.faultsOf(t, in, raised[file], true, string(secret.Reveal()))
			// The evidence of a new authority follows the last time-stamp.
			require.Subset(t, []string{"pdfsig: not the whole file"}, faults)
		})
	}
}

// TestCertifiedArchive holds that a certification that allows no changes
// allows document timestamps (ISO 32000-2, 12.8.2.2).
func TestCertifiedArchive(t *testing.T) {
	a := newArchive(t)
	letter := mustSign(t, producer(t, "libreoffice.pdf"), signing.Options{Key: a.key("Budi Contoh"), Certify: signing.CertifyNoChanges,
		Timestamper: a.timestamper(), Evidence: a.evidence(), Archive: true, Now: a.now})
	a.clock = a.clock.Add(year)
	letter, _ = a.extend(letter, a.options(signing.LevelBLTA))
	a.sound(letter, 1, 2, verify.LevelBLTA)

	for name, field := range map[string]pdf.Dict{
		"every field locked": {"Action": pdf.Name("All")},
		"a lock with P 1":    {"Action": pdf.Name("Include"), "P": pdf.Integer(1)},
	} {
		t.Run(name, func(t *testing.T) {
			opts := a.options(signing.LevelBT)
			opts.Partial = true
			// The made-up signature is none, but it locks.
			_, r := a.extend(locked(t, field, field), opts)
			require.ErrorIs(t, r.Signatures[0].Missing, signing.ErrEvidence)
		})
	}
}

// TestArchiveInOneGo signs up to B-LTA by every way to sign.
func TestArchiveInOneGo(t *testing.T) {
	a := newArchive(t)
	in := producer(t, "hybrid.pdf")
	t.Run("two signers with another hash", func(t *testing.T) {
		out := in
		for n, name := range []string{"Budi Contoh", "Sari Contoh"} {
			opts := signing.Options{Key: a.key(name), Hash: crypto.SHA384, Timestamper: a.timestamper(), Evidence: a.evidence(), Archive: n == 1, Now: a.now}
			out = mustSign(t, out, opts)
		}
		a.sound(out, 2, 1, verify.LevelBLTA)
	})
	t.Run("a key elsewhere", func(t *testing.T) {
		key := a.key("Budi Contoh")
		p, err := signing.Prepare(context.Background(), bytes.NewReader(in), int64(len(in)), signing.Options{
			Key: &signing.Key{Certificate: key.Certificate, Chain: key.Chain}, Timestamper: a.timestamper(), Archive: true, Now: a.now})
		require.NoError(t, err)
		sig, err := key.Signer.Sign(rand.Reader, p.Digest(), p.SignerOpts())
		require.NoError(t, err)
		opts := signing.FinishOptions{Signature: sig, Timestamper: a.timestamper(), Archive: true, Now: a.now}
		_, _, err = finish(in, p, opts)
		require.Error(t, err, "without evidence")
		opts.Evidence = a.evidence()
		out, r, err := finish(in, p, opts)
		require.NoError(t, err)
		require.Equal(t, signing.LevelBLTA, r.Level)
		require.EqualValues(t, len(out), r.OutputSize)
		a.sound(out, 1, 1, verify.LevelBLTA)
	})
	t.Run("a signer of documents", func(t *testing.T) {
		local, err := signing.NewLocal(signing.LocalConfig{Keys: anyPassphrase{a.key("Budi Contoh")}, Timestamper: a.timestamper(),
			Evidence: a.evidence(), Archive: true, Now: a.now})
		require.NoError(t, err)
		var out bytes.Buffer
		r, err := local.SignDocument(context.Background(), &out, bytes.NewReader(in), int64(len(in)), signing.Request{})
		require.NoError(t, err)
		require.Equal(t, signing.LevelBLTA, r.Level)
		a.sound(out.Bytes(), 1, 1, verify.LevelBLTA)
	})
	t.Run("without evidence", func(t *testing.T) {
		_, _, err := sign(t, in, signing.Options{Key: a.key("Budi Contoh"), Timestamper: a.timestamper(), Archive: true, Now: a.now})
		require.Error(t, err)
	})
}

func TestExtendOptions(t *testing.T) {
	a := newArchive(t)
	letter := mustSign(t, producer(t, "libreoffice.pdf"), signing.Options{Key: a.key("Budi Contoh"), Timestamper: a.timestamper(), Now: a.now})
	for name, change := range map[string]func(o *signing.ExtendOptions){
		"a level that a signature has from the start": func(o *signing.ExtendOptions) { o.Level = signing.LevelBB },
		"no such level":               func(o *signing.ExtendOptions) { o.Level = signing.LevelBLTA + 1 },
		"no evidence source":          func(o *signing.ExtendOptions) { o.Evidence = nil },
		"no roots":                    func(o *signing.ExtendOptions) { o.Evidence = &signing.Evidence{Source: silent{}} },
		"no source of time-stamps":    func(o *signing.ExtendOptions) { o.Timestamper = nil },
		"a negative room":             func(o *signing.ExtendOptions) { o.TimestampSize = -1 },
		"a room beyond all bounds":    func(o *signing.ExtendOptions) { o.TimestampSize = 1 << 30 },
		"a hash too weak":             func(o *signing.ExtendOptions) { o.Hash = crypto.SHA1 },
		"a wrong password":            func(o *signing.ExtendOptions) { o.Password = passphrase.FromString("salah") },
		"no such field":               func(o *signing.ExtendOptions) { o.Field = "Kepala" },
		"a field of another document": func(o *signing.ExtendOptions) { o.Field = "DocTimeStamp1" },
	} {
		t.Run(name, func(t *testing.T) {
			opts := a.options(signing.LevelBLTA)
			change(&opts)
			in := letter
			if !opts.Password.IsZero() {
				in = producer(t, "encrypted-aes256-password.pdf")
			}
			w := &watch{}
			_, err := signing.Extend(context.Background(), w, bytes.NewReader(in), int64(len(in)), opts)
			require.Error(t, err)
			require.False(t, w.written, "bytes were written")
			require.Equal(t, 1, strings.Count(err.Error(), "signing: "), "%v", err)
		})
	}
}

// TestExtendReadsOnce counts what is read of a large document: once, and once
// more when it has document timestamps.
func TestExtendReadsOnce(t *testing.T) {
	a := newArchive(t)
	body := fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", 8<<20, strings.Repeat("x", 8<<20))
	in := raw("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>", body)
	letter := mustSign(t, in, signing.Options{Key: a.key("Budi Contoh"), Timestamper: a.timestamper(), Now: a.now})
	for times := range int64(2) {
		var out bytes.Buffer
		r := &readCounter{r: bytes.NewReader(letter)}
		_, err := signing.Extend(context.Background(), &out, r, int64(len(letter)), a.options(signing.LevelBLTA))
		require.NoError(t, err)
		require.Less(t, r.n, (1+times)*int64(len(letter))+1<<20)
		letter = out.Bytes()
	}
}

type readCounter struct {
	r io.ReaderAt
	n int64
}

func (c *readCounter) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(p, off)
	c.n += int64(n)
	return n, err
}

// TestExtendStops holds that a context that ends stops the work.
func TestExtendStops(t *testing.T) {
	a := newArchive(t)
	letter := mustSign(t, producer(t, "libreoffice.pdf"), signing.Options{Key: a.key("Budi Contoh"), Timestamper: a.timestamper(), Now: a.now})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	opts := a.options(signing.LevelBLTA)
	opts.Partial = true
	_, err := signing.Extend(ctx, io.Discard, bytes.NewReader(letter), int64(len(letter)), opts)
	require.ErrorIs(t, err, context.Canceled)
}

// TestHostileSignatures raises documents full of made-up signatures.
func TestHostileSignatures(t *testing.T) {
	a := newArchive(t)
	letter := mustSign(t, producer(t, "libreoffice.pdf"), signing.Options{Key: a.key("Budi Contoh"), Timestamper: a.timestamper(),
		Evidence: a.evidence(), Archive: true, Now: a.now})
	sig, _ := signatureOf(t, letter, "DocTimeStamp1")
	for _, tt := range []struct {
		name  string
		count int
		want  error
	}{
		{"two hundred copies of a document timestamp", 200, nil},
		{"more than are looked at", 300, signing.ErrLimit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := edit(t, letter, func(doc *pdf.Document, u *pdf.Update) {
				catalog, err := doc.Catalog()
				require.NoError(t, err)
				form, err := doc.Dict(catalog["AcroForm"])
				require.NoError(t, err)
				fields, err := doc.Array(form["Fields"])
				require.NoError(t, err)
				ref := u.Add(sig)
				for i := range tt.count {
					fields = append(fields, u.Add(pdf.Dict{"FT": pdf.Name("Sig"), "T": pdf.TextString(fmt.Sprint("Palsu", i)), "V": ref}))
				}
				form["Fields"] = fields
				u.Set(catalog["AcroForm"].(pdf.Ref), form)
			})
			opts := a.options(signing.LevelBLTA)
			opts.Partial = true
			budgettest.File.Keep(t, func() {
				_, err := signing.Extend(context.Background(), io.Discard, bytes.NewReader(in), int64(len(in)), opts)
				if tt.want == nil {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, tt.want)
				}
			})
		})
	}
}

// TestHostileEvidence raises a document with many signatures whose security
// store holds as many answers as are looked at, all of which could be about any
// of them.
func TestHostileEvidence(t *testing.T) {
	a := newArchive(t)
	key := a.key("Budi Contoh")
	letter := mustSign(t, producer(t, "libreoffice.pdf"), signing.Options{Key: key, Timestamper: a.timestamper(), Now: a.now})
	sig, _ := signatureOf(t, letter, "Signature1")
	answer := mustKey(a.evidence().Source.OCSP(context.Background(), key.Certificate, key.Chain[0]))
	in := edit(t, letter, func(doc *pdf.Document, u *pdf.Update) {
		catalog, err := doc.Catalog()
		require.NoError(t, err)
		form, err := doc.Dict(catalog["AcroForm"])
		require.NoError(t, err)
		fields, err := doc.Array(form["Fields"])
		require.NoError(t, err)
		ref := u.Add(sig)
		for i := range 200 {
			fields = append(fields, u.Add(pdf.Dict{"FT": pdf.Name("Sig"), "T": pdf.TextString(fmt.Sprint("Palsu", i)), "V": ref}))
		}
		form["Fields"] = fields
		u.Set(catalog["AcroForm"].(pdf.Ref), form)
		var list pdf.Array
		for i := range 512 {
			// Another signature each time, which does not stand.
			other := bytes.Clone(answer)
			other[len(other)-1-i%64] ^= byte(1 + i/64)
			list = append(list, u.Add(pdf.NewStream(pdf.Dict{}, other)))
		}
		catalog["DSS"] = pdf.Dict{"OCSPs": list}
		u.Set(doc.CatalogRef(), catalog)
	})
	opts := a.options(signing.LevelBLT)
	opts.Partial = true
	budgettest.File.Keep(t, func() {
		_, err := signing.Extend(context.Background(), io.Discard, bytes.NewReader(in), int64(len(in)), opts)
		require.NoError(t, err)
	})
}

// FuzzExtend holds that whatever is raised is either raised or refused in a way
// that a caller can tell apart.
func FuzzExtend(f *testing.F) {
	a := newArchive(f)
	base := signing.Options{Key: a.key("Budi Contoh"), Now: a.now}
	f.Add(producer(f, "poppler-signed.pdf"))
	f.Add(mustSign(f, blank("/MediaBox [0 0 595 842]"), base))
	base.Timestamper, base.Evidence, base.Archive = a.timestamper(), a.evidence(), true
	f.Add(mustSign(f, blank("/MediaBox [0 0 595 842]"), base))
	opts := a.options(signing.LevelBLTA)
	opts.Partial = true
	f.Fuzz(func(t *testing.T, in []byte) {
		var out bytes.Buffer
		_, err := signing.Extend(context.Background(), &out, bytes.NewReader(in), int64(len(in)), opts)
		if err != nil && !isRefusal(err) && !errors.Is(err, signing.ErrNoSignature) {
			t.Fatalf("%v is not a typed refusal", err)
		}
		if err == nil && !bytes.HasPrefix(out.Bytes(), in) {
			t.Fatal("original bytes changed")
		}
	})
}
