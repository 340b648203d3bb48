package mockbsre_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

// TestStatusIsTheSignersMatter: that a person may not sign now is about all of
// the person's letters, and no fault of the service.
func TestStatusIsTheSignersMatter(t *testing.T) {
	secret := passphrase.FromString("Tiga-Kelinci9-Ungu")
	srv := mockbsre.New(t)
	in := letter(t)
	for i, status := range []certificate.Status{certificate.StatusExpired, certificate.StatusSuspend, certificate.StatusRevoke} {
		t.Run(status.String(), func(t *testing.T) {
			id, err := srv.Seed(t.Context(), mockbsre.MadeUpPerson(i), status, secret)
			require.NoError(t, err)
			signer, err := srv.Signer(id)
			require.NoError(t, err)
			_, err = signer.SignDocument(t.Context(), io.Discard, bytes.NewReader(in), int64(len(in)),
				signing.Request{Credential: signing.Credential{Passphrase: secret}})
			var refused *certificate.TransitionError
			require.ErrorAs(t, err, &refused)
			require.Equal(t, signing.ScopeSigner, signing.ScopeOf(err))
		})
	}
}
