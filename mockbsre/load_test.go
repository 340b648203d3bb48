package mockbsre_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
)

// load is a fake under many clients.
type load struct {
	*sealBox
	server     *httptest.Server
	admin      *httptest.Server
	client     *http.Client
	in, signed []byte
	activation string
	people     []mockbsre.Person
	forgetful  mockbsre.Person // types wrong passphrases, and so is paused
	posted     atomic.Int64    // which no transport repeats
	answered   atomic.Int64
}

// syncBuffer takes what servers log.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func newLoad(t *testing.T, people, clients int) (*load, *syncBuffer) {
	l := &load{sealBox: newSealBox(t, map[mockbsre.Quirk]bool{mockbsre.QuirkBadInput500: false}), in: letter(t)}
	l.people = []mockbsre.Person{l.person}
	l.forgetful, _ = enrol(t, l.Server, people)
	for n := 1; n < people; n++ {
		p, _ := enrol(t, l.Server, n)
		l.people = append(l.people, p)
	}
	l.Clock.Advance(time.Hour) // a clock that is behind must not stand before the certificates
	l.signed = l.box.signed()
	l.activation = l.activate()
	var logged syncBuffer
	l.server, l.admin = httptest.NewUnstartedServer(l.Handler()), httptest.NewServer(l.Admin())
	l.server.Config.ErrorLog = log.New(&logged, "", 0)
	l.server.Start()
	t.Cleanup(l.server.Close)
	t.Cleanup(l.admin.Close)
	l.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	t.Cleanup(l.client.CloseIdleConnections)
	return l, &logged
}

