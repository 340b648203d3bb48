package esign_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/verify"
)

// faulty is a fake whose signer signs under a document that is signed already.
type faulty struct {
	*fake
	client *esign.Client
	op     mockbsre.Operation
	dir    string         // of the quarantine
	in     []byte         // has one signature
	id     esign.Identity // of the second signer
}

func newFaulty(t *testing.T, op mockbsre.Operation) *faulty {
	f := &faulty{fake: newFake(t, mockbsre.EsignConfig{}), op: op, dir: t.TempDir()}
	second := mockbsre.MadeUpPerson(1)
	_, err := f.Enrol(t.Context(), second, passphrase.FromString(fakeRight))
	require.NoError(t, err)
	f.Clock.Advance(time.Hour) // a clock that is behind must not stand before the certificates
	quarantine, err := esign.NewQuarantineDir(f.dir)
	require.NoError(t, err)
	f.client = f.fake.client(func(c *esign.Config) {
		if op == mockbsre.SignV1 {
			v1(c)
		}
		c.Quarantine = quarantine
		c.Codes = map[int]esign.Code{2025: esign.CodeStatus} // of which one source knows
	})
	f.id = nikOf(second)
	// Version 1 has no call for the certificate: who wants it sure pins it.
	chain, err := f.fake.client(nil).CertificateChain(t.Context(), f.id)
	require.NoError(t, err)
	f.id.Certificate = sha256.Sum256(chain[0].Raw)
	return f
}

// fresh is the same with another document.
func (f *faulty) fresh(t *testing.T, number int) *faulty {
	g := *f
	g.fake = &fake{Server: f.Server, t: t, person: f.person, id: f.fake.id}
	var err error
	g.in, _, err = g.sign(g.client, page(number), signed())
	require.NoError(t, err)
	g.ClearJournal()
	return &g
}

// late lets an answer come that waits for the clock.
func (f *faulty) late(done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		case <-time.After(time.Millisecond):
			f.Clock.Advance(time.Second)
		}
	}
}

// again signs as the second person, and looks at all that must hold whatever
// happened: what was written was checked, and what was not written is kept if
// it came.
func (f *faulty) again(ctx context.Context) ([]byte, esign.Result, error) {
	var out bytes.Buffer
	r, err := f.client.Signer(f.id).Sign(ctx, &out, bytes.NewReader(f.in), int64(len(f.in)), signed())
	if err != nil {
		assert.Zero(f.t, out.Len(), "an unchecked file was handed on")
		var failed *esign.Error
		require.ErrorAs(f.t, err, &failed)
		assert.Equal(f.t, r.Outcome, failed.Outcome)
		kept, globbed := filepath.Glob(filepath.Join(f.dir, failed.AttemptID+".pdf"))
		require.NoError(f.t, globbed)
		assert.Equal(f.t, failed.Quarantined, len(kept) == 1)
		return nil, r, err
	}
	assert.Equal(f.t, esign.OutcomeSigned, r.Outcome)
	require.True(f.t, bytes.HasPrefix(out.Bytes(), f.in))
	report, judged := verify.Verify(f.t.Context(), bytes.NewReader(out.Bytes()), int64(out.Len()), verify.Options{
		Roots: verify.Trust(f.Root()), InsecureSkipRevocation: true, Now: f.Clock.Now,
	})
	require.NoError(f.t, judged)
	require.Len(f.t, report.Signatures, 2)
	assert.Equal(f.t, verify.TotalPassed, report.Conclusion.Indication)
	assert.Equal(f.t, sha256.Sum256(report.Signatures[1].Signer.Certificate.Raw), f.id.Certificate)
	return out.Bytes(), r, nil
}

// ending is how a request to sign ends under a fault.
type ending struct {
	code        esign.Code // empty: signed
	outcome     esign.Outcome
	quarantined bool
	// made is what the box signed.
	made int
}

