package leaktest_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/passphrase/leaktest"
)

const secret = "Kelinci-Rahasia-71" // made up

// recorder is a test that keeps its failures.
type recorder struct{ failures []string }

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func TestHidesFindsEveryForm(t *testing.T) {
	for name, text := range map[string]string{
		"plain":              "passphrase=" + secret + ".",
		"hexadecimal":        "key " + hex.EncodeToString([]byte(secret)),
		"capital letters":    strings.ToUpper(hex.EncodeToString([]byte(secret))),
		"bytes":              fmt.Sprint([]byte("x" + secret + "y")),
		"bytes as Go":        fmt.Sprintf("%#v", []byte("x"+secret+"y")),
		"bytes set apart":    fmt.Sprintf("% x", "x"+secret+"y"),
		"base64":             base64.StdEncoding.EncodeToString([]byte(secret)),
		"base64 behind one":  base64.StdEncoding.EncodeToString([]byte("a" + secret + "bc")),
		"base64 behind two":  base64.RawURLEncoding.EncodeToString([]byte("ab" + secret + "c")),
		"base64 of URLs":     base64.RawURLEncoding.EncodeToString([]byte(secret)),
		"in a struct":        leaktest.Printed(struct{ P string }{secret}),
		"in a hidden struct": leaktest.Printed(struct{ p []byte }{[]byte(secret)}),
		"in an error":        leaktest.Printed(fmt.Errorf("refused %s", secret)),
	} {
		t.Run(name, func(t *testing.T) {
			var r recorder
			leaktest.Hides(&r, text, "lain sama sekali", secret)
			require.NotEmpty(t, r.failures)
			assert.Contains(t, r.failures[0], "secret 1 leaked")
			for _, f := range r.failures {
				assert.NotContains(t, f, secret, "it is not repeated")
			}
		})
	}
}

func TestHidesPassesWhatIsHidden(t *testing.T) {
	leaktest.Hides(t, leaktest.Printed(passphrase.FromString(secret), &struct{ s passphrase.Secret }{passphrase.FromString(secret)}), secret, "")
}

// A value that tells fmt's verbs, JSON and the log apart is found in each.
func TestPrintedAsksEveryPrinter(t *testing.T) {
	out := leaktest.Printed(only("f"))
	for _, verb := range "vsqdxXobcUefgtz" { // fmt answers %T itself
		assert.Contains(t, out, "verb "+string(verb)+"\n")
	}
	assert.Contains(t, out, `"as JSON"`)
	assert.Contains(t, out, "g.v")
	assert.Contains(t, out, `"g":{"v"`)
	assert.NotContains(t, leaktest.Formatted(only("f")), "JSON")
}

// What differs from run to run would hold a short secret some day.
func TestPrintedTwiceIsTheSame(t *testing.T) {
	type node struct{ Value, Other *int }
	fresh := func() any { return struct{ n []*node }{[]*node{{new(int), new(int)}, {new(int), nil}}} }
	first := leaktest.Printed(fresh())
	for range 100 {
		require.Equal(t, first, leaktest.Printed(fresh()))
	}
	assert.Contains(t, first, "address")
	digits := "3371990104850901 198501012010011001 +6281298765901 0824633720832 0812345678901 739105"
	assert.Contains(t, leaktest.Printed(digits), digits)
	// JSON, in Printed, is left as it is: the others alone show what was taken for an address.
	assert.Contains(t, leaktest.Formatted(digits), digits)
	assert.Contains(t, leaktest.Logged(digits), digits)
}

// only answers each printer with its name.
type only string

func (only) Format(f fmt.State, verb rune) { fmt.Fprintf(f, "verb %c", verb) }
func (only) MarshalJSON() ([]byte, error)  { return []byte(`"as JSON"`), nil }

func TestStructs(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	_, err := leaktest.Structs(dir)
	require.ErrorContains(t, err, "no Go file")
	write("a_test.go", "package a\ntype Test struct{}")
	_, err = leaktest.Structs(dir)
	require.ErrorContains(t, err, "no Go file", "tests alone")
	write("a.go", "package a\ntype One struct{}\ntype two struct{}\ntype Three int\ntype (Four[T any] struct{}; Five = struct{})")
	names, err := leaktest.Structs(dir)
	require.NoError(t, err)
	assert.Equal(t, []string{"One", "Four", "Five"}, names)
	write("b.go", "package")
	_, err = leaktest.Structs(dir)
	require.ErrorContains(t, err, "leaktest: ")
}

func ExampleHides() {
	var t recorder
	login := struct{ NIK, Passphrase string }{"3371990104850901", "Contoh-Sandi-1"} // made up
	leaktest.Hides(&t, fmt.Sprintf("refused: %+v", login), login.NIK, login.Passphrase)
	for _, f := range t.failures {
		fmt.Println(f)
	}
	// Output:
	// secret 0 leaked (plain) in "refused: {NIK:<secret 0> Passphrase:<secret 1>}"
	// secret 1 leaked (plain) in "refused: {NIK:<secret 0> Passphrase:<secret 1>}"
}
