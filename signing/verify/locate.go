package verify

import (
	"errors"
	"fmt"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// signaturePlace is where a signature dictionary stands and what it holds.
type signaturePlace struct {
	// holder is the indirect object, path the keys from it to the signature
	// dictionary: none, or V when the field holds it directly.
	holder pdf.Ref
	path   []pdf.Name
	dict   pdf.Dict
	// contents is the decoded Contents, nil until the byte range is sound.
	contents []byte
	rng      byteRange
	// revision is the index of the revision that ends where the byte range
	// does, -1 when there is none.
	revision int
	field    *field
}

// sound reports whether the byte range can be digested.
func (p signaturePlace) sound() bool { return p.contents != nil }

// locate finds the signatures that the newest form shows, and checks where
// each stands in the file.
func (v *verifier) locate() error {
	form, err := v.formOf(v.doc)
	if err != nil {
		return err
	}
	for _, b := range form.broken {
		if v.full() {
			return nil
		}
		s := v.add(b.name)
		s.find(CodeFieldUnreadable, b.err.Error())
	}
	if len(form.fields) > maxKept {
		defer delete(v.forms, v.doc)
	}
	holders := make(map[string]*signature)
	for i := range form.fields {
		f := &form.fields[i]
		if f.kind != "Sig" {
			continue
		}
		if f.value == nil {
			v.findings = append(v.findings, finding(CodeUnsignedField, f.name))
			continue
		}
		if v.full() {
			return nil
		}
		s := v.add(f.name)
		f = new(*f) // the form is not kept for it
		s.place.field = f
		if err := v.open(s, f); err != nil {
			return err
		}
		key := fmt.Sprint(s.place.holder, s.place.path)
		if other := holders[key]; other != nil {
			other.find(CodeSignatureShared, f.name)
			s.find(CodeSignatureShared, other.Field)
		}
		holders[key] = s
	}
	return nil
}

// maxKept bounds the fields of a form that is kept after the signatures have
// been located: the comparison of the last revision reads it again.
const maxKept = 5_000

// full reports whether no more signatures are judged, and notes it.
func (v *verifier) full() bool {
	limit := v.opts.maxSignatures()
	if len(v.sigs) < limit {
		return false
	}
	v.findings = append(v.findings, finding(CodeTooManySignatures, fmt.Sprint(limit)))
	return true
}

func (v *verifier) add(field string) *signature {
	s := &signature{Signature: Signature{Field: printable(field)}}
	s.place.revision = -1
	v.sigs = append(v.sigs, s)
	return s
}

// open reads the signature dictionary of a field and checks its place.
func (v *verifier) open(s *signature, f *field) error {
	p := &s.place
	p.holder = f.holder
	if ref, ok := f.value.(pdf.Ref); ok {
		p.holder = ref
	} else {
		p.path = []pdf.Name{"V"}
	}
	s.Object = int(p.holder.Num)
	object, err := v.doc.Resolve(f.value)
	if err != nil {
		return s.unreadable(err)
	}
	dict, ok := object.(pdf.Dict)
	if !ok {
		s.find(CodeFieldUnreadable, "the signature value is not a dictionary")
		return nil
	}
	p.dict = dict
	v.describe(s)
	if s.failed() {
		return nil
	}
	if err := v.checkRange(s); err != nil {
		return s.unreadable(err)
	}
	if !p.sound() {
		return nil
	}
	if err := v.checkOwnRevision(s); err != nil {
		return s.unreadable(err)
	}
	s.parseMessage()
	return v.findPlace(s)
}

// unreadable keeps an error of the document as a finding and returns one of
// the reader.
func (s *signature) unreadable(err error) error {
	if !unreadable(err) {
		return err
	}
	s.find(CodeFieldUnreadable, err.Error())
	return nil
}

// Signature handlers and formats (ISO 32000-2 section 12.8.1, ETSI EN 319
// 142-1 section 6.3). The handler only names who should check; those below
// all mean the same formats.
var knownFilters = map[pdf.Name]bool{
	"Adobe.PPKLite": true, "Adobe.PPKMS": true, "Entrust.PPKEF": true,
	"CICI.SignIt": true, "VeriSign.PPKVS": true,
}

const (
	subFilterCAdES  = "ETSI.CAdES.detached"
	subFilterPKCS7  = "adbe.pkcs7.detached"
	subFilterStamp  = "ETSI.RFC3161"
	subFilterSHA1   = "adbe.pkcs7.sha1"
	subFilterX509   = "adbe.x509.rsa_sha1"
	maxClaim        = 1024
	maxContentsSize = 16 << 20
)

// describe reads what the dictionary says of itself.
func (v *verifier) describe(s *signature) {
	dict := s.place.dict
	switch filter := dict.Name("Filter"); {
	case filter == "":
		s.find(CodeFilterUnknown, "none")
	case !knownFilters[filter]:
		s.find(CodeFilterUnknown, string(filter))
	}
	s.SubFilter = printable(string(dict.Name("SubFilter")))
	switch s.SubFilter {
	case subFilterCAdES, subFilterPKCS7:
	case subFilterStamp:
		s.Kind = DocumentTimestamp
	case subFilterSHA1, subFilterX509:
		s.find(CodeSubFilterWeak, s.SubFilter)
	case "":
		s.find(CodeSubFilterUnknown, "none")
	default:
		s.find(CodeSubFilterUnknown, s.SubFilter)
	}
	want := pdf.Name("Sig")
	if s.Kind == DocumentTimestamp {
		want = "DocTimeStamp"
	}
	if t := dict["Type"]; t != nil && t != want {
		s.find(CodeFieldUnreadable, fmt.Sprintf("Type is not %s", want))
	}
	s.Claims = Claims{
		Name:        claim(dict["Name"]),
		Reason:      claim(dict["Reason"]),
		Location:    claim(dict["Location"]),
		ContactInfo: claim(dict["ContactInfo"]),
		Time:        claimedTime(dict["M"]),
	}
}

func claim(o pdf.Object) string {
	text, ok := o.(pdf.String)
	if !ok || len(text.Bytes) > maxClaim {
		return ""
	}
	return printable(pdf.Text(text))
}

// holderOf is the object that holds the field's signature dictionary.
func (f *field) holderOf() pdf.Ref {
	if ref, ok := f.value.(pdf.Ref); ok {
		return ref
	}
	return f.holder
}

// findPlace says where the signature is drawn.
func (v *verifier) findPlace(s *signature) error {
	for _, w := range s.place.field.widgets {
		rect, ok := visibleRect(v.doc, w.dict)
		if !ok {
			continue
		}
		page, err := v.pageOf(v.doc, w)
		if err != nil && !unreadable(err) && !errors.Is(err, errPageTree) {
			return err
		}
		if page > 0 {
			s.Place = &Place{Page: page, Rect: rect}
			return nil
		}
	}
	return nil
}