// TestEachFaultEnds lets every kind of fault happen to a signature, in both
// versions. A refusal leaves nothing signed and can be asked for again; an
// unknown outcome waits for a decision; a result is whole.
func TestEachFaultEnds(t *testing.T) {
	signedOnce := ending{"", esign.OutcomeSigned, false, 1}
	unknown := func(made int) ending {
		return ending{esign.CodeOutcomeUnknown, esign.OutcomeUnknown, false, made}
	}
	refused := func(code esign.Code) ending { return ending{code, esign.OutcomeRefused, false, 0} }
	kept := func(code esign.Code) ending { return ending{code, esign.OutcomeUnknown, true, 1} }
	wants := map[mockbsre.FaultKind]struct{ v1, v2 ending }{
		mockbsre.FaultSlowHeader: {signedOnce, signedOnce},
		mockbsre.FaultSlowBody:   {signedOnce, signedOnce},
		mockbsre.FaultCutBefore:  {unknown(0), unknown(0)},
		mockbsre.FaultLostAnswer: {unknown(1), unknown(1)},
		// Version 1 names the document in its headers, so it can be fetched anew.
		mockbsre.FaultHeadersOnly:   {signedOnce, unknown(1)},
		mockbsre.FaultHalfBody:      {signedOnce, ending{esign.CodeOutcomeUnknown, esign.OutcomeUnknown, true, 1}},
		mockbsre.FaultMalformedJSON: {unknown(1), unknown(1)},
		mockbsre.FaultForeignJSON:   {unknown(1), unknown(1)},
		mockbsre.FaultWrongType:     {signedOnce, signedOnce},
		mockbsre.FaultPage:          {ending{esign.CodeOtherDocument, esign.OutcomeUnknown, true, 0}, unknown(0)},
		mockbsre.FaultEmptyBody:     {kept(esign.CodeOtherDocument), unknown(1)},
		mockbsre.FaultForeignPDF:    {kept(esign.CodeOtherDocument), kept(esign.CodeOtherDocument)},
		// What no sound signature vouches for spoils the earlier one.
		mockbsre.FaultTruncatedPDF:   {signedOnce, kept(esign.CodeEarlierSignature)},
		mockbsre.FaultUnsignedPDF:    {signedOnce, kept(esign.CodeNotSigned)},
		mockbsre.FaultOtherBytes:     {signedOnce, kept(esign.CodeEarlierSignature)},
		mockbsre.FaultEarlierChanged: {signedOnce, kept(esign.CodeEarlierSignature)},
		mockbsre.FaultOtherSigner:    {kept(esign.CodeOtherSigner), kept(esign.CodeOtherSigner)},
		mockbsre.FaultStaleClock:     {signedOnce, signedOnce},
		mockbsre.FaultRevokedBetween: {refused(esign.CodeStatus), refused(esign.CodeStatus)},
		mockbsre.Fault401:            {refused(esign.CodeApplication), refused(esign.CodeApplication)},
		mockbsre.Fault429:            {refused(esign.CodeBusy), refused(esign.CodeBusy)},
		mockbsre.Fault500:            {refused(esign.CodeServiceFault), refused(esign.CodeServiceFault)},
		mockbsre.Fault502:            {unknown(0), unknown(0)},
		mockbsre.Fault503:            {refused(esign.CodeBusy), refused(esign.CodeBusy)},
		mockbsre.Fault504:            {unknown(1), unknown(1)},
	}
	kinds := mockbsre.FaultKinds()
	require.Len(t, wants, len(kinds))
	last := slices.Index(kinds, mockbsre.FaultRevokedBetween) // nobody signs after it
	kinds = append(slices.Delete(kinds, last, last+1), mockbsre.FaultRevokedBetween)
	for _, op := range []mockbsre.Operation{mockbsre.SignV1, mockbsre.SignV2} {
		f := newFaulty(t, op)
		for n, kind := range kinds {
			want := wants[kind].v2
			if op == mockbsre.SignV1 {
				want = wants[kind].v1
			}
			t.Run(fmt.Sprint(op, " ", kind), func(t *testing.T) { f.fresh(t, n).meets(kind, want) })
		}
	}
}

