package verify_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sertel-id/sertel/signing/verify"
)

func TestLock(t *testing.T) {
	names := []string{"b.c", "a", "a.x", "a-b", "b.c.d", "b", "z.z"}
	for name, c := range map[string]struct {
		field  string
		listed bool
	}{
		"a name":                              {"a", true},
		"below a name":                        {"a.y", true},
		"below a name that is below another":  {"b.c.d.e", true},
		"beside a name that is longer":        {"a-b", true},
		"below that":                          {"a-b.c", true},
		"a name that only begins alike":       {"ab", false},
		"a name that only begins alike below": {"z.za", false},
		"above a name":                        {"z", false},
		"before all names":                    {"A", false},
		"after all names":                     {"zz", false},
		"no name":                             {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.listed, verify.Locks("Include", append([]string{}, names...), c.field))
			assert.Equal(t, !c.listed, verify.Locks("Exclude", append([]string{}, names...), c.field))
			assert.True(t, verify.Locks("All", nil, c.field))
		})
	}
}
