package mockbsre_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/mockbsre"
)

// linkKinds are the links with a page, each with a way to get one.
var linkKinds = map[string]struct {
	mail    certificate.MailKind
	purpose certificate.Purpose
	from    certificate.Status
	life    time.Duration
	ask     string // action that sends it; empty: seeding did
}{
	"activation":       {certificate.MailActivation, certificate.PurposeActivation, certificate.StatusNoCertificate, 24 * time.Hour, ""},
	"set passphrase":   {certificate.MailSetPassphrase, certificate.PurposeSetPassphrase, certificate.StatusNew, 15 * time.Minute, ""},
	"reset passphrase": {certificate.MailResetPassphrase, certificate.PurposeReset, certificate.StatusIssue, 15 * time.Minute, "reset"},
	"work mail":        {certificate.MailWorkMailProof, certificate.PurposeWorkMail, certificate.StatusIssue, 24 * time.Hour, "email-dinas"},
}

// linkOf asks for a link as a person would.
func linkOf(t *testing.T, srv *mockbsre.Server, n int, kind string) (*walker, mockbsre.Person, string) {
	t.Helper()
	k := linkKinds[kind]
	p := seeded(t, srv, n, k.from)
	w := as(t, srv, p)
	to := p.WorkEmail
	if k.ask != "" {
		form := url.Values{}
		if k.ask == "email-dinas" {
			to = "baru." + p.WorkEmail
			form.Set("email", to)
		}
		w.get("/myasn/sertifikat/" + k.ask)
		w.post("/myasn/sertifikat/"+k.ask, form)
	}
	return w, p, w.mail(to, k.mail)
}

// A mail gateway opens every link, more than once and with HEAD too.
func TestOpeningALinkUsesNothingUp(t *testing.T) {
	srv := mockbsre.New(t)
	n := 0
	for name, k := range linkKinds {
		t.Run(name, func(t *testing.T) {
			n += 3
			_, p, link := linkOf(t, srv, n, name)
			before := statusOf(t, srv, p)
			gateway := walk(t, srv)
			for range 3 {
				assert.Equal(t, http.StatusOK, gateway.get(link).status)
				r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, mockbsre.PortalURL+link, nil)
				require.NoError(t, err)
				answer := gateway.do(r)
				assert.Equal(t, http.StatusOK, answer.status)
				assert.Empty(t, answer.body)
				assert.NotEmpty(t, answer.header.Get("Content-Length"))
			}
			assert.Equal(t, before, statusOf(t, srv, p))
			token, err := certificate.ParseToken(link[strings.LastIndexByte(link, '/')+1:])
			require.NoError(t, err)
			_, err = srv.Registrar().Inspect(t.Context(), token, k.purpose)
			assert.NoError(t, err, "the person can still use it")
			page := gateway.get(link)
			assert.Equal(t, "no-referrer", page.header.Get("Referrer-Policy"))
			assert.Equal(t, "no-store", page.header.Get("Cache-Control"))
		})
	}
}

// Expired, superseded, used, unknown and malformed links read alike.
func TestRefusedLinksReadAlike(t *testing.T) {
	n := 0
	for name, k := range linkKinds {
		t.Run(name, func(t *testing.T) {
			n += 3
			srv := mockbsre.New(t)
			w, p, link := linkOf(t, srv, n, name)
			prefix := link[:strings.LastIndexByte(link, '/')+1]
			unknown := prefix + certificate.GenerateToken().Reveal()
			srv.Clock.Advance(k.life)
			want := certificate.PublicAnswer(k.purpose, certificate.Indonesian)
			for why, path := range map[string]string{
				"expired": link, "unknown": unknown, "malformed": prefix + "x", "of another purpose": otherPrefix(prefix) + link[len(prefix):],
			} {
				page := w.get(path)
				assert.Equal(t, http.StatusGone, page.status, why)
				if why != "of another purpose" {
					w.says(want)
				}
				// The forms behind it do no more. Their token is any page's.
				w.get("/surat/")
			}
			w.get("/surat/")
			for _, form := range formsOf(prefix) {
				w.get("/surat/")
				assert.Equal(t, http.StatusGone, w.post(link+form, nil).status, form)
				w.says(want)
			}
			srv.Clock.Advance(-k.life)
			assert.Equal(t, http.StatusGone, w.get(link).status, "a clock that goes back revives nothing")
			if name == "activation" {
				assert.Equal(t, certificate.StatusNotRegistered, statusOf(t, srv, p), "back to registration")
			}
		})
	}
}

func otherPrefix(prefix string) string {
	if strings.Contains(prefix, "aktivasi") {
		return "/email/passphrase/set/"
	}
	return "/email/aktivasi/akun/"
}

func formsOf(prefix string) []string {
	if strings.Contains(prefix, "aktivasi") {
		return []string{"/data-diri", "/cek", "/kedinasan", "/foto", "/kirim"}
	}
	return []string{""}
}

