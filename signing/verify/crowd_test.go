package verify_test

import (
	"bytes"
	"crypto/x509"
	"encoding/binary"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// flooded adds many pieces to a list of the security store.
func flooded(t *testing.T, document []byte, list pdf.Name, count int, piece func(i int) []byte) []byte {
	return edit(t, document, func(doc *pdf.Document, u *pdf.Update) {
		catalog := must(doc.Catalog())
		dss := must(doc.Dict(catalog["DSS"]))
		if dss == nil {
			dss = pdf.Dict{}
		}
		pieces := must(doc.Array(dss[list]))
		for i := range count {
			pieces = append(pieces, u.Add(pdf.NewStream(pdf.Dict{}, piece(i))))
		}
		dss[list] = pieces
		if ref, ok := catalog["DSS"].(pdf.Ref); ok {
			u.Set(ref, dss)
			return
		}
		set(u, doc.CatalogRef().Num, func(d pdf.Dict) { d["DSS"] = dss })
	})
}

func junk(i int) []byte { return binary.BigEndian.AppendUint32([]byte("contoh"), uint32(i)) }

// What a document carries leaves no less room for what the caller gives.
func TestNothingCrowdsOutTheCaller(t *testing.T) {
	t.Run("list of revocations", func(t *testing.T) {
		for _, count := range []int{0, 2000} {
			w := newWorld(t)
			document := flooded(t, w.sign(letter(), w.optionsBLT(w.budi)), "CRLs", count, junk)
			document = flooded(t, document, "OCSPs", count, junk)
			w.revoke(w.budi, signedAt.Add(-time.Hour))
			options := w.options()
			then := *w
			then.clock = judgedAt
			options.CRLs = [][]byte{must(then.CRL(t.Context(), w.budi.cert, nil))}
			report := judge(t, document, options)
			assert.Equal(t, verify.RevocationRevoked, report.Signatures[0].Revocation.State, count)
			require.Error(t, report.Err())
		}
	})
	t.Run("intermediate", func(t *testing.T) {
		w := newWorld(t)
		c := w.sound(w.budi)
		c.message.certificates = []*x509.Certificate{w.budi.cert}
		options := w.online()
		options.Intermediates = []*x509.Certificate{w.ca.cert}
		document := flooded(t, c.apply(t, letter()), "Certs", 40, func(int) []byte {
			return w.issue(identity{}, authorityTemplate(w.ca.cert.Subject.CommonName)).cert.Raw
		})
		require.NoError(t, judge(t, document, options).Err())
	})
	t.Run("what both hold is the document's", func(t *testing.T) {
		w := newWorld(t)
		document := w.sign(letter(), w.optionsBLT(w.budi))
		want := judge(t, document, w.options()).Signatures[0]
		require.Equal(t, verify.LevelBLT, want.Level)
		options := w.options()
		doc := must(pdf.Open(bytes.NewReader(document), int64(len(document)), pdf.Options{}))
		dss := must(doc.Dict(must(doc.Catalog())["DSS"]))
		for _, list := range []pdf.Name{"OCSPs", "CRLs"} {
			for _, ref := range must(doc.Array(dss[list])) {
				stream, ok := must(doc.Resolve(ref)).(*pdf.Stream)
				require.True(t, ok)
				der := must(doc.StreamData(stream, 1<<20))
				if list == "OCSPs" {
					options.OCSP = append(options.OCSP, der)
				} else {
					options.CRLs = append(options.CRLs, der)
				}
			}
		}
		got := judge(t, document, options).Signatures[0]
		assert.Equal(t, want.Level, got.Level)
		assert.Equal(t, want.Revocation.Source, got.Revocation.Source)
	})
}
