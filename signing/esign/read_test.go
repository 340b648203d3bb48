package esign_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/verify"
)

func byMail() esign.Identity { return esign.Identity{Email: must(identity.ParseEmail(mailText))} }

func TestStatus(t *testing.T) {
	for _, tc := range []struct {
		name, body string
		want       certificate.Status
		code       int
	}{
		{"active", `{"status_code":1111,"status":"ISSUE","message":"User sudah terdaftar dan memiliki sertifikat dengan status ISSUE"}`, certificate.StatusIssue, 1111},
		{"unknown person of v1", `{"status_code":1110,"status":"NOT_REGISTERED","message":"User belum terdaftar"}`, certificate.StatusNotRegistered, 1110},
		{"unknown person of v2", `{"status_code":2011,"status":"NOT_REGISTERED","message":"User belum terdaftar"}`, certificate.StatusNotRegistered, 2011},
		{"no certificate", `{"status_code":2021,"status":"NO_CERTIFICATE","message":"User belum memiliki sertifikat"}`, certificate.StatusNoCertificate, 2021},
		{"code as text", `{"status_code":"1111","status":"ISSUE","message":""}`, certificate.StatusIssue, 1111},
		{"word in data", `{"data":{"status":"SUSPEND"},"message":"ok"}`, certificate.StatusSuspend, 0},
		{"word in userStatus", `{"userStatus":"RENEW"}`, certificate.StatusRenew, 0},
		{"word in status_user", `{"status_user":"EXPIRED"}`, certificate.StatusExpired, 0},
		{"code alone", `{"status_code":2021}`, certificate.StatusNoCertificate, 2021},
		{"a word of tomorrow", `{"status_code":1234,"status":"ACTIVE"}`, certificate.StatusUnknown, 1234},
		{"word and code contradict each other", `{"status_code":2011,"status":"ISSUE"}`, certificate.StatusUnknown, 2011},
		{"code says active, the word does not", `{"status_code":1111,"status":"REVOKE"}`, certificate.StatusUnknown, 1111},
		{"a code for several statuses, none of them active", `{"status_code":2021,"status":"NEW"}`, certificate.StatusNew, 2021},
		{"lower case is not the word", `{"status":"issue"}`, certificate.StatusUnknown, 0},
		{"not one of BSrE's", `{"status":"UNKNOWN"}`, certificate.StatusUnknown, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := newBox(t)
			b.says("/api/v2/user/check/status", 200, tc.body)
			b.says("/api/user/status/"+nikText, 200, tc.body)
			for _, change := range []func(*esign.Config){nil, v1} {
				s, err := b.client(change).Status(context.Background(), budi())
				require.NoError(t, err)
				assert.Equal(t, tc.want, s.Status)
				assert.Equal(t, tc.code, s.Code)
				assert.WithinDuration(t, time.Now(), s.ServerTime, time.Minute, "the server's own clock")
			}
		})
	}
	for name, body := range map[string]string{"no status": `{"message":"x"}`, "no JSON": `<html>`, "an array": `[]`, "empty": ``} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			b.says("/api/v2/user/check/status", 200, body)
			_, err := b.client(nil).Status(context.Background(), budi())
			assert.ErrorIs(t, err, esign.CodeAnswer)
		})
	}
	t.Run("request", func(t *testing.T) {
		b := newBox(t)
		var got string
		b.on("/api/v2/user/check/status", func(w http.ResponseWriter, r *http.Request) {
			got = string(must(io.ReadAll(r.Body)))
			_, _ = io.WriteString(w, `{"status":"ISSUE"}`)
		})
		c := b.client(nil)
		_, err := c.Status(context.Background(), budi())
		require.NoError(t, err)
		assert.Equal(t, `{"nik":"`+nikText+`"}`, got)
		_, err = c.Status(context.Background(), byMail())
		require.NoError(t, err)
		assert.Equal(t, `{"email":"`+mailText+`"}`, got)
	})
}

