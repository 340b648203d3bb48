package esign_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/verify"
)

// sealing is a fake with a seal, and what its sessions share.
type sealing struct {
	*fake
	seal   mockbsre.Seal
	store  esign.SealStore
	key    passphrase.Secret
	sealer *passphrase.Sealer
}

func newSealing(t testing.TB, quirks map[mockbsre.Quirk]bool) *sealing {
	f := newFake(t, mockbsre.EsignConfig{Quirks: quirks})
	seal, err := f.SeedSeal(t.Context(), mockbsre.SealOwner{Name: "Dinas Contoh", Mail: "segel@dinas.magelangkota.go.id"})
	require.NoError(t, err)
	sealer, err := passphrase.NewSealer(passphrase.SealerConfig{Params: passphrase.FastParams()})
	require.NoError(t, err)
	return &sealing{f, seal, esign.NewMemorySealStore(), passphrase.FromString("kunci-penyimpanan-tiruan"), sealer}
}

// session is one node's.
func (s *sealing) session(change func(*esign.Config)) *esign.SealSession {
	s.t.Helper()
	return s.over(s.client(change))
}

func (s *sealing) over(c *esign.Client) *esign.SealSession {
	s.t.Helper()
	session, err := esign.NewSealSession(esign.SealConfig{
		Client: c, Subscriber: s.seal.ID, Store: s.store, Key: s.key, Sealer: s.sealer,
	})
	require.NoError(s.t, err)
	return session
}

// mailed is the code of the last mail.
func (s *sealing) mailed() passphrase.Secret {
	s.t.Helper()
	mail, err := s.Inbox.Latest(mockbsre.Query{To: s.seal.Owner.Mail})
	require.NoError(s.t, err)
	require.Len(s.t, mail.Codes, 1)
	return passphrase.FromString(mail.Codes[0])
}

func (s *sealing) activate(session *esign.SealSession) {
	s.t.Helper()
	said, err := session.RequestActivation(s.t.Context())
	require.NoError(s.t, err)
	assert.Equal(s.t, "TOTP Aktivasi berhasil dikirim", said.Message)
	require.NoError(s.t, session.Activate(s.t.Context(), s.mailed()))
}

func sealed(ctx context.Context, session *esign.SealSession, in []byte) ([]byte, esign.Result, error) {
	var out bytes.Buffer
	r, err := session.Seal(ctx, &out, bytes.NewReader(in), int64(len(in)), esign.Request{})
	return out.Bytes(), r, err
}

func TestSealFirstThenOfficials(t *testing.T) {
	s := newSealing(t, nil)
	session := s.session(nil)
	s.activate(session)
	var outs [3]bytes.Buffer
	var files []esign.File
	for n := range outs {
		in := page(n)
		files = append(files, esign.File{Dst: &outs[n], Src: bytes.NewReader(in), Size: int64(len(in))})
	}
	results, err := session.SealFiles(t.Context(), files)
	require.NoError(t, err)
	for n, r := range results {
		assert.Equal(t, esign.OutcomeSigned, r.Outcome)
		assert.True(t, r.SignerConfirmed, "by the chain of the subscriber")
		assert.Equal(t, signing.LevelBLT, r.Level)
		report := s.judged(outs[n].Bytes())
		require.Len(t, report.Signatures, 1)
		assert.Equal(t, verify.TotalPassed, report.Conclusion.Indication)
		assert.Equal(t, verify.PermitAnnotations, report.Signatures[0].Permits)
	}
	assert.Equal(t, 1, s.asked(mockbsre.SealCodeV2), "one code for a batch")
	_, _, err = sealed(t.Context(), session, page(7))
	require.NoError(t, err)
	assert.Equal(t, 2, s.asked(mockbsre.SealCodeV2), "another code for another batch")

	// Officials sign what is sealed, and nothing that is signed is sealed.
	signedToo, _, err := s.sign(s.client(nil), outs[0].Bytes(), signed())
	require.NoError(t, err)
	report := s.judged(signedToo)
	require.Len(t, report.Signatures, 2)
	assert.Equal(t, verify.TotalPassed, report.Conclusion.Indication)

	s.ClearJournal()
	for name, in := range map[string][]byte{"sealed": outs[1].Bytes(), "signed": signedToo} {
		out, _, err := sealed(t.Context(), session, in)
		require.ErrorIs(t, err, esign.CodeSealSigned, name)
		assert.Empty(t, out)
	}
	assert.Empty(t, s.Journal(), "refused before anything left")
}

