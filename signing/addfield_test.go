package signing_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/verify"
)

func addField(t *testing.T, in []byte, opts signing.FieldOptions) ([]byte, string, error) {
	t.Helper()
	var out bytes.Buffer
	name, err := signing.AddField(t.Context(), &out, bytes.NewReader(in), int64(len(in)), opts)
	return out.Bytes(), name, err
}

// An empty field is added and then signed, to unsigned and to signed letters of
// every producer's structure, and nothing before it is spoilt.
func TestAddedFieldIsSigned(t *testing.T) {
	key := person(t, "Budi Contoh", p256())
	for _, name := range []string{"libreoffice.pdf", "cairo.pdf", "chrome.pdf", "dompdf.pdf", "encrypted-aes128-form.pdf"} {
		t.Run(name, func(t *testing.T) {
			letter := producer(t, name)
			with, field, err := addField(t, letter, signing.FieldOptions{Field: "Kepala", Placement: corner})
			require.NoError(t, err)
			require.Equal(t, "Kepala", field)
			require.True(t, bytes.HasPrefix(with, letter))
			out, r, err := sign(t, with, signing.Options{Key: key, Field: field, Block: block()})
			require.NoError(t, err)
			require.Equal(t, corner.Rect, r.Rect)
			require.Empty(t, newJudge(t).faults(t, letter, out, false))
			intact(t, out, 1)

			// A second field, invisible and with a name of its own, after the
			// signature: a change that the first signature permits.
			more, field, err := addField(t, out, signing.FieldOptions{})
			require.NoError(t, err)
			require.NotEmpty(t, field)
			report := intact(t, more, 1)
			require.Contains(t, []verify.Modification{verify.ModificationNone, verify.ModificationPermitted}, report.Signatures[0].Later)
			both, _, err := sign(t, more, signing.Options{Key: key, Field: field})
			require.NoError(t, err)
			intact(t, both, 2)
		})
	}
}

func TestAddFieldRefuses(t *testing.T) {
	letter := producer(t, "libreoffice.pdf")
	key := person(t, "Budi Contoh", p256())
	with, _, err := addField(t, letter, signing.FieldOptions{Field: "Kepala"})
	require.NoError(t, err)
	certified := mustSign(t, letter, signing.Options{Key: key, Certify: signing.CertifyNoChanges})
	for name, tt := range map[string]struct {
		in   []byte
		opts signing.FieldOptions
		want error
	}{
		"a name that is taken":            {with, signing.FieldOptions{Field: "Kepala"}, signing.ErrField},
		"a new name with a full stop":     {letter, signing.FieldOptions{Field: "Dinas.Kepala"}, signing.ErrField},
		"a name without end":              {letter, signing.FieldOptions{Field: string(make([]byte, 40<<10))}, signing.ErrLimit},
		"a page that is not there":        {letter, signing.FieldOptions{Placement: signing.Placement{Page: 99, Rect: corner.Rect}}, signing.ErrNoPage},
		"a place without size":            {letter, signing.FieldOptions{Placement: signing.Placement{Page: 1}}, signing.ErrPlacement},
		"a certification that forbids it": {certified, signing.FieldOptions{}, signing.ErrForbidden},
		"what is no PDF":                  {[]byte("bukan PDF"), signing.FieldOptions{}, signing.ErrNotPDF},
	} {
		t.Run(name, func(t *testing.T) {
			out, _, err := addField(t, tt.in, tt.opts)
			require.ErrorIs(t, err, tt.want)
			require.Empty(t, out, "nothing is written before a refusal")
		})
	}
}
