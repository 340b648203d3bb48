package signing_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// TestEncrypted signs a file of each kind of standard encryption and lets qpdf
// take the encryption off: what was added reads as it was meant, so it was
// encrypted with the document's key, and the Contents, which is not encrypted,
// is unchanged.
func TestEncrypted(t *testing.T) {
	const reason = "Menyetujui — ꦧꦸꦢꦶ"
	j := newJudge(t)
	s := newService(t)
	for file, password := range map[string]string{
		"encrypted-rc4-40.pdf": "", "encrypted-rc4-128.pdf": "", "encrypted-aes128-form.pdf": "",
		"encrypted-aes256-r5.pdf": "", "encrypted-aes256-r6.pdf": "", "encrypted-aes256-password.pdf": "rahasia",
	} {
		t.Run(file, func(t *testing.T) {
			in := producer(t, file)
			out := mustSign(t, in, signing.Options{Key: s.person(t, false), Block: block(), Placement: corner, Reason: reason,
				Field: "Kepala", Password: passphrase.FromString(password), Timestamper: s.timestamper(t), Evidence: s.evidence(t)})
			require.NotContains(t, string(out[len(in):]), string(pdf.TextString(reason).Bytes), "the reason stands in the clear")
			require.NotContains(t, string(out[len(in):]), "Kepala", "the field's name stands in the clear")
			intactWith(t, out, 1, password)
			if j.qpdf == "" {
				return
			}
			plain := filepath.Join(t.TempDir(), "plain.pdf")
			text, code := run(t, j.qpdf, "--password="+password, "--decrypt", "--object-streams=disable", write(t, out), plain)
			require.Contains(t, []int{0, 3}, code, text) // 3: warnings
			b, err := os.ReadFile(plain)
			require.NoError(t, err)
			sig, field := signatureOf(t, b, "Kepala")
			require.Equal(t, reason, pdf.Text(sig["Reason"].(pdf.String)))
			require.Contains(t, pdf.Text(field["TU"].(pdf.String)), "KEPALA DINAS CONTOH")
			require.Equal(t, rawContents(t, out, password, "Kepala"), sig["Contents"].(pdf.String).Bytes)
			certs := storedCertificates(t, b)
			require.Len(t, certs, 4)
			require.Contains(t, certs, string(newAuthority().ca.Raw))
		})
	}
}

// TestEncryptedThroughASigner signs a letter with a password by a request, alone
// and in a batch, and up to the archive, for which the letter is read again.
func TestEncryptedThroughASigner(t *testing.T) {
	in := producer(t, "encrypted-aes256-password.pdf")
	s := newService(t)
	keys := lock{s.person(t, false)}
	local, err := signing.NewLocal(signing.LocalConfig{Keys: keys, Now: now,
		Timestamper: s.timestamper(t), Evidence: s.evidence(t), Archive: true})
	require.NoError(t, err)
	credential := signing.Credential{Passphrase: passphrase.FromString(sandi)}
	for password, want := range map[string]error{"": signing.ErrDocumentPassword, "salah": signing.ErrDocumentPassword, "rahasia": nil} {
		t.Run("password "+password, func(t *testing.T) {
			req := signing.Request{Credential: credential, DocumentPassword: passphrase.FromString(password), Block: block(), Placement: corner}
			var out bytes.Buffer
			r, err := local.SignDocument(t.Context(), &out, bytes.NewReader(in), int64(len(in)), req)
			require.ErrorIs(t, err, want)
			doc := &signing.MemoryDocument{ID: "surat", Data: in}
			results, batchErr := signing.Batch(t.Context(), local, []signing.BatchItem{{Document: doc, Request: req}}, signing.BatchOptions{Credential: credential})
			require.NoError(t, batchErr, "a password is one document's matter")
			require.ErrorIs(t, results[0].Err, want)
			if want != nil {
				require.NotContains(t, err.Error(), "salah")
				return
			}
			require.Equal(t, signing.LevelBLTA, r.Level)
			intactWith(t, out.Bytes(), 1, password)
			intactWith(t, doc.Signed, 1, password)
		})
	}
}

// rawContents is the Contents as it stands in an encrypted file.
func rawContents(t *testing.T, b []byte, password, field string) []byte {
	t.Helper()
	doc, err := pdf.Open(bytes.NewReader(b), int64(len(b)), pdf.Options{Password: []byte(password)})
	require.NoError(t, err)
	catalog, err := doc.Catalog()
	require.NoError(t, err)
	form, err := doc.Dict(catalog["AcroForm"])
	require.NoError(t, err)
	fields, err := doc.Array(form["Fields"])
	require.NoError(t, err)
	for _, f := range fields {
		d, err := doc.Dict(f)
		require.NoError(t, err)
		if name, _ := d["T"].(pdf.String); pdf.Text(name) == field {
			o, err := doc.GetRaw(d["V"].(pdf.Ref))
			require.NoError(t, err)
			return o.(pdf.Dict)["Contents"].(pdf.String).Bytes
		}
	}
	t.Fatalf("no field %q", field)
	return nil
}

// storedCertificates reads the certificates of the security store.
func storedCertificates(t *testing.T, b []byte) (certs []string) {
	t.Helper()
	doc, err := pdf.Open(bytes.NewReader(b), int64(len(b)), pdf.Options{})
	require.NoError(t, err)
	catalog, err := doc.Catalog()
	require.NoError(t, err)
	store, err := doc.Dict(catalog["DSS"])
	require.NoError(t, err)
	list, err := doc.Array(store["Certs"])
	require.NoError(t, err)
	for _, ref := range list {
		o, err := doc.Resolve(ref)
		require.NoError(t, err)
		der, err := doc.StreamData(o.(*pdf.Stream), 1<<20)
		require.NoError(t, err)
		certs = append(certs, string(der))
	}
	return certs
}
