package signing_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/cms"
)

// prepare prepares a document for a key that is somewhere else.
func prepare(t *testing.T, in []byte, opts signing.Options) *signing.Prepared {
	t.Helper()
	opts.Now = now
	p, err := signing.Prepare(context.Background(), bytes.NewReader(in), int64(len(in)), opts)
	require.NoError(t, err)
	return p
}

// elsewhere is the certificate of a person whose key is not here.
func elsewhere(t *testing.T, key crypto.Signer) *signing.Key {
	k := person(t, "Budi Contoh", key)
	k.Signer = nil
	return k
}

func finish(in []byte, p *signing.Prepared, opts signing.FinishOptions) ([]byte, signing.Receipt, error) {
	var out bytes.Buffer
	r, err := signing.Finish(context.Background(), &out, bytes.NewReader(in), int64(len(in)), p, opts)
	return out.Bytes(), r, err
}

func TestPrepareAndFinish(t *testing.T) {
	j := newJudge(t)
	for _, tt := range []struct {
		name string
		file string
		key  crypto.Signer
		opts signing.Options
	}{
		{"RSA", "libreoffice.pdf", rsa2048(), signing.Options{}},
		{"PSS with SHA-512", "pdftex.pdf", rsa2048(), signing.Options{PSS: true, Hash: crypto.SHA512}},
		{"P-384, visible", "encrypted-aes256-r6.pdf", p384(), signing.Options{Block: block(), Placement: corner}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := producer(t, tt.file)
			tt.opts.Key = elsewhere(t, tt.key)
			state, err := prepare(t, in, tt.opts).MarshalBinary()
			require.NoError(t, err)

			// Another process, another day.
			var p signing.Prepared
			require.NoError(t, p.UnmarshalBinary(state))
			page, rect := p.Place()
			require.Equal(t, 1, page)
			require.Equal(t, tt.opts.Placement.Rect, rect)
			sig, err := tt.key.Sign(rand.Reader, p.Digest(), p.SignerOpts())
			require.NoError(t, err)
			out, r, err := finish(in, &p, signing.FinishOptions{Signature: sig})
			require.NoError(t, err)
			require.True(t, r.SignerConfirmed)
			require.Equal(t, "Signature1", r.Field)
			if !tt.opts.PSS { // the judge knows no PSS in CMS
				require.Empty(t, j.faults(t, in, out, tt.opts.Block == nil))
			}

			_, _, err = finish(in, &p, signing.FinishOptions{Signature: sig})
			require.ErrorIs(t, err, signing.ErrUsed)
		})
	}
}

// TestFinishElsewhere lets another process put the signature in.
func TestFinishElsewhere(t *testing.T) {
	dir := os.Getenv("FINISH_ELSEWHERE")
	file := func(name string) string { return filepath.Join(dir, name) }
	if dir != "" { // the other process, which has the files and nothing else
		state, err := os.ReadFile(file("state"))
		require.NoError(t, err)
		sig, err := os.ReadFile(file("signature"))
		require.NoError(t, err)
		in, err := os.ReadFile(file("in.pdf"))
		require.NoError(t, err)
		var p signing.Prepared
		require.NoError(t, p.UnmarshalBinary(state))
		out, _, err := finish(in, &p, signing.FinishOptions{Signature: sig, Claim: func(_ context.Context, id string) error {
			// A store that many processes share: a file can be made only once.
			f, err := os.OpenFile(file(id), os.O_CREATE|os.O_EXCL, 0o600)
			if err != nil {
				return fmt.Errorf("%w: %w", signing.ErrUsed, err)
			}
			return f.Close()
		}})
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file("out.pdf"), out, 0o600))
		return
	}
	dir = t.TempDir()
	in := producer(t, "encrypted-aes256-r6.pdf")
	p := prepare(t, in, signing.Options{Key: elsewhere(t, p256()), Block: block(), Placement: corner})
	sig, err := p256().Sign(rand.Reader, p.Digest(), p.SignerOpts())
	require.NoError(t, err)
	state, err := p.MarshalBinary()
	require.NoError(t, err)
	for name, data := range map[string][]byte{"state": state, "signature": sig, "in.pdf": in} {
		require.NoError(t, os.WriteFile(file(name), data, 0o600))
	}
	other := func() ([]byte, error) {
		c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFinishElsewhere$")
		c.Env = append(os.Environ(), "FINISH_ELSEWHERE="+dir)
		return c.CombinedOutput()
	}
	text, err := other()
	require.NoError(t, err, "%s", text)
	out, err := os.ReadFile(file("out.pdf"))
	require.NoError(t, err)
	require.Empty(t, newJudge(t).faults(t, in, out, false))
	intact(t, out, 1)

	text, err = other()
	require.Error(t, err, "a second use, in a third process")
	require.Contains(t, string(text), signing.ErrUsed.Error())
}

