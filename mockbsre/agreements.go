package mockbsre

import "github.com/sertel-id/sertel/certificate"

// Agreements are the texts that the fake asks its owners of certificates to
// accept. They are this project's own words.
func Agreements() []certificate.Agreement {
	return []certificate.Agreement{
		{
			Kind: certificate.PrivacyPolicy, Version: "tiruan-1",
			Text: "KEBIJAKAN PRIVASI (TIRUAN)\n\n" +
				"Layanan ini tiruan untuk pengujian. Data yang dimasukkan hanya disimpan dalam memori program\n" +
				"dan hilang ketika program berakhir. Jangan memasukkan data orang sungguhan.\n",
		},
		{
			Kind: certificate.SubscriberAgreement, Version: "tiruan-1",
			Text: "PERJANJIAN PEMILIK SERTIFIKAT ELEKTRONIK (TIRUAN)\n\n" +
				"1. Sertifikat yang terbit tidak berlaku di luar pengujian.\n" +
				"2. Passphrase dirahasiakan dan tidak dipakai untuk layanan lain.\n" +
				"3. Pemilik bertanggung jawab atas penggunaan, perpanjangan, dan pemusnahan sertifikatnya.\n",
		},
	}
}

// Accepted is the consent to all of Agreements, as the portal's tick gives it.
func Accepted() []certificate.Acceptance {
	var given []certificate.Acceptance
	for _, a := range Agreements() {
		given = append(given, a.Acceptance())
	}
	return given
}
