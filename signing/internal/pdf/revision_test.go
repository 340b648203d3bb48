package pdf_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// revised is a file of three revisions, written by the package.
func revised(t testing.TB, first []byte) []byte {
	second := update(t, first, func(u *pdf.Update) { u.Add(pdf.Name("Second")) })
	return update(t, second, func(u *pdf.Update) {
		o, err := u.Get(pdf.Ref{Num: 3})
		require.NoError(t, err)
		o.(pdf.Dict)["Rotate"] = pdf.Integer(90)
		u.Set(pdf.Ref{Num: 3}, o)
	})
}

func TestRevisions(t *testing.T) {
	for name, first := range map[string][]byte{
		"table": plain().Bytes(), "stream": compressed().Bytes(), "hybrid": hybrid(false).Bytes(), "linearised": linearised().Bytes(),
		"no end of line at the end": bytes.TrimSuffix(plain().Bytes(), []byte("\n")),
	} {
		t.Run(name, func(t *testing.T) {
			data := revised(t, first)
			d, err := open(data, pdf.Options{Strict: true})
			require.NoError(t, err)
			revisions := d.Revisions()
			require.Len(t, revisions, 3)
			assert.Equal(t, int64(0), revisions[0].Start)
			assert.Equal(t, name == "linearised", revisions[0].Sections == 2)
			assert.Equal(t, name == "hybrid", revisions[0].Hybrid)
			assert.LessOrEqual(t, revisions[0].EOF, int64(len(first)))
			assert.GreaterOrEqual(t, revisions[0].End, int64(len(first)))
			assert.Equal(t, int64(len(data)), revisions[2].End)
			for i, r := range revisions {
				if i > 0 {
					assert.Equal(t, revisions[i-1].End, r.Start)
				}
				assert.Equal(t, name == "stream", r.Stream)
				assert.NoError(t, d.CheckRevision(i))
				then, err := d.At(i)
				require.NoError(t, err)
				assert.Equal(t, r.End, then.Size())
				assert.Len(t, then.Revisions(), i+1)
				alone := mustOpen(t, data[:r.End]) // as if the file ended there
				assert.Equal(t, slices.Collect(alone.Entries()), slices.Collect(then.Entries()))
				p, err := then.Page(0)
				require.NoError(t, err)
				assert.Equal(t, map[bool]int{true: 90}[i == 2], p.Rotate)
			}
			var changed []uint32
			for e := range d.RevisionEntries(2) {
				changed = append(changed, e.Num)
			}
			assert.Equal(t, uint32(3), changed[0])
			assert.Equal(t, name == "stream", len(changed) == 2, "a stream names itself")
			assert.Equal(t, pdf.Integer(revisions[1].XRef), d.Trailer()["Prev"])
		})
	}
}

func TestRevisionOfOtherProducers(t *testing.T) {
	// A comment between trailer and startxref, as one widespread library writes.
	data := bytes.Replace(plain().Bytes(), []byte("startxref"), []byte("%contoh-5.5\nstartxref"), 1)
	d := mustOpen(t, revised(t, data))
	require.Len(t, d.Revisions(), 3)
	assert.NoError(t, d.CheckRevision(0))
}

