package mockbsre_test

import (
	"bytes"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
)

// walker is somebody with a browser: cookies, and the page last seen.
type walker struct {
	t      testing.TB
	srv    *mockbsre.Server
	client *http.Client
	page   seenPage
}

type seenPage struct {
	status int
	path   string // where redirects led to
	header http.Header
	body   string
}

func walk(t testing.TB, srv *mockbsre.Server) *walker {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	client := srv.Client()
	client.Jar = jar
	return &walker{t: t, srv: srv, client: client}
}

// as is a walker who is logged in.
func as(t testing.TB, srv *mockbsre.Server, p mockbsre.Person) *walker {
	t.Helper()
	w := walk(t, srv)
	w.get("/myasn/masuk")
	w.post("/myasn/masuk", url.Values{"nip": {p.EmployeeNumber}, "password": {mockbsre.PortalPassword}})
	w.at("/myasn/")
	return w
}

func (w *walker) get(path string) seenPage {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, mockbsre.PortalURL+path, nil)
	require.NoError(w.t, err)
	return w.do(r)
}

// post sends a form with the token of the page last seen.
func (w *walker) post(path string, values url.Values) seenPage {
	w.t.Helper()
	form := url.Values{"token_formulir": {w.token()}}
	for name, list := range values {
		form[name] = list
	}
	return w.send(path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (w *walker) send(path, kind string, body io.Reader) seenPage {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, mockbsre.PortalURL+path, body)
	require.NoError(w.t, err)
	r.Header.Set("Content-Type", kind)
	return w.do(r)
}

// photo sends the form with a picture.
func (w *walker) photo(path string, picture []byte) seenPage {
	w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	require.NoError(w.t, form.WriteField("token_formulir", w.token()))
	file, err := form.CreateFormFile("foto", "foto.png")
	require.NoError(w.t, err)
	_, err = file.Write(picture)
	require.NoError(w.t, err)
	require.NoError(w.t, form.Close())
	return w.send(path, form.FormDataContentType(), &body)
}

func (w *walker) do(r *http.Request) seenPage {
	w.t.Helper()
	answer, err := w.client.Do(r)
	require.NoError(w.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(w.t, err)
	w.page = seenPage{answer.StatusCode, answer.Request.URL.RequestURI(), answer.Header, string(body)}
	return w.page
}

var tokenPattern = regexp.MustCompile(`name="token_formulir" value="([^"]+)"`)

func (w *walker) token() string {
	w.t.Helper()
	found := tokenPattern.FindStringSubmatch(w.page.body)
	require.NotNil(w.t, found, "no form on %s", w.page.path)
	return found[1]
}

// at makes sure of the page.
func (w *walker) at(path string) {
	w.t.Helper()
	require.Equal(w.t, path, w.page.path, "%d %s", w.page.status, w.text())
}

// says makes sure that the page has a text.
func (w *walker) says(text string) {
	w.t.Helper()
	require.Contains(w.t, w.text(), text)
}

var tagPattern = regexp.MustCompile(`<[^>]*>`)

// text is what the page says.
func (w *walker) text() string {
	return strings.Join(strings.Fields(html.UnescapeString(tagPattern.ReplaceAllString(w.page.body, " "))), " ")
}

// mail opens the newest mail of a kind and returns the path of its link.
func (w *walker) mail(to string, kind certificate.MailKind) string {
	w.t.Helper()
	w.get("/surat/terbaru?" + url.Values{"kepada": {to}, "jenis": {kind.String()}}.Encode())
	found := regexp.MustCompile(`<a href="(/email/[^"]+)">`).FindStringSubmatch(w.page.body)
	require.NotNil(w.t, found, "%s", w.text())
	return found[1]
}

// activate goes through the pages behind the newest activation mail, up to and
// without the last button.
func (w *walker) activate(p mockbsre.Person) string {
	w.t.Helper()
	link := w.mail(p.WorkEmail, certificate.MailActivation)
	w.get(link)
	w.post(link+"/data-diri", url.Values{"nama": {p.Name}, "nik": {p.NIK}, "telepon": {p.Phone}})
	w.at(link)
	w.post(link+"/cek", url.Values{"kepegawaian": {"asn"}, "nip": {p.EmployeeNumber}})
	w.at(link + "?langkah=2")
	w.says(p.Position)
	w.post(link+"/kedinasan", nil)
	w.at(link)
	w.photo(link+"/foto", mockbsre.Selfie())
	w.at(link)
	w.says("Foto diterima.")
	return link
}

var stampPattern = regexp.MustCompile(`name="perjanjian" value="([^"]+)"`)

// stamps are the texts that the page shows for acceptance.
func (w *walker) stamps() []string {
	var list []string
	for _, m := range stampPattern.FindAllStringSubmatch(w.page.body, -1) {
		list = append(list, html.UnescapeString(m[1]))
	}
	return list
}

// register sends the form and says yes.
func (w *walker) register(p mockbsre.Person) {
	w.t.Helper()
	form := url.Values{"nik": {p.NIK}, "email_siasn": {p.SIASNEmail}, "email_dinas": {p.WorkEmail}}
	w.get("/myasn/sertifikat/registrasi")
	w.post("/myasn/sertifikat/verifikasi", form)
	w.at("/myasn/sertifikat/registrasi?info=nik")
	w.post("/myasn/sertifikat/registrasi", form)
	w.at("/myasn/sertifikat/konfirmasi")
	w.post("/myasn/sertifikat/konfirmasi", nil)
	w.at("/myasn/sertifikat?info=registrasi")
}

func seeded(t testing.TB, srv *mockbsre.Server, n int, status certificate.Status) mockbsre.Person {
	t.Helper()
	p := mockbsre.MadeUpPerson(n)
	_, err := srv.Seed(t.Context(), p, status, secret)
	require.NoError(t, err)
	return p
}

// The guide, page by page.
func TestPortalWalksTheGuide(t *testing.T) {
	srv := mockbsre.New(t)
	p := seeded(t, srv, 0, certificate.StatusNotRegistered)

	w := walk(t, srv)
	w.get("/")
	w.at("/myasn/masuk")
	w.post("/myasn/masuk", url.Values{"nip": {p.EmployeeNumber}, "password": {mockbsre.PortalPassword}})
	w.at("/myasn/")
	w.says("status: NOT_REGISTERED")
	w.says(p.Name)
	w.says("Layanan ASN > Sertifikat Elektronik BSrE")

	w.register(p)
	w.says("Registrasi berhasil")
	w.says("NO_CERTIFICATE")

	link := w.activate(p)
	w.says("Kebijakan Privasi")
	require.Len(t, w.stamps(), 2)
	w.post(link+"/kirim", url.Values{"perjanjian": w.stamps(), "setuju": {"ya"}})
	w.at("/email/selesai/aktivasi")
	w.says("Aktivasi Berhasil")
	assert.Equal(t, certificate.StatusNew, statusOf(t, srv, p))

	_, err := srv.Inbox.Latest(mockbsre.Query{To: p.WorkEmail, Kind: certificate.MailAccountInformation})
	require.NoError(t, err)
	set := w.mail(p.WorkEmail, certificate.MailSetPassphrase)
	w.get(set)
	w.says("huruf besar, huruf kecil, angka, simbol")
	w.post(set, url.Values{"passphrase": {"Tiga-Kelinci9-Ungu"}, "ulangi": {"Tiga-Kelinci9-Ungu"}})
	w.at("/email/selesai/passphrase")
	w.get("/myasn/")
	w.says("status: ISSUE")
	w.says("Berlaku sampai")

	w.get("/myasn/sertifikat/reset")
	w.post("/myasn/sertifikat/reset", nil)
	w.at("/myasn/sertifikat?info=reset")
	reset := w.mail(p.WorkEmail, certificate.MailResetPassphrase)
	w.get(reset)
	w.says("Persetujuan Perjanjian Pemilik Sertifikat Elektronik")
	w.post(reset, url.Values{"passphrase": {"Panci!Lembut4Naik"}, "ulangi": {"Panci!Lembut4Naik"}, "perjanjian": w.stamps(), "setuju": {"ya"}})
	w.at("/email/selesai/reset")

	id, err := srv.Registrar().Find(t.Context(), certificate.NIKIndex(nikOf(t, p)))
	require.NoError(t, err)
	_, _, err = sign(t, srv, id, other, letter(t))
	assert.NoError(t, err, "it signs with what was typed on the pages")

	w.get("/myasn/sertifikat/perpanjangan")
	w.post("/myasn/sertifikat/perpanjangan", nil)
	w.at("/myasn/sertifikat?info=perpanjangan")
	w.says("RENEW")
	renewal := w.mail(p.WorkEmail, certificate.MailRenewal)
	w.get(renewal)
	w.post(renewal, url.Values{"passphrase": {"Tiga-Kelinci9-Ungu"}, "ulangi": {"Tiga-Kelinci9-Ungu"}})
	w.at("/email/selesai/passphrase")
	w.get("/myasn/sertifikat")
	w.says("ISSUE")
	w.says("Sertifikat terdahulu")

	w.get("/myasn/sertifikat/cabut")
	w.post("/myasn/sertifikat/cabut", url.Values{"alasan": {"1"}})
	w.at("/myasn/sertifikat?info=cabut")
	w.says("REVOKE")
	w.post("/myasn/keluar", nil)
	w.at("/myasn/masuk?info=keluar")
	w.get("/myasn/sertifikat")
	w.at("/myasn/masuk?info=masuk")
}