func TestUsedAndSupersededLinks(t *testing.T) {
	srv := mockbsre.New(t)
	w, p, old := linkOf(t, srv, 0, "set passphrase")
	srv.Clock.Advance(2 * time.Minute)
	w.get("/myasn/sertifikat/tautan-passphrase")
	w.post("/myasn/sertifikat/tautan-passphrase", nil)
	link := w.mail(p.WorkEmail, certificate.MailSetPassphrase)
	require.NotEqual(t, old, link)
	assert.Equal(t, http.StatusGone, w.get(old).status, "superseded")
	w.get(link)
	form := url.Values{"passphrase": {"Tiga-Kelinci9-Ungu"}, "ulangi": {"Tiga-Kelinci9-Ungu"}}
	w.post(link, form)
	w.at("/email/selesai/passphrase")
	assert.Equal(t, http.StatusGone, w.get(link).status, "used")
	w.get("/surat/")
	assert.Equal(t, http.StatusGone, w.post(link, form).status, "used")
}

func TestActivationStepsRefuse(t *testing.T) {
	srv := mockbsre.New(t)
	w, p, link := linkOf(t, srv, 0, "activation")
	w.get(link)
	for _, form := range []string{"/cek", "/kedinasan", "/foto", "/kirim"} {
		w.get(link)
		page := w.post(link+form, url.Values{"nip": {p.EmployeeNumber}, "setuju": {"ya"}})
		assert.Contains(t, []int{http.StatusConflict, http.StatusUnprocessableEntity}, page.status, "%s before its turn", form)
	}

	w.get(link)
	page := w.post(link+"/data-diri", url.Values{"nama": {"4"}, "nik": {"12"}, "telepon": {"x"}})
	assert.Equal(t, http.StatusUnprocessableEntity, page.status)
	for _, id := range []string{"nama", "nik", "telepon"} {
		assert.Contains(t, page.body, `id="`+id+`-galat"`)
	}
	data := url.Values{"nama": {p.Name}, "nik": {p.NIK}, "telepon": {p.Phone}}
	for field, wrong := range map[string]string{"nik": mockbsre.MadeUpPerson(9).NIK, "nama": "Orang Lain"} {
		form := url.Values{"nama": data["nama"], "nik": data["nik"], "telepon": data["telepon"]}
		form.Set(field, wrong)
		page = w.post(link+"/data-diri", form)
		assert.Equal(t, http.StatusUnprocessableEntity, page.status, field)
		assert.Contains(t, page.body, `id="`+field+`-galat"`)
		w.says("tidak sesuai dengan data yang terdaftar.")
	}
	w.post(link+"/data-diri", data)
	w.at(link)

	for number, says := range map[string]string{
		"123":                                   "NIP dan NI PPPK harus tepat 18 digit",
		mockbsre.MadeUpPerson(9).EmployeeNumber: "tidak sesuai dengan data yang terdaftar.",
	} {
		w.get(link)
		assert.Equal(t, http.StatusUnprocessableEntity, w.post(link+"/cek", url.Values{"nip": {number}}).status)
		w.says(says)
	}
	number, err := identity.ParseEmployeeNumber(p.EmployeeNumber)
	require.NoError(t, err)
	srv.Personnel.Remove(number) // and with it the account of MyASN; the link goes on
	w.get(link)
	w.post(link+"/cek", url.Values{"nip": {p.EmployeeNumber}})
	w.says("NIP / NRP tidak ditemukan dalam data kepegawaian. Bantuan: layanan SIASN BKN.")
	require.NoError(t, srv.Personnel.Add(p))
	w.post(link+"/cek", url.Values{"nip": {p.EmployeeNumber}})
	w.post(link+"/kedinasan", nil)
	w.at(link)

	// An earlier step may be looked at and done again.
	w.get(link + "?langkah=1")
	w.says("Nama Lengkap")
	w.post(link+"/data-diri", data)
	w.at(link)
	w.says("Ambil foto")

	for name, c := range map[string]struct {
		picture []byte
		status  int
	}{
		"none":      {nil, http.StatusUnprocessableEntity},
		"text":      {[]byte("bukan gambar"), http.StatusUnprocessableEntity},
		"a stub":    {mockbsre.Selfie()[:20], http.StatusUnprocessableEntity},
		"too large": {bytes.Repeat([]byte{0xff}, certificate.MaxSelfieBytes+1), http.StatusRequestEntityTooLarge},
	} {
		w.get(link)
		assert.Equal(t, c.status, w.photo(link+"/foto", c.picture).status, name)
	}
	srv.Population.SetFace(nikOf(t, p), certificate.MatchNo)
	w.get(link)
	assert.Equal(t, http.StatusUnprocessableEntity, w.photo(link+"/foto", mockbsre.Selfie()).status)
	w.says("Foto tidak cocok dengan data kependudukan.")
	srv.Population.SetFace(nikOf(t, p), certificate.MatchUndetermined)
	w.photo(link+"/foto", mockbsre.Selfie())
	w.at(link)

	stamps := w.stamps()
	for name, form := range map[string]url.Values{
		"no tick":          {"perjanjian": stamps},
		"one text":         {"perjanjian": stamps[:1], "setuju": {"ya"}},
		"no text":          {"setuju": {"ya"}},
		"another version":  {"perjanjian": {strings.Replace(stamps[0], "tiruan-1", "tiruan-0", 1), stamps[1]}, "setuju": {"ya"}},
		"hostile stamps":   {"perjanjian": {"x", "privacy_policy tiruan-1 zz", "a b c d", strings.Repeat(" ", 5000)}, "setuju": {"ya"}},
		"many good stamps": {"perjanjian": append([]string{"a", "b", "c"}, stamps...), "setuju": {"ya"}},
	} {
		w.get(link)
		assert.Equal(t, http.StatusUnprocessableEntity, w.post(link+"/kirim", form).status, name)
		w.says("Centang persetujuan untuk melanjutkan.")
	}
	w.post(link+"/kirim", url.Values{"perjanjian": stamps, "setuju": {"ya"}})
	w.at("/email/selesai/menunggu")
	assert.Equal(t, certificate.StatusWaitingForVerification, statusOf(t, srv, p))
}

