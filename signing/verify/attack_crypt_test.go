package verify_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

// cryptAttacks change encrypted documents where readers decrypt differently.
var cryptAttacks = []attack{
	{"encrypted string too short", recoloured(oddColour, func(b []byte) []byte { return append([]byte{0, 0xff}, b[2:]...) }), verify.CodeModified, nil},
	{"encrypted string that loses its padding", recoloured(wholeColour, func(b []byte) []byte { return b[:32] }), verify.CodeModified, nil},
	{"encrypted string that gains a byte", recoloured(wholeColour, func(b []byte) []byte { return append(bytes.Clone(b), 7) }), verify.CodeModified, nil},
	{"encrypted string whose padding becomes right in its last byte alone", repadded("\x0a\x0a", "x\x0a"), verify.CodeModified, nil},
	{"encrypted string whose padding becomes right in every byte", repadded("x\x0a", "\x0a\x0a"), verify.CodeModified, nil},
	{"encrypted title whose padding is right in its last byte alone", retitledBadly, verify.CodeModified, nil},
	{"encrypted object stream whose padding is right in its last byte alone", packedPage("/Type/ObjStm", func(t *testing.T, document, data []byte) []byte {
		c := ciphertext(t, document, append(data, "xxxxxxxxxxxxxxx\x10"...))
		return c[:len(c)-16]
	}), verify.CodeLaterUnreadable, nil},
	{"encrypted object stream without padding", packedPage("/Type/ObjStm", func(t *testing.T, document, data []byte) []byte {
		c := ciphertext(t, document, data)
		return c[:len(c)-16]
	}), verify.CodeLaterUnreadable, nil},
	{"object stream of the type of those that are not encrypted", packedPage("/Type/XRef", unencrypted), verify.CodeLaterUnreadable, nil},
	{"object stream that says that it is not encrypted", packedPage("/Type/ObjStm/Filter[/Crypt]/DecodeParms[<</Name/Identity>>]", unencrypted), verify.CodeLaterUnreadable, nil},
	{"ID of an encrypted document changed", func(t *testing.T, w *world) []byte {
		signed := w.sound(w.budi).apply(t, encryptedLetter())
		update := encryptedUpdate(signed, map[int][]byte{1: []byte(textOf(signed, 1, "/DSS<</Certs[]>>"))}, nil)[len(signed):]
		return append(signed, bytes.Replace(update, []byte("ID[<72"), []byte("ID[<73"), 1)...)
	}, verify.CodeModified, nil},
}

func encryptedLetter() []byte {
	return must(os.ReadFile("../testdata/producers/encrypted-aes256-r6.pdf"))
}

// encryptedUpdate appends objects as they are, with a cross-reference stream.
func encryptedUpdate(document []byte, objects map[int][]byte, compressed map[int][2]int) []byte {
	doc := must(pdf.Open(bytes.NewReader(document), int64(len(document)), pdf.Options{}))
	trailer := doc.Trailer()
	id := trailer["ID"].(pdf.Array)
	var out bytes.Buffer
	out.Write(document)
	var rows []byte
	index := ""
	row := func(num, kind, a, b int) {
		index += fmt.Sprintf("%d 1 ", num)
		rows = append(rows, byte(kind), byte(a>>24), byte(a>>16), byte(a>>8), byte(a), byte(b>>8), byte(b))
	}
	size := sizeOf(document)
	for num, body := range objects {
		size = max(size, num+1)
		row(num, 1, out.Len(), 0)
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", num, body)
	}
	for num, at := range compressed {
		size = max(size, num+1)
		row(num, 2, at[0], at[1])
	}
	start := out.Len()
	row(size, 1, start, 0)
	e := trailer["Encrypt"].(pdf.Ref)
	info := ""
	if r, ok := trailer["Info"].(pdf.Ref); ok {
		info = fmt.Sprintf("/Info %d 0 R", r.Num)
	}
	fmt.Fprintf(&out, "%d 0 obj\n<</Type/XRef/Size %d/W[1 4 2]/Index[%s]/Root %d 0 R%s/Encrypt %d 0 R/ID[<%x><%x>]/Prev %d/Filter/ASCIIHexDecode/Length %d>>stream\n%X>\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n",
		size, size+1, index, doc.CatalogRef().Num, info, e.Num, id[0].(pdf.String).Bytes, id[1].(pdf.String).Bytes, lastXRef(document), 2*len(rows)+1, rows, start)
	return out.Bytes()
}

