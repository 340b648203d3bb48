package signing_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
)

// TestCoverLeavesTheRulesOfACell: browsers and programs that print HTML put the
// rules of a table a pixel or two away from its text.
func TestCoverLeavesTheRulesOfACell(t *testing.T) {
	for name, rules := range map[string]string{
		"stroked":                "0.75 w 98.5 490 m 98.5 515 l S ",
		"filled":                 "98 490 0.75 25 re f ", // as Chrome does
		"filled, padding of 1px": "98.5 490 0.75 25 re f 126.45 490 0.75 25 re f 98 495.7 40 0.75 re f 98 509.5 40 0.75 re f ",
		"frame":                  "0.75 w 98.5 496.5 40 13.5 re S ",
	} {
		t.Run(name, func(t *testing.T) {
			with, without := rules+"BT /F 11 Tf 100 500 Td (${ttd}) Tj ET", rules
			out, _, err := prepareLetter(printed(t, with), signing.LetterOptions{Roles: []signing.LetterRole{
				{Role: "camat", Placement: signing.Placement{Anchor: "${ttd}", Width: 30, Height: 10}}}})
			require.NoError(t, err)
			resolutions := []int{72, 150}
			if os.Getenv("SERTEL_CI") == "1" {
				resolutions = append(resolutions, 96, 300)
			}
			for _, dpi := range resolutions {
				require.Zero(t, differing(render(t, printed(t, without), dpi), render(t, out, dpi)), "%d dpi", dpi)
			}
		})
	}
}
