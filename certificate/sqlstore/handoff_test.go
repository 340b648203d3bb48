package sqlstore_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/keyring"
	"github.com/sertel-id/sertel/certificate/sqlstore"
	"github.com/sertel-id/sertel/passphrase"
)

var (
	letter = sha256.Sum256([]byte("letter"))
	annex  = sha256.Sum256([]byte("annex"))
)

// handoffs returns the same handoff at two nodes with clocks of their own.
func handoffs(t testing.TB) (n *node, clocks [2]*clock, nodes [2]*sqlstore.Handoff) {
	t.Helper()
	keys := ring(t, "k1")
	n = newNode(t)
	for i := range nodes {
		clocks[i] = &clock{now: start}
		d := n.open(t, n.owner.As(n.role), func(cfg *sqlstore.Config) {
			cfg.Handoff, cfg.Now, cfg.MaxHandoffs = keys, clocks[i].Now, 3
		})
		var err error
		nodes[i], err = d.Handoff()
		require.NoError(t, err)
	}
	return n, clocks, nodes
}

func TestHandoffBetweenNodes(t *testing.T) {
	_, _, nodes := handoffs(t)
	web, worker := nodes[0], nodes[1]
	ctx := t.Context()
	given := passphrase.FromString(phrase)
	handle, err := web.Put(ctx, given, passphrase.Grant{Signer: "person-1", Digests: [][32]byte{letter, annex, letter}})
	require.NoError(t, err)
	given.Destroy()

	parsed, err := passphrase.ParseHandle(handle.Token())
	require.NoError(t, err)
	secret, signer, err := worker.Take(ctx, parsed, letter)
	require.NoError(t, err)
	assert.Equal(t, phrase, string(secret.Reveal()))
	assert.Equal(t, "person-1", signer)
	_, _, err = web.Take(ctx, parsed, letter)
	require.ErrorIs(t, err, passphrase.ErrNotGranted, "each document once, on whatever node")
	_, _, err = worker.Take(ctx, parsed, sha256.Sum256([]byte("another")))
	require.ErrorIs(t, err, passphrase.ErrNotGranted)
	_, _, err = worker.Take(ctx, parsed, annex)
	require.NoError(t, err)
	_, _, err = worker.Take(ctx, parsed, annex)
	require.ErrorIs(t, err, passphrase.ErrHandle, "used up")
}

func TestHandoffLimits(t *testing.T) {
	n, clocks, nodes := handoffs(t)
	h, ctx := nodes[0], t.Context()
	secret := passphrase.FromString(phrase)
	grant := passphrase.Grant{Signer: "person-1", Digests: [][32]byte{letter, annex}, MaxUses: 1}

	once, err := h.Put(ctx, secret, grant)
	require.NoError(t, err)
	_, _, err = h.Take(ctx, once, letter)
	require.NoError(t, err)
	_, _, err = h.Take(ctx, once, annex)
	require.ErrorIs(t, err, passphrase.ErrHandle, "MaxUses below the number of documents")

	expiring, err := h.Put(ctx, secret, grant)
	require.NoError(t, err)
	clocks[0].Advance(5 * time.Minute)
	_, _, err = h.Take(ctx, expiring, letter)
	require.ErrorIs(t, err, passphrase.ErrHandle, "five minutes")
	_, _, err = nodes[1].Take(ctx, expiring, letter)
	require.ErrorIs(t, err, passphrase.ErrHandle, "a node whose clock is late revives nothing")

	for range 3 {
		_, err = h.Put(ctx, secret, grant)
		require.NoError(t, err)
	}
	_, err = h.Put(ctx, secret, grant)
	require.ErrorIs(t, err, passphrase.ErrHandoffFull)
	clocks[0].Advance(5 * time.Minute)
	revoked, err := h.Put(ctx, secret, grant)
	require.NoError(t, err, "what nobody came for makes room")
	require.NoError(t, h.Revoke(ctx, revoked))
	require.NoError(t, h.Revoke(ctx, passphrase.Handle{}))
	_, _, err = h.Take(ctx, revoked, letter)
	require.ErrorIs(t, err, passphrase.ErrHandle)
	_, _, err = h.Take(ctx, passphrase.Handle{}, letter)
	require.ErrorIs(t, err, passphrase.ErrHandle)
	_, err = h.Put(ctx, passphrase.Secret{}, grant)
	require.ErrorIs(t, err, passphrase.ErrEmpty)
	_, err = h.Put(ctx, secret, passphrase.Grant{Signer: "person-1"})
	require.ErrorIs(t, err, passphrase.ErrGrant)

	_, err = h.Put(ctx, secret, grant)
	require.NoError(t, err)
	clocks[0].Advance(5 * time.Minute)
	require.NoError(t, h.Sweep(ctx))
	var left int
	require.NoError(t, n.owner.QueryRow(`SELECT (SELECT count(*) FROM tte.handoff) + (SELECT count(*) FROM tte.handoff_taken)`).Scan(&left))
	assert.Zero(t, left)
}

