package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

func producer(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "signing", "testdata", "producers", name))
	require.NoError(t, err)
	return data
}

func sampleBytes(t *testing.T, name string) []byte {
	t.Helper()
	data, err := files.ReadFile("sample/" + name + ".pdf")
	require.NoError(t, err)
	return data
}

func TestUploadsThatAreRefused(t *testing.T) {
	o := newOffice(t, nil)
	agus := o.as("agus")
	whole := sampleBytes(t, "surat-tugas")
	fine := map[string]string{"nomor": "1", "hal": "Surat", "jenis": "2"}
	with := func(name, value string) map[string]string {
		out := map[string]string{}
		for k, v := range fine {
			out[k] = v
		}
		out[name] = value
		return out
	}
	for name, c := range map[string]struct {
		fields map[string]string
		file   []byte
		status int
		says   string
	}{
		"no file":               {fine, nil, 422, "Pilih berkas PDF"},
		"not a PDF":             {fine, []byte("bukan PDF sama sekali"), 422, "Berkas ini bukan PDF"},
		"a page that claims it": {fine, []byte("<html>%PDF-1.7 <script>"), 422, "rusak"},
		"half of a PDF":         {fine, whole[:len(whole)/3], 422, "rusak"},
		"locked":                {fine, producer(t, "encrypted-aes256-password.pdf"), 422, "terkunci dengan kata sandi"},
		"signed":                {fine, producer(t, "poppler-signed.pdf"), 422, "sudah bertanda tangan"},
		"no number":             {with("nomor", " \t"), whole, 422, "Isi nomor dan hal"},
		"subject too long":      {with("hal", strings.Repeat("x", 201)), whole, 422, "paling panjang"},
		"no such kind":          {with("jenis", "99"), whole, 422, "Pilih jenis"},
		"no such sample":        {with("contoh", "../rahasia"), nil, 404, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c.fields["csrf"] = agus.token()
			a := agus.upload("/surat/baru", c.fields, c.file)
			assert.Equal(t, c.status, a.status)
			assert.Contains(t, a.body, c.says)
			assert.Contains(t, a.body, "Yang dapat membantu")
		})
	}
	letters, err := o.cfg.store.Letters(t.Context(), "agus", 10)
	require.NoError(t, err)
	assert.Empty(t, letters)

	id := agus.draft("1", whole, "")
	fine["csrf"] = agus.token()
	again := agus.upload("/surat/baru", fine, whole)
	assert.Equal(t, http.StatusConflict, again.status, "the same bytes")
	agus.send("/surat/"+id+"/kembalikan", url.Values{"alasan": {"salah berkas"}})
	assert.Equal(t, http.StatusOK, agus.upload("/surat/baru", fine, whole).status, "once the first was taken back")
}

func TestUploadsAreBounded(t *testing.T) {
	o := newOffice(t, nil)
	agus := o.as("agus")
	fields := map[string]string{"csrf": agus.token(), "nomor": "1", "hal": "Surat", "jenis": "2"}
	large := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte{' '}, maxUpload)...)
	a := agus.upload("/surat/baru", fields, large)
	assert.Equal(t, http.StatusRequestEntityTooLarge, a.status)
	assert.Contains(t, a.body, "lebih besar dari 20 MB")
	form := url.Values{"csrf": {fields["csrf"]}, "alasan": {strings.Repeat("x", maxForm)}}
	r := agus.request(http.MethodPost, "/surat/x/kembalikan", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(cookieOf(t, agus))
	w := httptest.NewRecorder()
	o.handler().ServeHTTP(w, r)
	assert.Equal(t, http.StatusRequestEntityTooLarge, w.Code)
}

// twice is the sample with its tag a second time.
func twice(t *testing.T) []byte {
	t.Helper()
	return stamped(t, "^", signing.Rect{X: 60, Y: 150, Width: 30, Height: 14})
}

// stamped is the sample with a line of text.
func stamped(t *testing.T, text string, at signing.Rect) []byte {
	t.Helper()
	data := sampleBytes(t, "surat-tugas")
	var out bytes.Buffer
	_, err := signing.Stamp(t.Context(), &out, bytes.NewReader(data), int64(len(data)), signing.StampOptions{
		Block:     &appearance.Block{Lines: []appearance.Line{{Text: text}}},
		Placement: signing.Placement{Page: 1, Rect: at},
	})
	require.NoError(t, err)
	return out.Bytes()
}

