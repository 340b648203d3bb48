package mockbsre_test

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
)

// TestMixedRequests sends all kinds of calls at the same time, with a moving
// clock between them, and counts the signatures.
func TestMixedRequests(t *testing.T) {
	const workers, each = 8, 25
	b := newBox(t, mockbsre.EsignConfig{})
	signed := b.signed()
	b.ClearJournal()
	in := letter(t)
	var made atomic.Int64
	var wg sync.WaitGroup
	for worker := range workers {
		p, _ := enrol(t, b.Server, 10+worker)
		mine := &box{Server: b.Server, t: t, person: p}
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(worker), 1))
			for range each {
				switch random.IntN(10) {
				case 0:
					answer := mine.form("/api/sign/pdf", mine.base(part{name: "tampilan", value: "invisible"})...)
					if assert.Equal(t, 200, answer.status) {
						made.Add(1)
						assert.Equal(t, 200, mine.get("/api/sign/download/"+answer.header.Get("Id_dokumen")).status)
					}
				case 1, 2:
					if assert.Equal(t, 200, mine.post("/api/v2/sign/pdf", mine.invisible(in)).status) {
						made.Add(1)
					}
				case 3:
					assert.Equal(t, "ISSUE", mine.get("/api/user/status/" + p.NIK).json()["status"])
				case 4:
					assert.Equal(t, "VALID", mine.post("/api/v2/verify/pdf", map[string]any{"file": signed}).json()["conclusion"])
				case 5:
					assert.Equal(t, 500, mine.post("/api/v2/verify/pdf", map[string]any{"file": "aGFsbw=="}).status)
				case 6:
					assert.Equal(t, 200, mine.get("/api/v2/user/certificate/chain/"+p.WorkEmail).status)
				case 7:
					b.Clock.Advance(time.Second)
					assert.Len(t, mine.post("/api/v2/user/check/status", map[string]string{"email": p.WorkEmail}).json(), 3)
				case 8:
					assert.Equal(t, 200, mine.post("/api/v2/sign/get/totp", map[string]any{"nik": p.NIK, "data": 1}).status)
				case 9:
					answer := mine.post("/api/v2/user/check/status", `{"nik":"3371990101800009"}`)
					assert.Equal(t, certificate.StatusNoCertificate.String(), answer.json()["status"])
				}
			}
		})
	}
	wg.Wait()
	assert.EqualValues(t, made.Load(), len(b.Signatures()))
	fields := map[string]bool{}
	for _, s := range b.Signatures() {
		assert.False(t, fields[s.Field], "one name, one signature")
		fields[s.Field] = true
	}
	for _, x := range b.Journal() {
		require.NotEmpty(t, x.Operation)
	}
}

// TestLostAnswers signs while every answer may be lost, and holds the list of
// signatures against what arrived.
func TestLostAnswers(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	random := rand.New(rand.NewPCG(3, 3))
	arrived, applied := 0, 0
	for range 60 {
		expect := true
		switch random.IntN(3) {
		case 0:
			b.FailNext(mockbsre.SignV2, mockbsre.Fault{Applied: true, Cut: true, CutAfter: random.IntN(60_000) - 1})
			expect = false
			applied++
		case 1:
			b.FailNext(mockbsre.SignV2, mockbsre.Fault{Cut: true, CutAfter: -1})
			expect = false
		default:
			applied++
		}
		_, _, err := b.try(t.Context(), b.invisible(letter(t)))
		assert.Equal(t, expect, err == nil)
		if err == nil {
			arrived++
		}
	}
	assert.Len(t, b.Signatures(), applied)
	assert.Greater(t, applied, arrived)
}
