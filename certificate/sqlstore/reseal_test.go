package sqlstore_test

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/keyring"
	"github.com/sertel-id/sertel/certificate/sqlstore"
	"github.com/sertel-id/sertel/certificate/storetest"
	"github.com/sertel-id/sertel/passphrase"
)

// fields seals with the keys of the ids, the current one first.
func fields(t testing.TB, keys map[string]keyring.Key, ids ...string) func(*sqlstore.Config) {
	t.Helper()
	var list []keyring.Key
	for _, id := range ids {
		if _, ok := keys[id]; !ok {
			key, err := keyring.GenerateKey(id)
			require.NoError(t, err)
			keys[id] = key
		}
		list = append(list, keys[id])
	}
	r, err := keyring.New(list[0], list[1:]...)
	require.NoError(t, err)
	sealer, err := certificate.NewFieldSealer(certificate.FieldSealerConfig{Records: r, Index: r})
	require.NoError(t, err)
	return func(cfg *sqlstore.Config) { cfg.Fields = sealer }
}

func TestSealedStore(t *testing.T) {
	n := newNode(t, fields(t, map[string]keyring.Key{}, "k2", "k1")) // a former key beside the current one
	require.NoError(t, storetest.TestStore(t.Context(), n.Store()))
}

// personal is what must not be read from a sealed database.
func personal(n int) []string {
	f := form(n)
	return []string{f.NIK, f.EmployeeNumber, f.WorkEmail, f.SIASNEmail, f.Phone, "Siti Contoh", phrase}
}

func assertHides(t *testing.T, dump string, n int) {
	t.Helper()
	for _, needle := range personal(n) {
		assert.NotContains(t, dump, needle)
		assert.NotContains(t, dump, hex.EncodeToString([]byte(needle)))
	}
}

// A service that began without keys gets them, and later new ones.
func TestReseal(t *testing.T) {
	ctx := t.Context()
	n := newNode(t)
	o := newOffice(t, n.Database)
	id := o.enrol(t, 0)
	_ = o.enrol(t, 1)
	n.clearLedger() // certificates are public and name their owner
	dump := n.dump(t)
	require.Contains(t, dump, hex.EncodeToString([]byte(form(0).NIK)), "the search finds what is there")

	keys := map[string]keyring.Key{}
	for _, step := range []struct {
		name string
		keys []string
		gone []string // keys without which it is read afterwards
	}{
		{"keys at last", []string{"k1"}, nil},
		{"a new key", []string{"k2", "k1"}, []string{"k2"}},
		{"again", []string{"k2", "k1"}, []string{"k2"}},
	} {
		d := n.open(t, n.pool, fields(t, keys, step.keys...))
		if step.name == "keys at last" {
			_, err := d.Store().View(ctx, id)
			require.ErrorIs(t, err, certificate.ErrRecord, "a plain record is refused where there are keys")
		}
		count, err := d.Store().Reseal(ctx)
		require.NoError(t, err, step.name)
		assert.Equal(t, 2, count)
		if step.gone != nil {
			d = n.open(t, n.pool, fields(t, keys, step.gone...))
		}
		for i := range 2 {
			found, err := d.Store().Find(ctx, certificate.NIKIndex(applicant(t, i).NIK()))
			require.NoError(t, err, step.name)
			rec, err := d.Store().View(ctx, found)
			require.NoError(t, err, step.name)
			assert.Equal(t, form(i).NIK, rec.NIK.Digits())
			assertHides(t, n.dump(t), i)
		}
	}
	_, err := n.Store().View(ctx, id)
	require.ErrorIs(t, err, certificate.ErrRecord, "a sealed record without keys")
	d := n.open(t, n.pool, fields(t, keys, "k3"))
	_, err = d.Store().View(ctx, id)
	require.ErrorIs(t, err, certificate.ErrRecord)
	require.ErrorIs(t, err, keyring.ErrUnknownKey)
	_, err = d.Store().Reseal(ctx)
	require.ErrorIs(t, err, keyring.ErrUnknownKey)
}

// clearLedger removes the authority's public certificates.
func (n *node) clearLedger() {
	n.owner.Must(`DELETE FROM tte.serial`, `DELETE FROM tte.request`)
}

// One person's sealed record in another's row is refused.
func TestSealedRecordIsBoundToItsRow(t *testing.T) {
	n := newNode(t, fields(t, map[string]keyring.Key{}, "k1"))
	o := newOffice(t, n.Database)
	id := o.enrol(t, 0)
	_ = o.enrol(t, 1)
	n.owner.Must(`UPDATE tte.person AS a SET record = b.record FROM tte.person AS b WHERE a.id <> b.id`)
	_, err := n.Store().View(t.Context(), id)
	require.ErrorIs(t, err, certificate.ErrRecord)
}

// Purging attempts keeps what an account has against it.
func TestPurgeAttempts(t *testing.T) {
	n := newNode(t)
	o := newOffice(t, n.Database)
	id := o.enrol(t, 0)
	wrong := certificate.Factor{Passphrase: passphrase.FromString("Salah-Ketik#1")}
	for _, origin := range []string{"192.0.2.1", "192.0.2.2"} {
		_, err := o.Unlock(t.Context(), id, wrong, origin)
		require.ErrorIs(t, err, certificate.ErrWrongFactor)
	}
	o.clock.Advance(time.Hour)
	_, err := o.Unlock(t.Context(), id, wrong, "192.0.2.3")
	require.ErrorIs(t, err, certificate.ErrWrongFactor)
	states := func() (count, failures int) {
		err := n.owner.QueryRow(`SELECT count(*), sum(failures) FROM tte.attempt WHERE failures > 0`).Scan(&count, &failures)
		require.NoError(t, err)
		return count, failures
	}
	count, failures := states()
	assert.Equal(t, []int{4, 6}, []int{count, failures}, "an account with three failures, three origins with one each")
	require.NoError(t, n.Attempts().Purge(t.Context(), start.Add(30*time.Minute)))
	count, failures = states()
	assert.Equal(t, []int{2, 4}, []int{count, failures}, "two origins are forgotten")
	require.NoError(t, n.Attempts().Purge(t.Context(), start.Add(24*time.Hour)))
	count, failures = states()
	assert.Equal(t, []int{1, 3}, []int{count, failures}, "the account's stays")
}