func TestPreparationsThatAreRefused(t *testing.T) {
	o := newOffice(t, nil)
	agus := o.as("agus")
	one, two := agus.draft("1", nil, "surat-tugas"), agus.draft("2", twice(t), "")
	set := func(form url.Values, name, value string) url.Values {
		form.Set(name, value)
		return form
	}
	for name, c := range map[string]struct {
		id   string
		form url.Values
		says string
	}{
		"nobody signs":          {one, plan(), "sedikitnya satu penanda tangan"},
		"somebody unknown":      {one, plan("siapa:tte:^"), "dari daftar"},
		"somebody twice":        {one, plan("budi:tte:^", "budi:paraf:"), "hanya satu kali"},
		"neither TTE nor paraf": {one, plan("budi:cap:^"), "tanda tangan atau paraf"},
		"tag missing":           {one, plan("budi:tte:#"), "Penanda tangan 1: Penanda letak tanda tangan “#” tidak ditemukan"},
		"no tag typed":          {one, plan("budi:tte:"), "Isi penanda letak"},
		"tag of two":            {two, plan("budi:tte:^"), "lebih dari satu kali"},
		"two on one tag":        {one, plan("budi:tte:^", "ratna:tte:^"), "saling menutupi"},
		"block leaves the page": {one, set(plan("budi:tte:^"), "lebar", "500"), "melewati tepi halaman"},
		"block too small":       {one, set(plan("budi:tte:^"), "lebar", "60"), "terlalu kecil untuk dibaca"},
		"no size":               {one, set(plan("budi:tte:^"), "tinggi", "NaN"), "Lebar blok"},
		"no such place":         {one, set(plan("budi:tte:^"), "letak0", "bulan"), "Pilih letak"},
		"footer that is there":  {agus.draft("4", suratWithFooter(t), ""), set(plan("budi:paraf:"), "kaki", "semua"), "sudah memuat catatan kaki"},
		"footer over text":      {agus.draft("3", withFooter(t), ""), set(plan("budi:paraf:"), "kaki", "semua"), "menutupi tulisan"},
	} {
		t.Run(name, func(t *testing.T) {
			a := agus.send("/surat/"+c.id+"/siapkan", c.form)
			assert.Equal(t, http.StatusUnprocessableEntity, a.status)
			assert.Contains(t, a.body, c.says)
			assert.Contains(t, a.body, "Yang dapat membantu")
			assert.Equal(t, stateDraft, o.letter(c.id).State)
		})
	}
	assert.Contains(t, agus.get("/surat/"+two+"/siapkan").body, "ditemukan 2 kali")
	last := set(plan("budi:tte:^"), "letak0", "terakhir")
	assert.Equal(t, "/surat/"+two, agus.send("/surat/"+two+"/siapkan", last).at, "one of the two")
	corner := set(plan("budi:tte:"), "letak0", "sudut")
	assert.Equal(t, "/surat/"+one, agus.send("/surat/"+one+"/siapkan", corner).at, "without a tag")
	assert.Equal(t, "/surat/"+one, agus.send("/surat/"+one+"/siapkan", plan("ratna:tte:^")).at, "again, before anybody signed")
	assert.Equal(t, "ratna", o.letter(one).Steps[0].Signer)
}

// withFooter is the sample with a line where the footer belongs.
func withFooter(t *testing.T) []byte {
	t.Helper()
	return stamped(t, "Catatan kaki", signing.Rect{X: 60, Y: 30, Width: 100, Height: 14})
}

// suratWithFooter is a letter whose template has the legal footer.
func suratWithFooter(t *testing.T) []byte {
	t.Helper()
	in, err := os.ReadFile("../batch/surat.pdf")
	require.NoError(t, err)
	return in
}

func TestOnlyTheAuthorPreparesAndOnlyBefore(t *testing.T) {
	o := newOffice(t, nil)
	id := o.prepared("1", "surat-tugas", "budi:tte:^")
	budi, agus := o.as("budi"), o.as("agus")
	assert.Equal(t, http.StatusConflict, budi.get("/surat/"+id+"/siapkan").status)
	assert.Equal(t, http.StatusConflict, budi.send("/surat/"+id+"/siapkan", plan("ratna:tte:^")).status)
	budi.sign(id, passphraseOf("budi"))
	assert.Equal(t, http.StatusConflict, agus.send("/surat/"+id+"/siapkan", plan("ratna:tte:^")).status)
}

func TestSignaturesThatAreRefused(t *testing.T) {
	o := newOffice(t, nil)
	for name, c := range map[string]struct{ username, secret, says, helper, code string }{
		"wrong passphrase":    {"budi", "Salah-Sama-Sekali-1", "assphrase", "penanda tangan", "ESIGN_PASSPHRASE_WRONG"},
		"revoked certificate": {"dewi", passphraseOf("dewi"), "ertifikat", "verifikator", "ESIGN_STATUS"},
	} {
		t.Run(name, func(t *testing.T) {
			id := o.prepared(name, "surat-tugas", c.username+":tte:^")
			v := o.as(c.username)
			page := v.sign(id, c.secret)
			assert.Contains(t, page.body, "0 dari 1 naskah ditandatangani")
			assert.Contains(t, page.body, c.says)
			assert.Regexp(t, "Yang dapat membantu: [^.]*"+c.helper, page.body)
			assert.Contains(t, page.body, c.code)
			again := v.get("/surat/" + id + "/tandatangan")
			assert.Contains(t, again.body, "Percobaan terakhir")
			assert.Contains(t, again.body, c.code)
			assert.True(t, o.letter(id).ready(c.username), "it can be tried again")
		})
	}
}

