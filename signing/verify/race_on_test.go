//go:build race

package verify_test

import "time"

// slow is the time allowed under the race detector.
func slow(d time.Duration) time.Duration { return 15 * d }
