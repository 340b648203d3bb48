package signing_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

// TestPageOfWhichTheCropBoxLeavesNothing: some readers show nothing of it, and others all.
func TestPageOfWhichTheCropBoxLeavesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		node, page string
		pages      []int
	}{
		"none":                        {"", "", nil},
		"a part of the page":          {"", "/CropBox [300 0 900 1000]", nil},
		"the page":                    {"", "/CropBox [595 842 0 0]", nil},
		"outside":                     {"", "/CropBox [700 900 900 1000]", []int{1}},
		"beside":                      {"", "/CropBox [595 0 900 842]", []int{1}},
		"a line":                      {"", "/CropBox [100 100 100 500]", []int{1}},
		"of all pages":                {"/CropBox [700 900 900 1000]", "", []int{1, 2}},
		"of all pages, and the other": {"/CropBox [700 900 900 1000]", "/CropBox [0 0 595 842]", []int{2}},
		"no box":                      {"", "/CropBox (x)", nil},
		"no numbers":                  {"", "/CropBox [/A /B /C /D]", nil},
	} {
		t.Run(name, func(t *testing.T) {
			in := raw("", "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 595 842] /Resources << >> "+c.node+" >>",
				"<< /Type /Page /Parent 2 0 R "+c.page+" >>", "<< /Type /Page /Parent 2 0 R >>")
			found := preflight(t, in, signing.Options{})
			require.NoError(t, found.Err())
			if len(c.pages) == 0 {
				require.Empty(t, found)
				return
			}
			require.Equal(t, []signing.FindingCode{signing.FindingIncomplete}, codes(found))
			require.Equal(t, c.pages[0], found[0].Page)
			if len(c.pages) > 1 {
				require.Equal(t, c.pages, found[0].Pages)
			}
			require.Contains(t, found[0].Detail, "CropBox")
			require.Contains(t, found.Text(passphrase.Indonesian), "halaman")
		})
	}
}
