package signing_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

func TestPageSize(t *testing.T) {
	data, err := os.ReadFile("../examples/naskahdinas/letter/surat-undangan.pdf")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		data []byte
		page int
		want error
	}{
		"first page":         {data, 1, nil},
		"last page":          {data, signing.LastPage, nil},
		"pages count from 1": {data, 0, signing.ErrNoPage},
		"beyond the last":    {data, 99, signing.ErrNoPage},
		"no PDF":             {[]byte("letter"), 1, signing.ErrNotPDF},
	} {
		w, h, err := signing.PageSize(bytes.NewReader(c.data), int64(len(c.data)), passphrase.Secret{}, c.page)
		if c.want != nil {
			assert.ErrorIs(t, err, c.want, name)
			continue
		}
		require.NoError(t, err, name)
		assert.InDelta(t, 595, w, 20, name)
		assert.InDelta(t, 842, h, 100, name)
	}
}
