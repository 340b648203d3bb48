package signing_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

const auditSecret = "kunci-audit-untuk-uji-0123456789"

func auditKey(t *testing.T, secret string) signing.AuditKey {
	t.Helper()
	key, err := signing.NewAuditKey(passphrase.FromString(secret))
	require.NoError(t, err)
	return key
}

func TestAuditKey(t *testing.T) {
	nik, err := identity.ParseNIK("3371990104850901")
	require.NoError(t, err)
	mail, err := identity.ParseEmail("budi.contoh@contoh.go.id")
	require.NoError(t, err)
	key := auditKey(t, auditSecret)
	name := key.NIK(nik)
	assert.Regexp(t, "^[0-9a-f]{64}$", name)
	assert.Equal(t, name, auditKey(t, auditSecret).NIK(nik), "the same key gives the same name")
	assert.NotEqual(t, name, auditKey(t, "kunci-lain-untuk-uji-0123456789").NIK(nik))
	assert.NotEqual(t, name, key.Email(mail))
	assert.NotEqual(t, key.Seal(nik.Digits()), name, "a seal is no person")
	assert.Empty(t, key.NIK(identity.NIK{}))
	assert.Empty(t, key.Email(identity.Email{}))
	assert.Empty(t, signing.AuditKey{}.NIK(nik), "a hash without a key could be guessed")
	assert.True(t, signing.AuditKey{}.IsZero())
	_, err = signing.NewAuditKey(passphrase.FromString("terlalu-pendek!"))
	assert.ErrorContains(t, err, "16")
	assert.NotContains(t, err.Error(), "pendek")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		out := fmt.Sprintf(verb, key) + fmt.Sprintf(verb, struct{ k signing.AuditKey }{key})
		assert.NotContains(t, out, auditSecret)
		assert.NotContains(t, out, fmt.Sprintf("%x", auditSecret))
	}
}

// A signer's account of what it did, of all that may happen.
func TestLocalIsAudited(t *testing.T) {
	letter := producer(t, "libreoffice.pdf")
	s := &safe{key: person(t, "Budi Contoh", p256())}
	auditor := &signing.MemoryAuditor{}
	clock := now()
	local, err := signing.NewLocal(signing.LocalConfig{
		Keys: s, Auditor: auditor, Signer: "5f2c",
		Now: func() time.Time { clock = clock.Add(time.Second); return clock },
	})
	require.NoError(t, err)
	right := signing.Credential{Passphrase: passphrase.FromString(sandi)}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	closing := func(err error) func() { return func() { s.closeErr = err } }
	for _, tt := range []struct {
		name string
		ctx  context.Context
		in   []byte
		req  signing.Request
		code string
		key  bool // it was opened
		set  func()
	}{
		{"signed", t.Context(), letter, signing.Request{Credential: right, Purpose: "persetujuan"}, "", true, nil},
		{"wrong passphrase", t.Context(), letter, signing.Request{Credential: signing.Credential{Passphrase: passphrase.FromString("Keliru-1!")}}, "CREDENTIAL", false, nil},
		{"no PDF", t.Context(), []byte("bukan PDF"), signing.Request{Credential: right}, "NOT_PDF", false, nil},
		{"no such page", t.Context(), letter, signing.Request{Credential: right, Block: block(), Placement: signing.Placement{Page: 99, Rect: corner.Rect}}, "NO_PAGE", false, nil},
		{"contradicts itself", t.Context(), letter, signing.Request{Credential: right, Role: "camat"}, "PLACEMENT", false, nil},
		{"a key that cannot be closed", t.Context(), letter, signing.Request{Credential: right}, "FAILED", true, closing(errors.New("stuck"))},
		{"signed once", t.Context(), letter, signing.Request{Credential: right, DedupeKey: "surat-1"}, "", true, closing(nil)},
		{"and no second time", t.Context(), letter, signing.Request{Credential: right, DedupeKey: "surat-1"}, "ALREADY_SIGNED", false, nil},
		{"nor another letter", t.Context(), producer(t, "cairo.pdf"), signing.Request{Credential: right, DedupeKey: "surat-1"}, "DEDUPE_KEY", false, nil},
		{"cancelled", ended, letter, signing.Request{Credential: right}, "CANCELED", true, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.set != nil {
				tt.set()
			}
			before := len(auditor.Records())
			var out bytes.Buffer
			r, err := local.SignDocument(tt.ctx, &out, bytes.NewReader(tt.in), int64(len(tt.in)), tt.req)
			records := auditor.Records()[before:]
			require.Len(t, records, 1)
			a := records[0]
			assert.Equal(t, tt.code == "", err == nil)
			assert.Equal(t, tt.code, a.Code)
			assert.Equal(t, "5f2c", a.Signer)
			assert.Equal(t, tt.req.Purpose, a.Purpose)
			assert.Equal(t, tt.key, a.Serial != "")
			assert.Positive(t, a.Latency)
			assert.Equal(t, time.UTC, a.Time.Location())
			if tt.code == "ALREADY_SIGNED" {
				assert.NotEqual(t, r.AttemptID, a.AttemptID, "the receipt is of the first")
				assert.Equal(t, signing.OutcomeSigned, r.Outcome)
				return
			}
			assert.Equal(t, r.AttemptID, a.AttemptID)
			assert.Equal(t, r.Outcome, a.Outcome)
			assert.Empty(t, r.Doubts)
		})
	}
}

