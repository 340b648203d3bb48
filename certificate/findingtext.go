package certificate

import (
	"strings"

	"github.com/sertel-id/sertel/certificate/identity"
)

// findingText is what a finding says and who can help. An empty helper means
// that the applicant corrects the entry. {field} and {want} are filled in.
type findingText struct {
	id, en string
	helper Helper
	retry  Retry
}

func (t findingText) in(lang Lang, field Field, want string) string {
	return strings.NewReplacer("{field}", field.Text(lang), "{want}", want).Replace(choose(lang, t.id, t.en))
}

// textFor returns the text of a rule for a field, or its general one.
func textFor(field Field, rule Rule) findingText {
	t, ok := fieldTexts[field][rule]
	if !ok {
		t, ok = generalTexts[rule]
	}
	if !ok {
		t = findingText{id: "{field} tidak sah.", en: "{field} is not valid."}
	}
	if t.helper == "" {
		t.helper, t.retry = HelpSelf, RetryCorrected
	}
	return t
}

// generalTexts serve rules that read alike for every field.
var generalTexts = map[Rule]findingText{
	identity.RuleEmpty:      {id: "{field} wajib diisi.", en: "{field} must be filled in."},
	identity.RuleLength:     {id: "{field} terlalu panjang atau terlalu pendek.", en: "{field} is too long or too short."},
	identity.RuleCharacters: {id: "{field} memuat karakter yang tidak diperbolehkan.", en: "{field} contains a character that is not allowed."},
	identity.RuleMasked:     {id: "{field} berisi bentuk yang disamarkan; ketik nilai lengkapnya.", en: "{field} holds a masked form; type the whole value."},
	identity.RuleSpreadsheet: {id: "{field} dibulatkan oleh aplikasi lembar kerja; atur kolomnya sebagai teks lalu isi kembali.",
		en: "{field} was rounded by a spreadsheet; format its column as text and enter it again."},
}

// fieldTexts serve rules with a text of their own for a field.
var fieldTexts = map[Field]map[Rule]findingText{
	FieldNIK:            nikTexts,
	FieldName:           nameTexts,
	FieldEmployment:     employmentTexts,
	FieldEmployeeNumber: numberTexts,
	FieldSIASNEmail:     addressTexts,
	FieldWorkEmail:      addressTexts,
	FieldPhone:          phoneTexts,
	FieldAgency:         employmentTexts,
}

var nikTexts = map[Rule]findingText{
	identity.RuleLength: {id: "NIK harus tepat 16 digit.", en: "A NIK has exactly 16 digits."},
	identity.RuleCharacters: {id: "NIK hanya boleh berisi angka 0 sampai 9.",
		en: "A NIK may hold only the digits 0 to 9."},
	identity.RuleOtherNumber: {id: "Isian NIK tampaknya sebuah NIP; isikan NIK 16 digit dari KTP.",
		en: "This looks like a NIP; enter the 16 digits of the identity card."},
	identity.RuleProvince: {id: "Digit 1-2 NIK bukan kode provinsi.", en: "Digits 1-2 of the NIK are no province code."},
	identity.RuleRegency:  {id: "Digit 3-4 NIK bukan kode kabupaten atau kota.", en: "Digits 3-4 of the NIK are no code of a regency or city."},
	identity.RuleBirthDate: {id: "Digit 7-12 NIK bukan tanggal lahir yang ada di kalender.",
		en: "Digits 7-12 of the NIK are no birth date of the calendar."},
	identity.RuleSerial: {id: "Nomor urut NIK (digit 13-16) tidak boleh 0000.", en: "The serial of the NIK (digits 13-16) cannot be 0000."},
	identity.RuleRegionUnknown: {"Kode wilayah NIK tidak ada dalam daftar; periksa kembali. Bila sesuai KTP, Dukcapil dapat memastikannya.",
		"The region code of the NIK is in no list; check it. If it is as on the identity card, Dukcapil can confirm it.", HelpPopulation, RetryCorrected},
	identity.RuleProvinceRetired: {"NIK memakai kode provinsi yang sudah tidak berlaku (54); periksa kembali dengan KTP.",
		"The NIK has a province code no longer in use (54); compare it with the identity card.", HelpPopulation, RetryCorrected},
	identity.RuleDistrict: {"Kode kecamatan NIK (digit 5-6) adalah 00; periksa kembali dengan KTP.",
		"The district code of the NIK (digits 5-6) is 00; compare it with the identity card.", HelpPopulation, RetryCorrected},
	identity.RuleCentury: {"Tanggal lahir pada NIK tidak memberi umur 17 sampai 100 tahun; periksa kembali dengan KTP.",
		"The birth date in the NIK gives no age from 17 to 100 years; compare it with the identity card.", HelpPopulation, RetryCorrected},
}

