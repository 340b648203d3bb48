package vector

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"unicode/utf16"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// AddTo adds the drawing to an update as a Form XObject (ISO 32000-2, 8.10)
// with the fonts and pictures it needs, and returns the XObject's reference.
// The same form gives the same bytes every time.
//
// It returns ErrFont when a glyph of a damaged font cannot be embedded; the
// update is then to be thrown away.
func (f *Form) AddTo(u *pdf.Update) (pdf.Ref, error) {
	c, z := f.content(), newDeflater()
	fonts, images := pdf.Dict{}, pdf.Dict{}
	for i, used := range c.fonts {
		ref, err := used.addTo(u, z, f.archival)
		if err != nil {
			return pdf.Ref{}, err
		}
		fonts[pdf.Name("F"+strconv.Itoa(i))] = ref
	}
	for i, img := range c.images {
		images[pdf.Name("Im"+strconv.Itoa(i))] = img.addTo(u, z)
	}
	resources := pdf.Dict{}
	if len(fonts) > 0 {
		resources["Font"] = fonts
	}
	if len(images) > 0 {
		resources["XObject"] = images
	}
	return u.Add(z.stream(pdf.Dict{
		"Type":      pdf.Name("XObject"),
		"Subtype":   pdf.Name("Form"),
		"BBox":      numbers(0, 0, f.width, f.height),
		"Resources": resources,
	}, c.out)), nil
}

// addTo adds the font as a composite one: a subset of its glyphs, found by
// Identity-H codes, with the text that each code stands for (9.7, 9.10.3).
func (u *usedFont) addTo(up *pdf.Update, z *deflater, archival bool) (pdf.Ref, error) {
	glyphs := make([]int, len(u.chars))
	widths := make(pdf.Array, len(u.chars))
	for i, c := range u.chars {
		glyphs[i] = c.glyph
		widths[i] = number(u.font.perMille(u.font.glyphAdvance(glyphs[i])))
	}
	sub, err := newSubset(u.font, glyphs)
	if err != nil {
		return pdf.Ref{}, err
	}
	file := sub.file()
	name := pdf.Name(subsetTag(file) + "+" + u.font.name)

	program := up.Add(z.stream(pdf.Dict{"Length1": pdf.Integer(len(file))}, file))
	descriptor := u.font.descriptor(name, program)
	if archival {
		descriptor["CIDSet"] = up.Add(z.stream(pdf.Dict{}, cidSet(len(sub.glyphs))))
	}
	descendant := up.Add(pdf.Dict{
		"Type":     pdf.Name("Font"),
		"Subtype":  pdf.Name("CIDFontType2"),
		"BaseFont": name,
		"CIDSystemInfo": pdf.Dict{
			"Registry":   pdf.String{Bytes: []byte("Adobe")},
			"Ordering":   pdf.String{Bytes: []byte("Identity")},
			"Supplement": pdf.Integer(0),
		},
		"CIDToGIDMap":    pdf.Name("Identity"),
		"DW":             number(u.font.perMille(u.font.glyphAdvance(0))),
		"W":              pdf.Array{pdf.Integer(1), widths},
		"FontDescriptor": up.Add(descriptor),
	})
	return up.Add(pdf.Dict{
		"Type":            pdf.Name("Font"),
		"Subtype":         pdf.Name("Type0"),
		"BaseFont":        name,
		"Encoding":        pdf.Name("Identity-H"),
		"DescendantFonts": pdf.Array{descendant},
		"ToUnicode":       up.Add(z.stream(pdf.Dict{}, u.toUnicode())),
	}), nil
}

// descriptor returns the font descriptor (ISO 32000-2, 9.8). StemV is not in a
// TrueType file; the values are those of common text faces.
func (f *Font) descriptor(name pdf.Name, program pdf.Ref) pdf.Dict {
	stem := pdf.Integer(80)
	if f.bold {
		stem = 140
	}
	return pdf.Dict{
		"Type":        pdf.Name("FontDescriptor"),
		"FontName":    name,
		"Flags":       pdf.Integer(4), // symbolic: codes are not a Latin encoding
		"FontBBox":    numbers(f.perMille(f.bbox[0]), f.perMille(f.bbox[1]), f.perMille(f.bbox[2]), f.perMille(f.bbox[3])),
		"ItalicAngle": number(f.italic),
		"Ascent":      number(f.perMille(f.ascent)),
		"Descent":     number(f.perMille(f.descent)),
		"CapHeight":   number(f.perMille(f.cap)),
		"StemV":       stem,
		"FontFile2":   program,
	}
}

