package main

import (
	"bytes"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// document returns a version of a letter.
func (o *office) document(id string, version int) []byte {
	o.t.Helper()
	data, err := o.cfg.store.Document(o.t.Context(), id, version)
	require.NoError(o.t, err)
	return data
}

func TestCopiesAreCompared(t *testing.T) {
	o := newOffice(t, nil)
	id := o.prepared("1", "berita-acara", "ratna:tte:~", "budi:tte:^")
	o.as("ratna").sign(id, passphraseOf("ratna"))
	o.as("budi").sign(id, passphraseOf("budi"))
	other := o.prepared("2", "surat-tugas", "budi:tte:^")
	o.as("budi").sign(other, passphraseOf("budi"))

	signed := o.document(id, 4)
	changed := bytes.Clone(signed)
	at := bytes.Index(changed, []byte("stream"))
	changed[at+200] ^= 1
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"the letter itself":      {signed, "Sama persis"},
		"before the second":      {o.document(id, 3), "Versi lama"},
		"the upload":             {o.document(id, 1), "Versi lama"},
		"one byte changed":       {changed, "Tidak valid"},
		"another letter":         {o.document(other, 3), "Naskah lain"},
		"printed and scanned":    {producer(t, "img2pdf-scan.pdf"), "Tidak bertanda tangan"},
		"signed under no root":   {producer(t, "poppler-signed.pdf"), "Belum dapat dipastikan"},
		"a photo":                {[]byte("\x89PNG"), "Bukan PDF"},
		"nothing chosen":         {nil, "Belum ada berkas"},
		"not to be read":         {producer(t, "encrypted-aes256-password.pdf"), "Belum dapat dipastikan"},
		"bytes behind the end":   {append(bytes.Clone(signed), "\n%lagi"...), "Tidak valid"},
		"a revision of it alone": {signed[:len(o.document(id, 2))], "Versi lama"},
	} {
		t.Run(name, func(t *testing.T) {
			a := o.visitor().upload("/v/"+o.letter(id).Token, nil, c.file)
			require.Equal(t, http.StatusOK, a.status)
			assert.Contains(t, a.body, `<p class="verdict">`+c.says+`</p>`)
		})
	}
}

func TestVerificationPageNeedsItsLink(t *testing.T) {
	o := newOffice(t, nil)
	id := o.prepared("1", "surat-tugas", "budi:tte:^")
	l := o.letter(id)
	v := o.visitor()
	for name, token := range map[string]string{"not signed yet": l.Token, "not the letter's id": id, "nothing": "x"} {
		for _, path := range []string{"/v/" + token, "/v/" + token + "/pdf"} {
			assert.Equal(t, http.StatusNotFound, v.get(path).status, "%s %s", name, path)
		}
		assert.Equal(t, http.StatusNotFound, v.upload("/v/"+token, nil, []byte("x")).status, name)
	}
	assert.NotEqual(t, l.ID, l.Token, "the link outside does not give the address inside")
}

func TestVerificationPageTellsWhatIsWrong(t *testing.T) {
	s := &spoiledStore{store: newMemoryStore()}
	o := newOffice(t, func(c *appConfig) { c.store = s })
	id := o.prepared("1", "surat-tugas", "budi:tte:^")
	o.as("budi").sign(id, passphraseOf("budi"))
	s.damaged = id
	page := o.visitor().get("/v/" + o.letter(id).Token)
	assert.Contains(t, page.body, `<p class="verdict">Tidak valid</p>`)
	assert.NotContains(t, page.body, "semua tanda tangan elektronik di dalamnya sah")
}

func TestChecksAreLimited(t *testing.T) {
	clock := &stepClock{now: time.Now()}
	o := newOffice(t, func(c *appConfig) { c.now = clock.Now })
	id := o.prepared("1", "surat-tugas", "budi:tte:^")
	o.as("budi").sign(id, passphraseOf("budi"))
	v := o.visitor()
	for range 20 {
		require.Equal(t, http.StatusOK, v.upload("/v/"+o.letter(id).Token, nil, []byte("x")).status)
	}
	assert.Equal(t, http.StatusTooManyRequests, v.upload("/v/"+o.letter(id).Token, nil, []byte("x")).status)
	clock.advance(5 * time.Minute)
	assert.Equal(t, http.StatusOK, v.upload("/v/"+o.letter(id).Token, nil, []byte("x")).status)
}