func TestCertificateChain(t *testing.T) {
	p := testPKI()
	certs := [][]byte{p.person("BUDI CONTOH").Certificate.Raw, p.ca.Raw, p.root.Raw}
	shapes := map[string]func(der []byte) string{
		"base64": func(der []byte) string { return fmt.Sprintf("%q", base64.StdEncoding.EncodeToString(der)) },
		"PEM": func(der []byte) string {
			return string(must(json.Marshal(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))))
		},
		"object": func(der []byte) string {
			return fmt.Sprintf(`{"commonName":"x","serialNumber":12,"certificate":{"encoded":%q}}`, base64.StdEncoding.EncodeToString(der))
		},
	}
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			b.says("/api/v2/user/certificate/chain/"+nikText, 200,
				`{"success":true,"data":[`+shape(certs[0])+`,`+shape(certs[1])+`,`+shape(certs[2])+`]}`)
			chain, err := b.client(nil).CertificateChain(context.Background(), budi())
			require.NoError(t, err)
			require.Len(t, chain, 3)
			assert.Equal(t, certs[0], chain[0].Raw)
		})
	}
	t.Run("unknown person", func(t *testing.T) {
		_, err := newBox(t).client(nil).CertificateChain(context.Background(), budi())
		assert.ErrorIs(t, err, esign.CodeSignerUnknown, "400 with a JSON type and no JSON")
	})
	t.Run("by mail where the path lacks its version", func(t *testing.T) {
		b := newBox(t)
		b.says("/api/v2/user/certificate/chain/"+mailText, 404, "")
		b.says("/api/user/certificate/chain/"+mailText, 200, `{"success":true,"data":[`+shapes["base64"](certs[0])+`]}`)
		chain, err := b.client(nil).CertificateChain(context.Background(), byMail())
		require.NoError(t, err)
		assert.Len(t, chain, 1)
	})
	for name, body := range map[string]string{"empty": `{"data":[]}`, "no certificate": `{"data":["eA=="]}`, "no JSON": `x`} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			b.says("/api/v2/user/certificate/chain/"+nikText, 200, body)
			_, err := b.client(nil).CertificateChain(context.Background(), budi())
			assert.ErrorIs(t, err, esign.CodeAnswer)
		})
	}
}

