package verify_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/verify"
)

// stamped signs a letter with a time-stamp made by the given function.
func stamped(t *testing.T, w *world, token func(value []byte) []byte) []byte {
	c := w.sound(w.budi)
	c.message.token = token
	return c.apply(t, letter())
}

// stamps are letters with time-stamps, and what is said of them.
var stamps = []struct {
	name   string
	make   func(t *testing.T, w *world) []byte
	want   verify.Code // empty: valid with a proven time
	source verify.TimeSource
}{
	{"over this signature", func(t *testing.T, w *world) []byte {
		return stamped(t, w, func(v []byte) []byte { return w.token(t, w.stamper(w.tsa), v) })
	}, "", verify.TimeSignatureTimestamp},
	{"document timestamp over the signature", func(t *testing.T, w *world) []byte {
		return w.documentTimestamp(t, w.sign(letter(), w.optionsBB(w.budi)), w.stamper(w.tsa))
	}, "", verify.TimeDocumentTimestamp},
	{"copied from another signature", func(t *testing.T, w *world) []byte {
		return stamped(t, w, func([]byte) []byte { return w.token(t, w.stamper(w.tsa), []byte("lain")) })
	}, verify.CodeTimestampInvalid, verify.TimeNone},
	{"of a foreign authority", func(t *testing.T, w *world) []byte {
		other := newWorld(t)
		return stamped(t, w, func(v []byte) []byte { return w.token(t, other.stamper(other.tsa), v) })
	}, verify.CodeTimestampUntrusted, verify.TimeNone},
	{"not a token", func(t *testing.T, w *world) []byte {
		return stamped(t, w, func([]byte) []byte { return []byte{0x30, 0x03, 0x02, 0x01, 0x00} })
	}, verify.CodeTimestampInvalid, verify.TimeNone},
	{"an ordinary signature as token", func(t *testing.T, w *world) []byte {
		return stamped(t, w, func(v []byte) []byte { return w.sound(w.sari).message.build(t, v) })
	}, verify.CodeTimestampInvalid, verify.TimeNone},
	{"from the future", func(t *testing.T, w *world) []byte {
		w.clock = judgedAt.AddDate(0, 1, 0)
		document := stamped(t, w, func(v []byte) []byte { return w.token(t, w.stamper(w.tsa), v) })
		w.clock = signedAt
		return document
	}, verify.CodeTimestampFuture, verify.TimeNone},
	{"of an authority that was revoked", func(t *testing.T, w *world) []byte {
		w.revoke(w.tsa, signedAt.Add(-time.Hour))
		return stamped(t, w, func(v []byte) []byte { return w.token(t, w.stamper(w.tsa), v) })
	}, verify.CodeTimestampRevoked, verify.TimeNone},
	{"foreign document timestamp", func(t *testing.T, w *world) []byte {
		other := newWorld(t)
		return w.documentTimestamp(t, w.sign(letter(), w.optionsBB(w.budi)), other.stamper(other.tsa))
	}, verify.CodeTimestampUntrusted, verify.TimeNone},
	{"document timestamp older than the one inside", func(t *testing.T, w *world) []byte {
		document := stamped(t, w, func(v []byte) []byte { return w.token(t, w.stamper(w.tsa), v) })
		w.clock = signedAt.Add(-time.Hour)
		document = w.documentTimestamp(t, document, w.stamper(w.tsa))
		w.clock = signedAt
		return document
	}, verify.CodeTimestampOrder, verify.TimeSignatureTimestamp},
}

// timeAttacks are those of the stamps that prove nothing.
func timeAttacks() []attack {
	var attacks []attack
	for _, c := range stamps {
		if c.want != "" {
			attacks = append(attacks, attack{"timestamp: " + c.name, c.make, c.want, nil})
		}
	}
	return attacks
}

func TestTimestamps(t *testing.T) {
	for _, c := range stamps {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			report := judge(t, c.make(t, w), w.online())
			assert.Equal(t, c.source, report.Signatures[0].Time.Source)
			if c.want == "" {
				require.NoError(t, report.Err())
				assert.Equal(t, signedAt, report.Signatures[0].Time.Proven)
				return
			}
			require.Error(t, report.Err())
			assert.Contains(t, codes(report), c.want)
		})
	}
}

