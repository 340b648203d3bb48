//go:build unix

package signing_test

import (
	"context"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
)

// TestSignFileOfAPipe holds that a pipe is refused and not waited for.
func TestSignFileOfAPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "surat.pdf")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	_, err := signing.SignFile(context.Background(), pipe+".out", pipe, signing.Options{Key: person(t, "Budi Contoh", p256()), Now: now})
	require.ErrorContains(t, err, "not a regular file")
}
