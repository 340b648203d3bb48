package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/verify"
)

// Differences of the clocks. A signing time that is minutes off the time-stamp
// makes verifiers doubt; a live server was seen almost six minutes off.
const (
	clockWarning = 10 * time.Second
	clockFailure = 5 * time.Minute
)

// checker carries the checks out, one after another.
type checker struct {
	printer
	cfg     config
	address *url.URL
	clients map[esign.Version]*esign.Client
	byTag   *esign.Client // of version 2, with the other name of its tag field
	roots   []verify.Root
	active  bool // the official may sign
}

func newChecker(cfg config, stdout io.Writer) (*checker, error) {
	c := &checker{printer: printer{stdout, map[verdict]int{}}, cfg: cfg, clients: map[esign.Version]*esign.Client{}}
	password, err := firstLine(cfg.passwordFile)
	if err != nil {
		return nil, err
	}
	defer password.Destroy()
	if cfg.roots != "" {
		certificates, err := readPEM(cfg.roots)
		if err != nil {
			return nil, err
		}
		c.roots = verify.Trust(certificates...)
	}
	var trust *tls.Config
	if cfg.ca != "" {
		certificates, err := readPEM(cfg.ca)
		if err != nil {
			return nil, err
		}
		pool := x509.NewCertPool()
		for _, certificate := range certificates {
			pool.AddCert(certificate)
		}
		trust = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	settings := esign.Config{
		BaseURL: cfg.url, InsecurePlainHTTP: cfg.plain, Username: cfg.user, Password: passphrase.New(password.Reveal()),
		TLS: trust, ReadRetries: -1, Roots: c.roots,
	}
	for _, settings.Version = range cfg.versions {
		if c.clients[settings.Version], err = esign.New(settings); err != nil {
			return nil, err
		}
	}
	settings.Version, settings.Profile.V2TagKey = esign.V2, otherTagKey
	if c.byTag, err = esign.New(settings); err != nil {
		return nil, err
	}
	c.address, err = url.Parse(cfg.url)
	return c, err
}

func (c *checker) close() {
	for _, client := range c.clients {
		client.CloseIdleConnections()
	}
	c.byTag.CloseIdleConnections()
}

// checkAll goes from the network up and stops where going on tells nothing.
func (c *checker) checkAll(ctx context.Context) {
	c.text("Pemeriksaan Esign Client di %s://%s", c.address.Scheme, c.address.Host)
	c.text("")
	if !c.name(ctx) || !c.port(ctx) {
		return
	}
	for _, version := range c.cfg.versions {
		if !c.credential(ctx, version) {
			return
		}
	}
	for _, version := range c.cfg.versions {
		c.verify(ctx, version)
	}
	if !c.cfg.sign {
		c.line(skipped, "Tanda tangan", "tidak diuji; gunakan -sign -confirm dengan persetujuan pejabat")
		return
	}
	c.signPage(ctx)
}

func (c *checker) name(ctx context.Context) bool {
	host := c.address.Hostname()
	if net.ParseIP(host) != nil {
		c.line(passed, "Nama", "alamat IP %s dipakai langsung", host)
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	found, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		c.line(failed, "Nama", "%s tidak ditemukan di DNS; periksa ejaan dan server DNS", host)
		return false
	}
	c.line(passed, "Nama", "%s adalah %s", host, strings.Join(found, ", "))
	return true
}

func (c *checker) port(ctx context.Context) bool {
	port := c.address.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[c.address.Scheme]
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	begun := time.Now()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(c.address.Hostname(), port))
	if err != nil {
		c.line(failed, "Port", "%s tidak dapat dihubungi; periksa firewall dan apakah layanan berjalan", port)
		return false
	}
	_ = conn.Close()
	c.line(passed, "Port", "%s terbuka (%d ms)", port, time.Since(begun).Milliseconds())
	if c.address.Scheme == "http" {
		c.line(warned, "Enkripsi", "http: dokumen dan passphrase dapat terbaca di jaringan; pasang TLS di port 443")
	}
	return true
}

