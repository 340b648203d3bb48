package sqlstore_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/certificate/sqlstore"
)

// Some tests need several processes: this binary is started again with a job in its environment.
const childEnv = "SERTEL_SQLSTORE_CHILD"

// job is what a child does, many times over.
type job struct {
	Kind  string `json:"kind"`
	DSN   string `json:"dsn"`
	Token string `json:"token,omitempty"` // of the link to redeem
	Times int    `json:"times"`
	Node  int    `json:"node"`
}

// result is what it prints.
type result struct {
	Won     int      `json:"won"`
	Lost    int      `json:"lost"`
	Serials []string `json:"serials"`
	Numbers []int64  `json:"numbers"`
}

func runChild(text string) error {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return err
	}
	db, err := sql.Open("pgx", j.DSN)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(16)
	d, err := sqlstore.New(sqlstore.Config{DB: db, Schema: schema})
	if err != nil {
		return err
	}
	work := map[string]func(context.Context, job, *sqlstore.Database) (result, error){"redeem": redeem, "issue": issue}[j.Kind]
	if work == nil {
		return fmt.Errorf("unknown job %q", j.Kind)
	}
	r, err := work(context.Background(), j, d)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// children runs the job in n processes at once.
func children(t *testing.T, n int, j job) []result {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	results := make([]result, n)
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		j.Node = i
		text, err := json.Marshal(j)
		require.NoError(t, err)
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, exe)
			cmd.Env = append(os.Environ(), childEnv+"="+string(text))
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if err != nil {
				errs[i] = fmt.Errorf("%w: %s", err, stderr.Bytes())
				return
			}
			errs[i] = json.Unmarshal(out, &results[i])
		})
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	return results
}

// redeem follows one link many times at once: it moves the person to the new work mail.
func redeem(ctx context.Context, j job, d *sqlstore.Database) (result, error) {
	token, err := certificate.ParseToken(j.Token)
	if err != nil {
		return result{}, err
	}
	now := start // any clock does, as long as the link has not run out
	r, err := certificate.NewRegistrar(certificate.RegistrarConfig{
		Agencies: []certificate.Agency{certificate.KotaMagelang()}, Store: d.Store(), Vault: noVault{}, Issuer: noIssuer{},
		Population: registers{}, Personnel: registers{}, Mailer: &inbox{links: map[string]certificate.Token{}},
		Agreements: agreements, PortalURL: "https://portal.example/", Now: func() time.Time { return now },
	})
	if err != nil {
		return result{}, err
	}
	var res result
	var mu sync.Mutex
	var failed []error
	var wg sync.WaitGroup
	for range j.Times {
		wg.Go(func() {
			err := r.ConfirmWorkMail(ctx, token)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				res.Won++
			case errors.Is(err, certificate.ErrTokenUsed):
				res.Lost++
			default:
				failed = append(failed, err)
			}
		})
	}
	wg.Wait()
	return res, errors.Join(failed...)
}

// noVault and noIssuer are never asked.
type noVault struct{ certificate.Vault }

type noIssuer struct{ certificate.Issuer }

func TestOneOfManyRedeemersWins(t *testing.T) {
	n := newNode(t)
	o := newOffice(t, n.Database)
	id := o.enrol(t, 0)
	const moved = "siti.pindah@pns.magelangkota.go.id"
	require.NoError(t, o.RequestWorkMail(t.Context(), id, email(t, moved)))
	_, err := o.DeliverTo(t.Context(), id)
	require.NoError(t, err)
	before, err := o.Audit(t.Context(), id)
	require.NoError(t, err)

	times := count(250, 25)
	total := result{}
	for _, r := range children(t, 4, job{Kind: "redeem", DSN: n.owner.DSN() + " user=" + n.role, Times: times,
		Token: o.inbox.link(certificate.MailWorkMailProof, moved).Reveal()}) {
		total.Won += r.Won
		total.Lost += r.Lost
	}
	assert.Equal(t, 1, total.Won)
	assert.Equal(t, 4*times-1, total.Lost)
	rec, err := o.Record(t.Context(), id)
	require.NoError(t, err)
	assert.Len(t, rec.WorkMails, 2, "the change was made once")
	assert.Equal(t, moved, rec.WorkMail().Address())
	after, err := o.Audit(t.Context(), id)
	require.NoError(t, err)
	changes := 0
	for _, e := range after[len(before):] {
		if e.Action == "change_mail" {
			changes++
		}
	}
	assert.Equal(t, 1, changes, "and reported once: %v", after[len(before):])
}

// issue takes serials and CRL numbers as an authority does. Half of the requests are those of the
// other node, as after a failover.
func issue(ctx context.Context, j job, d *sqlstore.Database) (result, error) {
	l := d.Ledger()
	var res result
	for i := range j.Times {
		request := fmt.Sprintf("request-%d-%d", j.Node, i)
		if i%2 == 0 {
			request = fmt.Sprintf("request-%d", i)
		}
		serial, err := certificate.ParseSerial(fmt.Sprintf("40%x", sha256.Sum256(fmt.Appendf(nil, "%d %d", j.Node, i)))[:32])
		if err != nil {
			return res, err
		}
		e, err := l.Begin(ctx, authority.Entry{Serial: serial, Issuer: "0123", RequestID: request, Profile: "person",
			TBS: []byte{0x30, 0}, NotAfter: start.AddDate(2, 0, 0)})
		if err != nil {
			return res, err
		}
		if _, err := l.Complete(ctx, e.Serial, []byte{0x30, byte(j.Node)}); err != nil {
			return res, err
		}
		n, err := l.NextCRLNumber(ctx, e.Issuer)
		if err != nil {
			return res, err
		}
		res.Serials = append(res.Serials, request+" "+e.Serial.String())
		res.Numbers = append(res.Numbers, n)
	}
	return res, nil
}

func TestTwoNodesIssueWithoutARepeat(t *testing.T) {
	n := newNode(t)
	times := count(500, 60)
	results := children(t, 2, job{Kind: "issue", DSN: n.owner.DSN() + " user=" + n.role, Times: times})
	numbers, serials, requests := map[int64]bool{}, map[string]bool{}, map[string]string{}
	for _, r := range results {
		last := int64(0)
		for _, number := range r.Numbers {
			require.Greater(t, number, last, "CRL numbers of a node grow")
			require.False(t, numbers[number], "CRL number %d twice", number)
			numbers[number], last = true, number
		}
		for _, text := range r.Serials {
			var request, serial string
			_, err := fmt.Sscan(text, &request, &serial)
			require.NoError(t, err)
			if earlier, ok := requests[request]; ok {
				require.Equal(t, earlier, serial, "a request has one serial, whichever node asks")
				continue
			}
			require.False(t, serials[serial], "serial %s for two requests", serial)
			requests[request], serials[serial] = serial, true
		}
	}
	assert.Len(t, numbers, 2*times)
	assert.Len(t, requests, times+times/2)
}

func email(t *testing.T, address string) identity.Email {
	t.Helper()
	m, err := identity.ParseEmail(address)
	require.NoError(t, err)
	return m
}
