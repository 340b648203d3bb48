//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd)

package signing

import "os"

// lockFile does nothing where Go's standard library has no locks of files.
func lockFile(*os.File) error { return nil }
