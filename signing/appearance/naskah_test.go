package appearance_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/signing/appearance"
)

// official is a made-up head of an agency.
func official(t testing.TB) appearance.Official {
	t.Helper()
	name, err := identity.ParseName("Dr. Ir. Budi Contoh, S.T., M.Kom.")
	require.NoError(t, err)
	number, err := identity.ParseEmployeeNumber("198501012010011901")
	require.NoError(t, err)
	return appearance.Official{
		Name: name, Position: "Kepala Dinas Arsip dan Dokumen",
		Rank: "Pembina Tingkat I", Grade: "IV/b", Number: number,
	}
}

func texts(b appearance.Block) []string {
	var out []string
	for _, l := range b.Lines {
		out = append(out, l.Text)
	}
	return out
}

func TestNaskah(t *testing.T) {
	pppk, err := identity.ParseEmployeeNumber("199001012021211901")
	require.NoError(t, err)
	const (
		intro  = appearance.IntroLine
		head   = "KEPALA DINAS ARSIP DAN DOKUMEN"
		titled = "Dr. Ir. Budi Contoh, S.T., M.Kom."
		plain  = "Budi Contoh"
		rank   = "Pembina Tingkat I (IV/b)"
		nip    = "NIP 19850101 201001 1 901"
	)
	for name, c := range map[string]struct {
		kind   appearance.Kind
		change func(o *appearance.Official)
		want   []string
	}{
		"correspondence has titles, rank and NIP": {
			appearance.Correspondence, nil, []string{intro, head, titled, rank, nip}},
		"assignment has titles": {
			appearance.Assigning, nil, []string{intro, head, titled, rank, nip}},
		"special document has titles": {
			appearance.Special, nil, []string{intro, head, titled, rank, nip}},
		"regulation has no titles": {
			appearance.Regulating, nil, []string{intro, head, plain, rank, nip}},
		"decision has no titles": {
			appearance.Deciding, nil, []string{intro, head, plain, rank, nip}},
		"certificate of honour has no titles": {
			appearance.Charter, nil, []string{intro, head, plain, rank, nip}},
		"PPPK has another label": {
			appearance.Correspondence, func(o *appearance.Official) { o.Number, o.Rank, o.Grade = pppk, "", "IX" },
			[]string{intro, head, titled, "Golongan IX", "NI PPPK. 19900101 202121 1 901"}},
		"head of region has no NIP": {
			appearance.Correspondence, func(o *appearance.Official) {
				o.Office, o.Position = appearance.HeadOfRegion, "Wali Kota Contoh"
			}, []string{intro, "WALI KOTA CONTOH", titled}},
		"head of region decides without titles": {
			appearance.Deciding, func(o *appearance.Official) {
				o.Office, o.Position = appearance.HeadOfRegion, "Wali Kota Contoh"
			}, []string{intro, "WALI KOTA CONTOH", plain}},
		"who stands in for a head of region has neither": {
			appearance.Correspondence, func(o *appearance.Official) {
				o.Office, o.Position, o.Acting = appearance.HeadOfRegion, "Wali Kota Contoh", appearance.Pj
			}, []string{intro, "Pj. WALI KOTA CONTOH", plain}},
		"Plh of the secretary has neither": {
			appearance.Correspondence, func(o *appearance.Official) {
				o.Office, o.Position, o.Acting = appearance.RegionalSecretary, "Sekretaris Daerah", appearance.Plh
			}, []string{intro, "Plh. SEKRETARIS DAERAH", plain}},
		"Plt of another office keeps both": {
			appearance.Correspondence, func(o *appearance.Official) { o.Acting = appearance.Plt },
			[]string{intro, "Plt. " + head, titled, rank, nip}},
		"on behalf of": {
			appearance.Correspondence, func(o *appearance.Official) { o.OnBehalfOf = "Wali Kota Contoh" },
			[]string{intro, "a.n. WALI KOTA CONTOH", head, titled, rank, nip}},
		"on behalf of and through": {
			appearance.Correspondence, func(o *appearance.Official) {
				o.OnBehalfOf, o.Through, o.Position = "Wali Kota Contoh", "Sekretaris Daerah", "Asisten Administrasi Umum"
			}, []string{intro, "a.n. WALI KOTA CONTOH", "SEKRETARIS DAERAH", "u.b. ASISTEN ADMINISTRASI UMUM", titled, rank, nip}},
		"without number and grade": {
			appearance.Correspondence, func(o *appearance.Official) { o.Number, o.Grade = identity.EmployeeNumber{}, "" },
			[]string{intro, head, titled, "Pembina Tingkat I"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := official(t)
			if c.change != nil {
				c.change(&o)
			}
			b, err := appearance.Naskah(c.kind, o)
			require.NoError(t, err)
			assert.Equal(t, c.want, texts(b))
		})
	}
}

func TestNaskahRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		kind   appearance.Kind
		change func(o *appearance.Official)
	}{
		"no kind":        {0, func(*appearance.Official) {}},
		"unknown kind":   {appearance.Charter + 1, func(*appearance.Official) {}},
		"unknown office": {appearance.Special, func(o *appearance.Official) { o.Office = appearance.RegionalSecretary + 1 }},
		"unknown acting": {appearance.Special, func(o *appearance.Official) { o.Acting = appearance.Pjs + 1 }},
		"no name":        {appearance.Special, func(o *appearance.Official) { o.Name = identity.Name{} }},
		"no position":    {appearance.Special, func(o *appearance.Official) { o.Position = " " }},
	} {
		t.Run(name, func(t *testing.T) {
			o := official(t)
			c.change(&o)
			_, err := appearance.Naskah(c.kind, o)
			assert.ErrorIs(t, err, appearance.ErrOfficial)
		})
	}
}

func TestSetLine(t *testing.T) {
	b, err := appearance.Naskah(appearance.Correspondence, official(t))
	require.NoError(t, err)
	before := texts(b)

	changed := b
	changed.SetLine(appearance.RolePosition, "Plt. KEPALA DINAS ARSIP", "DAN DOKUMEN")
	changed.SetLine(appearance.RoleNumber)
	changed.SetLine(appearance.RoleOther, "Ditandatangani pada 23 November 2026")
	assert.Equal(t, []string{
		appearance.IntroLine, "Plt. KEPALA DINAS ARSIP", "DAN DOKUMEN", "Dr. Ir. Budi Contoh, S.T., M.Kom.",
		"Pembina Tingkat I (IV/b)", "Ditandatangani pada 23 November 2026",
	}, texts(changed))
	assert.Equal(t, before, texts(b), "a copy made before is unchanged")

	changed.SetLine(appearance.RoleName, "Budi Contoh")
	assert.True(t, changed.Lines[3].Bold, "a replaced line keeps its weight")
}

func TestEmployeeNumberIsNotPrinted(t *testing.T) {
	b, err := appearance.Naskah(appearance.Correspondence, official(t))
	require.NoError(t, err)
	asJSON, err := json.Marshal(b)
	require.NoError(t, err)
	for _, out := range []string{
		fmt.Sprint(b), fmt.Sprintf("%v %+v %#v %q", b, b, b, b.Lines), fmt.Sprintf("%v", &b),
		fmt.Sprintf("%v %+v %#v", official(t), official(t), official(t)), string(asJSON),
	} {
		for _, part := range []string{"19850101", "201001", "011901"} {
			assert.NotContains(t, out, part)
		}
	}
}
