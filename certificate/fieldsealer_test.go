package certificate_test

import (
	"crypto/sha256"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/keyring"
	"github.com/sertel-id/sertel/passphrase/leaktest"
)

func testRing(t require.TestingT, ids ...string) *keyring.Ring {
	var keys []keyring.Key
	for _, id := range ids {
		secret := sha256.Sum256([]byte(id))
		k, err := keyring.NewKey(id, secret[:])
		require.NoError(t, err)
		keys = append(keys, k)
	}
	r, err := keyring.New(keys[0], keys[1:]...)
	require.NoError(t, err)
	return r
}

func newFieldSealer(t require.TestingT, records, index *keyring.Ring) *certificate.FieldSealer {
	s, err := certificate.NewFieldSealer(certificate.FieldSealerConfig{Records: records, Index: index})
	require.NoError(t, err)
	return s
}

func TestFieldSealerSealsRecords(t *testing.T) {
	w := newWorld(t)
	id, other := w.issued(t, budi), w.register(t, siti)
	data := w.bytes(t, id)
	assert.Contains(t, string(data), budi.NIK, "the plain form holds it")
	s := newFieldSealer(t, testRing(t, "a"), testRing(t, "a"))
	sealed, err := s.SealRecord(id, data)
	require.NoError(t, err)
	leaktest.Hides(t, string(sealed), secretsOf(budi)...)
	opened, err := s.OpenRecord(id, sealed)
	require.NoError(t, err)
	assert.Equal(t, data, opened)

	_, err = s.OpenRecord(other, sealed)
	require.ErrorIs(t, err, certificate.ErrRecord, "one person's record under another's id")
	leaktest.Hides(t, leaktest.Printed(err), secretsOf(budi)...)
	_, err = s.OpenRecord(id, sealed[1:])
	require.ErrorIs(t, err, certificate.ErrRecord)
	_, err = s.SealRecord(certificate.PersonID{}, data)
	require.ErrorIs(t, err, certificate.ErrPersonID)

	rotated := newFieldSealer(t, testRing(t, "b", "a"), testRing(t, "a"))
	outdated, err := rotated.Outdated(sealed)
	require.NoError(t, err)
	assert.True(t, outdated)
	outdated, err = s.Outdated(sealed)
	require.NoError(t, err)
	assert.False(t, outdated)
	_, err = rotated.Outdated(data)
	require.ErrorIs(t, err, certificate.ErrRecord)
	_, err = newFieldSealer(t, testRing(t, "b"), testRing(t, "a")).OpenRecord(id, sealed)
	require.ErrorIs(t, err, certificate.ErrRecord)
	require.ErrorIs(t, err, keyring.ErrUnknownKey)
	leaktest.Hides(t, leaktest.Printed(s), budi.NIK, string(newSecret("a")))
}

func newSecret(id string) []byte {
	sum := sha256.Sum256([]byte(id))
	return sum[:]
}

func TestFieldSealerLooksUpByKeyedHash(t *testing.T) {
	a := applicant(t, budi)
	nik, number := certificate.NIKIndex(a.NIK()), certificate.NumberIndex(a.Number())
	before := newFieldSealer(t, testRing(t, "a"), testRing(t, "a"))
	during := newFieldSealer(t, testRing(t, "a"), testRing(t, "b", "a"))
	old, err := before.IndexHashes(nik)
	require.NoError(t, err)
	both, err := during.IndexHashes(nik)
	require.NoError(t, err)
	require.Len(t, old, 1)
	require.Len(t, both, 2)
	assert.Equal(t, old[0], both[1], "found, and unique, under the former key")
	assert.NotEqual(t, both[0], both[1])
	hashed, err := before.IndexHashes(number)
	require.NoError(t, err)
	assert.NotEqual(t, old[0], hashed[0])
	plain := sha256.Sum256([]byte("nik\x00" + budi.NIK))
	assert.NotEqual(t, plain, old[0], "nobody can try all numbers without the key")
}

func TestFieldSealerNeedsKeys(t *testing.T) {
	for name, cfg := range map[string]certificate.FieldSealerConfig{
		"none": {}, "no index": {Records: testRing(t, "a")}, "no records": {Index: testRing(t, "a")},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := certificate.NewFieldSealer(cfg)
			require.ErrorIs(t, err, certificate.ErrConfig)
		})
	}
}
