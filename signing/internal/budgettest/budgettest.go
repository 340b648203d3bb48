// Package budgettest holds tests of hostile input to the budget that one file
// may cost.
package budgettest

import (
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"
)

// Budget is what a call may cost.
type Budget struct {
	Time   time.Duration // of an idle processor of 2026, as [CPU] counts it
	Memory int64         // bytes of heap, beyond what was in use before
}

// File is the budget of one hostile file, whatever is done with it.
var File = Budget{Time: 2 * time.Second, Memory: 256 << 20}

// tries is how often what took too long may try again: other programs on the
// machine only ever add to the time.
const tries = 3

// Keep runs f and reports what it costs beyond the budget to t. It runs f again
// when it took too long, which is a failure when it does so each time. A machine
// that is slow, or shared with others, gets more time in proportion, at most
// [Slowest] times as much. Under the race detector no time is judged.
func (b Budget) Keep(t testing.TB, f func()) {
	t.Helper()
	for try := 1; ; try++ {
		runtime.GC()
		before := heap()
		start := CPU()
		most := peak(f)
		took := CPU() - start
		grown := int64(most) - int64(before)
		t.Logf("%v, heap +%d MiB", took.Round(time.Millisecond), grown>>20)
		if grown >= b.Memory {
			t.Errorf("heap grew by %d bytes, the budget is %d", grown, b.Memory)
			return
		}
		if took < b.Time || UnderRace {
			return
		}
		slow := slowness()
		if took < time.Duration(float64(b.Time)*slow) {
			t.Logf("a machine %.1f times as slow as the budget's", slow)
			return
		}
		if try == tries {
			t.Errorf("took %v in the last of %d tries, the budget is %v, on this machine %.1f times as much", took, tries, b.Time, slow)
			return
		}
	}
}

// Slowest is how slow a machine is taken for at most, so that slow code is
// never mistaken for a slow machine.
const Slowest = 3.0

// usual is what [yardstick] costs on an idle processor of 2026.
const usual = 60 * time.Millisecond

// slowness is how many times as long as usual this machine takes for the same
// work just now. Others that work beside it cost time of the processor too, by
// taking its caches.
func slowness() float64 {
	var took []time.Duration
	for range 3 {
		start := CPU()
		yardstick()
		took = append(took, CPU()-start)
	}
	slices.Sort(took)
	return min(max(float64(took[1])/float64(usual), 1), Slowest)
}

// yardstick is work of the kind that a parser does: it allocates, copies and
// looks up.
func yardstick() {
	for range 2 {
		met := map[string][]byte{}
		for i := range 50_000 {
			key := strconv.Itoa(i)
			met[key] = append([]byte(key), make([]byte, 64)...)
		}
	}
}

// peak is the largest heap while f runs, in bytes. It is sampled each 5 ms and
// once at the end, so that what is thrown away at once may be missed: what is
// held is what counts. A panic of f leaves the sampler running.
func peak(f func()) uint64 {
	stop, high := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for ended := false; ; {
			most = max(most, heap())
			if ended {
				high <- most
				return
			}
			select {
			case <-stop:
				ended = true
			case <-tick.C:
			}
		}
	}()
	f()
	close(stop)
	return <-high
}

// heap is the memory of objects in bytes, those not yet collected included.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
