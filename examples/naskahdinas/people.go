package main

import (
	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
)

// The two signers. Both are made up: no regency has a district 99, and serials
// from 900 are not in use.
var (
	head = mockbsre.Person{
		NIK: "3371990203800901", Name: "Dr. Budi Contoh, S.Kom., M.Si.", EmployeeNumber: "198003022006031901",
		SIASNEmail: "budi.contoh@surel.example", WorkEmail: "budi.contoh@pns.magelangkota.go.id",
		Phone: "0812-9900-0901", Agency: certificate.KotaMagelang().Name,
		Unit: "Dinas Arsip dan Dokumen", Position: "Kepala Dinas Arsip dan Dokumen",
		Province: "Jawa Tengah", Rank: "Pembina Tingkat I (IV/b)",
	}
	secretary = mockbsre.Person{
		NIK: "3371995207850902", Name: "Ratna Rekaan, S.E.", EmployeeNumber: "198507122010032902",
		SIASNEmail: "ratna.rekaan@surel.example", WorkEmail: "ratna.rekaan@pns.magelangkota.go.id",
		Phone: "0812-9900-0902", Agency: certificate.KotaMagelang().Name,
		Unit: "Dinas Arsip dan Dokumen", Position: "Sekretaris Dinas Arsip dan Dokumen",
		Province: "Jawa Tengah", Rank: "Penata Tingkat I (III/d)",
	}
)

// portal has the words that people know from the screens.
var portal = certificate.Guide2024()

// wrong is the form as somebody in a hurry may fill it in.
var wrong = certificate.ApplicantForm{
	NIK: "337199020380090", Name: "Budi Contoh 2", EmployeeNumber: "198013022006031901",
	SIASNEmail: "budi.contoh", WorkEmail: "budi.contoh@pns.magelangkota.go.id.example", Phone: "0293-123456",
}

var (
	weakPassphrase      = passphrase.FromString("magelang")
	firstPassphrase     = passphrase.FromString("Tiga-Kelinci9-Ungu")
	secondPassphrase    = passphrase.FromString("Panci!Lembut4Naik")
	secretaryPassphrase = passphrase.FromString("Sepuluh+Awan7Biru")
)
