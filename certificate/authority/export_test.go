package authority

import (
	"context"
	"crypto/x509"
)

// NewSerial is newSerial.
var NewSerial = newSerial

// BrokenParts drafts a certificate, changes it, and returns the parts that the
// check before the real signature finds.
func (a *Authority) BrokenParts(p Profile, r Request, change func(*x509.Certificate)) ([]string, error) {
	o, err := newOrder(r.ID, r.Subject, r.PublicKey)
	if err != nil {
		return nil, err
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	by := a.current()
	cert, err := a.draft(by, p, o, serial)
	if err != nil {
		return nil, err
	}
	notBefore := cert.NotBefore
	change(cert)
	return a.shape(by, p, o, serial, notBefore).check(cert), nil
}

// ResponderError makes the root's OCSP responder; the handler tells no cause.
func (a *Authority) ResponderError(ctx context.Context) error {
	_, err := a.responderOf(ctx, a.root, a.now())
	return err
}
