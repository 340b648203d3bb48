package verify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/verify"
)

// golden compares with a file of testdata, or writes it anew under -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	name = "testdata/" + name
	if *update {
		require.NoError(t, os.WriteFile(name, got, 0o600))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got), "what programs rely on has changed; if that is meant: go test -run Golden -update")
}

// What a code does and each word of the report are a promise to programs that
// read it.
func TestGoldenCodes(t *testing.T) {
	var out bytes.Buffer
	for _, c := range verify.AllCodes() {
		fmt.Fprintf(&out, "code %s %s %s\n", c, c.Severity(), c.Conclusion())
	}
	all := words()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, word := range all[name] {
			fmt.Fprintf(&out, "%s %s\n", name, word)
		}
	}
	golden(t, "codes.txt", out.Bytes())
}

func TestGoldenReport(t *testing.T) {
	report := wholeReport()
	requireWhole(t, "Report", reflect.ValueOf(*report))
	data := must(json.MarshalIndent(report, "", "  "))
	assert.Equal(t, string(data), string(must(json.MarshalIndent(*report, "", "  "))), "a copy is written alike")
	golden(t, "report.json", append(data, '\n'))
}

func TestGoldenLetter(t *testing.T) {
	verdict := wholeLetter(t)
	requireWhole(t, "Letter", reflect.ValueOf(*verdict))
	golden(t, "letter.json", append(must(json.MarshalIndent(verdict, "", "  ")), '\n'))
}

// A report survives the way through JSON, and so does a letter.
func TestJSONThereAndBack(t *testing.T) {
	w := newWorld(t)
	for name, report := range map[string]*verify.Report{
		"whole":      wholeReport(),
		"valid":      judge(t, w.sign(w.sign(letter(), w.optionsBLT(w.budi)), w.optionsBB(w.sari)), w.online()),
		"unsigned":   judge(t, letter(), w.online()),
		"not intact": judge(t, replaced(w.sign(letter(), w.optionsBB(w.budi)), "Nomor 099", "Nomor 990"), w.online()),
	} {
		data := must(json.Marshal(report))
		var back verify.Report
		require.NoError(t, json.Unmarshal(data, &back), name)
		assert.Equal(t, string(data), string(must(json.Marshal(back))), name)
		assert.Equal(t, fmt.Sprint(report.Err()), fmt.Sprint(back.Err()), name)
		assert.Equal(t, text(t, report, verify.English), text(t, &back, verify.English), name)
	}
	data := must(json.Marshal(wholeLetter(t)))
	var back verify.Letter
	require.NoError(t, json.Unmarshal(data, &back))
	assert.Equal(t, string(data), string(must(json.Marshal(&back))))
	assert.Equal(t, wholeLetter(t).Summary(verify.Indonesian), back.Summary(verify.Indonesian))
	assert.Len(t, back.Report().Signatures, 1)
}

func TestJSONThatIsNoReport(t *testing.T) {
	data := must(json.Marshal(wholeReport()))
	verdict := must(json.Marshal(wholeLetter(t)))
	for name, c := range map[string]struct {
		data    []byte
		old, as string
	}{
		"a schema that is a number":     {data, `"sertel/verify/1"`, `"3371990104850901"`},
		"another schema":                {data, `"sertel/verify/1"`, `"sertel/verify/2"`},
		"a code of a later version":     {data, `"code":"modified"`, `"code":"modified-otherwise"`},
		"a finding without code":        {data, `"code":"modified",`, ``},
		"a change of a later version":   {data, `"kind":"form-value"`, `"kind":"form-colour"`},
		"a change without kind":         {data, `"kind":"form-value",`, ``},
		"evidence without reason":       {data, `"reason":"stale"`, `"raison":"stale"`},
		"a finding that is null":        {data, `"findings":[`, `"findings":[null,`},
		"a change that is null":         {data, `"changes":[`, `"changes":[null,`},
		"a missing piece that is null":  {data, `"missing":[`, `"missing":[null,`},
		"evidence that is null":         {data, `"rejected":[`, `"rejected":[null,`},
		"an answer of a later version":  {data, `"intact":"yes"`, `"intact":"perhaps"`},
		"an indication that is made up": {data, `"indication":"TOTAL-FAILED"`, `"indication":"passed"`},
		"a piece of a later version":    {data, `"document-timestamp"]`, `"seal"]`},
		"an answer that is a number":    {data, `"intact":"yes"`, `"intact":"3371990104850901"`},
		"a number beyond all":           {data, `"number":1`, `"number":33719901048509013371990104850901`},
		"a time that is none":           {data, `"time":"`, `"time":"3371990104850901`},
		"a letter's other schema":       {verdict, `"sertel/verify/letter/1"`, `"sertel/verify/1"`},
		"a letter without its report":   {verdict, `"report":`, `"rapor":`},
		"a signature that is not there": {verdict, `"signature":1`, `"signature":2`},
		"a letter's unknown match":      {verdict, `"match":"name"`, `"match":"face"`},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, string(c.data), c.old)
			changed := bytes.Replace(c.data, []byte(c.old), []byte(c.as), 1)
			var err error
			if bytes.Equal(c.data, data) {
				err = json.Unmarshal(changed, new(verify.Report))
			} else {
				err = json.Unmarshal(changed, new(verify.Letter))
			}
			require.Error(t, err)
			assert.Regexp(t, `^verify: `, err.Error())
			assert.NotContains(t, err.Error(), "verify: verify")
			assert.ErrorIs(t, err, verify.ErrSchema)
			assert.NotContains(t, err.Error(), "3371990104850901", "no value is repeated")
		})
	}
	var report verify.Report
	require.NoError(t, json.Unmarshal(bytes.Replace(data, []byte(`"schema"`), []byte(`"later_key":1,"schema"`), 1), &report), "keys may be added")
	require.NoError(t, json.Unmarshal([]byte(`null`), &report))
	assert.Equal(t, verify.Schema, report.Schema, "null changes nothing")
	_, err := json.Marshal(verify.Letter{})
	assert.NoError(t, err)
}

