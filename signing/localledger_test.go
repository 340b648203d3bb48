package signing_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

// failingLedger fails at the chosen update.
type failingLedger struct {
	*signing.MemoryLedger
	updates, failAt int
}

var errNoLedger = errors.New("connection refused")

func (f *failingLedger) Update(ctx context.Context, key string, g func(*signing.Entry) error) error {
	if f.updates++; f.updates == f.failAt {
		return errNoLedger
	}
	return f.MemoryLedger.Update(ctx, key, g)
}

// desk is a signer at hand with a ledger and a clock.
type desk struct {
	*signing.Local
	safe   *safe
	ledger *failingLedger
	now    time.Time
}

func newDesk(t *testing.T, failAt int) *desk {
	t.Helper()
	d := &desk{safe: &safe{key: person(t, "Budi Contoh", p256())}, now: now(),
		ledger: &failingLedger{MemoryLedger: signing.NewMemoryLedger(), failAt: failAt}}
	local, err := signing.NewLocal(signing.LocalConfig{Keys: d.safe, Now: func() time.Time { return d.now }, Signer: "5f2c", Ledger: d.ledger})
	require.NoError(t, err)
	d.Local = local
	return d
}

func (d *desk) sign(in []byte, key string) ([]byte, signing.Receipt, error) {
	var out bytes.Buffer
	r, err := d.SignDocument(context.Background(), &out, bytes.NewReader(in), int64(len(in)),
		signing.Request{Credential: signing.Credential{Passphrase: passphrase.FromString(sandi)}, DedupeKey: key})
	return out.Bytes(), r, err
}

func TestLocalLedger(t *testing.T) {
	letter := producer(t, "libreoffice.pdf")
	t.Run("a program that ended in the middle leaves a decision", func(t *testing.T) {
		d := newDesk(t, 0)
		_, r, err := d.sign(letter, "surat-1")
		require.NoError(t, err)
		require.NoError(t, d.ledger.Update(t.Context(), r.Key, func(e *signing.Entry) error {
			e.Attempts[0] = signing.Attempt{ID: e.Attempts[0].ID, Started: e.Attempts[0].Started, InSHA256: e.Attempts[0].InSHA256}
			return nil
		}))
		opened := d.safe.opened
		_, _, err = d.sign(letter, "surat-1")
		require.ErrorIs(t, err, signing.ErrInFlight)
		require.ErrorIs(t, d.Reconcile(t.Context(), r.Key, signing.SignAgain), signing.ErrInFlight)
		d.now = d.now.Add(time.Hour)
		_, refused, err := d.sign(letter, "surat-1")
		require.ErrorIs(t, err, signing.ErrUnsettled)
		assert.Equal(t, r.Key, refused.Key, "to decide by")
		require.NoError(t, d.Reconcile(t.Context(), r.Key, signing.Abandon))
		_, _, err = d.sign(letter, "surat-1")
		require.ErrorIs(t, err, signing.ErrAbandoned)
		assert.Equal(t, opened, d.safe.opened, "the credential was not used")
		require.ErrorIs(t, d.Reconcile(t.Context(), r.Key, "lagi"), signing.ErrDecision)
		require.NoError(t, d.Reconcile(t.Context(), r.Key, signing.SignAgain))
		out, _, err := d.sign(letter, "surat-1")
		require.NoError(t, err)
		intact(t, out, 1)
		require.ErrorIs(t, d.Reconcile(t.Context(), r.Key, signing.Abandon), signing.ErrNotUnsettled)
		require.ErrorIs(t, d.Reconcile(t.Context(), "lain", signing.Abandon), signing.ErrNotUnsettled)
	})
	t.Run("a ledger that fails before lets nothing be signed", func(t *testing.T) {
		d := newDesk(t, 1)
		out, r, err := d.sign(letter, "surat-1")
		require.ErrorIs(t, err, signing.ErrLedger)
		require.ErrorIs(t, err, errNoLedger)
		assert.Empty(t, out)
		assert.Zero(t, d.safe.opened)
		assert.Equal(t, signing.OutcomeRefused, r.Outcome)
	})
	t.Run("a ledger that fails afterwards loses no signature", func(t *testing.T) {
		d := newDesk(t, 2)
		out, r, err := d.sign(letter, "surat-1")
		require.NoError(t, err)
		intact(t, out, 1)
		assert.Equal(t, []signing.Doubt{signing.DoubtNotNoted}, r.Doubts)
		_, _, err = d.sign(letter, "surat-1")
		require.ErrorIs(t, err, signing.ErrInFlight, "and no second one is made")
	})
	t.Run("a failure that was seen to its end can be repeated", func(t *testing.T) {
		d := newDesk(t, 0)
		d.safe.closeErr = errors.New("stuck")
		_, r, err := d.sign(letter, "surat-1")
		require.ErrorIs(t, err, d.safe.closeErr)
		assert.Equal(t, signing.OutcomeRefused, r.Outcome)
		d.safe.closeErr = nil
		out, _, err := d.sign(letter, "surat-1")
		require.NoError(t, err)
		intact(t, out, 1)
	})
	t.Run("without a key nothing is looked up", func(t *testing.T) {
		d := newDesk(t, 1)
		for range 2 {
			_, r, err := d.sign(letter, "")
			require.NoError(t, err)
			assert.Empty(t, r.Key)
		}
		assert.Zero(t, d.ledger.updates)
	})
	t.Run("people share a ledger", func(t *testing.T) {
		d := newDesk(t, 0)
		other, err := signing.NewLocal(signing.LocalConfig{Keys: d.safe, Now: now, Signer: "77aa", Ledger: d.ledger})
		require.NoError(t, err)
		_, mine, err := d.sign(letter, "surat-1")
		require.NoError(t, err)
		d.Local = other
		_, theirs, err := d.sign(letter, "surat-1")
		require.NoError(t, err)
		assert.NotEqual(t, mine.Key, theirs.Key)
		_, err = signing.NewLocal(signing.LocalConfig{Keys: d.safe, Ledger: d.ledger})
		assert.ErrorContains(t, err, "Signer", "whose signatures are they")
	})
	t.Run("a document that changes between two readings is no success", func(t *testing.T) {
		d := newDesk(t, 0)
		var out bytes.Buffer
		src := &changing{Reader: bytes.NewReader(letter)}
		_, err := d.SignDocument(t.Context(), &out, src, int64(len(letter)),
			signing.Request{Credential: signing.Credential{Passphrase: passphrase.FromString(sandi)}, DedupeKey: "surat-1"})
		require.ErrorIs(t, err, signing.ErrWrongDocument)
		_, _, err = d.sign(letter, "surat-1")
		require.NoError(t, err)
	})
	t.Run("texts without end are refused", func(t *testing.T) {
		d := newDesk(t, 0)
		_, _, err := d.sign(letter, strings.Repeat("k", 5000))
		require.ErrorIs(t, err, signing.ErrLimit)
	})
}