// A certificate that was revoked or has expired stands when the signature is
// proven to be older.
func TestProvenTimeDecides(t *testing.T) {
	stampedAt := func(t *testing.T, w *world, at time.Time) []byte {
		w.clock = at
		defer func() { w.clock = signedAt }()
		return w.sign(letter(), w.optionsBLT(w.budi))
	}
	t.Run("revoked after the proven time", func(t *testing.T) {
		w := newWorld(t)
		document := stampedAt(t, w, signedAt)
		w.revoke(w.budi, signedAt.Add(time.Hour))
		report := judge(t, document, withEvidence(w))
		require.NoError(t, report.Err())
		assert.Equal(t, verify.RevocationAfter, report.Signatures[0].Revocation.State)
		assert.Contains(t, codes(report), verify.CodeRevokedLater)
	})
	t.Run("revoked before the proven time", func(t *testing.T) {
		w := newWorld(t)
		document := stampedAt(t, w, signedAt)
		w.revoke(w.budi, signedAt.Add(-time.Hour))
		report := judge(t, document, withEvidence(w))
		assert.ErrorIs(t, report.Err(), verify.ErrIndeterminate)
		assert.Equal(t, verify.Conclusion{Indication: verify.Indeterminate, SubIndication: verify.RevokedNoPOE}, report.Conclusion)
	})
	t.Run("expired long ago, all evidence in the file", func(t *testing.T) {
		w := newWorld(t)
		document := stampedAt(t, w, signedAt)
		options := w.options()
		options.At = signedAt.AddDate(20, 0, 0)
		report := judge(t, document, options)
		require.NoError(t, report.Err())
		assert.Contains(t, codes(report), verify.CodeTimestampExpired)
	})
	t.Run("expired, time only claimed", func(t *testing.T) {
		w := newWorld(t)
		options := w.online()
		options.At = signedAt.AddDate(3, 0, 0)
		report := judge(t, w.sign(letter(), w.optionsBB(w.budi)), options)
		assert.ErrorIs(t, report.Err(), verify.ErrIndeterminate)
		assert.Equal(t, verify.OutOfBoundsNoPOE, report.Conclusion.SubIndication)
	})
	t.Run("revocation of the timestamp unknown", func(t *testing.T) {
		w := newWorld(t)
		o := w.optionsBT(w.budi)
		document := w.sign(letter(), o)
		report := judge(t, document, w.options())
		assert.ErrorIs(t, report.Err(), verify.ErrIndeterminate)
		assert.Contains(t, codes(report), verify.CodeTimestampStatus)
		assert.Contains(t, codes(report), verify.CodeRevocationUnknown)
	})
	t.Run("not asked about revocation", func(t *testing.T) {
		w := newWorld(t)
		options := w.options()
		options.InsecureSkipRevocation = true
		report := judge(t, w.sign(letter(), w.optionsBT(w.budi)), options)
		require.NoError(t, report.Err())
		assert.Equal(t, verify.RevocationNotChecked, report.Signatures[0].Revocation.State)
		assert.Contains(t, codes(report), verify.CodeRevocationSkipped)
	})
	t.Run("not asked, but known to be revoked", func(t *testing.T) {
		w := newWorld(t)
		w.revoke(w.budi, signedAt)
		options := withEvidence(w)
		options.InsecureSkipRevocation = true
		report := judge(t, w.sign(letter(), w.optionsBB(w.budi)), options)
		assert.Contains(t, codes(report), verify.CodeRevokedNoTime)
		assert.Error(t, report.Err())
	})
}

// withEvidence gives the verifier what the world says at the time of
// judgment, as the caller's data.
func withEvidence(w *world) verify.Options {
	o := w.options()
	then := *w
	then.clock = w.clock.Add(24 * time.Hour)
	for _, id := range []identity{w.budi, w.sari, w.tsa} {
		o.OCSP = append(o.OCSP, must(then.OCSP(context.Background(), id.cert, nil)))
	}
	o.CRLs = [][]byte{must(then.CRL(context.Background(), w.ca.cert, nil))}
	return o
}