// perMille converts font units to thousandths of an em.
func (f *Font) perMille(units int) float64 { return float64(units) * 1000 / float64(f.upem) }

// toUnicode writes the CMap that gives each code its character (9.10.3), in
// blocks of at most 100 entries.
func (u *usedFont) toUnicode() []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for from := 0; from < len(u.chars); from += 100 {
		block := u.chars[from:min(from+100, len(u.chars))]
		fmt.Fprintf(&b, "%d beginbfchar\n", len(block))
		for i, c := range block {
			fmt.Fprintf(&b, "<%04X> <", from+i+1)
			for _, unit := range utf16.Encode([]rune{c.r}) {
				fmt.Fprintf(&b, "%04X", unit)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}

// subsetTag derives the six letters that mark a subset (9.9.2) from its bytes.
func subsetTag(file []byte) string {
	sum := sha256.Sum256(file)
	n := binary.BigEndian.Uint64(sum[:])
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + byte(n%26)
		n /= 26
	}
	return string(tag)
}

// addTo adds the picture as an Image XObject, with a soft mask where it is not
// opaque (8.9.5, 11.6.5.2).
func (img *Image) addTo(u *pdf.Update, z *deflater) pdf.Ref {
	dict := func(space string) pdf.Dict {
		return pdf.Dict{
			"Type":             pdf.Name("XObject"),
			"Subtype":          pdf.Name("Image"),
			"Width":            pdf.Integer(img.width),
			"Height":           pdf.Integer(img.height),
			"BitsPerComponent": pdf.Integer(8),
			"ColorSpace":       pdf.Name(space),
		}
	}
	colour := dict("DeviceRGB")
	if !img.opaque {
		colour["SMask"] = u.Add(z.stream(dict("DeviceGray"), img.alpha()))
	}
	return u.Add(z.stream(colour, img.rgb()))
}

// deflater compresses the streams of one form; its tables are larger than most
// of them.
type deflater struct {
	out  bytes.Buffer
	w    *zlib.Writer
	fast *zlib.Writer // nil until it is needed
}

// fastFrom is the size in bytes from where on speed counts more than a tenth of
// the size: noise of this size takes a second to compress well.
const fastFrom = 4 << 20

func newDeflater() *deflater {
	z := &deflater{}
	z.w = zlib.NewWriter(&z.out)
	return z
}

// writer returns the writer for a stream of n bytes.
func (z *deflater) writer(n int) *zlib.Writer {
	if n < fastFrom {
		return z.w
	}
	if z.fast == nil {
		var err error
		if z.fast, err = zlib.NewWriterLevel(&z.out, zlib.BestSpeed); err != nil {
			panic("vector: compression level: " + err.Error())
		}
	}
	return z.fast
}

// stream returns a stream of data with the Flate filter.
func (z *deflater) stream(dict pdf.Dict, data []byte) *pdf.Stream {
	w := z.writer(len(data))
	z.out.Reset()
	w.Reset(&z.out)
	_, err := w.Write(data)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic("vector: write to memory: " + err.Error())
	}
	dict["Filter"] = pdf.Name("FlateDecode")
	return pdf.NewStream(dict, bytes.Clone(z.out.Bytes()))
}

// number returns v to a hundredth, as an integer where it is one.
func number(v float64) pdf.Object {
	text := strconv.FormatFloat(v, 'f', 2, 64)
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic("vector: number: " + err.Error())
	}
	if value == float64(int64(value)) {
		return pdf.Integer(value)
	}
	return pdf.Real{Value: value, Text: text}
}

func numbers(v ...float64) pdf.Array {
	a := make(pdf.Array, len(v))
	for i, n := range v {
		a[i] = number(n)
	}
	return a
}
