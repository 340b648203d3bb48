package signing

import (
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/sertel-id/sertel/signing/appearance"
	"github.com/sertel-id/sertel/signing/internal/pdf"
)

const (
	filter    = "Adobe.PPKLite"
	subFilter = "ETSI.CAdES.detached" // ETSI EN 319 142-1, clause 5.3

	widgetFlags = 4 | 128 // Print, Locked (ISO 32000-2, table 167)
	sigFlags    = 1 | 2   // SignaturesExist, AppendOnly (table 225)
)

// unsigned is the update of a signature whose message is still to come.
type unsigned struct {
	start int64 // where the update begins in the new file
	bytes []byte
	// The signature dictionary's Contents with its delimiters, as absolute
	// positions.
	contents pdf.Span
}

// before and after are the parts of the update that are signed: all but the
// Contents.
func (u *unsigned) before() []byte { return u.bytes[:u.contents.Offset-u.start] }
func (u *unsigned) after() []byte  { return u.bytes[u.contents.End-u.start:] }

// room is the number of bytes that the message may have.
func (u *unsigned) room() int { return int(u.contents.End-u.contents.Offset-2) / 2 }

// fill puts the message into the Contents, the rest of which stays zero.
func (u *unsigned) fill(message []byte) error {
	if len(message) > u.room() {
		return fmt.Errorf("%w: %d bytes, room for %d", ErrSpace, len(message), u.room())
	}
	at := u.contents.Offset - u.start + 1
	hex.Encode(u.bytes[at:], message)
	return nil
}

// build writes the incremental update with room for a message of so many
// bytes.
func (p *plan) build(room int) (*unsigned, error) {
	u := p.doc.NewUpdate()
	contents := pdf.NewPlaceholder([]byte("<" + strings.Repeat("0", 2*room) + ">"))
	// Three numbers as long as the largest position can be.
	width := 3 * (1 + len(strconv.FormatInt(p.doc.Size()+maxContainer*16, 10)))
	ranges := pdf.NewPlaceholder([]byte("[0" + strings.Repeat(" 0", 3) + strings.Repeat(" ", width-6) + "]"))

	catalog := p.catalog.Clone()
	dict := p.signature(contents, ranges)
	if p.stamp {
		dict = documentTimestamp(contents, ranges)
	}
	sig := u.Add(dict)
	if err := p.setField(u, catalog, sig); err != nil {
		return nil, err
	}
	if p.opts.Certify != NoCertification {
		if err := p.setPerms(u, catalog, sig); err != nil {
			return nil, err
		}
	}
	if err := p.declare(u, catalog); err != nil {
		return nil, err
	}
	built, err := u.Build()
	if err != nil {
		return nil, fromPDF(err)
	}
	if err := oneReading(p.doc); err != nil {
		return nil, err
	}
	span := built.Span(contents)
	text := fmt.Sprintf("[0 %d %d %d", span.Offset, span.End, built.Size()-span.End)
	if len(text) > width+2 {
		return nil, fmt.Errorf("%w: byte range", ErrLimit)
	}
	text += strings.Repeat(" ", width+2-len(text)) + "]"
	built.Patch(ranges, []byte(text))
	return &unsigned{start: built.Start, bytes: built.Bytes, contents: span}, nil
}

// signature is the signature dictionary (ISO 32000-2, 12.8.1, table 255).
func (p *plan) signature(contents, ranges *pdf.Placeholder) pdf.Dict {
	d := pdf.Dict{
		"Type":      pdf.Name("Sig"),
		"Filter":    pdf.Name(filter),
		"SubFilter": pdf.Name(subFilter),
		"ByteRange": ranges,
		"Contents":  contents,
		"M":         pdf.String{Bytes: []byte(pdfDate(p.when))},
	}
	for key, text := range map[pdf.Name]string{
		"Reason": p.opts.Reason, "Location": p.opts.Location, "Name": p.opts.Name, "ContactInfo": p.opts.ContactInfo,
	} {
		if text != "" {
			d[key] = pdf.TextString(text)
		}
	}
	if p.opts.Certify != NoCertification {
		d["Reference"] = pdf.Array{pdf.Dict{
			"Type":            pdf.Name("SigRef"),
			"TransformMethod": pdf.Name("DocMDP"),
			"TransformParams": pdf.Dict{
				"Type": pdf.Name("TransformParams"),
				"P":    pdf.Integer(p.opts.Certify),
				"V":    pdf.Name("1.2"),
			},
		}}
	}
	return d
}

