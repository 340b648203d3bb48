package appearance_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/signing/appearance"
)

// TestTextBesideQRCode holds the sizes that the documentation of Block names.
func TestTextBesideQRCode(t *testing.T) {
	parsed := func(name string) identity.Name {
		n, err := identity.ParseName(name)
		require.NoError(t, err)
		return n
	}
	number, err := identity.ParseEmployeeNumber("198003152010012001")
	require.NoError(t, err)
	for why, c := range map[string]struct {
		official appearance.Official
		link     string
		most     map[[2]float64]float64 // points of text by size, at most
	}{
		"short lines": {appearance.Official{Name: parsed("Budi Contoh, S.Kom."), Position: "Kepala Dinas Contoh", Rank: "Pembina", Grade: "IV/a", Number: number},
			"https://surat.contoh.go.id/v/7f3a", map[[2]float64]float64{{200, 80}: 6.75}},
		"long lines": {appearance.Official{Name: parsed("Dr. Drs. H. Budi Santoso Contoh, S.Kom., M.Si."), Position: "Kepala Dinas Komunikasi dan Informatika Kota Contoh",
			Rank: "Pembina Utama Muda", Grade: "IV/c", Number: number}, "https://surat.contoh.go.id/v/7f3a9c1d", map[[2]float64]float64{{150, 60}: 5.5}},
		"on behalf of another": {appearance.Official{Name: parsed("Drs. Budi Santoso Contoh, M.Si."), Position: "Sekretaris Daerah Kota Contoh",
			OnBehalfOf: "Wali Kota Contoh", Rank: "Pembina Utama Muda", Grade: "IV/c", Number: number}, "https://surat.contoh.go.id/v/7f3a9c1d",
			map[[2]float64]float64{{150, 60}: 5.5}},
	} {
		b, err := appearance.Naskah(appearance.Correspondence, c.official)
		require.NoError(t, err, why)
		b.QR.Link = c.link
		form, err := b.Form(240, 80)
		require.NoError(t, err, why)
		require.GreaterOrEqual(t, form.TextSize(), 8.0, why)
		for size, most := range c.most {
			form, err := b.Form(size[0], size[1])
			require.NoError(t, err, why)
			require.LessOrEqual(t, form.TextSize(), most, why)
		}
	}
	code, err := appearance.Block{QR: appearance.QR{Link: "https://surat.contoh.go.id/v/7f3a"}}.Form(80, 80)
	require.NoError(t, err)
	require.Zero(t, code.TextSize(), "a code alone has none")
}
