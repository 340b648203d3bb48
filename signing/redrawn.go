package signing

import (
	"bytes"
	"encoding/hex"
	"errors"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// maxShownBytes bounds what is decoded of the appearances of a form.
const maxShownBytes = 4 << 20

// redraws reports whether the form asks viewers to draw its fields anew
// (NeedAppearances, ISO 32000-2, 12.7.3). Some, poppler for one, then draw
// nothing for a signature, whatever its appearance is. It stays so where an
// earlier signature forbids the change, and where a field would be shown
// otherwise without it, as its appearance is missing or not that of its value.
func (p *plan) redraws() (asked, stays bool, err error) {
	need, err := p.doc.Resolve(p.form.dict["NeedAppearances"])
	if err != nil {
		return false, false, fromPDF(err)
	}
	if need != pdf.Object(true) {
		return false, false, nil
	}
	if p.signedOnce {
		return true, true, nil
	}
	w := drawnFields{doc: p.doc, seen: make(map[pdf.Ref]bool), left: maxShownBytes}
	drawn := false
	roots, err := p.doc.Array(p.form.dict["Fields"])
	if err == nil {
		drawn, err = w.all(roots, inherited{}, 0)
	}
	if err != nil && !isBroken(err) && !errors.Is(err, pdf.ErrFilter) {
		return true, true, fromPDF(err)
	}
	return true, !drawn, nil
}

// drawnFields looks for fields that viewers have to draw.
type drawnFields struct {
	doc   *pdf.Document
	seen  map[pdf.Ref]bool
	count int
	left  int64 // bytes to decode
}

// all reports whether every widget below the nodes shows its value.
func (w *drawnFields) all(nodes pdf.Array, from inherited, depth int) (bool, error) {
	for _, node := range nodes {
		if w.count++; w.count > maxFields || depth > maxFieldDepth {
			return false, nil
		}
		if ref, ok := node.(pdf.Ref); ok {
			if w.seen[ref] {
				continue
			}
			w.seen[ref] = true
		}
		dict, err := w.doc.Dict(node)
		if err != nil {
			return false, err
		}
		field := from
		if kind, err := w.doc.Resolve(dict["FT"]); err != nil {
			return false, err
		} else if n, ok := kind.(pdf.Name); ok {
			field.fieldType = n
		}
		if v := dict["V"]; v != nil {
			field.value = v
		}
		drawn, err := w.widget(dict, field)
		if !drawn || err != nil {
			return false, err
		}
		kids, err := w.doc.Array(dict["Kids"])
		if err != nil {
			return false, err
		}
		if drawn, err = w.all(kids, field, depth+1); !drawn || err != nil {
			return false, err
		}
	}
	return true, nil
}

// widget reports whether a node of the tree has nothing to show, or shows it.
func (w *drawnFields) widget(dict pdf.Dict, field inherited) (bool, error) {
	flags, _ := dict.Int("F")
	if dict["Rect"] == nil || field.fieldType == "Sig" || flags&unseen != 0 {
		return true, nil
	}
	appearances, err := w.doc.Dict(dict["AP"])
	if err != nil {
		return false, err
	}
	normal, err := w.doc.Resolve(appearances["N"])
	if err != nil {
		return false, err
	}
	value, err := w.doc.Resolve(field.value)
	if err != nil {
		return false, err
	}
	switch normal := normal.(type) {
	case pdf.Dict: // of a button, by its states
		on, _ := value.(pdf.Name)
		if normal[on] == nil {
			on = "Off"
		}
		state := dict.Name("AS")
		return field.fieldType == "Btn" && (state == on || state == "" && on == "Off"), nil
	case *pdf.Stream:
		return w.shows(normal, field.fieldType, value)
	}
	return false, nil
}

// shows reports whether the appearance of a field is that of its value. A font
// with codes of its own shows something that is not known here.
func (w *drawnFields) shows(appearance *pdf.Stream, kind pdf.Name, value pdf.Object) (bool, error) {
	if kind == "Btn" {
		return value == nil, nil // one to push, which has none
	}
	var want []byte
	switch v := value.(type) {
	case nil:
	case pdf.String:
		for _, r := range pdf.Text(v) {
			if r > 0xFF || r >= 0x80 && r < 0xA0 {
				return false, nil
			}
			want = append(want, byte(r)) // the same in WinAnsiEncoding
		}
	default:
		return false, nil
	}
	if w.left <= 0 {
		return false, nil
	}
	data, err := w.doc.StreamData(appearance, w.left)
	if err != nil {
		return false, err
	}
	w.left -= int64(len(data))
	return bytes.Equal(squeezed(want), squeezed(shownBytes(data))), nil
}

// squeezed leaves out white space, which lines of a text have or have not.
func squeezed(b []byte) []byte { return bytes.Join(bytes.Fields(b), nil) }

// shownBytes joins the strings of a content stream.
func shownBytes(data []byte) (shown []byte) {
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '%':
			for i+1 < len(data) && data[i+1] != '\n' && data[i+1] != '\r' {
				i++
			}
		case '(':
			i, shown = literalBytes(data, i+1, shown)
		case '<':
			if i+1 < len(data) && data[i+1] == '<' {
				i++ // a dictionary
				continue
			}
			end := bytes.IndexByte(data[i:], '>')
			if end < 0 {
				return shown // so is every further one, and each look takes as long
			}
			digits := squeezed(data[i+1 : i+end])
			if len(digits)%2 == 1 {
				digits = append(digits, '0')
			}
			if b, err := hex.DecodeString(string(digits)); err == nil {
				shown = append(shown, b...)
			}
			i += end
		}
	}
	return shown
}

// literalBytes adds the literal string that begins at i (ISO 32000-2, 7.3.4.2),
// and gives where it ends.
func literalBytes(data []byte, i int, shown []byte) (int, []byte) {
	for depth := 1; i < len(data); i++ {
		c := data[i]
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i, shown
			}
		case '\\':
			if i++; i == len(data) {
				return i, shown
			}
			switch c = data[i]; {
			case c >= '0' && c <= '7':
				n := int(c - '0')
				for k := 0; k < 2 && i+1 < len(data) && data[i+1] >= '0' && data[i+1] <= '7'; k++ {
					i++
					n = n<<3 | int(data[i]-'0')
				}
				c = byte(n)
			case bytes.IndexByte([]byte("nrtbf\r\n"), c) >= 0:
				c = ' ' // or nothing
			}
		}
		shown = append(shown, c)
	}
	return i, shown
}
