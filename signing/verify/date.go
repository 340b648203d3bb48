package verify

import (
	"strings"
	"time"
)

// parseDate reads D:YYYYMMDDHHmmSSOHH'mm with everything after the year
// optional (ISO 32000-2 section 7.9.4). Without a zone it is taken as UTC. A
// malformed date gives the zero time.
func parseDate(text string) time.Time {
	text, ok := strings.CutPrefix(text, "D:")
	if !ok {
		return time.Time{}
	}
	digits := 0
	for digits < len(text) && '0' <= text[digits] && text[digits] <= '9' {
		digits++
	}
	const layout = "20060102150405"
	if digits > len(layout) || digits < 4 || digits%2 != 0 {
		return time.Time{}
	}
	moment, err := time.Parse(layout[:digits], text[:digits])
	if err != nil {
		return time.Time{}
	}
	offset, ok := parseZone(text[digits:])
	if !ok {
		return time.Time{}
	}
	if offset == 0 {
		return moment
	}
	return moment.Add(-offset).In(time.FixedZone("", int(offset/time.Second)))
}

// parseZone reads Z, or a sign, two digits of hours and optional minutes with
// apostrophes around them.
func parseZone(text string) (offset time.Duration, ok bool) {
	if text == "" || strings.Trim(text[1:], "0'") == "" && text[0] == 'Z' {
		return 0, true
	}
	sign := time.Duration(1)
	switch text[0] {
	case '+':
	case '-':
		sign = -1
	default:
		return 0, false
	}
	clock := strings.ReplaceAll(text[1:], "'", "")
	if len(clock) == 2 {
		clock += "00"
	}
	t, err := time.Parse("1504", clock)
	if err != nil {
		return 0, false
	}
	return sign * (time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute), true
}
