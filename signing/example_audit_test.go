package signing_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"

	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

// One line for each attempt, and one signature for each key: a request that
// comes twice, from an impatient click for instance, is signed once.
func ExampleNewJSONAuditor() {
	key, err := signing.NewAuditKey(passphrase.FromString("32 random bytes, kept in a vault"))
	if err != nil {
		log.Fatal(err)
	}
	nik, err := identity.ParseNIK("3371990101800001") // made up: no regency has 99 districts
	if err != nil {
		log.Fatal(err)
	}
	var trail bytes.Buffer
	signer, err := signing.NewLocal(signing.LocalConfig{
		Keys: anyPassphrase{exampleKey()}, Auditor: signing.NewJSONAuditor(&trail), Signer: key.NIK(nik),
	})
	if err != nil {
		log.Fatal(err)
	}
	request := signing.Request{Purpose: "persetujuan", DedupeKey: "surat-2026-17/camat"}
	for range 2 {
		var signed bytes.Buffer
		receipt, err := signer.SignDocument(context.Background(), &signed, bytes.NewReader(twoSigners), int64(len(twoSigners)), request)
		fmt.Println(receipt.Outcome, errors.Is(err, signing.ErrAlreadySigned), signed.Len() > 0)
	}
	for lines := json.NewDecoder(&trail); lines.More(); {
		var r signing.AuditRecord
		if err := lines.Decode(&r); err != nil {
			log.Fatal(err)
		}
		fmt.Println(r.Purpose, r.Outcome, r.Code, len(r.Signer))
	}
	// Output:
	// signed false true
	// signed true false
	// persetujuan signed  64
	// persetujuan refused ALREADY_SIGNED 64
}

// A field that another program is to sign in.
func ExampleAddField() {
	var form bytes.Buffer
	name, err := signing.AddField(context.Background(), &form, bytes.NewReader(twoSigners), int64(len(twoSigners)), signing.FieldOptions{
		Field: "Kepala Dinas", Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 60, Y: 60, Width: 200, Height: 80}},
	})
	if err != nil {
		log.Fatal(err)
	}
	var signed bytes.Buffer
	receipt, err := signing.Sign(context.Background(), &signed, bytes.NewReader(form.Bytes()), int64(form.Len()),
		signing.Options{Key: exampleKey(), Field: name})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(receipt.Field, receipt.Page, receipt.Rect.Width)
	// Output:
	// Kepala Dinas 1 200
}
