package mockbsre_test

import (
	"crypto"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
)

func TestEveryCertificateSaysThatItIsAFake(t *testing.T) {
	b := newSealBox(t, nil)
	sealed := b.sealed(b.code(b.activate(), 1), letter(t)).files()[0]
	signed := b.post("/api/v2/sign/pdf", b.invisible(sealed)).files()[0]
	report, err := b.judge(signed)
	require.NoError(t, err)
	require.Len(t, report.Signatures, 2)
	for _, s := range report.Signatures {
		assert.Contains(t, s.Signer.Issuer, "CA TIRUAN")
		assert.Contains(t, s.Time.Authority, "TSA TIRUAN")
		require.Len(t, s.Signer.Chain, 3)
		for _, above := range s.Signer.Chain[1:] {
			assert.Contains(t, above, "TIRUAN")
		}
	}
	assert.Contains(t, report.Signatures[0].Signer.CommonName, "TIRUAN", "the seal")
}

func TestEveryAnswerSaysThatItIsAFake(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	admin := httptest.NewServer(b.Admin())
	t.Cleanup(admin.Close)
	b.FailNext(mockbsre.StatusV1, mockbsre.Fault503.Fault())
	for _, address := range []string{
		b.URL() + "/api/user/status/3371990101800001", // a fault
		b.URL() + "/api/user/status/3371990101800001", b.URL() + "/api/nothing", b.URL() + "/",
		admin.URL + "/", admin.URL + "/nothing", admin.URL + "/root.pem",
	} {
		for _, credential := range []string{mockbsre.DefaultPassword, "salah"} {
			r, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
			require.NoError(t, err)
			r.SetBasicAuth(mockbsre.DefaultUsername, credential)
			answer, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			require.NoError(t, answer.Body.Close())
			assert.Equal(t, "mockbsre (tiruan, bukan BSrE)", answer.Header.Get("Server"), address)
		}
	}
	for _, address := range []string{mockbsre.AuthorityURL + "/nothing", mockbsre.TimestampURL} {
		answer, err := b.Client().Get(address)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		assert.Equal(t, "mockbsre (tiruan, bukan BSrE)", answer.Header.Get("Server"), address)
	}
}

// No root but its own, made at start: none can be given, and what another fake
// signed is not valid here.
func TestNoOtherRootIsTaken(t *testing.T) {
	a, b := newBox(t, mockbsre.EsignConfig{}), newBox(t, mockbsre.EsignConfig{})
	assert.NotEqual(t, a.Root().Raw, b.Root().Raw)
	assert.Equal(t, "VALID", a.post("/api/v2/verify/pdf", map[string]any{"file": a.signed()}).json()["conclusion"])
	assert.Equal(t, "INVALID", b.post("/api/v2/verify/pdf", map[string]any{"file": a.signed()}).json()["conclusion"])

	keys := []reflect.Type{reflect.TypeFor[crypto.Signer](), reflect.TypeFor[x509.Certificate](), reflect.TypeFor[x509.CertPool](), reflect.TypeFor[[]byte]()}
	visited := map[reflect.Type]bool{}
	var look func(reflect.Type, string)
	look = func(at reflect.Type, path string) {
		if visited[at] {
			return
		}
		visited[at] = true
		for _, key := range keys {
			assert.False(t, at == key || key.Kind() == reflect.Interface && at.Kind() != reflect.Interface && at.Implements(key), "%s could hold a root or key", path)
		}
		switch at.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			look(at.Elem(), path)
		case reflect.Struct:
			for i := range at.NumField() {
				if f := at.Field(i); f.IsExported() {
					look(f.Type, path+"."+f.Name)
				}
			}
		}
	}
	look(reflect.TypeFor[mockbsre.Config](), "Config")
	assert.True(t, visited[reflect.TypeFor[mockbsre.EsignConfig]()])
}

func TestNothingIsKeptOnDisk(t *testing.T) {
	in := letter(t)
	here, temporary := t.TempDir(), t.TempDir()
	t.Chdir(here)
	t.Setenv("TMPDIR", temporary)
	t.Setenv("HOME", here)
	srv := mockbsre.NewUnstarted(mockbsre.Config{})
	require.NoError(t, srv.Start(t.Context()))
	b := &box{Server: srv, t: t}
	b.person, b.id = enrol(t, srv, 0)
	seal, err := srv.SeedSeal(t.Context(), mockbsre.SealOwner{Name: "Dinas Contoh", Mail: "segel@dinas.magelangkota.go.id"})
	require.NoError(t, err)
	s := &sealBox{b, seal}
	s.sealed(s.code(s.activate(), 1), in).files()
	signed := b.post("/api/v2/sign/pdf", b.invisible(in)).files()[0]
	b.post("/api/v2/verify/pdf", map[string]any{"file": signed})
	srv.Close()
	for _, dir := range []string{here, temporary} {
		found, err := os.ReadDir(dir)
		require.NoError(t, err)
		assert.Empty(t, found)
	}
}
