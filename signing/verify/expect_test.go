package verify_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// register is a life cycle with one answer per common name.
type register map[string]struct {
	usable verify.Answer
	status string
	err    error
}

func (r register) UsableAt(_ context.Context, c *x509.Certificate, _ time.Time) (verify.Answer, string, error) {
	a := r[c.Subject.CommonName]
	return a.usable, a.status, a.err
}

func byCertificate(role string, ids ...identity) verify.ExpectedSigner {
	s := verify.ExpectedSigner{Role: role}
	for _, id := range ids {
		s.Certificates = append(s.Certificates, id.cert)
	}
	return s
}

func TestJudgeLetter(t *testing.T) {
	w := newWorld(t)
	renewed := w.issue(w.ca, leafTemplate("Budi Contoh"))
	both := w.sign(w.sign(letter(), w.optionsBB(w.budi)), w.optionsBB(w.sari))
	timed := w.sign(letter(), w.optionsBT(w.budi))
	filled := w.sign(certified(signing.CertifyFormFilling, formLetter, fill)(t, w), w.optionsBB(w.sari))
	declared, defaults := w.sound(w.sari), w.sound(w.sari)
	declared.update = func(u *pdf.Update) { set(u, 1, func(d pdf.Dict) { d["Version"] = pdf.Name("2.0") }) }
	defaults.update = func(u *pdf.Update) {
		font := u.Add(pdf.Dict{"Type": pdf.Name("Font"), "Subtype": pdf.Name("Type1"), "BaseFont": pdf.Name("Helvetica")})
		setForm(u, pdf.Dict{"DA": pdf.TextString("/Helv 0 Tf 0 g "), "DR": pdf.Dict{"Font": pdf.Dict{"Helv": font}}})
	}
	once := w.sign(letter(), w.optionsBB(w.budi))
	budi, sari := byCertificate("Kepala Dinas", w.budi), byCertificate("Sekretaris Daerah", w.sari)
	inOrder := []verify.ExpectedSigner{budi, sari}
	status := func(usable verify.Answer, word string, err error) verify.LifeCycle {
		r := register{}
		a := r[w.budi.cert.Subject.CommonName]
		a.usable, a.status, a.err = usable, word, err
		r[w.budi.cert.Subject.CommonName] = a
		return r
	}
	cases := []struct {
		name     string
		document []byte
		expect   verify.Expectation
		err      error // nil: valid
		code     verify.Code
	}{
		{"both, in order", both, verify.Expectation{Signers: inOrder}, nil, ""},
		{"one of several certificates of a person", both, verify.Expectation{Signers: []verify.ExpectedSigner{byCertificate("", renewed, w.budi), sari}}, nil, ""},
		{"by name, titles and case aside", both, verify.Expectation{Signers: []verify.ExpectedSigner{{Name: "Dr. BUDI CONTOH, S.Kom."}, {Name: "Sari Contoh"}}}, nil, verify.CodeSignerByName},
		{"others allowed", both, verify.Expectation{Signers: []verify.ExpectedSigner{sari}, AllowOthers: true}, nil, verify.CodeSignerOther},
		{"a document timestamp is nobody's signature", w.documentTimestamp(t, both, w.stamper(w.tsa)), verify.Expectation{Signers: inOrder}, nil, ""},
		{"second signer's program declares the version that it writes", declared.apply(t, once), verify.Expectation{Signers: inOrder}, nil, ""},
		{"second signer's program sets defaults for its field", defaults.apply(t, once), verify.Expectation{Signers: inOrder}, nil, ""},
		{"usable at the proven time", timed, verify.Expectation{Signers: inOrder[:1], LifeCycle: status(verify.Yes, "ISSUE", nil)}, nil, ""},

		{"initials told by name, then the signature by certificate, of one person", w.sign(w.sign(letter(), w.optionsBB(w.budi)), w.optionsBB(w.budi)),
			verify.Expectation{Signers: []verify.ExpectedSigner{{Role: "Paraf", Name: "Budi Contoh"}, budi}}, nil, verify.CodeSignerByName},
		{"one person before and after another", w.sign(both, w.optionsBB(w.budi)),
			verify.Expectation{Signers: []verify.ExpectedSigner{{Role: "Paraf", Name: "Budi Contoh"}, sari, budi}}, nil, verify.CodeSignerByName},
		{"the first fits the place that only the second can fill", both,
			verify.Expectation{Signers: []verify.ExpectedSigner{{Name: "Budi Contoh"}, byCertificate("Kepala Dinas", w.budi, w.sari)}}, nil, verify.CodeSignerByName},
		{"somebody else first, and again in his turn", w.sign(w.sign(w.sign(letter(), w.optionsBB(w.sari)), w.optionsBB(w.budi)), w.optionsBB(w.sari)),
			verify.Expectation{Signers: inOrder, AllowOthers: true}, nil, verify.CodeSignerOther},
		{"all there, though none in his place", both,
			verify.Expectation{Signers: []verify.ExpectedSigner{byCertificate("Kepala Dinas", w.budi, w.sari), {Name: "Budi Contoh"}}}, verify.ErrSigners, verify.CodeSignerOrder},

		{"the wrong way round", both, verify.Expectation{Signers: []verify.ExpectedSigner{sari, budi}}, verify.ErrSigners, verify.CodeSignerOrder},
		{"one too many", both, verify.Expectation{Signers: inOrder[:1]}, verify.ErrSigners, verify.CodeSignerUnexpected},
		{"the last is missing", w.sign(letter(), w.optionsBB(w.budi)), verify.Expectation{Signers: inOrder}, verify.ErrIndeterminate, verify.CodeSignerAbsent},
		{"one signature for two places", w.sign(letter(), w.optionsBB(w.budi)), verify.Expectation{Signers: []verify.ExpectedSigner{budi, budi}}, verify.ErrIndeterminate, verify.CodeSignerAbsent},
		{"same name, other certificate than pinned", both, verify.Expectation{Signers: []verify.ExpectedSigner{byCertificate("", renewed), sari}}, verify.ErrSigners, verify.CodeSignerUnexpected},
		{"another name", both, verify.Expectation{Signers: []verify.ExpectedSigner{{Name: "Budi Contohnya"}, sari}}, verify.ErrSigners, verify.CodeSignerUnexpected},
		{"form filled in between, though certified for that", filled, verify.Expectation{Signers: inOrder}, verify.ErrSigners, verify.CodeNotOnlySigned},
		{"suspended at the proven time", timed, verify.Expectation{Signers: inOrder[:1], LifeCycle: status(verify.No, "SUSPEND", nil)}, verify.ErrSigners, verify.CodeStatusNotUsable},
		{"suspended now, no time proven", w.sign(letter(), w.optionsBB(w.budi)), verify.Expectation{Signers: inOrder[:1], LifeCycle: status(verify.No, "SUSPEND", nil)}, verify.ErrIndeterminate, verify.CodeStatusNoTime},
		{"register does not know", timed, verify.Expectation{Signers: inOrder[:1], LifeCycle: register{}}, verify.ErrIndeterminate, verify.CodeStatusUnknown},
		{"register fails, whatever it says", timed, verify.Expectation{Signers: inOrder[:1], LifeCycle: status(verify.Yes, "ISSUE", errors.New("down"))}, verify.ErrIndeterminate, verify.CodeStatusUnknown},
		{"the document itself was changed", replaced(both, "Nomor 099", "Nomor 990"), verify.Expectation{Signers: inOrder}, verify.ErrModified, ""},
		{"not signed at all", letter(), verify.Expectation{Signers: inOrder}, verify.ErrNotSigned, verify.CodeSignerAbsent},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			verdict, err := judge(t, c.document, w.online()).JudgeLetter(t.Context(), c.expect)
			require.NoError(t, err)
			if c.err == nil {
				require.NoError(t, verdict.Err())
				assert.Equal(t, verify.TotalPassed, verdict.Conclusion.Indication)
			} else {
				require.ErrorIs(t, verdict.Err(), c.err)
				assert.NotEqual(t, verify.TotalPassed, verdict.Conclusion.Indication)
			}
			var found []verify.Code
			for _, f := range verdict.Findings {
				found = append(found, f.Code)
			}
			if c.code != "" {
				assert.Contains(t, found, c.code)
			} else {
				assert.Empty(t, found)
			}
			for _, lang := range []verify.Lang{verify.Indonesian, verify.English} {
				assert.Contains(t, verdict.Summary(lang), verdict.Conclusion.Indication.Text(lang)+": ")
			}
			_, err = json.Marshal(verdict)
			assert.NoError(t, err)
		})
	}
}

