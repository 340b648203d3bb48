package budgettest_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/sertel-id/sertel/signing/internal/budgettest"
)

// judged is a test that Keep reports to.
type judged struct {
	testing.TB
	failures []string
}

func (j *judged) Helper()             {}
func (j *judged) Logf(string, ...any) {}
func (j *judged) Errorf(format string, args ...any) {
	j.failures = append(j.failures, fmt.Sprintf(format, args...))
}

func work(d time.Duration) {
	for start := budgettest.CPU(); budgettest.CPU()-start < d; {
	}
}

func TestKeep(t *testing.T) {
	const small = 64 << 20
	var held []byte
	hold := func(int) { held = make([]byte, small+1) }
	for _, c := range []struct {
		name   string
		budget budgettest.Budget
		f      func(run int)
		runs   int
		fails  string
	}{
		{"what costs little", budgettest.Budget{Time: time.Minute, Memory: small}, func(int) {}, 1, ""},
		{"what is held at the end is seen, however short the call", budgettest.Budget{Time: time.Minute, Memory: small}, hold, 1, "heap grew"},
		{"what another program slows down once", budgettest.Budget{Time: 50 * time.Millisecond, Memory: small}, func(run int) {
			if run == 1 {
				work(budgettest.Slowest * 50 * time.Millisecond)
			}
		}, 2, ""},
		{"what is slow each time, on any machine", budgettest.Budget{Time: 10 * time.Millisecond, Memory: small},
			func(int) { work(budgettest.Slowest * 10 * time.Millisecond) }, 3, "took"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if budgettest.UnderRace && c.budget.Time < time.Minute {
				t.Skip("no time is judged under the race detector")
			}
			held = nil
			j, runs := &judged{TB: t}, 0
			c.budget.Keep(j, func() { runs++; c.f(runs) })
			runtime.KeepAlive(held)
			if c.fails == "" {
				assert.Empty(t, j.failures)
			} else if assert.Len(t, j.failures, 1) {
				assert.Contains(t, j.failures[0], c.fails)
			}
			assert.Equal(t, c.runs, runs)
		})
	}
}
