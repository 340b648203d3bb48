package esign_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/passphrase/leaktest"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
)

// brokenAuditor keeps nothing.
type brokenAuditor struct{ calls int }

func (b *brokenAuditor) Audit(context.Context, signing.AuditRecord) error {
	b.calls++
	return errors.New("disk full")
}

func TestEveryAttemptIsAudited(t *testing.T) {
	in := letter(t, "libreoffice")
	b := newBox(t)
	auditor := &signing.MemoryAuditor{}
	c := b.client(audited(auditor, nil))
	signedReq := esign.Request{Request: signing.Request{Purpose: "persetujuan"}}

	_, signed, err := sign(c, in, signedReq)
	require.NoError(t, err)
	_, again, err := sign(c, in, signedReq)
	require.ErrorIs(t, err, esign.CodeAlreadySaved)
	require.ErrorIs(t, err, signing.ErrAlreadySigned)
	second := asEsign(t, err).AttemptID
	assert.Equal(t, signed.AttemptID, again.AttemptID, "the receipt is that of the first")
	assert.Equal(t, signed.OutputSHA256, again.OutputSHA256)

	b.on("/api/v2/sign/pdf", func(w http.ResponseWriter, r *http.Request) {
		b.signV2(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	})
	_, lost, err := sign(c, in, esign.Request{Request: signing.Request{Purpose: "paraf"}})
	require.ErrorIs(t, err, esign.CodeOutcomeUnknown)

	records := auditor.Records()
	require.Len(t, records, 3)
	assert.Equal(t, []string{signed.AttemptID, second, lost.AttemptID},
		[]string{records[0].AttemptID, records[1].AttemptID, records[2].AttemptID})
	assert.NotEqual(t, signed.AttemptID, second, "a second request is an attempt of its own")
	for i, want := range []struct {
		outcome signing.Outcome
		code    esign.Code
	}{
		{signing.OutcomeSigned, ""}, {signing.OutcomeRefused, esign.CodeAlreadySaved}, {signing.OutcomeUnknown, esign.CodeOutcomeUnknown},
	} {
		assert.Equal(t, want.outcome, records[i].Outcome)
		assert.Equal(t, string(want.code), records[i].Code)
		assert.Equal(t, records[0].Signer, records[i].Signer)
		assert.Equal(t, records[0].InputSHA256, records[i].InputSHA256)
		clean(t, "record", leaktest.Printed(records[i]))
	}
	assert.Equal(t, b.key.Certificate.SerialNumber.Text(16), records[0].Serial)
	assert.Len(t, records[0].Signer, 64)
}

func TestSeveralFilesAreAuditedOneByOne(t *testing.T) {
	b := newBox(t)
	auditor := &signing.MemoryAuditor{}
	ins := [][]byte{letter(t, "cairo"), letter(t, "libreoffice")}
	files := make([]esign.File, len(ins))
	for i, in := range ins {
		files[i] = esign.File{Dst: &bytes.Buffer{}, Src: bytes.NewReader(in), Size: int64(len(in))}
	}
	results, err := b.client(audited(auditor, nil)).Signer(budi()).SignFiles(t.Context(), withPassphrase(right).Credential, files)
	require.NoError(t, err)
	records := auditor.Records()
	require.Len(t, records, 2)
	for i, r := range results {
		assert.Equal(t, r.AttemptID, records[i].AttemptID)
	}
}

// A signature outlives an auditor that fails, and the receipt says so.
func TestAuditorThatFails(t *testing.T) {
	in := letter(t, "libreoffice")
	b := newBox(t)
	a := &brokenAuditor{}
	var logged bytes.Buffer
	c := b.client(audited(a, func(cfg *esign.Config) { cfg.Logger = logTo(&logged) }))
	out, r, err := sign(c, in, esign.Request{})
	require.NoError(t, err)
	sound(t, in, out, 1)
	assert.Equal(t, []signing.Doubt{signing.DoubtNotAudited}, r.Doubts)
	assert.Contains(t, logged.String(), "disk full")
	_, r, err = sign(c, in, esign.Request{Request: withPassphrase("")})
	require.Error(t, err)
	assert.Contains(t, r.Doubts, signing.DoubtNotAudited)
	assert.Equal(t, 2, a.calls)
}

func TestAuditorNeedsAKey(t *testing.T) {
	_, err := esign.New(esign.Config{BaseURL: "https://esign.contoh.go.id", Username: appUser,
		Password: passphrase.FromString(appPass), Auditor: &signing.MemoryAuditor{}})
	assert.ErrorContains(t, err, "AuditKey")
}

func TestDedupeKeyIsTheCallersName(t *testing.T) {
	b := newBox(t)
	c := b.client(nil)
	named := esign.Request{Request: signing.Request{DedupeKey: "surat-17/camat"}}
	_, first, err := sign(c, letter(t, "cairo"), named)
	require.NoError(t, err)
	_, _, err = sign(c, letter(t, "libreoffice"), named)
	assert.ErrorIs(t, err, esign.CodeDedupeKey)
	assert.ErrorIs(t, err, signing.ErrDedupeKey)
	_, _, err = sign(c, letter(t, "cairo"), named)
	assert.ErrorIs(t, err, esign.CodeAlreadySaved)
	named.DedupeKey = "surat-17/sekretaris"
	_, second, err := sign(c, letter(t, "cairo"), named)
	require.NoError(t, err, "another key is another signature")
	assert.NotEqual(t, first.Key, second.Key)
	assert.Equal(t, 2, b.signed)
}

func TestSealIsAudited(t *testing.T) {
	s := newSealing(t, nil)
	auditor := &signing.MemoryAuditor{}
	session := s.session(audited(auditor, nil))
	s.activate(session)
	_, r, err := sealed(t.Context(), session, page(1))
	require.NoError(t, err)
	records := auditor.Records()
	require.Len(t, records, 1)
	assert.Equal(t, r.AttemptID, records[0].AttemptID)
	assert.Len(t, records[0].Signer, 64)
	assert.NotContains(t, records[0].Signer, s.seal.ID)
}
