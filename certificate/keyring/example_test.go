package keyring_test

import (
	"crypto/rand"
	"fmt"
	"log"

	"github.com/sertel-id/sertel/certificate/keyring"
)

func Example() {
	secret := make([]byte, keyring.KeySize) // from a KMS, or a file that only the service reads
	rand.Read(secret)
	key, err := keyring.NewKey("2026", secret)
	if err != nil {
		log.Fatal(err)
	}
	ring, err := keyring.New(key)
	if err != nil {
		log.Fatal(err)
	}

	row := []byte("person 17")
	sealed, err := ring.Seal("person record", row, []byte("Budi Contoh"))
	if err != nil {
		log.Fatal(err)
	}
	plain, err := ring.Open("person record", row, sealed)
	fmt.Printf("%s, error: %v\n", plain, err)
	_, err = ring.Open("person record", []byte("person 18"), sealed)
	fmt.Println(err)
	fmt.Println(key)
	// Output:
	// Budi Contoh, error: <nil>
	// keyring: sealed value not readable
	// key 2026
}
