package verify_test

import (
	"bytes"
	"crypto/x509"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	pdfsign "github.com/digitorus/pdfsign/verify"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

var update = flag.Bool("update", false, "write ATTACKS.md and the goldens of testdata anew; read the difference before you keep it")

const tableFile = "ATTACKS.md"

// The answers in the table.
const (
	saysValid     = "valid"
	saysPart      = "valid, in part"
	saysNot       = "not valid"
	saysUnknown   = "undetermined"
	saysUntrusted = "not trusted"
	saysNone      = "no signature"
	saysBroken    = "cannot read"
	saysMemory    = "not asked"
)

// group is a table of documents.
type group struct {
	name    string
	attacks []attack
}

// besides are the documents of the table: sound ones, for calibration, and the
// attacks that need no judgment of certificates, which the other programs were
// told to leave out.
func besides() []group {
	sound := []attack{
		{"one signature", later0, "", nil},
		{"two signatures", func(t *testing.T, w *world) []byte { return w.sign(later0(t, w), w.optionsBB(w.sari)) }, "", nil},
		{"B-LT with a document timestamp", func(t *testing.T, w *world) []byte {
			return w.documentTimestamp(t, w.sign(letter(), w.optionsBLT(w.budi)), w.stamper(w.tsa))
		}, "", nil},
	}
	return []group{
		{"Sound documents", sound}, {"Later revisions", incrementalAttacks}, {"Bytes and structure", byteAttacks},
		{"Signature dictionary and form", formAttacks}, {"Permissions", permissionAttacks},
		{"Shadow attacks", shadowAttacks}, {"Objects in two roles", roleAttacks},
		{"Fields that show something else", widgetAttacks},
		{"Appearances that readers draw elsewhere", appearanceAttacks},
		{"Locked fields", lockAttacks}, {"Filling in", fillingAttacks}, {"The same value spelled otherwise", spellingAttacks}, {"What readers repair otherwise", repairedAttacks},
		{"Values that are not what is shown", valueAttacks}, {"Appearances that are not balanced", unbalancedAttacks},
		{"Streams that readers decode differently", streamAttacks}, {"Encrypted documents", cryptAttacks},
		{"Entries for what is yet to come", entryAttacks},
		{"For readers that rebuild the cross-reference", rebuildAttacks},
		{"Metadata that readers parse differently", metadataAttacks},
	}
}

// besidesTrust are the documents about which the others were asked whether they
// trust the signer too. Attacks that lie in how one is asked are left out.
func besidesTrust() []group {
	signers := slices.DeleteFunc(slices.Clone(trustAttacks), func(a attack) bool { return a.options != nil })
	sound := []attack{
		{"one signature", later0, "", nil},
		{"two signatures", func(t *testing.T, w *world) []byte { return w.sign(later0(t, w), w.optionsBB(w.sari)) }, "", nil},
		{"with a timestamp", func(_ *testing.T, w *world) []byte { return w.sign(letter(), w.optionsBT(w.budi)) }, "", nil},
	}
	return []group{
		{"Sound documents, signers trusted", sound}, {"Signers and their certificates", signers},
		{"Timestamps", timeAttacks()}, {"Evidence of revocation", evidenceAttacks},
		{"Proofs of time and of evidence", slices.DeleteFunc(slices.Clone(proofAttacks), func(a attack) bool { return a.options != nil })},
	}
}

func later0(_ *testing.T, w *world) []byte { return w.sign(letter(), w.optionsBB(w.budi)) }

// TestBesideOthers keeps the table of what other verifiers say up to date. Outside
// CI it is every fifth line of it.
func TestBesideOthers(t *testing.T) {
	tool(t, "pdfsig", "certutil")
	version := popplerVersion(t)
	each := 5
	if *update || os.Getenv("SERTEL_CI") == "1" {
		each = 1
	}
	table := renderBeside(t, version, each)
	if *update {
		require.NoError(t, os.WriteFile(tableFile, []byte(table), 0o644))
	}
	content, err := os.ReadFile(tableFile)
	require.NoError(t, err)
	kept := string(content)
	if !strings.Contains(kept, "pdfsig "+version) {
		// Another version may answer otherwise; the other columns still hold.
		t.Logf("the table was made with another pdfsig than %s", version)
		kept, table = withoutPoppler(kept), withoutPoppler(table)
	}
	if each == 1 {
		assert.Equal(t, kept, table, "run the test with -update and read the difference")
		return
	}
	lines := strings.Split(kept, "\n")
	for line := range strings.SplitSeq(table, "\n") {
		assert.Contains(t, lines, line)
	}
}

// renderBeside writes the table, or what one of each few documents adds to it.
func renderBeside(t *testing.T, version string, each int) string {
	var out strings.Builder
	fmt.Fprintf(&out, tableHead, version)
	// Outside programs know no other clock, and pdfsign no roots but the
	// system's, which a process reads once: before the first question.
	present := presentWorld(t)
	renderGroups(t, &out, each, besides(), func(a attack) [3]string {
		w := newWorld(t)
		document := a.make(t, w)
		return [3]string{askSertel(t, document, a.optionsFor(w)), askPoppler(t, document, "-nocert"), askPdfsign(document, false)}
	})
	out.WriteString(trustHead)
	nss := popplerRoots(t, present)
	renderGroups(t, &out, each, besidesTrust(), func(a attack) [3]string {
		w := *present
		w.t, w.revoked = t, make(map[string]time.Time)
		document := a.make(t, &w)
		return [3]string{askSertel(t, document, a.optionsFor(&w)), askPoppler(t, document, "-nssdir", nss), askPdfsign(document, true)}
	})
	return out.String()
}

func (a attack) optionsFor(w *world) verify.Options {
	options := w.online()
	if a.options != nil {
		a.options(w, &options)
	}
	return options
}

// renderGroups writes tables, of which the first is for calibration, and the
// sum of the others if all of their documents are asked about.
func renderGroups(t *testing.T, out *strings.Builder, each int, groups []group, ask func(attack) [3]string) {
	var fooled [3]int
	attacks := 0
	for i, group := range groups {
		fmt.Fprintf(out, "\n## %s\n\n| Document | sertel | pdfsig | pdfsign |\n| --- | --- | --- | --- |\n", group.name)
		for n, a := range group.attacks {
			if n%each != 0 {
				continue
			}
			answers := ask(a)
			fmt.Fprintf(out, "| %s | %s |\n", a.name, strings.Join(answers[:], " | "))
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
	if each > 1 {
		return
	}
	fmt.Fprintf(out, "\n| Of %d attacks, called valid by | sertel | pdfsig | pdfsign |\n| --- | --- | --- | --- |\n| | %d | %d | %d |\n",
		attacks, fooled[0], fooled[1], fooled[2])
}

const tableHead = `# Attacks, and what verifiers say of them

Written by TestBesideOthers, with pdfsig %s (poppler) and the version of
github.com/digitorus/pdfsign that go.mod names. Every document is made anew
from a freshly signed letter.

- **valid**: every signature listed is valid. Of pdfsig also that one covers the
  whole file ("Total document signed").
- **valid, in part**: pdfsig calls every signature valid and says that none
  covers the whole file; whether what follows is harmless is left to the reader.
- **not valid**: at least one signature is not.
- **not trusted**: every signature is valid, but at least one signer's
  certificate is not trusted.
- **undetermined**: sertel says which piece is missing.
- **no signature**: none is listed, though the document was signed.
- **cannot read**: the program refuses the file.
- **not asked**: it would take gigabytes of memory.

# Signatures alone

In this part the other two were asked about signatures alone (pdfsig -nocert;
ValidSignature of pdfsign).
`

const trustHead = `
# Certificates, time and revocation

Here all three trust the same root and were asked about the signers too: pdfsig
with that root in its database, pdfsign by ValidSignature, TrustedIssuer and
RevokedCertificate. The certificates name no address to ask. Sertel also had
revocation data of the day of judgment, unless that is what the attack is about;
where it decides, the others' answers show what they say of the document alone.
`

// onePresentWorld is a world of now whose root is the system's only one. It
// signs a little ahead of now, since x/crypto/ocsp dates its answers by the
// machine's clock, and answers from after the signature would not be taken.
var onePresentWorld struct {
	once   sync.Once
	world  *world
	signed time.Time
}

// presentWorld moves the times of signing and of judgment to now and gives the
// one world of now.
func presentWorld(t *testing.T) *world {
	one := &onePresentWorld
	signed, judged := signedAt, judgedAt
	t.Cleanup(func() { signedAt, judgedAt = signed, judged })
	one.once.Do(func() {
		one.signed = time.Now().UTC().Truncate(time.Second).Add(time.Hour)
		signedAt = one.signed
		w := newWorld(t)
		t.Setenv("SSL_CERT_FILE", writeFile(t, "akar.pem", pemOf("CERTIFICATE", w.root.cert.Raw)))
		t.Setenv("SSL_CERT_DIR", t.TempDir())
		_, err := x509.SystemCertPool() // reads the roots once and for all
		require.NoError(t, err)
		one.world = w
	})
	require.NotNil(t, one.world)
	signedAt, judgedAt = one.signed, one.signed.Add(24*time.Hour)
	return one.world
}

// popplerRoots is a database of certificates that trusts the world's root.
func popplerRoots(t *testing.T, w *world) string {
	dir := t.TempDir()
	run(t, "certutil", "-N", "-d", "sql:"+dir, "--empty-password")
	run(t, "certutil", "-A", "-d", "sql:"+dir, "-n", "akar", "-t", "C,C,C", "-a", "-i", writeFile(t, "akar.pem", pemOf("CERTIFICATE", w.root.cert.Raw)))
	return dir
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

var (
	popplerStatus = regexp.MustCompile(`- Signature Validation: (.*)`)
	popplerTrust  = regexp.MustCompile(`- Certificate Validation: (.*)`)
)

func askPoppler(t *testing.T, document []byte, options ...string) string {
	args := append(options, writeFile(t, "surat.pdf", document))
	out, _ := exec.CommandContext(t.Context(), "pdfsig", args...).Output()
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
	for _, s := range popplerTrust.FindAllSubmatch(out, -1) {
		if string(s[1]) != "Certificate is Trusted." {
			return saysUntrusted
		}
	}
	if !bytes.Contains(out, []byte("- Total document signed")) {
		return saysPart
	}
	return saysValid
}

// maxForPdfsign is the object number up to which pdfsign's reader can be asked:
// it makes a table of that length.
const maxForPdfsign = 1 << 20

func askPdfsign(document []byte, trust bool) string {
	if doc, err := pdf.Open(bytes.NewReader(document), int64(len(document)), pdf.Options{}); err == nil {
		for e := range doc.Entries() {
			if e.Num > maxForPdfsign {
				return saysMemory
			}
		}
	}
	response, err := pdfsign.Verify(bytes.NewReader(document), int64(len(document)))
	switch {
	case err != nil && strings.Contains(err.Error(), "no digital signature"):
		return saysNone
	case err != nil:
		return saysBroken
	case len(response.Signers) == 0:
		return saysNone
	}
	answer := saysValid
	for _, s := range response.Signers {
		switch {
		case !s.ValidSignature:
			return saysNot
		case trust && (!s.TrustedIssuer || s.RevokedCertificate):
			answer = saysUntrusted
		}
	}
	return answer
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
