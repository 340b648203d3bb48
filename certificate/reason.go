package certificate

import (
	"errors"
	"fmt"
)

// Reason says why a certificate is revoked, with the codes of RFC 5280 section 5.3.1.
type Reason int

// The reasons. Code 7 does not exist. In an office: passphrase or key leaked is
// KeyCompromise; another agency or another name is AffiliationChanged; a renewed or reset
// certificate is Superseded; retired, dismissed or deceased, and destruction by the owner,
// is CessationOfOperation; an investigation is CertificateHold; the agency withdrew the
// right to sign is PrivilegeWithdrawn.
const (
	ReasonUnspecified          Reason = 0
	ReasonKeyCompromise        Reason = 1
	ReasonCACompromise         Reason = 2
	ReasonAffiliationChanged   Reason = 3
	ReasonSuperseded           Reason = 4
	ReasonCessationOfOperation Reason = 5
	ReasonCertificateHold      Reason = 6
	ReasonRemoveFromCRL        Reason = 8 // lifts a hold
	ReasonPrivilegeWithdrawn   Reason = 9
	ReasonAACompromise         Reason = 10
)

// ErrReason is returned for a reason that does not exist, or not for this purpose.
var ErrReason = errors.New("certificate: reason not allowed here")

var reasonNames = map[Reason]string{
	ReasonUnspecified:          "unspecified",
	ReasonKeyCompromise:        "keyCompromise",
	ReasonCACompromise:         "cACompromise",
	ReasonAffiliationChanged:   "affiliationChanged",
	ReasonSuperseded:           "superseded",
	ReasonCessationOfOperation: "cessationOfOperation",
	ReasonCertificateHold:      "certificateHold",
	ReasonRemoveFromCRL:        "removeFromCRL",
	ReasonPrivilegeWithdrawn:   "privilegeWithdrawn",
	ReasonAACompromise:         "aACompromise",
}

// Valid reports whether RFC 5280 knows the code.
func (r Reason) Valid() bool { _, ok := reasonNames[r]; return ok }

// final reports whether r ends a certificate for good and may stand in the revocation of a
// person's certificate.
func (r Reason) final() bool {
	switch r {
	case ReasonUnspecified, ReasonKeyCompromise, ReasonCACompromise, ReasonAffiliationChanged,
		ReasonSuperseded, ReasonCessationOfOperation, ReasonPrivilegeWithdrawn:
		return true
	}
	return false
}

// String returns the name of RFC 5280.
func (r Reason) String() string {
	if name, ok := reasonNames[r]; ok {
		return name
	}
	return fmt.Sprintf("Reason(%d)", int(r))
}
