// Package eoffice_test walks the e-office as people use it: in Chromium, on a
// phone, by keyboard alone, and without scripts. With -update it makes the
// pictures of examples/eoffice/pictures anew.
package eoffice_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/examples/browsertest/chromium"
)

// office is the running program, as a newcomer starts it: without configuration.
type office struct {
	address string
	people  map[string]account
}

// account is what the program prints about a person.
type account struct{ password, passphrase string }

// start builds and runs the program until the test ends, and reads what it prints.
func start(t *testing.T) *office {
	t.Helper()
	program := filepath.Join(t.TempDir(), "eoffice")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./examples/eoffice")
	build.Dir = filepath.Join("..", "..", "..")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)

	run := exec.Command(program, "-listen", "127.0.0.1:0", "-verbose")
	var log bytes.Buffer
	run.Stderr = &log
	stdout, err := run.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, run.Start())
	t.Cleanup(func() {
		_ = run.Process.Signal(os.Interrupt)
		if err := run.Wait(); err != nil || t.Failed() {
			t.Logf("eoffice: %v\n%s", err, log.String())
		}
	})
	o := &office{people: map[string]account{}}
	line := regexp.MustCompile(`^  (\w+) +(\S+-\S+) +(\S+) +\S`)
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && lines.Text() != "ready" {
		text := lines.Text()
		if m := line.FindStringSubmatch(text); m != nil {
			o.people[m[1]] = account{m[2], m[3]}
		}
		if at := strings.TrimSpace(text); strings.HasPrefix(at, "http://127.0.0.1:") {
			o.address = at
		}
	}
	require.NotEmpty(t, o.address, "%s", log.String())
	require.Contains(t, o.people, "budi")
	return o
}

// login logs somebody in.
func (o *office) login(t *testing.T, tab *chromium.Tab, username string) {
	t.Helper()
	tab.Open(o.address + "/")
	tab.Fill("#pengguna", username)
	tab.Fill("#sandi", o.people[username].password)
	require.Equal(t, http.StatusOK, tab.Click("main button"))
	require.Equal(t, o.address+"/", tab.Address())
}

// ended waits until the progress page says that the job has ended.
func ended(tab *chromium.Tab) {
	tab.Run(chromedp.WaitReady(chromedp.CSS(`[data-selesai="ya"]`)))
}

// see makes sure that the page fits the window and keeps a picture of it.
func see(tab *chromium.Tab, picture string) {
	tab.Narrow()
	tab.Screenshot("eoffice-" + picture)
}

// choose picks from a list.
func choose(tab *chromium.Tab, selector, value string) {
	tab.Run(chromedp.SetValue(chromedp.CSS(selector), value))
}

// fetch gets a file of the e-office without a session.
func fetch(t *testing.T, address string) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)
	data, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return data
}

// TestEoffice is one day in the office; its parts build on each other.
func TestEoffice(t *testing.T) {
	browser := chromium.Start(t)
	o := start(t)
	var public string // the page behind the QR code
	t.Run("a letter of two signers on a phone", func(t *testing.T) { public = letterOfTwo(t, browser, o) })
	require.NotEmpty(t, public)
	t.Run("the page behind the QR code", func(t *testing.T) { verification(t, browser, public) })
	t.Run("several at once", func(t *testing.T) { batch(t, browser, o) })
	t.Run("without scripts", func(t *testing.T) { withoutScripts(t, browser, o) })
	t.Run("by keyboard alone", func(t *testing.T) { byKeyboard(t, browser, o) })
	t.Run("what is refused", func(t *testing.T) { refused(t, browser, o) })
}