func TestRequestCode(t *testing.T) {
	b := newBox(t)
	var got string
	b.on("/api/v2/sign/get/totp", func(w http.ResponseWriter, r *http.Request) {
		got = string(must(io.ReadAll(r.Body)))
		_, _ = io.WriteString(w, `{"success":true,"message":"Silakan lihat kode pada aplikasi BeSign"}`)
	})
	c := b.client(nil)
	a, err := c.RequestCode(context.Background(), byMail(), 3)
	require.NoError(t, err)
	assert.Equal(t, `{"email":"`+mailText+`","data":3}`, got)
	assert.Equal(t, "Silakan lihat kode pada aplikasi BeSign", a.Message)
	b.says("/api/v2/sign/get/totp", 200, `{"success":false,"message":"User tidak terdaftar"}`)
	_, err = c.RequestCode(context.Background(), budi(), 1)
	assert.ErrorIs(t, err, esign.CodeSignerUnknown)
	b.on("/api/v2/sign/get/totp", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	_, err = c.RequestCode(context.Background(), budi(), 1)
	assert.ErrorIs(t, err, esign.CodeOutcomeUnknown, "a mail may be on its way")
	_, err = c.RequestCode(context.Background(), budi(), 0)
	assert.ErrorIs(t, err, esign.CodeRequest)
}

func TestRegister(t *testing.T) {
	reg := esign.Registration{Name: must(identity.ParseName("Budi Contoh")), Email: must(identity.ParseEmail(mailText))}
	for _, path := range []string{"/api/v2/user/registration", "/api/v2/user/register"} {
		t.Run(path, func(t *testing.T) {
			b := newBox(t)
			var got string
			b.on(path, func(w http.ResponseWriter, r *http.Request) {
				got = string(must(io.ReadAll(r.Body)))
				_, _ = io.WriteString(w, `{"message":"Pendaftaran berhasil"}`)
			})
			a, err := b.client(nil).Register(context.Background(), reg)
			require.NoError(t, err)
			assert.Equal(t, "Pendaftaran berhasil", a.Message)
			assert.Equal(t, `{"nama":"Budi Contoh","email":"`+mailText+`"}`, got)
		})
	}
	b := newBox(t)
	_, err := b.client(nil).Register(context.Background(), reg)
	assert.ErrorIs(t, err, esign.CodeNoEndpoint)
	for body, want := range map[string]esign.Code{
		`{"status_code":4024,"error":"NIK telah terdaftar"}`:                    esign.CodeRegistered,
		`{"status_code":4014,"error":"NIK harus diisi"}`:                        esign.CodeRegistration,
		`{"error_description":"NIK telah terdaftar"}`:                           esign.CodeRegistered,
		`{"status_code":4015,"error":"Data tidak sesuai ketentuan : Budi ..."}`: esign.CodeRegistration,
	} {
		b.says("/api/v2/user/registration", 400, body)
		_, err := b.client(nil).Register(context.Background(), reg)
		assert.ErrorIs(t, err, want, body)
	}
	_, err = b.client(nil).Register(context.Background(), esign.Registration{})
	assert.ErrorIs(t, err, esign.CodeIdentity)
}

const verifiedV2 = `{
 "conclusion": "VALID",
 "description": "Dokumen valid, Sertifikat yang digunakan terpercaya",
 "signatureCount": 1,
 "signatureInformations": [{
   "id": "S-0F3C", "signatureFormat": "PAdES-BASELINE-LT", "signerName": "Contoh Penanda Tangan",
   "signatureDate": "2026-01-02T03:04:05.000+00:00", "fieldName": "bcs_ecs_1767323045678",
   "reason": null, "location": null, "certLevelCode": 0,
   "signatureAlgorithm": null, "digestAlgorithm": null,
   "timestampInfomation": {"id": "T-0F3C", "signerName": "Timestamp Authority Badan Siber dan Sandi Negara",
                           "timestampDate": "2026-01-02T03:04:06.000+00:00"},
   "certificateDetails": [{
     "id": "C-000102030405060708090A0B0C0D0E0F000102030405060708090A0B0C0D0E0F", "commonName": "Contoh Penanda Tangan",
     "issuerName": "CN=BSRE CA DS G1,O=Badan Siber dan Sandi Negara,C=ID", "serialNumber": "123456789012345678901234567890",
     "notBeforeDate": "2025-01-01T00:00:00.000+00:00", "notAfterDate": "2027-01-01T00:00:00.000+00:00",
     "signatureAlgoritm": "RSA with SHA256", "keyUsages": ["digitalSignature","nonRepudiation"] }],
   "integrityValid": true, "certificateTrusted": true, "lastSignature": false, "ltv": true }]
}`

const verifiedV1 = `{
 "nama_dokumen": "surat.pdf",
 "jumlah_signature": 1,
 "notes": "Dokumen valid, Sertifikat yang digunakan terpercaya",
 "details": [{
   "info_tsa": {"name": "Timestamp Authority Badan Siber dan Sandi Negara", "tsa_cert_validity": null},
   "signature_field": "sig_1767323045678",
   "info_signer": {
     "issuer_dn": "C=ID,O=Lembaga Sandi Negara,CN=OSD LU Kelas 2",
     "signer_name": "Contoh Penanda Tangan",
     "signer_cert_validity": "2026-01-02 10:04:05.678 to 2026-01-02 10:04:05.678",
     "signer_dn": "Contoh Penanda Tangan",
     "cert_user_certified": true },
   "signature_document": {
     "signed_using_tsa": true, "reason": "Dokumen telah disetujui", "document_integrity": true,
     "signature_value": null, "signed_in": "2026-01-02 10:04:05.678", "location": null, "hash_value": null } }],
 "summary": "VALID"
}`

// verified asks the box to judge a letter and answers body.
func verified(t *testing.T, change func(*esign.Config), status int, body string) (*esign.Verification, error) {
	b := newBox(t)
	b.says("/api/v2/verify/pdf", status, body)
	b.says("/api/sign/verify", status, body)
	in := letter(t, "cairo")
	return b.client(change).Verify(context.Background(), bytes.NewReader(in), int64(len(in)), passphrase.Secret{})
}

func TestVerifyVersion2(t *testing.T) {
	v, err := verified(t, nil, 200, verifiedV2)
	require.NoError(t, err)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	assert.Equal(t, esign.ConclusionValid, v.Conclusion)
	require.Len(t, v.Signatures, 1)
	s := v.Signatures[0]
	assert.True(t, at.Equal(s.Time))
	assert.True(t, at.Add(time.Second).Equal(s.TimestampTime), "under its misspelt key")
	assert.Equal(t, "Timestamp Authority Badan Siber dan Sandi Negara", s.TimestampAuthority)
	assert.Equal(t, "RSA with SHA256", s.Certificates[0].Algorithm, "under its misspelt key")
	assert.Equal(t, "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f", s.Certificates[0].SHA256)
	assert.Equal(t, "123456789012345678901234567890", s.Certificates[0].Serial)
	assert.Equal(t, []string{"digitalSignature", "nonRepudiation"}, s.Certificates[0].KeyUsages)
	assert.Equal(t, [3]verify.Answer{verify.Yes, verify.Yes, verify.Yes}, [3]verify.Answer{s.Intact, s.Trusted, s.LongTerm})
}

func TestVerifyVersion1(t *testing.T) {
	v, err := verified(t, v1, 200, verifiedV1)
	require.NoError(t, err)
	assert.Equal(t, esign.ConclusionValid, v.Conclusion)
	s := v.Signatures[0]
	assert.True(t, time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC).Equal(s.Time), "local time UTC+7")
	assert.Equal(t, "sig_1767323045678", s.Field)
	assert.Equal(t, verify.Unknown, s.LongTerm)
	assert.Zero(t, s.Certificates[0].NotAfter, "the signing time twice is no validity")
	assert.Equal(t, "C=ID,O=Lembaga Sandi Negara,CN=OSD LU Kelas 2", s.Certificates[0].Issuer)
}

