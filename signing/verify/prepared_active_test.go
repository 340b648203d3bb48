package verify_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/verify"
)

// A document that can change what it shows by itself is warned of, and stays
// valid; one that only leads elsewhere is not.
func TestActiveContent(t *testing.T) {
	const script = "<</S/JavaScript/JS(this.getField\\(\"jumlah\"\\).value=this.filesize)>>"
	catalog := func(entries string) map[int]string {
		return map[int]string{1: "<</Type/Catalog/Pages 2 0 R" + entries + ">>", 9: script, 10: "<</Names[(a)9 0 R]>>", 11: ")",
			12: "<</WP 9 0 R>>", 13: "<</Title(a)/A 9 0 R>>", 14: "<</T(a)/Kids[<</FT/Tx/T(b)/AA<</K 9 0 R>>>>]>>"}
	}
	annotated := func(annotation string, more ...string) map[int]string {
		objects := map[int]string{3: pageWith, 9: "<</Type/Annot/Rect[40 100 90 140]" + annotation + ">>"}
		for i, object := range more {
			objects[10+i] = object
		}
		return objects
	}
	for _, c := range []struct {
		name    string
		objects map[int]string
		warned  bool
	}{
		{"a script when it is opened", catalog("/OpenAction" + script), true},
		{"a script when it is opened, in an object", catalog("/OpenAction 9 0 R"), true},
		{"a script when it is printed", catalog("/AA<</WP 9 0 R>>"), true},
		{"a script by name", catalog("/Names<</JavaScript<</Names[(a)9 0 R]>>>>"), true},
		{"a script by name, in a tree", catalog("/Names<</JavaScript<</Kids[10 0 R]>>>>"), true},
		{"a script after another action", catalog("/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next<</S/Named/N/NextPage/Next[<</S/Named/N/NextPage>>9 0 R]>>>>"), true},
		{"layers are switched when it is opened", catalog("/OpenAction<</S/SetOCGState/State[]>>"), true},
		{"an order in which fields are computed", catalog("/AcroForm<</Fields[]/CO[9 0 R]>>"), true},
		{"a script when a page is shown", map[int]string{5: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 6 0 R/Resources<<>>/AA<</O" + script + ">>>>"}, true},
		{"a button that hides", annotated("/Subtype/Widget/A<</S/Hide/T(cap)>>"), true},
		{"a link with a script", annotated("/Subtype/Link/A 10 0 R", script), true},
		{"a script of a field above its widgets", annotated("/Subtype/Widget/Parent 10 0 R", "<</FT/Tx/T(a)/Kids[9 0 R]/Parent 11 0 R>>", "<</T(b)/Kids[10 0 R]/AA<</F"+script+">>>>"), true},
		{"a script of an object that is an action too", catalog("/OpenAction 12 0 R/AA 12 0 R"), true},
		{"names of scripts in an object that is an action too", catalog("/OpenAction 10 0 R/Names<</JavaScript 10 0 R>>"), true},
		{"a script of a bookmark", catalog("/Outlines<</First 13 0 R>>"), true},
		{"a script of a bookmark below another", catalog("/Outlines<</First<</Title(a)/Next<</Title(b)/First 13 0 R>>>>>>"), true},
		{"a script of a field without a widget", catalog("/AcroForm<</Fields[14 0 R]>>"), true},
		{"a script between the steps of a page", map[int]string{5: "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 6 0 R/Resources<<>>/PresSteps<</NA" + script + ">>>>"}, true},
		{"a picture in three dimensions", annotated("/Subtype/3D"), true},
		{"a script of a field far above its widget", annotated("/Subtype/Widget/Parent" + strings.Repeat("<</Parent", 70) + "<</AA<</K" + script + ">>" + strings.Repeat(">>", 71)), true},
		{"a script behind what cannot be read", catalog("/OpenAction 11 0 R/AA<</WC 11 0 R/WP 9 0 R>>"), true},
		{"a script behind many actions", catalog("/OpenAction" + strings.Repeat("<</S/Named/N/Print/Next", 50) + script + strings.Repeat(">>", 50)), true},
		{"names in a deep tree", catalog("/Names<</JavaScript" + strings.Repeat("<</Kids[", 40) + "10 0 R" + strings.Repeat("]>>", 40) + ">>"), true},

		{"a place to open it at", catalog("/OpenAction[3 0 R/Fit]"), false},
		{"an action that goes to a page", catalog("/OpenAction<</S/GoTo/D[3 0 R/Fit]>>"), false},
		{"actions that follow each other for ever", map[int]string{1: "<</Type/Catalog/Pages 2 0 R/OpenAction 9 0 R>>", 9: "<</S/Named/N/NextPage/Next[9 0 R 9 0 R]>>"}, false},
		{"a tree of names above itself", map[int]string{1: "<</Type/Catalog/Pages 2 0 R/Names<</JavaScript 9 0 R>>>>", 9: "<</Kids[9 0 R 9 0 R]>>"}, false},
		{"no names of scripts", catalog("/Names<</JavaScript<</Names[]>>/Dests 10 0 R>>"), false},
		{"a script that nothing sets off", map[int]string{9: script}, false},
		{"a link to a page of the web", annotated("/Subtype/Link/A<</S/URI/URI(https://contoh.go.id/)>>"), false},
		{"an action that follows itself", map[int]string{1: "<</Type/Catalog/Pages 2 0 R/OpenAction 9 0 R>>", 9: "<</S/Named/N/NextPage/Next 9 0 R>>"}, false},
		{"bookmarks in a circle", map[int]string{1: "<</Type/Catalog/Pages 2 0 R/Outlines<</First 9 0 R>>>>", 9: "<</Title(a)/First 9 0 R/Next 9 0 R>>"}, false},
		{"a field above itself", annotated("/Subtype/Widget/Parent 10 0 R", "<</FT/Tx/T(a)/Kids[9 0 R]/Parent 10 0 R>>"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			report := judge(t, w.sound(w.budi).apply(t, letterWith(c.objects)), w.online())
			require.NoError(t, report.Err(), "%v", codes(report))
			var want []verify.Code
			if c.warned {
				want = []verify.Code{verify.CodeActiveContent}
			}
			assert.Equal(t, want, codes(report))
		})
	}
}
