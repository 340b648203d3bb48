package signing

// FindingCode names a [Finding].
type FindingCode string

// What may be wrong with a document.
const (
	FindingNotPDF      FindingCode = "NOT_PDF"
	FindingDamaged     FindingCode = "DAMAGED"
	FindingAmbiguous   FindingCode = "AMBIGUOUS"
	FindingLimit       FindingCode = "LIMIT"
	FindingUnsupported FindingCode = "UNSUPPORTED"
	FindingPassword    FindingCode = "PASSWORD"  // encrypted, and the password does not open it
	FindingEncrypted   FindingCode = "ENCRYPTED" // a warning: opened, but others may not
	FindingRepaired    FindingCode = "REPAIRED"  // a warning: read over something broken
	// FindingIncomplete is a warning: what pages show, a font or a picture for
	// instance, is missing or damaged, or may well be.
	FindingIncomplete FindingCode = "INCOMPLETE"
	FindingForbidden  FindingCode = "FORBIDDEN" // by a certification or a field lock
	FindingNotFirst   FindingCode = "NOT_FIRST" // a certification that would not be first
	FindingField      FindingCode = "FIELD"
	// FindingFieldMissing: a block, but neither the field named nor a place for
	// a new one. The name may be mistyped.
	FindingFieldMissing FindingCode = "FIELD_MISSING"
)

// What may be wrong with the visible part.
const (
	FindingPlacement     FindingCode = "PLACEMENT"
	FindingNoPage        FindingCode = "NO_PAGE"
	FindingTagUnusable   FindingCode = "TAG_UNUSABLE" // has white space, or is too long
	FindingTagMissing    FindingCode = "TAG_MISSING"
	FindingTagAmbiguous  FindingCode = "TAG_AMBIGUOUS"
	FindingTagVisible    FindingCode = "TAG_VISIBLE"    // a warning: the block would not cover all of the tag
	FindingOutsidePage   FindingCode = "OUTSIDE_PAGE"   // a warning for an existing field of which a part is on the page
	FindingPlaceSigned   FindingCode = "PLACE_SIGNED"   // the place, a layout's for instance, is to be signed once
	FindingOverSignature FindingCode = "OVER_SIGNATURE" // a warning: over an earlier signature's block
	FindingOverField     FindingCode = "OVER_FIELD"     // a warning: over another signer's empty field
	FindingOverNote      FindingCode = "OVER_NOTE"      // a warning: over an annotation or a form field
	FindingOverText      FindingCode = "OVER_TEXT"      // a warning: over text other than the tag
	FindingRedrawn       FindingCode = "REDRAWN"        // a warning: the form asks viewers to draw it anew, and some then show no block
	FindingTooSmall      FindingCode = "TOO_SMALL"
	FindingTextSmall     FindingCode = "TEXT_SMALL"     // a warning: the block's text would be drawn below 7 points
	FindingPicture       FindingCode = "PICTURE"        // over the limits, or no picture at all
	FindingPictureCoarse FindingCode = "PICTURE_COARSE" // a warning: too few pixels to be read at its size
	FindingPictureLarge  FindingCode = "PICTURE_LARGE"  // a warning: far more pixels than its size can show
	FindingCharacter     FindingCode = "CHARACTER"
	FindingLink          FindingCode = "LINK"  // the QR code's link is not https, or too long
	FindingBlock         FindingCode = "BLOCK" // another fault of the block
)

// What may be wrong with the signer's certificate.
const (
	FindingNotYetValid FindingCode = "NOT_YET_VALID"
	FindingExpired     FindingCode = "EXPIRED"
	FindingExpiring    FindingCode = "EXPIRING" // a warning: within 30 days
	FindingKeyUsage    FindingCode = "KEY_USAGE"
	FindingWeakKey     FindingCode = "WEAK_KEY"
	FindingKeyMismatch FindingCode = "KEY_MISMATCH"
	FindingOptions     FindingCode = "OPTIONS" // the request contradicts itself
)

