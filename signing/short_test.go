package signing_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
)

// TestSizeBeyondTheInput: a size that is not the file's is named as such, whether
// the document is parsed or only digested.
func TestSizeBeyondTheInput(t *testing.T) {
	in := producer(t, "libreoffice.pdf")
	key := person(t, "Budi Contoh", p256())
	src, size := bytes.NewReader(in), int64(len(in))+1
	local, err := signing.NewLocal(signing.LocalConfig{Keys: lock{key}, Now: now})
	require.NoError(t, err)
	for name, f := range map[string]func() error{
		"signing": func() error {
			_, err := signing.Sign(t.Context(), io.Discard, src, size, signing.Options{Key: key, Now: now})
			return err
		},
		"looking before": func() error {
			_, err := signing.Preflight(t.Context(), src, size, signing.Options{Key: key, Now: now})
			return err
		},
		"raising": func() error {
			_, err := signing.Extend(t.Context(), io.Discard, src, size, signing.ExtendOptions{Evidence: newService(t).evidence(t), Now: now})
			return err
		},
		"looking up a dedupe key": func() error {
			_, err := local.SignDocument(t.Context(), io.Discard, src, size, signing.Request{DedupeKey: "surat-1/camat"})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := f()
			require.ErrorIs(t, err, signing.ErrSource)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			require.ErrorContains(t, err, "signing: document cannot be read: input is shorter than its size: ")
			require.Equal(t, 1, strings.Count(err.Error(), "signing: "), err)
			require.Equal(t, signing.ScopeDocument, signing.ScopeOf(err))
		})
	}
}