// letterOfTwo uploads a letter, prepares it, has both sign, and returns the
// address of its verification page.
func letterOfTwo(t *testing.T, browser *chromium.Browser, o *office) string {
	agus := browser.Tab(t, chromium.Phone)
	agus.Open(o.address + "/")
	see(agus, "01-masuk")
	o.login(t, agus, "agus")
	see(agus, "02-beranda")
	agus.Open(o.address + "/surat/baru")
	see(agus, "03-unggah")
	agus.Fill("#nomor", "000.5.6/99/DAD/2026")
	agus.Fill("#hal", "Berita Acara Serah Terima Arsip")
	choose(agus, "#jenis", "5")
	agus.Upload("#berkas", sampleFile(t))
	require.Equal(t, http.StatusOK, agus.Click("form.card button"))
	assert.Contains(t, agus.Text("main ul"), "^ di halaman 1 ~ di halaman 1", "the tags were found")
	choose(agus, "#pejabat0", "budi")
	choose(agus, "#pejabat1", "ratna")
	see(agus, "04-siapkan")
	require.Equal(t, http.StatusOK, agus.Click("form.card button"))
	see(agus, "05-naskah")
	letter := agus.Address()

	for _, username := range []string{"budi", "ratna"} {
		tab := browser.Tab(t, chromium.Phone)
		o.login(t, tab, username)
		tab.Click("a[href='" + strings.TrimPrefix(letter, o.address) + "']")
		tab.Click("a.button[href$=tandatangan]")
		assert.True(t, tab.Is("document.querySelector('img.block').naturalWidth > 300"), "the block is drawn")
		see(tab, "06-tandatangan-"+username)
		tab.Tick("#setuju")
		tab.Fill("#passphrase", o.people[username].passphrase)
		require.Equal(t, http.StatusOK, tab.Click("form.card button"))
		ended(tab)
		see(tab, "07-antrean-"+username)
		assert.Contains(t, tab.Text("main"), "1 dari 1 naskah ditandatangani")
	}
	agus.Open(letter)
	assert.Contains(t, agus.Text("main"), "Selesai")
	see(agus, "07-selesai")
	require.Equal(t, http.StatusOK, agus.Click("a[href^='/v/']"))
	return agus.Address()
}

// sampleFile is where a letter with two tags lies.
func sampleFile(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "eoffice", "sample", "berita-acara.pdf"))
	require.NoError(t, err)
	return path
}

// verification is what somebody outside sees and does.
func verification(t *testing.T, browser *chromium.Browser, public string) {
	tab := browser.Tab(t, chromium.Phone)
	require.Equal(t, http.StatusOK, tab.Open(public))
	assert.Equal(t, "Valid", tab.Text(".verdict"))
	for _, want := range []string{"000.5.6/99/DAD/2026", "Dr. Budi Contoh, S.Kom., M.Si.", "Ratna Rekaan, S.E.", "Pemerintah Kota Contoh", "WIB"} {
		assert.Contains(t, tab.Text("main"), want)
	}
	shown(t, tab)
	see(tab, "08-verifikasi")

	signed := fetch(t, public+"/pdf")
	check := func(data []byte) string {
		path := filepath.Join(t.TempDir(), "salinan.pdf")
		require.NoError(t, os.WriteFile(path, data, 0o600))
		tab.Upload("#berkas", path)
		require.Equal(t, http.StatusOK, tab.Click("form.card button"))
		return tab.Text("[role=alert] .verdict")
	}
	assert.Equal(t, "Sama persis", check(signed))
	see(tab, "09-salinan")
	signed[len(signed)/3] ^= 1
	assert.Equal(t, "Tidak valid", check(signed))
	see(tab, "10-salinan-diubah")
	if *update {
		makePictures(t, browser, public)
	}
}

// shown waits until the browser's own viewer shows the PDF of the page: paper
// instead of its dark background. It paints only what is in the window.
func shown(t *testing.T, tab *chromium.Tab) {
	t.Helper()
	require.True(t, tab.Is("(document.querySelector('iframe.viewer').scrollIntoView(), true)"))
	deadline := time.Now().Add(2 * time.Minute)
	for !paper(viewer(t, tab)) {
		require.True(t, time.Now().Before(deadline), "the viewer shows no paper")
	}
}

// viewer is a picture of the frame with the PDF.
func viewer(t *testing.T, tab *chromium.Tab) image.Image {
	t.Helper()
	var shot []byte
	tab.Run(func(ctx context.Context, target *chromedp.Target) (none chromedp.Void, err error) {
		shot, err = chromedp.Screenshot(chromedp.CSS("iframe.viewer"))(ctx, target)
		return none, err
	})
	picture, err := png.Decode(bytes.NewReader(shot))
	require.NoError(t, err)
	return picture
}

