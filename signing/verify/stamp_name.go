package verify

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var oidSubjectAltName = asn1.ObjectIdentifier{2, 5, 29, 17}

// namesAuthority reports whether the name in a token, a GeneralName in DER, is
// one of the certificate's subject names (RFC 3161 section 2.4.2). The
// standard leaves the identification to the binding of the certificate, so a
// name that differs is odd and no more.
func namesAuthority(name []byte, c *x509.Certificate) bool {
	s := cryptobyte.String(name)
	var directory cryptobyte.String
	if s.ReadASN1(&directory, casn1.Tag(4).ContextSpecific().Constructed()) && s.Empty() && sameName(directory, c.RawSubject) {
		return true
	}
	for _, e := range c.Extensions {
		if e.Id.Equal(oidSubjectAltName) && hasGeneralName(e.Value, name) {
			return true
		}
	}
	return false
}

// hasGeneralName looks for a name among GeneralNames.
func hasGeneralName(names, name []byte) bool {
	s := cryptobyte.String(names)
	var list, one cryptobyte.String
	var tag casn1.Tag
	if !s.ReadASN1(&list, casn1.SEQUENCE) {
		return false
	}
	for !list.Empty() {
		if !list.ReadAnyASN1Element(&one, &tag) {
			return false
		}
		if bytes.Equal(one, name) {
			return true
		}
	}
	return false
}

// sameName compares two distinguished names. Authorities copy their own into
// tokens with other string types and in another order, so attributes are
// compared as a set and by their text.
func sameName(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	left, right := attributesOf(a), attributesOf(b)
	return left != nil && slices.Equal(left, right)
}

func attributesOf(der []byte) []string {
	var name pkix.RDNSequence
	if rest, err := asn1.Unmarshal(der, &name); err != nil || len(rest) > 0 {
		return nil
	}
	var out []string
	for _, set := range name {
		for _, a := range set {
			out = append(out, strings.ToLower(fmt.Sprintf("%v=%v", a.Type, a.Value)))
		}
	}
	slices.Sort(out)
	return out
}
