package leaktest

import (
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

var number = regexp.MustCompile(`\+?\b(?:0[xX])?[0-9a-fA-F]{9,64}\b`)

// near is how far apart two values of a program may lie in memory.
const near = 64 << 30

// withoutAddresses puts a word for each number that lies where Go keeps values, to whatever base
// fmt wrote it. It writes no address with a sign or, but for 0x, with a leading 0: phones are
// written so.
func withoutAddresses(text string) string {
	here := uint64(reflect.ValueOf(new([64]byte)).Pointer())
	if here < near { // 32 bits: too many other numbers are as small
		return text
	}
	return number.ReplaceAllStringFunc(text, func(found string) string {
		digits := strings.TrimPrefix(strings.TrimPrefix(found, "0x"), "0X")
		if found[0] == '+' || digits == found && digits[0] == '0' {
			return found
		}
		for _, base := range []int{2, 8, 10, 16} {
			if n, err := strconv.ParseUint(digits, base, 64); err == nil && max(n, here)-min(n, here) < near {
				return "address"
			}
		}
		return found
	})
}
