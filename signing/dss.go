package signing

import (
	"crypto/sha1" // the key of a VRI entry is defined as SHA-1 and secures nothing
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// maxStoreRead bounds the bytes that are decoded to find out whether the store
// has a piece already; beyond, a piece may be written twice, which harms nothing.
const maxStoreRead = 64 << 20

// stored is the material for one signature or time-stamp.
type stored struct {
	contents []byte // of its dictionary, with the padding
	*material
}

// writeDSS writes an update that adds material to the document security store
// (ISO 32000-2, 12.8.4.3): to the store itself and to the VRI entry of each
// signature. What the store holds stays. It is nil when nothing is new.
func writeDSS(doc *pdf.Document, all []stored) ([]byte, error) {
	catalog, err := doc.Catalog()
	if err != nil {
		return nil, fromPDF(err)
	}
	dss, err := doc.Dict(catalog["DSS"])
	if err != nil {
		return nil, fromPDF(err)
	}
	w := &dssWriter{doc: doc, update: doc.NewUpdate(), dss: dss.Clone()}
	if err := w.write(all); err != nil {
		return nil, err
	}
	if !w.changed {
		return nil, nil
	}
	w.dss["Type"] = pdf.Name("DSS")
	if ref, ok := catalog["DSS"].(pdf.Ref); ok && dss != nil {
		w.update.Set(ref, w.dss)
	} else {
		catalog["DSS"] = w.update.Add(w.dss)
		if err := declareESIC(doc, doc.Version(), catalog, esicStore); err != nil {
			return nil, err
		}
		w.update.Set(doc.CatalogRef(), catalog)
	}
	built, err := w.update.Build()
	if err != nil {
		return nil, fromPDF(err)
	}
	return built.Bytes, nil
}

// vriKey names a signature in the VRI dictionary: the SHA-1 of its Contents
// with the padding (ETSI EN 319 142-1, clause 5.4.2.3).
func vriKey(contents []byte) pdf.Name {
	sum := sha1.Sum(contents)
	return pdf.Name(strings.ToUpper(hex.EncodeToString(sum[:])))
}

type dssWriter struct {
	doc     *pdf.Document
	update  *pdf.Update
	dss     pdf.Dict
	changed bool
	read    int64 // of maxStoreRead
}

// write puts every piece into the store, once, and names those of each
// signature in its entry.
func (w *dssWriter) write(all []stored) error {
	entries := make([]pdf.Dict, len(all))
	for _, kind := range []struct {
		store, vri pdf.Name
		of         func(*material) [][]byte
	}{
		{"Certs", "Cert", func(m *material) [][]byte { return m.certs }},
		{"OCSPs", "OCSP", func(m *material) [][]byte { return m.ocsps }},
		{"CRLs", "CRL", func(m *material) [][]byte { return m.crls }},
	} {
		var pieces [][]byte
		for _, s := range all {
			pieces = append(pieces, kind.of(s.material)...)
		}
		refs, err := w.put(kind.store, pieces)
		if err != nil {
			return err
		}
		for i, s := range all {
			for _, p := range kind.of(s.material) {
				if entries[i] == nil {
					entries[i] = pdf.Dict{}
				}
				list, _ := entries[i][kind.vri].(pdf.Array)
				entries[i][kind.vri] = append(list, refs[sha256.Sum256(p)])
			}
		}
	}
	return w.setVRI(all, entries)
}

// put adds pieces to one array of the store and returns a reference for each;
// a piece that is there already is not written again.
func (w *dssWriter) put(key pdf.Name, pieces [][]byte) (map[[32]byte]pdf.Ref, error) {
	if len(pieces) == 0 {
		return nil, nil
	}
	old, err := w.doc.Array(w.dss[key])
	if err != nil {
		return nil, fromPDF(err)
	}
	have, err := w.known(old, pieces)
	if err != nil {
		return nil, err
	}
	list := append(pdf.Array{}, old...)
	for _, p := range pieces {
		sum := sha256.Sum256(p)
		if _, ok := have[sum]; !ok {
			have[sum] = w.update.Add(pdf.NewStream(pdf.Dict{}, p))
			list = append(list, have[sum])
		}
	}
	if len(list) == len(old) {
		return have, nil
	}
	w.changed = true
	if ref, ok := w.dss[key].(pdf.Ref); ok && old != nil {
		w.update.Set(ref, list)
	} else {
		w.dss[key] = list
	}
	return have, nil
}

// known finds the old pieces that may be one of the new.
func (w *dssWriter) known(old pdf.Array, pieces [][]byte) (map[[32]byte]pdf.Ref, error) {
	longest := int64(0)
	for _, p := range pieces {
		longest = max(longest, int64(len(p)))
	}
	have, seen := make(map[[32]byte]pdf.Ref), make(map[pdf.Ref]bool)
	for _, o := range old {
		ref, _ := o.(pdf.Ref)
		if ref.IsZero() || seen[ref] {
			continue
		}
		seen[ref] = true
		if w.read += longest; w.read > maxStoreRead {
			break
		}
		body, err := w.body(ref, longest)
		if err != nil {
			return nil, err
		}
		if body != nil {
			have[sha256.Sum256(body)] = ref
		}
	}
	return have, nil
}

// body gives the bytes of an old piece, nil for one that is longer or cannot
// be read: it stays, and what is added does not depend on it.
func (w *dssWriter) body(ref pdf.Ref, longest int64) ([]byte, error) {
	o, err := w.doc.Resolve(ref)
	if err != nil {
		return nil, fromPDF(err)
	}
	s, ok := o.(*pdf.Stream)
	if !ok {
		return nil, nil
	}
	body, err := w.doc.StreamData(s, longest)
	if err != nil && (errors.Is(err, pdf.ErrLimit) || errors.Is(err, pdf.ErrFilter) || errors.Is(err, pdf.ErrMalformed)) {
		return nil, nil
	}
	if err != nil {
		return nil, fromPDF(err)
	}
	return body, nil
}

// setVRI adds the references to the entries of the signatures, which keep what
// they name already.
func (w *dssWriter) setVRI(all []stored, entries []pdf.Dict) error {
	old, err := w.doc.Dict(w.dss["VRI"])
	if err != nil {
		return fromPDF(err)
	}
	vri := old.Clone()
	for i, entry := range entries {
		key := vriKey(all[i].contents)
		before, err := w.doc.Dict(vri[key])
		if err != nil {
			return fromPDF(err)
		}
		after, err := w.joined(before, entry)
		if err != nil {
			return err
		}
		if pdf.Equal(before, after) {
			continue
		}
		w.changed = true
		if ref, ok := vri[key].(pdf.Ref); ok && before != nil {
			w.update.Set(ref, after)
		} else {
			vri[key] = w.update.Add(after)
		}
	}
	switch ref, ok := w.dss["VRI"].(pdf.Ref); {
	case pdf.Equal(old, vri):
	case ok && old != nil:
		w.update.Set(ref, vri)
	default:
		w.dss["VRI"] = vri
	}
	return nil
}

// joined is an entry with more references.
func (w *dssWriter) joined(before, more pdf.Dict) (pdf.Dict, error) {
	after := before.Clone()
	after["Type"] = pdf.Name("VRI")
	for key, value := range more {
		old, err := w.doc.Array(before[key])
		if err != nil {
			return nil, fromPDF(err)
		}
		list, named := append(pdf.Array{}, old...), make(map[pdf.Object]bool)
		for _, o := range old {
			if ref, ok := o.(pdf.Ref); ok {
				named[ref] = true
			}
		}
		refs, _ := value.(pdf.Array)
		for _, ref := range refs {
			if !named[ref] {
				list = append(list, ref)
			}
		}
		if len(list) > len(old) {
			after[key] = list
		}
	}
	return after, nil
}
