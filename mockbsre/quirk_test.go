package mockbsre_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
)

func TestQuirks(t *testing.T) {
	mark := regexp.MustCompile(`^(LIVE|MANUAL|DERIVED|CLIENTS|ONE|GUESS)\b`)
	names := map[mockbsre.Quirk]bool{}
	for _, q := range mockbsre.AllQuirks() {
		assert.Regexp(t, mark, q.Evidence(), q)
		assert.False(t, names[q], "twice: %s", q)
		names[q] = true
		if q.Default() {
			assert.NotRegexp(t, `^(ONE|GUESS)`, q.Evidence(), "%s: what is on was observed", q)
		}
	}
	assert.Empty(t, mockbsre.Quirk("x").Evidence())
	assert.False(t, mockbsre.Quirk("x").Default())

	set, err := mockbsre.ParseQuirks("v1-sizes, picture-shrunk=off,tag-last=on")
	require.NoError(t, err)
	assert.Equal(t, map[mockbsre.Quirk]bool{mockbsre.QuirkV1Sizes: true, mockbsre.QuirkPictureShrunk: false, mockbsre.QuirkTagLast: true}, set)
	set, err = mockbsre.ParseQuirks("")
	assert.NoError(t, err)
	assert.Empty(t, set)
	for name, list := range map[string]string{"unknown": "v1-size", "neither on nor off": "v1-sizes=1", "no name": "=on"} {
		_, err := mockbsre.ParseQuirks(list)
		assert.ErrorIs(t, err, mockbsre.ErrQuirk, name)
	}
}
