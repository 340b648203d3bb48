package mockbsre_test

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
)

func TestStatusOfEveryStatus(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	want := map[certificate.Status]struct {
		v1, v2  int
		message string
	}{
		certificate.StatusIssue:         {1111, 1111, "User sudah terdaftar dan memiliki sertifikat dengan status ISSUE"},
		certificate.StatusNotRegistered: {1110, 2011, "User belum terdaftar"},
		certificate.StatusNoCertificate: {2021, 2021, "User belum memiliki sertifikat"},
		certificate.StatusExpired:       {2022, 2022, "User sudah terdaftar dan memiliki sertifikat dengan status EXPIRED"},
		certificate.StatusRevoke:        {2025, 2025, "User sudah terdaftar dan memiliki sertifikat dengan status REVOKE"},
	}
	for i, status := range certificate.Statuses() {
		p := mockbsre.MadeUpPerson(100 + i)
		_, err := b.Seed(t.Context(), p, status, secret)
		require.NoError(t, err)
		v1 := b.get("/api/user/status/" + p.NIK)
		v2 := b.post("/api/v2/user/check/status", map[string]string{"nik": p.NIK})
		mail := b.post("/api/v2/user/check/status", map[string]string{"nik": "", "email": p.WorkEmail})
		for name, answer := range map[string]response{"v1": v1, "v2": v2, "mail": mail} {
			assert.Equal(t, 200, answer.status)
			body := answer.json()
			assert.Len(t, body, 3, name)
			assert.Equal(t, status.String(), body["status"], name)
			assert.IsType(t, float64(0), body["status_code"], name)
		}
		if w, ok := want[status]; ok {
			assert.Equal(t, `{"status_code":`+itoa(w.v1)+`,"status":"`+status.String()+`","message":"`+w.message+`"}`, string(v1.body))
			assert.Equal(t, `{"status_code":`+itoa(w.v2)+`,"status":"`+status.String()+`","message":"`+w.message+`"}`, string(v2.body))
		}
	}
}

func TestStatusOfTheUnknown(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	off := newBox(t, mockbsre.EsignConfig{
		Quirks:      map[mockbsre.Quirk]bool{mockbsre.QuirkUnknownNIK: false},
		StatusCodes: map[certificate.Status]int{certificate.StatusNotRegistered: 1006},
	})
	for name, c := range map[string]struct {
		box  *box
		body string
		want string
		code int
	}{
		"16 digits of nobody":     {b, `{"nik":"3371990101800009"}`, "NO_CERTIFICATE", 2021},
		"16 digits that are none": {b, `{"nik":"0000000000000000"}`, "NO_CERTIFICATE", 2021},
		"empty":                   {b, `{"nik":""}`, "NOT_REGISTERED", 2011},
		"malformed":               {b, `{"nik":"33719"}`, "NOT_REGISTERED", 2011},
		"nobody at all":           {b, `{}`, "NOT_REGISTERED", 2011},
		"null":                    {b, `{"nik":null,"email":null}`, "NOT_REGISTERED", 2011},
		"unknown mail":            {b, `{"email":"siapa@pns.magelangkota.go.id"}`, "NOT_REGISTERED", 2011},
		"malformed mail":          {b, `{"email":"@"}`, "NOT_REGISTERED", 2011},
		"quirk off, own code":     {off, `{"nik":"3371990101800009"}`, "NOT_REGISTERED", 1006},
		"NIK as a number":         {b, `{"nik":` + b.person.NIK + `,"unknown":{"x":[1]}}`, "ISSUE", 1111},
	} {
		t.Run(name, func(t *testing.T) {
			body := c.box.post("/api/v2/user/check/status", c.body).json()
			assert.Equal(t, c.want, body["status"])
			assert.EqualValues(t, c.code, body["status_code"])
		})
	}
	assert.Equal(t, `{"status_code":1110,"status":"NOT_REGISTERED","message":"User belum terdaftar"}`,
		string(b.get("/api/user/status/3371990101800009").body), "version 1 knows no such case")
}

