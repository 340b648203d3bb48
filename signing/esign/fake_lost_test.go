package esign_test

import (
	"bytes"
	"crypto/sha256"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/verify"
)

// lossy signs documents through a network that loses answers.
type lossy struct {
	*fake
	client *esign.Client
	ledger *esign.MemoryLedger
	op     mockbsre.Operation
	chance *rand.Rand
	asks   int                 // requests to sign that were asked for
	lost   map[[32]byte]int    // answers lost after a signature, by document
	keys   map[string]struct{} // of the ledger
}

// plan decides what goes wrong with the next request to sign, and reports
// whether the box signs.
func (l *lossy) plan() (signs bool) {
	f := mockbsre.Fault{Cut: true, Applied: true}
	switch l.chance.IntN(8) {
	case 0, 1:
		return true
	case 2: // before the first byte
		f.CutAfter = -1
	case 3: // after the headers, where version 1 has the document's id
	case 4, 5:
		f.CutAfter = 1 + l.chance.IntN(60_000)
	case 6: // a proxy that lost patience
		f = mockbsre.Fault{Applied: true, Status: 504}
	case 7: // the box did nothing, which nobody can know
		f = mockbsre.Fault{Cut: true, CutAfter: -1}
	}
	l.FailNext(l.op, f)
	return f.Applied
}

// try makes one request. Without a result it returns the error.
func (l *lossy) try(in []byte) ([]byte, error) {
	signs := l.plan()
	l.asks++
	out, r, err := l.sign(l.client, in, signed())
	l.keys[r.Key] = struct{}{}
	require.Zero(l.t, l.PendingFaults(), "the request did not leave")
	if err == nil {
		require.Equal(l.t, esign.OutcomeSigned, r.Outcome)
		return out, nil
	}
	require.ErrorIs(l.t, err, esign.CodeOutcomeUnknown)
	require.Empty(l.t, out)
	if signs {
		l.lost[sha256.Sum256(in)]++
	}
	return nil, err
}

// settle goes on until the document is signed or given up.
func (l *lossy) settle(in []byte) []byte {
	for {
		out, err := l.try(in)
		if err == nil {
			_, _, err = l.sign(l.client, in, signed())
			require.ErrorIs(l.t, err, esign.CodeAlreadySaved)
			return out
		}
		_, _, again := l.sign(l.client, in, signed())
		require.ErrorIs(l.t, again, esign.CodeUnsettled, "without a decision nothing is signed again")
		decision := esign.SignAgain
		if l.chance.IntN(10) == 0 {
			decision = esign.Abandon
		}
		var failed *esign.Error
		require.ErrorAs(l.t, err, &failed)
		require.NoError(l.t, l.client.Reconcile(l.t.Context(), failed.Key, decision))
		if decision == esign.Abandon {
			_, _, again = l.sign(l.client, in, signed())
			require.ErrorIs(l.t, again, esign.CodeAbandoned)
			return nil
		}
	}
}

// TestLostAnswers signs documents while answers are cut at random. What is kept
// of each is one file with one new signature; what the box signed beyond it are
// the answers that were lost; each repetition was decided by somebody.
func TestLostAnswers(t *testing.T) {
	documents := 50 // of each version
	if os.Getenv("SERTEL_CI") == "1" {
		documents = 500
	}
	for name, tt := range map[string]struct {
		op     mockbsre.Operation
		change func(*esign.Config)
	}{
		"version 1": {mockbsre.SignV1, v1},
		"version 2": {mockbsre.SignV2, func(*esign.Config) {}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &lossy{fake: newFake(t, mockbsre.EsignConfig{}), ledger: esign.NewMemoryLedger(), op: tt.op,
				chance: rand.New(rand.NewPCG(2027, 1)), lost: map[[32]byte]int{}, keys: map[string]struct{}{}}
			l.client = l.fake.client(func(c *esign.Config) {
				tt.change(c)
				c.Ledger, c.LedgerKey, c.SkipChain = l.ledger, passphrase.New(make([]byte, 32)), true
			})
			kept := make([][]byte, documents)
			for n := range documents {
				kept[n] = l.settle(page(n))
			}
			l.inspect(kept)
		})
	}
}

// inspect holds what was kept against the fake's list of signatures and the
// client's ledger.
func (l *lossy) inspect(kept [][]byte) {
	t := l.t
	require.Equal(t, l.asks, l.asked(l.op), "a request to sign left that nobody asked for")
	made, outputs := map[[32]byte]int{}, map[[32]byte]bool{}
	for _, s := range l.Signatures() {
		made[s.InputSHA256]++
		outputs[s.OutputSHA256] = true
	}
	results, lost, repeats := 0, 0, 0
	for n, out := range kept {
		in := page(n)
		digest := sha256.Sum256(in)
		want := l.lost[digest]
		lost += want
		if out != nil {
			want++
			results++
			require.True(t, bytes.HasPrefix(out, in))
			require.True(t, outputs[sha256.Sum256(out)], "what was kept is what the box made")
			report := l.judged(out)
			require.Len(t, report.Signatures, 1)
			require.Equal(t, verify.TotalPassed, report.Conclusion.Indication)
		}
		require.Equal(t, want, made[digest], "signatures at the box under document %d", n)
	}
	require.Len(t, l.keys, len(kept))
	for key := range l.keys {
		e, err := l.ledger.Entry(t.Context(), key)
		require.NoError(t, err)
		require.NotEmpty(t, e.Attempts)
		require.False(t, e.Unsettled())
		for _, a := range e.Attempts[:len(e.Attempts)-1] {
			require.Equal(t, esign.SignAgain, a.Decision)
			require.False(t, a.Decided.IsZero())
			repeats++
		}
	}
	require.Equal(t, l.asks, len(kept)+repeats, "each request but the first ones was decided")
	require.Positive(t, lost)
	t.Logf("%d documents: %d kept, %d given up; %d requests, %d signatures made, %d answers lost, %d repeats decided",
		len(kept), results, len(kept)-results, l.asks, len(l.Signatures()), lost, repeats)
}
