// Package portal_test walks the fake's pages as people see them: in Chromium, on
// a phone, and by keyboard.
package portal_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/examples/browsertest/chromium"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
)

// person is somebody in front of the pages.
type person struct {
	*chromium.Tab
	mockbsre.Person
	t   *testing.T
	srv *mockbsre.Server
}

func begin(t *testing.T, n int, status certificate.Status) *person {
	t.Helper()
	browser := chromium.Start(t) // before the fake: it may skip
	srv := mockbsre.New(t)
	p := mockbsre.MadeUpPerson(n)
	_, err := srv.Seed(t.Context(), p, status, passphrase.FromString("Tiga-Kelinci9-Ungu"))
	require.NoError(t, err)
	return &person{browser.Tab(t, chromium.Phone), p, t, srv}
}

// on makes sure of the page, that it fits a phone, and keeps a picture of it.
func (p *person) on(title, picture string) {
	p.t.Helper()
	require.Equal(p.t, title, p.Text("h1"), "%s: %s", p.Address(), p.Text("main"))
	assert.Contains(p.t, p.Text(".tiruan"), "TIRUAN")
	p.Narrow()
	p.Screenshot(picture)
}

func (p *person) path() string { return p.Address()[len(p.srv.URL()):] }

// mail opens the newest mail with a subject and follows its link.
func (p *person) mail(subject, picture string) {
	p.t.Helper()
	p.Open(p.srv.URL() + "/surat/")
	p.Fill("#kepada", p.WorkEmail)
	p.Fill("#cari", subject)
	p.Click("form[role=search] button")
	p.Click(".surat li:first-child a")
	p.on(subject, picture)
	p.Click("#teks a")
}

func (p *person) logIn() {
	p.t.Helper()
	p.Open(p.srv.URL())
	p.Fill("#nip", p.EmployeeNumber)
	p.Fill("#password", mockbsre.PortalPassword)
	p.Click("main form button")
}

func TestTheGuideOnAPhone(t *testing.T) {
	p := begin(t, 0, certificate.StatusNotRegistered)
	p.Open(p.srv.URL())
	p.on("Login", "01-login")
	p.Fill("#nip", p.EmployeeNumber)
	p.Fill("#password", "salah")
	require.Equal(t, http.StatusUnprocessableEntity, p.Click("main form button"))
	p.on("Login", "02-login-ditolak")
	p.Fill("#password", mockbsre.PortalPassword)
	p.Click("main form button")
	p.on("MyASN", "03-dasbor")
	p.Click("main a.tombol")
	p.on("Sertifikat Elektronik BSrE", "04-belum-terdaftar")

	p.Click("a[href$=registrasi]")
	p.on("Registrasi Sertifikat", "05-registrasi")
	p.Fill("#nik", "3371")
	p.Fill("#email_dinas", "budi@surel.example")
	require.Equal(t, http.StatusUnprocessableEntity, p.Click("main form > button:last-of-type"))
	p.on("Registrasi Sertifikat", "06-registrasi-temuan")
	assert.True(t, p.Is("document.activeElement.matches('.ringkasan')"), "the summary has the focus")
	p.Tick(".ringkasan a[href='#email_dinas']")
	assert.True(t, p.Is("document.activeElement.id === 'email_dinas'"), "its links lead to the fields")

	p.Fill("#nik", p.NIK)
	p.Fill("#email_dinas", p.WorkEmail)
	p.Click("button[formaction]")
	p.on("Registrasi Sertifikat", "07-nik-diverifikasi")
	p.Click("main form > button:last-of-type")
	p.on("Konfirmasi registrasi", "08-konfirmasi")
	p.Click("main form button")
	p.on("Sertifikat Elektronik BSrE", "09-terdaftar")

	p.mail("Aktivasi Akun", "10-surat-aktivasi")
	p.on("Aktivasi akun: Data Diri", "11-data-diri")
	p.Fill("#nama", p.Name)
	p.Fill("#nik", p.NIK)
	p.Fill("#telepon", p.Phone)
	p.Click("main form button")
	p.on("Aktivasi akun: Data Kedinasan", "12-data-kedinasan")
	p.Fill("#nip", p.EmployeeNumber)
	p.Click("main form button")
	p.on("Aktivasi akun: Data Kedinasan", "13-jabatan")
	assert.Contains(t, p.Text("#jabatan"), p.Position)
	p.Click("form[action$=kedinasan] button")
	p.on("Aktivasi akun: Foto Diri", "14-foto-diri")
	p.Upload("#foto", selfie(t))
	p.Click("main form button")
	p.on("Aktivasi akun: Persetujuan", "15-persetujuan")
	require.Equal(t, http.StatusUnprocessableEntity, p.Click("main form button"))
	p.on("Aktivasi akun: Persetujuan", "16-belum-setuju")
	p.Tick("#setuju")
	p.Click("main form button")
	p.on("Aktivasi Berhasil", "17-aktivasi-berhasil")

	p.mail("Set Passphrase", "18-surat-passphrase")
	p.on("Buat Passphrase", "19-passphrase")
	p.Fill("#passphrase", "password")
	p.Fill("#ulangi", "password")
	require.Equal(t, http.StatusUnprocessableEntity, p.Click("main form button"))
	p.on("Buat Passphrase", "20-passphrase-ditolak")
	p.Fill("#passphrase", "Tiga-Kelinci9-Ungu")
	p.Fill("#ulangi", "Tiga-Kelinci9-Ungu")
	p.Click("main form button")
	p.on("Passphrase berhasil dibuat", "21-terbit")

	p.Open(p.srv.URL())
	p.on("MyASN", "22-dasbor-issue")
	assert.Contains(t, p.Text(".status"), "ISSUE")
	p.Open(p.srv.URL() + "/surat/")
	p.on("Kotak surat", "23-kotak-surat")
}