func TestVerifyConclusions(t *testing.T) {
	for _, tc := range []struct {
		name string
		v1   bool
		body string
		want esign.Conclusion
	}{
		{"unsigned", false, `{"conclusion":"NO_SIGNATURE","description":"Dokumen tidak memiliki tandatangan elektronik","signatureCount":0,"signatureInformations":[]}`, esign.ConclusionNoSignature},
		{"invalid", false, `{"conclusion":"INVALID","signatureCount":1,"signatureInformations":[{"integrityValid":false}]}`, esign.ConclusionInvalid},
		{"a word of tomorrow", false, `{"conclusion":"TOTAL_PASSED","signatureCount":1,"signatureInformations":[{"integrityValid":true}]}`, esign.ConclusionUnknown},
		{"valid without signatures", false, `{"conclusion":"VALID","signatureCount":0,"signatureInformations":[]}`, esign.ConclusionUnknown},
		{"valid with a broken one", false, `{"conclusion":"VALID","signatureCount":1,"signatureInformations":[{"integrityValid":false}]}`, esign.ConclusionUnknown},
		{"count and list differ", false, `{"conclusion":"VALID","signatureCount":2,"signatureInformations":[{"integrityValid":true}]}`, esign.ConclusionUnknown},
		{"no time-stamp, null", false, `{"conclusion":"VALID","signatureCount":1,"signatureInformations":[{"timestampInfomation":null,"integrityValid":true}],"warning":["a"]}`, esign.ConclusionValid},
		{"older valid", true, `{"jumlah_signature":1,"details":[{}],"summary":"DOCUMENT VALID !!!","notes":"Tanda tangan elektronik valid"}`, esign.ConclusionValid},
		{"older changed", true, `{"jumlah_signature":1,"details":[{"signature_document":{"document_integrity":false}}],"summary":"DOCUMENT NOT VALID !!!"}`, esign.ConclusionInvalid},
		{"older unsigned", true, `{"nama_dokumen":"a.pdf","jumlah_signature":0,"notes":null,"details":[],"summary":null}`, esign.ConclusionNoSignature},
		{"unsigned of 2019", true, `{"jumlah_signature":0,"details":[]}`, esign.ConclusionNoSignature},
		{"capital key of 2019", true, `{"jumlah_signature":1,"details":[{}],"SUMMARY":"DOCUMENT VALID !!!"}`, esign.ConclusionValid},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var change func(*esign.Config)
			if tc.v1 {
				change = v1
			}
			v, err := verified(t, change, 200, tc.body)
			require.NoError(t, err)
			assert.Equal(t, tc.want, v.Conclusion)
		})
	}
	for name, body := range map[string]string{"no JSON": `x`, "another object": `{}`, "an array": `[]`, "broken list": `{"conclusion":"VALID","signatureInformations":{}}`} {
		_, err := verified(t, nil, 200, body)
		assert.ErrorIs(t, err, esign.CodeAnswer, name)
	}
	_, err := verified(t, nil, 500, `{"timestamp":"2026-01-02T03:04:05.678+00:00","status":500,"error":"Internal Server Error","path":"/api/v2/verify/pdf"}`)
	assert.ErrorIs(t, err, esign.CodeServiceFault, "what a box answers to a file that is no PDF")
}

