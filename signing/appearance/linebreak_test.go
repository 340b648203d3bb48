package appearance_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/appearance"
)

// The usual block of 240 x 80 points with the agency's logo leaves the text less
// room than an employee number needs at 9 points.
func TestNumberStaysWhole(t *testing.T) {
	for name, c := range map[string]struct {
		number string
		width  float64
		want   string
	}{
		"smaller rather than on two lines":         {"NIP 19850101 201001 1 900", 240, "NIP 19850101 201001 1 900"},
		"broken where even 5 points are too large": {"NIP 19850101 201001 1 900", 150, "NIP 19850101\n201001 1 900"},
	} {
		t.Run(name, func(t *testing.T) {
			b := letterBlock(t)
			b.Logo = logo(t)
			b.SetLine(appearance.RolePosition, "CAMAT CONTOH")
			b.SetLine(appearance.RoleName, "Budi Contoh")
			b.SetLine(appearance.RoleNumber, c.number)
			form, err := b.Form(c.width, 80)
			require.NoError(t, err)
			got := string(tool(t, "pdftotext", drawn(t, place{form, 100, 500}), "-"))
			assert.Contains(t, got, c.want)
		})
	}
}

func TestNoBreakSpaceBreaksNothing(t *testing.T) {
	b := letterBlock(t)
	b.SetLine(appearance.RoleName, "Nama yang panjang, Dr. H.\u00a0Budi\u00a0Contoh")
	form, err := b.Form(200, 80)
	require.NoError(t, err)
	got := string(tool(t, "pdftotext", drawn(t, place{form, 100, 500}), "-"))
	assert.Contains(t, strings.ReplaceAll(got, "\u00a0", " "), "H. Budi Contoh", "%q", got)
}

// The longest text at the largest size: each of its words is measured once, not
// for each of the sizes that are tried.
func TestLongestTextIsMeasuredOnce(t *testing.T) {
	b := appearance.Block{TextSize: 72}
	for range 32 {
		b.Lines = append(b.Lines, appearance.Line{Text: strings.TrimSpace(strings.Repeat("a ", 255))})
	}
	allocations := testing.AllocsPerRun(1, func() {
		_, err := b.Form(1000, 100)
		require.ErrorIs(t, err, appearance.ErrTooSmall)
	})
	assert.Less(t, allocations, 200_000.0)
}
