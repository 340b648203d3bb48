package appearance_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/appearance"
)

func TestTimeText(t *testing.T) {
	at := time.Date(2026, 8, 31, 17, 5, 9, 0, time.UTC)
	for want, zone := range map[string]*time.Location{
		"1 September 2026, pukul 00.05 WIB":      appearance.WIB.Location(),
		"1 September 2026, pukul 01.05 WITA":     appearance.WITA.Location(),
		"1 September 2026, pukul 02.05 WIT":      appearance.WIT.Location(),
		"31 Agustus 2026, pukul 17.05 UTC+00:00": time.UTC,
		"31 Agustus 2026, pukul 11.35 UTC-05:30": time.FixedZone("somewhere", -(5*60+30)*60),
	} {
		assert.Equal(t, want, appearance.TimeText(at.In(zone)))
	}
	assert.Equal(t, "WITA", appearance.WITA.String())
	assert.Equal(t, "Zone(7)", appearance.Zone(7).String())
}

// A block for a time that is not known yet is drawn without it.
func TestBlockAt(t *testing.T) {
	b := letterBlock(t)
	without, err := b.PNG(240, 80, 100)
	require.NoError(t, err)
	b.SetLine(appearance.RoleTime, "")
	unknown, err := b.PNG(240, 80, 100)
	require.NoError(t, err)
	assert.Equal(t, without, unknown)

	at := b.At(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC).In(appearance.WIT.Location()))
	last := at.Lines[len(at.Lines)-1]
	assert.Equal(t, "23 November 2026, pukul 11.00 WIT", last.Text)
	assert.Empty(t, b.Lines[len(b.Lines)-1].Text, "the block itself stays as it is")
	known, err := at.PNG(240, 80, 100)
	require.NoError(t, err)
	assert.NotEqual(t, without, known)

	b.SetLine(appearance.RoleTime, "waktu menurut surat")
	assert.Equal(t, "waktu menurut surat", b.At(time.Now()).Lines[len(b.Lines)-1].Text, "a text that is there stays")
}
