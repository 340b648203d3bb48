package authority_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
)

// openssl runs the tool and returns what it prints.
func openssl(t *testing.T, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		if os.Getenv("SERTEL_CI") == "1" {
			t.Fatal("openssl is missing")
		}
		t.Skip("openssl is missing")
	}
	out, err := exec.Command("openssl", args...).CombinedOutput()
	require.NoError(t, err, "openssl %v: %s", args, out)
	return string(out)
}

func writePEM(t *testing.T, kind string, ders ...[]byte) string {
	t.Helper()
	var text []byte
	for _, der := range ders {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})...)
	}
	f, err := os.CreateTemp(t.TempDir(), "*.pem")
	require.NoError(t, err)
	_, err = f.Write(text)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return f.Name()
}

func TestOpenSSLAgrees(t *testing.T) {
	for name, keys := range algorithms() {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			a := served(t, authority.Config{Keys: keys}) // the tool knows only today
			good, revoked := issue(t, a), issue(t, a)
			require.NoError(t, a.Revoke(ctx, serialOf(t, revoked), certificate.ReasonKeyCompromise, time.Now().Add(-time.Hour)))

			root := writePEM(t, "CERTIFICATE", a.Root().Raw)
			issuing := writePEM(t, "CERTIFICATE", a.Chain()[0].Raw)
			crl, err := a.CRL(ctx)
			require.NoError(t, err)
			rootCRL, err := a.RootCRL(ctx)
			require.NoError(t, err)
			crls := writePEM(t, "X509 CRL", crl, rootCRL)
			leaf := writePEM(t, "CERTIFICATE", good.Raw)

			t.Run("verify", func(t *testing.T) {
				for _, purpose := range []string{"any", "smimesign"} {
					openssl(t, "verify", "-x509_strict", "-purpose", purpose, "-crl_check_all",
						"-CAfile", root, "-untrusted", issuing, "-CRLfile", crls, leaf)
				}
				out, err := exec.Command("openssl", "verify", "-crl_check_all", "-CAfile", root, "-untrusted", issuing,
					"-CRLfile", crls, writePEM(t, "CERTIFICATE", revoked.Raw)).CombinedOutput()
				assert.Error(t, err)
				assert.Contains(t, string(out), "certificate revoked")
			})
			t.Run("verify the services", func(t *testing.T) {
				key := newKey(t)
				for purpose, p := range map[string]authority.Profile{"timestampsign": authority.TSAProfile(), "smimesign": authority.SealProfile()} {
					issued, err := a.IssueProfile(ctx, p, authority.Request{ID: requestID(),
						Subject: authority.Name{CommonName: "Layanan Contoh PALSU"}, PublicKey: key.Public()})
					require.NoError(t, err)
					openssl(t, "verify", "-x509_strict", "-purpose", purpose, "-CAfile", root, "-untrusted", issuing,
						writePEM(t, "CERTIFICATE", issued.Certificate.Raw))
				}
				responder := ask(t, good, a.Chain()[0]).Certificate
				openssl(t, "verify", "-x509_strict", "-purpose", "ocsphelper", "-CAfile", root, "-untrusted", issuing,
					writePEM(t, "CERTIFICATE", responder.Raw))
			})
			t.Run("crl", func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "list.crl")
				require.NoError(t, os.WriteFile(path, crl, 0o600))
				out := openssl(t, "crl", "-inform", "DER", "-in", path, "-CAfile", issuing, "-noout", "-text")
				assert.Contains(t, out, "verify OK")
				assert.Contains(t, out, "Key Compromise")
				assert.Contains(t, out, "Invalidity Date")
			})
			for what, cert := range map[string]*x509.Certificate{"good": good, "revoked": revoked} {
				t.Run("ocsp "+what, func(t *testing.T) {
					out := openssl(t, "ocsp", "-issuer", issuing, "-cert", writePEM(t, "CERTIFICATE", cert.Raw),
						"-url", cert.OCSPServer[0], "-CAfile", root, "-nonce")
					assert.Contains(t, out, "Response verify OK")
					assert.Contains(t, out, ": "+what)
					assert.NotContains(t, out, "WARNING", "the nonce comes back")
				})
			}
		})
	}
}
