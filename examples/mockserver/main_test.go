package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/sertel-id/sertel/mockbsre"
)

// started runs the program until the test ends and returns what it printed.
func started(t *testing.T, cfg config) (output func() string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, cfg, writer)
		writer.CloseWithError(io.EOF)
		ended <- err
	}()
	ready, copied := make(chan struct{}), make(chan struct{})
	var all bytes.Buffer
	lock := make(chan struct{}, 1)
	text := func() string {
		lock <- struct{}{}
		defer func() { <-lock }()
		return all.String()
	}
	go func() {
		defer close(copied)
		chunk := make([]byte, 4096)
		for told := false; ; {
			n, err := reader.Read(chunk)
			lock <- struct{}{}
			all.Write(chunk[:n])
			whole := strings.Contains(all.String(), "\nready\n")
			<-lock
			if (whole || err != nil) && !told {
				close(ready)
				told = true
			}
			if err != nil {
				return
			}
		}
	}()
	<-ready
	return text, func() error {
		cancel()
		err := <-ended
		<-copied
		return err
	}
}

func TestServes(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	root := filepath.Join(t.TempDir(), "root.pem")
	output, stop := started(t, config{host: "127.0.0.1", people: 1, seed: 7, level: "B-LT", root: root})
	find := func(pattern string) string {
		m := regexp.MustCompile(pattern).FindStringSubmatch(output())
		require.NotNil(t, m, "%s in %s", pattern, output())
		return m[1]
	}
	address, username, password := find(`address +(\S+)`), find(`username +(\S+)`), find(`password +(\S+)`)
	nik, mail := find(`ISSUE +(\d{16})`), find(`(\S+@\S+)`)
	assert.True(t, strings.HasPrefix(address, "http://127.0.0.1:"))

	post := func(path, body string) (*http.Response, string) {
		r, err := http.NewRequestWithContext(t.Context(), "POST", address+path, strings.NewReader(body))
		require.NoError(t, err)
		r.SetBasicAuth(username, password)
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return answer, string(text)
	}
	answer, text := post("/api/v2/user/check/status", `{"email":"`+mail+`"}`)
	assert.Contains(t, text, `"status":"ISSUE"`)
	at, err := http.ParseTime(answer.Header.Get("Date"))
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now(), at, time.Minute, "its clock goes with the real one")

	_, text = post("/api/v2/sign/get/totp", `{"nik":"`+nik+`","data":1}`)
	assert.Contains(t, text, `"success":true`)
	require.Eventually(t, func() bool {
		return regexp.MustCompile(`one-time code for ` + regexp.QuoteMeta(mail) + `: \d{6}\n`).MatchString(output())
	}, 10*time.Second, time.Millisecond)

	block, _ := pem.Decode(read(t, root))
	require.NotNil(t, block)
	certificate, err := x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
	assert.Contains(t, certificate.Subject.String(), "TIRUAN")
	assert.Equal(t, x509.RSA, certificate.PublicKeyAlgorithm)
	require.NoError(t, stop())
	http.DefaultClient.CloseIdleConnections()
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return data
}

func TestRefuses(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	for name, cfg := range map[string]config{
		"unknown quirk":                {host: "127.0.0.1", people: 1, level: "B-LT", quirks: "x"},
		"no such level":                {host: "127.0.0.1", people: 1, level: "B-B"},
		"port taken":                   {host: "127.0.0.1", people: 1, level: "B-LT", port: port},
		"no people":                    {host: "127.0.0.1", people: 0, level: "B-LT"},
		"admin taken":                  {host: "127.0.0.1", people: 1, level: "B-LT", admin: taken.Addr().String()},
		"an agency without its domain": {host: "127.0.0.1", people: 1, level: "B-LT", agency: "Pemerintah Kabupaten Contoh"},
		"a domain without its agency":  {host: "127.0.0.1", people: 1, level: "B-LT", mailDomain: "contoh.example"},
	} {
		assert.Error(t, run(t.Context(), cfg, io.Discard), name)
	}
}

func TestAdminStaysOnLoopback(t *testing.T) {
	for _, admin := range []string{"0.0.0.0:0", ":0", "[::]:0"} {
		err := run(t.Context(), config{host: "127.0.0.1", people: 1, level: "B-LT", admin: admin}, io.Discard)
		assert.ErrorContains(t, err, "-admin-anywhere", admin)
	}
	output, stop := started(t, config{host: "127.0.0.1", people: 1, level: "B-LT", admin: "0.0.0.0:0", adminAnywhere: true})
	assert.Regexp(t, `admin +http://127\.0\.0\.1:\d+ \(on all addresses\)\n`, output())
	require.NoError(t, stop())
}

func TestAddressesCanBeOpened(t *testing.T) {
	for listened, want := range map[string]string{
		"0.0.0.0:8080": "127.0.0.1:8080 (on all addresses)", "[::]:8080": "127.0.0.1:8080 (on all addresses)",
		"127.0.0.1:8080": "127.0.0.1:8080", "192.0.2.7:80": "192.0.2.7:80", "[2001:db8::7]:80": "[2001:db8::7]:80",
	} {
		address, err := net.ResolveTCPAddr("tcp", listened)
		require.NoError(t, err)
		host, where := reachable(address)
		assert.Equal(t, want, host+where)
	}
}

func TestOwnAgency(t *testing.T) {
	output, stop := started(t, config{host: "127.0.0.1", people: 4, level: "B-LT",
		agency: "Pemerintah Kabupaten Contoh", mailDomain: "contoh.example"})
	assert.Regexp(t, `ISSUE +\d{16} .*@contoh\.example `, output())
	require.NoError(t, stop())
}

func TestQuirksAreListed(t *testing.T) {
	var out bytes.Buffer
	printQuirks(&out)
	for _, q := range mockbsre.AllQuirks() {
		assert.Contains(t, out.String(), string(q))
	}
}

// TestAdmin drives the program as a test in another language does.
func TestAdmin(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	output, stop := started(t, config{host: "127.0.0.1", people: 1, seed: 7, level: "B-LT",
		admin: "127.0.0.1:0", strict: true, hostile: true, faultSeed: 11})
	assert.Contains(t, output(), "hostile   -fault-seed 11\n")
	m := regexp.MustCompile(`admin +(\S+)`).FindStringSubmatch(output())
	require.NotNil(t, m)
	ask := func(method, path, body string) string {
		r, err := http.NewRequestWithContext(t.Context(), method, m[1]+path, strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return string(text)
	}
	assert.Contains(t, ask("GET", "/faults", ""), `"seed":11`)
	assert.Contains(t, ask("GET", "/strict", ""), `"strict":true`)
	var before, after struct{ Now time.Time }
	require.NoError(t, json.Unmarshal([]byte(ask("GET", "/clock", "")), &before))
	assert.WithinDuration(t, time.Now(), before.Now, time.Minute)
	ask("POST", "/clock", `{"advance":"240h"}`)
	require.NoError(t, json.Unmarshal([]byte(ask("GET", "/clock", "")), &after))
	assert.WithinDuration(t, before.Now.Add(240*time.Hour), after.Now, time.Minute, "it goes on from where it was set to")
	require.NoError(t, stop())
	http.DefaultClient.CloseIdleConnections()
}
