package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/esign"
)

// madeUp is a person of the fake, with the two secrets that are printed at start.
// All of them are nobody's.
type madeUp struct {
	username, password, passphrase string
	position, rank, grade          string
	status                         certificate.Status
	person                         mockbsre.Person
}

func madeUpPeople() []madeUp {
	person := func(name, nik, number, mail, phone string) mockbsre.Person {
		return mockbsre.Person{
			NIK: nik, Name: name, EmployeeNumber: number,
			SIASNEmail: mail + "@surel.example", WorkEmail: mail + "@pns.magelangkota.go.id", Phone: phone,
			Agency: certificate.KotaMagelang().Name, Unit: "Dinas Arsip dan Dokumen", Province: "Jawa Tengah",
		}
	}
	return []madeUp{
		{
			username: "budi", password: "Kopi-Pagi-72", passphrase: "Tiga-Kelinci9-Ungu", status: certificate.StatusIssue,
			position: "Kepala Dinas Arsip dan Dokumen", rank: "Pembina Tingkat I", grade: "IV/b",
			person: person("Dr. Budi Contoh, S.Kom., M.Si.", "3371990203800901", "198003022006031901", "budi.contoh", "0812-9900-0901"),
		}, {
			username: "ratna", password: "Teh-Sore-48", passphrase: "Sepuluh+Awan7Biru", status: certificate.StatusIssue,
			position: "Sekretaris Dinas Arsip dan Dokumen", rank: "Penata Tingkat I", grade: "III/d",
			person: person("Ratna Rekaan, S.E.", "3371995207850902", "198507122010032902", "ratna.rekaan", "0812-9900-0902"),
		}, {
			username: "agus", password: "Roti-Siang-15", passphrase: "Perahu_Kertas8Hijau", status: certificate.StatusIssue,
			position: "Arsiparis Ahli Muda", rank: "Penata", grade: "III/c",
			person: person("Agus Andaian, A.Md.", "3371991508880903", "198808152014021903", "agus.andaian", "0812-9900-0903"),
		}, {
			username: "dewi", password: "Jeruk-Malam-63", passphrase: "Lentera=Merah5Jauh", status: certificate.StatusRevoke,
			position: "Kepala Bidang Layanan Arsip", rank: "Pembina", grade: "IV/a",
			person: person("Dewi Khayal, S.H.", "3371994711830904", "198311072009012904", "dewi.khayal", "0812-9900-0904"),
		},
	}
}

// startFake starts the fake of BSrE in this process, gives its people
// certificates and returns the box that signs for them.
func startFake(ctx context.Context, hasher *passphrase.Hasher, now func() time.Time) (*box, *directory, error) {
	srv := mockbsre.NewUnstarted(mockbsre.Config{Start: now(), Esign: mockbsre.EsignConfig{
		// Blocks print as they are drawn.
		Quirks: map[mockbsre.Quirk]bool{mockbsre.QuirkPictureShrunk: false},
	}})
	if err := srv.Start(ctx); err != nil {
		return nil, nil, err
	}
	people, err := seedPeople(ctx, srv, hasher)
	if err != nil {
		srv.Close()
		return nil, nil, err
	}
	username, password := srv.Credential()
	clock := &clockTransport{fake: srv, next: http.DefaultTransport.(*http.Transport).Clone(), now: now}
	b, err := newBox(esign.Config{
		BaseURL: srv.URL(), InsecurePlainHTTP: true, Username: username, Password: password,
		Transport: clock, CheckStatus: true, Now: now,
	}, []*x509.Certificate{srv.Root()})
	if err != nil {
		srv.Close()
		return nil, nil, err
	}
	b.fake = srv
	b.close = func() {
		clock.next.CloseIdleConnections()
		srv.Close()
	}
	return b, people, nil
}

// clockTransport lets the fake's clock, which would stand still, go with the
// e-office's.
type clockTransport struct {
	fake *mockbsre.Server
	next *http.Transport
	now  func() time.Time
}

// RoundTrip implements http.RoundTripper.
func (t *clockTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	t.fake.Clock.Set(t.now())
	return t.next.RoundTrip(r)
}

func seedPeople(ctx context.Context, srv *mockbsre.Server, hasher *passphrase.Hasher) (*directory, error) {
	d := &directory{Agency: "Pemerintah Kota Contoh", hasher: hasher}
	for _, m := range madeUpPeople() {
		m.person.Position, m.person.Rank = m.position, fmt.Sprintf("%s (%s)", m.rank, m.grade)
		if _, err := srv.Seed(ctx, m.person, m.status, passphrase.FromString(m.passphrase)); err != nil {
			return nil, err
		}
		hash, err := hasher.Hash(ctx, passphrase.FromString(m.password))
		if err != nil {
			return nil, err
		}
		o, err := personEntry{
			Username: m.username, PasswordHash: hash, Name: m.person.Name, NIK: m.person.NIK, Number: m.person.EmployeeNumber,
			Position: m.position, Rank: m.rank, Grade: m.grade,
		}.official()
		if err != nil {
			return nil, err
		}
		d.people = append(d.people, o)
	}
	return d, nil
}

// greeting is what the fake prints: everything that is needed to try it.
func greeting(address string) string {
	var out strings.Builder
	fmt.Fprintf(&out, "E-office contoh dengan BSrE TIRUAN: orang, nomor, sertifikat dan surat di sini rekaan.\n\n  %s\n\n", address)
	fmt.Fprintf(&out, "  %-10s %-16s %-22s %s\n", "PENGGUNA", "KATA SANDI", "PASSPHRASE", "JABATAN")
	for _, m := range madeUpPeople() {
		note := m.position
		if m.status == certificate.StatusRevoke {
			note += " (sertifikat dicabut)"
		}
		fmt.Fprintf(&out, "  %-10s %-16s %-22s %s\n", m.username, m.password, m.passphrase, note)
	}
	fmt.Fprintln(&out, "\nready")
	return out.String()
}
