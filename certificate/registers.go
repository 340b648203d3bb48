package certificate

import (
	"context"
	"errors"

	"github.com/sertel-id/sertel/certificate/identity"
)

// Match is a register's answer to a comparison. The zero value is MatchUndetermined, which
// an operator has to settle; it is never taken for a yes.
type Match uint8

// The answers.
const (
	MatchUndetermined Match = iota
	MatchNo
	MatchYes
)

var matchNames = [...]string{MatchUndetermined: "undetermined", MatchNo: "no", MatchYes: "yes"}

// String returns undetermined, no or yes.
func (m Match) String() string { return wordOf(matchNames[:], m, "Match") }

// MarshalText writes the word of String.
func (m Match) MarshalText() ([]byte, error) { return marshalWord(matchNames[:], m) }

// UnmarshalText reads what MarshalText wrote. Any other word is an error, which does not
// repeat it.
func (m *Match) UnmarshalText(text []byte) error { return unmarshalWord(matchNames[:], m, text) }

// Errors of the registers.
var (
	// ErrNIKNotFound: the population register does not know the NIK.
	ErrNIKNotFound = errors.New("certificate: NIK not found in the population register")
	// ErrNumberNotFound: the personnel register does not know the NIP, NI PPPK or NRP. The
	// guide sends such people to the support of BKN's SIASN.
	ErrNumberNotFound = errors.New("certificate: employee number not found in the personnel register")
)

// PopulationRegister is the civil registry (Dukcapil).
type PopulationRegister interface {
	// VerifyNIK returns nil when the NIK exists, [ErrNIKNotFound] when not.
	VerifyNIK(ctx context.Context, nik identity.NIK) error
	// MatchName compares the name, as on the identity card, with the register's.
	MatchName(ctx context.Context, nik identity.NIK, name identity.Name) (Match, error)
	// MatchFace compares a JPEG or PNG with the register's photo. The picture must not be kept.
	MatchFace(ctx context.Context, nik identity.NIK, photo []byte) (Match, error)
}

// PersonnelRegister holds employees: SIASN of BKN for PNS and PPPK, SIPP for the police.
type PersonnelRegister interface {
	// LookUp returns what the register says of the number, or [ErrNumberNotFound].
	LookUp(ctx context.Context, number identity.EmployeeNumber) (Office, error)
}

// Office is where an employee works, as the personnel register shows it in the step
// "Data Kedinasan".
type Office struct {
	Agency   string `json:"agency"`   // Instansi
	Unit     string `json:"unit"`     // Unit Organisasi
	Position string `json:"position"` // Jabatan
	Province string `json:"province"` // Provinsi
	Rank     string `json:"rank"`     // Pangkat/Golongan; empty where there is none
}
