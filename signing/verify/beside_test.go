package verify_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	pdfsign "github.com/digitorus/pdfsign/verify"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/verify"
)

var updateTable = flag.Bool("update", false, "write ATTACKS.md anew")

const tableFile = "ATTACKS.md"

// The answers in the table.
const (
	saysValid   = "valid"
	saysPart    = "valid, in part"
	saysNot     = "not valid"
	saysUnknown = "undetermined"
	saysNone    = "no signature"
	saysBroken  = "cannot read"
)

// besides are the documents of the table: sound ones, for calibration, and the
// attacks that need no judgment of certificates, which the other programs were
// told to leave out.
func besides() []struct {
	name    string
	attacks []attack
} {
	sound := []attack{
		{"one signature", later0, "", nil},
		{"two signatures", func(t *testing.T, w *world) []byte { return w.sign(later0(t, w), w.optionsBB(w.sari)) }, "", nil},
		{"B-LT with a document timestamp", func(t *testing.T, w *world) []byte {
			return w.documentTimestamp(t, w.sign(letter(), w.optionsBLT(w.budi)), w.stamper(w.tsa))
		}, "", nil},
	}
	return []struct {
		name    string
		attacks []attack
	}{
		{"Sound documents", sound}, {"Later revisions", incrementalAttacks}, {"Bytes and structure", byteAttacks},
		{"Signature dictionary and form", formAttacks}, {"Permissions", permissionAttacks},
		{"Shadow attacks", shadowAttacks}, {"Objects in two roles", roleAttacks},
	}
}

func later0(_ *testing.T, w *world) []byte { return w.sign(letter(), w.optionsBB(w.budi)) }

// TestBesideOthers keeps the table of what other verifiers say up to date.
func TestBesideOthers(t *testing.T) {
	tool(t, "pdfsig")
	version := popplerVersion(t)
	table := renderBeside(t, version)
	if *updateTable {
		require.NoError(t, os.WriteFile(tableFile, []byte(table), 0o644))
	}
	kept, err := os.ReadFile(tableFile)
	require.NoError(t, err)
	if !strings.Contains(string(kept), "pdfsig "+version) {
		// Another version may answer otherwise; the other columns still hold.
		t.Logf("the table was made with another pdfsig than %s", version)
		assert.Equal(t, withoutPoppler(string(kept)), withoutPoppler(table))
		return
	}
	assert.Equal(t, string(kept), table, "run the test with -update and read the difference")
}

func renderBeside(t *testing.T, version string) string {
	var out strings.Builder
	fmt.Fprintf(&out, tableHead, version)
	var fooled [3]int
	attacks := 0
	for i, group := range besides() {
		fmt.Fprintf(&out, "\n## %s\n\n| Document | sertel | pdfsig | pdfsign |\n| --- | --- | --- | --- |\n", group.name)
		for _, a := range group.attacks {
			answers := askAll(t, a)
			fmt.Fprintf(&out, "| %s | %s |\n", a.name, strings.Join(answers[:], " | "))
			if i == 0 {
				assert.Equal(t, saysValid, answers[0], a.name)
				continue
			}
			attacks++
			assert.NotEqual(t, saysValid, answers[0], a.name)
			for j, answer := range answers {
				if answer == saysValid {
					fooled[j]++
				}
			}
		}
	}
	fmt.Fprintf(&out, "\n## Sum\n\n| Of %d attacks, called valid by | sertel | pdfsig | pdfsign |\n| --- | --- | --- | --- |\n| | %d | %d | %d |\n",
		attacks, fooled[0], fooled[1], fooled[2])
	return out.String()
}

const tableHead = `# Attacks, and what verifiers say of them

Written by TestBesideOthers, with pdfsig %s (poppler) and the version of
github.com/digitorus/pdfsign that go.mod names. Every document is made anew
from a freshly signed letter. The other two were asked about signatures alone
(pdfsig -nocert; ValidSignature of pdfsign), so attacks on certificates, time
and revocation are left out.

- **valid**: every signature listed is valid. Of pdfsig also that one covers the
  whole file ("Total document signed").
- **valid, in part**: pdfsig calls every signature valid and says that none
  covers the whole file; whether what follows is harmless is left to the reader.
- **not valid**: at least one signature is not.
- **undetermined**: sertel says which piece is missing.
- **no signature**: none is listed, though the document was signed.
- **cannot read**: the program refuses the file.
`

// askAll asks sertel, pdfsig and pdfsign.
func askAll(t *testing.T, a attack) [3]string {
	w := newWorld(t)
	document := a.make(t, w)
	options := w.online()
	if a.options != nil {
		a.options(w, &options)
	}
	return [3]string{askSertel(t, document, options), askPoppler(t, document), askPdfsign(document)}
}

func askSertel(t *testing.T, document []byte, options verify.Options) string {
	report := judge(t, document, options)
	switch {
	case len(report.Signatures) == 0:
		return saysNone
	case report.Err() == nil:
		return saysValid
	case report.Conclusion.Indication == verify.TotalFailed:
		return saysNot
	}
	return saysUnknown
}

var popplerStatus = regexp.MustCompile(`- Signature Validation: (.*)`)

func askPoppler(t *testing.T, document []byte) string {
	out, _ := exec.CommandContext(t.Context(), "pdfsig", "-nocert", writeFile(t, "surat.pdf", document)).Output()
	statuses := popplerStatus.FindAllSubmatch(out, -1)
	if len(statuses) == 0 {
		if bytes.Contains(out, []byte("does not contain any signatures")) {
			return saysNone
		}
		return saysBroken
	}
	for _, s := range statuses {
		if string(s[1]) != "Signature is Valid." {
			return saysNot
		}
	}
	if !bytes.Contains(out, []byte("- Total document signed")) {
		return saysPart
	}
	return saysValid
}

func askPdfsign(document []byte) string {
	response, err := pdfsign.Verify(bytes.NewReader(document), int64(len(document)))
	switch {
	case err != nil && strings.Contains(err.Error(), "no digital signature"):
		return saysNone
	case err != nil:
		return saysBroken
	case len(response.Signers) == 0:
		return saysNone
	}
	for _, s := range response.Signers {
		if !s.ValidSignature {
			return saysNot
		}
	}
	return saysValid
}

func popplerVersion(t *testing.T) string {
	out, _ := exec.CommandContext(t.Context(), "pdfsig", "-v").CombinedOutput()
	version := regexp.MustCompile(`version (\S+)`).FindSubmatch(out)
	require.NotNil(t, version, "%s", out)
	return string(version[1])
}

// withoutPoppler drops the column and the words that depend on its version.
func withoutPoppler(table string) string {
	var out strings.Builder
	for line := range strings.Lines(table) {
		if cells := strings.Split(line, "|"); len(cells) == 6 {
			line = strings.Join(append(cells[:3:3], cells[4:]...), "|")
		}
		if !strings.HasPrefix(line, "Written by") {
			out.WriteString(line)
		}
	}
	return out.String()
}
