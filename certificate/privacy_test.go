package certificate_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/stretchr/testify/require"
)

// assertNoSecret fails when text holds one of the secrets: as it is, in hexadecimal, or in
// base64 at any alignment. The message does not repeat the secret.
func assertNoSecret(t require.TestingT, text string, secrets ...string) {
	for i, s := range secrets {
		for form, needle := range spellings(s) {
			if needle != "" && strings.Contains(text, needle) {
				require.Fail(t, "a secret leaked", "secret %d as %s in %.200q", i, form, strings.ReplaceAll(text, needle, "<here>"))
			}
		}
	}
}

// spellings are the forms in which a secret could hide.
func spellings(s string) map[string]string {
	forms := map[string]string{
		"plain": s, "hex": hex.EncodeToString([]byte(s)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(s))),
		"decimal bytes": strings.Trim(fmt.Sprint([]byte(s)), "[]"),
	}
	for _, enc := range []struct {
		name string
		*base64.Encoding
	}{{"base64", base64.RawStdEncoding}, {"base64url", base64.RawURLEncoding}} {
		for shift := range 3 {
			// Drop the characters that depend on what stands before and after.
			coded := enc.EncodeToString([]byte(strings.Repeat("x", shift) + s))
			if from, to := []int{0, 2, 3}[shift], len(coded)-2; to-from >= 8 {
				forms[enc.name+string(rune('0'+shift))] = coded[from:to]
			}
		}
	}
	return forms
}
