package identity_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/identity"
)

func TestRegionTables(t *testing.T) {
	all := identity.Regions()
	assert.Len(t, all, 552)
	assert.Len(t, identity.Provinces(), 38)
	seen := make(map[string]bool)
	for _, r := range all {
		assert.False(t, seen[r.Code()], r.Code())
		seen[r.Code()] = true
		assert.NotEmpty(t, r.Name())
		assert.False(t, r.Retired())
		p, ok := r.Province()
		require.True(t, ok, r.Code())
		assert.Equal(t, identity.Province, p.Kind())
		switch r.Kind() {
		case identity.Regency:
			assert.Regexp(t, `^Kabupaten `, r.Name())
		case identity.City:
			assert.Regexp(t, `^Kota `, r.Name())
		}
	}
	for code, want := range map[string]string{
		"3371": "3371 Kota Magelang", "3308": "3308 Kabupaten Magelang", "1101": "1101 Kabupaten Aceh Selatan",
		"91": "91 Papua", "92": "92 Papua Barat", "96": "96 Papua Barat Daya",
	} {
		r, ok := identity.LookupRegion(code)
		require.True(t, ok, code)
		assert.Equal(t, want, r.String())
	}
}

func TestRetiredRegions(t *testing.T) {
	retired := 0
	for code := 9100; code < 9300; code++ {
		r, ok := identity.LookupRegion(itoa4(code))
		if !ok || !r.Retired() {
			continue
		}
		retired++
		today, ok := r.Successor()
		require.True(t, ok, r.Code())
		assert.Equal(t, r.Name(), today.Name(), "the successor is the region of the same name")
		assert.False(t, today.Retired())
	}
	assert.Equal(t, 26, retired)
}

func itoa4(n int) string {
	return string([]byte{byte('0' + n/1000), byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)})
}

func TestLookupRegionRefuses(t *testing.T) {
	for _, code := range []string{"", "3", "33.71", "337", "33710", "0000", "99", "54"} {
		r, ok := identity.LookupRegion(code)
		assert.False(t, ok, code)
		assert.Equal(t, identity.RegionUnknown, r.Kind())
		assert.Equal(t, "(none)", r.String())
	}
	_, ok := identity.Region{}.Province()
	assert.False(t, ok)
	_, ok = identity.Region{}.Successor()
	assert.False(t, ok)
}

func TestRegionsCannotBeChangedByCallers(t *testing.T) {
	identity.Regions()[0] = identity.Region{}
	assert.Equal(t, "Aceh", identity.Regions()[0].Name())
}

func TestRegionTablesKeepTheirNotice(t *testing.T) {
	notice, err := os.ReadFile("data/LICENSE.md")
	require.NoError(t, err)
	assert.Contains(t, string(notice), "Copyright (c) 2017-2025 Cahya DSN")
	assert.Contains(t, string(notice), "Permission is hereby granted")
}

func TestWords(t *testing.T) {
	assert.Equal(t, []string{"unknown", "province", "regency", "city"}, words(4, func(i int) string { return identity.RegionKind(i).String() }))
	assert.Equal(t, []string{"unknown", "male", "female"}, words(3, func(i int) string { return identity.Sex(i).String() }))
	assert.Equal(t, []string{"", "LAKI-LAKI", "PEREMPUAN"}, words(3, func(i int) string { return identity.Sex(i).Indonesian() }))
	assert.Equal(t, []string{"unknown", "Polri", "TNI"}, words(3, func(i int) string { return identity.Service(i).String() }))
	assert.Equal(t, []string{"unknown", "malformed", "doubtful"}, words(3, func(i int) string {
		b, _ := identity.Class(i).MarshalText()
		return string(b)
	}))
}

func words(n int, of func(int) string) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = of(i)
	}
	return list
}
