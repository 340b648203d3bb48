// Package errtext puts errors into one another so that a package's prefix stands
// in the text once, at its beginning, while errors.Is and errors.As find all of
// them.
package errtext

import "strings"

// At says where in a package an error arose: "pkg: where: what went wrong". The
// prefix is the package's, such as "signing: ". A nil error stays nil.
func At(prefix, where string, err error) error {
	if err == nil {
		return nil
	}
	return &joined{prefix + where + ": " + strings.TrimPrefix(err.Error(), prefix), []error{err}}
}

// Under gives an error a name, an error that callers look for: "name: what went
// wrong". The first of the prefixes that the error's text begins with is left
// out; what the name says already is no news.
func Under(name, err error, prefixes ...string) error {
	text := err.Error()
	for _, prefix := range prefixes {
		if rest, ok := strings.CutPrefix(text, prefix); ok {
			text = strings.TrimPrefix(rest, ": ")
			break
		}
	}
	if text != "" {
		text = ": " + text
	}
	return &joined{name.Error() + text, []error{name, err}}
}

type joined struct {
	text   string
	errors []error
}

func (e *joined) Error() string   { return e.text }
func (e *joined) Unwrap() []error { return e.errors }
