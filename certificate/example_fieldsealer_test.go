package certificate_test

import (
	"bytes"
	"errors"
	"fmt"
	"log"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/certificate/keyring"
)

// What a store of one's own keeps of a person: a sealed record, and hashes to find it by.
func ExampleFieldSealer() {
	key, err := keyring.GenerateKey("2027") // in earnest from a KMS, or a file that only the service reads
	if err != nil {
		log.Fatal(err)
	}
	ring, err := keyring.New(key)
	if err != nil {
		log.Fatal(err)
	}
	sealer, err := certificate.NewFieldSealer(certificate.FieldSealerConfig{Records: ring, Index: ring})
	if err != nil {
		log.Fatal(err)
	}

	budi, err := certificate.ParsePersonID("BUDICONTOHAAAAAAAAAAAAAAAA") // from Registrar.Register
	if err != nil {
		log.Fatal(err)
	}
	record := []byte(`{"name":"Budi Contoh"}`) // from Record.MarshalBinary
	sealed, err := sealer.SealRecord(budi, record)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("readable in the database:", bytes.Contains(sealed, []byte("Contoh")))
	opened, err := sealer.OpenRecord(budi, sealed)
	fmt.Println("opened:", bytes.Equal(opened, record), err)
	sari, err := certificate.ParsePersonID("SARICONTOHAAAAAAAAAAAAAAAA")
	if err != nil {
		log.Fatal(err)
	}
	_, err = sealer.OpenRecord(sari, sealed)
	fmt.Println("in another person's row:", errors.Is(err, certificate.ErrRecord))

	nik, err := identity.ParseNIK("3371990104850901") // made up
	if err != nil {
		log.Fatal(err)
	}
	hashes, err := sealer.IndexHashes(certificate.NIKIndex(nik))
	fmt.Println("hashes to find the NIK by:", len(hashes), err)
	// Output:
	// readable in the database: false
	// opened: true <nil>
	// in another person's row: true
	// hashes to find the NIK by: 1 <nil>
}