// changing has another comment in its second line once it was read whole. It
// holds on to ReadAt, so that it is read anew each time.
type changing struct {
	*bytes.Reader
	whole bool
}

func (c *changing) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.Reader.ReadAt(p, off)
	if c.whole && off <= 12 && int(12-off) < n {
		p[12-off] ^= 1
	}
	if off+int64(n) == c.Size() {
		c.whole = true
	}
	return n, err
}

// A ledger kept by others may hold what this program never wrote.
func TestReceiptOfAnAttempt(t *testing.T) {
	for name, a := range map[string]signing.Attempt{
		"empty":    {},
		"no hex":   {OutSHA256: "zz", InSHA256: "-"},
		"too long": {OutSHA256: strings.Repeat("ab", 40), InSHA256: strings.Repeat("ab", 4000)},
	} {
		r := a.Receipt()
		assert.Zero(t, r.OutputSHA256, name)
		assert.Zero(t, r.InputSHA256, name)
	}
	r := signing.Receipt{OutputSHA256: [32]byte{1, 2}, OutputSize: 7, Field: "Tanda1"}
	a := signing.Attempt{ID: "a1", InSHA256: strings.Repeat("ab", 32)}
	a.Note(r)
	back := a.Receipt()
	assert.Equal(t, r.OutputSHA256, back.OutputSHA256)
	assert.EqualValues(t, 0xab, back.InputSHA256[31])
	assert.Equal(t, signing.OutcomeSigned, back.Outcome)
	assert.Equal(t, "Tanda1", back.Field)
}

func TestCapabilitiesOfLocal(t *testing.T) {
	s := &safe{key: person(t, "Budi Contoh", p256())}
	for name, tt := range map[string]struct {
		keys signing.KeySource
		code bool
	}{
		"a source that does not say": {s, false},
		"a file":                     {signing.NewPKCS12([]byte("x")), false},
		"a source with codes":        {withCodes{s}, true},
	} {
		local, err := signing.NewLocal(signing.LocalConfig{Keys: tt.keys})
		require.NoError(t, err)
		assert.Equal(t, signing.Capabilities{Passphrase: true, OneTimeCode: tt.code, Block: true, Anchor: true, Field: true, Certify: true, DocumentPassword: true},
			local.Capabilities(), name)
	}
}

type withCodes struct{ *safe }

func (withCodes) TakesOneTimeCodes() bool { return true }