// pdfDate is a date string (ISO 32000-2, 7.9.4).
func pdfDate(t time.Time) string {
	zone := t.Format("-07:00")
	return "D:" + t.Format("20060102150405") + zone[:3] + "'" + zone[4:] + "'"
}

// setField joins the signature to its field.
func (p *plan) setField(u *pdf.Update, catalog pdf.Dict, sig pdf.Ref) error {
	if p.field == nil {
		return p.newField(u, catalog, sig)
	}
	field := p.field.dict.Clone()
	field["V"] = sig
	if err := p.draw(u, field); err != nil {
		return err
	}
	flags, _ := field.Int("F")
	field["F"] = pdf.Integer(flags | widgetFlags)
	u.Set(p.field.ref, field)
	if p.block != nil && p.place.unlisted {
		if err := p.addAnnotation(u, p.field.ref); err != nil {
			return err
		}
	}
	return p.setForm(u, catalog, pdf.Ref{})
}

// newField makes a field that is its own widget, and lists it in the form and
// on the page. A zero sig leaves it empty.
func (p *plan) newField(u *pdf.Update, catalog pdf.Dict, sig pdf.Ref) error {
	r := p.place.rect
	field := pdf.Dict{
		"Type":    pdf.Name("Annot"),
		"Subtype": pdf.Name("Widget"),
		"FT":      pdf.Name("Sig"),
		"T":       pdf.TextString(p.name),
		"P":       p.place.page.Ref,
		"F":       pdf.Integer(widgetFlags),
		"Rect":    pdf.Array{number(r.LLX), number(r.LLY), number(r.URX), number(r.URY)},
	}
	if !sig.IsZero() {
		field["V"] = sig
	}
	if err := p.draw(u, field); err != nil {
		return err
	}
	ref := u.Add(field)
	if err := p.addAnnotation(u, ref); err != nil {
		return err
	}
	return p.setForm(u, catalog, ref)
}

// draw gives a widget the block as its appearance, upright on the page as it
// is shown. Without a block a widget that has no appearance gets an empty one,
// which PDF/A asks of every form field (ISO 19005-1, 6.9; 19005-2, 6.4.1).
func (p *plan) draw(u *pdf.Update, widget pdf.Dict) error {
	if p.block == nil {
		if widget["AP"] == nil {
			r := p.place.rect
			widget["AP"] = pdf.Dict{"N": u.Add(pdf.NewStream(pdf.Dict{
				"Type": pdf.Name("XObject"), "Subtype": pdf.Name("Form"), "Resources": pdf.Dict{},
				"BBox": pdf.Array{pdf.Integer(0), pdf.Integer(0), number(r.URX - r.LLX), number(r.URY - r.LLY)},
			}, nil))}
		}
		return nil
	}
	ref, err := p.block.AddTo(u)
	if err != nil {
		return fmt.Errorf("signing: draw the block: %w", err)
	}
	if m := upright(p.place.page.Rotate); m != nil {
		o, err := u.Get(ref)
		if err != nil {
			return fromPDF(err)
		}
		if x, ok := o.(*pdf.Stream); ok {
			x.Dict["Matrix"] = m
			u.Set(ref, x)
		}
		old, err := p.doc.Dict(widget["MK"])
		if err != nil {
			return fromPDF(err)
		}
		look := old.Clone()
		look["R"] = pdf.Integer(p.place.page.Rotate)
		widget["MK"] = look
	}
	widget["AP"] = pdf.Dict{"N": ref}
	if widget["TU"] == nil {
		widget["TU"] = pdf.TextString(described(p.opts.Block))
	}
	return nil
}

