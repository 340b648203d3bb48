package sqlstore_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/certificate/sqlstore/postgres/pgtest"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/esign/sqlstore"
	"github.com/sertel-id/sertel/signing/verify"
)

// box is the fake's service over HTTP with an enrolled signer and a client whose ledger is the
// database.
type box struct {
	*mockbsre.Server
	client *esign.Client
	signer esign.Identity
}

const phrase = "Tiga-Kelinci9-Ungu"

func newBox(t testing.TB, ledger esign.Ledger) *box {
	t.Helper()
	srv := mockbsre.NewUnstarted(mockbsre.Config{})
	require.NoError(t, srv.Start(t.Context()))
	t.Cleanup(srv.Close)
	person := mockbsre.MadeUpPerson(0)
	_, err := srv.Enrol(t.Context(), person, passphrase.FromString(phrase))
	require.NoError(t, err)
	nik, err := identity.ParseNIK(person.NIK)
	require.NoError(t, err)
	username, password := srv.Credential()
	client, err := esign.New(esign.Config{
		BaseURL: srv.URL(), InsecurePlainHTTP: true, Username: username, Password: password, LedgerKey: password,
		Roots: verify.Trust(srv.Root()), Now: srv.Clock.Now, RetryDelay: time.Nanosecond, Ledger: ledger,
	})
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	return &box{srv, client, esign.Identity{NIK: nik}}
}

func (b *box) sign(t testing.TB, n int) ([]byte, esign.Result, error) {
	var out bytes.Buffer
	in := page(n)
	r, err := b.client.Signer(b.signer).Sign(t.Context(), &out, bytes.NewReader(in), int64(len(in)), esign.Request{
		Request: signing.Request{Credential: signing.Credential{Passphrase: passphrase.FromString(phrase)}},
	})
	return out.Bytes(), r, err
}

// page is a PDF of one page, another one for each number.
func page(number int) []byte {
	content := fmt.Sprintf("BT /F 12 Tf 72 770 Td (Surat nomor %d) Tj ET", number)
	var b, table bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	for i, o := range []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content)+1, content),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	} {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 6\n0000000000 65535 f \n%strailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", table.Bytes(), start)
	return b.Bytes()
}

// The server of the ledger is killed in the middle of many signatures. No signed document is lost,
// none is signed twice unless a person says so, and everybody goes on.
func TestServerKilledDuringSignatures(t *testing.T) {
	whole, letters := os.Getenv("SERTEL_CI") == "1", 12
	if whole {
		letters = 500
	}
	i := pgtest.Start(t, whole)
	pool := pgtest.Open(t, i.DSN()+" dbname=postgres")
	require.NoError(t, sqlstore.Migrate(t.Context(), pool, ""))
	db, err := sqlstore.New(sqlstore.Config{DB: pool})
	require.NoError(t, err)
	b := newBox(t, db.Ledger())

	signed := make([][]byte, letters)
	doubted := map[string]bool{} // keys of documents that were handed on and not noted
	unknown := map[string]bool{} // keys of attempts that may have been noted before anything left
	var mu sync.Mutex
	var done atomic.Int64
	kill, killed := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(killed)
		<-kill
		assert.NoError(t, i.Kill())
	}()
	next := make(chan int)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for n := range next {
				out, r, err := b.sign(t, n)
				if err != nil {
					assert.ErrorIs(t, err, esign.CodeLedger, "letter %d", n)
					if !errors.Is(err, sqlstore.ErrUnavailable) {
						assert.ErrorIs(t, err, sqlstore.ErrOutcomeUnknown, "letter %d", n)
						mu.Lock()
						unknown[errorKey(err)] = true
						mu.Unlock()
					}
					continue
				}
				mu.Lock()
				signed[n] = out
				for _, d := range r.Doubts {
					if d == signing.DoubtNotNoted {
						doubted[r.Key] = true
					}
				}
				mu.Unlock()
				if done.Add(1) == int64(letters)/3 {
					close(kill)
				}
			}
		})
	}
	for n := range letters {
		if n == 2*letters/3 { // however fast they were, some come when it is dead
			select {
			case <-killed:
			case <-time.After(2 * time.Minute):
				t.Error("not killed yet")
			}
		}
		next <- n
	}
	close(next)
	wg.Wait()
	require.NoError(t, i.Start())

	// Nothing is open of which nobody was told.
	b.Clock.Advance(time.Hour)
	open, err := db.Ledger().Unsettled(t.Context(), "", letters)
	require.NoError(t, err)
	for _, key := range open {
		assert.True(t, doubted[key] || unknown[key], "an unsettled signature of which nobody was told")
	}
	again := 0
	for n := range signed {
		if signed[n] == nil {
			out, _, err := b.sign(t, n)
			if key := errorKey(err); errors.Is(err, esign.CodeUnsettled) && unknown[key] {
				require.NoError(t, b.client.Reconcile(t.Context(), key, esign.SignAgain))
				out, _, err = b.sign(t, n)
			}
			require.NoError(t, err, "letter %d", n)
			signed[n] = out
			again++
		}
	}
	require.Positive(t, again, "the server was killed among them")
	for n := range signed {
		_, r, err := b.sign(t, n)
		switch {
		case errors.Is(err, esign.CodeAlreadySaved):
			assert.Equal(t, int64(len(signed[n])), r.OutputSize, "letter %d: the first result is told", n)
		default:
			require.ErrorIs(t, err, esign.CodeUnsettled, "letter %d", n)
			require.True(t, doubted[errorKey(err)], "letter %d", n)
		}
		report, err := verify.Verify(t.Context(), bytes.NewReader(signed[n]), int64(len(signed[n])),
			verify.Options{Roots: verify.Trust(b.Root()), Now: b.Clock.Now})
		require.NoError(t, err)
		require.NoError(t, report.Err(), "letter %d", n)
	}
}

func errorKey(err error) string {
	var e *esign.Error
	if errors.As(err, &e) {
		return e.Key
	}
	return ""
}
