package signing_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// tagged is a document of one page with one paragraph, and the given structure
// around it: objects from number 6 on.
func tagged(page string, objects ...string) []byte {
	content := "/P <</MCID 0>> BDC BT /F 11 Tf 60 780 Td (Surat contoh) Tj ET EMC"
	return raw("", append([]string{
		"<< /Type /Catalog /Pages 2 0 R /MarkInfo << /Marked true >> /StructTreeRoot 6 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> " + page + " >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
	}, objects...)...)
}

// figureOf finds the stamp's element: from the root, and from the page's marks,
// which lead to the same.
func figureOf(t *testing.T, out []byte) pdf.Dict {
	t.Helper()
	doc, err := pdf.Open(bytes.NewReader(out), int64(len(out)), pdf.Options{})
	require.NoError(t, err)
	catalog, err := doc.Catalog()
	require.NoError(t, err)
	root, err := doc.Dict(catalog["StructTreeRoot"])
	require.NoError(t, err)
	var found []pdf.Dict
	seen := map[pdf.Ref]bool{}
	var walk func(o pdf.Object)
	walk = func(o pdf.Object) {
		if ref, ok := o.(pdf.Ref); ok {
			require.False(t, seen[ref], "an element stands twice")
			seen[ref] = true
		}
		v, err := doc.Resolve(o)
		require.NoError(t, err)
		switch v := v.(type) {
		case pdf.Array:
			for _, kid := range v {
				walk(kid)
			}
		case pdf.Dict:
			if v["S"] == pdf.Name("Figure") && v["Alt"] != nil {
				found = append(found, v)
			}
			walk(v["K"])
		}
	}
	walk(root["K"])
	require.Len(t, found, 1)

	page, err := doc.Dict(found[0]["Pg"])
	require.NoError(t, err)
	marks, err := doc.Array(underKey(t, doc, root["ParentTree"], page["StructParents"].(pdf.Integer)))
	require.NoError(t, err)
	back, err := doc.Dict(marks[found[0]["K"].(pdf.Integer)])
	require.NoError(t, err)
	require.Equal(t, found[0], back)
	return found[0]
}

// underKey looks a key up in a number tree.
func underKey(t *testing.T, doc *pdf.Document, node pdf.Object, key pdf.Integer) pdf.Object {
	t.Helper()
	dict, err := doc.Dict(node)
	require.NoError(t, err)
	nums, err := doc.Array(dict["Nums"])
	require.NoError(t, err)
	for i := 0; i+1 < len(nums); i += 2 {
		if nums[i] == key {
			return nums[i+1]
		}
	}
	kids, err := doc.Array(dict["Kids"])
	require.NoError(t, err)
	for _, kid := range kids {
		if found := underKey(t, doc, kid, key); found != nil {
			return found
		}
	}
	return nil
}

// TestStampIsRead stamps tagged documents and reads their structure as another
// program does.
func TestStampIsRead(t *testing.T) {
	pdfinfo := tool(t, "pdfinfo")
	place := signing.Placement{Page: 1, Rect: signing.Rect{X: 300, Y: 20, Width: 200, Height: 80}}
	elem := "<< /Type /StructElem /S /P /P %s /Pg 3 0 R /K 0 >>"
	for _, c := range []struct {
		name string
		in   []byte
	}{
		{"Chrome", producer(t, "chrome.pdf")},
		{"LibreOffice, PDF/A", producer(t, "libreoffice-pdfa2b.pdf")},
		{"hybrid", producer(t, "hybrid.pdf")},
		{"turned", producer(t, "qpdf-rotated.pdf")},
		{"number tree in the leaf, one element under the root", tagged("/StructParents 0",
			"<< /Type /StructTreeRoot /K 7 0 R /ParentTree 8 0 R >>", fmt.Sprintf(elem, "6 0 R"), "<< /Nums [0 [7 0 R]] >>")},
		{"number tree with branches", tagged("/StructParents 5",
			"<< /Type /StructTreeRoot /K [7 0 R] /ParentTree 8 0 R >>", fmt.Sprintf(elem, "6 0 R"),
			"<< /Kids [9 0 R 10 0 R] >>", "<< /Limits [0 4] /Nums [4 7 0 R] >>", "<< /Limits [5 5] /Nums [5 11 0 R] >>", "[7 0 R]")},
		{"page without marks, LibreOffice's empty one", producer(t, "libreoffice-pdfa1b.pdf")},
		{"page without marks", tagged("",
			"<< /Type /StructTreeRoot /K 7 0 R /ParentTree 8 0 R /ParentTreeNextKey 7 >>", fmt.Sprintf(elem, "6 0 R"), "<< /Nums [3 [7 0 R]] >>")},
		{"page without marks, number tree with branches", tagged("",
			"<< /Type /StructTreeRoot /K 7 0 R /ParentTree 8 0 R >>", fmt.Sprintf(elem, "6 0 R"), "<< /Kids [9 0 R] >>", "<< /Limits [4 4] /Nums [4 7 0 R] >>")},
		{"several elements under the root", tagged("/StructParents 0",
			"<< /Type /StructTreeRoot /K [7 0 R 9 0 R] /ParentTree 8 0 R >>", fmt.Sprintf(elem, "6 0 R"), "<< /Nums [0 [7 0 R]] >>",
			"<< /Type /StructElem /S /Sect /P 6 0 R >>")},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, p, err := stamp(c.in, signing.StampOptions{Block: block(), Placement: place})
			require.NoError(t, err)
			figure := figureOf(t, out)
			alt := pdf.Text(figure["Alt"].(pdf.String))
			for _, line := range block().Lines {
				require.Contains(t, alt, line.Text)
			}
			require.NotNil(t, figure["A"].(pdf.Dict)["BBox"], "a figure says where it is")
			text, code := run(t, pdfinfo, "-struct", write(t, out))
			require.Zero(t, code, text)
			if before, _ := run(t, pdfinfo, "-struct", write(t, c.in)); !strings.Contains(before, "Error") { // it cannot read every hybrid
				require.Contains(t, text, "Figure")
				require.NotContains(t, text, "Error")
			}
			// It can still be signed, and the place is as before.
			_, _, err = sign(t, out, signing.Options{Key: person(t, "Budi Contoh", p256())})
			require.NoError(t, err)
			require.Equal(t, 1, p.Page)
		})
	}
}

