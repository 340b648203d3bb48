package mockbsre_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
)

// dialect is how an HTTP library writes a multipart form.
type dialect struct {
	boundary string
	headers  string // of the request
	// text and file are the headers of a part; %[1]s stands for its name,
	// %[2]d for the length of its content.
	text, file string
	end        string // behind the closing delimiter
}

var dialects = map[string]dialect{
	"PHP curl": {
		"------------------------d74496d66958873e", "User-Agent: -\r\nAccept: */*\r\nCookie: JSESSIONID=0A1B2C3D4E5F\r\n",
		"Content-Disposition: form-data; name=\"%[1]s\"\r\n",
		"Content-Disposition: form-data; name=\"%[1]s\"; filename=\"surat dinas.pdf\"\r\nContent-Type: application/pdf\r\n", "\r\n",
	},
	"Guzzle": {
		"5f8a1c9e2b7d4406a3f1e0c9d8b7a6958473", "User-Agent: GuzzleHttp/7\r\n",
		"Content-Disposition: form-data; name=\"%[1]s\"\r\nContent-Length: %[2]d\r\n",
		"Content-Disposition: form-data; name=\"%[1]s\"; filename=\"surat.pdf\"\r\nContent-Length: %[2]d\r\nContent-Type: application/pdf\r\n", "\r\n",
	},
	"Node form-data": {
		"--------------------------015967853216549873214569", "Accept: application/json, text/plain, */*\r\nUser-Agent: axios/1.7.2\r\n",
		"Content-Disposition: form-data; name=\"%[1]s\"\r\n",
		"Content-Disposition: form-data; name=\"%[1]s\"; filename=\"surat.pdf\"\r\nContent-Type: application/pdf\r\n", "\r\n",
	},
	"Node fetch": {
		"----formdata-undici-078213645901", "accept: */*\r\naccept-language: *\r\nsec-fetch-mode: cors\r\nuser-agent: node\r\n",
		"Content-Disposition: form-data; name=\"%[1]s\"\r\n",
		"Content-Disposition: form-data; name=\"%[1]s\"; filename=\"surat.pdf\"\r\nContent-Type: application/pdf\r\n", "\r\n",
	},
	"Python requests, no types": {
		"0b1c2d3e4f5061728394a5b6c7d8e9f0", "User-Agent: python-requests/2.32\r\n",
		"Content-Disposition: form-data; name=\"%[1]s\"\r\n",
		"Content-Disposition: form-data; name=\"%[1]s\"; filename=\"surat.pdf\"\r\n", "\r\n",
	},
	"Java, typed text parts": {
		"3b6d1a52-7c8e-4f90-a1b2-c3d4e5f60718", "User-Agent: okhttp/4.12.0\r\n",
		"Content-Disposition: form-data; name=\"%[1]s\"\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n",
		"Content-Disposition: form-data; name=\"%[1]s\"; filename=\"surat.pdf\"\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n", "",
	},
	"file without a name": {
		"x", "", "Content-Disposition: form-data; name=%[1]s\r\n", "Content-Disposition: form-data; name=%[1]s\r\n", "\r\n",
	},
}

// compose writes the form.
func (d dialect) compose(parts ...part) []byte {
	var b bytes.Buffer
	for _, p := range parts {
		headers, content := d.text, []byte(p.value)
		if p.data != nil {
			headers, content = d.file, p.data
		}
		headers = strings.ReplaceAll(headers, "%[1]s", p.name)
		headers = strings.ReplaceAll(headers, "%[2]d", itoa(len(content)))
		b.WriteString("--" + d.boundary + "\r\n" + headers + "\r\n")
		b.Write(content)
		b.WriteString("\r\n")
	}
	b.WriteString("--" + d.boundary + "--" + d.end)
	return b.Bytes()
}

