package pki

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	oidNameConstraints = asn1.ObjectIdentifier{2, 5, 29, 30}
	oidEmailAddress    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}
)

// checkAddresses applies rfc822Name constraints to the addresses in the names of
// certificates without such an alternative name (RFC 5280 section 4.2.1.10),
// which crypto/x509 leaves out.
func checkAddresses(chain []*x509.Certificate) error {
	for i, issuer := range chain {
		permitted, excluded := issuer.PermittedEmailAddresses, issuer.ExcludedEmailAddresses
		if len(permitted)+len(excluded) == 0 {
			continue
		}
		for j, c := range chain[:i] {
			if len(c.EmailAddresses) > 0 || j > 0 && bytes.Equal(c.RawSubject, c.RawIssuer) {
				continue
			}
			for _, name := range c.Subject.Names {
				if !name.Type.Equal(oidEmailAddress) {
					continue
				}
				address, _ := name.Value.(string)
				within := func(constraint string) bool { return addressWithin(address, constraint) }
				if !strings.Contains(address, "@") || slices.ContainsFunc(excluded, within) ||
					len(permitted) > 0 && !slices.ContainsFunc(permitted, within) {
					return fmt.Errorf("address in a name outside of what its issuer may certify: %w", ErrConstraints)
				}
			}
		}
	}
	return nil
}

// addressWithin compares an address with a mailbox, a host or, after a period,
// a domain.
func addressWithin(address, constraint string) bool {
	at := strings.LastIndexByte(address, '@')
	local, host := address[:max(at, 0)], strings.ToLower(address[at+1:])
	if i := strings.LastIndexByte(constraint, '@'); i >= 0 {
		return local == constraint[:i] && host == strings.ToLower(constraint[i+1:])
	}
	constraint = strings.ToLower(constraint)
	return host == constraint || strings.HasPrefix(constraint, ".") && strings.HasSuffix(host, constraint)
}

// checkNameForms refuses name constraints of a form that crypto/x509 does not
// process, directoryName among them, which is the one that would bind people's
// certificates. There they are refused only when critical; RFC 5280 section
// 6.1.4 (g) makes no such difference.
func checkNameForms(c *x509.Certificate) error {
	for _, e := range c.Extensions {
		if e.Id.Equal(oidNameConstraints) && !knownNameForms(e.Value) {
			return fmt.Errorf("name constraint of a form that is not processed: %w", ErrConstraints)
		}
	}
	return nil
}

// knownNameForms reads NameConstraints (RFC 5280 section 4.2.1.10).
func knownNameForms(der []byte) bool {
	input := cryptobyte.String(der)
	var constraints cryptobyte.String
	if !input.ReadASN1(&constraints, cbasn1.SEQUENCE) || !input.Empty() {
		return false
	}
	for tag := range cbasn1.Tag(2) { // permitted, excluded
		var subtrees cryptobyte.String
		var present bool
		if !constraints.ReadOptionalASN1(&subtrees, &present, tag.Constructed().ContextSpecific()) {
			return false
		}
		for !subtrees.Empty() {
			var subtree, base cryptobyte.String
			var form cbasn1.Tag
			// minimum and maximum may not be there.
			if !subtrees.ReadASN1(&subtree, cbasn1.SEQUENCE) || !subtree.ReadAnyASN1(&base, &form) || !subtree.Empty() {
				return false
			}
			switch form {
			case rfc822Name, dNSName, uniformResourceIdentifier, iPAddress:
			default:
				return false
			}
		}
	}
	return constraints.Empty()
}

// The forms of GeneralName that crypto/x509 constrains.
const (
	rfc822Name                = cbasn1.Tag(1 | 0x80)
	dNSName                   = cbasn1.Tag(2 | 0x80)
	uniformResourceIdentifier = cbasn1.Tag(6 | 0x80)
	iPAddress                 = cbasn1.Tag(7 | 0x80)
)
