package mockbsre_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/signing/verify"
)

// seen is what a client gets to see of one answer.
type seen struct {
	status int // 0 for no answer
	header http.Header
	body   []byte
	broken bool
}

// ask sends a request that must not be repeated by a client by itself.
func (b *box) ask(r *http.Request) seen {
	r.SetBasicAuth(mockbsre.DefaultUsername, mockbsre.DefaultPassword)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(r)
	if err != nil {
		return seen{broken: true}
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return seen{answer.StatusCode, answer.Header, body, err != nil}
}

// through asks while the clock goes on, so that an answer that is late comes.
func (b *box) through(r *http.Request) seen {
	answered := make(chan seen, 1)
	go func() { answered <- b.ask(r) }()
	for {
		select {
		case s := <-answered:
			return s
		case <-time.After(time.Millisecond):
			b.Clock.Advance(time.Second)
		case <-b.t.Context().Done():
			b.t.Fatal("no answer")
		}
	}
}

// signRequests ask for the signature of a document in both versions.
var signRequests = map[mockbsre.Operation]func(*box, []byte) *http.Request{
	mockbsre.SignV1: func(b *box, in []byte) *http.Request {
		kind, body := formOf(b.t, part{name: "file", data: in}, part{name: "nik", value: b.person.NIK},
			part{name: "passphrase", value: typed}, part{name: "tampilan", value: "invisible"})
		return b.request("POST", "/api/sign/pdf", kind, body)
	},
	mockbsre.SignV2: func(b *box, in []byte) *http.Request {
		raw, err := json.Marshal(b.invisible(in))
		require.NoError(b.t, err)
		return b.request("POST", "/api/v2/sign/pdf", "application/json", bytes.NewReader(raw))
	},
}

// documentIn takes the document out of an answer; nil if there is none.
func documentIn(op mockbsre.Operation, s seen) []byte {
	if op == mockbsre.SignV1 {
		if bytes.HasPrefix(s.body, []byte("%PDF-")) {
			return s.body
		}
		return nil
	}
	var v struct{ File [][]byte }
	if json.Unmarshal(s.body, &v) != nil || len(v.File) != 1 {
		return nil
	}
	return v.File[0]
}

// judge verifies under the fake's root.
func (b *box) judge(document []byte) (*verify.Report, error) {
	return verify.Verify(context.Background(), bytes.NewReader(document), int64(len(document)),
		verify.Options{Roots: verify.Trust(b.Root()), Now: b.Clock.Now})
}

// TestFaultKinds meets every kind in both versions, with a document that has an
// earlier signature.
func TestFaultKinds(t *testing.T) {
	type want struct {
		status int
		broken bool
		made   int
		// document looks at what came; nil: nothing must have come.
		document func(*testing.T, *box, []byte, seen, []byte)
		header   map[string]string
	}
	sound := func(t *testing.T, b *box, in []byte, _ seen, out []byte) {
		require.True(t, bytes.HasPrefix(out, in))
		report, err := b.judge(out)
		require.NoError(t, err)
		assert.Len(t, report.Signatures, 2)
		assert.Equal(t, verify.TotalPassed, report.Conclusion.Indication)
	}
	some := func(*testing.T, *box, []byte, seen, []byte) {}
	wants := map[mockbsre.FaultKind]want{
		mockbsre.FaultSlowHeader:    {200, false, 1, sound, nil},
		mockbsre.FaultSlowBody:      {200, false, 1, sound, nil},
		mockbsre.FaultCutBefore:     {0, true, 0, nil, nil},
		mockbsre.FaultLostAnswer:    {0, true, 1, nil, nil},
		mockbsre.FaultHeadersOnly:   {200, true, 1, nil, nil},
		mockbsre.FaultHalfBody:      {200, true, 1, some, nil},
		mockbsre.FaultMalformedJSON: {200, false, 1, nil, map[string]string{"Content-Type": "application/json"}},
		mockbsre.FaultForeignJSON:   {200, false, 1, nil, map[string]string{"Content-Type": "application/json"}},
		mockbsre.FaultWrongType:     {200, false, 1, sound, map[string]string{"Content-Type": "application/octet-stream"}},
		mockbsre.FaultPage:          {200, false, 0, nil, map[string]string{"Content-Type": "text/html"}},
		mockbsre.FaultEmptyBody:     {200, false, 1, nil, nil},
		mockbsre.FaultForeignPDF: {200, false, 1, func(t *testing.T, b *box, in []byte, _ seen, out []byte) {
			assert.False(t, bytes.HasPrefix(out, in[:200]))
			report, err := b.judge(out)
			require.NoError(t, err)
			require.Len(t, report.Signatures, 1)
			assert.Equal(t, verify.TotalPassed, report.Conclusion.Indication, "a sound document, but another one")
			assert.Contains(t, report.Signatures[0].Signer.CommonName, "ORANG LAIN")
		}, nil},
		mockbsre.FaultTruncatedPDF: {200, false, 1, func(t *testing.T, b *box, in []byte, _ seen, out []byte) {
			require.True(t, bytes.HasPrefix(out, in))
			assert.Greater(t, len(out), len(in))
			report, err := b.judge(out)
			assert.True(t, err != nil || report.Conclusion.Indication != verify.TotalPassed)
		}, nil},
		mockbsre.FaultUnsignedPDF: {200, false, 1, func(t *testing.T, _ *box, in []byte, _ seen, out []byte) { assert.Equal(t, in, out) }, nil},
		mockbsre.FaultOtherBytes: {200, false, 1, func(t *testing.T, b *box, in []byte, _ seen, out []byte) {
			require.True(t, bytes.HasPrefix(out, in))
			report, err := b.judge(out)
			require.NoError(t, err)
			require.Len(t, report.Signatures, 2)
			assert.Equal(t, verify.Yes, report.Signatures[0].Intact, "the earlier one")
			assert.Equal(t, verify.No, report.Signatures[1].Intact)
		}, nil},
		mockbsre.FaultEarlierChanged: {200, false, 1, func(t *testing.T, b *box, in []byte, _ seen, out []byte) {
			require.True(t, bytes.HasPrefix(out, in))
			report, err := b.judge(out)
			require.NoError(t, err)
			require.Len(t, report.Signatures, 2)
			assert.Equal(t, verify.Yes, report.Signatures[0].Intact)
			assert.Equal(t, verify.ModificationFound, report.Signatures[0].Later)
		}, nil},
		mockbsre.FaultOtherSigner: {200, false, 1, func(t *testing.T, b *box, in []byte, _ seen, out []byte) {
			require.True(t, bytes.HasPrefix(out, in))
			report, err := b.judge(out)
			require.NoError(t, err)
			require.Len(t, report.Signatures, 2)
			assert.Contains(t, report.Signatures[1].Signer.CommonName, "ORANG LAIN")
		}, nil},
		mockbsre.FaultStaleClock: {200, false, 1, func(t *testing.T, b *box, in []byte, s seen, out []byte) {
			require.True(t, bytes.HasPrefix(out, in))
			report, err := b.judge(out)
			require.NoError(t, err)
			require.Len(t, report.Signatures, 2)
			last := report.Signatures[1]
			assert.Equal(t, verify.Yes, last.Valid)
			assert.Equal(t, -6*time.Minute, last.Claims.Time.Sub(last.Time.Proven))
			at, err := http.ParseTime(s.header.Get("Date"))
			require.NoError(t, err)
			assert.Equal(t, -6*time.Minute, at.Sub(b.Clock.Now()))
		}, nil},
		mockbsre.FaultRevokedBetween: {400, false, 0, nil, nil},
		mockbsre.Fault401:            {401, false, 0, nil, nil},
		mockbsre.Fault429:            {429, false, 0, nil, map[string]string{"Retry-After": "30"}},
		mockbsre.Fault500:            {500, false, 0, nil, map[string]string{"Content-Type": "application/json"}},
		mockbsre.Fault502:            {502, false, 0, nil, map[string]string{"Content-Type": "text/html"}},
		mockbsre.Fault503:            {503, false, 0, nil, map[string]string{"Retry-After": "30"}},
		mockbsre.Fault504:            {504, false, 1, nil, map[string]string{"Content-Type": "text/html"}},
	}
	require.Len(t, wants, len(mockbsre.FaultKinds()))
	for op, request := range signRequests {
		b := newBox(t, mockbsre.EsignConfig{})
		in := b.signed()
		b.Clock.Advance(time.Hour) // so that a clock that is behind does not stand before the certificate
		for _, kind := range mockbsre.FaultKinds() {
			if kind == mockbsre.FaultRevokedBetween {
				continue
			}
			t.Run(fmt.Sprint(op, " ", kind), func(t *testing.T) {
				w := wants[kind]
				b.ClearJournal()
				f := kind.Fault()
				b.FailNext(op, f)
				ask := b.ask
				if f.Delay+f.BodyDelay > 0 {
					ask = b.through
				}
				answer := ask(request(b, in))
				assert.Equal(t, w.status, answer.status)
				assert.Equal(t, w.broken, answer.broken)
				assert.Len(t, b.Signatures(), w.made)
				out := documentIn(op, answer)
				if w.document == nil {
					assert.Nil(t, out)
				} else if !w.broken {
					require.NotNil(t, out)
					w.document(t, b, in, answer, out)
				}
				for name, value := range w.header {
					assert.Equal(t, value, answer.header.Get(name), name)
				}
				journal := b.Journal()
				require.Len(t, journal, 1)
				require.NotNil(t, journal[0].Fault)
				assert.Equal(t, kind, journal[0].Fault.Kind)
				assert.Equal(t, w.status, journal[0].Status)
			})
		}
		b.FailNext(op, mockbsre.FaultRevokedBetween.Fault())
		assert.Equal(t, "ISSUE", b.get("/api/user/status/" + b.person.NIK).json()["status"])
		answer := b.ask(request(b, in))
		assert.Equal(t, 400, answer.status)
		assert.Contains(t, string(answer.body), "REVOKE")
		assert.Equal(t, "REVOKE", b.get("/api/user/status/" + b.person.NIK).json()["status"])
	}
}

// A result that was spoilt on its way can still be fetched, once.
func TestSpoiltDocumentIsKeptWhole(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	b.FailNext(mockbsre.SignV1, mockbsre.FaultTruncatedPDF.Fault())
	answer := b.ask(signRequests[mockbsre.SignV1](b, letter(t)))
	require.Equal(t, 200, answer.status)
	fetched := b.get("/api/sign/download/" + answer.header.Get("Id_dokumen"))
	require.Equal(t, 200, fetched.status)
	b.sound(letter(t), fetched.body)
}

func TestChangedLaterWithoutTable(t *testing.T) {
	// Objects within streams, and no table to continue: a byte gives way.
	in := []byte("%PDF-1.7\n1 0 obj<</Type/XRef>>stream\nabcdefgh\nendstream\nendobj\nstartxref\n9\n%%EOF\n")
	out := mockbsre.ChangedLater(in)
	assert.Len(t, out, len(in))
	assert.NotEqual(t, in, out)
}

func TestFaultKindsSayWhatTheyFind(t *testing.T) {
	texts := map[string]bool{}
	for _, kind := range mockbsre.FaultKinds() {
		assert.NotEmpty(t, kind.Finds(), kind)
		assert.False(t, texts[kind.Finds()], "%s: said before", kind)
		texts[kind.Finds()] = true
		assert.Equal(t, kind, kind.Fault().Kind)
	}
	assert.Empty(t, mockbsre.FaultKind("sunspots").Finds())
	assert.Zero(t, mockbsre.FaultKind("sunspots").Fault())
}

func TestUnusableFaults(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	for name, c := range map[string]struct {
		op    mockbsre.Operation
		fault mockbsre.Fault
	}{
		"nothing":                          {mockbsre.SignV2, mockbsre.Fault{}},
		"a kind that does not exist":       {mockbsre.SignV2, mockbsre.FaultKind("sunspots").Fault()},
		"applied alone":                    {mockbsre.SignV2, mockbsre.Fault{Applied: true}},
		"a cut that is none":               {mockbsre.SignV2, mockbsre.Fault{CutAfter: 7, CutHalf: true}},
		"no such status":                   {mockbsre.SignV2, mockbsre.Fault{Status: 42}},
		"negative delay":                   {mockbsre.SignV2, mockbsre.Fault{Status: 500, Delay: -1}},
		"endless delay":                    {mockbsre.SignV2, mockbsre.Fault{Delay: 1 << 62}},
		"endless body":                     {mockbsre.SignV2, mockbsre.Fault{Body: strings.Repeat("x", 2<<20)}},
		"unknown document fault":           {mockbsre.SignV2, mockbsre.Fault{Document: "burnt"}},
		"document fault without signature": {mockbsre.StatusV1, mockbsre.FaultForeignPDF.Fault()},
		"revocation without signature":     {mockbsre.StatusV2, mockbsre.FaultRevokedBetween.Fault()},
		"unknown operation":                {"v3 sign", mockbsre.Fault500.Fault()},
	} {
		assert.Panics(t, func() { b.FailNext(c.op, c.fault) }, name)
		err := b.SetFaults(mockbsre.FaultScript{Rules: []mockbsre.FaultRule{{Operation: c.op, Fault: c.fault}}})
		assert.ErrorIs(t, err, mockbsre.ErrFault, name)
	}
	assert.Zero(t, b.PendingFaults())
}
