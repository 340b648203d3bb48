package identity

// Sex as the numbers record it.
type Sex uint8

// The zero Sex is unknown.
const (
	SexUnknown Sex = iota
	Male
	Female
)

// String returns "male", "female" or "unknown".
func (s Sex) String() string {
	switch s {
	case Male:
		return "male"
	case Female:
		return "female"
	}
	return "unknown"
}

// Indonesian returns the word of the identity card: "LAKI-LAKI", "PEREMPUAN",
// or "" when unknown.
func (s Sex) Indonesian() string {
	switch s {
	case Male:
		return "LAKI-LAKI"
	case Female:
		return "PEREMPUAN"
	}
	return ""
}

func sexDigit(b byte) Sex {
	switch b {
	case '1':
		return Male
	case '2':
		return Female
	}
	return SexUnknown
}