func TestCertificateChain(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	inPEM := newBox(t, mockbsre.EsignConfig{Quirks: map[mockbsre.Quirk]bool{mockbsre.QuirkChainPEM: true}})
	read := func(answer response, decode func(string) []byte) {
		var body struct {
			Success bool
			Data    []string
		}
		require.Equal(t, 200, answer.status)
		require.NoError(t, json.Unmarshal(answer.body, &body))
		assert.True(t, body.Success)
		require.Len(t, body.Data, 3, "signer, issuer, root")
		var chain []*x509.Certificate
		for _, text := range body.Data {
			c, err := x509.ParseCertificate(decode(text))
			require.NoError(t, err)
			chain = append(chain, c)
		}
		assert.NoError(t, chain[0].CheckSignatureFrom(chain[1]))
		assert.NoError(t, chain[1].CheckSignatureFrom(chain[2]))
	}
	der := func(text string) []byte {
		raw, err := base64.StdEncoding.DecodeString(text)
		require.NoError(t, err)
		return raw
	}
	read(b.get("/api/v2/user/certificate/chain/"+b.person.NIK), der)
	read(b.get("/api/v2/user/certificate/chain/"+b.person.WorkEmail), der)
	read(b.get("/api/user/certificate/chain/"+strings.ReplaceAll(b.person.WorkEmail, "@", "%40")), der)
	read(inPEM.get("/api/v2/user/certificate/chain/"+inPEM.person.NIK), func(text string) []byte {
		block, _ := pem.Decode([]byte(text))
		require.NotNil(t, block)
		return block.Bytes
	})
	without := mockbsre.MadeUpPerson(5)
	_, err := b.Seed(t.Context(), without, certificate.StatusNew, secret)
	require.NoError(t, err)
	for _, id := range []string{"3371990101800009", "x", without.NIK, "siapa@contoh.example"} {
		answer := b.get("/api/v2/user/certificate/chain/" + id)
		assert.Equal(t, 400, answer.status)
		assert.Equal(t, "application/json", answer.header.Get("Content-Type"))
		assert.False(t, json.Valid(answer.body), "the body is no JSON, as seen")
	}
}

func TestRegistration(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	p, named := mockbsre.MadeUpPerson(7), mockbsre.MadeUpPerson(8)
	for _, each := range []mockbsre.Person{p, named} {
		require.NoError(t, b.Population.Add(each))
		require.NoError(t, b.Personnel.Add(each))
	}
	for _, c := range []struct {
		name, path string
		body       map[string]string
		status     int
		code       int
		text       string
	}{
		{"no name", "/api/v2/user/registration", map[string]string{"email": p.WorkEmail}, 400, 4014, "Nama harus diisi"},
		{"no mail", "/api/v2/user/registration", map[string]string{"nama": p.Name}, 400, 4014, "Email harus diisi"},
		{"another's name", "/api/v2/user/registration", map[string]string{"nama": "Orang Lain", "email": p.WorkEmail}, 400, 4015, "Data tidak sesuai ketentuan"},
		{"unknown mail", "/api/v2/user/registration", map[string]string{"nama": p.Name, "email": "x@y.example"}, 400, 4015, "Data tidak sesuai ketentuan"},
		{"another's NIK", "/api/v2/user/registration", map[string]string{"nama": p.Name, "email": p.WorkEmail, "nik": named.NIK}, 400, 4015, "Data tidak sesuai ketentuan"},
		{"by mail, libraries' path", "/api/v2/user/register", map[string]string{"nama": p.Name, "email": p.WorkEmail}, 200, 0, "Pendaftaran berhasil"},
		{"with NIK, manual's path", "/api/v2/user/registration", map[string]string{"nama": strings.ToUpper(named.Name), "email": named.SIASNEmail, "nik": named.NIK}, 200, 0, "Pendaftaran berhasil"},
		{"twice", "/api/v2/user/registration", map[string]string{"nama": b.person.Name, "email": b.person.WorkEmail}, 400, 4024, "NIK telah terdaftar"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := b.post(c.path, c.body)
			assert.Equal(t, c.status, answer.status)
			body := answer.json()
			if c.code != 0 {
				assert.EqualValues(t, c.code, body["status_code"])
				assert.Contains(t, body["error"], c.text)
				return
			}
			assert.Equal(t, c.text, body["message"])
		})
	}
	assert.Equal(t, certificate.StatusNoCertificate, statusOf(t, b.Server, p))
	_, err := b.Inbox.Latest(mockbsre.Query{To: named.WorkEmail, Kind: certificate.MailActivation})
	assert.NoError(t, err, "the activation begins as from the portal")
}
