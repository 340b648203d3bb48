package esign_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/esign/sealtest"
)

func TestMemorySealStore(t *testing.T) {
	require.NoError(t, sealtest.TestStore(t.Context(), new(esign.MemorySealStore)))
}