func TestSealAfterSignatureByProfile(t *testing.T) {
	s := newSealing(t, map[mockbsre.Quirk]bool{mockbsre.QuirkSealAfterSignature: true})
	session := s.session(func(c *esign.Config) { c.Profile.SealAfterSignature = true })
	s.activate(session)
	in, _, err := s.sign(s.client(nil), page(0), signed())
	require.NoError(t, err)
	out, _, err := sealed(t.Context(), session, in)
	require.NoError(t, err)
	report := s.judged(out)
	require.Len(t, report.Signatures, 2)
	assert.Equal(t, verify.TotalPassed, report.Conclusion.Indication)
}

func TestSealShowsABlock(t *testing.T) {
	s := newSealing(t, nil)
	session := s.session(nil)
	s.activate(session)
	var out bytes.Buffer
	in := page(1)
	r, err := session.Seal(t.Context(), &out, bytes.NewReader(in), int64(len(in)), esign.Request{
		Request: signing.Request{Reason: "Dokumen disegel", Placement: signing.Placement{Page: 1, Rect: signing.Rect{X: 100, Y: 200, Width: 80, Height: 80}}},
		Picture: picture(t),
	})
	require.NoError(t, err)
	assert.Empty(t, r.Doubts)
	assert.InDelta(t, 100, r.Rect.X, 1)

	_, err = session.SignDocument(t.Context(), &out, bytes.NewReader(in), int64(len(in)), withPassphrase(fakeRight))
	assert.ErrorIs(t, err, esign.CodeCredential, "a seal takes no credential")
	assert.False(t, session.Capabilities().Passphrase)
}

func TestSealActivationIsRenewedInTime(t *testing.T) {
	for name, kept := range map[string]bool{"under the same code": true, "under a new code": false} {
		t.Run(name, func(t *testing.T) {
			s := newSealing(t, map[mockbsre.Quirk]bool{mockbsre.QuirkSealCodeKept: kept})
			first, second := s.session(nil), s.session(nil)
			s.activate(first)
			for n := range 4 {
				s.ClearJournal()
				s.Clock.Advance(23*time.Hour + 50*time.Minute) // the activation lasts 24 hours
				_, _, err := sealed(t.Context(), first, page(2*n))
				require.NoError(t, err)
				_, _, err = sealed(t.Context(), second, page(2*n+1))
				require.NoError(t, err, "the other node has the new one")
				assert.Equal(t, 1, s.asked(mockbsre.SealActivateV2))
				expires, err := second.Expires(t.Context())
				require.NoError(t, err)
				assert.WithinDuration(t, s.Clock.Now().Add(24*time.Hour), expires, 0)
			}
			s.ClearJournal()
			require.NoError(t, first.Renew(t.Context()))
			assert.Zero(t, s.asked(mockbsre.SealActivateV2), "nothing is due")
			s.Clock.Advance(23*time.Hour + 50*time.Minute)
			require.NoError(t, first.Renew(t.Context()))
			assert.Equal(t, 1, s.asked(mockbsre.SealActivateV2))

			s.Clock.Advance(25 * time.Hour)
			_, _, err := sealed(t.Context(), second, page(90))
			require.ErrorIs(t, err, esign.CodeSealActivation, "over")
			s.activate(second)
			_, _, err = sealed(t.Context(), first, page(90))
			require.NoError(t, err)
		})
	}
}

