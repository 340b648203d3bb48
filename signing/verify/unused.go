package verify

import (
	"bytes"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

const (
	// maxUnusedRead bounds the unused objects that are read.
	maxUnusedRead = 200
	// maxUnusedContent bounds the content that is looked at for operators.
	maxUnusedContent = 64 << 10
)

// unused warns of objects that nothing leads to and that a later revision could
// put in the place of a page or its content. It goes by the possible references
// that the pass over the bytes has seen, so that no object need be read to find
// them: what stands in a string or a picture counts as a reference too.
func (p *preparation) unused() error {
	used, ok := p.graph.search()
	if !ok {
		return nil
	}
	read := 0
	for i, e := range p.graph.entries {
		if used[i] || e.Kind != pdf.EntryInUse || e.Offset >= p.graph.end {
			continue
		}
		if read++; read > maxUnusedRead {
			return nil
		}
		ref := pdf.Ref{Num: e.Num, Gen: e.Gen}
		object, err := p.doc.Get(ref)
		if err := onlyReader(err); err != nil {
			return err
		}
		kind := p.drawable(object)
		if err != nil || kind == "" {
			continue
		}
		if p.found++; p.found <= maxPrepared {
			p.v.findings = append(p.v.findings, finding(CodeUnusedContent, ref.String()+", "+kind))
		}
	}
	return nil
}

// drawable names what a page could show of the object, empty if nothing.
func (p *preparation) drawable(object pdf.Object) string {
	switch o := object.(type) {
	case pdf.Dict:
		switch kind := o.Name("Type"); {
		case kind == "Page" && o["Contents"] != nil, kind == "Pages" && o["Kids"] != nil, kind == "Catalog" && o["Pages"] != nil:
			return string(kind)
		}
	case *pdf.Stream:
		if o.Dict["Type"] == nil && o.Dict["Subtype"] == nil && p.draws(o) {
			return "Contents"
		}
	}
	return ""
}

// draws reports whether a stream holds operators that show text or pictures.
func (p *preparation) draws(stream *pdf.Stream) bool {
	data, err := p.doc.StreamData(stream, maxUnusedContent)
	if err != nil {
		return false
	}
	words := bytes.Fields(data)
	return slices.ContainsFunc(words, func(w []byte) bool {
		return slices.Contains([]string{"Tj", "TJ", "Do"}, string(w)) || bytes.HasSuffix(w, []byte(")Tj")) || bytes.HasSuffix(w, []byte("]TJ"))
	})
}
