package esign_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
)

// A result keeps what it has beside its receipt.
func TestResultIsStored(t *testing.T) {
	receipt := signing.Receipt{Outcome: signing.OutcomeSigned, AttemptID: "0123456789abcdef", Level: signing.LevelBT}
	for name, want := range map[string]esign.Result{
		"version 1":   {Receipt: receipt, DocumentID: "dokumen-1"},
		"version 2":   {Receipt: receipt, Work: 1500 * time.Millisecond},
		"the receipt": {Receipt: receipt},
		"nothing":     {},
	} {
		t.Run(name, func(t *testing.T) {
			stored, err := json.Marshal(want)
			require.NoError(t, err)
			var back esign.Result
			require.NoError(t, json.Unmarshal(stored, &back))
			assert.Equal(t, want, back)
			var asReceipt signing.Receipt
			require.NoError(t, json.Unmarshal(stored, &asReceipt))
			assert.Equal(t, want.Receipt, asReceipt)
		})
	}
	var r esign.Result
	for name, stored := range map[string]string{
		"a text for a number":     `{"work_ms":"3371990104850901"}`,
		"a number too large":      `{"work_ms":33719901048509013371990104850901}`,
		"a level that is unknown": `{"level":"3371990104850901"}`,
		"a time that is none":     `{"time":"3371990104850901"}`,
	} {
		t.Run(name, func(t *testing.T) {
			err := json.Unmarshal([]byte(stored), &r)
			require.ErrorIs(t, err, signing.ErrReceipt)
			assert.NotContains(t, err.Error(), "3371990104850901", "no value is repeated")
			assert.Zero(t, r)
		})
	}
}