// Many nodes find at once that a renewal is due.
func TestSealIsRenewedByOneNode(t *testing.T) {
	s := newSealing(t, map[mockbsre.Quirk]bool{mockbsre.QuirkSealCodeKept: false})
	s.activate(s.session(nil))
	s.ClearJournal()
	s.Clock.Advance(23*time.Hour + 50*time.Minute)
	const nodes = 8
	errs := make([]error, nodes)
	var all sync.WaitGroup
	for n := range nodes {
		session := s.session(nil)
		all.Go(func() { errs[n] = session.Renew(t.Context()) })
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
	assert.Equal(t, 1, s.asked(mockbsre.SealActivateV2))
	_, _, err := sealed(t.Context(), s.session(nil), page(0))
	require.NoError(t, err)
}

func TestSealLockOfADeadNode(t *testing.T) {
	s := newSealing(t, nil)
	session := s.session(nil)
	s.activate(session)
	s.Clock.Advance(23*time.Hour + 50*time.Minute)
	until := s.Clock.Now().Add(5 * time.Minute)
	require.NoError(t, s.store.Update(t.Context(), s.seal.ID, func(r *esign.SealRecord) error {
		r.Holder, r.Until = "a node that died", until
		return nil
	}))
	s.ClearJournal()
	_, _, err := sealed(t.Context(), session, page(0))
	require.NoError(t, err, "the activation still works")
	assert.Zero(t, s.asked(mockbsre.SealActivateV2))
	s.Clock.Set(until)
	_, _, err = sealed(t.Context(), session, page(1))
	require.NoError(t, err)
	assert.Equal(t, 1, s.asked(mockbsre.SealActivateV2))

	// With the activation over meanwhile, the others wait for the holder.
	s.Clock.Advance(25 * time.Hour)
	require.NoError(t, s.store.Update(t.Context(), s.seal.ID, func(r *esign.SealRecord) error {
		r.Holder, r.Until = "a node that is slow", s.Clock.Now().Add(time.Minute)
		return nil
	}))
	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error, 1)
	go func() { waiting <- session.Renew(ctx) }()
	cancel()
	assert.ErrorIs(t, <-waiting, esign.CodeCanceled)
	s.Clock.Advance(time.Minute)
	assert.ErrorIs(t, session.Renew(t.Context()), esign.CodeSealActivation)
}

func TestSealActivationIsRefused(t *testing.T) {
	s := newSealing(t, nil)
	session := s.session(nil)
	_, _, err := sealed(t.Context(), session, page(0))
	require.ErrorIs(t, err, esign.CodeSealActivation, "there is none")
	assert.ErrorIs(t, session.Revoke(t.Context()), esign.CodeSealActivation)
	assert.ErrorIs(t, session.Activate(t.Context(), passphrase.Secret{}), esign.CodeCredential)
	_, err = session.RequestActivation(t.Context())
	require.NoError(t, err)
	err = session.Activate(t.Context(), passphrase.FromString("00000x"))
	require.ErrorIs(t, err, esign.CodeOneTimeCodeWrong)
	require.ErrorIs(t, err, signing.ErrCredential)
	expires, err := session.Expires(t.Context())
	require.NoError(t, err)
	assert.Zero(t, expires)

	s.activate(session)
	require.NoError(t, session.Revoke(t.Context()))
	_, _, err = sealed(t.Context(), session, page(0))
	require.ErrorIs(t, err, esign.CodeSealActivation)

	// Somebody asks for an activation elsewhere: the one that is kept is void.
	s.activate(session)
	before := s.mailed()
	for s.mailed().Equal(before) { // one in a million is the same
		_, err = session.RequestActivation(t.Context())
		require.NoError(t, err)
	}
	_, _, err = sealed(t.Context(), session, page(0))
	require.ErrorIs(t, err, esign.CodeSealActivation)
	var refused *esign.Error
	require.ErrorAs(t, err, &refused)
	assert.Contains(t, refused.ServerText, "TOTP Aktivasi salah")
	require.NoError(t, session.Activate(t.Context(), s.mailed()))
	_, _, err = sealed(t.Context(), session, page(0))
	require.NoError(t, err)

	require.NoError(t, s.RevokeSeal(t.Context(), s.seal.ID))
	_, r, err := sealed(t.Context(), session, page(1))
	require.ErrorIs(t, err, esign.CodeRefused)
	assert.Equal(t, esign.OutcomeRefused, r.Outcome)
}

