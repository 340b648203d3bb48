package mockbsre

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/passphrase"
)

// problem is what a page says of something that did not work. It never holds
// what was typed.
type problem struct {
	Field string // id of the field on the page; empty for the whole form
	Text  string
	Help  string // who can help, if not the person
	Mild  bool   // a doubt that stops nothing
}

const indonesian = certificate.Indonesian

// ofFinding turns a finding into a problem; ids names the form's fields.
func ofFinding(f certificate.Finding, ids map[certificate.Field]string) problem {
	p := problem{Field: ids[f.Field], Text: f.Text(indonesian), Mild: f.Class == certificate.Doubtful}
	if f.Helper != certificate.HelpSelf {
		p.Help = "Bantuan: " + f.Helper.Text(indonesian) + "."
	}
	return p
}

func helped(field, text string, h certificate.Helper) problem {
	return problem{Field: field, Text: text, Help: "Bantuan: " + h.Text(indonesian) + "."}
}

// plainErrors have one text whatever the page.
var plainErrors = []struct {
	err    error
	status int
	text   string
	helper certificate.Helper
}{
	{certificate.ErrNIKNotFound, 422, "NIK tidak ditemukan dalam data kependudukan.", certificate.HelpPopulation},
	{certificate.ErrNIKNotVerified, 422, "NIK belum diverifikasi, atau verifikasinya lebih dari 15 menit yang lalu. Tekan Verifikasi.", ""},
	{certificate.ErrNumberNotFound, 422, "NIP / NRP tidak ditemukan dalam data kepegawaian.", certificate.HelpPersonnel},
	{certificate.ErrThroughOffice, 409, "Pegawai yang terikat kontrak kerja mendaftar melalui instansi, bukan melalui portal ini.", certificate.HelpCertificate},
	{certificate.ErrNotServed, 409, "Instansi atau email dinas Anda tidak dilayani di sini.", certificate.HelpCertificate},
	{certificate.ErrNameTooLong, 422, "Nama tanpa gelar lebih dari 64 karakter; sertifikat tidak dapat memuatnya.", certificate.HelpCertificate},
	{certificate.ErrBarred, 409, "Hak atas sertifikat telah diakhiri. Petugas harus membukanya kembali.", certificate.HelpCertificate},
	{certificate.ErrSelfie, 422, "Foto harus berupa JPEG atau PNG, paling besar 10 MB.", ""},
	{certificate.ErrFaceMismatch, 422, "Foto tidak cocok dengan data kependudukan. Ambil foto lagi; wajah harus terlihat seperti pada KTP.", ""},
	{certificate.ErrTooManySelfies, 409, "Kesempatan mengambil foto sudah habis.", certificate.HelpCertificate},
	{certificate.ErrAgreement, 422, "Centang persetujuan untuk melanjutkan.", ""},
	{certificate.ErrWorkMail, 422, "Alamat ini bukan email dinas baru untuk jenis kepegawaian Anda.", certificate.HelpMail},
	{certificate.ErrWrongFactor, 422, "Passphrase tidak diterima.", ""},
	{certificate.ErrConcurrent, 409, "Ada permintaan lain pada saat yang sama. Coba lagi.", ""},
	{certificate.ErrReason, 422, "Pilih alasan.", ""},
	{passphrase.ErrEmpty, 422, "Passphrase wajib diisi.", ""},
	{passphrase.ErrTooLong, 422, "Passphrase terlalu panjang.", ""},
}

// explain tells people what an error of the registrar means. The field is the
// one that it is about, where the error itself names none. Status 500 means that
// the error is no person's doing.
func (v *visit) explain(err error, field string) ([]problem, int) {
	var (
		soon       *certificate.TooSoonError
		transition *certificate.TransitionError
		duplicate  *certificate.DuplicateError
		mismatch   *certificate.MismatchError
		step       *certificate.StepError
		policy     *passphrase.PolicyError
	)
	switch {
	case errors.As(err, &soon):
		seconds := int(math.Ceil(soon.RetryAfter.Seconds()))
		v.w.Header().Set("Retry-After", strconv.Itoa(seconds))
		return []problem{{Text: fmt.Sprintf("Tautan baru saja dikirim. Coba lagi dalam %d detik.", seconds)}}, http.StatusTooManyRequests
	case errors.As(err, &transition):
		return []problem{{Text: fmt.Sprintf("Tidak dapat dilakukan dalam status %v. %s", transition.From, transition.From.Text(indonesian))}}, http.StatusConflict
	case errors.As(err, &duplicate):
		return []problem{helped("", duplicateTexts[duplicate.Kind], certificate.HelpCertificate)}, http.StatusConflict
	case errors.As(err, &mismatch):
		return []problem{{Field: field, Text: mismatch.Field.Text(indonesian) + " tidak sesuai dengan data yang terdaftar."}}, http.StatusUnprocessableEntity
	case errors.As(err, &step):
		return []problem{{Text: "Selesaikan langkah " + step.Missing.String() + " terlebih dahulu."}}, http.StatusConflict
	case errors.As(err, &policy):
		var list []problem
		for _, text := range policy.Texts(indonesian) {
			list = append(list, problem{Field: field, Text: text})
		}
		return list, http.StatusUnprocessableEntity
	}
	for _, known := range plainErrors {
		if errors.Is(err, known.err) {
			if known.helper == "" {
				return []problem{{Field: field, Text: known.text}}, known.status
			}
			return []problem{helped(field, known.text, known.helper)}, known.status
		}
	}
	v.srv.cfg.Logger.Error("page failed", "page", v.Pattern, "error", err)
	return []problem{{Text: "Terjadi kesalahan di dalam layanan tiruan. Coba lagi."}}, http.StatusInternalServerError
}

var duplicateTexts = map[certificate.IndexKind]string{
	certificate.IndexNIK:      "NIK sudah terdaftar atas nama orang lain.",
	certificate.IndexNumber:   "NIP / NRP sudah terdaftar atas nama orang lain.",
	certificate.IndexWorkMail: "Email dinas sudah digunakan orang lain.",
}

// inMinutes writes how long a link still works.
func inMinutes(d time.Duration) string {
	if d >= 2*time.Hour {
		return fmt.Sprintf("%d jam", int(d.Hours()))
	}
	return fmt.Sprintf("%d menit", max(1, int(d.Minutes())))
}
