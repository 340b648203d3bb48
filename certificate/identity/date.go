package identity

import (
	"cmp"
	"database/sql/driver"
	"fmt"
	"time"
)

// wib is Indonesia's western time, UTC+7, without daylight saving.
var wib = time.FixedZone("WIB", 7*60*60)

// Date is a civil date of the Gregorian calendar, without time or zone. The
// zero Date is no date. Dates compare with == and [Date.Compare].
//
// A Date prints whole. A birth date is personal data: keep it out of logs.
type Date struct {
	year       int16
	month, day uint8
}

// NewDate returns the date, or a [*ParseError] with [RuleCalendar] for a day
// that the calendar does not have. Years are 1 to 9999.
func NewDate(year int, month time.Month, day int) (Date, error) {
	if !realDate(year, int(month), day) {
		return Date{}, malformed(KindDate, RuleCalendar)
	}
	return Date{int16(year), uint8(month), uint8(day)}, nil
}

// DateOf returns the date at the instant t in western Indonesian time (UTC+7).
// This is the usual source of an asOf argument: DateOf(time.Now()).
func DateOf(t time.Time) Date {
	y, m, d := t.In(wib).Date()
	return civil(y, int(m), d)
}

// ParseDate reads 2006-01-02 or, as on the identity card, 02-01-2006; slashes
// and dots may stand for the hyphens. Errors: [*ParseError].
func ParseDate(s string) (Date, error) {
	s = trim(s)
	switch {
	case s == "":
		return Date{}, malformed(KindDate, RuleEmpty)
	case len(s) != len("2006-01-02"):
		return Date{}, malformed(KindDate, RuleLength)
	}
	var y, m, d string
	switch {
	case dateSeparator(s[4]) && s[7] == s[4]:
		y, m, d = s[:4], s[5:7], s[8:]
	case dateSeparator(s[2]) && s[5] == s[2]:
		y, m, d = s[6:], s[3:5], s[:2]
	default:
		return Date{}, malformed(KindDate, RuleCharacters)
	}
	for _, part := range []string{y, m, d} {
		for i := range len(part) {
			if !isDigit(part[i]) {
				return Date{}, malformed(KindDate, RuleCharacters)
			}
		}
	}
	return NewDate(number(y), time.Month(number(m)), number(d))
}

func dateSeparator(b byte) bool { return b == '-' || b == '/' || b == '.' }

// civil makes a Date from numbers known to be a real date of years 1 to 9999;
// others give the zero Date.
func civil(y, m, d int) Date {
	if !realDate(y, m, d) {
		return Date{}
	}
	return Date{int16(y), uint8(m), uint8(d)}
}

func realDate(y, m, d int) bool {
	return y >= 1 && y <= 9999 && m >= 1 && m <= 12 && d >= 1 && d <= daysIn(y, m)
}

func daysIn(y, m int) int {
	switch m {
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Year returns the year, 0 for the zero Date.
func (d Date) Year() int { return int(d.year) }

// Month returns the month, 0 for the zero Date.
func (d Date) Month() time.Month { return time.Month(d.month) }

// Day returns the day of the month, 0 for the zero Date.
func (d Date) Day() int { return int(d.day) }

// Compare returns -1, 0 or +1 as d is before, equal to or after e.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.year, e.year), cmp.Compare(d.month, e.month), cmp.Compare(d.day, e.day))
}

// Before reports whether d is before e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d is after e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// AgeOn returns the completed years from d to asOf, negative when d lies
// ahead. Who was born on 29 February completes a common year on 1 March.
func (d Date) AgeOn(asOf Date) int {
	age := asOf.Year() - d.Year()
	if asOf.month < d.month || asOf.month == d.month && asOf.day < d.day {
		age--
	}
	return age
}

// Time returns the start of the day in western Indonesian time (UTC+7), or the
// zero time for the zero Date.
func (d Date) Time() time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, wib)
}

// String returns the date as 2006-01-02, or "(none)".
func (d Date) String() string {
	if d.IsZero() {
		return zeroText
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day)
}

// Indonesian returns the date as letters write it: "8 Maret 2024", or "".
func (d Date) Indonesian() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d %s %d", d.day, monthName(d.month), d.year)
}

func monthName(m uint8) string {
	names := [...]string{"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli",
		"Agustus", "September", "Oktober", "November", "Desember"}
	return names[m-1]
}

// MarshalText returns 2006-01-02; the zero Date gives empty text.
func (d Date) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return []byte{}, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what [ParseDate] reads; empty text gives the zero Date. Errors:
// [*ParseError].
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// Value implements [driver.Valuer]: the date as 2006-01-02, the zero Date as [ErrZero].
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, ErrZero
	}
	return d.String(), nil
}

// Scan implements [database/sql.Scanner] for text and date columns. Of a
// [time.Time] it takes the date that the driver put there, in its own zone.
func (d *Date) Scan(src any) error {
	if t, ok := src.(time.Time); ok {
		y, m, day := t.Date()
		v, err := NewDate(y, m, day)
		if err != nil {
			return err
		}
		*d = v
		return nil
	}
	return scanText(d, KindDate, src, ParseDate)
}
