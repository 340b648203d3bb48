package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
)

// running starts the program and returns what it printed, once it is ready.
func running(t *testing.T, args ...string) (printed string, log *lockedBuffer) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	log = &lockedBuffer{}
	go func() {
		err := run(ctx, append([]string{"-listen", "127.0.0.1:0", "-verbose"}, args...), strings.NewReader(""), writer, log)
		writer.CloseWithError(io.EOF)
		ended <- err
	}()
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, <-ended)
	})
	var out strings.Builder
	one := make([]byte, 1)
	for !strings.HasSuffix(out.String(), "\nready\n") {
		_, err := reader.Read(one)
		require.NoError(t, err, "%s%s", out.String(), log.String())
		out.Write(one)
	}
	return out.String(), log
}

func TestRunWithoutConfiguration(t *testing.T) {
	printed, _ := running(t)
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(printed)
	require.NotEmpty(t, address)
	for _, m := range madeUpPeople() {
		assert.Regexp(t, m.username+` +`+m.password+` +`+regexp.QuoteMeta(m.passphrase), printed)
	}
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	v := &visitor{t: t, base: address, client: &http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}}}
	page := v.post("/masuk", url.Values{"pengguna": {"budi"}, "sandi": {passwordOf("budi")}})
	assert.Contains(t, page.body, "Menunggu Anda (6)", "letters to try it with")
	assert.Contains(t, page.body, "BSrE tiruan")
}

// pair writes a certificate for loopback and its key.
func pair(t *testing.T, dir string) (certificate, key string, pool *x509.CertPool) {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, secret.Public(), secret)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(secret)
	require.NoError(t, err)
	pool = x509.NewCertPool()
	parsed, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool.AddCert(parsed)
	return write(t, dir, "tls.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		write(t, dir, "tls.key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})), pool
}

func write(t *testing.T, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

// boxArguments are the flags for a box that a fake plays, with Budi in the file of
// people.
func boxArguments(t *testing.T, dir string) []string {
	t.Helper()
	fake := mockbsre.New(t)
	m := person("budi")
	_, err := fake.Seed(t.Context(), m.person, certificate.StatusIssue, passphrase.FromString(m.passphrase))
	require.NoError(t, err)
	hash, err := fastHasher(t).Hash(t.Context(), passphrase.FromString(m.password))
	require.NoError(t, err)
	people, err := json.Marshal(map[string]any{"agency": "Pemerintah Kota Contoh", "people": []personEntry{{
		Username: "budi", PasswordHash: hash, Name: m.person.Name, NIK: m.person.NIK, Number: m.person.EmployeeNumber,
		Position: m.position, Rank: m.rank, Grade: m.grade,
	}}})
	require.NoError(t, err)
	username, password := fake.Credential()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "karantina"), 0o700))
	return []string{
		"-esign-url", fake.URL(), "-esign-http", "-esign-user", username,
		"-esign-password-file", write(t, dir, "sandi.txt", append(password.Reveal(), '\n')),
		"-roots", write(t, dir, "induk.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: fake.Root().Raw})),
		"-people", write(t, dir, "pejabat.json", people), "-quarantine", filepath.Join(dir, "karantina"),
	}
}

// TestRunOnABox signs through a box that is reached by configuration alone, with
// letters and attempts in PostgreSQL.
func TestRunOnABox(t *testing.T) {
	dir := t.TempDir()
	certificate, key, pool := pair(t, dir)
	database := server.Database(t)
	args := append(boxArguments(t, dir), "-tls-cert", certificate, "-tls-key", key, "-postgres", database.DSN(),
		"-ledger-key-file", write(t, dir, "kunci.txt", []byte("enam-belas-byte-atau-lebih\n")),
		"-public-url", "https://eoffice.kotacontoh.example")
	printed, log := running(t, args...)
	address := "https://" + regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(printed)
	assert.NotContains(t, printed, passphraseOf("budi"))

	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	v := &visitor{t: t, base: address, client: &http.Client{
		Jar: jar, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true},
	}}
	v.post("/masuk", url.Values{"pengguna": {"budi"}, "sandi": {passwordOf("budi")}})
	assert.NotContains(t, v.get("/surat/baru").body, "contoh surat", "no test letters under real certificates")
	id := v.draft("1/DAD/2026", sampleBytes(t, "surat-tugas"), "")
	require.Equal(t, "/surat/"+id, v.send("/surat/"+id+"/siapkan", plan("budi:tte:^")).at)
	sum := regexp.MustCompile(`name="sidik" value="([0-9a-f]{64})"`).FindStringSubmatch(v.get("/surat/" + id + "/tandatangan").body)
	require.NotNil(t, sum)
	page := v.send("/surat/"+id+"/tandatangan", url.Values{"sidik": {sum[1]}, "setuju": {"ya"}, "passphrase": {passphraseOf("budi")}})
	stream := v.get(page.at + "/peristiwa")
	assert.Contains(t, stream.body, `"ended":true`)
	assert.Contains(t, v.get(page.at).body, "1 dari 1 naskah ditandatangani", log.String())

	var attempts int
	require.NoError(t, database.QueryRow(`SELECT count(*) FROM sertel.signature WHERE NOT unsettled`).Scan(&attempts))
	assert.Equal(t, 1, attempts, "the ledger is in the database")
}

