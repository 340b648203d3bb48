package mockbsre_test

import (
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

func TestLogin(t *testing.T) {
	srv := mockbsre.New(t)
	p := seeded(t, srv, 0, certificate.StatusNotRegistered)
	for name, c := range map[string]struct{ nip, password string }{
		"unknown number":  {mockbsre.MadeUpPerson(1).EmployeeNumber, mockbsre.PortalPassword},
		"wrong password":  {p.EmployeeNumber, "salah"},
		"no number":       {"x", mockbsre.PortalPassword},
		"nothing":         {"", ""},
		"a NIK":           {p.NIK, mockbsre.PortalPassword},
		"hostile bytes":   {"\x00<script>\xff", strings.Repeat("a", 2000)},
		"very long digit": {strings.Repeat("1", 20_000), mockbsre.PortalPassword},
	} {
		t.Run(name, func(t *testing.T) {
			w := walk(t, srv)
			w.get("/myasn/masuk")
			page := w.post("/myasn/masuk", url.Values{"nip": {c.nip}, "password": {c.password}})
			assert.Equal(t, http.StatusUnprocessableEntity, page.status)
			w.says("NIP atau password salah.")
			assert.NotContains(t, page.body, "<script>")
			w.get("/myasn/")
			w.at("/myasn/masuk")
		})
	}
	w := walk(t, srv)
	w.get("/myasn/lupa-password")
	w.says(mockbsre.PortalPassword)

	blanks := walk(t, srv)
	blanks.get("/myasn/masuk")
	spaced := p.EmployeeNumber[:8] + " " + p.EmployeeNumber[8:14] + " " + p.EmployeeNumber[14:15] + " " + p.EmployeeNumber[15:]
	blanks.post("/myasn/masuk", url.Values{"nip": {spaced}, "password": {mockbsre.PortalPassword}})
	blanks.at("/myasn/")
}

// What the dashboard says and offers in each status.
func TestDashboardInEveryStatus(t *testing.T) {
	srv := mockbsre.New(t)
	offered := map[certificate.Status][]string{
		certificate.StatusNotRegistered:          {"registrasi"},
		certificate.StatusNoCertificate:          {"registrasi", "batal-permohonan"},
		certificate.StatusWaitingForVerification: {"batal-permohonan"},
		certificate.StatusNew:                    {"tautan-passphrase", "email-dinas", "batal-permohonan"},
		certificate.StatusIssue:                  {"reset", "perpanjangan", "email-dinas", "cabut", "musnahkan"},
		certificate.StatusExpired:                {"perpanjangan", "email-dinas", "cabut", "musnahkan"},
		certificate.StatusRenew:                  {"tautan-passphrase", "batal-perpanjangan", "email-dinas", "cabut", "musnahkan"},
		certificate.StatusSuspend:                {"cabut", "musnahkan"},
		certificate.StatusRevoke:                 {"registrasi"},
	}
	all := []string{
		"tautan-passphrase", "reset", "perpanjangan", "batal-perpanjangan", "email-dinas", "batal-permohonan", "cabut", "musnahkan",
	}
	for n, status := range certificate.Statuses() {
		t.Run(status.String(), func(t *testing.T) {
			p := seeded(t, srv, n, status)
			w := as(t, srv, p)
			w.says("status: " + status.String())
			w.says(status.Text(certificate.Indonesian))
			hasDates := strings.Contains(w.text(), "Berlaku sampai")
			assert.Equal(t, status >= certificate.StatusIssue, hasDates)
			w.get("/myasn/sertifikat")
			page := w.page.body
			for _, action := range append(all, "registrasi") {
				want := assert.NotContains
				if contains(offered[status], action) {
					want = assert.Contains
				}
				want(t, page, `href="/myasn/sertifikat/`+action+`"`, action)
			}
			for _, action := range all {
				got := w.get("/myasn/sertifikat/" + action).status
				if contains(offered[status], action) {
					assert.Equal(t, http.StatusOK, got, action)
					continue
				}
				assert.Equal(t, http.StatusConflict, got, action)
				w.says("Tidak dapat dilakukan dalam status " + status.String())
				// Nor does the form work, whoever sends it.
				w.get("/myasn/sertifikat")
				refused := w.post("/myasn/sertifikat/"+action, url.Values{
					"alasan": {"1"}, "passphrase": {"Tiga-Kelinci9-Ungu"}, "email": {"baru@pns.magelangkota.go.id"},
				})
				assert.Contains(t, []int{http.StatusConflict, http.StatusUnprocessableEntity}, refused.status, action)
				assert.Equal(t, status, statusOf(t, srv, p), action)
			}
		})
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func TestActions(t *testing.T) {
	srv := mockbsre.New(t)
	for n, c := range map[int]struct {
		from   certificate.Status
		action string
		form   url.Values
		to     certificate.Status
		mail   certificate.MailKind
	}{
		10: {certificate.StatusNoCertificate, "batal-permohonan", nil, certificate.StatusNotRegistered, 0},
		11: {certificate.StatusNew, "tautan-passphrase", nil, certificate.StatusNew, certificate.MailSetPassphrase},
		12: {certificate.StatusIssue, "reset", nil, certificate.StatusIssue, certificate.MailResetPassphrase},
		13: {certificate.StatusExpired, "perpanjangan", nil, certificate.StatusRenew, certificate.MailRenewal},
		14: {certificate.StatusRenew, "batal-perpanjangan", nil, certificate.StatusIssue, 0},
		15: {certificate.StatusIssue, "cabut", url.Values{"alasan": {"5"}}, certificate.StatusRevoke, certificate.MailRevoked},
		16: {certificate.StatusIssue, "musnahkan", url.Values{"passphrase": {"Tiga-Kelinci9-Ungu"}}, certificate.StatusRevoke, certificate.MailDestroyed},
	} {
		t.Run(c.action, func(t *testing.T) {
			p := seeded(t, srv, n, c.from)
			w := as(t, srv, p)
			w.get("/myasn/sertifikat/" + c.action)
			w.post("/myasn/sertifikat/"+c.action, c.form)
			w.at("/myasn/sertifikat?info=" + c.action)
			w.says("status: " + c.to.String())
			assert.Equal(t, c.to, statusOf(t, srv, p))
			if c.mail != 0 {
				_, err := srv.Inbox.Latest(mockbsre.Query{To: p.WorkEmail, Kind: c.mail})
				assert.NoError(t, err)
			}
		})
	}
}

func TestActionsRefuse(t *testing.T) {
	srv := mockbsre.New(t)
	p := seeded(t, srv, 1, certificate.StatusIssue)
	w := as(t, srv, p)
	for name, c := range map[string]struct {
		action string
		form   url.Values
		says   string
	}{
		"no reason":           {"cabut", nil, "Pilih alasan."},
		"a reason not theirs": {"cabut", url.Values{"alasan": {"6"}}, "Pilih alasan."},
		"no passphrase":       {"musnahkan", nil, "Passphrase wajib diisi."},
		"a wrong passphrase":  {"musnahkan", url.Values{"passphrase": {"bukan-ini-Sama1"}}, "Passphrase tidak diterima."},
		"the same work mail":  {"email-dinas", url.Values{"email": {p.WorkEmail}}, "bukan email dinas baru"},
		"no address":          {"email-dinas", url.Values{"email": {"x"}}, "bukan email dinas baru"},
	} {
		w.get("/myasn/sertifikat/" + c.action)
		page := w.post("/myasn/sertifikat/"+c.action, c.form)
		assert.Equal(t, http.StatusUnprocessableEntity, page.status, name)
		w.says(c.says)
		assert.Contains(t, page.body, "<title>Galat: ", name)
		assert.Equal(t, certificate.StatusIssue, statusOf(t, srv, p), name)
	}
	w.get("/myasn/sertifikat/reset")
	w.post("/myasn/sertifikat/reset", nil)
	page := w.post("/myasn/sertifikat/reset", nil)
	assert.Equal(t, http.StatusTooManyRequests, page.status, "one link a minute")
	assert.Equal(t, "60", page.header.Get("Retry-After"))
	for _, path := range []string{"/myasn/sertifikat/registrasi-ulang", "/email/selesai/apa", "/surat/0", "/surat/x", "/myasn/x"} {
		assert.Equal(t, http.StatusNotFound, w.get(path).status, path)
	}
}

func TestRegistrationFormSaysAllAtOnce(t *testing.T) {
	srv := mockbsre.New(t)
	p := seeded(t, srv, 0, certificate.StatusNotRegistered)
	w := as(t, srv, p)
	w.get("/myasn/sertifikat/registrasi")
	assert.Contains(t, w.page.body, `value="`+p.SIASNEmail+`"`, "as SIASN has it")
	page := w.post("/myasn/sertifikat/registrasi", url.Values{
		"nik": {"33719901"}, "email_siasn": {"bukan alamat"}, "email_dinas": {"budi@surel.example"},
	})
	assert.Equal(t, http.StatusUnprocessableEntity, page.status)
	for _, id := range []string{"nik", "email_siasn", "email_dinas"} {
		assert.Contains(t, page.body, `id="`+id+`-galat"`, "beside the field")
		assert.Contains(t, page.body, `<a href="#`+id+`">`, "in the summary")
		assert.Regexp(t, `<input id="`+id+`"[^>]* aria-describedby="`+id+`-petunjuk `+id+`-galat" aria-invalid="true"`, page.body)
	}
	w.says("NIK harus tepat 16 digit.")
	w.says("@pns.magelangkota.go.id")
	assert.Contains(t, page.body, `value="33719901"`, "what was typed is kept")

	page = w.post("/myasn/sertifikat/registrasi", url.Values{
		"nik": {p.NIK}, "email_siasn": {p.SIASNEmail}, "email_dinas": {"x@asn.magelangkota.go.id"},
	})
	assert.Equal(t, http.StatusUnprocessableEntity, page.status)
	w.says("NIK belum diverifikasi")
	assert.Contains(t, page.body, `id="email_dinas-galat"`, "together with the rest")
	w.get("/myasn/sertifikat/konfirmasi")
	w.at("/myasn/sertifikat/registrasi")
	w.post("/myasn/sertifikat/konfirmasi", nil)
	w.at("/myasn/sertifikat/registrasi")
	assert.Equal(t, certificate.StatusNotRegistered, statusOf(t, srv, p), "nothing without the form")
}

func TestVerifyNIKOnThePage(t *testing.T) {
	srv := mockbsre.New(t)
	p, colleague := seeded(t, srv, 0, certificate.StatusNotRegistered), seeded(t, srv, 1, certificate.StatusNotRegistered)
	w := as(t, srv, p)
	for name, c := range map[string]struct{ nik, says string }{
		"malformed":     {"12", "NIK harus tepat 16 digit."},
		"nobody's":      {mockbsre.MadeUpPerson(5).NIK, "NIK tidak ditemukan dalam data kependudukan."},
		"a colleague's": {colleague.NIK, "NIK tidak sesuai dengan data yang terdaftar."},
	} {
		w.get("/myasn/sertifikat/registrasi")
		page := w.post("/myasn/sertifikat/verifikasi", url.Values{"nik": {c.nik}})
		assert.Equal(t, http.StatusUnprocessableEntity, page.status, name)
		w.says(c.says)
		assert.NotContains(t, page.body, "email_dinas-galat", "only the NIK is looked at")
	}

	// The verification holds for fifteen minutes.
	form := url.Values{"nik": {p.NIK}, "email_siasn": {p.SIASNEmail}, "email_dinas": {p.WorkEmail}}
	w.get("/myasn/sertifikat/registrasi")
	w.post("/myasn/sertifikat/verifikasi", form)
	w.post("/myasn/sertifikat/registrasi", form)
	w.at("/myasn/sertifikat/konfirmasi")
	assert.NotContains(t, w.page.body, p.NIK, "masked")
	srv.Clock.Advance(15 * time.Minute)
	page := w.post("/myasn/sertifikat/konfirmasi", nil)
	assert.Equal(t, http.StatusUnprocessableEntity, page.status)
	w.says("NIK belum diverifikasi, atau verifikasinya lebih dari 15 menit yang lalu.")
}

func TestRegistrationRefusedByTheRegistrar(t *testing.T) {
	srv := mockbsre.New(t)
	first, second := seeded(t, srv, 0, certificate.StatusIssue), seeded(t, srv, 3, certificate.StatusNotRegistered)
	w := as(t, srv, second)
	form := url.Values{"nik": {second.NIK}, "email_siasn": {second.SIASNEmail}, "email_dinas": {first.WorkEmail}}
	w.get("/myasn/sertifikat/registrasi")
	w.post("/myasn/sertifikat/verifikasi", form)
	w.post("/myasn/sertifikat/registrasi", form)
	w.at("/myasn/sertifikat/konfirmasi")
	page := w.post("/myasn/sertifikat/konfirmasi", nil)
	assert.Equal(t, http.StatusConflict, page.status)
	w.says("Email dinas sudah digunakan orang lain.")

	w.get("/myasn/sertifikat/registrasi")
	w.register(second)
	w.get("/myasn/sertifikat/registrasi")
	form.Set("email_dinas", second.WorkEmail)
	w.post("/myasn/sertifikat/verifikasi", form)
	w.post("/myasn/sertifikat/registrasi", form)
	assert.Equal(t, http.StatusTooManyRequests, w.post("/myasn/sertifikat/konfirmasi", nil).status, "again within a minute")
}

func TestWorkMailIsChangedOnThePages(t *testing.T) {
	srv := mockbsre.New(t)
	p := seeded(t, srv, 0, certificate.StatusIssue)
	w := as(t, srv, p)
	w.get("/myasn/sertifikat/email-dinas")
	w.post("/myasn/sertifikat/email-dinas", url.Values{"email": {"budi.baru@pns.magelangkota.go.id"}})
	w.at("/myasn/sertifikat?info=email-dinas")
	link := w.mail("budi.baru@pns.magelangkota.go.id", certificate.MailWorkMailProof)
	w.get(link)
	w.get(link)
	w.says("Alamat ini akan menjadi email dinas")
	w.post(link, nil)
	w.at("/email/selesai/email")
	id, err := srv.Registrar().Find(t.Context(), certificate.NIKIndex(nikOf(t, p)))
	require.NoError(t, err)
	rec, err := srv.Registrar().Record(t.Context(), id)
	require.NoError(t, err)
	mail, err := identity.ParseEmail("budi.baru@pns.magelangkota.go.id")
	require.NoError(t, err)
	assert.Equal(t, mail, rec.WorkMail())
	assert.Equal(t, http.StatusGone, w.get(link).status)
}

func TestPeopleOfAnotherAgency(t *testing.T) {
	east := certificate.Agency{
		Name:        "Pemerintah Kabupaten Contoh",
		MailDomains: map[certificate.Employment][]string{certificate.PNS: {"contoh.go.id"}},
		Zone:        time.FixedZone("WIT", 9*60*60),
	}
	srv := mockbsre.NewUnstarted(mockbsre.Config{
		Agencies: []certificate.Agency{certificate.KotaMagelang(), east}, Start: time.Date(2027, 1, 4, 1, 0, 0, 0, time.UTC),
	})
	require.NoError(t, srv.Start(t.Context()))
	defer srv.Close()
	p := mockbsre.MadeUpPerson(0)
	p.Agency, p.WorkEmail = east.Name, "budi@contoh.go.id"
	require.NoError(t, srv.Population.Add(p))
	require.NoError(t, srv.Personnel.Add(p))

	w := walk(t, srv)
	w.get("/myasn/masuk")
	w.says("4 Januari 2027, pukul 08.00 WIB")
	w = as(t, srv, p)
	w.says(east.Name)
	w.says("4 Januari 2027, pukul 10.00 WIT")
	w.register(p)
	link := w.activate(p)
	w.post(link+"/kirim", url.Values{"perjanjian": w.stamps(), "setuju": {"ya"}})
	w.at("/email/selesai/aktivasi")
}
