package mockbsre_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
)

func keysOf(v any) []string {
	var keys []string
	for k := range v.(map[string]any) {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (b *box) signed() []byte {
	b.t.Helper()
	body := b.invisible(letter(b.t))
	body["signatureProperties"] = []any{map[string]any{"tampilan": "INVISIBLE", "reason": "Disetujui"}}
	return b.post("/api/v2/sign/pdf", body).files()[0]
}

func TestVerifyV2(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	answer := b.post("/api/v2/verify/pdf", map[string]any{"file": b.signed()})
	require.Equal(t, 200, answer.status)
	body := answer.json()
	assert.Equal(t, []string{"conclusion", "description", "signatureCount", "signatureInformations"}, keysOf(body))
	assert.Equal(t, "VALID", body["conclusion"])
	assert.Equal(t, "Dokumen valid, Sertifikat yang digunakan terpercaya", body["description"])
	assert.EqualValues(t, 1, body["signatureCount"])
	s := body["signatureInformations"].([]any)[0].(map[string]any)
	assert.Equal(t, []string{
		"certLevelCode", "certificateDetails", "certificateTrusted", "digestAlgorithm", "fieldName", "id", "integrityValid",
		"lastSignature", "location", "ltv", "reason", "signatureAlgorithm", "signatureDate", "signatureFormat", "signerName",
		"timestampInfomation",
	}, keysOf(s), "the misspelling among them")
	for key, want := range map[string]any{
		"signatureFormat": "PAdES-BASELINE-LT", "signerName": b.person.Name, "reason": "Disetujui", "location": nil,
		"certLevelCode": 0.0, "signatureAlgorithm": nil, "digestAlgorithm": nil, "integrityValid": true,
		"certificateTrusted": true, "lastSignature": false, "ltv": true,
		"signatureDate": b.Clock.Now().UTC().Format("2006-01-02T15:04:05.000") + "+00:00",
	} {
		assert.Equal(t, want, s[key], key)
	}
	assert.Regexp(t, `^S-[0-9A-F]{64}$`, s["id"])
	stamp := s["timestampInfomation"].(map[string]any)
	assert.Equal(t, []string{"id", "signerName", "timestampDate"}, keysOf(stamp))
	assert.Regexp(t, `^T-[0-9A-F]{64}$`, stamp["id"])
	assert.Contains(t, stamp["signerName"], "TSA")
	chain := s["certificateDetails"].([]any)
	require.Len(t, chain, 3)
	assert.Equal(t, []string{
		"commonName", "id", "issuerName", "keyUsages", "notAfterDate", "notBeforeDate", "serialNumber", "signatureAlgoritm",
	}, keysOf(chain[0]), "the other misspelling, in certificates alone")
	root := chain[2].(map[string]any)
	assert.Equal(t, fmt.Sprintf("C-%X", sha256.Sum256(b.Root().Raw)), root["id"])
	assert.Equal(t, b.Root().SerialNumber.String(), root["serialNumber"])
	assert.Regexp(t, `^CN=Root CA TIRUAN,.*C=ID$`, root["issuerName"])
	assert.Equal(t, []any{"digitalSignature", "nonRepudiation"}, chain[0].(map[string]any)["keyUsages"])
}

func TestVerifyWithRSA(t *testing.T) {
	srv := mockbsre.NewUnstarted(mockbsre.Config{RSA: true})
	require.NoError(t, srv.Start(t.Context()))
	t.Cleanup(srv.Close)
	b := &box{Server: srv, t: t}
	b.person, b.id = enrol(t, srv, 0)
	answer := b.post("/api/v2/verify/pdf", map[string]any{"file": b.signed()})
	assert.Contains(t, string(answer.body), `"signatureAlgoritm":"RSA with SHA256"`)
	assert.Equal(t, "VALID", answer.json()["conclusion"])
}

func TestVerifyOtherDocuments(t *testing.T) {
	b, stranger := newBox(t, mockbsre.EsignConfig{}), newBox(t, mockbsre.EsignConfig{})
	signed := b.signed()
	changed := bytes.Clone(signed)
	changed[len(letter(t))/2] ^= 1
	for name, c := range map[string]struct {
		data       []byte
		conclusion string
		count      int
		integrity  any
		trusted    any
	}{
		"unsigned":              {letter(t), "NO_SIGNATURE", 0, nil, nil},
		"a byte was changed":    {changed, "INVALID", 1, false, nil},
		"signed by another one": {stranger.signed(), "INVALID", 1, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			body := b.post("/api/v2/verify/pdf", map[string]any{"file": c.data}).json()
			assert.Equal(t, c.conclusion, body["conclusion"])
			assert.EqualValues(t, c.count, body["signatureCount"])
			all := body["signatureInformations"].([]any)
			require.Len(t, all, c.count)
			if c.count == 0 {
				assert.Equal(t, "Dokumen tidak memiliki tandatangan elektronik", body["description"])
				return
			}
			assert.Equal(t, c.integrity, all[0].(map[string]any)["integrityValid"])
			if c.trusted != nil {
				assert.Equal(t, c.trusted, all[0].(map[string]any)["certificateTrusted"])
			}
		})
	}
	for name, file := range map[string]any{"empty": "", "no PDF": b64([]byte("halo")), "not base64": "%%%", "missing": nil} {
		answer := b.post("/api/v2/verify/pdf", map[string]any{"file": file})
		assert.Equal(t, 500, answer.status, name)
		assert.Equal(t, "/api/v2/verify/pdf", answer.json()["path"], name)
	}
	answer := b.form("/api/sign/verify", part{name: "signed_file", data: []byte("halo")})
	assert.Equal(t, 500, answer.status)
	assert.Equal(t, 400, b.form("/api/sign/verify", part{name: "file", data: signed}).status)
}

func TestVerifySeveralSignatures(t *testing.T) {
	for _, unsorted := range []bool{true, false} {
		b := newBox(t, mockbsre.EsignConfig{Quirks: map[mockbsre.Quirk]bool{
			mockbsre.QuirkVerifyUnsorted: unsorted, mockbsre.QuirkLastSignature: false, mockbsre.QuirkLTV: false,
		}})
		first := b.signed()
		b.Clock.Advance(time.Hour)
		second := b.post("/api/v2/sign/pdf", b.invisible(first)).files()[0]
		var body struct {
			Conclusion string
			Signatures []struct {
				Date string `json:"signatureDate"`
				Last bool   `json:"lastSignature"`
				LTV  *bool  `json:"ltv"`
			} `json:"signatureInformations"`
		}
		require.NoError(t, json.Unmarshal(b.post("/api/v2/verify/pdf", map[string]any{"file": second}).body, &body))
		require.Len(t, body.Signatures, 2)
		assert.Equal(t, "VALID", body.Conclusion)
		assert.Equal(t, unsorted, body.Signatures[0].Date > body.Signatures[1].Date)
		assert.Equal(t, unsorted, body.Signatures[0].Last)
		assert.Equal(t, !unsorted, body.Signatures[1].Last)
		assert.Nil(t, body.Signatures[0].LTV)
	}
}

func TestVerifyV1(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	answer := b.form("/api/sign/verify", part{name: "signed_file", data: b.signed()})
	require.Equal(t, 200, answer.status)
	body := answer.json()
	assert.Equal(t, []string{"details", "jumlah_signature", "nama_dokumen", "notes", "summary"}, keysOf(body))
	assert.Equal(t, "signed_file.pdf", body["nama_dokumen"])
	assert.EqualValues(t, 1, body["jumlah_signature"])
	assert.Equal(t, "VALID", body["summary"])
	assert.Equal(t, "Dokumen valid, Sertifikat yang digunakan terpercaya", body["notes"])
	d := body["details"].([]any)[0].(map[string]any)
	assert.Equal(t, []string{"info_signer", "info_tsa", "signature_document", "signature_field"}, keysOf(d))
	at := b.Clock.Now().In(time.FixedZone("", 7*3600)).Format("2006-01-02 15:04:05.00")
	signer := d["info_signer"].(map[string]any)
	assert.Equal(t, map[string]any{
		"issuer_dn":   "C=ID,O=BSrE TIRUAN (bukan BSrE),OU=mockbsre - hanya untuk pengujian,CN=CA TIRUAN",
		"signer_name": b.person.Name, "signer_cert_validity": at + " to " + at, "signer_dn": b.person.Name, "cert_user_certified": true,
	}, signer)
	assert.Equal(t, map[string]any{
		"signed_using_tsa": true, "reason": "Disetujui", "document_integrity": true, "signature_value": nil,
		"signed_in": at, "location": nil, "hash_value": nil,
	}, d["signature_document"])
	assert.Equal(t, map[string]any{"name": "TSA TIRUAN", "tsa_cert_validity": nil}, d["info_tsa"])

	unsigned := b.form("/api/sign/verify", part{name: "signed_file", data: letter(t)}).json()
	assert.Equal(t, "NO_SIGNATURE", unsigned["summary"])
	assert.Equal(t, []any{}, unsigned["details"])
}

func TestVerifyV1OldEngine(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{Quirks: map[mockbsre.Quirk]bool{mockbsre.QuirkOldEngine: true}})
	signed := b.signed()
	valid := b.form("/api/sign/verify", part{name: "signed_file", data: signed}).json()
	assert.Equal(t, "DOCUMENT VALID !!!", valid["summary"])
	signer := valid["details"].([]any)[0].(map[string]any)["info_signer"].(map[string]any)
	assert.Contains(t, signer["signer_dn"], "CN="+b.person.Name)
	signed[len(letter(t))/2] ^= 1
	changed := b.form("/api/sign/verify", part{name: "signed_file", data: signed}).json()
	assert.Equal(t, "DOCUMENT NOT VALID !!!", changed["summary"])
	assert.Equal(t, "Konten Dokumen mengalami perubahan oleh pihak yang tidak berhak", changed["notes"])
	unsigned := b.form("/api/sign/verify", part{name: "signed_file", data: letter(t)}).json()
	assert.Nil(t, unsigned["summary"])
	assert.Nil(t, unsigned["notes"])
}

func TestBase64IsReadAsClientsWriteIt(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	text := b64(letter(t))
	for name, written := range map[string]string{
		"padded":          text,
		"without padding": base64.RawStdEncoding.EncodeToString(letter(t)),
		"PHP's slashes":   string(bytes.ReplaceAll([]byte(text), []byte("/"), []byte(`\/`))),
	} {
		answer := b.post("/api/v2/verify/pdf", `{"file":"`+written+`","password":null}`)
		assert.Equal(t, "NO_SIGNATURE", answer.json()["conclusion"], name)
	}
}
