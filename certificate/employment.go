package certificate

import (
	"fmt"

	"github.com/sertel-id/sertel/certificate/identity"
)

// Employment is the bond between a person and an agency. It decides the number
// that is asked for, the mail domain, and the way to a certificate.
type Employment uint8

// The kinds of employment. The zero Employment is unknown and refused; in an
// [ApplicantForm] it means that the number decides.
const (
	EmploymentUnknown Employment = iota
	PNS                          // civil servant: NIP, looked up in SIASN
	PPPK                         // employee by work agreement (ASN): NI PPPK, looked up in SIASN
	Polri                        // police: NRP, looked up in SIPP
	Contract                     // anyone else bound by contract ("Lainnya"): through the agency's office
)

// Employments returns all kinds.
func Employments() []Employment { return []Employment{PNS, PPPK, Polri, Contract} }

// ParseEmployment reads the word that [Employment.String] gives. Any other word is
// [identity.ErrMalformed].
func ParseEmployment(word string) (Employment, error) {
	for _, e := range Employments() {
		if e.String() == word {
			return e, nil
		}
	}
	return EmploymentUnknown, fmt.Errorf("certificate: employment is none of pns, pppk, polri, contract: %w", identity.ErrMalformed)
}

// String returns "pns", "pppk", "polri", "contract" or "unknown".
func (e Employment) String() string {
	switch e {
	case PNS:
		return "pns"
	case PPPK:
		return "pppk"
	case Polri:
		return "polri"
	case Contract:
		return "contract"
	}
	return "unknown"
}

// Text returns the word that people read.
func (e Employment) Text(lang Lang) string {
	switch e {
	case PNS:
		return "PNS"
	case PPPK:
		return "PPPK"
	case Polri:
		return "Polri"
	case Contract:
		return choose(lang, "Lainnya (terikat kontrak kerja)", "other (bound by work contract)")
	}
	return choose(lang, "tidak diketahui", "unknown")
}

// ThroughOffice reports whether the person applies to the agency's office, where
// an operator approves, and not through MyASN (guide of Kota Magelang,
// conditions 1 and 2).
func (e Employment) ThroughOffice() bool { return e == Contract }

// MarshalText returns the word of [Employment.String]; unknown gives empty text.
func (e Employment) MarshalText() ([]byte, error) {
	if e == EmploymentUnknown {
		return []byte{}, nil
	}
	return []byte(e.String()), nil
}

// UnmarshalText reads what [ParseEmployment] reads; empty text is unknown. Any other
// word is [identity.ErrMalformed].
func (e *Employment) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*e = EmploymentUnknown
		return nil
	}
	v, err := ParseEmployment(string(text))
	if err != nil {
		return err
	}
	*e = v
	return nil
}

// employmentOf tells the kind from a number; a number of the armed forces tells none.
func employmentOf(n identity.EmployeeNumber) Employment {
	switch n.Kind() {
	case identity.KindNIP:
		return PNS
	case identity.KindNIPPPK:
		return PPPK
	case identity.KindNRP:
		if nrp, _ := n.NRP(); nrp.Service() == identity.Polri {
			return Polri
		}
	}
	return EmploymentUnknown
}
