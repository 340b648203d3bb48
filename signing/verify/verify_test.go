package verify_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/verify"
)

func TestTwoSigners(t *testing.T) {
	w := newWorld(t)
	once := w.sign(letter(), w.optionsBB(w.budi))
	twice := w.sign(once, w.optionsBB(w.sari))
	report := judge(t, twice, w.online())
	t.Log(text(t, report, verify.English))
	require.NoError(t, report.Err())
	o := w.optionsBB(w.budi)
	o.Field = "Kadis"
	once = w.sign(formLetter(), o)
	twice = w.sign(once, w.optionsBB(w.sari))
	report = judge(t, twice, w.online())
	t.Log(text(t, report, verify.English))
	require.NoError(t, report.Err())
}

func TestLevels(t *testing.T) {
	w := newWorld(t)
	report := judge(t, w.sign(letter(), w.optionsBB(w.budi)), w.online())
	t.Log(text(t, report, verify.Indonesian))
	require.NoError(t, report.Err())
	assert.Equal(t, verify.LevelBB, report.Signatures[0].Level)

	report = judge(t, w.sign(letter(), w.optionsBT(w.budi)), w.online())
	t.Log(text(t, report, verify.English))
	require.NoError(t, report.Err())
	assert.Equal(t, verify.LevelBT, report.Signatures[0].Level)

	once := w.sign(letter(), w.optionsBLT(w.budi))
	twice := w.sign(once, w.optionsBLT(w.sari))
	report = judge(t, twice, w.options())
	t.Log(text(t, report, verify.Indonesian))
	require.NoError(t, report.Err())
	assert.Equal(t, verify.LevelBLT, report.Signatures[0].Level)
}