// ciphertext is data encrypted as that of a stream.
func ciphertext(t *testing.T, document, data []byte) []byte {
	var ref pdf.Ref
	out := edit(t, document, func(_ *pdf.Document, u *pdf.Update) { ref = u.Add(pdf.NewStream(pdf.Dict{}, data)) })
	doc := must(pdf.Open(bytes.NewReader(out), int64(len(out)), pdf.Options{}))
	at, n, _ := must(doc.Get(ref)).(*pdf.Stream).Extent()
	return bytes.Clone(out[at : at+n])
}

func unencrypted(_ *testing.T, _, data []byte) []byte { return data }

// wholeColour is the ciphertext of a table of colours, one whole block and its
// padding.
func wholeColour(t *testing.T, document []byte) []byte {
	return ciphertext(t, document, []byte("\xff\x00\x00\x00\xff\x00xxxxxxxxxx"))
}

// oddColour is a table of colours of a length that no ciphertext has.
func oddColour(*testing.T, []byte) []byte { return []byte("\xff\x00\x00xxxxxxxxxxxxxx") }

// paddedColour is the ciphertext of a table of colours with ten bytes that some
// readers take for padding.
func paddedColour(end string) func(*testing.T, []byte) []byte {
	return func(t *testing.T, document []byte) []byte {
		return ciphertext(t, document, []byte("\xff\x00\x00\x00\xff\x00"+strings.Repeat(end, 10)[:10-len(end)]+end))[:32]
	}
}

func repadded(before, then string) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		return recoloured(paddedColour(before), func([]byte) []byte { return paddedColour(then)(t, encryptedLetter()) })(t, w)
	}
}

// retitledBadly lengthens the title for readers that want all padding right.
func retitledBadly(t *testing.T, w *world) []byte {
	var info pdf.Ref
	base := edit(t, encryptedLetter(), func(doc *pdf.Document, u *pdf.Update) {
		info = doc.Trailer()["Info"].(pdf.Ref)
		u.Set(info, pdf.Dict{"Title": pdf.TextString("Rp 100")})
	})
	signed := w.sound(w.budi).apply(t, base)
	title := ciphertext(t, signed, []byte("Rp 100.000.000 \x0a"))[:32]
	return edit(t, signed, func(_ *pdf.Document, u *pdf.Update) {
		set(u, info.Num, func(d pdf.Dict) { d["Title"] = pdf.NewPlaceholder(fmt.Appendf(nil, "<%x>", title)) })
		addEvidence(u)
	})
}

// recoloured signs a page whose table of colours is written as an encrypted
// string, and writes the table again.
func recoloured(table func(*testing.T, []byte) []byte, then func(before []byte) []byte) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		var ref pdf.Ref
		before := table(t, encryptedLetter())
		space := func(b []byte) pdf.Array {
			return pdf.Array{pdf.Name("Indexed"), pdf.Name("DeviceRGB"), pdf.Integer(1), pdf.NewPlaceholder(fmt.Appendf(nil, "<%x>", b))}
		}
		base := edit(t, encryptedLetter(), func(doc *pdf.Document, u *pdf.Update) {
			page := must(doc.Page(0))
			ref = u.Add(space(before))
			page.Dict["Resources"] = pdf.Dict{"ColorSpace": pdf.Dict{"C": ref}}
			page.Dict["Contents"] = u.Add(pdf.NewStream(pdf.Dict{}, []byte("/C cs 0 sc 0 0 600 800 re f")))
			u.Set(page.Ref, page.Dict)
		})
		return edit(t, w.sound(w.budi).apply(t, base), func(_ *pdf.Document, u *pdf.Update) {
			u.Set(ref, space(then(before)))
			addEvidence(u)
		})
	}
}

