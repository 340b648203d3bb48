package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/sertel-id/sertel/mockbsre"
)

// Passphrases of nobody.
const (
	firstPassphrase = "Tiga-Kelinci9-Ungu"
	resetPassphrase = "Panci!Lembut4Naik"
)

// Paths of the portal.
const (
	loginPath       = "/myasn/masuk"
	certificatePath = "/myasn/sertifikat"
	formPath        = "/myasn/sertifikat/registrasi"
	verifyPath      = "/myasn/sertifikat/verifikasi"
	confirmPath     = "/myasn/sertifikat/konfirmasi"
	certificatePage = "Sertifikat Elektronik BSrE"
)

// walk is one person's way through the guide.
type walk struct {
	*browser
	tell              narrator
	number, nik, mail string
	name, siasn       string              // as the account has them
	wait              func(time.Duration) // moves the fake's clock; nil where it is somebody else's
}

type step struct {
	title string
	do    func(context.Context) error
}

func (w *walk) steps() []step {
	return []step{
		{"Login MyASN", w.login},
		{"Registrasi", w.register},
		{"Tautan aktivasi kedaluwarsa", w.expire},
		{"Aktivasi", w.activate},
		{"Membuat passphrase", w.setPassphrase},
		{"Reset passphrase", w.reset},
		{"Perpanjangan", w.renew},
	}
}

func (w *walk) login(ctx context.Context) error {
	if err := w.open(ctx, loginPath); err != nil {
		return err
	}
	err := w.submit(ctx, loginPath, url.Values{"nip": {w.number}, "password": {mockbsre.PortalPassword}})
	if err != nil {
		return err
	}
	if err := w.expect(http.StatusOK, "MyASN"); err != nil {
		return err
	}
	if found := regexp.MustCompile(`<h2 id="pegawai">(.*?)</h2>`).FindStringSubmatch(w.page.body); found != nil {
		w.name = plain(found[1])
	}
	w.tell.say("Masuk sebagai %s, %s, %s.", w.name, w.page.value("Jabatan"), w.page.value("Instansi"))
	return w.status("NOT_REGISTERED")
}

// status makes sure of the status on the page and tells it.
func (w *walk) status(want string) error {
	if got := w.page.statusWord(); got != want {
		return fmt.Errorf("%w: status %s, want %s", errPage, got, want)
	}
	w.tell.say("Status: %s", want)
	if until := w.page.value("Berlaku sampai"); until != "" {
		w.tell.say("Nomor seri %s, berlaku sampai %s.", w.page.value("Nomor seri"), until)
	}
	return nil
}

// certificateStatus looks at the page of the certificate.
func (w *walk) certificateStatus(ctx context.Context, want string) error {
	if err := w.open(ctx, certificatePath); err != nil {
		return err
	}
	if err := w.expect(http.StatusOK, certificatePage); err != nil {
		return err
	}
	return w.status(want)
}

// register fills in the form, first wrongly.
func (w *walk) register(ctx context.Context) error {
	if err := w.open(ctx, formPath); err != nil {
		return err
	}
	if found := regexp.MustCompile(`name="email_siasn"[^>]* value="([^"]*)"`).FindStringSubmatch(w.page.body); found != nil {
		w.siasn = found[1]
	}
	wrong := url.Values{"nik": {w.nik[:len(w.nik)-1]}, "email_siasn": {w.siasn}, "email_dinas": {"budi@surel.example"}}
	if err := w.submit(ctx, formPath, wrong); err != nil {
		return err
	}
	if err := w.expect(http.StatusUnprocessableEntity, "Registrasi Sertifikat"); err != nil {
		return err
	}
	w.tell.say("Formulir yang salah ditolak, semua temuan sekaligus:")
	w.tell.list(w.page.findings())
	return w.registerRightly(ctx)
}

