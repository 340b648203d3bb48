package identity_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sertel-id/sertel/certificate/identity"
)

// parseFunc is one Parse function with its whole form, for tests that ask the
// same of all.
type parseFunc struct {
	name string
	// whole parses and gives the value's whole text, its masked text and the error.
	whole func(string) (whole, masked string, err error)
	// long is the most bytes that the whole form may have.
	long int
}

func (p parseFunc) of(s string) error { _, _, err := p.whole(s); return err }

func parsers() []parseFunc {
	return []parseFunc{
		{"NIK", func(s string) (string, string, error) {
			v, err := identity.ParseNIK(s)
			return v.Digits(), v.String(), err
		}, 16},
		{"NIP", func(s string) (string, string, error) {
			v, err := identity.ParseNIP(s)
			return v.Digits(), v.String(), err
		}, 18},
		{"NIPPPK", func(s string) (string, string, error) {
			v, err := identity.ParseNIPPPK(s)
			return v.Digits(), v.String(), err
		}, 18},
		{"NRP", func(s string) (string, string, error) {
			v, err := identity.ParseNRP(s)
			return v.Digits(), v.String(), err
		}, 14},
		{"PolriNRP", func(s string) (string, string, error) {
			v, err := identity.ParsePolriNRP(s)
			return v.Digits(), v.String(), err
		}, 8},
		{"EmployeeNumber", func(s string) (string, string, error) {
			v, err := identity.ParseEmployeeNumber(s)
			return v.Digits(), v.String(), err
		}, 18},
		{"Phone", func(s string) (string, string, error) {
			v, err := identity.ParsePhone(s)
			return v.E164(), v.String(), err
		}, 15},
		{"Email", func(s string) (string, string, error) {
			v, err := identity.ParseEmail(s)
			return v.Address(), v.String(), err
		}, 254},
		{"Name", func(s string) (string, string, error) {
			v, err := identity.ParseName(s)
			return v.Full(), v.String(), err
		}, 256},
	}
}

// check holds for every input: an error is typed and leaves the zero value,
// and what parses reads back from its whole form as the same value.
func (p parseFunc) check(t *testing.T, s string) {
	whole, masked, err := p.whole(s)
	if err != nil {
		var broken *identity.ParseError
		if !errors.As(err, &broken) || len(broken.Rules) == 0 || !errors.Is(err, identity.ErrMalformed) {
			t.Fatalf("%s: untyped error %v", p.name, err)
		}
		if whole != "" {
			t.Fatalf("%s: value with error", p.name)
		}
		return
	}
	if whole == "" || len(whole) > p.long {
		t.Fatalf("%s: whole form of %d bytes", p.name, len(whole))
	}
	if strings.ContainsAny(whole, "\x00\r\n*") {
		t.Fatalf("%s: control or mask character came through", p.name)
	}
	again, _, err := p.whole(whole)
	if err != nil || again != whole {
		t.Fatalf("%s: whole form does not read back: %v", p.name, err)
	}
	if !strings.Contains(masked, "*") {
		t.Fatalf("%s: not masked", p.name)
	}
	if _, _, err := p.whole(masked); !errors.Is(err, identity.ErrMasked) {
		t.Fatalf("%s: masked form gives %v", p.name, err)
	}
}

func fuzzParser(f *testing.F, name string, seeds ...string) {
	for _, p := range parsers() {
		if p.name != name {
			continue
		}
		for _, s := range append(seeds, "", " ", "*", "-1", "\x00", "\xff", "１２３", "3.37199E+15", strings.Repeat("9", 100)) {
			f.Add(s)
		}
		f.Fuzz(p.check)
		return
	}
	f.Fatalf("no parser %s", name)
}

func FuzzParseNIK(f *testing.F) {
	fuzzParser(f, "NIK", nikMan, nikWoman, "33.71.99.010185.0901", "************0901", "3371992902000901", "12a34")
}

func FuzzParseNIP(f *testing.F) {
	fuzzParser(f, "NIP", nipMan, nipWoman, "19850101 201001 1 901", pppk)
}

func FuzzParseNIPPPK(f *testing.F) { fuzzParser(f, "NIPPPK", pppk, "199001012025241901", nipMan) }

func FuzzParseNRP(f *testing.F) { fuzzParser(f, "NRP", polri, "10999", "21990123450999") }

func FuzzParsePolriNRP(f *testing.F) { fuzzParser(f, "PolriNRP", polri, "01010999", "85130999") }

func FuzzParseEmployeeNumber(f *testing.F) {
	fuzzParser(f, "EmployeeNumber", nipMan, pppk, polri, "10999", "130999901")
}

func FuzzParsePhone(f *testing.F) {
	fuzzParser(f, "Phone", "081200000901", "+62 (812) 0000-0901", "6281200000901", "+62********901")
}

func FuzzParseEmail(f *testing.F) {
	fuzzParser(f, "Email", "budi.contoh@pns.magelangkota.go.id", "b***@contoh.go.id", "x@evilgo.id", "x@go.id.", "a@b\r\nBcc: c")
}

func FuzzParseName(f *testing.F) {
	fuzzParser(f, "Name", "Dr. Ir. Budi Contoh, S.T., M.Kom.", "Drs.H.Budi", "Nur’aini", "B*** C***", "Ｂｕｄｉ", "a.,.b", "Ir. Ir.")
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"1985-12-31", "31-12-1985", "29/02/2000", "29.02.1900", "", "0000-00-00", "99-99-9999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := identity.ParseDate(s)
		if err != nil {
			if !errors.Is(err, identity.ErrMalformed) || !d.IsZero() {
				t.Fatalf("%v, %v", d, err)
			}
			return
		}
		if again, err := identity.ParseDate(d.String()); err != nil || again != d {
			t.Fatalf("%v does not read back: %v", d, err)
		}
	})
}

// FuzzCheck asks that no well-formed number makes Check or the accessors panic, on any day.
func FuzzCheck(f *testing.F) {
	f.Add(nikMan, nipMan, 2026, 11, 22)
	f.Add("5401000101200901", "10999", 1900, 1, 1)
	f.Add("3371992902000901", pppk, 9999, 12, 31)
	f.Fuzz(func(t *testing.T, nik, number string, y, m, d int) {
		on, err := identity.NewDate(y, time.Month(m), d)
		if err != nil {
			return
		}
		if n, err := identity.ParseNIK(nik); err == nil {
			if b, certain := n.BirthDate(on); certain && !n.BornOn(b) {
				t.Fatal("birth date disagrees with its own digits")
			}
			n.Check(on)
		}
		if n, err := identity.ParseEmployeeNumber(number); err == nil {
			n.Check(on)
			n.BirthDate()
			n.Sex()
		}
	})
}
