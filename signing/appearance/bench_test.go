package appearance_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// BenchmarkBlock draws the usual block into an update, as each visible
// signature does.
func BenchmarkBlock(b *testing.B) {
	block := letterBlock(b)
	blank := blankPage()
	doc, err := pdf.Open(bytes.NewReader(blank), int64(len(blank)), pdf.Options{})
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		form, err := block.Form(240, 80)
		require.NoError(b, err)
		_, err = form.AddTo(doc.NewUpdate())
		require.NoError(b, err)
	}
}