func TestJudgeLetterTellsWhoSigned(t *testing.T) {
	w := newWorld(t)
	report := judge(t, w.sign(w.sign(letter(), w.optionsBB(w.budi)), w.optionsBB(w.sari)), w.options())
	verdict, err := report.JudgeLetter(t.Context(), verify.Expectation{
		Signers: []verify.ExpectedSigner{byCertificate("Kepala Dinas", w.budi), {Role: "Sekretaris Daerah", Name: "Sari Contoh"}},
	})
	require.NoError(t, err)
	assert.Equal(t, []verify.LetterSigner{
		{Role: "Kepala Dinas", Expected: "Kepala Dinas (Budi Contoh)", Signature: 1, Match: verify.MatchCertificate},
		{Role: "Sekretaris Daerah", Expected: "Sekretaris Daerah (Sari Contoh)", Signature: 2, Match: verify.MatchName},
	}, verdict.Signers, "revocation is unknown here, so Signed is not Yes")
	require.ErrorIs(t, verdict.Err(), verify.ErrIndeterminate)
}

// Of the ways that keep the order, the one with the stronger match is taken.
func TestOneSignatureGoesToTheStrongerMatch(t *testing.T) {
	w := newWorld(t)
	report := judge(t, w.sign(letter(), w.optionsBB(w.budi)), w.online())
	verdict, err := report.JudgeLetter(t.Context(), verify.Expectation{
		Signers: []verify.ExpectedSigner{{Role: "Paraf", Name: "Budi Contoh"}, byCertificate("Kepala Dinas", w.budi)},
	})
	require.NoError(t, err)
	assert.Equal(t, verify.MatchNone, verdict.Signers[0].Match)
	assert.Equal(t, verify.MatchCertificate, verdict.Signers[1].Match)
}

func TestExpectationMustSayWho(t *testing.T) {
	w := newWorld(t)
	report := judge(t, letter(), w.options())
	for name, e := range map[string]verify.Expectation{
		"nobody":                     {},
		"neither name nor key":       {Signers: []verify.ExpectedSigner{{Role: "Camat"}}},
		"titles without a name":      {Signers: []verify.ExpectedSigner{{Name: "  "}}},
		"an empty certificate in it": {Signers: []verify.ExpectedSigner{{Certificates: make([]*x509.Certificate, 1)}}},
	} {
		_, err := report.JudgeLetter(t.Context(), e)
		assert.ErrorIs(t, err, verify.ErrExpectation, name)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	signed := judge(t, w.sign(letter(), w.optionsBB(w.budi)), w.online())
	_, err := signed.JudgeLetter(ctx, verify.Expectation{Signers: []verify.ExpectedSigner{byCertificate("", w.budi)}, LifeCycle: register{}})
	assert.ErrorIs(t, err, context.Canceled)
}
