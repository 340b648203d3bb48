package verify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/sertel-id/sertel/signing/verify"
)

// exampleReport judges a signed letter for the examples.
func exampleReport() (*verify.Report, []byte) {
	document, root := signedLetter()
	report := must(verify.Verify(context.Background(), bytes.NewReader(document), int64(len(document)), verify.Options{
		Roots: verify.Trust(root), InsecureSkipRevocation: true,
	}))
	return report, document
}

// What a signer had before him is taken out of a document that went on to grow.
func ExampleRevision_Reader() {
	report, document := exampleReport()
	signature := report.Signatures[0]
	if signature.Revision == 0 {
		return // it is unclear what was signed
	}
	revision := report.Document.Revisions[signature.Revision-1]
	signed, err := io.ReadAll(revision.Reader(bytes.NewReader(document)))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Println(revision.Number, revision.Fields, bytes.HasPrefix(document, signed))
	// Output: 2 [Signature1] true
}

// A report is kept as JSON and read back later, without the document. The
// form is described by report.schema.json.
func ExampleReport_json() {
	report, _ := exampleReport()
	data, err := json.Marshal(report)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	var kept verify.Report
	if err := json.Unmarshal(data, &kept); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Println(kept.Schema, kept.Conclusion)
	for _, f := range kept.Signatures[0].Findings {
		fmt.Println(f.Code, f.Code.Severity(), f.Text(verify.Indonesian))
	}
	// Output:
	// sertel/verify/1 TOTAL-PASSED
	// revocation-skipped warning status pencabutan tidak diperiksa atas permintaan
}

// A root that is trusted for a period only: what is judged after it needs a
// proof that it was signed within it.
func ExampleRoot() {
	document, root := signedLetter()
	report, err := verify.Verify(context.Background(), bytes.NewReader(document), int64(len(document)), verify.Options{
		Roots:                  []verify.Root{{Certificate: root, TrustedUntil: time.Now().Add(-time.Minute)}},
		InsecureSkipRevocation: true,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Println(report.Conclusion)
	fmt.Println(report.Summary(verify.English))
	// Output:
	// INDETERMINATE/OUT_OF_BOUNDS_NO_POE
	// Could not be determined: issuer Akar Contoh was not valid or not trusted at that time; proof of a suitable time is needed
}

// Revocation data is asked for at the hosts of one authority and of no other.
// The certificate of this example names no address, so its status stays unknown.
func ExampleNewHTTPFetcher() {
	fetcher, err := verify.NewHTTPFetcher(verify.HTTPConfig{
		Hosts:   []string{".bsre.go.id", "crl.rootca.id"},
		Timeout: 5 * time.Second,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	document, root := signedLetter()
	report, err := verify.Verify(context.Background(), bytes.NewReader(document), int64(len(document)), verify.Options{
		Roots: verify.Trust(root), Fetcher: fetcher,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	fmt.Println(report.Conclusion)
	// Output: INDETERMINATE/TRY_LATER
}