// raw sends bytes to the service and reads one answer.
func (b *box) raw(head string, body []byte) response {
	b.t.Helper()
	address, err := url.Parse(b.URL())
	require.NoError(b.t, err)
	conn, err := net.Dial("tcp", address.Host)
	require.NoError(b.t, err)
	defer conn.Close()
	require.NoError(b.t, conn.SetDeadline(time.Now().Add(30*time.Second)))
	basic := base64.StdEncoding.EncodeToString([]byte(mockbsre.DefaultUsername + ":" + mockbsre.DefaultPassword))
	_, err = fmt.Fprintf(conn, "%sHost: esign.kotacontoh.example\r\nAuthorization: Basic %s\r\nContent-Length: %d\r\n\r\n", head, basic, len(body))
	require.NoError(b.t, err)
	_, err = conn.Write(body)
	require.NoError(b.t, err)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(b.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(b.t, err)
	return response{b.t, answer.StatusCode, answer.Header, text}
}

// TestFormsAsLibrariesWriteThem sends, byte for byte, what the HTTP libraries of
// public clients make of the calls of version 1.
func TestFormsAsLibrariesWriteThem(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	for name, d := range dialects {
		t.Run(name, func(t *testing.T) {
			head := func(path string) string {
				return "POST " + path + " HTTP/1.1\r\n" + d.headers + "Content-Type: multipart/form-data; boundary=" + d.boundary + "\r\n"
			}
			for form, more := range map[string][]part{
				"invisible, with empty parts": {{name: "tampilan", value: "invisible"}, {name: "linkQR"}, {name: "width"}, {name: "height"}},
				"picture": {{name: "tampilan", value: "visible"}, {name: "image", value: "true"}, {name: "imageTTD", data: square(t, 30)},
					{name: "page", value: "1"}, {name: "xAxis", value: "100.5"}, {name: "yAxis", value: "120.25"},
					{name: "width", value: "180.5"}, {name: "height", value: "200.25"}, {name: "reason", value: "Dokumen disetujui – sah"}},
				"QR code, last page": {{name: "tampilan", value: "visible"}, {name: "image", value: "false"}, {name: "halaman", value: "TERAKHIR"},
					{name: "linkQR", value: "https://arsip.kotacontoh.example/dokumen?id=1&v=2"},
					{name: "xAxis", value: "80"}, {name: "yAxis", value: "80"}, {name: "width", value: "70"}, {name: "height", value: "70"}},
				"tag": {{name: "tampilan", value: "visible"}, {name: "image", value: "false"}, {name: "linkQR", value: "https://a.example"},
					{name: "tag_koordinat", value: tag}, {name: "width", value: "55"}, {name: "height", value: "55"}},
				"tag alone": {{name: "tampilan", value: "visible"}, {name: "tag_koordinat", value: tag}},
				"picture at a tag, its kind last": {{name: "imageTTD", data: square(t, 30)}, {name: "width", value: "80"}, {name: "height", value: "60"},
					{name: "tag_koordinat", value: tag}, {name: "image", value: "true"}, {name: "tampilan", value: "visible"}},
			} {
				if form != "picture" && name != "Guzzle" && name != "Node fetch" {
					continue // what follows the parts' headers is the same for all
				}
				answer := b.raw(head("/api/sign/pdf"), d.compose(b.base(more...)...))
				require.Equal(t, 200, answer.status, "%s: %s", form, answer.body)
				b.sound(letter(t), answer.body)
			}
			answer := b.raw(head("/api/sign/verify"), d.compose(part{name: "signed_file", data: letter(t)}))
			assert.Equal(t, "NO_SIGNATURE", answer.json()["summary"])
		})
	}
}

func TestTextFieldsInTheQuery(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	d := dialects["PHP curl"]
	answer := b.raw("POST /api/sign/pdf?nik="+b.person.NIK+"&passphrase="+url.QueryEscape(typed)+
		"&tampilan=invisible HTTP/1.1\r\nContent-Type: multipart/form-data; boundary="+d.boundary+"\r\n",
		d.compose(part{name: "file", data: letter(t)}))
	require.Equal(t, 200, answer.status)
	b.sound(letter(t), answer.body)
}

// TestJSONAsClientsWriteIt sends the bodies of version 2 as public clients
// compose them.
func TestJSONAsClientsWriteIt(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	fill := strings.NewReplacer("{NIK}", b.person.NIK, "{MAIL}", b.person.WorkEmail, "{PASS}", typed,
		"{PDF}", b64(letter(t)), "{PDF/}", strings.ReplaceAll(b64(letter(t)), "/", `\/`), "{PNG}", b64(square(t, 36)), "{TAG}", tag)
	for name, body := range map[string]string{
		"PHP library: nulls, escaped slashes, both identities": `{"signatureProperties":[{"tampilan":"INVISIBLE","location":null,"reason":""}],"file":["{PDF/}"],"nik":"{NIK}","email":"{MAIL}","passphrase":"{PASS}"}`,
		"coordinates":                           `{"nik":"{NIK}","passphrase":"{PASS}","signatureProperties":[{"imageBase64":"{PNG}","tampilan":"VISIBLE","page":1,"originX":30.9843,"originY":30.2047,"width":25.0315,"height":25.5906,"location":"null","reason":"null","pdfPassword":""}],"file":["{PDF}"]}`,
		"tag_koordinat":                         `{"nik":"{NIK}","passphrase":"{PASS}","signatureProperties":[{"tampilan":"VISIBLE","imageBase64":"{PNG}","tag_koordinat":"{TAG}","width":60,"height":60,"location":null,"reason":""}],"file":["{PDF}"]}`,
		"a library's tag, without size":         `{"signatureProperties":[{"tampilan":"VISIBLE","imageBase64":"{PNG}","tag_koordinat":"{TAG}","location":null,"reason":""}],"file":["{PDF}"],"nik":"{NIK}","passphrase":"{PASS}"}`,
		"tag":                                   `{"nik":"{NIK}","passphrase":"{PASS}","signatureProperties":[{"tampilan":"VISIBLE","imageBase64":"{PNG}","tag":"{TAG}","width":60,"height":60}],"file":["{PDF}"]}`,
		"indented, several files, one property": "{\n  \"email\": \"{MAIL}\",\n  \"passphrase\": \"{PASS}\",\n  \"totp\": \"\",\n  \"signatureProperties\": [\n    {\"tampilan\": \"INVISIBLE\"}\n  ],\n  \"file\": [\n    \"{PDF}\",\n    \"{PDF}\"\n  ]\n}\n",
		"beta collection's contactInfo":         `{"nik":"{NIK}","passphrase":"{PASS}","signatureProperties":[{"tampilan":"INVISIBLE","contactInfo":"null","location":"null","reason":"null"}],"file":["{PDF}"]}`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, kind := range []string{"application/json", "application/json; charset=utf-8"} {
				answer := b.raw("POST /api/v2/sign/pdf HTTP/1.1\r\nAccept: application/json\r\nContent-Type: "+kind+"\r\n", []byte(fill.Replace(body)))
				for _, file := range answer.files() {
					b.sound(letter(t), file)
				}
			}
		})
	}
}