func TestVerifyRequest(t *testing.T) {
	b := newBox(t)
	var body map[string]string
	b.on("/api/v2/verify/pdf", func(w http.ResponseWriter, r *http.Request) {
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&body))
		_, _ = io.WriteString(w, verifiedV2)
	})
	var form string
	b.on("/api/sign/verify", func(w http.ResponseWriter, r *http.Request) {
		f, h, err := r.FormFile("signed_file")
		if assert.NoError(t, err) {
			form = h.Filename + " " + string(must(io.ReadAll(f))[:5])
		}
		_, _ = io.WriteString(w, verifiedV1)
	})
	in := letter(t, "cairo")
	_, err := b.client(nil).Verify(context.Background(), bytes.NewReader(in), int64(len(in)), passphrase.FromString("buka"))
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"file": base64.StdEncoding.EncodeToString(in), "password": "buka"}, body)
	_, err = b.client(v1).Verify(context.Background(), bytes.NewReader(in), int64(len(in)), passphrase.Secret{})
	require.NoError(t, err)
	assert.Equal(t, "dokumen.pdf %PDF-", form)
	_, err = b.client(v1).Verify(context.Background(), bytes.NewReader(in), int64(len(in)), passphrase.FromString("buka"))
	assert.ErrorIs(t, err, esign.CodeUnsupported)
}

func TestVerifiedSignaturesInTheOrderOfTheirTimes(t *testing.T) {
	v, err := verified(t, nil, 200, `{"conclusion":"VALID","signatureCount":3,"signatureInformations":[
		{"fieldName":"c","integrityValid":true},
		{"fieldName":"b","signatureDate":"2026-01-02T03:04:06.000+00:00","integrityValid":true},
		{"fieldName":"a","signatureDate":"2026-01-02T03:04:05.000+0000","integrityValid":true}]}`)
	require.NoError(t, err)
	var order string
	for _, s := range v.Signatures {
		order += s.Field
	}
	assert.Equal(t, "abc", order)
	assert.Equal(t, `"VALID"`, string(must(json.Marshal(v.Conclusion))))
}
