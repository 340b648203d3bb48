package verify_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ocsp"

	"github.com/sertel-id/sertel/signing/verify"
)

// answers is a fetcher that gives the same for every certificate.
type answers struct {
	ocsp, crl []byte
	err       error
}

func (a answers) OCSP(context.Context, *x509.Certificate, *x509.Certificate) ([]byte, error) {
	return a.ocsp, a.err
}

func (a answers) CRL(context.Context, *x509.Certificate, *x509.Certificate) ([]byte, error) {
	return a.crl, a.err
}

// The report says why evidence at hand did not settle the status, so that who
// asked knows what to get.
func TestWhyEvidenceDidNotCount(t *testing.T) {
	type rejected = verify.RejectedEvidence
	about := func(w *world, id identity, status int) ocsp.Response {
		return ocsp.Response{Status: status, SerialNumber: id.cert.SerialNumber, ThisUpdate: judgedAt}
	}
	addressed := func(w *world) identity {
		template := leafTemplate("Budi Contoh")
		template.OCSPServer = []string{"http://ocsp.contoh.example/"}
		template.CRLDistributionPoints = []string{"http://crl.contoh.example/ca.crl"}
		return w.issue(w.ca, template)
	}
	hosts := func(*world) verify.Fetcher {
		return must(verify.NewHTTPFetcher(verify.HTTPConfig{Hosts: []string{"lain.example"}}))
	}
	stale := func(w *world) []byte { return must(w.OCSP(t.Context(), w.budi.cert, nil)) }
	for _, c := range []struct {
		name    string
		signer  func(*world) identity // nil: Budi
		caller  func(w *world) [][]byte
		fetcher func(w *world) verify.Fetcher
		want    []rejected
		reason  verify.RejectReason
	}{
		{"nothing at hand", nil, nil, nil, nil, ""},
		{"an old answer", nil, func(w *world) [][]byte { return [][]byte{stale(w)} }, nil,
			[]rejected{{"ocsp", "caller", "stale"}}, verify.RejectStale},
		{"several old answers, said once", nil, func(w *world) [][]byte { return [][]byte{stale(w), stale(w), stale(w)} }, nil,
			[]rejected{{"ocsp", "caller", "stale"}}, verify.RejectStale},
		{"an answer from after the judgment", nil, func(w *world) (der [][]byte) {
			w.at(judgedAt.AddDate(0, 0, 1), func() { der = [][]byte{stale(w)} })
			return der
		}, nil, []rejected{{"ocsp", "caller", "from-future"}}, verify.RejectFuture},
		{"an answer of a stranger", nil, func(w *world) [][]byte {
			other := newWorld(t)
			return [][]byte{must(ocsp.CreateResponse(other.ca.cert, other.ca.cert, about(w, w.budi, ocsp.Good), other.ca.key))}
		}, nil, []rejected{{"ocsp", "caller", "not-authorized"}}, verify.RejectSigner},
		{"a responder that does not know the certificate", nil, func(w *world) [][]byte {
			return [][]byte{must(ocsp.CreateResponse(w.ca.cert, w.ca.cert, about(w, w.budi, ocsp.Unknown), w.ca.key))}
		}, nil, []rejected{{"ocsp", "caller", "status-unknown"}}, verify.RejectStatusUnknown},
		{"an answer that was cut", nil, func(w *world) [][]byte { return [][]byte{stale(w)[1:]} }, nil,
			[]rejected{{"ocsp", "caller", "malformed"}}, verify.RejectMalformed},
		{"hosts that do not match", addressed, nil, hosts,
			[]rejected{{"ocsp", "network", "host-not-allowed"}, {"crl", "network", "host-not-allowed"}}, verify.RejectHost},
		{"a certificate without addresses", nil, nil, hosts,
			[]rejected{{"ocsp", "network", "no-address"}, {"crl", "network", "no-address"}}, verify.RejectNoAddress},
		{"an old answer, and a certificate without addresses", nil, func(w *world) [][]byte { return [][]byte{stale(w)} }, hosts,
			[]rejected{{"ocsp", "caller", "stale"}, {"ocsp", "network", "no-address"}, {"crl", "network", "no-address"}}, verify.RejectStale},
		{"a fetcher that fails", nil, nil, func(*world) verify.Fetcher { return answers{err: errors.New("kata sandi rahasia")} },
			[]rejected{{"ocsp", "network", "fetch-failed"}, {"crl", "network", "fetch-failed"}}, verify.RejectFetch},
		{"a fetcher with nothing", nil, nil, func(*world) verify.Fetcher { return answers{} },
			[]rejected{{"ocsp", "network", "no-answer"}, {"crl", "network", "no-answer"}}, verify.RejectNoAnswer},
		{"a fetcher with an old answer", nil, nil, func(w *world) verify.Fetcher { return answers{ocsp: stale(w)} },
			[]rejected{{"ocsp", "network", "stale"}, {"crl", "network", "no-answer"}}, verify.RejectStale},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			if c.signer != nil {
				w.budi = c.signer(w)
			}
			options := w.options()
			if c.caller != nil {
				options.OCSP = c.caller(w)
			}
			if c.fetcher != nil {
				options.Fetcher = c.fetcher(w)
			}
			report := judge(t, w.sound(w.budi).apply(t, letter()), options)
			s := report.Signatures[0]
			assert.Equal(t, verify.RevocationUnknown, s.Revocation.State)
			assert.ElementsMatch(t, c.want, s.Revocation.Rejected)
			_, f := report.Decisive()
			assert.Equal(t, verify.CodeRevocationUnknown, f.Code)
			assert.Equal(t, c.reason, f.Reason)
			for _, lang := range []verify.Lang{verify.Indonesian, verify.English} {
				assert.Contains(t, f.Text(lang), c.reason.Text(lang))
			}
			assert.NotContains(t, string(must(json.Marshal(report))), "rahasia", "a fetcher's own words stay out")
		})
	}
}

