package main

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
)

// TestNothingSecretIsWritten searches what the e-office keeps, logs and shows for
// what nobody may read there.
func TestNothingSecretIsWritten(t *testing.T) {
	const mistyped = "Salah-Ketik-Passphrase-77"
	database := server.Database(t)
	o := newOffice(t, func(c *appConfig) { c.store = postgresFor(t, database.DSN()) })
	ids := o.several(3)
	budi := o.as("budi")
	var shown strings.Builder
	for _, secret := range []string{mistyped, passphraseOf("budi")} {
		shown.WriteString(budi.sign(ids[0], secret).body)
	}
	o.cfg.box.fake.FailNext(mockbsre.SignV2, mockbsre.Fault{Applied: true, Cut: true, CutAfter: -1})
	shown.WriteString(budi.sign(ids[1], passphraseOf("budi")).body)
	o.visitor().post("/masuk", url.Values{"pengguna": {"budi"}, "sandi": {mistyped}})
	for _, path := range []string{"/", "/massal", "/surat/" + ids[0], "/surat/" + ids[1], "/surat/" + ids[2] + "/tandatangan", "/v/" + o.letter(ids[0]).Token} {
		shown.WriteString(budi.get(path).body)
	}
	var stored strings.Builder
	rows, err := database.Query(`SELECT record::text FROM eoffice.letter UNION ALL SELECT record::text FROM eoffice.job`)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var record string
		require.NoError(t, rows.Scan(&record))
		stored.WriteString(record)
	}
	require.NoError(t, rows.Err())
	cookie := cookieOf(t, budi).Value
	for place, text := range map[string]string{"log": o.log.String(), "database": stored.String(), "pages": shown.String()} {
		require.NotEmpty(t, text, place)
		for what, secret := range map[string]string{
			"passphrase": passphraseOf("budi"), "mistyped passphrase": mistyped, "password": passwordOf("budi"),
			"NIK": person("budi").person.NIK, "session": cookie,
		} {
			assert.NotContains(t, text, secret, "%s in the %s", what, place)
		}
	}
	assert.NotContains(t, stored.String(), `"handle"`, "no job keeps its handle once it has ended")
}

func TestJobHoldsAHandleAndNotThePassphrase(t *testing.T) {
	o := unstarted(t, nil)
	id := o.several(1)[0]
	budi := o.as("budi")
	sum := o.letter(id).current().SHA256
	page := budi.send("/surat/"+id+"/tandatangan", url.Values{"sidik": {sum}, "setuju": {"ya"}, "passphrase": {passphraseOf("budi")}})
	raw := o.cfg.store.(*memoryStore).jobs[jobOf(page)]
	assert.NotContains(t, string(raw), passphraseOf("budi"))
	j, err := o.cfg.store.Job(t.Context(), jobOf(page))
	require.NoError(t, err)
	handle, err := passphrase.ParseHandle(j.Handle)
	require.NoError(t, err)
	_, _, err = o.queue.handoff.Take(t.Context(), handle, [32]byte{1})
	require.ErrorIs(t, err, passphrase.ErrNotGranted, "good for the approved document alone")
	assert.NotContains(t, page.body, j.Handle)
}

func TestTermsAreSpelledOneWay(t *testing.T) {
	pages, err := files.ReadDir("templates")
	require.NoError(t, err)
	other := regexp.MustCompile(`(?i)penandatangan\b|tandatangan elektronik|tanda-tangan|e-?sign\b|digital signature|dokumen dinas`)
	for _, page := range pages {
		text, err := files.ReadFile("templates/" + page.Name())
		require.NoError(t, err)
		assert.NotRegexp(t, other, string(text), page.Name())
	}
	var all strings.Builder
	for _, page := range pages {
		text, err := files.ReadFile("templates/" + page.Name())
		require.NoError(t, err)
		all.Write(text)
	}
	for key := range glossary() {
		assert.True(t, strings.Contains(all.String(), `{{term "`+key+`"}}`), "no page uses the term %q", key)
	}
	_, err = term("cap basah")
	assert.Error(t, err)
	for _, s := range []letterState{stateDraft, stateSigning, stateDone, stateReturned} {
		assert.NotEmpty(t, s.Text())
	}
	for _, s := range []itemState{itemWaiting, itemSigning, itemSigned, itemFailed, itemUntried, itemUnknown} {
		assert.NotEmpty(t, s.Text())
	}
}
