package appearance

import (
	"fmt"
	"slices"
	"time"
)

// Zone is one of Indonesia's time zones (Keputusan Presiden 41/1987). None has
// summer time.
type Zone uint8

// The zones, from the west to the east. The zero Zone is WIB.
const (
	WIB  Zone = iota // UTC+7: Waktu Indonesia Barat
	WITA             // UTC+8: Waktu Indonesia Tengah
	WIT              // UTC+9: Waktu Indonesia Timur
)

var zoneNames = [...]string{"WIB", "WITA", "WIT"}

// String returns the zone's abbreviation.
func (z Zone) String() string {
	if int(z) < len(zoneNames) {
		return zoneNames[z]
	}
	return fmt.Sprintf("Zone(%d)", uint8(z))
}

// Location returns the zone for package time. A Zone that does not exist
// panics.
func (z Zone) Location() *time.Location {
	return time.FixedZone(zoneNames[z], z.offset())
}

// offset is the distance from UTC in seconds.
func (z Zone) offset() int { return (7 + int(z)) * 60 * 60 }

var months = [...]string{"Januari", "Februari", "Maret", "April", "Mei", "Juni",
	"Juli", "Agustus", "September", "Oktober", "November", "Desember"}

// TimeText writes a time as letters do, in its own location: "23 November
// 2026, pukul 09.00 WIB". A location that is not one of Indonesia's is given by
// its distance from UTC.
func TimeText(t time.Time) string {
	zone := "UTC" + t.Format("-07:00")
	_, offset := t.Zone()
	for z := WIB; z <= WIT; z++ {
		if z.offset() == offset {
			zone = z.String()
		}
	}
	return fmt.Sprintf("%d %s %d, pukul %s %s", t.Day(), months[t.Month()-1], t.Year(), t.Format("15.04"), zone)
}

// At returns the block with the time in every line with RoleTime that has no
// text yet. A signer that knows the time of signing calls it; drawn without,
// such lines are left out.
func (b Block) At(t time.Time) Block {
	b.Lines = slices.Clone(b.Lines)
	for i, l := range b.Lines {
		if l.Role == RoleTime && l.Text == "" {
			b.Lines[i].Text = TimeText(t)
		}
	}
	return b
}
