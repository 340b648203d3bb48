package mockbsre

import "strings"

const prefix = "mockbsre: "

// at says where an error arose, with the package's prefix once.
func at(where string, err error) error {
	return &placedError{where, err}
}

type placedError struct {
	where string
	err   error
}

func (e *placedError) Error() string {
	return prefix + e.where + ": " + strings.TrimPrefix(e.err.Error(), prefix)
}

func (e *placedError) Unwrap() error { return e.err }
