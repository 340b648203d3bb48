package certificate

import (
	"time"

	"github.com/sertel-id/sertel/certificate/identity"
)

// Portal holds the words of the state's portals: names, menu path, labels of
// fields, buttons and mails, as they stood on a day. They are data, so that a
// page or a fake can show what people know, and change when the portals do.
type Portal struct {
	Name         string        // what people call it
	Source       string        // where the words were read
	AsOf         identity.Date // when they were read
	Login        PortalLogin
	Registration PortalRegistration
	Activation   PortalActivation
	Passphrase   PortalPassphrase
}

// PortalLogin describes the way in.
type PortalLogin struct {
	Address      string // host, "" when the source names none
	User         string // what the user name is
	Button       string
	Forgotten    string
	SecondFactor bool
}

// PortalRegistration holds the words of the registration.
type PortalRegistration struct {
	Menu                       []string // path from the dashboard
	StatusLabel                string
	NIK, SIASNEmail, WorkEmail string
	VerifyNIK, Register, Yes   string
}

// PortalActivation holds the words of the activation.
type PortalActivation struct {
	MailSubject                 string
	LinkPath                    string // before the token
	Steps                       []string
	FullName, NIK, Phone, Next  string
	Agency                      string
	CivilAndPolice, Others      string // the two kinds of employment
	EmployeeNumber, CheckNumber string
	Unit, Position, Province    string
	TakePhoto                   string
	PrivacyPolicy, Agreement    string
	Submit, Done                string
}

// PortalPassphrase holds the words of setting and resetting the passphrase.
type PortalPassphrase struct {
	AccountMail, SetMail, SetButton    string
	Reset, Yes, AcceptAgreement, Agree string
}

// Guide2024 returns the words of "Panduan Pengelolaan Sertifikat Elektronik
// melalui MyASN BKN" (Diskominsta Kota Magelang, version 1.0, 8 March 2024).
func Guide2024() Portal {
	asOf, _ := identity.NewDate(2024, time.March, 8)
	return Portal{
		Name:   "MyASN",
		Source: "Panduan Pengelolaan Sertifikat Elektronik melalui MyASN BKN, Kota Magelang, versi 1.0",
		AsOf:   asOf,
		Login:  PortalLogin{User: "NIP", Button: "Login", Forgotten: "Lupa Password"},
		Registration: PortalRegistration{
			Menu:        []string{"Layanan ASN", "Sertifikat Elektronik BSrE"},
			StatusLabel: "status",
			NIK:         "NIK Pegawai", SIASNEmail: "Email SIASN", WorkEmail: "Email Dinas",
			VerifyNIK: "Verifikasi", Register: "Registrasi Sertifikat", Yes: "Iya",
		},
		Activation: PortalActivation{
			MailSubject: "Aktivasi Akun",
			LinkPath:    "/email/aktivasi/akun/",
			Steps:       []string{"Data Diri", "Data Kedinasan", "Foto Diri"},
			FullName:    "Nama Lengkap", NIK: "NIK", Phone: "Nomor Telepon", Next: "Next",
			Agency:         "Instansi",
			CivilAndPolice: "ASN dan POLRI", Others: "Lainnya",
			EmployeeNumber: "NIP / NRP", CheckNumber: "Cek NIP / NRP",
			Unit: "Unit Organisasi", Position: "Jabatan", Province: "Provinsi",
			TakePhoto:     "Ambil foto",
			PrivacyPolicy: "Kebijakan Privasi", Agreement: "Perjanjian pemilik sertifikat elektronik",
			Submit: "Submit", Done: "Aktivasi Berhasil",
		},
		Passphrase: PortalPassphrase{
			AccountMail: "informasi akun", SetMail: "set_passphrase", SetButton: "Buat Passphrase",
			Reset: "Reset Passphrase", Yes: "Ya",
			AcceptAgreement: "Persetujuan Perjanjian Pemilik Sertifikat Elektronik", Agree: "Setuju",
		},
	}
}

// ASNDigital returns the words of [Guide2024] with the way in that public
// articles report since 2025: through ASN Digital, with a second factor. The
// screens behind it are taken to be unchanged; no source shows them anew.
func ASNDigital() Portal {
	p := Guide2024()
	p.Name = "ASN Digital"
	p.Source = "public articles of 2025; screens as in the guide of 2024"
	p.AsOf, _ = identity.NewDate(2025, time.January, 1)
	p.Login.Address = "asndigital.bkn.go.id"
	p.Login.SecondFactor = true
	return p
}
