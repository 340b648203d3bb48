package mockbsre

import (
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/signing/appearance"
)

//go:embed portal
var portalFiles embed.FS

// pages are the templates, read when the first page is asked for: most tests
// never see one.
var pages = sync.OnceValue(func() map[string]*template.Template {
	layout := template.Must(template.ParseFS(portalFiles, "portal/tata-letak.html", "portal/bagian.html"))
	files, err := fs.Glob(portalFiles, "portal/*.html")
	if err != nil {
		panic("mockbsre: " + err.Error())
	}
	all := map[string]*template.Template{}
	for _, file := range files {
		all[path.Base(file)] = template.Must(template.Must(layout.Clone()).ParseFS(portalFiles, file))
	}
	return all
})

// words are those of the guide of 2024.
var words = sync.OnceValue(certificate.Guide2024)

// page is what every template is given.
type page struct {
	Title    string
	Problems []problem
	Body     any

	// Filled in by show.
	Token  string
	Words  certificate.Portal
	Person string // who is logged in
	Notice string
	Now    string
}

// field is one field of a form, with what is wrong beside it.
type field struct {
	ID, Label, Value string
	Type             string // of the input; "text" if empty
	Hint             string
	Mode             string // inputmode
	Complete         string // autocomplete
	Optional         bool
	Problems         []problem
}

// Described are the ids of what is said about the field.
func (f field) Described() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.ID+"-petunjuk")
	}
	if len(f.Problems) > 0 {
		ids = append(ids, f.ID+"-galat")
	}
	return strings.Join(ids, " ")
}

// withProblems gives each field its own.
func withProblems(list []field, problems []problem) []field {
	for i := range list {
		for _, p := range problems {
			if p.Field == list[i].ID {
				list[i].Problems = append(list[i].Problems, p)
			}
		}
	}
	return list
}

// notices are what a page says after something succeeded; the address names one
// of them, so that nothing else can be put into a page.
var notices = map[string]string{
	"masuk":              "Silakan login untuk membuka halaman ini.",
	"keluar":             "Anda telah keluar.",
	"nik":                "NIK ditemukan. Lanjutkan dengan Registrasi Sertifikat.",
	"registrasi":         "Registrasi berhasil. Tautan aktivasi dikirim ke email dinas Anda.",
	"reset":              "Permintaan diterima. Tautan reset passphrase dikirim ke email dinas Anda.",
	"tautan-passphrase":  "Tautan untuk membuat passphrase dikirim ke email dinas Anda.",
	"perpanjangan":       "Perpanjangan dibuka. Tautan untuk membuat passphrase dikirim ke email dinas Anda.",
	"batal-perpanjangan": "Perpanjangan dibatalkan.",
	"batal-permohonan":   "Permohonan dibatalkan.",
	"email-dinas":        "Tautan konfirmasi dikirim ke email dinas yang baru.",
	"cabut":              "Sertifikat telah dicabut.",
	"musnahkan":          "Sertifikat telah dicabut dan kunci privatnya dimusnahkan.",
	"surat-dihapus":      "Surat dihapus.",
}

func (v *visit) style() {
	css, err := portalFiles.ReadFile("portal/gaya.css")
	if err != nil {
		panic("mockbsre: " + err.Error())
	}
	v.w.Header().Set("Content-Type", "text/css; charset=utf-8")
	v.w.Header().Set("Cache-Control", "max-age=600")
	_, _ = v.w.Write(css)
}

// zone is the local time of the agency of who is logged in, or of the first one.
func (v *visit) zone() *time.Location {
	agencies := v.srv.cfg.Agencies
	if v.loggedIn {
		agencies = []certificate.Agency{enrolment{v.srv, v.person}.agency()}
	}
	if zone := agencies[0].Zone; zone != nil {
		return zone
	}
	return appearance.WIB.Location()
}

// moment writes a time for people, "" for none.
func (v *visit) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return appearance.TimeText(t.In(v.zone()))
}

// today is the civil date by the fake's clock.
func (p *portal) today() identity.Date { return identity.DateOf(p.srv.Clock.Now()) }

// local takes the portal's address off a link, so that it works wherever the
// pages are served.
func (p *portal) local(link string) string {
	if rest, ok := strings.CutPrefix(link, p.srv.portalURL()); ok && strings.HasPrefix(rest, "/") {
		return rest
	}
	return link
}

// donePage says that something begun by a link has succeeded. Its address holds
// no token, so it may be loaded again.
func (v *visit) donePage() {
	done, ok := map[string]struct{ title, text string }{
		"aktivasi":   {words().Activation.Done, "Akun Anda aktif. Dua surat dikirim ke email dinas: informasi akun dan tautan untuk membuat passphrase."},
		"menunggu":   {"Menunggu verifikasi", "Data Anda diterima. Petugas akan memeriksanya; hasilnya dikirim ke email dinas."},
		"passphrase": {"Passphrase berhasil dibuat", "Sertifikat elektronik Anda telah terbit. Pemberitahuan dikirim ke email dinas; statusnya tampil di " + words().Name + "."},
		"reset":      {"Reset passphrase berhasil", "Passphrase baru berlaku mulai sekarang; yang lama tidak berlaku lagi."},
		"email":      {"Email dinas telah diganti", "Mulai sekarang surat dikirim ke alamat ini."},
	}[v.PathValue("what")]
	if !ok {
		v.refuse(http.StatusNotFound)
		return
	}
	v.message(http.StatusOK, done.title, done.text)
}
