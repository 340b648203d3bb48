package verify

import (
	"fmt"

	"github.com/sertel-id/sertel/passphrase"
)

// Lang is a language of the report's texts. Any other Lang gives Indonesian.
type Lang = passphrase.Lang

// The languages of the report.
const (
	Indonesian = passphrase.Indonesian
	English    = passphrase.English
)

// Answer is the answer to one question about a signature. The zero value is
// Unknown: what was not asked is never shown as good.
type Answer uint8

// The answers.
const (
	Unknown Answer = iota
	Yes
	No
)

var answerNames = [...]string{"unknown", "yes", "no"}

func (a Answer) String() string { return enumName(answerNames[:], int(a)) }

// MarshalText implements encoding.TextMarshaler.
func (a Answer) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// Indication is the main result of ETSI EN 319 102-1 section 5.1.3, table 5.
// The zero value is Indeterminate.
type Indication uint8

// The indications, from undecided to decided.
const (
	Indeterminate Indication = iota
	TotalPassed
	TotalFailed
)

var indicationNames = [...]string{"INDETERMINATE", "TOTAL-PASSED", "TOTAL-FAILED"}

func (i Indication) String() string { return enumName(indicationNames[:], int(i)) }

// MarshalText implements encoding.TextMarshaler.
func (i Indication) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// Text is the indication in the words of a clerk: "Valid", "Tidak valid" or
// "Belum dapat dipastikan" in Indonesian.
func (i Indication) Text(lang Lang) string {
	switch {
	case i == TotalPassed:
		return "Valid"
	case i == TotalFailed && lang == English:
		return "Not valid"
	case i == TotalFailed:
		return "Tidak valid"
	case lang == English:
		return "Could not be determined"
	}
	return "Belum dapat dipastikan"
}

// SubIndication is the reason of an indication, as ETSI EN 319 102-1 section
// 5.1.3, table 6 names it. It is empty for TotalPassed.
type SubIndication string

// The sub-indications that this package gives. The first group goes with
// TotalFailed, the second with Indeterminate.
const (
	FormatFailure    SubIndication = "FORMAT_FAILURE"     // not in a form that the standards allow, or changed after signing
	HashFailure      SubIndication = "HASH_FAILURE"       // what was signed has another digest
	SigCryptoFailure SubIndication = "SIG_CRYPTO_FAILURE" // the signature value does not verify
	Revoked          SubIndication = "REVOKED"            // the signer's certificate was revoked at the time of signing
	NotYetValid      SubIndication = "NOT_YET_VALID"      // signed before the certificate was valid

	SigConstraintsFailure     SubIndication = "SIG_CONSTRAINTS_FAILURE"      // something about the signature must be settled first
	ChainConstraintsFailure   SubIndication = "CHAIN_CONSTRAINTS_FAILURE"    // the path breaks a constraint
	CryptoConstraintsFailure  SubIndication = "CRYPTO_CONSTRAINTS_FAILURE"   // an algorithm or key is weak or unknown
	TimestampOrderFailure     SubIndication = "TIMESTAMP_ORDER_FAILURE"      // the timestamps contradict each other
	NoSigningCertificateFound SubIndication = "NO_SIGNING_CERTIFICATE_FOUND" // the signer's certificate is missing
	NoCertificateChainFound   SubIndication = "NO_CERTIFICATE_CHAIN_FOUND"   // no path to a given root
	RevokedNoPOE              SubIndication = "REVOKED_NO_POE"               // the certificate is revoked; no proof of existence before that
	RevokedCANoPOE            SubIndication = "REVOKED_CA_NO_POE"            // the same of an authority of the path
	OutOfBoundsNoPOE          SubIndication = "OUT_OF_BOUNDS_NO_POE"         // the certificate is over, or its issuer; no proof of time within
	TryLater                  SubIndication = "TRY_LATER"                    // revocation data is missing or too old
	SignedDataNotFound        SubIndication = "SIGNED_DATA_NOT_FOUND"        // there is no signature, or not the expected one
)

// Conclusion is the answer for a signature or for a document. It follows from
// the findings: the first one that fails decides, else the first one that
// leaves the matter open, else the signature passed.
type Conclusion struct {
	Indication    Indication    `json:"indication"`
	SubIndication SubIndication `json:"sub_indication,omitempty"`
}

func (c Conclusion) String() string {
	if c.SubIndication == "" {
		return c.Indication.String()
	}
	return fmt.Sprintf("%s/%s", c.Indication, c.SubIndication)
}

// worse reports whether c is a worse conclusion than d.
func (c Conclusion) worse(d Conclusion) bool { return c.Indication.rank() > d.Indication.rank() }

func (i Indication) rank() int {
	switch i {
	case TotalPassed:
		return 0
	case TotalFailed:
		return 2
	}
	return 1
}

func conclude(findings []Finding) Conclusion {
	result := Conclusion{Indication: TotalPassed}
	for _, f := range findings {
		c := f.Code.conclusion()
		if c.worse(result) {
			result = c
		}
	}
	return result
}

func enumName(names []string, i int) string {
	if i < 0 || i >= len(names) {
		return fmt.Sprintf("value(%d)", i)
	}
	return names[i]
}