func TestResetRenewAndRevokeOnAPhone(t *testing.T) {
	p := begin(t, 1, certificate.StatusIssue)
	p.logIn()
	p.Open(p.srv.URL() + "/myasn/sertifikat")
	p.on("Sertifikat Elektronik BSrE", "30-aktif")
	p.Click("a[href$=reset]")
	p.on("Reset Passphrase", "31-reset")
	p.Click("main form button")
	p.mail("Reset Passphrase", "32-surat-reset")
	p.on("Reset Passphrase", "33-passphrase-baru")
	link := p.path()
	p.Fill("#passphrase", "Panci!Lembut4Naik")
	p.Fill("#ulangi", "Panci!Lembut4Naik")
	p.Tick("#setuju")
	p.Click("main form button")
	p.on("Reset passphrase berhasil", "34-reset-berhasil")
	require.Equal(t, http.StatusGone, p.Open(p.srv.URL()+link))
	p.on("Tautan tidak berlaku", "35-tautan-terpakai")

	p.Open(p.srv.URL() + "/myasn/sertifikat/perpanjangan")
	p.Click("main form button")
	p.on("Sertifikat Elektronik BSrE", "36-perpanjangan")
	p.mail("Perpanjangan Sertifikat Elektronik", "37-surat-perpanjangan")
	p.Fill("#passphrase", "Tiga-Kelinci9-Ungu")
	p.Fill("#ulangi", "Tiga-Kelinci9-Ungu")
	p.Click("main form button")
	p.Open(p.srv.URL() + "/myasn/sertifikat")
	p.on("Sertifikat Elektronik BSrE", "38-sertifikat-baru")
	p.Click("a[href$=email-dinas]")
	p.Fill("#email", "ratna@surel.example")
	require.Equal(t, http.StatusUnprocessableEntity, p.Click("main form button"))
	p.on("Ganti Email Dinas", "41-email-dinas-ditolak")
	p.Open(p.srv.URL() + "/myasn/sertifikat/musnahkan")
	p.on("Musnahkan Sertifikat", "42-musnahkan")
	p.Open(p.srv.URL() + "/myasn/sertifikat")
	p.Click("a[href$=cabut]")
	p.on("Cabut Sertifikat", "39-cabut")
	p.Tick("input[name=alasan]")
	p.Click("main form button")
	p.on("Sertifikat Elektronik BSrE", "40-dicabut")
	assert.Contains(t, p.Text(".status"), "REVOKE")
}

// Nothing but Tab, Space, Enter and letters.
func TestRegistrationByKeyboard(t *testing.T) {
	p := begin(t, 3, certificate.StatusNotRegistered)
	p.Open(p.srv.URL())
	p.TabTo(".lompat")
	p.FocusSeen()
	p.Screenshot("50-lompat")
	p.TabTo("#nip")
	p.FocusSeen()
	p.Type(p.EmployeeNumber)
	p.TabTo("#password")
	p.Type(mockbsre.PortalPassword)
	p.Enter()
	p.on("MyASN", "51-dasbor")
	p.TabTo("main a.tombol")
	p.FocusSeen()
	p.Enter()
	p.TabTo("a[href$=registrasi]")
	p.Enter()
	p.TabTo("#nik")
	p.Type(p.NIK)
	p.TabTo("button[formaction]")
	p.FocusSeen()
	p.Enter()
	p.TabTo("#email_dinas")
	p.Type(p.WorkEmail)
	p.TabTo("main form > button:last-of-type")
	p.Enter()
	p.on("Konfirmasi registrasi", "52-konfirmasi")
	p.TabTo("main form button")
	p.Enter()
	p.on("Sertifikat Elektronik BSrE", "53-terdaftar")
	assert.Contains(t, p.Text(".status"), "NO_CERTIFICATE")
}

func TestOnADesk(t *testing.T) {
	browser := chromium.Start(t)
	srv := mockbsre.New(t)
	_, err := srv.Populate(t.Context(), 1, 12)
	require.NoError(t, err)
	tab := browser.Tab(t, chromium.Desk)
	tab.Open(srv.URL() + "/surat/")
	tab.Narrow()
	tab.Screenshot("60-kotak-surat-meja")
	assert.Contains(t, tab.Text("#daftar"), "surat")
}

func selfie(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "foto.png")
	require.NoError(t, os.WriteFile(path, mockbsre.Selfie(), 0o600))
	return path
}
