package passphrase_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/sertel-id/sertel/passphrase"
)

func ExampleSecret() {
	secret := passphrase.FromString("Tiga-Kelinci9-Ungu")
	fmt.Printf("%v %+v %s\n", secret, struct{ P passphrase.Secret }{secret}, secret)
	// Output: [secret] {P:[secret]} [secret]
}

func ExamplePolicy_Check() {
	err := passphrase.DefaultPolicy().Check(passphrase.FromString("magelang"), "Budi Contoh")
	var policy *passphrase.PolicyError
	if errors.As(err, &policy) {
		for _, v := range policy.Violations {
			fmt.Println(v.Rule, "-", v.Text(passphrase.Indonesian))
		}
	}
	// Output:
	// upper - Passphrase harus memuat huruf besar.
	// digit - Passphrase harus memuat angka.
	// symbol - Passphrase harus memuat simbol, misalnya ! # % atau -.
	// common - Passphrase terlalu umum sehingga mudah ditebak.
}

func ExampleEstimate() {
	weak := passphrase.Estimate(passphrase.FromString("bismillah123"))
	strong := passphrase.Estimate(passphrase.FromString("panci lembut naik angkot"))
	fmt.Println(weak.Score, weak.Advice)
	fmt.Println(strong.Score, strong.Advice)
	// Output:
	// 0 [word sequence longer]
	// 4 []
}

func ExampleHasher() {
	hasher, err := passphrase.NewHasher(passphrase.HasherConfig{})
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	hash, err := hasher.Hash(ctx, passphrase.FromString("Tiga-Kelinci9-Ungu"))
	if err != nil {
		panic(err)
	}
	fmt.Println(hash[:31])
	_, err = hasher.Verify(ctx, hash, passphrase.FromString("Dua-Kelinci9-Ungu"))
	fmt.Println(errors.Is(err, passphrase.ErrMismatch))
	// Output:
	// $argon2id$v=19$m=65536,t=3,p=4$
	// true
}

func ExampleSealer() {
	sealer, err := passphrase.NewSealer(passphrase.SealerConfig{})
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	binding := passphrase.Binding{Owner: "person-1", KeyID: "key-1", Purpose: "signing"}
	secret := passphrase.FromString("Tiga-Kelinci9-Ungu")

	sealed, err := sealer.Seal(ctx, secret, binding, []byte("a PKCS#8 key"))
	if err != nil {
		panic(err)
	}
	content, err := sealer.Open(ctx, secret, binding, sealed)
	fmt.Printf("%s, %v\n", content, err)

	binding.Owner = "person-2"
	_, err = sealer.Open(ctx, secret, binding, sealed)
	fmt.Println(errors.Is(err, passphrase.ErrMismatch))
	// Output:
	// a PKCS#8 key, <nil>
	// true
}

func ExampleLimiter() {
	now := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	limiter := passphrase.NewLimiter(passphrase.LimiterConfig{Now: func() time.Time { return now }})
	ctx := context.Background()
	for range 5 {
		if _, err := limiter.Reserve(ctx, "key-1"); err != nil {
			panic(err)
		}
		// The check fails each time, so nobody calls Succeed.
	}
	_, err := limiter.Reserve(ctx, "key-1")
	var limit *passphrase.LimitError
	if errors.As(err, &limit) {
		fmt.Println(limit.RetryAfter)
	}
	// Output: 10s
}

func ExampleHandoff() {
	ctx := context.Background()
	handoff := passphrase.NewHandoff(passphrase.HandoffConfig{})
	digest := sha256.Sum256([]byte("the approved document"))

	// In the web request:
	handle, err := handoff.Put(ctx, passphrase.FromString("Tiga-Kelinci9-Ungu"), passphrase.Grant{
		Signer: "person-1", Digests: [][sha256.Size]byte{digest},
	})
	if err != nil {
		panic(err)
	}
	// In the worker:
	secret, signer, err := handoff.Take(ctx, handle, digest)
	fmt.Println(secret, signer, err)
	_, _, err = handoff.Take(ctx, handle, digest)
	fmt.Println(errors.Is(err, passphrase.ErrHandle))
	// Output:
	// [secret] person-1 <nil>
	// true
}