// spoken is the block's text in one line, for readers who cannot see it.
func spoken(b *appearance.Block) string {
	var lines []string
	for _, l := range b.Lines {
		if l.Text != "" {
			lines = append(lines, l.Text)
		}
	}
	return strings.Join(lines, " ")
}

// number is a coordinate with three decimals, which is finer than any printer.
func number(v float64) pdf.Object {
	v = math.Round(v*1000) / 1000
	if v == math.Trunc(v) {
		return pdf.Integer(v)
	}
	return pdf.Real{Value: v}
}

// addAnnotation lists the widget in the page's Annots, where they stand.
func (p *plan) addAnnotation(u *pdf.Update, widget pdf.Ref) error {
	page := p.place.page
	old, err := p.doc.Array(page.Dict["Annots"])
	if err != nil {
		return fromPDF(err)
	}
	annots := append(append(pdf.Array{}, old...), widget)
	if ref, ok := page.Dict["Annots"].(pdf.Ref); ok && old != nil {
		u.Set(ref, annots)
		return nil
	}
	dict := page.Dict.Clone()
	dict["Annots"] = annots
	u.Set(page.Ref, dict)
	return nil
}

// setForm adds a new field, if any, to the form's Fields, sets SigFlags and sees
// to it that a block is shown, each where it stands; a document without a form
// gets one.
func (p *plan) setForm(u *pdf.Update, catalog pdf.Dict, field pdf.Ref) error {
	dict := p.form.dict.Clone()
	if !field.IsZero() {
		old, err := p.doc.Array(dict["Fields"])
		if err != nil {
			return fromPDF(err)
		}
		fields := append(append(pdf.Array{}, old...), field)
		if ref, ok := dict["Fields"].(pdf.Ref); ok && old != nil {
			u.Set(ref, fields)
		} else {
			dict["Fields"] = fields
		}
	}
	flags, _ := dict.Int("SigFlags")
	dict["SigFlags"] = pdf.Integer(flags | sigFlags)
	if p.block != nil {
		switch asked, stays, err := p.redraws(); {
		case err != nil:
			return err
		case asked && !stays:
			dict["NeedAppearances"] = false // or the block is not shown
		}
	}
	switch {
	case pdf.Equal(dict, p.form.dict):
	case p.form.dict == nil:
		catalog["AcroForm"] = u.Add(dict)
	case !p.form.ref.IsZero():
		u.Set(p.form.ref, dict)
	default:
		catalog["AcroForm"] = dict
	}
	return nil
}

// setPerms names the certification in the catalog (ISO 32000-2, 12.8.6).
func (p *plan) setPerms(u *pdf.Update, catalog pdf.Dict, sig pdf.Ref) error {
	old, err := p.doc.Dict(catalog["Perms"])
	if err != nil {
		return fromPDF(err)
	}
	perms := old.Clone()
	perms["DocMDP"] = sig
	if ref, ok := catalog["Perms"].(pdf.Ref); ok && old != nil {
		u.Set(ref, perms)
		return nil
	}
	catalog["Perms"] = perms
	return nil
}

// declare writes the catalog. The first signature makes the document one of PDF
// 1.7 at least, which knows extensions, and says that PAdES extends it, as
// later versions need not. A signed document is left as it is, but for a
// document timestamp, which the extension names with the security store.
func (p *plan) declare(u *pdf.Update, catalog pdf.Dict) error {
	if !p.signedOnce {
		level := esicSignature
		if p.opts.Evidence != nil {
			level = esicStore
		}
		if err := declareESIC(p.doc, max(p.doc.Version(), esicBase), catalog, level); err != nil {
			return err
		}
	} else if p.stamp {
		if err := declareESIC(p.doc, p.doc.Version(), catalog, esicStore); err != nil {
			return err
		}
	}
	if !pdf.Equal(catalog, p.catalog) {
		u.Set(p.catalogRef, catalog)
	}
	if p.signedOnce {
		return nil
	}
	if err := u.RaiseVersion(esicBase); err != nil {
		return fromPDF(err)
	}
	return nil
}
