package esign_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/verify"
)

// TestNothingIsTolerated makes every call of both versions to a service that
// complains of what a real one would only put up with.
func TestNothingIsTolerated(t *testing.T) {
	srv := mockbsre.NewWith(t, mockbsre.Config{Strict: true})
	f := &fake{Server: srv, t: t, person: mockbsre.MadeUpPerson(0)}
	var err error
	f.id, err = srv.Enrol(t.Context(), f.person, passphrase.FromString(fakeRight))
	require.NoError(t, err)
	newcomer := mockbsre.MadeUpPerson(1)
	require.NoError(t, srv.Population.Add(newcomer))
	require.NoError(t, srv.Personnel.Add(newcomer))

	place := signing.Placement{Page: 1, Rect: signing.Rect{X: 100, Y: 300, Width: 120, Height: 60}}
	requests := map[string]func(*esign.Request){
		"invisible": func(r *esign.Request) { r.Reason, r.Location = "Disetujui", "Magelang" },
		"a picture": func(r *esign.Request) { r.Picture, r.Placement = picture(t), place },
		"a tag of theirs": func(r *esign.Request) {
			r.Picture, r.ServerTag, r.Placement = picture(t), "#", signing.Placement{Width: 60, Height: 60}
		},
	}
	for name, change := range bothVersions {
		c := f.client(change)
		n := 0
		for what, with := range requests {
			req := signed()
			with(&req)
			_, _, err := f.sign(c, page(n), req)
			require.NoError(t, err, "%s, %s", name, what)
			n++
		}
		_, err := c.Status(t.Context(), nikOf(f.person))
		require.NoError(t, err)
		in, _, err := f.sign(c, page(100+n), signed())
		require.NoError(t, err)
		v, err := c.Verify(t.Context(), bytes.NewReader(in), int64(len(in)), passphrase.Secret{})
		require.NoError(t, err)
		assert.Equal(t, verify.Yes, v.Signatures[0].Intact)
	}
	c := f.client(nil)
	_, err = c.Status(t.Context(), mailOf(f.person))
	require.NoError(t, err)
	_, err = c.CertificateChain(t.Context(), mailOf(f.person))
	require.NoError(t, err)
	_, err = c.RequestCode(t.Context(), mailOf(f.person), 1)
	require.NoError(t, err)
	code, err := f.OneTimeCode(f.id)
	require.NoError(t, err)
	_, _, err = f.sign(c, page(7), esign.Request{Request: signing.Request{Credential: signing.Credential{OneTimeCode: code}}})
	require.NoError(t, err)
	_, err = c.Register(t.Context(), esign.Registration{
		Name: must(identity.ParseName(newcomer.Name)), Email: must(identity.ParseEmail(newcomer.WorkEmail)),
		NIK: must(identity.ParseNIK(newcomer.NIK)),
	})
	require.NoError(t, err)
	s := &sealing{fake: f, store: esign.NewMemorySealStore(), key: passphrase.FromString("kunci-penyimpanan-tiruan")}
	s.seal, err = srv.SeedSeal(t.Context(), mockbsre.SealOwner{Name: "Dinas Contoh", Mail: "segel@dinas.magelangkota.go.id"})
	require.NoError(t, err)
	session := s.over(c)
	s.activate(session)
	_, _, err = sealed(t.Context(), session, page(50))
	require.NoError(t, err)
	require.NoError(t, session.Revoke(t.Context()))
	assert.Empty(t, srv.StrictErrors())
}
