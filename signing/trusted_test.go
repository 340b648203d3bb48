package signing_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	ca "github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/signing"
)

// TestPdfsigTrusts lets pdfsig judge letters signed with certificates of
// package authority, once the root stands in its store, and not before. The
// look of BSrE's own certificates, with Adobe's usage alone, it does not know.
func TestPdfsigTrusts(t *testing.T) {
	pdfsig, certutil := tool(t, "pdfsig"), tool(t, "certutil")
	a := newArchive(t)
	root := filepath.Join(t.TempDir(), "root.pem")
	require.NoError(t, os.WriteFile(root, inPEM(a.newest().Root()), 0o600))
	store := func(trusted bool) string {
		dir := "sql:" + t.TempDir()
		text, code := run(t, certutil, "-N", "-d", dir, "--empty-password")
		require.Zero(t, code, text)
		if trusted {
			text, code = run(t, certutil, "-A", "-d", dir, "-n", "root", "-a", "-t", "C,C,C", "-i", root)
			require.Zero(t, code, text)
		}
		return dir
	}
	knows, knowsNot := store(true), store(false)
	const trusted = "Certificate Validation: Certificate is Trusted."
	for _, tt := range []struct {
		name    string
		profile ca.Profile
		keys    ca.KeyAlgorithm
		want    string
	}{
		{"a person, P-256", ca.PersonProfile(), ca.ECDSAP256, trusted},
		{"a person, P-384", ca.PersonProfile(), ca.ECDSAP384, trusted},
		{"a person, RSA 2048", ca.PersonProfile(), ca.RSA2048, trusted},
		{"a seal", ca.SealProfile(), ca.ECDSAP256, trusted},
		{"as BSrE's look", ca.BSrELikeProfile(), ca.RSA2048, "Certificate Validation: Unknown issue with Certificate or corrupted data."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			key := a.newest().key(t, tt.profile, tt.keys)
			file := write(t, mustSign(t, producer(t, "libreoffice.pdf"), signing.Options{Key: key,
				Timestamper: a.timestamper(), Evidence: a.evidence(), Now: a.now}))
			text, _ := run(t, pdfsig, "-nssdir", knows, "-no-ocsp", file)
			require.Contains(t, text, "Signature Validation: Signature is Valid.")
			require.Contains(t, text, tt.want)
			text, _ = run(t, pdfsig, "-nssdir", knowsNot, "-no-ocsp", file)
			require.NotContains(t, text, trusted)
		})
	}
}
