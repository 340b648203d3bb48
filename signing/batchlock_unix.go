//go:build darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd

package signing

import (
	"errors"
	"os"
	"syscall"
)

// lockFile takes a file for this process until it is closed. A file system that
// knows no locks gives none, which is no error.
func lockFile(f *os.File) error {
	for {
		switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EWOULDBLOCK):
			return ErrJournalInUse
		default:
			return nil
		}
	}
}