func TestSignaturesThatAreNotAskedFor(t *testing.T) {
	o := newOffice(t, nil)
	id := o.prepared("1", "berita-acara", "ratna:tte:~", "budi:tte:^")
	sum := o.letter(id).current().SHA256
	ratna, budi := o.as("ratna"), o.as("budi")
	form := func() url.Values {
		return url.Values{"sidik": {sum}, "setuju": {"ya"}, "passphrase": {passphraseOf("ratna")}}
	}
	without := form()
	without.Del("setuju")
	assert.Equal(t, http.StatusUnprocessableEntity, ratna.send("/surat/"+id+"/tandatangan", without).status, "not read")
	empty := form()
	empty.Set("passphrase", "")
	assert.Equal(t, http.StatusUnprocessableEntity, ratna.send("/surat/"+id+"/tandatangan", empty).status, "no passphrase")
	other := form()
	other.Set("sidik", strings.Repeat("0", 64))
	assert.Equal(t, http.StatusConflict, ratna.send("/surat/"+id+"/tandatangan", other).status, "other bytes than she saw")
	other.Set("sidik", "x")
	assert.Equal(t, http.StatusConflict, ratna.send("/surat/"+id+"/tandatangan", other).status, "no digest")
	assert.Equal(t, http.StatusConflict, budi.send("/surat/"+id+"/tandatangan", form()).status, "not his turn")
	assert.Equal(t, "/surat/"+id, budi.get("/surat/"+id+"/tandatangan").at)
	assert.Zero(t, o.letter(id).signed())
	assert.Equal(t, http.StatusConflict, ratna.send("/surat/"+id+"/putusan", url.Values{"putusan": {"lagi"}}).status, "nothing to decide")
	for range 20 {
		ratna.send("/surat/"+id+"/tandatangan", empty)
	}
	assert.Equal(t, http.StatusTooManyRequests, ratna.send("/surat/"+id+"/tandatangan", form()).status)
}

func TestLettersAreGivenBack(t *testing.T) {
	o := newOffice(t, nil)
	id := o.prepared("1", "berita-acara", "ratna:tte:~", "budi:tte:^")
	ratna, budi := o.as("ratna"), o.as("budi")
	assert.Equal(t, http.StatusConflict, budi.send("/surat/"+id+"/kembalikan", url.Values{"alasan": {"x"}}).status, "not his turn")
	assert.Equal(t, http.StatusUnprocessableEntity, ratna.send("/surat/"+id+"/kembalikan", url.Values{}).status, "no reason")
	a := ratna.send("/surat/"+id+"/kembalikan", url.Values{"alasan": {"Tanggal <b>keliru</b>"}})
	assert.Contains(t, a.body, "dikembalikan: Tanggal &lt;b&gt;keliru")
	assert.Equal(t, stateReturned, o.letter(id).State)
	assert.NotContains(t, ratna.get("/massal").body, id)
}

func TestWarningsAreShownToAuthorAndSigner(t *testing.T) {
	o := newOffice(t, nil)
	agus := o.as("agus")
	id := agus.draft("1", nil, "berita-acara")
	a := agus.send("/surat/"+id+"/siapkan", plan("budi:tte:Demikian"))
	require.Equal(t, "/surat/"+id, a.at, a.body)
	for _, page := range []answer{a, o.as("budi").get("/surat/" + id + "/tandatangan")} {
		assert.Contains(t, page.body, "Penanda tangan 1: Blok menutupi tulisan pada surat", page.at)
	}
	clean := o.prepared("2", "berita-acara", "ratna:tte:~", "budi:tte:^")
	assert.Empty(t, o.letter(clean).Warnings)
}

func TestSeveralFaultsAreToldAtOnce(t *testing.T) {
	o := newOffice(t, nil)
	agus := o.as("agus")
	id := agus.draft("1", nil, "berita-acara")
	a := agus.send("/surat/"+id+"/siapkan", plan("budi:tte:#", "ratna:tte:$"))
	assert.Equal(t, http.StatusUnprocessableEntity, a.status)
	assert.Contains(t, a.body, "Penanda tangan 1: Penanda letak tanda tangan “#”")
	assert.Contains(t, a.body, "Penanda tangan 2: Penanda letak tanda tangan “$”")
	assert.Contains(t, a.body, `value="ratna" selected`, "what was chosen stays")
}