func TestAuditorThatFailsLosesNoSignature(t *testing.T) {
	letter := producer(t, "libreoffice.pdf")
	s := &safe{key: person(t, "Budi Contoh", p256())}
	full := errors.New("disk full")
	local, err := signing.NewLocal(signing.LocalConfig{Keys: s, Now: now, Signer: "5f2c", Auditor: auditFunc(func(ctx context.Context, _ signing.AuditRecord) error {
		_, limited := ctx.Deadline()
		assert.True(t, limited, "an auditor that hangs must not hang the signer")
		assert.NoError(t, ctx.Err())
		return full
	})})
	require.NoError(t, err)
	var out bytes.Buffer
	r, err := local.SignDocument(t.Context(), &out, bytes.NewReader(letter), int64(len(letter)),
		signing.Request{Credential: signing.Credential{Passphrase: passphrase.FromString(sandi)}})
	require.NoError(t, err)
	intact(t, out.Bytes(), 1)
	assert.Equal(t, []signing.Doubt{signing.DoubtNotAudited}, r.Doubts)
	r, err = local.SignDocument(t.Context(), &out, bytes.NewReader(letter), int64(len(letter)), signing.Request{})
	require.ErrorIs(t, err, signing.ErrCredential)
	assert.Equal(t, []signing.Doubt{signing.DoubtNotAudited}, r.Doubts)

	assert.NoError(t, signing.Audit(t.Context(), nil, signing.AuditRecord{}), "no auditor keeps nothing")
	assert.ErrorIs(t, signing.Audit(t.Context(), auditFunc(func(context.Context, signing.AuditRecord) error { return full }), signing.AuditRecord{}), full)
}

type auditFunc func(context.Context, signing.AuditRecord) error

func (f auditFunc) Audit(ctx context.Context, r signing.AuditRecord) error { return f(ctx, r) }

var exampleRecord = signing.AuditRecord{
	AttemptID: "0f3c9a1e5b7d4c2f", Time: time.Date(2031, 5, 4, 3, 2, 1, 123456000, time.UTC), Signer: "5f2c",
	InputSHA256: strings.Repeat("ab", 32), OutputSHA256: strings.Repeat("cd", 32), Purpose: "paraf",
	Outcome: signing.OutcomeSigned, Serial: "1f", Latency: 1500 * time.Millisecond,
}

// The form in which records are stored elsewhere: it must not change unseen.
func TestAuditRecordJSON(t *testing.T) {
	line, err := json.Marshal(exampleRecord)
	require.NoError(t, err)
	assert.Equal(t, `{"attempt_id":"0f3c9a1e5b7d4c2f","time":"2031-05-04T03:02:01.123456Z","signer":"5f2c",`+
		`"input_sha256":"`+strings.Repeat("ab", 32)+`","output_sha256":"`+strings.Repeat("cd", 32)+`",`+
		`"purpose":"paraf","outcome":"signed","serial":"1f","latency_ns":1500000000}`, string(line))
	var back signing.AuditRecord
	require.NoError(t, json.Unmarshal(line, &back))
	assert.Equal(t, exampleRecord, back)
	_, err = json.Marshal(signing.AuditRecord{Outcome: 7})
	assert.Error(t, err, "an outcome that does not exist")
	assert.Error(t, json.Unmarshal([]byte(`{"outcome":"maybe"}`), &back))
}

// tornWriter fails in the middle of the chosen write.
type tornWriter struct {
	bytes.Buffer
	writes, tear, synced int
}

func (w *tornWriter) Write(p []byte) (int, error) {
	if w.writes++; w.writes == w.tear {
		n, _ := w.Buffer.Write(p[:len(p)/2])
		return n, errors.New("disk full")
	}
	return w.Buffer.Write(p)
}

func (w *tornWriter) Sync() error { w.synced++; return nil }

func TestJSONAuditor(t *testing.T) {
	w := &tornWriter{tear: 2}
	a := signing.NewJSONAuditor(w)
	for i := range 4 {
		err := a.Audit(t.Context(), exampleRecord)
		assert.Equal(t, i == 1, err != nil, "only the second write failed")
	}
	assert.Equal(t, 3, w.synced)
	whole := 0
	lines := strings.Split(strings.TrimSuffix(w.String(), "\n"), "\n")
	for _, line := range lines {
		var r signing.AuditRecord
		if json.Unmarshal([]byte(line), &r) == nil {
			assert.Equal(t, exampleRecord, r)
			whole++
		}
	}
	assert.Len(t, lines, 4, "the torn line stands alone")
	assert.Equal(t, 3, whole)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, a.Audit(ctx, exampleRecord), context.Canceled)
	assert.ErrorIs(t, (&signing.MemoryAuditor{}).Audit(ctx, exampleRecord), context.Canceled)
	assert.Panics(t, func() { signing.NewJSONAuditor(nil) })
}

