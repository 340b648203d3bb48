//go:build !unix

package pgtest

import "errors"

// Instance is a server in a folder of its own.
type Instance struct{}

// NewInstance fails: there are no sockets in folders here.
func NewInstance(bool) (*Instance, error) {
	return nil, errors.New("pgtest: a server of one's own needs Unix; set SERTEL_PG to use another one")
}

// DSN is the connection string without the name of a database.
func (*Instance) DSN() string { return "" }

// Start starts the server.
func (*Instance) Start() error { return errors.ErrUnsupported }

// Kill ends the server at once.
func (*Instance) Kill() error { return errors.ErrUnsupported }

// Remove stops the server.
func (*Instance) Remove() {}
