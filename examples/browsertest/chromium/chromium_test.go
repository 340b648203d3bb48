package chromium_test

import (
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/examples/browsertest/chromium"
)

const page = `<!doctype html><html lang="id"><title>Uji</title><form action="/kirim" method="post">
<label for="nama">Nama</label> <input id="nama" name="nama" value="lama">
<input type="checkbox" id="setuju" name="setuju"> <button id="kirim">Kirim</button></form>`

func TestDrives(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; form-action 'self'")
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusTeapot)
			fmt.Fprintf(w, "<!doctype html><p id=isi>%s,\n %s</p><div style='width:2000px'>", r.FormValue("nama"), r.FormValue("setuju"))
			return
		}
		fmt.Fprint(w, page)
	}))
	defer server.Close()
	browser := chromium.Start(t)

	tab := browser.Tab(t, chromium.Phone)
	require.Equal(t, http.StatusOK, tab.Open(server.URL))
	tab.Narrow()
	tab.Fill("#nama", "Budi Contoh")
	tab.Tick("#setuju")
	assert.Equal(t, http.StatusTeapot, tab.Click("#kirim"))
	assert.Equal(t, "Budi Contoh, on", tab.Text("#isi"))
	assert.Equal(t, server.URL+"/kirim", tab.Address())
	assert.True(t, tab.Has("#isi"))
	assert.False(t, tab.Has("#nama"))

	keys := browser.Tab(t, chromium.Phone)
	keys.Open(server.URL)
	keys.TabTo("#nama")
	keys.FocusSeen()
	keys.Type(" Ratna")
	keys.TabTo("#setuju")
	keys.Space()
	keys.TabTo("#kirim")
	assert.Equal(t, http.StatusTeapot, keys.Enter())
	assert.Contains(t, keys.Text("#isi"), "Ratna, on")

	file, err := os.Open(tab.Screenshot("chromium"))
	require.NoError(t, err)
	defer file.Close()
	_, err = png.Decode(file)
	assert.NoError(t, err)
}
