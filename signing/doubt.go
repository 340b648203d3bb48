package signing

import "github.com/sertel-id/sertel/passphrase"

// Doubt is something about a signed document that its receiver should know.
// The document is signed and was handed on all the same.
type Doubt string

// The doubts. The first eight are about what a signing service sent.
const (
	DoubtUnchecked  Doubt = "unchecked"   // it could not be judged: an encrypted document, for instance
	DoubtName       Doubt = "name"        // the certificate has another name than was expected
	DoubtUntrusted  Doubt = "untrusted"   // the certificate does not lead to a trusted root
	DoubtUnclear    Doubt = "unclear"     // the new signature is intact but not in the form that standards ask for
	DoubtSeveral    Doubt = "several"     // more than one new signature
	DoubtChanges    Doubt = "changes"     // changes that no signature explains
	DoubtPlace      Doubt = "place"       // it does not show where it was asked for
	DoubtNotRaised  Doubt = "not-raised"  // it could not be raised to B-LT
	DoubtNotNoted   Doubt = "not-noted"   // the ledger could not note the result
	DoubtNotAudited Doubt = "not-audited" // the auditor could not keep the record of the attempt
)

// Text explains the doubt. Any other language than passphrase.English gives
// Indonesian.
func (d Doubt) Text(lang passphrase.Lang) string {
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
	{DoubtNotAudited, "Catatan audit belum tersimpan.", "The audit record was not kept."},
}
