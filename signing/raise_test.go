package signing_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"testing"

	digitorus "github.com/digitorus/pdf"
	pdfsign "github.com/digitorus/pdfsign/sign"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/budgettest"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// knowsNot is a source that has nothing about one certificate.
type knowsNot struct {
	signing.RevocationSource
	about *x509.Certificate
}

func (k knowsNot) OCSP(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error) {
	if cert.Equal(k.about) {
		return nil, errors.New("nothing")
	}
	return k.RevocationSource.OCSP(ctx, cert, issuer)
}

func (k knowsNot) CRL(ctx context.Context, cert, issuer *x509.Certificate) ([]byte, error) {
	if cert.Equal(k.about) {
		return nil, errors.New("nothing")
	}
	return k.RevocationSource.CRL(ctx, cert, issuer)
}

// TestArchiveOfOldSignatures raises what letters had before PAdES: a signature
// with the evidence inside, in Adobe's attribute. Nobody answers for the
// signer's certificate any more, so that evidence has to do.
func TestArchiveOfOldSignatures(t *testing.T) {
	a := newArchive(t)
	key := a.key("Budi Contoh")
	in := producer(t, "fpdf.pdf")
	data := pdfsignData(key)
	issuer := key.Chain[0]
	e := a.evidence()
	require.NoError(t, data.RevocationData.AddOCSP(mustKey(e.Source.OCSP(context.Background(), key.Certificate, issuer))))
	require.NoError(t, data.RevocationData.AddCRL(mustKey(e.Source.CRL(context.Background(), issuer, a.newest().Root()))))
	reader, err := digitorus.NewReader(bytes.NewReader(in), int64(len(in)))
	require.NoError(t, err)
	var signed bytes.Buffer
	require.NoError(t, pdfsign.Sign(bytes.NewReader(in), &signed, reader, int64(len(in)), data))

	opts := a.options(signing.LevelBLTA)
	opts.Evidence.Source = knowsNot{opts.Evidence.Source, key.Certificate}
	_, _, err = extend(t, mustSign(t, in, signing.Options{Key: key}), opts)
	require.ErrorIs(t, err, signing.ErrEvidence, "without the evidence inside")
	out, r := a.extend(signed.Bytes(), opts)
	require.NoError(t, r.Signatures[0].Missing)
	require.Equal(t, signing.LevelUnknown, r.Level, "no signature of PAdES")
	a.clock = a.clock.Add(2 * year)
	report := a.judged(out)
	require.NoError(t, report.Err(), "%v", report.Signatures)
	require.Equal(t, "document", report.Signatures[0].Revocation.Source)
}

// TestBrokenDocumentTimestamp raises a document one of whose document
// timestamps is none: it proves nothing, and the next one covers it.
func TestBrokenDocumentTimestamp(t *testing.T) {
	inContents := func(change func(c []byte)) func(t *testing.T, letter []byte) []byte {
		return func(t *testing.T, letter []byte) []byte {
			sig, _ := signatureOf(t, letter, "DocTimeStamp1")
			old := sig["Contents"].(pdf.String).Bytes
			broken := bytes.Clone(old)
			change(broken)
			return bytes.Replace(letter, []byte(hex.EncodeToString(old)), []byte(hex.EncodeToString(broken)), 1)
		}
	}
	for name, change := range map[string]func(t *testing.T, letter []byte) []byte{
		"a signature that does not stand": inContents(func(c []byte) { c[len(bytes.TrimRight(c, "\x00"))-1] ^= 1 }),
		"no message at all":               inContents(func(c []byte) { c[0] = 0x31 }),
		"over other bytes": func(t *testing.T, letter []byte) []byte {
			mark := bytes.IndexByte(letter, '\n') + 3 // in the comment that says "binary"
			require.GreaterOrEqual(t, letter[mark], byte(0x80))
			letter[mark] ^= 1
			return letter
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := newArchive(t)
			letter := mustSign(t, producer(t, "libreoffice.pdf"), signing.Options{Key: a.key("Budi Contoh"), Now: a.now})
			letter, _ = a.extend(letter, a.options(signing.LevelBLTA))
			letter = bytes.Clone(letter)
			stamps := 1
			if name == "over other bytes" {
				stamps = 2
			}
			letter = change(t, letter)

			opts := a.options(signing.LevelBLTA)
			_, _, err := extend(t, letter, opts)
			require.ErrorIs(t, err, signing.ErrTimestamp)
			require.ErrorContains(t, err, "DocTimeStamp1")
			opts.Partial = true
			_, r := a.extend(letter, opts)
			for _, p := range r.Timestamps[:stamps] {
				require.ErrorIs(t, p.Missing, signing.ErrTimestamp)
			}
			require.NoError(t, r.Timestamps[len(r.Timestamps)-1].Missing)
			require.True(t, r.Signatures[0].Time.Equal(a.clock))
		})
	}
}

// TestAuthoritiesOfOneName keeps the way to the root short when a document
// carries many authorities of the same name.
func TestAuthoritiesOfOneName(t *testing.T) {
	a := newArchive(t)
	letter := mustSign(t, producer(t, "libreoffice.pdf"), signing.Options{Key: a.key("Budi Contoh"), Timestamper: a.timestamper(), Now: a.now})
	tmpl := leaf("")
	tmpl.IsCA, tmpl.BasicConstraintsValid, tmpl.KeyUsage = true, true, x509.KeyUsageCertSign
	letter = withCatalog(t, letter, func(u *pdf.Update, c pdf.Dict) {
		var list pdf.Array
		for range 100 {
			other := *tmpl
			other.RawSubject = a.newest().Chain()[0].RawSubject
			key := p256()
			list = append(list, u.Add(pdf.NewStream(pdf.Dict{}, issue(&other, &other, key.Public(), key).Raw)))
		}
		c["DSS"] = pdf.Dict{"Certs": list}
	})
	budgettest.File.Keep(t, func() {
		out, r := a.extend(letter, a.options(signing.LevelBLTA))
		require.Equal(t, signing.LevelBLTA, r.Level)
		require.Equal(t, verify.LevelBLTA, a.judged(out).Signatures[0].Level)
	})
}