func (f *faulty) meets(kind mockbsre.FaultKind, want ending) {
	fault := kind.Fault()
	f.FailNext(f.op, fault)
	done := make(chan struct{})
	if fault.Delay+fault.BodyDelay > 0 {
		go f.late(done)
	}
	_, r, err := f.again(f.t.Context())
	close(done)
	require.Zero(f.t, f.PendingFaults(), "the request did not leave")
	assert.Len(f.t, f.Signatures(), want.made, "by the box")
	assert.Equal(f.t, 1, f.asked(f.op), "a request to sign was repeated")
	assert.Equal(f.t, want.outcome, r.Outcome)
	if want.code == "" {
		require.NoError(f.t, err)
		assert.Equal(f.t, signing.TimeAuthority, r.TimeSource, "the claimed time is not taken for a proven one")
		return
	}
	require.ErrorIs(f.t, err, want.code)
	var failed *esign.Error
	require.ErrorAs(f.t, err, &failed)
	assert.Equal(f.t, want.quarantined, failed.Quarantined)
	assert.Equal(f.t, want.quarantined, strings.Contains(failed.Text(passphrase.Indonesian), "disimpan di karantina"))
	assert.Equal(f.t, want.quarantined, strings.Contains(failed.Text(passphrase.English), "kept in quarantine"))
	f.after(kind, failed)
}

// after goes on: a refusal is tried again, an unknown outcome decided first.
func (f *faulty) after(kind mockbsre.FaultKind, failed *esign.Error) {
	if failed.Outcome == esign.OutcomeUnknown {
		assert.Equal(f.t, esign.RetryReconcile, failed.Retry)
		_, _, err := f.again(f.t.Context())
		require.ErrorIs(f.t, err, esign.CodeUnsettled, "without a decision nothing is signed again")
		require.NoError(f.t, f.client.Reconcile(f.t.Context(), failed.Key, esign.SignAgain))
	}
	_, _, err := f.again(f.t.Context())
	if kind == mockbsre.FaultRevokedBetween {
		require.ErrorIs(f.t, err, esign.CodeStatus)
		return
	}
	require.NoError(f.t, err)
}

// A caller who gives up while the answer is late has an unknown outcome.
func TestImpatienceIsNoRefusal(t *testing.T) {
	for _, op := range []mockbsre.Operation{mockbsre.SignV1, mockbsre.SignV2} {
		all := newFaulty(t, op)
		for n, kind := range []mockbsre.FaultKind{mockbsre.FaultSlowHeader, mockbsre.FaultSlowBody} {
			t.Run(fmt.Sprint(op, " ", kind), func(t *testing.T) {
				f := all.fresh(t, n)
				f.FailNext(op, kind.Fault())
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				go func() {
					defer cancel()
					for tick := time.NewTicker(time.Millisecond); len(f.Signatures()) == 0; <-tick.C {
						if ctx.Err() != nil {
							return
						}
					}
				}()
				_, _, err := f.again(ctx)
				require.ErrorIs(t, err, esign.CodeOutcomeUnknown)
				require.ErrorIs(t, err, context.Canceled)
				assert.Len(t, f.Signatures(), 1)
			})
		}
	}
}

var errUnknownStatus = errors.New("the status is not known")

