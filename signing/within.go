package signing

import "github.com/sertel-id/sertel/signing/internal/errtext"

// prefix begins the text of every error of this package.
const prefix = "signing: "

// within says where an error of this package arose.
func within(where string, err error) error { return errtext.At(prefix, where, err) }
