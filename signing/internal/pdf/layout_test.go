package pdf_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// TestLayoutOfTables: what repair reads over, strict reading of a revision
// refuses, but for the forms that programs are known to write.
func TestLayoutOfTables(t *testing.T) {
	base := plain().Bytes()
	prev := bytes.LastIndex(base, []byte("xref\n0"))
	const usual = "xref\n0 1\n0000000000 65535 f \n4 1\n@ 00000 n \ntrailer\n<<$>>\nstartxref\n#\n%%EOF\n"
	for _, c := range []struct {
		name, old, new string
		sound          bool
	}{
		{"as it is", "", "", true},
		{"line ends of Acrobat", "xref\n0 1\n", "xref\r\n0 1\r\n", true},
		{"line ends of old Acrobat", "xref\n0 1\n", "xref\r0 1 \r", true},
		{"blank behind the word", "xref\n0", "xref \n0", true},
		{"blank line before the trailer", "trailer", "\ntrailer", true},
		{"blank before the trailer", "trailer", " trailer", true},
		{"nothing behind the trailer", "trailer\n", "trailer", true},
		{"blank behind the trailer", "trailer\n", "trailer ", true},
		{"blank behind the number", "#\n", "# \n", true},
		{"nothing behind the end", "EOF\n", "EOF", true},
		{"comment before startxref", "startxref", "%x\nstartxref", true},
		{"three line ends", "xref\n0", "xref\n\n\n0", false},
		{"nothing behind the word", "xref\n0", "xref 0", false},
		{"blank line behind a header", "4 1\n", "4 1\n\n", false},
		{"line ends the wrong way", "4 1\n", "4 1\n\r", false},
		{"blank line before a header", "4 1\n", "\n4 1\n", false},
		{"blank before a header", "4 1\n", " 4 1\n", false},
		{"comment before a header", "4 1\n", "%x\n4 1\n", false},
		{"zero before a number", "4 1\n", "04 1\n", false},
		{"comment before the trailer", "trailer", "%x\ntrailer", false},
		{"tab before the trailer", "trailer", "\ttrailer", false},
		{"much before the trailer", "trailer", strings.Repeat("\n", 20) + "trailer", false},
		{"comment behind the trailer", "trailer\n", "trailer%x\n", false},
		{"NUL behind the trailer", "trailer\n", "trailer\x00", false},
		{"no line end after startxref", "startxref\n", "startxref", false},
		{"blank after startxref", "startxref\n", "startxref ", false},
		{"zero before the number", "#\n", "0#\n", false},
		{"no line end after the number", "#\n", "#", false},
		{"lines after the number", "#\n", "#\n\n\n", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Contains(t, usual, c.old)
			at := len(base) + len("4 0 obj\n(x)\nendobj\n")
			text := strings.Replace(usual, c.old, c.new, 1)
			if strings.HasPrefix(c.old, "EOF") || strings.Contains(c.old, "startxref") {
				i := strings.LastIndex(usual, c.old)
				text = usual[:i] + c.new + usual[i+len(c.old):]
			}
			text = strings.NewReplacer("@", fmt.Sprintf("%010d", len(base)), "$", fmt.Sprintf("/Size 5/Root 1 0 R/Prev %d", prev), "#", fmt.Sprint(at)).Replace(text)
			data := []byte(string(base) + "4 0 obj\n(x)\nendobj\n" + text)
			d := mustOpen(t, data)
			require.Len(t, d.Revisions(), 2)
			err := d.CheckRevision(1)
			if c.sound {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, pdf.ErrMalformed)
		})
	}
}