var numberTexts = map[Rule]findingText{
	identity.RuleLength: {id: "NIP dan NI PPPK harus tepat 18 digit, NRP Polri tepat 8 digit.",
		en: "A NIP or NI PPPK has exactly 18 digits, a police NRP exactly 8."},
	identity.RuleCharacters: {id: "NIP, NI PPPK, dan NRP hanya boleh berisi angka 0 sampai 9.",
		en: "A NIP, NI PPPK or NRP may hold only the digits 0 to 9."},
	identity.RuleOtherNumber: {id: "Isian ini tampaknya nomor jenis lain (misalnya NIK); isikan NIP, NI PPPK, atau NRP sesuai jenis kepegawaian.",
		en: "This looks like a number of another sort (such as a NIK); enter the NIP, NI PPPK or NRP of the kind of employment."},
	identity.RuleOldNumber: {"NIP lama 9 digit tidak berlaku sejak 2009; isikan NIP 18 digit.",
		"The old NIP of 9 digits is out of use since 2009; enter the NIP of 18 digits.", HelpPersonnel, RetryCorrected},
	identity.RuleOtherKind: {id: "Nomor ini milik jenis kepegawaian lain (digit 13-14: PNS 01-12, PPPK 21-29).",
		en: "This number belongs to another kind of employment (digits 13-14: PNS 01-12, PPPK 21-29)."},
	identity.RuleBirthDate: {id: "Digit 1-8 bukan tanggal lahir (TTTTBBHH) yang ada di kalender.",
		en: "Digits 1-8 are no birth date (YYYYMMDD) of the calendar."},
	identity.RuleBirthMonth: {id: "Digit 3-4 NRP Polri harus bulan lahir 01-12.",
		en: "Digits 3-4 of a police NRP must be the month of birth, 01-12."},
	identity.RuleAppointment: {id: "Digit 9-14 bukan tahun dan bulan pengangkatan (PNS) atau tahun dan kode perjanjian (PPPK).",
		en: "Digits 9-14 are neither year and month of appointment (PNS) nor year and agreement code (PPPK)."},
	identity.RuleAppointedYoung: {id: "Pengangkatan kurang dari 15 tahun setelah tanggal lahir tidak mungkin.",
		en: "An appointment less than 15 years after birth is not possible."},
	identity.RuleAppointedAhead: {id: "Pengangkatan lebih dari setahun ke depan tidak mungkin.",
		en: "An appointment more than a year ahead is not possible."},
	identity.RuleAgreement: {id: "Digit 13-14 NI PPPK harus 21 sampai 29.", en: "Digits 13-14 of a NI PPPK must be 21 to 29."},
	identity.RuleSex:       {id: "Digit 15 (jenis kelamin) harus 1 atau 2.", en: "Digit 15 (sex) must be 1 or 2."},
	identity.RuleSerial:    {id: "Nomor urut (digit 16-18) tidak boleh 000.", en: "The serial (digits 16-18) cannot be 000."},
	identity.RuleCentury: {"Tahun lahir pada NRP tidak memberi umur 17 sampai 100 tahun; periksa kembali.",
		"The year of birth in the NRP gives no age from 17 to 100 years; check it.", HelpPolice, RetryCorrected},
	identity.RuleAppointedMinor: {"Umur saat pengangkatan di bawah batas menurut peraturan; periksa kembali nomor pegawai.",
		"The age at appointment is below the legal minimum; check the number.", HelpPersonnel, RetryCorrected},
	identity.RuleAppointedOld: {"Tahun pengangkatan PPPK sebelum 2019, yaitu sebelum penerimaan pertama; periksa kembali nomor pegawai.",
		"The PPPK appointment lies before 2019, the first intake; check the number.", HelpPersonnel, RetryCorrected},
	identity.RuleRetired: {"Umur melebihi 65 tahun; pastikan pemohon masih berdinas.",
		"The age is above 65; make sure that the applicant is still in service.", HelpPersonnel, RetryLater},
	RuleBirthMismatch: {"Tanggal lahir pada NIK dan pada nomor pegawai berbeda; periksa keduanya. Bila keduanya benar, mintalah penyelarasan data.",
		"The birth dates in NIK and employee number differ; check both. If both are right, ask for the registers to be aligned.", HelpPersonnel, RetryCorrected},
	RuleSexMismatch: {"Jenis kelamin pada NIK dan pada nomor pegawai berbeda; periksa keduanya. Bila keduanya benar, mintalah penyelarasan data.",
		"The sex in NIK and employee number differs; check both. If both are right, ask for the registers to be aligned.", HelpPersonnel, RetryCorrected},
}