func TestFinishRefuses(t *testing.T) {
	in := producer(t, "libreoffice.pdf")
	key := elsewhere(t, p256())
	p := prepare(t, in, signing.Options{Key: key})
	good, err := p256().Sign(rand.Reader, p.Digest(), p.SignerOpts())
	require.NoError(t, err)
	forged, err := p256().Sign(rand.Reader, make([]byte, 32), p.SignerOpts())
	require.NoError(t, err)
	other := bytes.Clone(in)
	other[len(other)/2] ^= 1
	claimed := errors.New("seen before")
	tests := []struct {
		name string
		in   []byte
		opts signing.FinishOptions
		want error
	}{
		{"one byte of the document differs", other, signing.FinishOptions{Signature: good}, signing.ErrWrongDocument},
		{"a document of another length", in[:len(in)-1], signing.FinishOptions{Signature: good}, signing.ErrWrongDocument},
		{"a signature over something else", in, signing.FinishOptions{Signature: forged}, signing.ErrBadSignature},
		{"a store that has seen it", in, signing.FinishOptions{Signature: good, Claim: func(context.Context, string) error { return claimed }}, claimed},
		{"a message that is none", in, signing.FinishOptions{Message: []byte("no")}, signing.ErrCMS},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := finish(tt.in, p, tt.opts)
			require.ErrorIs(t, err, tt.want)
		})
	}
	_, _, err = finish(in, p, signing.FinishOptions{})
	require.ErrorIs(t, err, signing.ErrConfig, "neither signature nor message")
	_, _, err = finish(in, p, signing.FinishOptions{Signature: good, Archive: true})
	require.ErrorContains(t, err, "signing: configuration: Archive needs Evidence")
	_, _, err = finish(in, p, signing.FinishOptions{Signature: good, Evidence: &signing.Evidence{}})
	require.ErrorIs(t, err, signing.ErrConfig, "evidence without a source")
	_, _, err = finish(in, prepare(t, in, signing.Options{Reserve: 16 << 10}), signing.FinishOptions{Signature: good})
	require.ErrorContains(t, err, "needs a whole message")
	_, _, err = finish(in, p, signing.FinishOptions{Signature: good})
	require.NoError(t, err, "no failure used it up")
}

// TestChangedPreparation: what was stored between the two steps comes back from a place that others may write to.
func TestChangedPreparation(t *testing.T) {
	in := producer(t, "libreoffice.pdf")
	p := prepare(t, in, signing.Options{Key: elsewhere(t, p256()), Field: "Kepala"})
	require.NotEmpty(t, p.ID())
	require.NotEqual(t, p.ID(), prepare(t, in, signing.Options{Key: elsewhere(t, p256())}).ID())
	require.Equal(t, "Kepala", p.Field())
	stored, err := p.MarshalBinary()
	require.NoError(t, err)
	for name, change := range map[string]func(m map[string]any){
		"another version":                 func(m map[string]any) { m["version"] = 2 },
		"no name":                         func(m map[string]any) { m["id"] = "" },
		"a hash nobody knows":             func(m map[string]any) { m["hash"] = "MD5" },
		"a hash of another length":        func(m map[string]any) { m["hash"] = "SHA-512" },
		"the signature before the update": func(m map[string]any) { m["contents"] = []int64{10, 20} },
		"the signature past the end":      func(m map[string]any) { m["contents"] = []int64{int64(len(in)) + 10, 1 << 40} },
		"attributes without certificate":  func(m map[string]any) { delete(m, "certificate") },
		"no document":                     func(m map[string]any) { m["size"] = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			var m map[string]any
			require.NoError(t, json.Unmarshal(stored, &m))
			change(m)
			changed, err := json.Marshal(m)
			require.NoError(t, err)
			var back signing.Prepared
			require.ErrorIs(t, back.UnmarshalBinary(changed), signing.ErrState)
		})
	}
	for name, change := range map[string]func(m map[string]any){
		"a certificate that is none": func(m map[string]any) { m["certificate"] = []byte("no") },
		"a chain that is none":       func(m map[string]any) { m["chain"] = [][]byte{[]byte("no")} },
	} {
		t.Run(name, func(t *testing.T) {
			var m map[string]any
			require.NoError(t, json.Unmarshal(stored, &m))
			change(m)
			changed, err := json.Marshal(m)
			require.NoError(t, err)
			var back signing.Prepared
			require.NoError(t, back.UnmarshalBinary(changed))
			_, _, err = finish(in, &back, signing.FinishOptions{Signature: []byte("x")})
			require.ErrorIs(t, err, signing.ErrState)
		})
	}
}

