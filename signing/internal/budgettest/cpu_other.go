//go:build !unix

package budgettest

import "time"

var began = time.Now()

// CPU is the time since the process began, where the system does not tell what
// it has worked.
func CPU() time.Duration { return time.Since(began) }
