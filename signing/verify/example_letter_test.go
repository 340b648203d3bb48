package verify_test

import (
	"context"
	"crypto/x509"
	"fmt"
	"os"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/signing/verify"
)

// The letter needs the signatures of two people; one has not signed yet.
func ExampleReport_JudgeLetter() {
	report, _ := exampleReport()
	verdict, err := report.JudgeLetter(context.Background(), verify.Expectation{
		Signers: []verify.ExpectedSigner{
			{Role: "Kepala Bidang", Name: "Budi Contoh, S.Kom."},
			{Role: "Kepala Dinas", Name: "Sari Contoh"},
		},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	for _, s := range verdict.Signers {
		fmt.Println(s.Expected, s.Match, s.Signed)
	}
	fmt.Println(verdict.Summary(verify.Indonesian))
	// Output:
	// Kepala Bidang (Budi Contoh, S.Kom.) name yes
	// Kepala Dinas (Sari Contoh) none unknown
	// Belum dapat dipastikan: tanda tangan belum ada: Kepala Dinas (Sari Contoh)
}

// tracked makes the records of a certificate.Tracker a verify.LifeCycle.
type tracked struct {
	tracker *certificate.Tracker
	// person finds whose certificate it is in the program's own records; empty
	// for nobody's.
	person func(*x509.Certificate) string
}

// UsableAt says Yes and No only where the record speaks of this very
// certificate. What a tracker was never told is Unknown.
func (t tracked) UsableAt(ctx context.Context, c *x509.Certificate, at time.Time) (verify.Answer, string, error) {
	person := t.person(c)
	if person == "" {
		return verify.Unknown, "", nil
	}
	known, err := t.tracker.StatusAt(ctx, person, at)
	if err != nil {
		return verify.Unknown, "", err
	}
	serial, err := certificate.SerialOf(c)
	if err != nil || known.Serial != serial {
		return verify.Unknown, "", err
	}
	switch known.Status {
	case certificate.StatusIssue:
		return verify.Yes, known.Status.String(), nil
	case certificate.StatusSuspend, certificate.StatusRevoke, certificate.StatusExpired:
		return verify.No, known.Status.String(), nil
	}
	return verify.Unknown, known.Status.String(), nil
}

// The states that a tracker observed decide whether a certificate could be used
// when the letter was signed.
func ExampleLifeCycle() {
	ctx := context.Background()
	report, _ := exampleReport()
	signer := report.Signatures[0].Signer.Certificate
	tracker := certificate.NewTracker(certificate.TrackerConfig{})
	expectation := verify.Expectation{
		Signers: []verify.ExpectedSigner{{Role: "Kepala Bidang", Certificates: []*x509.Certificate{signer}}},
		LifeCycle: tracked{tracker, func(c *x509.Certificate) string {
			if c.Equal(signer) {
				return "pegawai-7"
			}
			return ""
		}},
	}
	for i, status := range []certificate.Status{certificate.StatusIssue, certificate.StatusSuspend} {
		_, err := tracker.Observe(ctx, "pegawai-7", certificate.Observation{
			Status: status, Certificate: signer, At: signer.NotBefore.Add(time.Duration(i) * time.Minute),
		})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return
		}
		verdict, err := report.JudgeLetter(ctx, expectation)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return
		}
		fmt.Println(verdict.Signers[0].Status, verdict.Signers[0].Usable, verdict.Conclusion)
	}
	// Output:
	// ISSUE yes TOTAL-PASSED
	// SUSPEND no INDETERMINATE/REVOKED_NO_POE
}
