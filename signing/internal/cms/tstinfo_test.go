package cms_test

import (
	"crypto"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/sertel-id/sertel/signing/internal/cms"
)

// tstInfo writes a TSTInfo with the given time and what follows it.
func tstInfo(t *testing.T, genTime string, rest ...byte) []byte {
	t.Helper()
	sha256 := []byte{0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1}
	w := cryptobyte.NewBuilder(nil)
	w.AddASN1(asn1.SEQUENCE, func(w *cryptobyte.Builder) {
		w.AddASN1Int64(1)
		w.AddASN1(asn1.OBJECT_IDENTIFIER, func(w *cryptobyte.Builder) {
			// 2.25 with a 128-bit arc
			w.AddBytes([]byte{0x69, 0x83, 0xd0, 0xaf, 0xef, 0xd3, 0xc5, 0xc6, 0xe9, 0xf8, 0x95, 0x99, 0xc0, 0x96, 0x81, 0xaa, 0xe1, 0xf2, 0x53})
		})
		w.AddASN1(asn1.SEQUENCE, func(w *cryptobyte.Builder) {
			w.AddASN1(asn1.SEQUENCE, func(w *cryptobyte.Builder) {
				w.AddASN1(asn1.OBJECT_IDENTIFIER, func(w *cryptobyte.Builder) { w.AddBytes(sha256) })
				w.AddASN1NULL()
			})
			w.AddASN1OctetString(digestOf(crypto.SHA256, content))
		})
		w.AddASN1Int64(42)
		w.AddASN1(asn1.GeneralizedTime, func(w *cryptobyte.Builder) { w.AddBytes([]byte(genTime)) })
		w.AddBytes(rest)
	})
	return must(w.Bytes())
}

func TestParseTSTInfo(t *testing.T) {
	// accuracy 1 s 500 ms, ordering, nonce 7
	rest := []byte{0x30, 0x07, 2, 1, 1, 0x80, 2, 0x01, 0xf4, 1, 1, 0xff, 2, 1, 7}
	info, err := cms.ParseTSTInfo(tstInfo(t, "20261122120000.25Z", rest...))
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 11, 22, 12, 0, 0, 250e6, time.UTC), info.Time)
	require.Equal(t, 1500*time.Millisecond, info.Accuracy)
	require.True(t, info.Ordering)
	require.EqualValues(t, 7, info.Nonce.Int64())
	require.EqualValues(t, 42, info.SerialNumber.Int64())
	hash, err := info.Hash()
	require.NoError(t, err)
	require.Equal(t, crypto.SHA256, hash)

	bare, err := cms.ParseTSTInfo(tstInfo(t, "20261122120000Z"))
	require.NoError(t, err)
	require.Nil(t, bare.Nonce)
	require.Zero(t, bare.Accuracy)
}

func TestParseTSTInfoRefuses(t *testing.T) {
	for name, der := range map[string][]byte{
		"local time":             tstInfo(t, "20261122120000+0700"),
		"no zone":                tstInfo(t, "20261122120000"),
		"fraction ends in zero":  tstInfo(t, "20261122120000.50Z"),
		"empty fraction":         tstInfo(t, "20261122120000.Z"),
		"no seconds":             tstInfo(t, "202611221200Z"),
		"thirteenth month":       tstInfo(t, "20261322120000Z"),
		"accuracy of 1,000 ms":   tstInfo(t, "20261122120000Z", 0x30, 4, 0x80, 2, 0x03, 0xe8),
		"negative accuracy":      tstInfo(t, "20261122120000Z", 0x30, 3, 2, 1, 0xff),
		"unknown field":          tstInfo(t, "20261122120000Z", 0x04, 0),
		"ordering spelled FALSE": tstInfo(t, "20261122120000Z", 1, 1, 7),
		"nothing":                nil,
	} {
		t.Run(name, func(t *testing.T) {
			info, err := cms.ParseTSTInfo(der)
			require.ErrorIs(t, err, cms.ErrMalformed)
			require.Nil(t, info)
		})
	}
}
