package signing_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
)

// TestOpenSSLAgreesToTheEvidence lets mutool take the security store out of a
// B-LT file and openssl judge every piece in it: each OCSP answer and CRL must
// be signed by the authority that it speaks for, and say that the signer and
// the authority were not revoked.
func TestOpenSSLAgreesToTheEvidence(t *testing.T) {
	openssl, mutool := tool(t, "openssl"), tool(t, "mutool")
	s := newService(t)
	key := s.person(t, false)
	lt := write(t, mustSign(t, producer(t, "pdftex.pdf"), signing.Options{Key: key, Timestamper: s.timestamper(t), Evidence: s.evidence(t)}))
	a, dir := newAuthority(), t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	for name, data := range map[string][]byte{"root.pem": inPEM(a.root), "ca.pem": inPEM(a.ca), "signer.pem": inPEM(key.Certificate)} {
		require.NoError(t, os.WriteFile(in(name), data, 0o600))
	}
	streams := func(kind string) []string {
		list, code := run(t, mutool, "show", lt, "trailer/Root/DSS/"+kind)
		require.Zero(t, code, list)
		var files []string
		for _, m := range regexp.MustCompile(`(\d+) 0 R`).FindAllStringSubmatch(list, -1) {
			der, err := exec.CommandContext(t.Context(), mutool, "show", "-b", lt, m[1]).Output()
			require.NoError(t, err)
			files = append(files, in(kind+m[1]))
			require.NoError(t, os.WriteFile(in(kind+m[1]), der, 0o600))
		}
		return files
	}
	at := attime()

	// The signer's answer and the time-stamping authority's; only one speaks of the signer.
	answers := streams("OCSPs")
	require.Len(t, answers, 2)
	good := 0
	for _, file := range answers {
		// The exit code only says whether the answer is about this signer.
		text, _ := run(t, openssl, "ocsp", "-respin", file, "-issuer", in("ca.pem"), "-cert", in("signer.pem"),
			"-CAfile", in("root.pem"), "-verify_other", in("ca.pem"), "-attime", at, "-no_nonce", "-validity_period", "1000000000")
		require.Contains(t, text, "Response verify OK")
		if regexp.MustCompile(`signer\.pem: good`).MatchString(text) {
			good++
		}
	}
	require.Equal(t, 1, good)

	lists := streams("CRLs") // of the root, about the issuing authority
	require.NotEmpty(t, lists)
	for _, file := range lists {
		text, code := run(t, openssl, "crl", "-inform", "DER", "-in", file, "-CAfile", in("root.pem"), "-noout", "-text")
		require.Zero(t, code, text)
		require.Contains(t, text, "verify OK")
		require.Contains(t, text, "No Revoked Certificates")
	}
}
