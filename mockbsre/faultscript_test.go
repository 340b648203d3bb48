package mockbsre_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
)

func TestFaultRulesMeetTheirCalls(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	status := func() int { return b.get("/api/user/status/" + b.person.NIK).status }
	statuses := func(n int) (all []int) {
		for range n {
			all = append(all, status())
		}
		return all
	}
	fails := func(status int) mockbsre.Fault { return mockbsre.Fault{Status: status} }
	for name, c := range map[string]struct {
		rules []mockbsre.FaultRule
		want  []int
	}{
		"the second alone":     {[]mockbsre.FaultRule{{Operation: mockbsre.StatusV1, First: 2, Last: 2, Fault: fails(503)}}, []int{200, 503, 200, 200}},
		"from the third":       {[]mockbsre.FaultRule{{Operation: mockbsre.StatusV1, First: 3, Fault: fails(503)}}, []int{200, 200, 503, 503}},
		"the first two":        {[]mockbsre.FaultRule{{Last: 2, Fault: fails(503)}}, []int{503, 503, 200, 200}},
		"another operation":    {[]mockbsre.FaultRule{{Operation: mockbsre.StatusV2, Fault: fails(503)}}, []int{200, 200}},
		"the first rule wins":  {[]mockbsre.FaultRule{{First: 2, Last: 2, Fault: fails(502)}, {Fault: fails(503)}}, []int{503, 502, 503}},
		"what cannot be met":   {[]mockbsre.FaultRule{{Fault: mockbsre.FaultForeignPDF.Fault()}}, []int{200, 200}},
		"no rules, not a word": {nil, []int{200, 200}},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, b.SetFaults(mockbsre.FaultScript{Rules: c.rules}))
			assert.Equal(t, c.want, statuses(len(c.want)))
		})
	}
	require.NoError(t, b.SetFaults(mockbsre.FaultScript{Rules: []mockbsre.FaultRule{{Fault: fails(503)}}}))
	b.FailNext(mockbsre.AnyOperation, fails(501))
	assert.Equal(t, []int{501, 503}, statuses(2), "what is planned comes first")
	b.FailNext(mockbsre.AnyOperation, fails(501))
	b.ClearFaults()
	assert.Equal(t, []int{200, 200}, statuses(2))
	assert.Zero(t, b.PendingFaults())
	assert.Zero(t, b.Faults())
}

func TestUnusableScripts(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	good := mockbsre.Fault500.Fault()
	for name, script := range map[string]mockbsre.FaultScript{
		"last before first":    {Rules: []mockbsre.FaultRule{{First: 3, Last: 2, Fault: good}}},
		"negative call":        {Rules: []mockbsre.FaultRule{{First: -1, Fault: good}}},
		"probability over one": {Rules: []mockbsre.FaultRule{{Probability: 1.1, Fault: good}}},
		"seed of 64 bits":      {Seed: 1 << 60, Hostile: true},
		"too many rules":       {Rules: make([]mockbsre.FaultRule, 2000)},
	} {
		assert.ErrorIs(t, b.SetFaults(script), mockbsre.ErrFault, name)
	}
	assert.Zero(t, b.Faults())
	bad := mockbsre.NewUnstarted(mockbsre.Config{Faults: mockbsre.FaultScript{Rules: make([]mockbsre.FaultRule, 1)}})
	assert.ErrorIs(t, bad.Start(t.Context()), mockbsre.ErrFault, "also from the configuration")
}

// run is what happened to the calls of one run.
func (b *box) run(n int) (happened []string) {
	b.ClearJournal()
	for i := range n {
		b.ask(b.request("GET", "/api/user/status/"+b.person.NIK, "", nil))
		if i%2 == 0 {
			b.ask(b.request("GET", "/api/v2/user/certificate/chain/"+b.person.NIK, "", nil))
		}
	}
	for _, x := range b.Journal() {
		fault := "-"
		if x.Fault != nil {
			fault = fmt.Sprintf("%+v", *x.Fault)
		}
		happened = append(happened, fmt.Sprint(x.Operation, " ", x.Status, " ", fault))
	}
	return happened
}

func TestSameSeedSameRun(t *testing.T) {
	rules := []mockbsre.FaultRule{{Probability: 0.2, Fault: mockbsre.Fault502.Fault()}}
	var log bytes.Buffer
	srv := mockbsre.NewUnstarted(mockbsre.Config{
		Logger: slog.New(slog.NewTextHandler(&log, nil)), Faults: mockbsre.FaultScript{Rules: rules, Hostile: true},
	})
	require.NoError(t, srv.Start(t.Context()))
	t.Cleanup(srv.Close)
	script := srv.Faults()
	require.NotZero(t, script.Seed)
	assert.Contains(t, log.String(), fmt.Sprintf("seed=%d ", script.Seed), "the seed is printed")

	script.Seed = 20261123
	var runs [][]string
	for range 2 {
		b := newBox(t, mockbsre.EsignConfig{})
		require.NoError(t, b.SetFaults(script))
		runs = append(runs, b.run(60))
		require.NoError(t, b.SetFaults(b.Faults()), "replay in the same fake")
		runs = append(runs, b.run(60))
	}
	faults := map[string]bool{}
	for _, call := range runs[0] {
		faults[call] = true
	}
	assert.Greater(t, len(faults), 10, "much happened")
	for _, run := range runs[1:] {
		assert.Equal(t, runs[0], run)
	}
	b := newBox(t, mockbsre.EsignConfig{})
	script.Seed++
	require.NoError(t, b.SetFaults(script))
	assert.NotEqual(t, runs[0], b.run(60), "another seed, another run")
}

// Which faults a number of calls meets does not depend on who comes first.
func TestSameSeedSameRunConcurrently(t *testing.T) {
	counts := func(b *box) map[string]int {
		require.NoError(t, b.SetFaults(mockbsre.FaultScript{Seed: 7, Hostile: true}))
		b.ClearJournal()
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for range 10 {
					b.ask(b.request("GET", "/api/user/status/"+b.person.NIK, "", nil))
				}
			})
		}
		all.Wait()
		met := map[string]int{}
		for _, x := range b.Journal() {
			met[fmt.Sprintf("%+v", x.Fault)]++
		}
		return met
	}
	b := newBox(t, mockbsre.EsignConfig{})
	first := counts(b)
	assert.Greater(t, len(first), 5)
	assert.Equal(t, first, counts(b))
}
