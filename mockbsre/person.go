package mockbsre

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
)

// ErrNotMadeUp means that a number could belong to somebody.
var ErrNotMadeUp = errors.New("mockbsre: number is not marked as made up")

// Person is somebody in the fake's registers, as plain data. It prints, logs and
// marshals without its fields.
type Person struct {
	NIK  string
	Name string // with titles, such as "Budi Contoh, S.Kom."
	// EmployeeNumber is a NIP, NI PPPK or NRP; empty for people bound by
	// contract, whom no personnel register knows.
	EmployeeNumber string
	SIASNEmail     string
	WorkEmail      string
	Phone          string
	// Agency, Unit, Position, Province and Rank are what the personnel
	// register answers.
	Agency, Unit, Position, Province, Rank string
}

// Format prints a marker under every verb.
func (p Person) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "mockbsre.Person") }

// MarshalText returns a marker, which encoding/json and slog write too.
func (p Person) MarshalText() ([]byte, error) { return []byte("mockbsre.Person"), nil }

// Form is the registration form as the person would fill it in.
func (p Person) Form() certificate.ApplicantForm {
	form := certificate.ApplicantForm{
		NIK: p.NIK, Name: p.Name, EmployeeNumber: p.EmployeeNumber,
		SIASNEmail: p.SIASNEmail, WorkEmail: p.WorkEmail, Phone: p.Phone,
	}
	if p.EmployeeNumber == "" {
		form.Employment = certificate.Contract.String()
	}
	return form
}

// Office is what the personnel register answers.
func (p Person) Office() certificate.Office {
	return certificate.Office{
		Agency: p.Agency, Unit: p.Unit, Position: p.Position, Province: p.Province, Rank: p.Rank,
	}
}

// numbers parses the person's numbers and makes sure that they are nobody's.
func (p Person) numbers(allowAny bool) (identity.NIK, identity.EmployeeNumber, error) {
	var number identity.EmployeeNumber
	nik, err := identity.ParseNIK(p.NIK)
	if err != nil {
		return nik, number, err
	}
	if p.EmployeeNumber != "" {
		if number, err = identity.ParseEmployeeNumber(p.EmployeeNumber); err != nil {
			return nik, number, err
		}
	}
	if !allowAny && (!madeUpNIK(nik) || !madeUpNumber(number)) {
		return nik, number, ErrNotMadeUp
	}
	return nik, number, nil
}

func madeUpNIK(nik identity.NIK) bool {
	digits := nik.Digits()
	return digits[:2] < "90" && digits[4:6] == "99"
}

func madeUpNumber(number identity.EmployeeNumber) bool {
	digits := number.Digits()
	switch len(digits) {
	case 0:
		return true
	case 18:
		return digits[15] == '9'
	case 8:
		return digits[4:6] == "99"
	}
	return false
}

// At returns the person as somebody of another agency: with its name, and with
// work mail at the first domain that it has for the person's kind of
// employment. Where it has none the mail stays, and registration refuses it.
// The province is the agency's affair and left empty.
func (p Person) At(agency certificate.Agency) Person {
	if p.Agency == agency.Name {
		return p
	}
	p.Agency, p.Province = agency.Name, ""
	if domains := agency.MailDomains[p.employment()]; len(domains) > 0 {
		local, _, _ := strings.Cut(p.WorkEmail, "@")
		p.WorkEmail = local + "@" + domains[0]
	}
	return p
}

// employment is the kind that the person's number tells.
func (p Person) employment() certificate.Employment {
	if p.EmployeeNumber == "" {
		return certificate.Contract
	}
	number, err := identity.ParseEmployeeNumber(p.EmployeeNumber)
	if err != nil {
		return certificate.EmploymentUnknown
	}
	switch number.Kind() {
	case identity.KindNIP:
		return certificate.PNS
	case identity.KindNIPPPK:
		return certificate.PPPK
	case identity.KindNRP:
		// One of the armed forces tells no kind that registers.
		if nrp, _ := number.NRP(); nrp.Service() == identity.Polri {
			return certificate.Polri
		}
	}
	return certificate.EmploymentUnknown
}

var (
	firstMen   = strings.Fields("Budi Agus Bayu Candra Dimas Eko Fajar Galih Hendra Irfan Joko Krisna Lukman")
	firstWomen = strings.Fields("Ratna Ayu Citra Dewi Endah Fitri Gita Hesti Indah Kartika Lestari Maya Nirmala")
	lastNames  = strings.Fields("Contoh Rekaan Percobaan Tiruan Uji Khayal Andaian")
	positions  = []string{
		"Pranata Komputer Ahli Muda", "Analis Kebijakan Ahli Muda", "Kepala Subbagian Umum",
		"Arsiparis Ahli Pertama", "Pengelola Sistem Informasi",
	}
	units = []string{"Dinas Contoh", "Badan Percontohan Daerah", "Sekretariat Dinas Contoh"}
)

// madeUpPeople is how many there are.
const madeUpPeople = 10_000

// MadeUpPerson returns the n-th of 10,000 made-up people, the same ones each
// time: civil servants of Kota Magelang by the guide's mail domains, every third
// a PPPK; [Person.At] moves them to another agency. It panics when n is out of
// range.
func MadeUpPerson(n int) Person {
	if n < 0 || n >= madeUpPeople {
		panic("mockbsre: MadeUpPerson is for 0 to 9,999")
	}
	woman := n%2 == 1
	first, sex := firstMen[n/2%len(firstMen)], 1
	if woman {
		first, sex = firstWomen[n/2%len(firstWomen)], 2
	}
	last := lastNames[n/26%len(lastNames)]
	born := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n%3650)
	day := born.Day()
	if woman {
		day += 40
	}
	p := Person{
		NIK:      fmt.Sprintf("337199%02d%s%04d", day, born.Format("0106"), 1+n/3650),
		Name:     first + " " + last,
		Phone:    fmt.Sprintf("+6281299%06d", n),
		Agency:   certificate.KotaMagelang().Name,
		Unit:     units[n%len(units)],
		Position: positions[n%len(positions)],
		Province: "Jawa Tengah",
	}
	serial := 900 + n/3650
	local := fmt.Sprintf("%s.%s.%d", strings.ToLower(first), strings.ToLower(last), n)
	if n%3 == 2 {
		p.EmployeeNumber = fmt.Sprintf("%s202121%d%03d", born.Format("20060102"), sex, serial)
		p.WorkEmail = local + "@asn.magelangkota.go.id"
		p.Rank = "IX"
	} else {
		p.EmployeeNumber = fmt.Sprintf("%s%d03%d%03d", born.Format("20060102"), born.Year()+26, sex, serial)
		p.WorkEmail = local + "@pns.magelangkota.go.id"
		p.Rank = "Penata Tingkat I (III/d)"
	}
	p.SIASNEmail = local + "@surel.example"
	return p
}