func TestFinishWithMessage(t *testing.T) {
	in := producer(t, "libreoffice.pdf")
	signer := person(t, "Sari Contoh", rsa2048())
	message := func(digest []byte) []byte {
		b, err := cms.NewBuilder(cms.Config{Certificate: signer.Certificate, Chain: signer.Chain})
		require.NoError(t, err)
		der, err := b.Sign(rand.Reader, signer.Signer, digest)
		require.NoError(t, err)
		return der
	}
	t.Run("signer not known before", func(t *testing.T) {
		p := prepare(t, in, signing.Options{Reserve: 8 << 10})
		require.Nil(t, p.Digest())
		out, r, err := finish(in, p, signing.FinishOptions{Message: message(p.DocumentDigest())})
		require.NoError(t, err)
		require.False(t, r.SignerConfirmed)
		require.Equal(t, signer.Certificate.Raw, r.Certificate.Raw)
		require.Empty(t, newJudge(t).faults(t, in, out, true))
	})
	t.Run("larger than the room", func(t *testing.T) {
		p := prepare(t, in, signing.Options{Reserve: 100})
		_, _, err := finish(in, p, signing.FinishOptions{Message: message(p.DocumentDigest())})
		require.ErrorIs(t, err, signing.ErrSpace)
	})
	t.Run("over another document", func(t *testing.T) {
		p := prepare(t, in, signing.Options{Reserve: 8 << 10})
		_, _, err := finish(in, p, signing.FinishOptions{Message: message(make([]byte, 32))})
		require.ErrorIs(t, err, signing.ErrCMS)
	})
	t.Run("by somebody else than prepared for", func(t *testing.T) {
		p := prepare(t, in, signing.Options{Key: elsewhere(t, p256()), Reserve: 8 << 10})
		_, _, err := finish(in, p, signing.FinishOptions{Message: message(p.DocumentDigest())})
		require.ErrorIs(t, err, signing.ErrCMS)
	})
	t.Run("room must be said without a certificate", func(t *testing.T) {
		_, err := signing.Prepare(context.Background(), bytes.NewReader(in), int64(len(in)), signing.Options{})
		require.Error(t, err)
	})
}

// FuzzPrepared holds that a stored state that was changed never signs another
// document than the one prepared, and never panics.
func FuzzPrepared(f *testing.F) {
	t := f
	in := producer(t, "libreoffice.pdf")
	key := person(t, "Budi Contoh", p256())
	signer := key.Signer
	key.Signer = nil
	p, err := signing.Prepare(context.Background(), bytes.NewReader(in), int64(len(in)), signing.Options{Key: key, Now: now})
	require.NoError(t, err)
	sig, err := signer.Sign(rand.Reader, p.Digest(), p.SignerOpts())
	require.NoError(t, err)
	state, err := p.MarshalBinary()
	require.NoError(t, err)
	f.Add(state)
	f.Add([]byte(strings.Replace(string(state), `"size":`, `"size":1`, 1)))
	f.Add([]byte(`{"version":1}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var p signing.Prepared
		if err := p.UnmarshalBinary(data); err != nil {
			require.ErrorIs(t, err, signing.ErrState)
			return
		}
		p.Digest()
		p.SignerOpts()
		_, _ = signing.Finish(context.Background(), io.Discard, bytes.NewReader(in), int64(len(in)), &p, signing.FinishOptions{Signature: sig})
	})
}
