// Package leaktest looks for secrets and personal values in what a program prints, for tests of
// this module and of those that use it:
//
//	leaktest.Hides(t, leaktest.Printed(request, err), nik, passphrase)
//
// It finds what fmt, encoding/json and log/slog show (OWASP, Logging Cheat Sheet, "Data to
// exclude"); what a program encrypts, compresses or turns around it does not find.
package leaktest

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
)

// verbs are all that fmt lets a type answer, and one that does not exist. Of %p and of %w outside
// Errorf it prints the fields itself, and go vet refuses both for such values.
var verbs = []string{
	"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "% x", "%o", "%b", "%c", "%U", "%e", "%f", "%g", "%t", "%T", "%z", "%30v", "%.3s",
}

// Printed is every way in which the values could get into a log: [Formatted], [Logged], and JSON
// with the error of making it. Times of logging and addresses of memory are left out: they differ
// from run to run, and a short secret would stand in one of them some day.
func Printed(values ...any) string {
	var out strings.Builder
	for _, v := range values {
		blob, err := json.Marshal(v)
		fmt.Fprintf(&out, "%s%s\n%v\n%s", Formatted(v), blob, err, Logged(v))
	}
	return out.String()
}

// Formatted is a value in all formats of fmt, without addresses of memory.
func Formatted(v any) string {
	var out strings.Builder
	for _, verb := range verbs {
		fmt.Fprintf(&out, verb+"\n", v)
	}
	return withoutAddresses(out.String())
}

// Logged is a value in both handlers of slog, alone and in a group, without the time and
// addresses of memory.
func Logged(v any) string {
	var out strings.Builder
	options := &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, options), slog.NewJSONHandler(&out, options)} {
		slog.New(h).Info("m", "v", v, slog.Group("g", "v", v))
	}
	return withoutAddresses(out.String())
}

// T is what [Hides] needs of a test; *testing.T is one.
type T interface {
	Helper()
	Errorf(format string, args ...any)
}

// Hides fails a test when a text holds one of the secrets: as it is, in hexadecimal, as decimal
// bytes, or in base64 at any alignment. Empty secrets are passed over. The failure says which
// secret, by its number from 0, in which form and where, and repeats none. Short secrets may
// stand in a text by chance, in a time, a number or a digest: below six characters a find says
// little.
func Hides(t T, text string, secrets ...string) {
	t.Helper()
	found := make([][]string, len(secrets))
	hidden := text
	for i, s := range secrets {
		if s == "" {
			continue
		}
		for form, needle := range spellings(s) {
			if strings.Contains(text, needle) {
				found[i] = append(found[i], form)
			}
			hidden = strings.ReplaceAll(hidden, needle, mark(i))
		}
	}
	for i, forms := range found {
		if len(forms) == 0 {
			continue
		}
		slices.Sort(forms)
		t.Errorf("secret %d leaked (%s)%s", i, strings.Join(forms, ", "), around(hidden, mark(i)))
	}
}

func mark(i int) string { return fmt.Sprintf("<secret %d>", i) }

// around quotes what stands beside a mark.
func around(text, mark string) string {
	at := strings.Index(text, mark)
	if at < 0 { // it was part of another secret
		return ""
	}
	return fmt.Sprintf(" in %q", text[max(0, at-80):min(len(text), at+len(mark)+80)])
}

// spellings are the forms in which a secret could hide.
func spellings(s string) map[string]string {
	b := []byte(s)
	forms := map[string]string{
		"plain": s, "hex": hex.EncodeToString(b), "HEX": strings.ToUpper(hex.EncodeToString(b)),
		"spaced hex":    fmt.Sprintf("% x", b),
		"decimal bytes": strings.Trim(fmt.Sprint(b), "[]"),
		"Go bytes":      strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", b), "[]byte{"), "}"),
	}
	for name, enc := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
		for shift := range 3 {
			// Drop the characters that depend on what stands before and after.
			coded := enc.EncodeToString([]byte(strings.Repeat("x", shift) + s))
			if from, to := []int{0, 2, 3}[shift], len(coded)-2; to-from >= 8 {
				forms[fmt.Sprint(name, " at ", shift)] = coded[from:to]
			}
		}
	}
	return forms
}