func (w *walk) registerRightly(ctx context.Context) error {
	form := url.Values{"nik": {w.nik}, "email_siasn": {w.siasn}, "email_dinas": {w.mail}}
	if err := w.open(ctx, formPath); err != nil {
		return err
	}
	if err := w.submit(ctx, verifyPath, form); err != nil {
		return err
	}
	if err := w.expect(http.StatusOK, "Registrasi Sertifikat"); err != nil {
		return err
	}
	w.tell.say("Verifikasi: NIK ditemukan.")
	if err := w.submit(ctx, formPath, form); err != nil {
		return err
	}
	if err := w.expect(http.StatusOK, "Konfirmasi registrasi"); err != nil {
		return err
	}
	w.tell.say("Konfirmasi: %s, NIK %s.", w.page.value("Nama Lengkap"), w.page.value("NIK Pegawai"))
	if err := w.submit(ctx, confirmPath, nil); err != nil {
		return err
	}
	if err := w.expect(http.StatusOK, certificatePage); err != nil {
		return err
	}
	w.tell.say("Iya: registrasi berhasil.")
	return w.status("NO_CERTIFICATE")
}

// expire lets the activation's link run out, which leads back to registration.
// The clock of a fake elsewhere cannot be moved from here.
func (w *walk) expire(ctx context.Context) error {
	if w.wait == nil {
		w.tell.say("Dilewati: jam layanan tiruan ini tidak digerakkan dari sini.")
		return nil
	}
	link, err := w.openMail(ctx, "activation")
	if err != nil {
		return err
	}
	w.wait(activationLife)
	if err := w.open(ctx, link); err != nil {
		return err
	}
	if err := w.expect(http.StatusGone, "Tautan tidak berlaku"); err != nil {
		return err
	}
	w.tell.say("Setelah 24 jam tautan ditolak; registrasi diulang.")
	if err := w.login(ctx); err != nil { // the session is over too
		return err
	}
	return w.registerRightly(ctx)
}

// openMail opens the newest mail of a kind and returns the path of its link.
func (w *walk) openMail(ctx context.Context, kind string) (string, error) {
	query := url.Values{"kepada": {w.mail}, "jenis": {kind}}
	if err := w.open(ctx, "/surat/terbaru?"+query.Encode()); err != nil {
		return "", err
	}
	found := linkPattern.FindStringSubmatch(w.page.body)
	if w.page.status != http.StatusOK || found == nil {
		return "", fmt.Errorf("%w: no mail of kind %s with a link", errPage, kind)
	}
	w.tell.say("Surat %q, %s: tautan %s…", w.page.title(), w.page.value("Tanggal"), found[1][:strings.LastIndexByte(found[1], '/')+1])
	return found[1], nil
}

func (w *walk) activate(ctx context.Context) error {
	link, err := w.openMail(ctx, "activation")
	if err != nil {
		return err
	}
	if err := w.open(ctx, link); err != nil {
		return err
	}
	if err := w.expect(http.StatusOK, "Aktivasi akun: Data Diri"); err != nil {
		return err
	}
	data := url.Values{"nama": {w.name}, "nik": {w.nik}, "telepon": {"0812-9900-0000"}}
	if err := w.submit(ctx, link+"/data-diri", data); err != nil {
		return err
	}
	if err := w.expect(http.StatusOK, "Aktivasi akun: Data Kedinasan"); err != nil {
		return err
	}
	w.tell.say("1 Data Diri: diterima.")
	if err := w.submit(ctx, link+"/cek", url.Values{"kepegawaian": {"asn"}, "nip": {w.number}}); err != nil {
		return err
	}
	if err := w.expect(http.StatusOK, "Aktivasi akun: Data Kedinasan"); err != nil {
		return err
	}
	w.tell.say("2 Data Kedinasan: %s, %s, %s.", w.page.value("Unit Organisasi"), w.page.value("Jabatan"), w.page.value("Provinsi"))
	if err := w.submit(ctx, link+"/kedinasan", nil); err != nil {
		return err
	}
	return w.photoAndConsent(ctx, link)
}

