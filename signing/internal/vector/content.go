package vector

import (
	"encoding/hex"
	"math"
	"slices"
	"strconv"
)

// content writes a form's drawing as a PDF content stream, and notes which
// fonts, characters and pictures it uses.
type content struct {
	out    []byte
	fonts  []*usedFont
	images []*Image
}

// usedFont is a font with the characters drawn in it. The character code
// (CID) of chars[i] is i+1; 0 is .notdef.
type usedFont struct {
	font  *Font
	chars []char
	codes map[rune]int
}

func (f *Form) content() *content {
	c := &content{}
	for _, o := range f.ops {
		switch o := o.(type) {
		case fillRect:
			c.color(o.color)
			c.numbers(o.x, o.y, o.w, o.h)
			c.write("re f\n")
		case textRun:
			c.text(o)
		case qrCode:
			c.qr(o)
		case picture:
			c.picture(o)
		}
	}
	return c
}

func (c *content) write(s string) { c.out = append(c.out, s...) }

// numbers writes operands to a thousandth of a point, each with a space after.
func (c *content) numbers(v ...float64) {
	for _, n := range v {
		n = math.Round(n*1000) / 1000
		if n == 0 {
			n = 0 // no minus zero
		}
		c.out = strconv.AppendFloat(c.out, n, 'f', -1, 64)
		c.out = append(c.out, ' ')
	}
}

func (c *content) color(col Color) {
	if col.R == col.G && col.G == col.B {
		c.numbers(float64(col.R) / 255)
		c.write("g ")
		return
	}
	c.numbers(float64(col.R)/255, float64(col.G)/255, float64(col.B)/255)
	c.write("rg ")
}

// text shows one run by character codes of two bytes (Identity-H).
func (c *content) text(t textRun) {
	used := c.use(t.font)
	codes := make([]byte, 0, 2*len(t.text))
	for _, c := range t.text {
		id := used.code(c)
		codes = append(codes, byte(id>>8), byte(id))
	}
	c.write("BT ")
	c.color(t.color)
	c.write("/F" + strconv.Itoa(slices.Index(c.fonts, used)) + " ")
	c.numbers(t.size)
	c.write("Tf ")
	c.numbers(t.x, t.y)
	c.write("Td <" + hex.EncodeToString(codes) + "> Tj ET\n")
}

// use returns the record of a font's use, a new one at the first use.
func (c *content) use(f *Font) *usedFont {
	for _, u := range c.fonts {
		if u.font == f {
			return u
		}
	}
	u := &usedFont{font: f, codes: map[rune]int{}}
	c.fonts = append(c.fonts, u)
	return u
}

// code returns the character code of c, a new one at the first use.
func (u *usedFont) code(c char) int {
	if id, ok := u.codes[c.r]; ok {
		return id
	}
	u.chars = append(u.chars, c)
	u.codes[c.r] = len(u.chars)
	return len(u.chars)
}

// qr fills all dark modules as one path, so that no reader shows a seam
// between neighbours.
func (c *content) qr(q qrCode) {
	c.write("q 0 g ")
	c.numbers(1, 0, 0, 1, q.x, q.y)
	c.write("cm\n")
	n := q.code.Modules()
	q.code.runs(func(x, y, length int) {
		c.numbers(float64(x)*q.module, float64(n-1-y)*q.module, float64(length)*q.module, q.module)
		c.write("re\n")
	})
	c.write("f Q\n")
}

func (c *content) picture(p picture) {
	i := slices.Index(c.images, p.image)
	if i < 0 {
		i = len(c.images)
		c.images = append(c.images, p.image)
	}
	c.write("q ")
	c.numbers(p.w, 0, 0, p.h, p.x, p.y)
	c.write("cm /Im" + strconv.Itoa(i) + " Do Q\n")
}
