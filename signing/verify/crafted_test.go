package verify_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCraftedSignatureIsSound(t *testing.T) {
	w := newWorld(t)
	report := judge(t, w.sound(w.budi).apply(t, letter()), w.online())
	require.NoError(t, report.Err(), "%v", codes(report))
	report = judge(t, w.sound(w.sari).named("Kedua").apply(t, w.sound(w.budi).apply(t, letter())), w.online())
	require.NoError(t, report.Err(), "%v", codes(report))
}
