package signing_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/passphrase/leaktest"
	"github.com/sertel-id/sertel/signing"
)

// safe is a key source that counts and checks a passphrase.
type safe struct {
	key            *signing.Key
	opened, closed int
	closeErr       error
}

func (s *safe) Open(_ context.Context, c signing.Credential) (*signing.Key, error) {
	s.opened++
	if !c.Passphrase.Equal(passphrase.FromString(sandi)) {
		return nil, fmt.Errorf("safe: %w", signing.ErrCredential)
	}
	k := *s.key
	k.Close = func() error { s.closed++; return s.closeErr }
	return &k, nil
}

// empty is a key source that gives no key and no error.
type empty struct{}

func (empty) Open(context.Context, signing.Credential) (*signing.Key, error) { return nil, nil }

const sandi = "Contoh-Sandi-7391!"

func TestLocal(t *testing.T) {
	letter := producer(t, "libreoffice.pdf")
	s := &safe{key: person(t, "Budi Contoh", p256())}
	local, err := signing.NewLocal(signing.LocalConfig{Keys: s, Now: now})
	require.NoError(t, err)
	send := func(in []byte, req signing.Request) ([]byte, error) {
		var out bytes.Buffer
		_, err := local.SignDocument(context.Background(), &out, bytes.NewReader(in), int64(len(in)), req)
		return out.Bytes(), err
	}
	right := signing.Credential{Passphrase: passphrase.FromString(sandi)}

	t.Run("signs as asked and closes the key", func(t *testing.T) {
		out, err := send(letter, signing.Request{Credential: right, Block: block(), Placement: corner, Reason: "Menyetujui", Location: "Kota Contoh"})
		require.NoError(t, err)
		require.Equal(t, 1, s.closed)
		report := intact(t, out, 1)
		require.Equal(t, "Menyetujui", report.Signatures[0].Claims.Reason)
		require.Equal(t, "Kota Contoh", report.Signatures[0].Claims.Location)
	})
	t.Run("a refused document does not use the credential", func(t *testing.T) {
		before := s.opened
		certified := mustSign(t, letter, signing.Options{Key: s.key, Certify: signing.CertifyNoChanges})
		_, err := send(certified, signing.Request{Credential: right})
		require.ErrorIs(t, err, signing.ErrForbidden)
		_, err = send([]byte("bukan PDF"), signing.Request{Credential: right})
		require.ErrorIs(t, err, signing.ErrNotPDF)
		require.Equal(t, before, s.opened)
	})
	t.Run("wrong passphrase", func(t *testing.T) {
		out, err := send(letter, signing.Request{Credential: signing.Credential{Passphrase: passphrase.FromString("Keliru-Sekali-1!")}})
		require.ErrorIs(t, err, signing.ErrCredential)
		require.Empty(t, out)
		require.NotContains(t, err.Error(), "Keliru")
	})
	t.Run("a key source that gives nothing is the program's fault", func(t *testing.T) {
		local, err := signing.NewLocal(signing.LocalConfig{Keys: empty{}, Now: now})
		require.NoError(t, err)
		_, err = local.SignDocument(t.Context(), io.Discard, bytes.NewReader(letter), int64(len(letter)), signing.Request{Credential: right})
		require.ErrorIs(t, err, signing.ErrConfig)
	})
	t.Run("a key that cannot be closed is no success", func(t *testing.T) {
		s.closeErr = errors.New("stuck")
		_, err := send(letter, signing.Request{Credential: right})
		require.ErrorIs(t, err, s.closeErr)
	})
}

func TestPKCS12(t *testing.T) {
	key := person(t, "Budi Contoh", rsa2048())
	// Few iterations: what the file costs is passphrase's own matter.
	file, err := pkcs12.Modern2023.WithIterations(1000).Encode(key.Signer, key.Certificate, key.Chain, sandi)
	require.NoError(t, err)
	local, err := signing.NewLocal(signing.LocalConfig{Keys: signing.NewPKCS12(file), Now: now})
	require.NoError(t, err)
	in := producer(t, "libreoffice.pdf")
	var out bytes.Buffer
	_, err = local.SignDocument(context.Background(), &out, bytes.NewReader(in), int64(len(in)),
		signing.Request{Credential: signing.Credential{Passphrase: passphrase.FromString(sandi)}})
	require.NoError(t, err)
	intact(t, out.Bytes(), 1)

	for name, c := range map[string]signing.Credential{
		"wrong": {Passphrase: passphrase.FromString("Contoh-Sandi-Lain-1!")},
		"none":  {},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := local.SignDocument(context.Background(), io.Discard, bytes.NewReader(in), int64(len(in)), signing.Request{Credential: c})
			require.ErrorIs(t, err, signing.ErrCredential)
		})
	}
	var unsupported *signing.UnsupportedError
	_, err = local.SignDocument(context.Background(), io.Discard, bytes.NewReader(in), int64(len(in)),
		signing.Request{Credential: signing.Credential{OneTimeCode: passphrase.FromString("123456")}})
	require.ErrorAs(t, err, &unsupported)
	_, err = signing.NewPKCS12([]byte("no")).Open(context.Background(), signing.Credential{Passphrase: passphrase.FromString(sandi)})
	require.ErrorIs(t, err, passphrase.ErrPKCS12)
}

// TestSecretsDoNotPrint prints everything that carries a credential.
func TestSecretsDoNotPrint(t *testing.T) {
	c := signing.Credential{Passphrase: passphrase.FromString(sandi), OneTimeCode: passphrase.FromString("7391-0542-88")}
	req := signing.Request{Credential: c, DocumentPassword: passphrase.FromString(sandi)}
	opts := signing.Options{Password: passphrase.FromString(sandi)}
	finish := signing.FinishOptions{Password: passphrase.FromString(sandi)}
	extend := signing.ExtendOptions{Password: passphrase.FromString(sandi)}
	private := mustKey(rsa.GenerateKey(rand.Reader, 2048))
	key := signing.Key{Signer: private}
	printed := leaktest.Printed(key, &key, signing.Options{Key: &key}, c, &c, req, &req, opts, &opts, finish, extend, struct{ r signing.Request }{req},
		signing.BatchOptions{Credential: c}, signing.BatchItem{Request: req}, signing.LetterOptions{Password: opts.Password},
		signing.StampOptions{Password: opts.Password}, signing.FieldOptions{Password: opts.Password})
	_, err := json.Marshal(key)
	require.NoError(t, err)
	leaktest.Hides(t, printed, private.D.String(), private.Primes[0].String(), sandi, "7391-0542-88")
}

func TestNewLocalRefuses(t *testing.T) {
	keys := &safe{}
	for name, cfg := range map[string]signing.LocalConfig{
		"no keys":                   {},
		"a ledger of nobody":        {Keys: keys, Ledger: signing.NewMemoryLedger()},
		"evidence without source":   {Keys: keys, Evidence: &signing.Evidence{}},
		"no room for the timestamp": {Keys: keys, TimestampSize: -1},
	} {
		t.Run(name, func(t *testing.T) {
			local, err := signing.NewLocal(cfg)
			require.ErrorIs(t, err, signing.ErrConfig)
			require.Equal(t, 1, strings.Count(err.Error(), "configuration"), err)
			require.Nil(t, local)
		})
	}
}
