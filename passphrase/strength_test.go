package passphrase_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/sertel-id/sertel/passphrase"
)

func TestEstimate(t *testing.T) {
	for _, c := range []struct {
		name, typed string
		most, least int
		advice      passphrase.Advice
	}{
		{"nothing", "", 0, 0, passphrase.AdviceLonger},
		{"a leaked password", "password", 0, 0, passphrase.AdviceWord},
		{"with look-alikes", "p4$$w0rd", 1, 0, passphrase.AdviceWord},
		{"an Indonesian word", "bismillah", 0, 0, passphrase.AdviceWord},
		{"the person's name", "contoh", 0, 0, passphrase.AdvicePersonal},
		{"a row of keys", "asdfghjkl;'", 2, 0, passphrase.AdviceKeyboard},
		{"repetition", "aaaaaaaaaaaa", 1, 0, passphrase.AdviceRepeat},
		{"a sequence", "abcdefghijk", 1, 0, passphrase.AdviceSequence},
		{"four unrelated words", "panci lembut naik angkot", 4, 4, ""},
		{"random", "x8#Qm2!vTz9&", 4, 4, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := passphrase.Estimate(passphrase.FromString(c.typed), person...)
			assert.GreaterOrEqual(t, got.Score, c.least)
			assert.LessOrEqual(t, got.Score, c.most)
			if c.advice == "" {
				assert.Empty(t, got.Advice)
			} else {
				assert.Contains(t, got.Advice, c.advice)
			}
		})
	}
}

func TestEstimateLooksAt100CodePoints(t *testing.T) {
	long := strings.Repeat("é", 100)
	assert.Equal(t,
		passphrase.Estimate(passphrase.FromString(long)),
		passphrase.Estimate(passphrase.FromString(long+"x8#Qm2!vTz9&")))
}

// The estimator's time grows with combinations of look-alike digits; none of
// this may take longer than a login is worth.
func TestEstimateIsBounded(t *testing.T) {
	for name, typed := range map[string]string{
		"look-alikes":  strings.Repeat("4@8({[<369!|1705$7+%2", 60)[:1024],
		"digits":       strings.Repeat("19850302", 128),
		"letters":      strings.Repeat("asdfghjk", 128),
		"not UTF-8":    strings.Repeat("\xff", 1024),
		"many symbols": strings.Repeat("¡™£¢∞§", 60),
	} {
		start := time.Now()
		passphrase.Estimate(passphrase.FromString(typed), person...)
		assert.Less(t, time.Since(start), 2*time.Second, name)
	}
}

func TestEstimateConcurrently(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { passphrase.Estimate(passphrase.FromString("P4ssw0rd abc 1985"), person...) })
	}
	wg.Wait()
}

func TestAdviceTexts(t *testing.T) {
	for _, a := range []passphrase.Advice{
		passphrase.AdviceLonger, passphrase.AdviceWord, passphrase.AdvicePersonal, passphrase.AdviceKeyboard,
		passphrase.AdviceRepeat, passphrase.AdviceSequence, passphrase.AdviceDate,
	} {
		id, en := a.Text(passphrase.Indonesian), a.Text(passphrase.English)
		assert.NotEqual(t, id, en)
		assert.NotEqual(t, string(a), id)
	}
}

func BenchmarkPolicyCheck(b *testing.B) {
	s := passphrase.FromString("Tiga-Kelinci9-Ungu")
	for name, p := range map[string]passphrase.Policy{
		"guide": passphrase.GuidePolicy(), "default": passphrase.DefaultPolicy(), "strict": passphrase.StrictPolicy(),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_ = p.Check(s, person...)
			}
		})
	}
}
