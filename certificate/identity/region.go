package identity

import (
	_ "embed" // the region tables
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

//go:embed data/wilayah.csv
var regionTable string

//go:embed data/wilayah_retired.csv
var retiredRegionTable string

// RegionKind is the level of a [Region].
type RegionKind uint8

// The levels that the tables hold. The zero RegionKind is unknown.
const (
	RegionUnknown RegionKind = iota
	Province
	Regency // kabupaten, digits 3-4 from 01 to 69
	City    // kota, digits 3-4 from 71 to 99
)

// String returns "province", "regency", "city" or "unknown".
func (k RegionKind) String() string {
	switch k {
	case Province:
		return "province"
	case Regency:
		return "regency"
	case City:
		return "city"
	}
	return "unknown"
}

// Region is a province, regency or city by its Kemendagri code (Kepmendagri
// 300.2.2-2138/2025 as amended by 300.2.2-2430/2025). It is not the BPS code,
// which differs in Papua and elsewhere.
type Region struct {
	code, name string
	lastListed int
	successor  string
}

// Code returns the 2 digits of a province or the 4 of a regency or city.
func (r Region) Code() string { return r.code }

// Name returns the official name, such as "Kota Magelang".
func (r Region) Name() string { return r.name }

// Kind returns the level.
func (r Region) Kind() RegionKind {
	switch {
	case len(r.code) == 2:
		return Province
	case len(r.code) != 4:
		return RegionUnknown
	case r.code[2:] >= "71":
		return City
	}
	return Regency
}

// Retired reports whether the code is no longer in force. Numbers issued under
// it stay valid, because a NIK never changes (PP 40/2019 art. 30).
func (r Region) Retired() bool { return r.lastListed != 0 }

// LastListed returns the last yearly edition that listed a retired code, else 0.
func (r Region) LastListed() int { return r.lastListed }

// Successor returns today's region of the same name for a retired code.
func (r Region) Successor() (Region, bool) { return LookupRegion(r.successor) }

// Province returns the province a regency or city code belongs to, by its
// first two digits; a province returns itself.
func (r Region) Province() (Region, bool) {
	if len(r.code) < 2 {
		return Region{}, false
	}
	return LookupRegion(r.code[:2])
}

// String returns code and name.
func (r Region) String() string {
	if r.code == "" {
		return zeroText
	}
	return r.code + " " + r.name
}

// LookupRegion finds a region by its code of 2 or 4 digits without the dot,
// retired codes included.
func LookupRegion(code string) (Region, bool) {
	r, ok := regions().byCode[code]
	return r, ok
}

// Provinces returns the 38 provinces in the order of their codes.
func Provinces() []Region {
	var list []Region
	for _, r := range regions().inForce {
		if r.Kind() == Province {
			list = append(list, r)
		}
	}
	return list
}

// Regions returns all provinces, regencies and cities in force, in the order of the table.
func Regions() []Region { return append([]Region(nil), regions().inForce...) }

type regionIndex struct {
	byCode  map[string]Region
	inForce []Region
}

// regions reads the embedded tables once.
var regions = sync.OnceValue(func() regionIndex {
	idx := regionIndex{byCode: make(map[string]Region)}
	for _, row := range tableRows(regionTable, 2) {
		r := Region{code: row[0], name: row[1]}
		idx.byCode[r.code] = r
		idx.inForce = append(idx.inForce, r)
	}
	for _, row := range tableRows(retiredRegionTable, 4) {
		year, err := strconv.Atoi(row[2])
		if err != nil {
			panic(fmt.Sprintf("identity: embedded region table: %v", err))
		}
		idx.byCode[row[0]] = Region{code: row[0], name: row[1], lastListed: year, successor: row[3]}
	}
	return idx
})

func tableRows(table string, columns int) [][]string {
	r := csv.NewReader(strings.NewReader(table))
	r.FieldsPerRecord = columns
	rows, err := r.ReadAll()
	if err != nil {
		panic(fmt.Sprintf("identity: embedded region table: %v", err))
	}
	return rows[1:]
}

// eastTimor is the one retired province code that is let through as doubtful.
const eastTimor = "54"
