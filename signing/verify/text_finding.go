package verify

// codeTexts are the findings as sentences. %s stands for Finding.Detail. Those
// of Open findings name the missing piece.
var codeTexts = map[Code]textPair{
	CodeNoSignature: {
		"dokumen tidak memuat tanda tangan elektronik",
		"the document carries no signature"},
	CodeRepaired: {
		"struktur berkas menyimpang dari standar dan dibaca dengan perbaikan: %s",
		"the file departs from the standard and was read with repair: %s"},
	CodeTooManySignatures: {
		"tanda tangan dalam berkas melebihi batas %s",
		"the file has more signatures than the limit of %s"},
	CodeSignatureRemoved: {
		"tanda tangan pada kolom %s telah dihapus oleh revisi kemudian",
		"a later revision removed the signature of field %s"},
	CodeAmbiguous: {
		"berkas dapat dibaca dengan dua cara; diperlukan berkas asli yang utuh: %s",
		"two readers may see different documents; an unambiguous original is needed: %s"},
	CodeUnsignedField: {
		"kolom tanda tangan %s masih kosong",
		"signature field %s is still empty"},

	CodeCovered: {
		"sebagian besar halaman tertutup anotasi, yang dapat menyembunyikan isi: halaman %s",
		"an annotation covers much of the page and may hide what is below it: page %s"},
	CodeHidden: {
		"anotasi besar tersembunyi di atas halaman dan dapat dimunculkan kemudian: halaman %s",
		"a large annotation is hidden over the page and could be brought up later: page %s"},
	CodeLayersOff: {
		"dokumen memuat lapisan yang tidak ditampilkan",
		"the document has layers that are not shown"},
	CodeUnusedContent: {
		"dokumen memuat isi yang tidak dipakai dan dapat menggantikan isi halaman kemudian: objek %s",
		"the document holds unused content that could later take the place of a page: object %s"},

	CodeFieldUnreadable: {
		"tanda tangan tidak dapat dibaca: %s",
		"the signature cannot be read: %s"},
	CodeUnreachable: {
		"tanda tangan (objek %s) tidak termasuk kolom formulir mana pun",
		"the signature (object %s) belongs to no form field"},
	CodeSignatureShared: {
		"nilai tanda tangan dipakai juga oleh kolom %s",
		"the signature value is shared with field %s"},
	CodeFilterUnknown: {
		"penangan tanda tangan tidak dikenal: %s",
		"unknown signature handler: %s"},
	CodeSubFilterUnknown: {
		"format tanda tangan tidak dikenal: %s",
		"unknown signature format: %s"},
	CodeSubFilterWeak: {
		"format tanda tangan usang dan lemah (%s); diperlukan tanda tangan baru",
		"obsolete and weak signature format (%s); a new signature is needed"},
	CodeContentsMissing: {
		"nilai tanda tangan (Contents) tidak ada",
		"the signature value (Contents) is missing"},
	CodeContentsPlace: {
		"nilai tanda tangan tidak berdiri sebagaimana mestinya dalam berkas: %s",
		"the signature value does not stand in the file as it must: %s"},
	CodeByteRangeMissing: {
		"ByteRange tidak ada: tidak diketahui apa yang ditandatangani",
		"ByteRange is missing: nothing says what was signed"},
	CodeByteRangeMalformed: {
		"ByteRange tidak sah: %s",
		"ByteRange is malformed: %s"},
	CodeByteRangeStart: {
		"tanda tangan tidak mencakup awal berkas (mulai dari byte %s)",
		"the signature does not cover the start of the file (begins at byte %s)"},
	CodeByteRangeGap: {
		"bagian yang tidak ditandatangani bukan tepat nilai tanda tangan ini: %s",
		"the unsigned gap is not exactly this signature's value: %s"},
	CodeByteRangeEnd: {
		"cakupan berakhir di byte %s, bukan di akhir suatu revisi",
		"the covered range ends at byte %s, not at the end of a revision"},
	CodeRevisionUnreadable: {
		"revisi yang ditandatangani menyimpang dari standar: %s",
		"the signed revision has no strict reading: %s"},
	CodeNotInOwnRevision: {
		"tanda tangan ini tidak ada pada revisi yang dicakupnya",
		"the revision that it covers does not show this signature"},
	CodeCertificationLate: {
		"sertifikasi dokumen bukan tanda tangan yang pertama",
		"the certification is not the first signature"},
	CodePermissionsUnusable: {
		"izin perubahan dalam tanda tangan tidak dapat dibaca: %s",
		"what the signature permits cannot be read: %s"},

	CodeCMSMalformed: {
		"nilai tanda tangan rusak: %s",
		"the signature value is malformed: %s"},
	CodeContentAttached: {
		"nilai tanda tangan memuat isi sendiri, bukan isi dokumen",
		"the signature value carries content of its own"},
	CodeDigestMismatch: {
		"isi dokumen telah diubah setelah ditandatangani",
		"the signed bytes were changed after signing"},
	CodeSignatureMismatch: {
		"tanda tangan tidak dibuat dengan kunci sertifikat penanda tangan",
		"the signature was not made with the key of the signer's certificate"},
	CodeAttributeMissing: {
		"unsur wajib tanda tangan tidak ada: %s",
		"a required part of the signature is missing: %s"},
	CodeAttributeWrong: {
		"unsur tanda tangan tidak sah: %s",
		"a part of the signature is wrong: %s"},
	CodeAlgorithmsDisagree: {
		"algoritma dalam tanda tangan saling bertentangan: %s",
		"the signature's algorithms contradict each other: %s"},
	CodeAlgorithmUnsupported: {
		"algoritma tidak didukung; diperlukan pemeriksa yang mengenalnya: %s",
		"unsupported algorithm; a verifier that knows it is needed: %s"},
	CodeDigestWeak: {
		"algoritma terlalu lemah; diperlukan tanda tangan baru: %s",
		"algorithm too weak; a new signature is needed: %s"},
	CodeKeyWeak: {
		"kunci atau algoritma sertifikat terlalu lemah (penerbit %s)",
		"a key or algorithm of the certificates is too weak (issuer %s)"},
	CodeSignerMissing: {
		"sertifikat penanda tangan tidak ada dalam tanda tangan",
		"the signer's certificate is missing from the signature"},
	CodeBindingMissing: {
		"tanda tangan tidak terikat pada sertifikat (signing-certificate tidak ada)",
		"the signature is not bound to a certificate (no signing-certificate)"},
	CodeBindingMismatch: {
		"tanda tangan terikat pada sertifikat lain",
		"the signature is bound to another certificate"},
	CodeNameContradicts: {
		"nama yang tertulis (%s) bukan nama pemilik sertifikat; diperlukan kepastian siapa penanda tangannya",
		"the stated name (%s) is not that of the certificate; who signed needs to be settled"},
	CodeNotBoundToCertificate: {
		"tanda tangan bentuk lama tanpa ikatan pada sertifikat",
		"older form of signature that is not bound to its certificate"},

	CodeModified: {
		"dokumen diubah setelah ditandatangani (revisi %s)",
		"the document was changed after signing (revision %s)"},
	CodeTrailingBytes: {
		"ada %s byte tambahan di akhir berkas yang tidak dapat dijelaskan",
		"%s bytes were appended to the file that nothing explains"},
	CodeLaterUnreadable: {
		"berkas diubah setelah ditandatangani: revisi %s tidak dapat dibaca menurut standar",
		"the file was changed after signing: revision %s has no strict reading"},
	CodeChangeNotPermitted: {
		"perubahan pada revisi %s tidak diizinkan oleh tanda tangan ini",
		"the changes of revision %s are not permitted by this signature"},
	CodeCompareBudget: {
		"revisi terlalu besar untuk dibandingkan; perubahan kemudian belum diperiksa",
		"too large to compare; later changes remain to be judged"},

	CodeChainMissing: {
		"sertifikat akar penerbit belum dipercaya; diperlukan rantai ke akar tepercaya (penerbit: %s)",
		"no chain to a trusted root; the issuer's root certificate is needed (issuer: %s)"},
	CodeChainInvalid: {
		"rantai sertifikat melanggar batasan penerbitnya (penerbit: %s)",
		"the certificate chain breaks a constraint (issuer: %s)"},
	CodeUsageWrong: {
		"sertifikat tidak diterbitkan untuk menandatangani dokumen",
		"the certificate was not issued for signing documents"},
	CodeNotYetValid: {
		"sertifikat belum berlaku saat itu (mulai %s)",
		"the certificate was not yet valid (from %s)"},
	CodeExpired: {
		"sertifikat berakhir pada %s; diperlukan bukti waktu bahwa tanda tangan dibuat sebelumnya",
		"the certificate expired at %s; proof is needed that it was used before"},
	CodeIssuerNotValid: {
		"penerbit %s tidak berlaku atau tidak dipercaya pada waktu itu; diperlukan bukti waktu yang sesuai",
		"issuer %s was not valid or not trusted at that time; proof of a suitable time is needed"},
	CodeRevoked: {
		"sertifikat dicabut pada %s, sebelum waktu tanda tangan",
		"the certificate was revoked at %s, before the time of the signature"},
	CodeRevokedNoTime: {
		"sertifikat dicabut pada %s; tidak ada bukti waktu bahwa tanda tangan dibuat sebelumnya",
		"the certificate was revoked at %s; there is no proof that it was used before"},
	CodeCARevoked: {
		"sertifikat penerbit %s dicabut; diperlukan bukti waktu yang lebih awal",
		"the certificate of issuer %s was revoked; proof of an earlier time is needed"},
	CodeRevokedLater: {
		"sertifikat dicabut pada %s, setelah tanda tangan dibuat",
		"the certificate was revoked at %s, after signing"},
	CodeRevocationUnknown: {
		"status pencabutan sertifikat %s belum diketahui; diperlukan OCSP atau CRL",
		"the revocation status of %s is unknown; an OCSP answer or CRL is needed"},
	CodeCARevocationUnknown: {
		"status pencabutan penerbit %s belum diketahui; diperlukan CRL atau OCSP",
		"the revocation status of issuer %s is unknown; a CRL or OCSP answer is needed"},
	CodeRevocationSkipped: {
		"status pencabutan tidak diperiksa atas permintaan",
		"revocation was not checked, as asked"},
	CodeTimestampInvalid: {
		"stempel waktu tidak sah: %s",
		"the timestamp is not valid: %s"},
	CodeTimestampUntrusted: {
		"penerbit stempel waktu %s belum dipercaya; diperlukan sertifikat akarnya",
		"timestamp authority %s is not trusted; its root certificate is needed"},
	CodeTimestampRevoked: {
		"sertifikat stempel waktu %s dicabut; diperlukan bukti waktu lain",
		"the timestamp certificate %s was revoked; another proof of time is needed"},
	CodeTimestampStatus: {
		"status pencabutan stempel waktu (%s) belum diketahui; diperlukan OCSP atau CRL",
		"the revocation status of the timestamp (%s) is unknown; OCSP or a CRL is needed"},
	CodeTimestampOrder: {
		"urutan stempel waktu bertentangan dengan %s; diperlukan bukti waktu yang konsisten",
		"the order of timestamps contradicts %s; consistent proof of time is needed"},
	CodeTimestampExpired: {
		"sertifikat stempel waktu %s kini telah berakhir; buktinya dinilai pada waktunya sendiri",
		"timestamp certificate %s has expired since; it was judged at its own time"},
	CodeClaimedTimeOdd: {
		"waktu yang tertulis (%s) lebih kemudian daripada yang terbukti",
		"the claimed time (%s) is later than what is proven"},

	CodeSignerAbsent: {
		"tanda tangan belum ada: %s",
		"a signature is still missing: %s"},
	CodeSignerUnexpected: {
		"ditandatangani oleh orang yang tidak diharapkan: %s",
		"signed by somebody who is not expected: %s"},
	CodeSignerOther: {
		"ditandatangani juga oleh %s",
		"also signed by %s"},
	CodeSignerOrder: {
		"urutan penanda tangan tidak sesuai",
		"the signers did not sign in the expected order"},
	CodeSignerByName: {
		"penanda tangan hanya dicocokkan menurut nama: %s",
		"the signer was told by name only: %s"},
	CodeNotOnlySigned: {
		"setelah tanda tangan pertama, revisi %s mengubah selain tanda tangan",
		"after the first signature, revision %s did more than sign"},
	CodeStatusNotUsable: {
		"sertifikat tidak dapat dipakai pada saat penandatanganan: %s",
		"the certificate was not usable at the time of signing: %s"},
	CodeStatusNoTime: {
		"sertifikat tidak dapat dipakai lagi, dan waktu penandatanganan tidak terbukti; diperlukan stempel waktu: %s",
		"the certificate is no longer usable and no time of signing is proven; a timestamp is needed: %s"},
	CodeStatusUnknown: {
		"status sertifikat pada saat penandatanganan belum diketahui: %s",
		"the certificate's status at the time of signing is unknown: %s"},
}

var pieceTexts = map[Piece]textPair{
	PieceCAdES:          {"tanda tangan bentuk PAdES (ETSI.CAdES.detached)", "the PAdES form (ETSI.CAdES.detached)"},
	PieceTimestamp:      {"stempel waktu tepercaya", "a trusted timestamp"},
	PieceRevocationData: {"rantai sertifikat dan bukti pencabutan dalam berkas", "certificates and revocation data in the file"},
	PieceArchiveTime:    {"stempel waktu dokumen atas bukti tersebut", "a document timestamp over those data"},
}
