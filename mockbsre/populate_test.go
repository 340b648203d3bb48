package mockbsre_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
)

func TestPopulate(t *testing.T) {
	ctx := t.Context()
	one, two, three := mockbsre.New(t), mockbsre.New(t), mockbsre.New(t)
	before := one.Clock.Now()
	a, err := one.Populate(ctx, 7, 12)
	require.NoError(t, err)
	assert.Equal(t, before, one.Clock.Now())
	same, err := two.Populate(ctx, 7, 12)
	require.NoError(t, err)
	differ, err := three.Populate(ctx, 8, 12)
	require.NoError(t, err)
	seen := map[certificate.Status]int{}
	for i := range a {
		assert.Equal(t, a[i].Person, same[i].Person, "same seed, same people")
		assert.Equal(t, a[i].Passphrase.Reveal(), same[i].Passphrase.Reveal(), "and passphrases")
		assert.NotEqual(t, a[i].Person, differ[i].Person)
		assert.Equal(t, a[i].Status, statusOf(t, one, a[i].Person))
		seen[a[i].Status]++
		if a[i].Status == certificate.StatusIssue {
			_, _, err := sign(t, one, a[i].ID, a[i].Passphrase, letter(t))
			assert.NoError(t, err)
		}
	}
	assert.Len(t, seen, len(certificate.Statuses()), "each status is there")
	assert.Equal(t, 4, seen[certificate.StatusIssue])
	for _, n := range []int{0, -1, 10_001} {
		_, err := one.Populate(ctx, 1, n)
		assert.ErrorIs(t, err, mockbsre.ErrPopulation)
	}
}

func TestMadeUpPassphrasesKeepEveryPolicy(t *testing.T) {
	for _, policy := range []passphrase.Policy{passphrase.GuidePolicy(), passphrase.DefaultPolicy(), passphrase.StrictPolicy()} {
		for seed := range uint64(20) {
			assert.NoError(t, policy.Check(mockbsre.MadeUpPassphrase(seed)))
		}
	}
}
