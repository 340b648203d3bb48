package identity_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/sertel-id/sertel/certificate/identity"
)

func ExampleParseNIK() {
	nik, err := identity.ParseNIK("33.71.99.410185.0901") // made up: district 99
	if err != nil {
		fmt.Println(err)
		return
	}
	asOf, _ := identity.NewDate(2026, time.November, 22)
	born, certain := nik.BirthDate(asOf)
	region, _ := nik.Region()
	fmt.Println(nik) // masked
	fmt.Println(nik.Sex(), born, certain)
	fmt.Println(region.Name())
	// Output:
	// ************0901
	// female 1985-01-01 true
	// Kota Magelang
}

func ExampleParseNIK_malformed() {
	_, err := identity.ParseNIK("3371993201850000")
	fmt.Println(err)
	var broken *identity.ParseError
	if errors.As(err, &broken) {
		fmt.Println(broken.Rules)
	}
	// Output:
	// identity: malformed nik: birth_date, serial
	// [birth_date serial]
}

func ExampleParseEmployeeNumber() {
	for _, text := range []string{"19850101 201001 1 901", "199001012021211901", "85010999"} {
		n, err := identity.ParseEmployeeNumber(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(n.Label(), n.Grouped())
	}
	// Output:
	// NIP 19850101 201001 1 901
	// NI PPPK 19900101 202121 1 901
	// NRP 85010999
}

func ExampleParseName() {
	n, err := identity.ParseName("Dr. Ir. Budi Contoh, S.T., M.Kom.")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(n.Plain()) // as in a certificate
	fmt.Println(n.Full())  // as in a letter
	fmt.Println(n)         // as in a log
	// Output:
	// Budi Contoh
	// Dr. Ir. Budi Contoh, S.T., M.Kom.
	// B*** C***
}

func ExampleParsePhone() {
	p, err := identity.ParsePhone("0812-0000-0901")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.E164(), p.National(), p.Operator())
	// Output: +6281200000901 0812-0000-0901 Telkomsel
}

func ExampleEmail_Under() {
	for _, text := range []string{"budi.contoh@pns.magelangkota.go.id", "budi.contoh@evilmagelangkota.go.id"} {
		e, err := identity.ParseEmail(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(e, e.Under("magelangkota.go.id"))
	}
	// Output:
	// b***@pns.magelangkota.go.id true
	// b***@evilmagelangkota.go.id false
}

func ExampleLookupRegion() {
	old, _ := identity.LookupRegion("9101")
	today, _ := old.Successor()
	fmt.Println(old, "until", old.LastListed(), "now", today.Code())
	// Output: 9101 Kabupaten Merauke until 2022 now 9301
}

func ExampleDateOf() {
	// 17:00 UTC is midnight in western Indonesia.
	d := identity.DateOf(time.Date(2024, time.March, 7, 17, 0, 0, 0, time.UTC))
	fmt.Println(d, "=", d.Indonesian())
	// Output: 2024-03-08 = 8 Maret 2024
}