// send makes one request; whether an answer comes is the faults' matter.
func (l *load) send(method, path, kind string, body []byte) (header http.Header) {
	r, err := http.NewRequestWithContext(l.t.Context(), method, l.server.URL+path, bytes.NewReader(body))
	if !assert.NoError(l.t, err) {
		return nil
	}
	r.SetBasicAuth(mockbsre.DefaultUsername, mockbsre.DefaultPassword)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if method == "POST" {
		l.posted.Add(1)
	}
	answer, err := l.client.Do(r)
	if err != nil {
		return nil
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err == nil {
		l.answered.Add(1)
	}
	return answer.Header
}

func (l *load) post(path string, body any) {
	raw, err := json.Marshal(body)
	if assert.NoError(l.t, err) {
		l.send("POST", path, "application/json", raw)
	}
}

// any makes one request of the mix.
func (l *load) any(random *rand.Rand) {
	p := l.people[random.IntN(len(l.people))]
	invisible := []any{map[string]any{"tampilan": "INVISIBLE"}}
	switch random.IntN(14) {
	case 0, 1:
		l.post("/api/v2/sign/pdf", map[string]any{"nik": p.NIK, "passphrase": typed, "file": [][]byte{l.in}, "signatureProperties": invisible})
	case 2:
		kind, body := formOf(l.t, part{name: "file", data: l.in}, part{name: "nik", value: p.NIK},
			part{name: "passphrase", value: typed}, part{name: "tampilan", value: "invisible"})
		if id := l.send("POST", "/api/sign/pdf", kind, body.Bytes()).Get("Id_dokumen"); id != "" {
			l.send("GET", "/api/sign/download/"+id, "", nil)
		}
	case 3:
		l.post("/api/v2/verify/pdf", map[string]any{"file": l.signed})
	case 4:
		l.send("GET", "/api/user/status/"+p.NIK, "", nil)
	case 5, 6:
		l.post("/api/v2/user/check/status", map[string]string{"email": p.WorkEmail})
	case 7:
		l.send("GET", "/api/v2/user/certificate/chain/"+p.NIK, "", nil)
	case 8:
		l.post("/api/v2/sign/get/totp", map[string]any{"nik": p.NIK, "data": 1})
	case 9:
		l.post("/api/v2/seal/get/totp", map[string]any{"idSubscriber": l.seal.ID, "totp": l.activation, "data": 1})
	case 10:
		l.post("/api/v2/seal/pdf", map[string]any{"idSubscriber": l.seal.ID, "totp": "000000", "file": [][]byte{l.in}, "signatureProperties": invisible})
	case 11:
		l.post("/api/v2/verify/pdf", map[string]any{"file": "JVBERi0xLjc="})
	case 12:
		l.send("GET", "/api/sign/download/0f3c9a1e5b7d4c2f8a6e1d0b9c8f7a65", "", nil)
	case 13:
		l.post("/api/v2/sign/pdf", map[string]any{"nik": l.forgetful.NIK, "passphrase": "bukan " + typed, "file": []string{"e30="}, "signatureProperties": invisible})
	}
}

// drive lets the clients make so many requests, and somebody look at the fake
// from the admin side meanwhile.
func (l *load) drive(clients, requests, seed int) {
	var left atomic.Int64
	left.Store(int64(requests))
	var all sync.WaitGroup
	for client := range clients {
		random := rand.New(rand.NewPCG(uint64(seed), uint64(client)))
		all.Go(func() {
			for left.Add(-1) >= 0 {
				l.any(random)
			}
		})
	}
	done := make(chan struct{})
	var looking sync.WaitGroup
	looking.Go(func() {
		for _, path := range []string{"/journal?limit=10", "/inbox?limit=10", "/faults", "/signatures?limit=10", "/people"} {
			select {
			case <-done:
				return
			default:
			}
			answer, err := http.Get(l.admin.URL + path)
			if assert.NoError(l.t, err) {
				assert.Equal(l.t, 200, answer.StatusCode, path)
				assert.NoError(l.t, answer.Body.Close())
			}
		}
	})
	all.Wait()
	close(done)
	looking.Wait()
}

// TestLoad makes 10,000 mixed requests from 64 clients while everything goes
// wrong: no failure of our own making, nothing lost, memory flat.
func TestLoad(t *testing.T) {
	const clients = 64
	requests := 600
	if os.Getenv("SERTEL_CI") == "1" {
		requests = 10_000
	}
	l, errors := newLoad(t, 8, clients)
	require.NoError(t, l.SetFaults(mockbsre.FaultScript{Seed: 20270214, Hostile: true}))
	l.ClearJournal()
	begun := time.Now()
	var journal []mockbsre.Exchange
	var made []mockbsre.MadeSignature
	var used [2]uint64
	for half := range used {
		l.drive(clients, requests/2, half)
		journal, made = append(journal, l.Journal()...), append(made, l.Signatures()...)
		l.ClearJournal()
		used[half] = heap()
	}
	t.Logf("%d requests in %v, %d answered whole, %d signatures; heap %d KiB after half, %d KiB in the end",
		requests, time.Since(begun).Round(time.Millisecond), l.answered.Load(), len(made), used[0]>>10, used[1]>>10)
	l.account(journal, made)
	assert.Empty(t, errors.String(), "of the server")
	// What is in the journals here, and a few results that nobody fetched.
	assert.Less(t, used[1], used[0]+uint64(requests)/2*(4<<10)+(8<<20), "memory grows")

	l.ClearFaults()
	for _, p := range l.people {
		assert.Equal(t, "ISSUE", l.get("/api/user/status/" + p.NIK).json()["status"])
	}
	l.box.sound(l.in, l.box.signed())
	assert.Len(t, l.sealed(l.code(l.activation, 1), l.in).files(), 1)
}

// account holds what the fake did against what was asked of it.
func (l *load) account(journal []mockbsre.Exchange, made []mockbsre.MadeSignature) {
	t := l.t
	posts, carried, faults := 0, 0, map[mockbsre.FaultKind]int{}
	for _, x := range journal {
		if x.Method == "POST" {
			posts++
		}
		if x.Fault != nil {
			faults[x.Fault.Kind]++
		}
		if x.Status == 500 {
			require.NotNil(t, x.Fault, "%s failed by itself", x.Operation)
			require.Equal(t, 500, x.Fault.Status)
		}
		signs := x.Operation == mockbsre.SignV1 || x.Operation == mockbsre.SignV2
		if signs && (x.Fault == nil || x.Fault.CarriedOut()) && x.Files[0].Size == len(l.in) {
			carried++
		}
	}
	assert.EqualValues(t, l.posted.Load(), posts, "each call is in the journal, once")
	assert.Equal(t, carried, len(made), "a signature for each request that was carried out")
	assert.Greater(t, len(faults), 15, "much went wrong")
	fields := map[string]bool{}
	for _, s := range made {
		assert.False(t, fields[s.Field], "one name, one signature")
		fields[s.Field] = true
	}
}

// heap is what is in use after a collection.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