// Whoever has the database alone reads no passphrase, and cannot move or widen what was granted.
func TestHandoffRests(t *testing.T) {
	n, _, nodes := handoffs(t)
	ctx := t.Context()
	handle, err := nodes[0].Put(ctx, passphrase.FromString(phrase), passphrase.Grant{Signer: "person-1-of-the-office", Digests: [][32]byte{letter}})
	require.NoError(t, err)
	dump := n.dump(t)
	for name, needle := range map[string][]byte{
		"passphrase": []byte(phrase), "signer": []byte("person-1-of-the-office"), "handle": []byte(handle.Token()), "digest": letter[:],
	} {
		assert.NotContains(t, dump, string(needle), name)
		assert.NotContains(t, dump, hex.EncodeToString(needle), name)
	}
	other, err := nodes[0].Put(ctx, passphrase.FromString("Danau#Toba7 siang"), passphrase.Grant{Signer: "person-2", Digests: [][32]byte{annex}})
	require.NoError(t, err)
	n.owner.Must(`UPDATE tte.handoff AS a SET sealed = b.sealed FROM tte.handoff AS b WHERE a.key <> b.key`)
	for _, h := range []passphrase.Handle{handle, other} {
		_, _, err := nodes[1].Take(ctx, h, letter)
		require.ErrorIs(t, err, keyring.ErrSealed, "put in another's place")
	}
	n.owner.Must(`UPDATE tte.handoff SET sealed = substring(sealed FROM 1 FOR 40)`)
	_, _, err = nodes[1].Take(ctx, handle, letter)
	require.ErrorIs(t, err, keyring.ErrSealed)
}

func TestHandoffTakenOnceByMany(t *testing.T) {
	_, _, nodes := handoffs(t)
	ctx := t.Context()
	handle, err := nodes[0].Put(ctx, passphrase.FromString(phrase), passphrase.Grant{Signer: "p", Digests: [][32]byte{letter, annex}})
	require.NoError(t, err)
	var won atomic.Int32
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			_, _, err := nodes[i%2].Take(ctx, handle, letter)
			if err == nil {
				won.Add(1)
			} else {
				assert.ErrorIs(t, err, passphrase.ErrNotGranted)
			}
		})
	}
	wg.Wait()
	assert.EqualValues(t, 1, won.Load())
}

// dump is everything that is stored, as texts and with bytes in hexadecimal and as they are.
func (n *node) dump(t testing.TB) string {
	t.Helper()
	var all bytes.Buffer
	for _, table := range n.tables(t) {
		var text string
		require.NoError(t, n.owner.QueryRow(fmt.Sprintf(`SELECT COALESCE(string_agg(r::text, E'\n'), '') FROM tte.%s AS r`, table)).Scan(&text))
		all.WriteString(text + "\n")
	}
	return all.String()
}
