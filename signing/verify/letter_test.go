package verify_test

import (
	"bytes"
	"fmt"
	"maps"
	"strings"
)

// letter makes a small document of two pages with a cross-reference table.
func letter() []byte { return letterWith(nil) }

// letterWith is the letter with some objects written differently.
func letterWith(instead map[int]string) []byte {
	objects := map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R>>",
		2: "<</Type/Pages/Kids[3 0 R 5 0 R]/Count 2>>",
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>>>",
		4: stream("BT /F1 12 Tf 72 720 Td (Surat Tugas Nomor 099) Tj ET"),
		5: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 6 0 R/Resources<</Font<</F1 7 0 R>>>>>>",
		6: stream("BT /F1 12 Tf 72 720 Td (Lampiran) Tj ET"),
		7: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
		8: "<</Title(Surat Tugas)/Author(Budi Contoh)/ModDate(D:20480301080000+07'00')>>",
	}
	maps.Copy(objects, instead)
	return assemble(1, objects, "/Info 8 0 R")
}

func stream(data string) string {
	return fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(data), data)
}

// assemble writes objects with a cross-reference table.
func assemble(root int, objects map[int]string, trailer string) []byte {
	var out bytes.Buffer
	out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	size := 0
	for n := range objects {
		size = max(size, n+1)
	}
	offsets := make([]int, size)
	for n := 1; n < size; n++ {
		if body, ok := objects[n]; ok {
			offsets[n] = out.Len()
			fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", n, body)
		}
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", size)
	for n := 1; n < size; n++ {
		if offsets[n] == 0 {
			out.WriteString("0000000000 00000 f \n")
			continue
		}
		fmt.Fprintf(&out, "%010d 00000 n \n", offsets[n])
	}
	fmt.Fprintf(&out, "trailer\n<</Size %d/Root %d 0 R%s/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]>>\nstartxref\n%d\n%%%%EOF\n",
		size, root, trailer, start)
	return out.Bytes()
}

// formLetter has a text field Nama, an empty signature field Kadis and one
// page.
func formLetter() []byte {
	return assemble(1, map[int]string{
		1: "<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R>>",
		2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		3: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 7 0 R>>>>/Annots[5 0 R 6 0 R]>>",
		4: stream("BT /F1 12 Tf 72 720 Td (Formulir) Tj ET"),
		5: "<</Type/Annot/Subtype/Widget/FT/Tx/T(Nama)/V(lama)/Rect[72 600 300 620]/P 3 0 R/F 4/AP<</N 9 0 R>>>>",
		6: "<</Type/Annot/Subtype/Widget/FT/Sig/T(Kadis)/Rect[72 100 300 160]/P 3 0 R/F 4>>",
		7: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
		8: "<</Fields[5 0 R 6 0 R]/DA(/F1 10 Tf 0 g)/DR<</Font<</F1 7 0 R>>>>>>",
		9: "<</Type/XObject/Subtype/Form/BBox[0 0 228 20]/Resources<</Font<</F1 7 0 R>>>>/Length 30>>stream\nBT /F1 10 Tf (lama) Tj ET     \nendstream",
	}, "")
}

// replaced returns the document with one piece of text exchanged for another
// of the same length.
func replaced(document []byte, old, new string) []byte {
	if len(old) != len(new) || !bytes.Contains(document, []byte(old)) {
		panic("replaced: " + strings.TrimSpace(old))
	}
	return bytes.Replace(document, []byte(old), []byte(new), 1)
}
