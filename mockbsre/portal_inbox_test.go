package mockbsre_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sertel-id/sertel/mockbsre"
)

func TestMailPage(t *testing.T) {
	srv := mockbsre.New(t)
	budi, _ := enrol(t, srv, 0)
	ratna, _ := enrol(t, srv, 1)
	w := walk(t, srv)
	w.get("/surat/")
	w.says("8 surat")
	w.get("/surat/?kepada=" + url.QueryEscape(ratna.WorkEmail))
	w.says("4 surat")
	assert.NotContains(t, w.page.body, budi.WorkEmail)
	w.get("/surat/?cari=TELAH+TERBIT&jenis=certificate_issued")
	w.says("2 surat")
	assert.Contains(t, w.page.body, `<option value="certificate_issued" selected>`)
	w.get("/surat/?jenis=bukan-jenis")
	w.says("8 surat")
	w.get("/surat/?cari=tidak-ada-di-surat-mana-pun")
	w.says("0 surat")
	assert.NotContains(t, w.page.body, "Hapus 0")

	w.get("/surat/terbaru?kepada=" + url.QueryEscape(budi.WorkEmail))
	w.at("/surat/4")
	w.says("Sertifikat Elektronik Telah Terbit")
	assert.Equal(t, http.StatusNotFound, w.get("/surat/terbaru?kepada=x%40y.example").status)

	w.get("/surat/3")
	assert.Contains(t, w.page.body, `<a href="/email/passphrase/set/`, "its link works wherever the page is served")
	w.says(mockbsre.PortalURL + "/email/passphrase/set/")
	w.post("/surat/3/hapus", nil)
	w.at("/surat/?info=surat-dihapus")
	w.says("Surat dihapus.")
	assert.Equal(t, http.StatusNotFound, w.get("/surat/3").status)
	w.get("/surat/")
	assert.Equal(t, http.StatusNotFound, w.post("/surat/3/hapus", nil).status)

	w.get("/surat/")
	w.post("/surat/hapus", url.Values{"kepada": {ratna.WorkEmail}})
	assert.Len(t, srv.Inbox.List(), 3)
	w.post("/surat/hapus", nil)
	assert.Empty(t, srv.Inbox.List())
}

func TestMailsArePaged(t *testing.T) {
	srv := mockbsre.New(t)
	for n := range 120 {
		mockbsre.Put(srv.Inbox, mockbsre.Message{To: "budi@surel.example", Subject: fmt.Sprintf("Surat ke-%d.", n+1)})
	}
	w := walk(t, srv)
	w.get("/surat/?cari=surat")
	w.says("120 surat")
	w.says("Surat ke-120.")
	w.says("Surat ke-71.")
	assert.NotContains(t, w.text(), "Surat ke-70.")
	assert.Contains(t, w.page.body, `href="/surat/?cari=surat&amp;halaman=1"`)
	w.get("/surat/?cari=surat&halaman=2")
	w.says("Surat ke-20.")
	w.says("Surat ke-1.")
	assert.NotContains(t, w.page.body, "Lebih lama")
	for _, number := range []string{"-1", "99", "x", "99999999999999999999"} {
		w.get("/surat/?halaman=" + number)
		w.says("Surat ke-120.")
	}
}

// A mail holds what others wrote.
func TestMailPageShowsTextAsText(t *testing.T) {
	srv := mockbsre.New(t)
	mockbsre.Put(srv.Inbox, mockbsre.Message{
		To: `"><script>x</script>@y.example`, Subject: "<b>Kode</b>",
		Text: "Kode TOTP Anda: 012345\n<script>alert(1)</script> https://a.example/?q=\"><script> javascript:alert(1)\n",
	})
	w := walk(t, srv)
	for _, path := range []string{"/surat/", "/surat/1"} {
		page := w.get(path)
		assert.NotContains(t, page.body, "<script", path)
		assert.NotContains(t, page.body, "<b>", path)
		assert.NotContains(t, page.body, `href="javascript`, path)
	}
	w.says("Kode: 012345")
}
