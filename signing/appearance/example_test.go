package appearance_test

import (
	"fmt"
	"log"

	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/signing/appearance"
)

func ExampleNaskah() {
	name, err := identity.ParseName("Dr. Budi Contoh, M.Kom.")
	if err != nil {
		log.Fatal(err)
	}
	number, err := identity.ParseEmployeeNumber("19850101 201001 1 901") // made up
	if err != nil {
		log.Fatal(err)
	}
	block, err := appearance.Naskah(appearance.Correspondence, appearance.Official{
		Name:     name,
		Position: "Kepala Dinas Arsip",
		Acting:   appearance.Plt,
		Rank:     "Pembina", Grade: "IV/a",
		Number: number,
	})
	if err != nil {
		log.Fatal(err)
	}
	block.QR.Link = "https://arsip.kotacontoh.example/verify/3f9c1b7e20d84a55"
	for _, line := range block.Lines {
		fmt.Println(line.Text)
	}
	// Output:
	// Ditandatangani secara elektronik oleh:
	// Plt. KEPALA DINAS ARSIP
	// Dr. Budi Contoh, M.Kom.
	// Pembina (IV/a)
	// NIP 19850101 201001 1 901
}

func ExampleBlock_PNG() {
	block := appearance.Block{
		Lines: []appearance.Line{{Text: appearance.IntroLine}, {Text: "Budi Contoh", Bold: true}},
		QR:    appearance.QR{Link: "https://arsip.kotacontoh.example/verify/1"},
	}
	picture, err := block.PNG(240, 80, appearance.PrintResolution)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%q\n", picture[1:4])
	// Output: "PNG"
}
