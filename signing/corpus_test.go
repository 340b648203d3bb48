package signing_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/corpustest"
)

const corpusList = "testdata/corpus.tsv"

// TestCorpus signs the PDFs of other projects, sound and broken ones, and compares what becomes of each with the
// list. After a change that is meant, in the folder of the package:
//
//	SERTEL_CI=1 SERTEL_CORPUS=folder go test -run '^TestCorpus$' . -update
func TestCorpus(t *testing.T) {
	files := corpustest.Files(t, os.Getenv("SERTEL_CORPUS"), corpusList)
	complete := os.Getenv("SERTEL_CI") == "1"
	require.True(t, complete || !*update, "-update writes what all judges say of all files: set SERTEL_CI=1")
	step := 25
	if complete {
		step = 1
	}
	j := newJudge(t)
	for i := 0; i < len(files); i += step {
		file := &files[i]
		t.Run(file.Name, func(t *testing.T) {
			_, qpdf := asked(t, j.qpdf, "--check", "--password="+file.Password(), file.File)
			outcome := signedTwice(t, j, *file)
			if *update {
				file.QPDF, file.Outcome = qpdf, outcome
				return
			}
			assert.Equal(t, file.Outcome, outcome)
			if complete {
				assert.Equal(t, file.QPDF, qpdf, "qpdf --check")
			}
		})
	}
	if *update && !t.Failed() {
		require.NoError(t, corpustest.Write(corpusList, files))
	}
}

// signedTwice is the outcome of a file for the list: signed when every judge finds the signature sound and our own
// verifier calls intact what is signed once more.
func signedTwice(t *testing.T, j *judge, file corpustest.File) (outcome string) {
	t.Helper()
	in, password := file.Bytes(t), file.Password()
	opts := signing.Options{Key: person(t, "Budi Contoh", p256()), Now: now, Password: passphrase.FromString(password)}
	out, _, err := sign(t, in, opts)
	if err != nil {
		rule := refusal(err)
		require.NotEmpty(t, rule, "%v is not a typed refusal", err)
		return corpustest.Refused + rule
	}
	require.Empty(t, strings.Join(j.faultsOf(t, in, out, true, password), "; "))
	intactWith(t, mustSign(t, out, opts), 2+already(t, in, password), password)
	return corpustest.Signed
}

// already counts the signatures of our kind that a document came with.
func already(t testing.TB, b []byte, password string) int {
	t.Helper()
	n := 0
	for _, s := range verified(t, b, password).Signatures {
		if s.SubFilter == "ETSI.CAdES.detached" {
			n++
		}
	}
	return n
}

// isRefusal reports whether an error is one that a caller can tell apart.
func isRefusal(err error) bool { return refusal(err) != "" }

// refusal names the error by which a caller tells why a document was refused, nothing for any other error.
func refusal(err error) string {
	var unsupported *signing.UnsupportedError
	if errors.As(err, &unsupported) {
		return "UnsupportedError " + unsupported.Feature
	}
	for _, e := range []struct {
		name string
		err  error
	}{
		{"ErrNotPDF", signing.ErrNotPDF},
		{"ErrDamaged", signing.ErrDamaged},
		{"ErrAmbiguousStructure", signing.ErrAmbiguousStructure},
		{"ErrLimit", signing.ErrLimit},
		{"ErrDocumentPassword", signing.ErrDocumentPassword},
		{"ErrForbidden", signing.ErrForbidden},
		{"ErrNoPage", signing.ErrNoPage},
		{"ErrField", signing.ErrField},
	} {
		if errors.Is(err, e.err) {
			return e.name
		}
	}
	return ""
}
