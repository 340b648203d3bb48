package certificate_test

import (
	"os"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
)

// The page that says what is kept of people names every field of a record.
func TestPrivacyPageNamesEveryField(t *testing.T) {
	page, err := os.ReadFile("PRIVACY.md")
	require.NoError(t, err)
	record := reflect.TypeFor[certificate.Record]()
	for i := range record.NumField() {
		if f := record.Field(i); f.IsExported() {
			assert.Contains(t, string(page), "`"+f.Name+"`")
		}
	}
	keep := reflect.TypeFor[certificate.Retention]()
	require.Equal(t, 3, keep.NumField(), "a new time limit belongs on the page")
}