// TestMaybeLinearised: the length counts wherever some reader finds it.
func TestMaybeLinearised(t *testing.T) {
	deep := "/X " + strings.Repeat("[", 200) + strings.Repeat("]", 200)
	for _, c := range []struct {
		name, before, head, object string
		want                       bool
	}{
		{"plain", "", "%PDF-1.7\n", "<</Linearized 1/L @>>", true},
		{"of another length", "", "%PDF-1.7\n", "<</Linearized 1/L 7>>", false},
		{"of no length", "", "%PDF-1.7\n", "<</Linearized 1/L(@)>>", true},
		{"no dictionary", "", "%PDF-1.7\n", "[/Linearized 1/L @]", false},
		{"another dictionary", "", "%PDF-1.7\n", "<</X 1/L @>>", false},
		{"more on the line", "", "%PDF-1.7 9\n", "<</Linearized 1/L @>>", true},
		{"behind comments", "", "%PDF-1.7\n" + strings.Repeat("% x\n", 1000), "<</Linearized 1/L @>>", true},
		{"escaped", "", "%PDF-1.7\n", "<</Linearize#64 1/L @>>", true},
		{"twice a key", "", "%PDF-1.7\n", "<</Linearized 1/L 7/L @>>", true},
		{"too deep", "", "%PDF-1.7\n", "<<" + deep + "/Linearized 1/L @>>", true},
		{"too deep, escaped", "", "%PDF-1.7\n", "<<" + deep + "/#4cinearized 1/L @>>", true},
		{"too deep, another", "", "%PDF-1.7\n", "<<" + deep + "/X 1/L @>>", false},
		{"a stream", "", "%PDF-1.7\n", "<</Linearized 1/L @/Length 0>>stream\n\nendstream", true},
		{"data of a damaged stream", "", "%PDF-1.7\n", "<</Length 9>>stream\n/Linearized 1/L @\nendstream", false},
		{"bytes before the header", "halo\n", "%PDF-1.7\n", "<</Linearized 1/L @>>", true},
		{"on the line of the header", "", "%PDF-1.7 ", "<</Linearized 1/L @>>", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			make := func(length int) []byte {
				m := &maker{at: map[int]int{}}
				m.WriteString(c.before + c.head)
				m.obj(9, strings.Replace(c.object, "@", fmt.Sprintf("%05d", length), 1))
				m.pages()
				m.table("/Size 10 /Root 1 0 R")
				return m.Bytes()
			}
			data := make(len(make(0)))
			assert.Equal(t, c.want, mustOpen(t, data).MaybeLinearised())
		})
	}
	data := strings.Replace(plain().String(), "%PDF-1.7\n", "%PDF-1.7\n9 0 obj <</Linearized 1/L 99999>>endobj\n", 1)
	length := len(data) - len("halo\n")
	data = "halo\n" + strings.Replace(data, "99999", fmt.Sprintf("%05d", length+len("halo\n")), 1)
	assert.True(t, mustOpen(t, []byte(data)).MaybeLinearised(), "the length without what stands before the header")
}

// TestCheckFirstSigned reads over what stood behind the end, of the first
// revision that is signed only.
func TestCheckFirstSigned(t *testing.T) {
	for tail, leading := range map[string]bool{
		"":                               true,
		"\x1a":                           true,
		"halo\n":                         true,
		"<b>Warning</b> no object (\n":   true,
		"failed to open stream: x\n":     true,
		"stream\n":                       false,
		"x endstream\n":                  false,
		"x obj\n":                        false,
		"x endobj\n":                     false,
		"trailers\n":                     false,
		"%%EOF x\nhalo\n":                false,
		"halo %PDF-1.4\n":                false,
		"1 0 object\n":                   false,
		strings.Repeat("halo\n", 12<<10): true,
		strings.Repeat("halo\n", 13<<10): false,
	} {
		data := update(t, append(bytes.Clone(plain().Bytes()), tail...), func(u *pdf.Update) { u.Add(pdf.Name("Second")) })
		if len(tail) > 1<<10 { // an update would have the file rebuilt
			m := newMaker().pages()
			first := m.table("/Size 4 /Root 1 0 R")
			m.WriteString(tail)
			m.obj(4, "/Second").table(fmt.Sprintf("/Size 5 /Root 1 0 R /Prev %d", first))
			data = m.Bytes()
		}
		d := mustOpen(t, data)
		require.Len(t, d.Revisions(), 2, "%.20q", tail)
		n, err := d.CheckFirstSigned(1)
		if !leading {
			assert.Error(t, err, "%.20q", tail)
			continue
		}
		require.NoError(t, err, "%.20q", tail)
		if assert.Equal(t, tail != "", n > 0, "%.20q", tail); n > 0 {
			assert.Error(t, d.CheckRevision(1), "%.20q", tail)
		}
	}
}