// TestStampWithoutPlaceInTheStructure: what cannot be an element of the
// structure is an artifact in a tagged document, and unmarked in any other.
func TestStampWithoutPlaceInTheStructure(t *testing.T) {
	elem := "<< /Type /StructElem /S /P /P 6 0 R /Pg 3 0 R /K 0 >>"
	for _, c := range []struct {
		name string
		in   []byte
		want string
	}{
		{"not tagged", twoSigners, ""},
		{"page without marks, tree in the root itself", tagged("", "<< /Type /StructTreeRoot /K 7 0 R /ParentTree << /Nums [] >> >>", elem), "/Artifact BMC q"},
		{"page without marks, keys used up", tagged("", "<< /Type /StructTreeRoot /K 7 0 R /ParentTree 8 0 R >>", elem, "<< /Nums [2147483647 [7 0 R]] >>"), "/Artifact BMC q"},
		{"page not in the tree", tagged("/StructParents 3", "<< /Type /StructTreeRoot /K 7 0 R /ParentTree 8 0 R >>", elem, "<< /Nums [0 [7 0 R]] >>"), "/Artifact BMC q"},
		{"no tree", tagged("/StructParents 0", "<< /Type /StructTreeRoot /K 7 0 R >>", elem), "/Artifact BMC q"},
		{"no root", tagged("/StructParents 0"), "/Artifact BMC q"},
		{"not a number", tagged("/StructParents /x", "<< /Type /StructTreeRoot /K 7 0 R /ParentTree 8 0 R >>", elem, "<< /Nums [0 [7 0 R]] >>"), "/Artifact BMC q"},
		{"an element where the page's list should be", tagged("/StructParents 0", "<< /Type /StructTreeRoot /K 7 0 R /ParentTree 8 0 R >>", elem, "<< /Nums [0 7 0 R] >>"), "/Artifact BMC q"},
		{"a tree that is no dictionary", tagged("/StructParents 0", "<< /Type /StructTreeRoot /K 7 0 R /ParentTree 8 0 R >>", elem, "(tree)"), "/Artifact BMC q"},
		{"branches that are none", tagged("/StructParents 0", "<< /Type /StructTreeRoot /K 7 0 R /ParentTree 8 0 R >>", elem, "<< /Kids (kids) >>"), "/Artifact BMC q"},
		{"a root that is none", tagged("/StructParents 0", "(root)"), "/Artifact BMC q"},
		{"an information that is none", bytes.Replace(tagged("/StructParents 0", "<< >>"), []byte("<< /Marked true >>"), []byte("(Marked      true)"), 1), ""},
		{"a tree that leads to itself elsewhere", tagged("/StructParents 0", "<< /Type /StructTreeRoot /K 7 0 R /ParentTree 8 0 R >>", elem, "<< /Kids [9 0 R] >>", "<< /Limits [1 9] /Kids [8 0 R] >>"), "/Artifact BMC q"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, _, err := stamp(c.in, signing.StampOptions{Block: block(), Placement: corner})
			require.NoError(t, err)
			content := drawnLast(t, out)
			require.Contains(t, content, "/Blok")
			if c.want == "" {
				require.NotContains(t, content, "BMC")
				require.NotContains(t, content, "BDC")
				return
			}
			require.Contains(t, content, c.want)
		})
	}
	t.Run("a tree that leads to itself", func(t *testing.T) {
		_, _, err := stamp(tagged("/StructParents 0", "<< /Type /StructTreeRoot /K 7 0 R /ParentTree 8 0 R >>", elem, "<< /Kids [8 0 R 8 0 R] >>"),
			signing.StampOptions{Block: block(), Placement: corner})
		require.ErrorIs(t, err, signing.ErrLimit)
	})
}

// drawnLast is the last part of the first page's content.
func drawnLast(t *testing.T, out []byte) string {
	t.Helper()
	doc, err := pdf.Open(bytes.NewReader(out), int64(len(out)), pdf.Options{})
	require.NoError(t, err)
	page, err := doc.Page(0)
	require.NoError(t, err)
	parts, err := doc.Array(page.Dict["Contents"])
	require.NoError(t, err)
	o, err := doc.Resolve(parts[len(parts)-1])
	require.NoError(t, err)
	data, err := doc.StreamData(o.(*pdf.Stream), 1<<20)
	require.NoError(t, err)
	return strings.TrimSpace(string(data))
}