// packedPage moves the second page of an encrypted letter into an object stream
// in a later revision. Its Contents stands in the last block.
func packedPage(dict string, encrypt func(t *testing.T, document, data []byte) []byte) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		signed := w.sound(w.budi).apply(t, encryptedLetter())
		doc := must(pdf.Open(bytes.NewReader(signed), int64(len(signed)), pdf.Options{}))
		page, size := must(doc.Page(1)), sizeOf(signed)
		contents := fmt.Sprintf("/Contents %d 0 R", page.Dict["Contents"].(pdf.Ref).Num)
		text := strings.ReplaceAll(textOf(signed, int(page.Ref.Num), ""), "\n", " ")
		require.Contains(t, text, contents)
		text = strings.TrimSuffix(strings.Replace(text, contents, "", 1), ">>")
		data := fmt.Sprintf("%-8s", fmt.Sprintf("%d 0", page.Ref.Num)) + text
		data += strings.Repeat(" ", 16-len(data)%16) + fmt.Sprintf("%-16s%-16s", contents, ">>")
		raw := encrypt(t, signed, []byte(data))
		return encryptedUpdate(signed, map[int][]byte{
			size: fmt.Appendf(nil, "<<%s/N 1/First 8/Length %d>>stream\n%s\nendstream", dict, len(raw), raw),
			1:    []byte(textOf(signed, 1, "/DSS<</Certs[]>>")),
		}, map[int][2]int{int(page.Ref.Num): {size, 0}})
	}
}

// Signed encrypted documents are valid, with evidence and with a second
// signature too.
func TestEncryptedIsValid(t *testing.T) {
	files := append(must(filepath.Glob("../internal/pdf/testdata/encrypted/*.pdf")), must(filepath.Glob("../testdata/producers/encrypted*.pdf"))...)
	tried := 0
	for _, file := range files {
		base := must(os.ReadFile(file))
		if _, err := pdf.Open(bytes.NewReader(base), int64(len(base)), pdf.Options{}); err != nil {
			continue // needs a password
		}
		tried++
		t.Run(filepath.Base(file), func(t *testing.T) {
			w := newWorld(t)
			one := w.sound(w.budi).apply(t, base)
			two := edit(t, one, func(doc *pdf.Document, u *pdf.Update) {
				ref := u.Add(pdf.NewStream(pdf.Dict{}, []byte("x")))
				set(u, doc.CatalogRef().Num, func(d pdf.Dict) { d["DSS"] = pdf.Dict{"Certs": pdf.Array{ref}} })
			})
			for _, document := range [][]byte{one, two, w.sound(w.sari).named("Kedua").apply(t, two)} {
				report := judge(t, document, w.online())
				require.NoError(t, report.Err(), "%v", codes(report))
			}
		})
	}
	require.GreaterOrEqual(t, tried, 5)
}

// A string is what it was if it is encrypted anew with another vector, and also
// if its padding is odd and its ciphertext is kept.
func TestStringEncryptedAnew(t *testing.T) {
	kept := func(b []byte) []byte { return b }
	anew := func([]byte) []byte { return wholeColour(t, encryptedLetter()) }
	for name, document := range map[string]func(*testing.T, *world) []byte{
		"another vector":    recoloured(wholeColour, anew),
		"kept":              recoloured(wholeColour, kept),
		"odd padding, kept": recoloured(paddedColour("x\x0a"), kept),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			report := judge(t, document(t, w), w.online())
			require.NoError(t, report.Err(), "%v", codes(report))
		})
	}
}

// What a reader of the last byte of padding makes of a string is still read,
// and stays as it stands when it is written again.
func TestOddPaddingIsRead(t *testing.T) {
	document := retitledBadly(t, newWorld(t))
	doc := must(pdf.Open(bytes.NewReader(document), int64(len(document)), pdf.Options{}))
	ref := doc.Trailer()["Info"].(pdf.Ref)
	require.Equal(t, "Rp 100", pdf.Text(must(doc.Dict(ref))["Title"].(pdf.String)))
	again := edit(t, document, func(_ *pdf.Document, u *pdf.Update) { set(u, ref.Num, func(pdf.Dict) {}) })[len(document):]
	_, title, _ := bytes.Cut(again, []byte("/Title <"))
	title, _, _ = bytes.Cut(title, []byte(">"))
	require.Len(t, title, 64)
	require.Contains(t, string(document), string(title))
}
