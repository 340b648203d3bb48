//go:build unix

package budgettest

import (
	"syscall"
	"time"
)

// CPU is what the process has worked, whatever else the machine does.
func CPU() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
