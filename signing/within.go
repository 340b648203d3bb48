package signing

import "strings"

// placedError tells where an error arose, with the package's prefix once.
type placedError struct {
	where string
	err   error
}

// within says where an error of this package arose.
func within(where string, err error) error { return &placedError{where, err} }

func (e *placedError) Error() string {
	return prefix + e.where + ": " + strings.ReplaceAll(e.err.Error(), prefix, "")
}

func (e *placedError) Unwrap() error { return e.err }

const prefix = "signing: "