func TestPassphrasePagesRefuse(t *testing.T) {
	srv := mockbsre.New(t)
	set, _, link := linkOf(t, srv, 0, "set passphrase")
	reset, p, again := linkOf(t, srv, 1, "reset passphrase")
	for name, c := range map[string]struct{ first, second, says string }{
		"weak":          {"password", "password", "Passphrase harus memuat huruf besar."},
		"not the same":  {"Tiga-Kelinci9-Ungu", "Tiga-Kelinci9-ungu", "Kedua isian passphrase tidak sama."},
		"none":          {"", "", "Passphrase wajib diisi."},
		"too long":      {strings.Repeat("Aa1-", 300), strings.Repeat("Aa1-", 300), "Passphrase paling banyak 1024 byte."},
		"hostile bytes": {"Tiga-Kelinci9\x00\xff", "Tiga-Kelinci9\x00\xff", "Passphrase"},
	} {
		for path, w := range map[string]*walker{link: set, again: reset} {
			w.get(path)
			form := url.Values{"passphrase": {c.first}, "ulangi": {c.second}, "perjanjian": w.stamps(), "setuju": {"ya"}}
			page := w.post(path, form)
			assert.Equal(t, http.StatusUnprocessableEntity, page.status, name)
			w.says(c.says)
			if c.first != "" {
				assert.NotContains(t, page.body, `value="`+c.first, "%s: never shown again", name)
			}
		}
	}
	reset.get(again)
	good := url.Values{"passphrase": {"Panci!Lembut4Naik"}, "ulangi": {"Panci!Lembut4Naik"}, "perjanjian": reset.stamps()}
	assert.Equal(t, http.StatusUnprocessableEntity, reset.post(again, good).status, "without the tick")
	reset.says("Centang persetujuan untuk melanjutkan.")
	assert.Contains(t, reset.page.body, `href="#setuju"`)
	id, err := srv.Registrar().Find(t.Context(), certificate.NIKIndex(nikOf(t, p)))
	require.NoError(t, err)
	_, _, err = sign(t, srv, id, secret, letter(t))
	assert.NoError(t, err, "the old one works until the new one is set")
}

// Who is bound by a work contract is in no personnel register: the agency has
// entered the office, and there is no number to look up.
func TestActivationOfContractPeople(t *testing.T) {
	srv := mockbsre.New(t)
	p := mockbsre.MadeUpPerson(4)
	p.EmployeeNumber, p.WorkEmail = "", "bayu.contoh@magelangkota.go.id"
	_, err := srv.Seed(t.Context(), p, certificate.StatusNoCertificate, secret)
	require.NoError(t, err)
	w := walk(t, srv)
	link := w.mail(p.WorkEmail, certificate.MailActivation)
	w.get(link)
	w.post(link+"/data-diri", url.Values{"nama": {p.Name}, "nik": {p.NIK}, "telepon": {p.Phone}})
	w.at(link)
	w.says(p.Position)
	w.post(link+"/cek", url.Values{"kepegawaian": {"lainnya"}})
	w.at(link + "?langkah=2")
	w.post(link+"/kedinasan", nil)
	w.photo(link+"/foto", mockbsre.Selfie())
	w.post(link+"/kirim", url.Values{"perjanjian": w.stamps(), "setuju": {"ya"}})
	w.at("/email/selesai/aktivasi")

	civil, budi, hers := linkOf(t, srv, 0, "activation")
	civil.get(hers)
	civil.post(hers+"/data-diri", url.Values{"nama": {budi.Name}, "nik": {budi.NIK}, "telepon": {budi.Phone}})
	assert.Equal(t, http.StatusUnprocessableEntity, civil.post(hers+"/cek", url.Values{"kepegawaian": {"lainnya"}}).status)
	civil.says("Lainnya hanya untuk pegawai yang didaftarkan oleh instansinya.")
}