// FindingCodes returns every code.
func FindingCodes() []FindingCode {
	all := make([]FindingCode, len(findingEntries))
	for i, e := range findingEntries {
		all[i] = e.code
	}
	return all
}

// subjectHere is where a text names its subject, with a space before it.
const subjectHere = "{}"

// findingEntry is what is said of a code: sentences without their full stop,
// and what to do as whole ones.
type findingEntry struct {
	code           FindingCode
	helper         Helper
	id, en         string
	helpID, helpEN string
}

func (c FindingCode) entry() findingEntry {
	for _, e := range findingEntries {
		if e.code == c {
			return e
		}
	}
	return findingEntry{code: c, helper: HelpApplication, id: string(c), en: string(c),
		helpID: "Hubungi pengelola aplikasi.", helpEN: "Ask those who run the application."}
}

var findingEntries = [...]findingEntry{
	{FindingNotPDF, HelpAuthor, "Berkas ini bukan PDF", "This file is not a PDF",
		"Simpan dokumen sebagai PDF, lalu unggah kembali.", "Save the document as PDF and upload it again."},
	{FindingDamaged, HelpAuthor, "Berkas PDF rusak", "The PDF file is damaged",
		"Buat ulang PDF dari dokumen asalnya.", "Make the PDF anew from its source."},
	{FindingAmbiguous, HelpAuthor, "Berkas PDF dapat dibaca dengan dua cara yang berbeda", "The PDF file can be read in two different ways",
		"Buat ulang PDF dari dokumen asalnya.", "Make the PDF anew from its source."},
	{FindingLimit, HelpApplication, "Dokumen terlalu besar atau terlalu rumit", "The document is too large or too complex",
		"Pecah dokumen atau buat ulang PDF-nya.", "Split the document or make the PDF anew."},
	{FindingUnsupported, HelpAuthor, "Dokumen memakai fitur yang tidak dapat ditandatangani dengan aman", "The document uses a feature that cannot be signed soundly",
		"Buat ulang PDF tanpa fitur itu.", "Make the PDF anew without it."},
	{FindingPassword, HelpAuthor, "Dokumen terkunci dengan kata sandi", "The document is locked with a password",
		"Kirim dokumen tanpa kata sandi.", "Send the document without a password."},
	{FindingEncrypted, HelpAuthor, "Dokumen terenkripsi", "The document is encrypted",
		"Pastikan penerima dapat membukanya, atau kirim tanpa enkripsi.", "Make sure that the recipients can open it, or send it unencrypted."},
	{FindingRepaired, HelpAuthor, "Struktur berkas PDF tidak rapi", "The PDF file's structure is not clean",
		"Dokumen masih terbaca; sebaiknya buat ulang PDF dari dokumen asalnya.", "It can still be read; making the PDF anew is better."},
	{FindingIncomplete, HelpAuthor, "Sebagian isi halaman, misalnya fon atau gambar, tampaknya hilang atau rusak", "Part of what a page shows, such as a font or a picture, seems to be missing or damaged",
		"Unggah kembali berkas aslinya, atau buat ulang PDF dari dokumen asalnya.", "Upload the original file again, or make the PDF anew from its source."},
	{FindingForbidden, HelpAuthor, "Tanda tangan sebelumnya melarang perubahan", "An earlier signature forbids this one",
		"Minta dokumen yang belum dikunci.", "Ask for a document that is not locked."},
	{FindingNotFirst, HelpApplication, "Sertifikasi harus menjadi tanda tangan pertama", "A certification must be the first signature",
		"Tandatangani tanpa sertifikasi.", "Sign without certification."},
	{FindingField, HelpApplication, "Kolom tanda tangan{} tidak dapat dipakai", "The signature field{} cannot be used",
		"Periksa nama kolom tanda tangan.", "Check the name of the field."},
	{FindingFieldMissing, HelpApplication, "Kolom tanda tangan{} tidak ada pada dokumen, dan letak untuk kolom baru tidak diberikan",
		"The document has no signature field{}, and no placement for a new one was given",
		"Periksa nama kolomnya, atau tentukan letak tanda tangan.", "Check the name of the field, or give a placement."},
	{FindingPlacement, HelpApplication, "Letak tanda tangan tidak sah", "The placement is not valid",
		"Periksa pengaturan letak tanda tangan.", "Check the settings of the placement."},
	{FindingNoPage, HelpAuthor, "Halaman yang diminta tidak ada", "The page does not exist",
		"Periksa nomor halaman tanda tangan.", "Check the page of the signature."},
	{FindingTagUnusable, HelpApplication, "Penanda letak tanda tangan{} tidak dapat dipakai", "The anchor tag{} cannot be used",
		"Pakai penanda tanpa spasi, paling panjang 100 karakter, misalnya ^ atau ${ttd_camat}.", "Use a tag without spaces, of at most 100 characters, such as ^ or ${ttd_camat}."},
	{FindingTagMissing, HelpAuthor, "Penanda letak tanda tangan{} tidak ditemukan", "The anchor tag{} was not found",
		"Tulis penanda itu sebagai teks di tempat tanda tangan, lalu buat ulang PDF.", "Write the tag as text where the signature goes and make the PDF anew."},
	{FindingTagAmbiguous, HelpAuthor, "Penanda letak tanda tangan{} ditemukan lebih dari satu kali", "The anchor tag{} was found more than once",
		"Sisakan satu penanda, atau pakai penanda yang tidak muncul di isi surat.", "Leave one, or use a tag that the text does not have."},
	{FindingTagVisible, HelpAuthor, "Penanda letak tanda tangan{} masih terlihat karena tidak seluruhnya tertutup blok", "The anchor tag{} would still be seen, as the block does not cover all of it",
		"Perpendek penandanya, tulis dengan warna putih, atau perlebar bloknya.", "Make the tag shorter, write it in white, or make the block wider."},
	{FindingOutsidePage, HelpAuthor, "Blok tanda tangan melewati tepi halaman", "The block would leave the page",
		"Pindahkan penanda atau kolom tanda tangannya, atau perkecil bloknya.", "Move the tag or the signature field, or make the block smaller."},
	{FindingPlaceSigned, HelpApplication, "Tempat tanda tangan ini sudah ditandatangani", "This place is signed already",
		"Periksa siapa yang belum menandatangani; jangan menandatangani dua kali.", "Check who has not signed yet; do not sign twice."},
	{FindingOverSignature, HelpAuthor, "Blok menutupi tanda tangan sebelumnya", "The block would cover an earlier signature",
		"Pindahkan letak tanda tangan.", "Move the placement."},
	{FindingOverField, HelpAuthor, "Blok menutupi kolom tanda tangan{} yang masih kosong", "The block would cover the empty signature field{}",
		"Pindahkan letak tanda tangan, atau tandatangani kolom itu.", "Move the placement, or sign that field."},
	{FindingOverNote, HelpAuthor, "Blok menutupi catatan, cap, atau kolom isian pada halaman", "The block would cover a note, a stamp or a form field of the page",
		"Pindahkan letak tanda tangan.", "Move the placement."},
	{FindingOverText, HelpAuthor, "Blok menutupi tulisan pada surat", "The block would cover text of the letter",
		"Sediakan ruang kosong di tempat tanda tangan.", "Leave room where the signature goes."},
	{FindingRedrawn, HelpAuthor, "Formulir dalam dokumen digambar ulang oleh pembaca PDF, dan sebagian pembaca lalu tidak menampilkan blok tanda tangan",
		"The form is drawn anew by PDF readers, and some of them then do not show the block",
		"Ratakan isian formulirnya (misalnya cetak ke PDF), lalu unggah kembali sebelum ada yang menandatangani.", "Flatten the form (print it to PDF, for instance) and upload it again before anybody signs."},
	{FindingTooSmall, HelpApplication, "Blok tanda tangan terlalu kecil untuk dibaca", "The block is too small to read",
		"Perbesar blok, atau kurangi tulisan dan panjang tautannya.", "Make the block larger, or its text and link shorter."},
	{FindingTextSmall, HelpApplication, "Tulisan pada blok tanda tangan akan sangat kecil", "The text of the block would be very small",
		"Perlebar blok (dengan kode QR 240 x 80 poin), atau perpendek tulisannya.", "Make the block wider (240 x 80 points with a QR code), or its text shorter."},
	{FindingPicture, HelpApplication, "Logo atau gambar tidak dapat dipakai", "A logo or picture cannot be used",
		"Pakai PNG atau JPEG, paling besar 8 MB dan 4 juta piksel, tanpa animasi.", "Use a PNG or JPEG of at most 8 MB and 4 million pixels, without animation."},
	{FindingPictureCoarse, HelpApplication, "Resolusi logo atau gambar terlalu rendah untuk ukurannya", "A logo or picture has too few pixels to be read at its size",
		"Pakai gambar dengan lebih banyak piksel (300 dpi), atau perkecil ukurannya.", "Use a picture with more pixels (300 dpi), or show it smaller."},
	{FindingPictureLarge, HelpApplication, "Logo atau gambar jauh lebih besar daripada yang dapat ditampilkan", "A logo or picture has far more pixels than its size can show",
		"Kecilkan gambarnya (300 dpi); setiap dokumen bertambah besar karenanya.", "Scale the picture down (300 dpi); it makes every document larger."},
	{FindingCharacter, HelpApplication, "Blok memuat karakter{} yang tidak dapat digambar", "The block has a character{} that cannot be drawn",
		"Ganti karakter itu atau pakai fon lain.", "Replace the character or use another font."},
	{FindingLink, HelpApplication, "Tautan untuk kode QR bukan tautan https, atau terlalu panjang", "The QR code's link is not an https link, or is too long",
		"Pakai tautan https yang pendek pada domain resmi instansi.", "Use a short https link on the agency's own domain."},
	{FindingBlock, HelpApplication, "Blok tanda tangan tidak dapat digambar", "The block cannot be drawn",
		"Periksa isi blok tanda tangan.", "Check what the block holds."},
	{FindingNotYetValid, HelpCertificate, "Sertifikat elektronik belum berlaku", "The certificate is not yet valid",
		"Tunggu sampai masa berlakunya mulai.", "Wait until its validity begins."},
	{FindingExpired, HelpCertificate, "Sertifikat elektronik sudah habis masa berlakunya", "The certificate has expired",
		"Perpanjang sertifikat sebelum menandatangani.", "Renew the certificate before signing."},
	{FindingExpiring, HelpCertificate, "Sertifikat elektronik segera habis masa berlakunya", "The certificate is about to expire",
		"Ajukan perpanjangan sekarang.", "Ask for its renewal now."},
	{FindingKeyUsage, HelpCertificate, "Sertifikat ini bukan untuk menandatangani dokumen", "The certificate is not for document signatures",
		"Pakai sertifikat tanda tangan elektronik.", "Use a certificate for electronic signatures."},
	{FindingWeakKey, HelpCertificate, "Kunci atau algoritma sudah tidak cukup kuat", "The key or algorithm is too weak",
		"Minta sertifikat dengan kunci yang lebih kuat.", "Ask for a certificate with a stronger key."},
	{FindingKeyMismatch, HelpApplication, "Kunci dan sertifikat bukan pasangan", "Key and certificate are not a pair",
		"Periksa pengaturan kunci dan sertifikat.", "Check the settings of key and certificate."},
	{FindingOptions, HelpApplication, "Pengaturan permintaan tanda tangan saling bertentangan", "The request contradicts itself",
		"Periksa pengaturan permintaan.", "Check the request's settings."},
}
