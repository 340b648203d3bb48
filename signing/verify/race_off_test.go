//go:build !race

package verify_test

import "time"

// slow is the time allowed here: on a machine of its own a third of it would
// do, but other tests run beside.
func slow(d time.Duration) time.Duration { return 3 * d }