// What can be asked for again is; what cannot is not.
func TestSealUnderFaults(t *testing.T) {
	for _, kind := range []mockbsre.FaultKind{
		mockbsre.FaultCutBefore, mockbsre.FaultLostAnswer, mockbsre.FaultHeadersOnly, mockbsre.FaultHalfBody,
		mockbsre.Fault429, mockbsre.Fault502, mockbsre.Fault503, mockbsre.Fault504,
	} {
		t.Run(string(kind), func(t *testing.T) {
			s := newSealing(t, nil)
			client := s.client(nil)
			session := s.over(client)
			s.activate(session)
			s.FailNext(mockbsre.SealCodeV2, kind.Fault())
			_, _, err := sealed(t.Context(), session, page(0))
			require.NoError(t, err, "another code voids the one that was lost")
			assert.Len(t, s.Signatures(), 1)

			s.Clock.Advance(23*time.Hour + 50*time.Minute)
			s.FailNext(mockbsre.SealActivateV2, kind.Fault())
			require.NoError(t, session.Renew(t.Context()))

			s.FailNext(mockbsre.SealV2, kind.Fault())
			_, r, err := sealed(t.Context(), session, page(1))
			var failed *esign.Error
			require.ErrorAs(t, err, &failed)
			assert.Equal(t, r.Outcome, failed.Outcome)
			if failed.Outcome == esign.OutcomeUnknown {
				_, _, err = sealed(t.Context(), session, page(1))
				require.ErrorIs(t, err, esign.CodeUnsettled)
				require.NoError(t, client.Reconcile(t.Context(), failed.Key, esign.SignAgain))
			}
			_, _, err = sealed(t.Context(), session, page(1))
			require.NoError(t, err)
		})
	}
	s := newSealing(t, nil)
	session := s.session(nil)
	s.activate(session)
	for kind, code := range map[mockbsre.FaultKind]esign.Code{
		mockbsre.FaultMalformedJSON: esign.CodeAnswer, mockbsre.FaultForeignJSON: esign.CodeAnswer, mockbsre.FaultPage: esign.CodeAnswer,
		mockbsre.FaultEmptyBody: esign.CodeAnswer, mockbsre.Fault401: esign.CodeApplication, mockbsre.Fault500: esign.CodeServiceFault,
	} {
		s.FailNext(mockbsre.SealCodeV2, kind.Fault())
		_, r, err := sealed(t.Context(), session, page(0))
		require.ErrorIs(t, err, code, kind)
		assert.Equal(t, esign.OutcomeRefused, r.Outcome, kind)
	}
	assert.Empty(t, s.Signatures())

	// A renewal that fails is put off as long as the activation works.
	require.NoError(t, s.SetFaults(mockbsre.FaultScript{Rules: []mockbsre.FaultRule{
		{Operation: mockbsre.SealActivateV2, Fault: mockbsre.Fault503.Fault()},
	}}))
	s.Clock.Advance(23*time.Hour + 50*time.Minute)
	_, _, err := sealed(t.Context(), session, page(0))
	require.NoError(t, err)
	s.Clock.Advance(15 * time.Minute)
	_, _, err = sealed(t.Context(), session, page(1))
	require.ErrorIs(t, err, esign.CodeSealActivation)
	record, err := s.store.Record(t.Context(), s.seal.ID)
	require.NoError(t, err)
	assert.Empty(t, record.Holder, "the lock was given back")
}

