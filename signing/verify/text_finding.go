package verify

// codeTexts are the findings as sentences for a clerk. %s stands for
// Finding.Detail, %t for a detail that is an instant. A detail that only a
// technician can use, such as an offset or the error of a parser, is left out:
// Finding.technical adds it. Texts of Open findings name the missing piece.
var codeTexts = map[Code]textPair{
	CodeNoSignature: {
		"dokumen tidak memuat tanda tangan elektronik",
		"the document carries no signature"},
	CodeRepaired: {
		"struktur berkas menyimpang dari standar dan dibaca dengan perbaikan",
		"the file departs from the standard and was read with repair"},
	CodeTooManySignatures: {
		"tanda tangan dalam berkas melebihi batas %s",
		"the file has more signatures than the limit of %s"},
	CodeSignatureRemoved: {
		"tanda tangan pada kolom %s telah dihapus oleh revisi kemudian",
		"a later revision removed the signature of field %s"},
	CodeAmbiguous: {
		"berkas dapat dibaca dengan dua cara; diperlukan berkas asli yang utuh",
		"two readers may see different documents; an unambiguous original is needed"},
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
		"dokumen memuat isi yang tidak dipakai dan dapat menggantikan isi halaman kemudian",
		"the document holds unused content that could later take the place of a page"},
	CodeActiveContent: {
		"dokumen memuat skrip atau tindakan yang dapat mengubah apa yang ditampilkan",
		"the document has scripts or actions that can change what it shows"},

	CodeFieldUnreadable: {
		"tanda tangan tidak dapat dibaca",
		"the signature cannot be read"},
	CodeUnreachable: {
		"tanda tangan tidak termasuk kolom formulir mana pun",
		"the signature belongs to no form field"},
	CodeSignatureShared: {
		"nilai tanda tangan dipakai juga oleh kolom %s",
		"the signature value is shared with field %s"},
	CodeFilterUnknown: {
		"jenis tanda tangan tidak dikenal",
		"unknown signature handler"},
	CodeSubFilterUnknown: {
		"format tanda tangan tidak dikenal",
		"unknown signature format"},
	CodeSubFilterWeak: {
		"format tanda tangan usang dan lemah; diperlukan tanda tangan baru",
		"obsolete and weak signature format; a new signature is needed"},
	CodeContentsMissing: {
		"nilai tanda tangan tidak ada",
		"the signature value is missing"},
	CodeContentsPlace: {
		"nilai tanda tangan tidak berdiri sebagaimana mestinya dalam berkas",
		"the signature value does not stand in the file as it must"},
	CodeByteRangeMissing: {
		"tidak ada keterangan bagian mana dari berkas yang ditandatangani",
		"nothing says which part of the file was signed"},
	CodeByteRangeMalformed: {
		"keterangan bagian berkas yang ditandatangani tidak sah",
		"the statement which part of the file was signed is malformed"},
	CodeByteRangeStart: {
		"awal berkas tidak ikut ditandatangani",
		"the start of the file was not signed"},
	CodeByteRangeGap: {
		"ada bagian di tengah berkas yang tidak ikut ditandatangani",
		"a part in the middle of the file was not signed"},
	CodeByteRangeEnd: {
		"bagian yang ditandatangani tidak berakhir di akhir suatu revisi",
		"the signed part does not end where a revision ends"},
	CodeRevisionUnreadable: {
		"revisi yang ditandatangani menyimpang dari standar",
		"the signed revision has no strict reading"},
	CodeNotInOwnRevision: {
		"tanda tangan ini tidak ada pada revisi yang dicakupnya",
		"the revision that it covers does not show this signature"},
	CodeCertificationLate: {
		"sertifikasi dokumen bukan tanda tangan yang pertama",
		"the certification is not the first signature"},
	CodePermissionsUnusable: {
		"izin perubahan dalam tanda tangan tidak dapat dibaca",
		"what the signature permits cannot be read"},

	CodeCMSMalformed: {
		"nilai tanda tangan rusak",
		"the signature value is malformed"},
	CodeContentAttached: {
		"nilai tanda tangan memuat isi sendiri, bukan isi dokumen",
		"the signature value carries content of its own"},
	CodeDigestMismatch: {
		"isi dokumen telah diubah setelah ditandatangani",
		"the signed content was changed after signing"},
	CodeSignatureMismatch: {
		"tanda tangan tidak dibuat dengan kunci sertifikat penanda tangan",
		"the signature was not made with the key of the signer's certificate"},
	CodeAttributeMissing: {
		"unsur wajib tanda tangan tidak ada",
		"a required part of the signature is missing"},
	CodeAttributeWrong: {
		"unsur tanda tangan tidak sah",
		"a part of the signature is wrong"},
	CodeAlgorithmsDisagree: {
		"algoritma dalam tanda tangan saling bertentangan",
		"the signature's algorithms contradict each other"},
	CodeAlgorithmUnsupported: {
		"algoritma tanda tangan tidak didukung; diperlukan pemeriksa yang mengenalnya",
		"unsupported algorithm; a verifier that knows it is needed"},
	CodeDigestWeak: {
		"algoritma tanda tangan terlalu lemah; diperlukan tanda tangan baru",
		"algorithm too weak; a new signature is needed"},
	CodeKeyWeak: {
		"kunci atau algoritma sertifikat terlalu lemah (penerbit %s)",
		"a key or algorithm of the certificates is too weak (issuer %s)"},
	CodeSignerMissing: {
		"sertifikat penanda tangan tidak ada dalam tanda tangan",
		"the signer's certificate is missing from the signature"},
	CodeBindingMissing: {
		"tanda tangan tidak terikat pada sertifikat mana pun",
		"the signature is not bound to a certificate"},
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
		"ada tambahan di akhir berkas yang tidak dapat dijelaskan",
		"something was appended to the file that nothing explains"},
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
	CodeIssuerNotAllowed: {
		"penerbit sertifikat %s tidak termasuk penerbit yang diizinkan; diperlukan sertifikat dari penerbit yang diizinkan",
		"certificate authority %s is not among those allowed; a certificate of one that is allowed is needed"},
	CodeUsageWrong: {
		"sertifikat tidak diterbitkan untuk menandatangani dokumen",
		"the certificate was not issued for signing documents"},
	CodeNotYetValid: {
		"sertifikat belum berlaku saat itu (mulai %t)",
		"the certificate was not yet valid (from %t)"},
	CodeExpired: {
		"sertifikat berakhir pada %t; diperlukan bukti waktu bahwa tanda tangan dibuat sebelumnya",
		"the certificate expired at %t; proof is needed that it was used before"},
	CodeIssuerNotValid: {
		"penerbit %s tidak berlaku atau tidak dipercaya pada waktu itu; diperlukan bukti waktu yang sesuai",
		"issuer %s was not valid or not trusted at that time; proof of a suitable time is needed"},
	CodeRevoked: {
		"sertifikat dicabut pada %t, sebelum waktu tanda tangan",
		"the certificate was revoked at %t, before the time of the signature"},
	CodeRevokedNoTime: {
		"sertifikat dicabut pada %t; tidak ada bukti waktu bahwa tanda tangan dibuat sebelumnya",
		"the certificate was revoked at %t; there is no proof that it was used before"},
	CodeCARevoked: {
		"sertifikat penerbit %s dicabut; diperlukan bukti waktu yang lebih awal",
		"the certificate of issuer %s was revoked; proof of an earlier time is needed"},
	CodeRevokedLater: {
		"sertifikat dicabut pada %t, setelah tanda tangan dibuat",
		"the certificate was revoked at %t, after signing"},
	CodeRevocationUnknown: {
		"status pencabutan sertifikat %s belum diketahui; diperlukan keterangan dari penerbitnya",
		"the revocation status of %s is unknown; a statement of its issuer is needed"},
	CodeCARevocationUnknown: {
		"status pencabutan penerbit %s belum diketahui; diperlukan keterangan dari penerbit di atasnya",
		"the revocation status of issuer %s is unknown; a statement of the authority above it is needed"},
	CodeRevocationSkipped: {
		"status pencabutan tidak diperiksa atas permintaan",
		"revocation was not checked, as asked"},
	CodeTimestampInvalid: {
		"stempel waktu tidak sah",
		"the timestamp is not valid"},
	CodeTimestampSignerMissing: {
		"sertifikat stempel waktu tidak ada; diperlukan sertifikat penerbit stempel waktu",
		"the timestamp's certificate is missing; that of the timestamp authority is needed"},
	CodeTimestampWeak: {
		"stempel waktu memakai algoritma yang lemah atau tidak didukung; diperlukan bukti waktu lain",
		"the timestamp uses a weak or unsupported algorithm; another proof of time is needed"},
	CodeTimestampUnfit: {
		"sertifikat stempel waktu %s tidak berlaku saat itu atau bukan untuk stempel waktu; diperlukan bukti waktu lain",
		"timestamp certificate %s was not in force then or is not for timestamps; another proof of time is needed"},
	CodeTimestampFuture: {
		"stempel waktu (%t) lebih kemudian daripada saat pemeriksaan; diperlukan jam pemeriksa yang benar",
		"the timestamp (%t) is later than the time of this check; the right time is needed"},
	CodeTimestampName: {
		"stempel waktu menyebut nama lain daripada sertifikat penerbitnya (%s)",
		"the timestamp names another authority than its certificate does (%s)"},
	CodeTimestampUntrusted: {
		"penerbit stempel waktu %s belum dipercaya; diperlukan sertifikat akarnya",
		"timestamp authority %s is not trusted; its root certificate is needed"},
	CodeTimestampRevoked: {
		"sertifikat stempel waktu %s dicabut; diperlukan bukti waktu lain",
		"the timestamp certificate %s was revoked; another proof of time is needed"},
	CodeTimestampStatus: {
		"status pencabutan stempel waktu (%s) belum diketahui; diperlukan keterangan dari penerbitnya",
		"the revocation status of the timestamp (%s) is unknown; a statement of its issuer is needed"},
	CodeTimestampOrder: {
		"urutan stempel waktu bertentangan dengan %s; diperlukan bukti waktu yang konsisten",
		"the order of timestamps contradicts %s; consistent proof of time is needed"},
	CodeTimestampExpired: {
		"sertifikat stempel waktu %s kini telah berakhir; buktinya dinilai pada waktunya sendiri",
		"timestamp certificate %s has expired since; it was judged at its own time"},
	CodeClaimedTimeOdd: {
		"waktu yang tertulis (%t) lebih kemudian daripada yang terbukti",
		"the claimed time (%t) is later than what is proven"},

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
	PieceClaimedTime:    {"waktu penandatanganan dalam kamus tanda tangan (M)", "the claimed time in the signature dictionary (M)"},
	PieceTimestamp:      {"stempel waktu tepercaya", "a trusted timestamp"},
	PieceRevocationData: {"rantai sertifikat dan bukti pencabutan dalam berkas", "certificates and revocation data in the file"},
	PieceArchiveTime:    {"stempel waktu dokumen atas bukti tersebut", "a document timestamp over those data"},
}