func TestCommandLinesThatAreRefused(t *testing.T) {
	dir := t.TempDir()
	box := boxArguments(t, dir)
	public := []string{"-public-url", "https://eoffice.kotacontoh.example"}
	replaced := func(flag, value string) []string {
		out := append(append([]string{}, box...), public...)
		for i := range out {
			if out[i] == flag {
				out[i+1] = value
			}
		}
		return out
	}
	for name, args := range map[string][]string{
		"an argument":                     {"x"},
		"an unknown flag":                 {"-esign-password", "x"},
		"no port":                         {"-listen", "127.0.0.1"},
		"a key without certificate":       {"-tls-key", "x"},
		"people for the fake":             {"-people", "x"},
		"a box without the rest":          {"-esign-url", "https://esign.contoh.example"},
		"a public address with a path":    {"-public-url", "https://x.example/y"},
		"a box without TLS for people":    append(append([]string{"-listen", "0.0.0.0:0"}, box...), public...),
		"a box that people reach by http": append(append([]string{}, box...), "-public-url", "http://eoffice.kotacontoh.example"),
		"no ledger key":                   append(replaced("", ""), "-postgres", "postgres://x"),
		"no password file":                replaced("-esign-password-file", filepath.Join(dir, "tidak-ada")),
		"an empty password":               replaced("-esign-password-file", write(t, dir, "kosong.txt", []byte("\n"))),
		"roots without certificate":       replaced("-roots", write(t, dir, "kosong.pem", []byte("x"))),
		"no people":                       replaced("-people", write(t, dir, "kosong.json", []byte(`{"agency":"x","people":[]}`))),
		"no quarantine":                   replaced("-quarantine", filepath.Join(dir, "tidak-ada")),
		"no such version of the API":      append(replaced("", ""), "-esign-api", "v3"),
		"no database":                     {"-postgres", "postgres://127.0.0.1:1/x?connect_timeout=1"},
	} {
		t.Run(name, func(t *testing.T) {
			args := args
			if name != "a box without TLS for people" && name != "no port" {
				args = append([]string{"-listen", "127.0.0.1:0"}, args...)
			}
			var out bytes.Buffer
			assert.Error(t, run(t.Context(), args, strings.NewReader(""), &out, &out))
		})
	}
}

func TestPasswordsAreHashed(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-hash-password"}, strings.NewReader("Kopi-Pagi-72\r\n"), &out, io.Discard))
	_, err := fastHasher(t).Verify(t.Context(), strings.TrimSpace(out.String()), passphrase.FromString("Kopi-Pagi-72"))
	require.NoError(t, err)
	assert.Error(t, run(t.Context(), []string{"-hash-password"}, strings.NewReader("\n"), &out, io.Discard), "an empty one")
}

func TestPeopleFilesThatAreRefused(t *testing.T) {
	dir := t.TempDir()
	fine, err := os.ReadFile("people.example.json")
	require.NoError(t, err)
	d, err := readDirectory(write(t, dir, "fine.json", fine), fastHasher(t))
	require.NoError(t, err)
	assert.Equal(t, "Dr. Budi Contoh, S.Kom., M.Si.", d.find("budi").Name())
	entry := regexp.MustCompile(`(?s)\{\s+"username".*?\}`).FindString(string(fine))
	for name, change := range map[string][2]string{
		"not JSON":          {`"people"`, `people`},
		"unknown field":     {`"grade"`, `"grades"`},
		"no agency":         {`"Pemerintah Kota Contoh"`, `""`},
		"blank in username": {`"budi"`, `"bu di"`},
		"bad NIK":           {`3371990203800901`, `33719902038009017777`},
		"bad number":        {`198003022006031901`, `198013022006031901`},
		"no name":           {`"Dr. Budi Contoh, S.Kom., M.Si."`, `""`},
		"no position":       {`"Kepala Dinas Arsip dan Dokumen"`, `""`},
		"unknown office":    {`"office": ""`, `"office": "raja"`},
		"unknown acting":    {`"acting": ""`, `"acting": "Pura-pura"`},
		"a plain password":  {`$argon2id$v=19$m=65536,t=3,p=4$...`, `Kopi-Pagi-72`},
		"somebody twice":    {entry, entry + "," + entry},
	} {
		text := strings.Replace(string(fine), change[0], change[1], 1)
		require.NotEqual(t, string(fine), text, name)
		_, err := readDirectory(write(t, dir, "people.json", []byte(text)), fastHasher(t))
		require.Error(t, err, name)
		assert.NotContains(t, err.Error(), "33719902038009017777", name)
		assert.NotContains(t, err.Error(), "Kopi-Pagi-72", name)
	}
}

func TestAddressesCanBeOpened(t *testing.T) {
	for listened, want := range map[string]string{
		"0.0.0.0:8090": "http://127.0.0.1:8090", "[::]:8090": "http://127.0.0.1:8090",
		"127.0.0.1:8090": "http://127.0.0.1:8090", "192.0.2.7:80": "http://192.0.2.7:80",
	} {
		address, err := net.ResolveTCPAddr("tcp", listened)
		require.NoError(t, err)
		assert.Equal(t, want, (&config{}).address(address))
	}
}
