package esign

import (
	"math"
	"strconv"
)

// number writes a length in points with at most four decimals, as real answers
// have them.
func number(v float64) []byte {
	return strconv.AppendFloat(nil, math.Round(v*1e4)/1e4, 'f', -1, 64)
}

// points is a length in a JSON request.
type points float64

// MarshalJSON implements json.Marshaler.
func (p points) MarshalJSON() ([]byte, error) { return number(float64(p)), nil }
