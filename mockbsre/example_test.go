package mockbsre_test

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/verify"
)

// In a test, New(t) stands for the first lines.
func Example() {
	ctx := context.Background()
	srv := mockbsre.NewUnstarted(mockbsre.Config{})
	if err := srv.Start(ctx); err != nil {
		panic(err)
	}
	defer srv.Close()

	secret := passphrase.FromString("Tiga-Kelinci9-Ungu")
	id, err := srv.Enrol(ctx, mockbsre.MadeUpPerson(0), secret)
	if err != nil {
		panic(err)
	}
	signer, err := srv.Signer(id)
	if err != nil {
		panic(err)
	}
	letter, err := os.ReadFile("../examples/naskahdinas/letter/surat-undangan.pdf")
	if err != nil {
		panic(err)
	}
	var signed bytes.Buffer
	receipt, err := signer.SignDocument(ctx, &signed, bytes.NewReader(letter), int64(len(letter)), signing.Request{
		Credential: signing.Credential{Passphrase: secret},
	})
	if err != nil {
		panic(err)
	}
	report, err := verify.Verify(ctx, bytes.NewReader(signed.Bytes()), int64(signed.Len()), verify.Options{
		Roots: verify.Trust(srv.Root()), Now: srv.Clock.Now,
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(receipt.Level)
	fmt.Println(report.Summary(verify.Indonesian))
	// Output:
	// B-LT
	// Valid: ditandatangani oleh Budi Contoh
}

func ExampleServer_Seed() {
	ctx := context.Background()
	srv := mockbsre.NewUnstarted(mockbsre.Config{})
	if err := srv.Start(ctx); err != nil {
		panic(err)
	}
	defer srv.Close()

	id, err := srv.Seed(ctx, mockbsre.MadeUpPerson(7), certificate.StatusExpired, passphrase.FromString("Tiga-Kelinci9-Ungu"))
	if err != nil {
		panic(err)
	}
	report, err := srv.Registrar().Status(ctx, id)
	if err != nil {
		panic(err)
	}
	fmt.Println(report.Status)
	// Output: EXPIRED
}

func ExampleInbox() {
	ctx := context.Background()
	srv := mockbsre.NewUnstarted(mockbsre.Config{})
	if err := srv.Start(ctx); err != nil {
		panic(err)
	}
	defer srv.Close()

	budi := mockbsre.MadeUpPerson(0)
	if _, err := srv.Seed(ctx, budi, certificate.StatusNoCertificate, passphrase.Secret{}); err != nil {
		panic(err)
	}
	mail, err := srv.Inbox.Latest(mockbsre.Query{To: budi.WorkEmail})
	if err != nil {
		panic(err)
	}
	token, err := mail.Token()
	if err != nil {
		panic(err)
	}
	page, err := srv.Registrar().Inspect(ctx, token, certificate.PurposeActivation)
	if err != nil {
		panic(err)
	}
	fmt.Println(mail.Subject, "-", page.Agency)
	// Output: Aktivasi Akun - Pemerintah Kota Magelang
}

func ExampleServer_Portal() {
	ctx := context.Background()
	srv := mockbsre.NewUnstarted(mockbsre.Config{})
	if err := srv.Start(ctx); err != nil {
		panic(err)
	}
	defer srv.Close()

	if _, err := srv.Seed(ctx, mockbsre.MadeUpPerson(0), certificate.StatusNew, passphrase.Secret{}); err != nil {
		panic(err)
	}
	// A browser is pointed at srv.URL(); a program can walk within the process.
	answer, err := srv.Client().Get(mockbsre.PortalURL + "/surat/terbaru?jenis=set_passphrase")
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	fmt.Println(answer.Status, answer.Request.URL.Path)
	// Output: 200 OK /surat/3
}