func TestSealSecretsStaySecret(t *testing.T) {
	s := newSealing(t, map[mockbsre.Quirk]bool{mockbsre.QuirkSealCodeKept: false})
	var log bytes.Buffer
	session := s.session(func(c *esign.Config) { c.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	s.activate(session)
	_, _, err := sealed(t.Context(), session, page(0))
	require.NoError(t, err)
	record, err := s.store.Record(t.Context(), s.seal.ID)
	require.NoError(t, err)
	activation, err := s.SealActivation(s.seal.ID)
	require.NoError(t, err)
	code := activation.Reveal()
	assert.NotContains(t, string(record.Sealed), string(code))
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		assert.Equal(t, "esign.SealSession", fmt.Sprintf(verb, session))
	}
	assert.NotContains(t, log.String(), fmt.Sprintf("totp=%s", code))

	other, err := esign.NewSealSession(esign.SealConfig{
		Client: s.client(nil), Subscriber: s.seal.ID, Store: s.store, Key: passphrase.FromString("kunci yang lain sekali"), Sealer: s.sealer,
	})
	require.NoError(t, err)
	_, _, err = sealed(t.Context(), other, page(1))
	require.ErrorIs(t, err, esign.CodeSealStore, "with another key it stays shut")
	require.ErrorIs(t, err, passphrase.ErrMismatch)
}

// broken is a store that fails.
type broken struct{ esign.SealStore }

func (broken) Record(context.Context, string) (esign.SealRecord, error) {
	return esign.SealRecord{}, errors.New("no connection for 3371990101800001")
}

func TestSealStoreFails(t *testing.T) {
	s := newSealing(t, nil)
	s.store = broken{s.store}
	_, _, err := sealed(t.Context(), s.session(nil), page(0))
	require.ErrorIs(t, err, esign.CodeSealStore)
	assert.NotContains(t, err.Error(), "3371990101800001")
	assert.Empty(t, s.Journal())
}

func TestSealConfigIsChecked(t *testing.T) {
	s := newSealing(t, nil)
	good := esign.SealConfig{Client: s.client(nil), Subscriber: s.seal.ID}
	_, err := esign.NewSealSession(good)
	require.NoError(t, err)
	for name, change := range map[string]func(*esign.SealConfig){
		"no client":           func(c *esign.SealConfig) { c.Client = nil },
		"version 1":           func(c *esign.SealConfig) { c.Client = s.client(v1) },
		"no subscriber":       func(c *esign.SealConfig) { c.Subscriber = "" },
		"a path for one":      func(c *esign.SealConfig) { c.Subscriber = "../../x" },
		"store without a key": func(c *esign.SealConfig) { c.Store = s.store },
		"a key too short":     func(c *esign.SealConfig) { c.Store, c.Key = s.store, passphrase.FromString("pendek") },
		"negative time":       func(c *esign.SealConfig) { c.RenewBefore = -1 },
	} {
		cfg := good
		change(&cfg)
		_, err := esign.NewSealSession(cfg)
		assert.Error(t, err, name)
	}
}

func FuzzSealCode(f *testing.F) {
	for _, seed := range []string{
		`{"message":"TOTP berhasil dibuat","totp":"654321","expires":"2026-01-02T04:04:05.678+0000","result":true}`,
		`{"success":true,"message":null,"data":{"message":"TOTP Aktivasi masih berlaku","totp":"123456","expires":"2026-01-02T04:04:05.678+00:00","result":true}}`,
		`{"success":false,"message":"TOTP Aktivasi salah","data":null}`, `{"result":true}`, `{"success":true,"data":[]}`, `[]`, `{"totp":1}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		code, _, err := esign.ParseSealCode([]byte(body))
		if err != nil {
			var e *esign.Error
			require.ErrorAs(t, err, &e)
			require.True(t, code.IsZero())
			return
		}
		require.Regexp(t, `^[0-9]{4,16}$`, string(code.Reveal()))
	})
}
