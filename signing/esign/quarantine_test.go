package esign_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/esign"
)

func TestQuarantineDir(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	q, err := esign.NewQuarantineDir(dir)
	require.NoError(t, err)
	w, err := q.Keep(ctx, "0a1b2c")
	require.NoError(t, err)
	_, err = w.Write([]byte("isi"))
	require.NoError(t, err)
	assert.NoFileExists(t, filepath.Join(dir, "0a1b2c.pdf"), "not before it is whole")
	require.NoError(t, w.Close())
	info, err := os.Stat(filepath.Join(dir, "0a1b2c.pdf"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 1, "no remains")
	for _, id := range []string{"", "../x", "a/b", `a\b`, "c:"} {
		_, err := q.Keep(ctx, id)
		assert.Error(t, err, id)
	}
	_, err = esign.NewQuarantineDir(filepath.Join(dir, "tiada"))
	assert.ErrorIs(t, err, os.ErrNotExist)
	_, err = esign.NewQuarantineDir(filepath.Join(dir, "0a1b2c.pdf"))
	assert.Error(t, err)
}
