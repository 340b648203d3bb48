package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTwoOfficialsSignOneAfterAnother(t *testing.T) {
	o := newOffice(t, nil)
	id := o.prepared("1/DAD/2026", "berita-acara", "ratna:tte:~", "budi:tte:^")
	budi, ratna := o.as("budi"), o.as("ratna")

	assert.NotContains(t, budi.get("/surat/"+id).body, "Periksa dan tanda tangani", "not yet his turn")
	page := ratna.get("/surat/" + id + "/tandatangan")
	assert.Contains(t, page.body, "Isi naskah yang akan ditandatangani")
	picture := ratna.get("/surat/" + id + "/blok/0")
	assert.Equal(t, "image/png", picture.header.Get("Content-Type"))
	assert.Equal(t, 404, o.visitor().get("/v/"+o.letter(id).Token).status, "nothing looks signed before it is")

	assert.Contains(t, ratna.sign(id, passphraseOf("ratna")).body, "1 dari 1 naskah ditandatangani")
	half := o.visitor().get("/v/" + o.letter(id).Token)
	assert.Contains(t, half.body, "Belum lengkap")
	assert.Contains(t, budi.sign(id, passphraseOf("budi")).body, "1 dari 1 naskah ditandatangani")

	l := o.letter(id)
	require.Equal(t, stateDone, l.State)
	public := o.visitor().get("/v/" + l.Token)
	for _, want := range []string{"Valid", "1/DAD/2026", "Surat Percobaan", "Ratna Rekaan, S.E.", "Dr. Budi Contoh, S.Kom., M.Si.",
		"Pemerintah Kota Contoh", "dibuktikan penanda waktu", l.current().SHA256} {
		assert.Contains(t, public.body, want)
	}
	document := o.visitor().get("/v/" + l.Token + "/pdf")
	assert.Equal(t, "application/pdf", document.header.Get("Content-Type"))
	same := o.visitor().upload("/v/"+l.Token, nil, []byte(document.body))
	assert.Contains(t, same.body, "Sama persis")
}
