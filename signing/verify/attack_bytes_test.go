package verify_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/sertel-id/sertel/signing/verify"
)

// byteAttacks change the bytes of a signed letter.
var byteAttacks = []attack{
	{"one covered byte changed", func(t *testing.T, w *world) []byte {
		return replaced(w.sign(letter(), w.optionsBB(w.budi)), "Nomor 099", "Nomor 199")
	}, verify.CodeDigestMismatch, nil},
	{"bytes appended", func(t *testing.T, w *world) []byte {
		return append(w.sign(letter(), w.optionsBB(w.budi)), "\n4 0 obj\nnull\nendobj\n"...)
	}, verify.CodeTrailingBytes, nil},
	{"comment appended", func(t *testing.T, w *world) []byte {
		return append(w.sign(letter(), w.optionsBB(w.budi)), "% aman\n"...)
	}, verify.CodeTrailingBytes, nil},
	{"end marker appended", func(t *testing.T, w *world) []byte {
		return append(w.sign(letter(), w.optionsBB(w.budi)), "%%EOF\n"...)
	}, verify.CodeTrailingBytes, nil},
	{"objects smuggled between two revisions", func(t *testing.T, w *world) []byte {
		once := append(w.sign(letter(), w.optionsBB(w.budi)), "4 0 obj\n"+stream("BT (Palsu) Tj ET")+"\nendobj\n"...)
		return w.sound(w.sari).apply(t, once)
	}, verify.CodeLaterUnreadable, nil},
	{"cross-reference of the update skips the signed revision", func(t *testing.T, w *world) []byte {
		signed := w.sign(letter(), w.optionsBB(w.budi))
		return rawUpdate(signed, len(letter()), map[int]string{4: stream("BT /F1 12 Tf (Palsu) Tj ET")}, "")
	}, "", nil},
	{"object freed by a bare cross-reference", func(t *testing.T, w *world) []byte {
		signed := w.sign(letter(), w.optionsBB(w.budi))
		var out bytes.Buffer
		out.Write(signed)
		start := out.Len()
		fmt.Fprintf(&out, "xref\n6 1\n0000000000 00001 f \ntrailer\n<</Size 20/Root 1 0 R/Info 8 0 R/ID%s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n",
			fileID, lastXRef(signed), start)
		return out.Bytes()
	}, verify.CodeModified, nil},
	{"object pointed at an older one by a bare cross-reference", func(t *testing.T, w *world) []byte {
		signed := w.sign(letter(), w.optionsBB(w.budi))
		var out bytes.Buffer
		out.Write(signed)
		start := out.Len()
		fmt.Fprintf(&out, "xref\n4 1\n%010d 00000 n \ntrailer\n<</Size 20/Root 1 0 R/Info 8 0 R/ID%s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n",
			bytes.Index(signed, []byte("6 0 obj")), fileID, lastXRef(signed), start)
		return out.Bytes()
	}, verify.CodeLaterUnreadable, nil},
	{"cross-reference that loops", func(t *testing.T, w *world) []byte {
		signed := w.sign(letter(), w.optionsBB(w.budi))
		return rawUpdate(signed, -1, map[int]string{4: stream("BT (Palsu) Tj ET")}, "")
	}, "", nil},
	{"object twice in the update", func(t *testing.T, w *world) []byte {
		signed := w.sign(letter(), w.optionsBB(w.budi))
		var out bytes.Buffer
		out.Write(signed)
		first := out.Len()
		fmt.Fprintf(&out, "20 0 obj\n(a)\nendobj\n")
		second := out.Len()
		fmt.Fprintf(&out, "20 0 obj\n(b)\nendobj\n")
		start := out.Len()
		fmt.Fprintf(&out, "xref\n20 1\n%010d 00000 n \n20 1\n%010d 00000 n \ntrailer\n<</Size 21/Root 1 0 R/Info 8 0 R/ID%s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n",
			first, second, fileID, lastXRef(signed), start)
		return out.Bytes()
	}, verify.CodeLaterUnreadable, nil},
}

const fileID = "[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]"

func lastXRef(document []byte) int {
	var offset int
	i := bytes.LastIndex(document, []byte("startxref"))
	if _, err := fmt.Sscanf(string(document[i:]), "startxref\n%d", &offset); err != nil {
		panic(err)
	}
	return offset
}

// rawUpdate appends objects with a cross-reference whose Prev is the end of
// the first base bytes; -1 makes it point at itself.
func rawUpdate(document []byte, base int, objects map[int]string, trailer string) []byte {
	var out bytes.Buffer
	out.Write(document)
	var table bytes.Buffer
	for num, body := range objects {
		fmt.Fprintf(&table, "%d 1\n%010d 00000 n \n", num, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", num, body)
	}
	start := out.Len()
	prev := start
	if base >= 0 {
		prev = lastXRef(document[:base])
	}
	fmt.Fprintf(&out, "xref\n%strailer\n<</Size 40/Root 1 0 R/Info 8 0 R/ID%s/Prev %d%s>>\nstartxref\n%d\n%%%%EOF\n",
		table.String(), fileID, prev, trailer, start)
	return out.Bytes()
}