func (w *walk) photoAndConsent(ctx context.Context, link string) error {
	if err := w.expect(http.StatusOK, "Aktivasi akun: Foto Diri"); err != nil {
		return err
	}
	if err := w.upload(ctx, link+"/foto", "foto", mockbsre.Selfie()); err != nil {
		return err
	}
	if err := w.expect(http.StatusOK, "Aktivasi akun: Persetujuan"); err != nil {
		return err
	}
	w.tell.say("3 Foto Diri: diterima. Kebijakan Privasi dan Perjanjian pemilik sertifikat elektronik dibaca.")
	if err := w.submit(ctx, link+"/kirim", url.Values{"setuju": {"ya"}}); err != nil {
		return err
	}
	if err := w.expect(http.StatusOK, "Aktivasi Berhasil"); err != nil {
		return err
	}
	w.tell.say("Submit: Aktivasi Berhasil.")
	return w.certificateStatus(ctx, "NEW")
}

// setPassphrase tries a weak one first.
func (w *walk) setPassphrase(ctx context.Context) error {
	link, err := w.openMail(ctx, "set_passphrase")
	if err != nil {
		return err
	}
	if err := w.open(ctx, link); err != nil {
		return err
	}
	if err := w.submit(ctx, link, url.Values{"passphrase": {"password"}, "ulangi": {"password"}}); err != nil {
		return err
	}
	if err := w.expect(http.StatusUnprocessableEntity, "Buat Passphrase"); err != nil {
		return err
	}
	w.tell.say("Passphrase yang lemah ditolak:")
	w.tell.list(w.page.findings())
	return w.choosePassphrase(ctx, link, firstPassphrase)
}

// choosePassphrase sends the form of the page and looks at the certificate.
func (w *walk) choosePassphrase(ctx context.Context, link, secret string) error {
	if err := w.submit(ctx, link, url.Values{"passphrase": {secret}, "ulangi": {secret}}); err != nil {
		return err
	}
	if err := w.expect(http.StatusOK, "Passphrase berhasil dibuat"); err != nil {
		return err
	}
	w.tell.say("Passphrase berhasil dibuat; sertifikat terbit.")
	return w.certificateStatus(ctx, "ISSUE")
}

func (w *walk) reset(ctx context.Context) error {
	if err := w.ask(ctx, "reset"); err != nil {
		return err
	}
	link, err := w.openMail(ctx, "reset_passphrase")
	if err != nil {
		return err
	}
	if err := w.open(ctx, link); err != nil {
		return err
	}
	form := url.Values{"passphrase": {resetPassphrase}, "ulangi": {resetPassphrase}, "setuju": {"ya"}}
	if err := w.submit(ctx, link, form); err != nil {
		return err
	}
	if err := w.expect(http.StatusOK, "Reset passphrase berhasil"); err != nil {
		return err
	}
	w.tell.say("Persetujuan Perjanjian Pemilik Sertifikat Elektronik: Setuju. Reset berhasil.")
	if err := w.open(ctx, link); err != nil {
		return err
	}
	if err := w.expect(http.StatusGone, "Tautan tidak berlaku"); err != nil {
		return err
	}
	w.tell.say("Tautan yang sama dibuka lagi: ditolak.")
	return w.certificateStatus(ctx, "ISSUE")
}

// ask confirms an action of MyASN.
func (w *walk) ask(ctx context.Context, action string) error {
	path := certificatePath + "/" + action
	if err := w.open(ctx, path); err != nil {
		return err
	}
	if err := w.submit(ctx, path, nil); err != nil {
		return err
	}
	if err := w.expect(http.StatusOK, certificatePage); err != nil {
		return err
	}
	w.tell.say("Ya: tautan dikirim ke email dinas.")
	return nil
}

func (w *walk) renew(ctx context.Context) error {
	if err := w.ask(ctx, "perpanjangan"); err != nil {
		return err
	}
	if err := w.status("RENEW"); err != nil {
		return err
	}
	link, err := w.openMail(ctx, "renewal")
	if err != nil {
		return err
	}
	if err := w.open(ctx, link); err != nil {
		return err
	}
	return w.choosePassphrase(ctx, link, resetPassphrase)
}
