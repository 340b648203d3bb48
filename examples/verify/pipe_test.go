//go:build unix

package main

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A pipe that nobody writes to would hold up whoever opens it.
func TestPipeIsNotOpened(t *testing.T) {
	a := newArchive(t)
	require.NoError(t, syscall.Mkfifo(a.path("surat/pipa.pdf"), 0o600))
	code, out, _ := a.judge(t, false, "surat")
	assert.Equal(t, exitNotJudged, code)
	assert.Contains(t, out, "bukan berkas biasa")
	assert.Contains(t, out, "Valid                       2\n")
}
