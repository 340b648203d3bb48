package signing_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
)

// A receipt is kept beside its document and read again years later.
func TestReceiptIsStored(t *testing.T) {
	_, receipt, err := sign(t, producer(t, "libreoffice.pdf"), signing.Options{Key: person(t, "Budi Contoh", rsa2048()), Field: "Kepala"})
	require.NoError(t, err)
	receipt.Outcome = signing.OutcomeSigned
	receipt.AttemptID, receipt.Key = "0123456789abcdef", "kunci"
	receipt.Rect = signing.Rect{X: 1, Y: 2.5, Width: 3, Height: 4}
	receipt.Repairs = []string{"a repair"}
	receipt.Doubt(signing.DoubtUnchecked)

	stored, err := json.Marshal(receipt)
	require.NoError(t, err)
	var fields map[string]any
	require.NoError(t, json.Unmarshal(stored, &fields))
	assert.Equal(t, "signed", fields["outcome"])
	assert.Equal(t, "B-B", fields["level"])
	assert.Equal(t, "claimed", fields["time_source"])
	assert.Equal(t, hex.EncodeToString(receipt.OutputSHA256[:]), fields["output_sha256"])
	assert.Less(t, len(stored), 2500, "the certificate once, and little else")

	var back signing.Receipt
	require.NoError(t, json.Unmarshal(stored, &back))
	assert.True(t, receipt.Time.Equal(back.Time))
	assert.True(t, receipt.Certificate.Equal(back.Certificate))
	again, err := json.Marshal(back)
	require.NoError(t, err)
	assert.JSONEq(t, string(stored), string(again))
	back.Time, back.Certificate = receipt.Time, receipt.Certificate
	assert.Equal(t, receipt, back)

	pointer, err := json.Marshal(&receipt)
	require.NoError(t, err)
	assert.Equal(t, stored, pointer)
}

func TestReceiptOfARefusalIsShort(t *testing.T) {
	stored, err := json.Marshal(signing.Receipt{Outcome: signing.OutcomeRefused})
	require.NoError(t, err)
	assert.JSONEq(t, `{"outcome":"refused","signer_confirmed":false,"level":"unknown","time_source":"unknown"}`, string(stored))
}

func TestReceiptThatIsNoneIsRefused(t *testing.T) {
	for name, stored := range map[string]string{
		"a level of the future":       `{"level":"B-LTB"}`,
		"a level as a number":         `{"level":3}`,
		"a time source of the future": `{"time_source":"moon"}`,
		"a level that is a number":    `{"level":"3371990104850901"}`,
		"a digest cut short":          `{"input_sha256":"3371990104850901"}`,
		"a digest that is no hex":     `{"output_sha256":"3371990104850901 Budi Contoh"}`,
		"a certificate that is none":  `{"certificate":"MzM3MTk5MDEwNDg1MDkwMQ=="}`,
		"an outcome that is a number": `{"outcome":"3371990104850901"}`,
		"a time that is a number":     `{"time":"3371990104850901"}`,
		"a page beyond all numbers":   `{"page":33719901048509013371990104850901}`,
	} {
		t.Run(name, func(t *testing.T) {
			before := signing.Receipt{AttemptID: "x"}
			r := before
			err := json.Unmarshal([]byte(stored), &r)
			require.ErrorContains(t, err, "signing: ")
			require.ErrorIs(t, err, signing.ErrReceipt)
			assert.NotContains(t, err.Error(), "3371990104850901", "no value is repeated")
			assert.Equal(t, before, r)
		})
	}
	_, err := json.Marshal(signing.Receipt{Level: 99})
	require.Error(t, err, "what could not be read again is not written")
	_, err = json.Marshal(signing.Receipt{TimeSource: -1})
	require.Error(t, err, "what could not be read again is not written")
	require.NoError(t, json.Unmarshal([]byte(`{"outcome":"signed","later":1}`), new(signing.Receipt)), "a field of a later version")
}

func FuzzReceipt(f *testing.F) {
	f.Add([]byte(`{"outcome":"signed","level":"B-T","time":"2026-03-02T01:00:00Z","time_source":"authority","rect":{"x":1}}`))
	f.Add([]byte(`{"input_sha256":"` + hex.EncodeToString(make([]byte, 32)) + `","certificate":"MA=="}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var r signing.Receipt
		if json.Unmarshal(data, &r) != nil {
			return
		}
		stored, err := json.Marshal(r)
		require.NoError(t, err)
		var again signing.Receipt
		require.NoError(t, json.Unmarshal(stored, &again))
	})
}

// Every value of an enumeration prints as a word, and a number that is none as that.
func TestEnumerationsPrint(t *testing.T) {
	for _, c := range []struct {
		value fmt.Stringer
		want  string
	}{
		{signing.LevelBLTA, "B-LTA"}, {signing.LevelUnknown, "unknown"}, {signing.Level(9), "Level(9)"},
		{signing.TimeAuthority, "authority"}, {signing.TimeSource(-1), "TimeSource(-1)"},
		{signing.CertifyFormFilling, "form filling"}, {signing.Certification(4), "Certification(4)"},
		{signing.AllTags, "all tags"}, {signing.Which(4), "Which(4)"},
		{signing.TopRight, "top right"}, {signing.Corner(4), "Corner(4)"},
		{signing.AlignRight, "right"}, {signing.Align(9), "Align(9)"},
	} {
		assert.Equal(t, c.want, c.value.String())
	}
	for l := signing.LevelUnknown; l <= signing.LevelBLTA; l++ {
		var back signing.Level
		require.NoError(t, back.UnmarshalText([]byte(l.String())))
		assert.Equal(t, l, back)
	}
}
