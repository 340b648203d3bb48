package esign

import (
	"time"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

// Doubt is something about a signed document that its receiver should know.
// The document is signed and was handed on all the same.
type Doubt string

// The doubts.
const (
	DoubtUnchecked Doubt = "unchecked"  // the answer could not be judged: an encrypted document, for instance
	DoubtName      Doubt = "name"       // the certificate has another name than Identity.Name
	DoubtUntrusted Doubt = "untrusted"  // the certificate does not lead to Config.Roots
	DoubtUnclear   Doubt = "unclear"    // the new signature is intact but not in the form that standards ask for
	DoubtSeveral   Doubt = "several"    // more than one new signature
	DoubtChanges   Doubt = "changes"    // the answer has changes that no signature explains
	DoubtPlace     Doubt = "place"      // it does not show where it was asked for
	DoubtNotRaised Doubt = "not-raised" // Config.Extend could not raise it to B-LT
	DoubtNotNoted  Doubt = "not-noted"  // the ledger could not note the result
)

// Text explains the doubt.
func (d Doubt) Text(lang Lang) string {
	for _, t := range doubtTexts {
		if t.doubt == d {
			if lang == passphrase.English {
				return t.en
			}
			return t.id
		}
	}
	return string(d)
}

var doubtTexts = [...]struct {
	doubt  Doubt
	id, en string
}{
	{DoubtUnchecked, "Hasil belum dapat diperiksa.", "The result could not be checked."},
	{DoubtName, "Nama pada sertifikat berbeda dengan nama penanda tangan.", "The name in the certificate differs from the signer's."},
	{DoubtUntrusted, "Sertifikat penanda tangan belum dapat dipastikan kepercayaannya.", "The signer's certificate does not lead to a trusted root."},
	{DoubtUnclear, "Bentuk tanda tangan tidak sesuai standar.", "The signature's form is not what standards ask for."},
	{DoubtSeveral, "Terdapat lebih dari satu tanda tangan baru.", "There is more than one new signature."},
	{DoubtChanges, "Terdapat perubahan yang tidak dijelaskan oleh tanda tangan.", "There are changes that no signature explains."},
	{DoubtPlace, "Letak tampilan tanda tangan berbeda dari permintaan.", "The signature does not show where it was asked for."},
	{DoubtNotRaised, "Data validasi jangka panjang belum ditambahkan.", "The material for long-term validation was not added."},
	{DoubtNotNoted, "Hasil belum tercatat.", "The result was not noted in the ledger."},
}

// Result says what became of a document.
type Result struct {
	// Receipt is complete when Outcome is OutcomeSigned. Without Config.Roots
	// its level is at most B-B and its time what the box claims.
	signing.Receipt
	Outcome Outcome
	// AttemptID names the attempt in logs, ledger and quarantine, Key the
	// signature in the ledger.
	AttemptID, Key string
	// DocumentID is the box's, in version 1.
	DocumentID string
	// Work is how long the box says it took, in version 2.
	Work   time.Duration
	Doubts []Doubt
}

func (r *Result) doubt(d Doubt) {
	for _, have := range r.Doubts {
		if have == d {
			return
		}
	}
	r.Doubts = append(r.Doubts, d)
}
