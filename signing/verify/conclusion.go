package verify

import "fmt"

// Lang is a language of the report's texts.
type Lang string

// The languages of the report. Any other value is read as English.
const (
	Indonesian Lang = "id"
	English    Lang = "en"
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
	case i == TotalFailed && lang == Indonesian:
		return "Tidak valid"
	case i == TotalFailed:
		return "Not valid"
	case lang == Indonesian:
		return "Belum dapat dipastikan"
	}
	return "Could not be determined"
}

// SubIndication is the reason of an indication, as ETSI EN 319 102-1 section
// 5.1.3, table 6 names it. It is empty for TotalPassed.
type SubIndication string

// The sub-indications that this package gives. The first group goes with
// TotalFailed, the second with Indeterminate.
const (
	FormatFailure    SubIndication = "FORMAT_FAILURE"
	HashFailure      SubIndication = "HASH_FAILURE"
	SigCryptoFailure SubIndication = "SIG_CRYPTO_FAILURE"
	Revoked          SubIndication = "REVOKED"
	NotYetValid      SubIndication = "NOT_YET_VALID"

	SigConstraintsFailure     SubIndication = "SIG_CONSTRAINTS_FAILURE"
	ChainConstraintsFailure   SubIndication = "CHAIN_CONSTRAINTS_FAILURE"
	CryptoConstraintsFailure  SubIndication = "CRYPTO_CONSTRAINTS_FAILURE"
	TimestampOrderFailure     SubIndication = "TIMESTAMP_ORDER_FAILURE"
	NoSigningCertificateFound SubIndication = "NO_SIGNING_CERTIFICATE_FOUND"
	NoCertificateChainFound   SubIndication = "NO_CERTIFICATE_CHAIN_FOUND"
	RevokedNoPOE              SubIndication = "REVOKED_NO_POE"
	RevokedCANoPOE            SubIndication = "REVOKED_CA_NO_POE"
	OutOfBoundsNoPOE          SubIndication = "OUT_OF_BOUNDS_NO_POE"
	TryLater                  SubIndication = "TRY_LATER"
	SignedDataNotFound        SubIndication = "SIGNED_DATA_NOT_FOUND"
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
