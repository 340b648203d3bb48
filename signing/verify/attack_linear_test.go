package verify_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

const (
	binaryHead = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
	linearDict = "<</Linearized 1/L %010d/H[200 10]/O 23/E 100/N 1/T 100"
)

// linearAttacks count on readers that begin at another cross-reference as soon
// as the file has the length that its first object gives it.
var linearAttacks = []attack{
	linear("linearised for the length that a later revision gives", binaryHead, linearDict+">>"),
	linear("the same behind more on the line of the header", "%PDF-1.7x 5\n", linearDict+">>"),
	linear("the same behind a version of many digits", "%PDF-1.70000000\n%\xe2\xe3\xcf\xd3\n", linearDict+">>"),
	linear("the same with arrays too deep to be read", binaryHead, linearDict+"/X "+strings.Repeat("[", 200)+strings.Repeat("]", 200)+">>"),
	linear("the same in the dictionary of a stream", binaryHead, linearDict+"/Length 0>>stream\n\nendstream"),
	linear("the same in a stream that is damaged", binaryHead, linearDict+"/Length 0>>stream x\n\nendstream"),
	linear("the same with two lengths", binaryHead, linearDict+"/L 7>>"),
	linear("the same with a fraction", binaryHead, strings.Replace(linearDict, "%010d", "%010d.9", 1)+">>"),
	linear("the same by an escaped name behind what is too deep", binaryHead,
		strings.Replace(linearDict, "<</Linearized", "<</X "+strings.Repeat("[", 200)+strings.Repeat("]", 200)+"/Linea#72ized", 1)+">>"),
	linear("the same on the line of the header", "%PDF-1.7 ", linearDict+">>"),
}

func linear(name, head, dict string) attack {
	return attack{name, func(t *testing.T, w *world) []byte {
		document := linearised(t, w, 0, head, dict)
		for range 20 { // a signature may vary in length
			length := len(document)
			if document = linearised(t, w, length, head, dict); len(document) == length {
				return document
			}
		}
		t.Fatal("never of the length that it gives")
		return nil
	}, verify.CodeAmbiguous, nil}
}

// linearised has, behind a linearization dictionary for the given length, the
// cross-reference of another document. It is signed and then grows.
func linearised(t *testing.T, w *world, length int, head, dict string) []byte {
	const room = 700
	var out bytes.Buffer
	out.WriteString(head)
	offsets := map[int]int{}
	put := func(num int, body string) {
		offsets[num] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", num, body)
	}
	put(20, fmt.Sprintf(dict, length))
	hole := out.Len()
	out.Write(append(bytes.Repeat([]byte{' '}, room), '\n'))
	document := func(first int, text string) {
		put(first, fmt.Sprintf("<</Type/Catalog/Pages %d 0 R>>", first+1))
		put(first+1, fmt.Sprintf("<</Type/Pages/Kids[%d 0 R]/Count 1>>", first+2))
		put(first+2, fmt.Sprintf("<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F1 %d 0 R>>>>>>", first+1, first+3, first+4))
		put(first+3, stream("BT /F1 12 Tf 72 720 Td ("+text+") Tj ET"))
		put(first+4, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
	}
	document(21, "Surat Palsu Nomor 666")
	document(1, "Surat Tugas Nomor 099")
	table := func(first, last int) string {
		text := fmt.Sprintf("%d %d\n", first, last-first)
		for num := first; num < last; num++ {
			text += fmt.Sprintf("%010d 00000 n \n", offsets[num])
		}
		return text
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 1\n0000000000 65535 f \n%strailer\n<</Size 26/Root 1 0 R/ID%s>>\nstartxref\n%d\n%%%%EOF\n", table(1, 6), fileID, start)
	copy(out.Bytes()[hole:], fmt.Sprintf("xref\n0 1\n0000000000 65535 f \n%strailer\n<</Size 26/Root 21 0 R/ID%s>>\nstartxref\n0\n%%%%EOF\n", table(20, 26), fileID))
	return edit(t, w.sound(w.budi).apply(t, out.Bytes()), func(_ *pdf.Document, u *pdf.Update) { addEvidence(u) })
}

// What was linearised for its own length, or is not at all, is no attack.
func TestLinearisedForAnotherLength(t *testing.T) {
	for name, c := range map[string][2]string{
		"own length":                       {binaryHead, strings.Replace(linearDict, "%010d", "1234", 1) + ">>"},
		"stream first":                     {binaryHead, "<</Length 12>>stream\n/Linearized 1\nendstream"},
		"header with the name of a writer": {"%PDF-1.7 by 5 writers\n", strings.Replace(linearDict, "%010d", "1234", 1) + ">>"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			dict := strings.ReplaceAll(c[1], "%", "%%") + "%.0d"
			report := judge(t, linearised(t, w, 0, c[0], dict), w.online())
			assert.NoError(t, report.Err(), "%v", codes(report))
		})
	}
}
