package audit_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/sertel-id/sertel/certificate/audit"
	"github.com/sertel-id/sertel/certificate/keyring"
)

func Example() {
	secret := sha256.Sum256([]byte("for the example; take one from a KMS")) // 32 random bytes
	current, err := keyring.NewKey("audit-2026", secret[:])
	if err != nil {
		log.Fatal(err)
	}
	ring, err := keyring.New(current)
	if err != nil {
		log.Fatal(err)
	}
	chain, err := audit.NewChain(audit.Config{Name: "e-office", Keys: ring})
	if err != nil {
		log.Fatal(err)
	}
	ctx, trail := context.Background(), audit.NewMemoryLog(chain)
	for _, digest := range []string{"aa", "bb", "cc"} {
		if _, err := trail.Append(ctx, audit.Record{
			At: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), Source: audit.SourceSigning, Action: "sign", Result: "ok",
			Subject: "user-17", Detail: json.RawMessage(`{"sha256":"` + digest + `"}`),
		}); err != nil {
			log.Fatal(err)
		}
	}

	var file bytes.Buffer
	if _, err := audit.Export(ctx, &file, chain, trail, audit.VerifyOptions{}); err != nil {
		log.Fatal(err)
	}
	sum, err := audit.CheckExport(strings.NewReader(file.String()), chain, audit.VerifyOptions{})
	fmt.Println(sum.Sealed, "entries sealed, error:", err)

	forged := strings.Replace(file.String(), `"bb"`, `"dd"`, 1)
	_, err = audit.CheckExport(strings.NewReader(forged), chain, audit.VerifyOptions{})
	fmt.Println(err)
	// Output:
	// 3 entries sealed, error: <nil>
	// audit: chain "e-office" broken at entry 2: its content was changed
}