// A report concluded by other rules than today's keeps its conclusion.
func TestConclusionOfAnotherVersion(t *testing.T) {
	report := wholeReport()
	report.Conclusion = verify.Conclusion{Indication: verify.TotalFailed, SubIndication: verify.Revoked}
	report.Signatures[0].Findings = []verify.Finding{{Code: verify.CodeSignerByName}, {Code: verify.CodeRevokedNoTime, Detail: "2048-03-01T20:05:09Z"}}
	report.Findings = nil
	var back verify.Report
	require.NoError(t, json.Unmarshal(must(json.Marshal(report)), &back))
	assert.ErrorIs(t, back.Err(), verify.ErrInvalid)
	assert.Contains(t, back.Summary(verify.Indonesian), "Tidak valid: sertifikat dicabut")
}

// requireWhole asks that no exported field is at its zero value, down to the
// end: whoever adds a field fills it in here and in the schema.
func requireWhole(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	if v.CanInterface() {
		if _, ok := v.Interface().(time.Time); ok {
			require.False(t, v.IsZero(), path)
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		require.False(t, v.IsNil(), path)
		requireWhole(t, path, v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Tag.Get("json") != "-" {
				requireWhole(t, path+"."+f.Name, v.Field(i))
			}
		}
	case reflect.Slice, reflect.Array:
		require.NotZero(t, v.Len(), path)
		requireWhole(t, path, v.Index(0))
	default:
		require.False(t, v.IsZero(), path)
	}
}

// wholeReport has every key that a report can have. It is no judgment of a
// document.
func wholeReport() *verify.Report {
	at := func(hour int) time.Time { return time.Date(2048, 3, 2, hour, 0, 0, 0, time.UTC) }
	place := &verify.Place{Page: 1, Rect: [4]float64{72.5, 100, 300, 160}}
	failed := verify.Conclusion{Indication: verify.TotalFailed, SubIndication: verify.FormatFailure}
	const digest = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
	return &verify.Report{
		Schema: verify.Schema, Conclusion: failed, At: at(9),
		Document: verify.Document{Size: 4321, SHA256: digest, Revisions: []verify.Revision{{
			Number: 1, End: 2000, Fields: []string{"Kadis"},
			Changes: []verify.Change{{Kind: verify.ChangeFormValue, Page: 2, Name: "Nama", Place: place, Objects: []int{5}, Vouched: true}},
		}}},
		Signatures: []verify.Signature{{
			Kind: verify.Certification, Field: "Kadis", Object: 12, SubFilter: "ETSI.CAdES.detached", Revision: 1, Place: place,
			Conclusion: failed, Intact: verify.Yes, Valid: verify.Yes, Trusted: verify.Yes,
			Revocation: verify.Revocation{State: verify.RevocationAfter, Kind: "ocsp", Source: "network", ProducedAt: at(8), RevokedAt: at(7), Reason: 4,
				Rejected: []verify.RejectedEvidence{{Kind: "crl", Source: "document", Reason: verify.RejectStale}}},
			Coverage: verify.CoverageRevision, Later: verify.ModificationFound,
			Time:  verify.Time{Proven: at(6), Source: verify.TimeSignatureTimestamp, Authority: "Stempel Waktu Contoh"},
			Level: verify.LevelBLT, Missing: []verify.Piece{verify.PieceArchiveTime},
			Signer: &verify.Signer{
				CommonName: "Budi Contoh", Organization: "Kota Contoh", Issuer: "Penerbit Contoh", Serial: "2a", NotBefore: at(1), NotAfter: at(23),
				SHA256: digest, Algorithm: "RSA-2048 RSASSA-PKCS1-v1_5 SHA-256", Chain: []string{"Budi Contoh", "Penerbit Contoh", "Akar Contoh"},
			},
			Claims:   verify.Claims{Name: "Budi Contoh", Reason: "Persetujuan", Location: "Kota Contoh", ContactInfo: "budi@kota.example", Time: at(5)},
			Permits:  verify.PermitForms,
			Findings: []verify.Finding{{Code: verify.CodeModified, Detail: "2", Reason: verify.RejectStale}, {Code: verify.CodeRevokedLater, Detail: "2048-03-02T07:00:00Z"}},
		}},
		Findings:      []verify.Finding{{Code: verify.CodeRepaired, Detail: "xref", Reason: verify.RejectStale}},
		NextTimestamp: &verify.NextTimestamp{Due: at(8), Certificate: "Stempel Waktu Contoh", Field: "Kadis", Overdue: true},
	}
}

// wholeLetter has every key that a letter can have.
func wholeLetter(t *testing.T) *verify.Letter {
	t.Helper()
	report := wholeReport()
	w := newWorld(t)
	report.Signatures[0].Signer.Certificate = w.budi.cert
	report.Signatures[0].Conclusion = verify.Conclusion{Indication: verify.TotalPassed}
	verdict := must(report.JudgeLetter(context.Background(), verify.Expectation{
		Signers:   []verify.ExpectedSigner{{Role: "Kepala Dinas", Name: "Budi Contoh"}},
		LifeCycle: register{"Budi Contoh": {usable: verify.Yes, status: "ISSUE"}},
	}))
	verdict.Findings[0].Reason = verify.RejectStale
	return verdict
}