// Authorities have their reasons too, and a status that is known does not
// lose what was passed over.
func TestReasonsElsewhere(t *testing.T) {
	w := newWorld(t)
	reasonOf := func(report *verify.Report, code verify.Code) verify.RejectReason {
		for _, f := range report.Signatures[0].Findings {
			if f.Code == code {
				return f.Reason
			}
		}
		t.Errorf("no finding %s", code)
		return ""
	}
	options := w.options()
	options.Fetcher = answers{err: errors.New("putus")}
	report := judge(t, w.sign(letter(), w.optionsBT(w.budi)), options)
	assert.Equal(t, verify.RejectFetch, reasonOf(report, verify.CodeTimestampStatus))
	assert.Equal(t, verify.RejectFetch, reasonOf(report, verify.CodeCARevocationUnknown))

	options = w.online()
	options.OCSP = [][]byte{must(w.OCSP(t.Context(), w.budi.cert, nil))}
	report = judge(t, w.sign(letter(), w.optionsBB(w.budi)), options)
	require.NoError(t, report.Err())
	assert.Equal(t, []verify.RejectedEvidence{{Kind: "ocsp", Source: "caller", Reason: verify.RejectStale}}, report.Signatures[0].Revocation.Rejected)
	assert.Contains(t, string(must(json.Marshal(report))), `"rejected":[{"kind":"ocsp","source":"caller","reason":"stale"}]`)
}

func TestReasonsHaveTexts(t *testing.T) {
	reasons := verify.AllReasons()
	require.Len(t, reasons, 15)
	for _, r := range reasons {
		assert.NotEmpty(t, r.Text(verify.Indonesian), r)
		assert.NotEqual(t, r.Text(verify.Indonesian), r.Text(verify.English), r)
	}
	assert.Equal(t, "lain", verify.RejectReason("lain").Text(verify.English), "a word of a later version")
}