// TestJSONAuditorAfterACrash: half a line costs that record alone.
func TestJSONAuditorAfterACrash(t *testing.T) {
	for name, c := range map[string]struct {
		left  string
		lines int
	}{"a new file": {"", 1}, "a whole line": {"{}\n", 2}, "half a line": {`{"attempt_id":"0f`, 2}} {
		path := filepath.Join(t.TempDir(), "audit.jsonl")
		require.NoError(t, os.WriteFile(path, []byte(c.left), 0o600))
		f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
		require.NoError(t, err)
		a := signing.NewJSONAuditor(f)
		require.NoError(t, a.Audit(t.Context(), exampleRecord))
		require.NoError(t, f.Close())
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
		require.Len(t, lines, c.lines, name)
		var r signing.AuditRecord
		require.NoError(t, json.Unmarshal([]byte(lines[c.lines-1]), &r), name)
		require.Equal(t, exampleRecord, r)
	}
}

func TestAuditorsTakeManyAtOnce(t *testing.T) {
	memory, w := &signing.MemoryAuditor{}, &tornWriter{}
	lines := signing.NewJSONAuditor(w)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			assert.NoError(t, memory.Audit(t.Context(), exampleRecord))
			assert.NoError(t, lines.Audit(t.Context(), exampleRecord))
		})
	}
	wg.Wait()
	assert.Len(t, memory.Records(), 50)
	memory.Records()[0].Signer = "changed"
	assert.Equal(t, exampleRecord, memory.Records()[0], "what is handed out is a copy")
	assert.Equal(t, 50, strings.Count(w.String(), "\n"))
}

func TestWordsOfOutcomesAndDoubts(t *testing.T) {
	for o, word := range map[signing.Outcome]string{
		signing.OutcomeUnknown: "unknown", signing.OutcomeRefused: "refused", signing.OutcomeSigned: "signed",
	} {
		assert.Equal(t, word, o.String())
		var back signing.Outcome
		require.NoError(t, back.UnmarshalText([]byte(word)))
		assert.Equal(t, o, back)
	}
	assert.Equal(t, "Outcome(9)", signing.Outcome(9).String())
	for _, d := range []signing.Doubt{
		signing.DoubtUnchecked, signing.DoubtName, signing.DoubtUntrusted, signing.DoubtUnclear, signing.DoubtSeveral,
		signing.DoubtChanges, signing.DoubtPlace, signing.DoubtNotRaised, signing.DoubtNotNoted, signing.DoubtNotAudited,
	} {
		id, en := d.Text(""), d.Text(passphrase.English)
		assert.NotEqual(t, string(d), id)
		assert.NotEqual(t, id, en)
	}
	assert.Equal(t, "baru", signing.Doubt("baru").Text(passphrase.English), "a doubt of another signer has no text here")
	var r signing.Receipt
	r.Doubt(signing.DoubtName)
	r.Doubt(signing.DoubtName)
	assert.Len(t, r.Doubts, 1)
}

// A batch tells each signer what its signatures are for.
func TestBatchPurposeIsAudited(t *testing.T) {
	auditor := &signing.MemoryAuditor{}
	local, err := signing.NewLocal(signing.LocalConfig{Keys: &safe{key: person(t, "Budi Contoh", p256())}, Now: now, Auditor: auditor, Signer: "5f2c"})
	require.NoError(t, err)
	letter := producer(t, "libreoffice.pdf")
	_, err = signing.Batch(t.Context(), local, []signing.BatchItem{
		{Document: &signing.MemoryDocument{ID: "a", Data: letter}},
		{Document: &signing.MemoryDocument{ID: "b", Data: letter}, Request: signing.Request{Purpose: "paraf"}},
	}, signing.BatchOptions{Credential: signing.Credential{Passphrase: passphrase.FromString(sandi)}, Purpose: "camat"})
	require.NoError(t, err)
	var purposes []string
	for _, r := range auditor.Records() {
		purposes = append(purposes, r.Purpose)
	}
	assert.Equal(t, []string{"camat", "paraf"}, purposes)
}

// What the ledger refuses is about one document: a batch goes on.
func TestScopeOfLedgerRefusals(t *testing.T) {
	for _, err := range []error{
		signing.ErrAlreadySigned, signing.ErrInFlight, signing.ErrUnsettled, signing.ErrAbandoned, signing.ErrDedupeKey,
		signing.ErrRole, signing.ErrWrongDocument,
	} {
		assert.Equal(t, signing.ScopeDocument, signing.ScopeOf(fmt.Errorf("%w: x", err)), err)
	}
	assert.Equal(t, signing.ScopeService, signing.ScopeOf(signing.ErrLedger))
}
