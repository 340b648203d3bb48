package certificate

type mailText struct{ subjectID, subjectEN, bodyID, bodyEN string }

// How a mail ends, without a link and with one.
const (
	mailClosingID     = "\nSurat ini dikirim secara otomatis. Anda tidak perlu membalasnya.\n"
	mailClosingEN     = "\nThis message was sent automatically. You need not answer it.\n"
	mailClosingLinkID = "\nSurat ini dikirim secara otomatis. Jangan teruskan surat ini dan jangan berikan tautannya kepada siapa pun.\n"
	mailClosingLinkEN = "\nThis message was sent automatically. Do not forward it and do not give its link to anybody.\n"
)

// mailTexts holds what each mail says. Subjects are fixed: nothing that a person typed gets
// into a header.
var mailTexts = map[MailKind]mailText{
	MailActivation: {
		"Aktivasi Akun", "Account activation",
		"Registrasi sertifikat elektronik Anda telah diterima. Aktifkan akun Anda melalui tautan berikut:\n\n{link}\n\n" +
			"Tautan berlaku sampai {until}. Setelah itu registrasi harus dilakukan kembali.\n" +
			"Siapkan kartu identitas, NIP/NRP, dan kamera untuk swafoto.\n",
		"Your registration for an electronic certificate was received. Activate your account with this link:\n\n{link}\n\n" +
			"The link is valid until {until}. After that you have to register again.\n" +
			"Have your identity card, your employee number and a camera for a selfie at hand.\n",
	},
	MailAccountInformation: {
		"Informasi Akun", "Account information",
		"Akun sertifikat elektronik Anda telah aktif. Tautan untuk membuat passphrase dikirim dalam surat tersendiri.\n",
		"Your account is active. The link to set your passphrase comes in a separate message.\n",
	},
	MailSetPassphrase: {
		"Set Passphrase", "Set your passphrase",
		"Buat passphrase sertifikat elektronik Anda melalui tautan berikut:\n\n{link}\n\n" +
			"Tautan berlaku sampai {until}. Passphrase diperlukan setiap kali menandatangani; jaga kerahasiaannya.\n",
		"Set the passphrase of your electronic certificate with this link:\n\n{link}\n\n" +
			"The link is valid until {until}. The passphrase is needed for every signature; keep it secret.\n",
	},
	MailCertificateIssued: {
		"Sertifikat Elektronik Telah Terbit", "Your electronic certificate has been issued",
		"Sertifikat elektronik Anda telah terbit dan dapat digunakan.\n\nNomor seri : {serial}\nBerlaku    : {from} sampai {to}\n",
		"Your electronic certificate has been issued and can be used.\n\nSerial number : {serial}\nValid         : {from} to {to}\n",
	},
	MailResetPassphrase: {
		"Reset Passphrase", "Reset your passphrase",
		"Ada permintaan reset passphrase untuk sertifikat elektronik Anda. Buat passphrase baru melalui tautan berikut:\n\n{link}\n\n" +
			"Tautan berlaku sampai {until}. Setelah itu ajukan kembali melalui portal.\n" +
			"Passphrase lama tetap berlaku sampai yang baru dibuat. Bila Anda tidak memintanya, abaikan surat ini.\n",
		"Somebody asked to reset the passphrase of your electronic certificate. Set a new one with this link:\n\n{link}\n\n" +
			"The link is valid until {until}. After that ask again in the portal.\n" +
			"The old passphrase works until the new one is set. If it was not you, ignore this message.\n",
	},
	MailPassphraseChanged: {
		"Passphrase Telah Diganti", "Your passphrase was changed",
		"Passphrase sertifikat elektronik Anda telah diganti. Bila bukan Anda yang melakukannya, segera hubungi layanan bantuan instansi.\n",
		"The passphrase of your electronic certificate was changed. If it was not you, contact your agency's help desk at once.\n",
	},
	MailRenewal: {
		"Perpanjangan Sertifikat Elektronik", "Renewal of your electronic certificate",
		"Perpanjangan sertifikat elektronik Anda dibuka. Buat passphrase untuk sertifikat baru melalui tautan berikut:\n\n{link}\n\n" +
			"Tautan berlaku sampai {until}.\n",
		"The renewal of your electronic certificate is open. Set the passphrase of the new one with this link:\n\n{link}\n\n" +
			"The link is valid until {until}.\n",
	},
	MailWorkMailAsked: {
		"Permintaan Perubahan Email Dinas", "Change of work mail asked for",
		"Ada permintaan untuk mengganti email dinas akun sertifikat elektronik Anda. Bila bukan Anda yang memintanya, segera hubungi layanan bantuan instansi.\n",
		"Somebody asked to change the work mail of your account. If it was not you, contact your agency's help desk at once.\n",
	},
	MailWorkMailProof: {
		"Konfirmasi Email Dinas", "Confirm your work mail",
		"Konfirmasikan alamat ini sebagai email dinas akun sertifikat elektronik Anda melalui tautan berikut:\n\n{link}\n\n" +
			"Tautan berlaku sampai {until}.\n",
		"Confirm this address as the work mail of your account with this link:\n\n{link}\n\n" +
			"The link is valid until {until}.\n",
	},
	MailWorkMailChanged: {
		"Email Dinas Telah Diganti", "Your work mail was changed",
		"Email dinas akun sertifikat elektronik Anda telah diganti; alamat ini tidak lagi digunakan. Bila bukan Anda yang melakukannya, segera hubungi layanan bantuan instansi.\n",
		"The work mail of your account was changed; this address is no longer used. If it was not you, contact your agency's help desk at once.\n",
	},
	MailRejected: {
		"Permohonan Sertifikat Elektronik Ditolak", "Application refused",
		"Permohonan sertifikat elektronik Anda tidak dapat disetujui. Silakan hubungi layanan bantuan instansi.\n",
		"Your application for an electronic certificate could not be approved. Please contact your agency's help desk.\n",
	},
	MailSuspended: {
		"Sertifikat Elektronik Ditangguhkan", "Your electronic certificate was suspended",
		"Sertifikat elektronik Anda ditangguhkan dan untuk sementara tidak dapat digunakan. Silakan hubungi layanan bantuan instansi.\n",
		"Your electronic certificate was suspended and cannot be used for now. Please contact your agency's help desk.\n",
	},
	MailResumed: {
		"Sertifikat Elektronik Aktif Kembali", "Your electronic certificate is active again",
		"Penangguhan sertifikat elektronik Anda telah dicabut; sertifikat dapat digunakan kembali.\n",
		"The suspension of your electronic certificate was lifted; it can be used again.\n",
	},
	MailRevoked: {
		"Sertifikat Elektronik Dicabut", "Your electronic certificate was revoked",
		"Sertifikat elektronik Anda dengan nomor seri {serial} telah dicabut dan tidak dapat digunakan lagi.\n",
		"Your electronic certificate with serial number {serial} was revoked and can no longer be used.\n",
	},
	MailDestroyed: {
		"Sertifikat Elektronik Dimusnahkan", "Your electronic certificate was destroyed",
		"Sesuai permintaan Anda, sertifikat elektronik dengan nomor seri {serial} telah dicabut dan kunci privatnya dimusnahkan.\n",
		"As you asked, the certificate with serial number {serial} was revoked and its private key destroyed.\n",
	},
}
