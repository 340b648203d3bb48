package verify_test

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/sertel-id/sertel/signing/verify"
)

// A timestamp over a signature does not say when it was made, so it proves
// nothing about a certificate that was revoked before; what the signer signed
// himself does.
func TestRevokedBeforeSigning(t *testing.T) {
	hour := func(n int) time.Time { return signedAt.Add(time.Duration(n) * time.Hour) }
	stampAt := func(t *testing.T, w *world, at time.Time, document []byte) []byte {
		w.at(at, func() { document = w.documentTimestamp(t, document, w.stamper(w.tsa)) })
		return document
	}
	withContent := func(at time.Time, token func(w *world, content []byte) []byte) func(*testing.T, *world) []byte {
		return func(t *testing.T, w *world) []byte {
			c := w.sound(w.budi)
			c.message.contentToken = func(content []byte) (der []byte) {
				w.at(at, func() { der = token(w, content) })
				return der
			}
			return c.apply(t, letter())
		}
	}
	own := func(w *world, content []byte) []byte { return w.token(w.t, w.stamper(w.tsa), content) }
	open := verify.Conclusion{Indication: verify.Indeterminate, SubIndication: verify.RevokedNoPOE}
	failed := verify.Conclusion{Indication: verify.TotalFailed, SubIndication: verify.Revoked}
	const hold = 6
	for _, c := range []struct {
		name    string
		make    func(t *testing.T, w *world) []byte
		revoked time.Time
		reason  int
		want    verify.Conclusion
	}{
		{"no timestamp", func(_ *testing.T, w *world) []byte { return w.sign(letter(), w.optionsBB(w.budi)) }, hour(1), 0, open},
		{"its own timestamp after it", func(t *testing.T, w *world) []byte { return w.sign(letter(), w.optionsBT(w.budi)) }, hour(-1), 0, open},
		{"a document timestamp added after it", func(t *testing.T, w *world) []byte {
			return stampAt(t, w, hour(2), w.sign(letter(), w.optionsBB(w.budi)))
		}, hour(1), 0, open},
		{"signed over a document timestamp from after it", func(t *testing.T, w *world) []byte {
			return w.sign(stampAt(t, w, hour(0), letter()), w.optionsBB(w.budi))
		}, hour(-1), 0, failed},
		{"signed over a document timestamp of its second", func(t *testing.T, w *world) []byte {
			return w.sign(stampAt(t, w, hour(0), letter()), w.optionsBB(w.budi))
		}, hour(0), 0, failed},
		{"signed over a document timestamp from before it", func(t *testing.T, w *world) []byte {
			return w.sign(stampAt(t, w, hour(-2), letter()), w.optionsBB(w.budi))
		}, hour(-1), 0, open},
		{"signed over another's stamped signature", func(t *testing.T, w *world) []byte {
			return w.sign(w.sign(letter(), w.optionsBT(w.sari)), w.optionsBB(w.budi))
		}, hour(-1), 0, failed},
		{"signed over another's signature without timestamp", func(t *testing.T, w *world) []byte {
			return w.sign(w.sign(letter(), w.optionsBB(w.sari)), w.optionsBB(w.budi))
		}, hour(-1), 0, open},
		{"a hold, which may have been lifted", func(t *testing.T, w *world) []byte {
			return w.sign(stampAt(t, w, hour(0), letter()), w.optionsBB(w.budi))
		}, hour(-1), hold, open},
		{"a content timestamp from after it", withContent(hour(0), own), hour(-1), 0, failed},
		{"a content timestamp from before it", withContent(hour(-2), own), hour(-1), 0, open},
		{"a content timestamp of something else", withContent(hour(0), func(w *world, _ []byte) []byte { return own(w, []byte("lain")) }), hour(-1), 0, open},
		{"a content timestamp that is none", withContent(hour(0), func(*world, []byte) []byte { return []byte{5, 0} }), hour(-1), 0, open},
		{"a content timestamp of a foreign authority", withContent(hour(0), func(w *world, content []byte) []byte {
			other := newWorld(w.t)
			return w.token(w.t, other.stamper(other.tsa), content)
		}), hour(-1), 0, open},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			document := c.make(t, w)
			w.revoke(w.budi, c.revoked)
			w.reason = c.reason
			report := judge(t, document, w.online())
			assert.Equal(t, c.want, report.Conclusion, "%v", codes(report))
			assert.NotContains(t, codes(report), verify.CodeTimestampUntrusted, "a content timestamp takes nothing away")
		})
	}
	t.Run("signed over a timestamp from between invalidity and revocation", func(t *testing.T) {
		w := newWorld(t)
		document := w.sign(stampAt(t, w, hour(0), letter()), w.optionsBB(w.budi))
		entry := revoked(w.budi, hour(1))
		entry.ExtraExtensions = []pkix.Extension{{
			Id: asn1.ObjectIdentifier{2, 5, 29, 24}, Value: must(asn1.MarshalWithParams(hour(-1), "generalized")),
		}}
		options := w.online()
		options.CRLs = [][]byte{w.list(judgedAt.Add(-time.Hour), judgedAt, entry)}
		assert.Equal(t, open, judge(t, document, options).Conclusion)
	})
	t.Run("signed over a timestamp whose authority's status is unknown", func(t *testing.T) {
		w := newWorld(t)
		document := w.sign(stampAt(t, w, hour(0), letter()), w.optionsBB(w.budi))
		w.revoke(w.budi, hour(-1))
		options := w.options()
		options.OCSP = [][]byte{must(w.OCSP(t.Context(), w.budi.cert, nil))}
		assert.NotContains(t, codes(judge(t, document, options)), verify.CodeRevoked)
	})
}
