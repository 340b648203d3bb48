package verify_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/verify"
)

func TestPossibleReferences(t *testing.T) {
	long := strings.Repeat("x", 5000)
	cases := []struct {
		name, text string
		num        uint32
		found      bool
		unsure     bool
	}{
		{"plain", "/P 12 0 ", 12, true, false},
		{"at the start", "12 0 ", 12, true, false},
		{"odd white space", "12\x00\r\n0\t\f", 12, true, false},
		{"leading zeros and a sign", "+0012 00 ", 12, true, false},
		{"glued", "12 0", 12, true, false},
		{"after a bracket", "[7 0 R 12 0 ", 12, true, false},
		{"no generation", "/P 12 ", 0, false, false},
		{"no number", "BT", 0, false, false},
		{"comment before the generation", "12 % catatan\n0 ", 0, false, true},
		{"comment before the R", "12 0 % catatan\n", 0, false, true},
		{"comment between lines of comment", "12 0\n% satu\n% dua\r", 0, false, true},
		{"comment of another thing", "/Name % catatan\n", 0, false, false},
		{"many blanks", "12 0" + strings.Repeat(" ", 100), 0, false, true},
		{"many digits", "12 " + strings.Repeat("0", 30) + " ", 0, false, true},
		{"line too long to see", long + "\n", 0, false, true},
		{"number too large", "99999999999 0 ", 0, false, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			num, found, unsure := verify.RefBefore([]byte(c.text), len(c.text) > 4096)
			assert.Equal(t, c.unsure, unsure)
			assert.Equal(t, c.found, found)
			assert.Equal(t, c.num, num)
		})
	}
}

// The pass over the bytes misses no reference of any document at hand.
func TestNoReferenceIsMissed(t *testing.T) {
	byProducers(t, func(t *testing.T, files []string) {
		sure, all := 0, 0
		for _, file := range files {
			document, err := os.ReadFile(file)
			require.NoError(t, err)
			missed, ok, err := verify.MissedByLoose(document)
			if err != nil {
				continue // the reader refuses it
			}
			all++
			if ok {
				sure++
			}
			assert.Empty(t, missed, file)
		}
		t.Logf("%d of %d documents could be told by their bytes", sure, all)
		assert.Positive(t, sure)
	})
}
