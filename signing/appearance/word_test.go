package appearance_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sertel-id/sertel/signing/appearance"
)

// Every value of an enumeration prints as a word, and a number that is none as that.
func TestEnumerationsPrint(t *testing.T) {
	for _, c := range []struct {
		value fmt.Stringer
		want  string
	}{
		{appearance.RoleOther, "other"}, {appearance.RoleTime, "time"}, {appearance.Role(7), "Role(7)"},
		{appearance.Regulating, "regulating"}, {appearance.Charter, "charter"}, {appearance.Kind(0), "Kind(0)"},
		{appearance.OtherOffice, "other office"}, {appearance.RegionalSecretary, "regional secretary"}, {appearance.Office(4), "Office(4)"},
		{appearance.Regular, "regular"}, {appearance.Pjs, "Pjs"}, {appearance.Acting(5), "Acting(5)"},
		{appearance.LevelAuto, "auto"}, {appearance.LevelH, "H"}, {appearance.Level(5), "Level(5)"},
	} {
		assert.Equal(t, c.want, c.value.String())
	}
}