// credential asks for the official's status, which tells of the application's
// credential, of the clock and of the official.
func (c *checker) credential(ctx context.Context, version esign.Version) bool {
	begun := time.Now()
	answer, err := c.clients[version].Status(ctx, c.cfg.id)
	took := time.Since(begun)
	title := "Kredensial " + version.String()
	switch {
	case errors.Is(err, esign.CodeTLS):
		c.line(failed, "Enkripsi", "%s", explain(err))
		return false
	case errors.Is(err, esign.CodeApplication):
		c.line(failed, title, "401: %s", explain(err))
		return false
	case errors.Is(err, esign.CodeSignerUnknown), errors.Is(err, esign.CodeNoCertificate), errors.Is(err, esign.CodeRefused):
		// Only who is let in is told about people.
		c.line(passed, title, "diterima (%d ms)", took.Milliseconds())
		c.line(failed, "Status", "%s", explain(err))
		return true
	case err != nil:
		c.line(failed, title, "%s", explain(err))
		return false
	}
	c.line(passed, title, "200: diterima (%d ms)", took.Milliseconds())
	c.clock(answer.ServerTime, begun.Add(took/2))
	c.status(answer)
	return true
}

func (c *checker) clock(server, here time.Time) {
	if server.IsZero() {
		c.line(warned, "Jam", "server tidak menyebut waktunya")
		return
	}
	// The header has whole seconds, cut.
	skew := server.Add(500 * time.Millisecond).Sub(here)
	v, advice := passed, ""
	switch {
	case skew.Abs() >= clockFailure:
		v, advice = failed, "; perbaiki NTP, waktu tanda tangan akan salah"
	case skew.Abs() >= clockWarning:
		v, advice = warned, "; periksa NTP di kedua komputer"
	}
	c.line(v, "Jam", "selisih dengan komputer ini %+.0f detik%s", skew.Seconds(), advice)
}

func (c *checker) status(answer esign.StatusAnswer) {
	v := warned
	if answer.Status == certificate.StatusIssue {
		v, c.active = passed, true
	} else if c.cfg.sign {
		v = failed
	}
	c.line(v, "Status", "%s (kode %d): %s", answer.Word, answer.Code, answer.Status.Text("id"))
}

// verify has the box judge a page that nobody signed.
func (c *checker) verify(ctx context.Context, version esign.Version) {
	page := testPage(time.Now())
	title := "Verifikasi " + version.String()
	answer, err := c.clients[version].Verify(ctx, bytes.NewReader(page), int64(len(page)), passphrase.Secret{})
	switch {
	case err != nil:
		c.line(failed, title, "%s", explain(err))
	case answer.Conclusion != esign.ConclusionNoSignature:
		c.line(failed, title, "halaman tanpa tanda tangan dinilai %q", answer.Word)
	default:
		c.line(passed, title, "halaman tanpa tanda tangan dinilai %s", answer.Conclusion)
	}
}

// explain says an error to people, with what the help desk asks for.
func explain(err error) string {
	var e *esign.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	text := fmt.Sprintf("%s (%s", e.Text(passphrase.Indonesian), e.Code)
	if e.HTTPStatus != 0 {
		text += fmt.Sprintf(", HTTP %d", e.HTTPStatus)
	}
	if e.ServerCode != 0 {
		text += fmt.Sprintf(", kode %d", e.ServerCode)
	}
	text += ")"
	if e.ServerText != "" {
		text += fmt.Sprintf(" Server: %q.", e.ServerText)
	}
	return text + " Yang dapat membantu: " + e.Helper.Text(passphrase.Indonesian) + "."
}

// summary ends the output.
func (c *checker) summary() int {
	c.text("")
	c.text("%d lulus, %d peringatan, %d gagal", c.count[passed], c.count[warned], c.count[failed])
	if c.count[failed] > 0 {
		return exitFailed
	}
	return exitPassed
}

// firstLine reads a secret from a file.
func firstLine(path string) (passphrase.Secret, error) {
	f, err := os.Open(path)
	if err != nil {
		return passphrase.Secret{}, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil {
		return passphrase.Secret{}, err
	}
	defer clear(content)
	line, _, _ := bytes.Cut(content, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if len(line) == 0 {
		return passphrase.Secret{}, fmt.Errorf("%s: baris pertama kosong", path)
	}
	return passphrase.New(line), nil
}