func TestVerdictsAreKeptAMinute(t *testing.T) {
	clock := &stepClock{now: time.Now()}
	o := newOffice(t, func(c *appConfig) { c.now = clock.Now })
	id := o.prepared("1", "surat-tugas", "budi:tte:^")
	o.as("budi").sign(id, passphraseOf("budi"))
	document := o.document(id, 3)
	first, err := o.verdicts.judge(t.Context(), document)
	require.NoError(t, err)
	second, err := o.verdicts.judge(t.Context(), document)
	require.NoError(t, err)
	assert.Same(t, first, second)
	clock.advance(verdictLife)
	third, err := o.verdicts.judge(t.Context(), document)
	require.NoError(t, err)
	assert.NotSame(t, first, third)
}

func TestInitialsDoNotShow(t *testing.T) {
	o := newOffice(t, nil)
	id := o.prepared("1", "surat-tugas", "ratna:paraf:", "budi:tte:^")
	ratna := o.as("ratna")
	page := ratna.get("/surat/" + id + "/tandatangan")
	assert.Contains(t, page.body, "Paraf tidak terlihat")
	assert.Equal(t, http.StatusNotFound, ratna.get("/surat/"+id+"/blok/0").status)
	ratna.sign(id, passphraseOf("ratna"))
	o.as("budi").sign(id, passphraseOf("budi"))
	report, err := o.cfg.box.judge(t.Context(), o.document(id, 4))
	require.NoError(t, err)
	require.NoError(t, report.Err())
	require.Len(t, report.Signatures, 2)
	assert.Nil(t, report.Signatures[0].Place)
	assert.NotNil(t, report.Signatures[1].Place)
	assert.Contains(t, o.visitor().get("/v/"+o.letter(id).Token).body, "Ratna Rekaan, S.E.</strong> (paraf)")
}

func TestInitialsAloneWithoutFooter(t *testing.T) {
	o := newOffice(t, nil)
	agus := o.as("agus")
	id := agus.draft("1", nil, "surat-tugas")
	form := plan("ratna:paraf:")
	form.Set("kaki", "")
	require.Equal(t, "/surat/"+id, agus.send("/surat/"+id+"/siapkan", form).at)
	assert.Equal(t, o.document(id, 1), o.document(id, 2), "nothing to draw")
	o.as("ratna").sign(id, passphraseOf("ratna"))
	assert.Equal(t, stateDone, o.letter(id).State)
}

func TestPDFVersions(t *testing.T) {
	o := newOffice(t, nil)
	id := o.prepared("1", "surat-tugas", "budi:tte:^")
	budi := o.as("budi")
	assert.Equal(t, string(o.document(id, 1)), budi.get("/surat/"+id+"/pdf?versi=1").body)
	assert.Equal(t, string(o.document(id, 2)), budi.get("/surat/"+id+"/pdf").body)
	for _, version := range []string{"0", "3", "-1", "x"} {
		assert.Equal(t, http.StatusNotFound, budi.get("/surat/"+id+"/pdf?"+url.Values{"versi": {version}}.Encode()).status, version)
	}
}

func TestVerificationPageOfALetterGivenBack(t *testing.T) {
	o := newOffice(t, nil)
	id := o.prepared("1", "berita-acara", "ratna:tte:~", "budi:tte:^")
	o.as("ratna").sign(id, passphraseOf("ratna"))
	o.as("budi").send("/surat/"+id+"/kembalikan", url.Values{"alasan": {"salah tanggal"}})
	page := o.visitor().get("/v/" + o.letter(id).Token)
	assert.Contains(t, page.body, `<p class="verdict">Tidak dilanjutkan</p>`)
	assert.NotContains(t, page.body, "salah tanggal", "what is said inside stays inside")
}
