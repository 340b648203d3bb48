package mockbsre_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

func TestLetterIsSigned(t *testing.T) {
	letter, err := os.ReadFile("../examples/naskahdinas/letter/surat-undangan.pdf")
	require.NoError(t, err)
	srv, secret := mockbsre.New(t), passphrase.FromString("Tiga-Kelinci9-Ungu")
	id, err := srv.Enrol(t.Context(), mockbsre.MadeUpPerson(0), secret) // the whole way to ISSUE
	require.NoError(t, err)
	signer, err := srv.Signer(id)
	require.NoError(t, err)
	var signed bytes.Buffer
	_, err = signer.SignDocument(t.Context(), &signed, bytes.NewReader(letter), int64(len(letter)),
		signing.Request{Credential: signing.Credential{Passphrase: secret}})
	require.NoError(t, err)
}

// The test with which the package's documentation opens is the one above.
func TestDocumentationOpensWithThatTest(t *testing.T) {
	source, err := os.ReadFile("newcomer_test.go")
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(source), "func TestLetterIsSigned")
	body, _, found := strings.Cut("func TestLetterIsSigned"+rest, "\n}\n")
	require.True(t, found)
	doc, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	want := strings.ReplaceAll(body+"\n}", "../examples/naskahdinas/letter/surat-undangan.pdf", "testdata/surat.pdf")
	assert.Contains(t, string(doc), "//\t"+strings.ReplaceAll(want, "\n", "\n//\t")+"\n")
}