// Reads change nothing: they are tried again where that can help.
func TestFaultsOfReads(t *testing.T) {
	f := newFake(t, mockbsre.EsignConfig{})
	status := func(c *esign.Client) error {
		s, err := c.Status(t.Context(), nikOf(f.person))
		if err == nil {
			assert.Contains(t, []certificate.Status{certificate.StatusIssue, certificate.StatusUnknown}, s.Status)
			if s.Status == certificate.StatusUnknown {
				return errUnknownStatus
			}
		}
		return err
	}
	in, _, err := f.sign(f.client(nil), page(0), signed())
	require.NoError(t, err)
	reads := map[mockbsre.Operation]func() error{
		mockbsre.StatusV1: func() error { return status(f.client(v1)) },
		mockbsre.StatusV2: func() error { return status(f.client(nil)) },
		mockbsre.ChainV2: func() error {
			chain, err := f.client(nil).CertificateChain(t.Context(), nikOf(f.person))
			if err == nil {
				assert.Len(t, chain, 3)
			}
			return err
		},
		mockbsre.VerifyV2: func() error {
			v, err := f.client(nil).Verify(t.Context(), bytes.NewReader(in), int64(len(in)), passphrase.Secret{})
			if err == nil {
				assert.Len(t, v.Signatures, 1)
			}
			return err
		},
	}
	for kind, code := range map[mockbsre.FaultKind]esign.Code{ // empty: succeeds in the end
		mockbsre.FaultCutBefore: "", mockbsre.FaultLostAnswer: "", mockbsre.FaultHeadersOnly: "", mockbsre.FaultHalfBody: "",
		mockbsre.Fault429: "", mockbsre.Fault502: "", mockbsre.Fault503: "", mockbsre.Fault504: "",
		mockbsre.FaultMalformedJSON: esign.CodeAnswer, mockbsre.FaultForeignJSON: esign.CodeAnswer,
		mockbsre.FaultPage: esign.CodeAnswer, mockbsre.FaultEmptyBody: esign.CodeAnswer,
		mockbsre.Fault401: esign.CodeApplication, mockbsre.Fault500: esign.CodeServiceFault,
	} {
		for op, read := range reads {
			t.Run(fmt.Sprint(op, " ", kind), func(t *testing.T) {
				f.FailNext(op, kind.Fault())
				err := read()
				require.Zero(t, f.PendingFaults())
				if kind == mockbsre.FaultForeignJSON && op != mockbsre.ChainV2 && op != mockbsre.VerifyV2 {
					require.ErrorIs(t, err, errUnknownStatus, "its status is no word that is known")
					return
				}
				if code == "" {
					require.NoError(t, err)
					return
				}
				require.ErrorIs(t, err, code)
				var failed *esign.Error
				require.ErrorAs(t, err, &failed)
				assert.NotContains(t, failed.Text(passphrase.Indonesian), "ditandatangani", "a read has no document to sign")
				assert.NotContains(t, failed.Text(passphrase.English), "signed", "a read has no document to sign")
			})
		}
	}
	require.NoError(t, f.SetFaults(mockbsre.FaultScript{Rules: []mockbsre.FaultRule{{Fault: mockbsre.Fault503.Fault()}}}))
	assert.ErrorIs(t, status(f.client(nil)), esign.CodeBusy, "not for ever")
}

// TestHostile signs while everything goes wrong, and keeps at it as a careful
// application would. In the end each document is there, signed once as far as
// anybody was told, and nothing unchecked was kept.
func TestHostile(t *testing.T) {
	documents := 8 // of each version
	if os.Getenv("SERTEL_CI") == "1" {
		documents = 60
	}
	for name, change := range bothVersions {
		t.Run(name, func(t *testing.T) {
			f := newFake(t, mockbsre.EsignConfig{})
			require.NoError(t, f.SetFaults(mockbsre.FaultScript{Seed: 20270117, Hostile: true}))
			c := f.client(func(c *esign.Config) {
				if change != nil {
					change(c)
				}
				c.CheckStatus = true
			})
			for n := range documents {
				in := page(n)
				id := nikOf(f.person)
				out := f.insist(c, id, in)
				report := f.judged(out)
				require.Len(t, report.Signatures, 1)
				assert.Equal(t, verify.Yes, report.Signatures[0].Intact)
			}
		})
	}
}

// insist asks until the document is signed, deciding what is unknown.
func (f *fake) insist(c *esign.Client, id esign.Identity, in []byte) []byte {
	for range 100 {
		var out bytes.Buffer
		_, err := c.Signer(id).Sign(f.t.Context(), &out, bytes.NewReader(in), int64(len(in)), signed())
		if err == nil {
			return out.Bytes()
		}
		require.Zero(f.t, out.Len())
		var failed *esign.Error
		require.ErrorAs(f.t, err, &failed)
		if failed.Outcome == esign.OutcomeUnknown {
			require.NoError(f.t, c.Reconcile(f.t.Context(), failed.Key, esign.SignAgain))
		}
	}
	f.t.Fatal("not signed after 100 tries")
	return nil
}