// paper reports whether a good part of a picture is white.
func paper(picture image.Image) bool {
	white, all := 0, 0
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y += 4 {
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x += 4 {
			all++
			if r, g, b, _ := picture.At(x, y).RGBA(); min(r, g, b) == 0xffff {
				white++
			}
		}
	}
	return white > all/4
}

// batch signs several letters with one passphrase and watches the progress.
func batch(t *testing.T, browser *chromium.Browser, o *office) {
	tab := browser.Tab(t, chromium.Phone)
	o.login(t, tab, "budi")
	tab.Open(o.address + "/massal")
	for n := 1; n <= 3; n++ {
		tab.Tick(fmt.Sprintf("ul.letters li:nth-child(%d) input", n))
	}
	tab.Tick("#setuju")
	tab.Fill("#passphrase", o.people["budi"].passphrase)
	see(tab, "11-massal")
	require.Equal(t, http.StatusOK, tab.Click("form .card button"))
	ended(tab)
	assert.Equal(t, "3 dari 3 naskah ditandatangani", tab.Text(".verdict"))
	see(tab, "12-massal-selesai")
}

// withoutScripts is the same where no script runs: the page loads itself again.
func withoutScripts(t *testing.T, browser *chromium.Browser, o *office) {
	tab := browser.Tab(t, chromium.Desk)
	tab.Run(func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return chromedp.Void{}, err
	})
	o.login(t, tab, "budi")
	tab.Open(o.address + "/massal")
	tab.Tick("ul.letters li:nth-child(1) input")
	tab.Tick("#setuju")
	tab.Fill("#passphrase", o.people["budi"].passphrase)
	tab.Click("form .card button")
	ended(tab)
	assert.Equal(t, "1 dari 1 naskah ditandatangani", tab.Text(".verdict"))
}

// byKeyboard logs in and signs a letter without a mouse.
func byKeyboard(t *testing.T, browser *chromium.Browser, o *office) {
	tab := browser.Tab(t, chromium.Phone)
	tab.Open(o.address + "/masuk")
	require.True(t, tab.Is("document.activeElement.id === 'pengguna'"), "the first field has the focus")
	tab.FocusSeen()
	tab.Type("budi")
	tab.TabTo("#sandi")
	tab.Type(o.people["budi"].password)
	require.Equal(t, http.StatusOK, tab.Enter())
	tab.TabTo("ul.letters a.title")
	tab.FocusSeen()
	require.Equal(t, http.StatusOK, tab.Enter())
	tab.TabTo("a.button[href$=tandatangan]")
	tab.FocusSeen()
	require.Equal(t, http.StatusOK, tab.Enter())
	// The viewer has keys of its own; the reader goes past it.
	tab.Run(chromedp.Focus(chromedp.CSS("a[target=_blank]")))
	tab.TabTo("#setuju")
	tab.FocusSeen()
	tab.Space()
	tab.TabTo("#passphrase")
	tab.Type(o.people["budi"].passphrase)
	require.Equal(t, http.StatusOK, tab.Enter())
	ended(tab)
	assert.Equal(t, "1 dari 1 naskah ditandatangani", tab.Text(".verdict"))
}

// refused are the pages that people meet when something is wrong.
func refused(t *testing.T, browser *chromium.Browser, o *office) {
	tab := browser.Tab(t, chromium.Phone)
	o.login(t, tab, "budi")
	tab.Open(o.address + "/massal")
	tab.Tick("ul.letters li:nth-child(1) input")
	tab.Tick("#setuju")
	tab.Fill("#passphrase", "Salah-Sama-Sekali-1")
	tab.Click("form .card button")
	ended(tab)
	assert.Contains(t, tab.Text("[role=alert]"), "Yang dapat membantu")
	see(tab, "13-passphrase-salah")
	require.Equal(t, http.StatusNotFound, tab.Open(o.address+"/surat/tidak-ada"))
	see(tab, "14-tidak-ada")
}