var employmentTexts = map[Rule]findingText{
	RuleEmployment: {id: "Pilih jenis kepegawaian: PNS, PPPK, Polri, atau Lainnya.",
		en: "Choose the kind of employment: PNS, PPPK, police or other."},
	RuleNotServed: {"Instansi ini tidak mendaftarkan jenis kepegawaian tersebut.",
		"This agency does not register this kind of employment.", HelpCertificate, RetryNo},
	RuleAgencyData: {"Data instansi belum lengkap; hubungi pengelola sertifikat elektronik instansi.",
		"The agency's data are incomplete; ask the agency's certificate desk.", HelpCertificate, RetryLater},
}

var addressTexts = map[Rule]findingText{
	identity.RuleAddress: {id: "{field} harus berbentuk nama@domain.", en: "{field} must have the form name@domain."},
	identity.RuleDomain:  {id: "Bagian setelah @ pada {field} bukan nama domain.", en: "{field} has no domain name after the @."},
	identity.RuleMailCharacters: {"{field} memuat karakter selain huruf, angka, titik, dan garis bawah, yang pernah ditolak BSrE.",
		"{field} holds characters other than letters, digits, dot and underscore, which BSrE has been seen to refuse.", HelpMail, RetryCorrected},
	RuleNotWorkMail: {"{field} harus berada di bawah domain instansi: {want}.",
		"{field} must lie under the agency's domain: {want}.", HelpMail, RetryCorrected},
	RuleOtherKindsMail: {"{field} memakai domain jenis kepegawaian lain; gunakan {want}.",
		"{field} is of another kind of employment; use {want}.", HelpMail, RetryCorrected},
	RuleNotOfficialMail: {"{field} harus email resmi instansi (go.id, mil.id, atau desa.id).",
		"{field} must be an agency's official address (go.id, mil.id or desa.id).", HelpMail, RetryCorrected},
}

var phoneTexts = map[Rule]findingText{
	identity.RuleNotMobile: {id: "Nomor Telepon harus nomor seluler Indonesia (08… atau +628…).",
		en: "The telephone number must be an Indonesian mobile number (08… or +628…)."},
	identity.RuleLength: {id: "Nomor Telepon harus 9 sampai 12 digit setelah +62.",
		en: "The telephone number must have 9 to 12 digits after +62."},
	identity.RuleOperator: {id: "Awalan Nomor Telepon tidak dikenal; periksa kembali.",
		en: "The prefix of the telephone number is not known; check it."},
}

var nameTexts = map[Rule]findingText{
	identity.RuleCharacters: {id: "Nama Lengkap hanya boleh berisi huruf Latin, spasi, titik, koma, apostrof, dan tanda hubung.",
		en: "The full name may hold only Latin letters, blanks, dots, commas, apostrophes and hyphens."},
	identity.RuleLongName: {id: "Nama Lengkap lebih dari 60 karakter; periksa kembali dengan KTP.",
		en: "The full name has more than 60 characters; compare it with the identity card."},
}