// TestCheckRevision adds to a sound file what no strict reading explains.
func TestCheckRevision(t *testing.T) {
	base := plain().Bytes()
	prev := bytes.LastIndex(base, []byte("xref\n0"))
	next := func(write func(m *maker)) []byte {
		m := &maker{at: map[int]int{}}
		m.Write(base)
		write(m)
		return m.Bytes()
	}
	trailer := fmt.Sprintf("/Size 9 /Root 1 0 R /Prev %d", prev)
	tests := []struct {
		name string
		data []byte
		want string // part of the message; none when sound
	}{
		{"sound", next(func(m *maker) { m.obj(4, "(x)").table(trailer) }), ""},
		{"sound, with white space and comments", next(func(m *maker) {
			m.WriteString("\r\n\r\n% remark\n")
			m.obj(4, "(x)")
			m.WriteString("%x\n")
			m.table(trailer)
		}), ""},
		{"an object that no entry names", next(func(m *maker) {
			m.obj(5, "(hidden)")
			m.at = map[int]int{}
			m.obj(4, "(x)").table(trailer)
		}), "no cross-reference names"},
		{"stray words", next(func(m *maker) { m.WriteString("junk\n"); m.obj(4, "(x)").table(trailer) }), "no cross-reference names"},
		{"stray words before startxref", next(func(m *maker) {
			m.obj(4, "(x)").table(trailer)
			b := bytes.Clone(m.Bytes())
			m.Reset()
			i := bytes.LastIndex(b, []byte("startxref"))
			m.Write(slices.Concat(b[:i], []byte("junk "), b[i:]))
		}), "no cross-reference names"},
		{"an entry that points before the revision", next(func(m *maker) {
			m.at[4] = bytes.Index(base, []byte("3 0 obj"))
			m.table(trailer)
		}), "outside the revision"},
		{"an entry into a stream's data", next(func(m *maker) {
			m.stream(4, "", "5 0 obj (x) endobj")
			m.at[5] = m.Len() - len("5 0 obj (x) endobj\nendstream\nendobj\n")
			m.table(trailer)
		}), "where no object begins"},
		{"two entries for one place", next(func(m *maker) {
			m.obj(4, "(x)")
			m.at[5] = m.at[4]
			m.table(trailer)
		}), "another object"},
		{"an entry with another number", next(func(m *maker) {
			m.obj(4, "(x)")
			m.at[5] = m.at[4]
			delete(m.at, 4)
			m.table(trailer)
		}), "another object"},
		{"a stream with a wrong Length", next(func(m *maker) {
			m.obj(4, "<< /Length 1 >>\nstream\nabc\nendstream").table(trailer)
		}), "Length"},
		{"endobj missing", next(func(m *maker) {
			m.at[4] = m.Len()
			m.WriteString("4 0 obj (x)\n")
			m.table(trailer)
		}), "endobj"},
		{"a key twice", next(func(m *maker) { m.obj(4, "<< /A 1 /A 2 >>").table(trailer) }), "twice"},
		{"a trailer with a key twice", next(func(m *maker) { m.obj(4, "(x)").table(trailer + " /Root 2 0 R /Root 1 0 R") }), "twice"},
		{"a table of irregular entries", next(func(m *maker) {
			m.obj(4, "(x)").table(trailer)
			b := m.Bytes()
			copy(b[bytes.LastIndex(b, []byte(" n\r\n")):], " n  ")
		}), "20 bytes"},
		{"Size too small", next(func(m *maker) { m.obj(8, "(x)").table(strings.Replace(trailer, "/Size 9", "/Size 8", 1)) }), "Size"},
		{"another end inside", next(func(m *maker) {
			m.obj(4, "(x)")
			m.tail(prev)
			m.table(trailer)
		}), "another cross-reference"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := mustOpen(t, test.data)
			require.Len(t, d.Revisions(), 2)
			assert.NoError(t, d.CheckRevision(0))
			err := d.CheckRevision(1)
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			require.True(t, typed(err), "%v", err)
			assert.ErrorContains(t, err, test.want)
		})
	}
}

// TestPrevLies tells revisions that only seem to follow one another.
func TestPrevLies(t *testing.T) {
	base := plain().Bytes()
	second := update(t, base, func(u *pdf.Update) { u.Add(pdf.Integer(2)) })
	third := update(t, second, func(u *pdf.Update) { u.Add(pdf.Integer(3)) })
	d := mustOpen(t, third)
	first, last := d.Revisions()[0], d.Revisions()[2]
	// The last trailer leads past the second revision.
	at := bytes.LastIndex(third, []byte("/Prev "))
	old := fmt.Sprintf("/Prev %d", d.Revisions()[1].XRef)
	skip := bytes.Clone(third)
	copy(skip[at:], fmt.Sprintf("/Prev %0*d", len(old)-len("/Prev "), first.XRef))
	d = mustOpen(t, skip)
	revisions := d.Revisions()
	require.Len(t, revisions, 2)
	assert.Equal(t, last.End, revisions[1].End)
	require.ErrorIs(t, d.CheckRevision(1), pdf.ErrMalformed, "the second revision's bytes are explained by nothing")
}
