package signing

import (
	"crypto/sha1" //nolint:gosec // the key of a VRI entry is defined as SHA-1 and secures nothing
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// maxStoreRead bounds the bytes that are decoded to find out whether the store
// has a piece already; beyond, a piece may be written twice, which harms nothing.
const maxStoreRead = 64 << 20

// writeDSS writes an update that adds material to the document security store
// (ISO 32000-2, 12.8.4.3): to the store itself and to a VRI entry for the
// signature with these Contents. What the store holds stays.
func writeDSS(doc *pdf.Document, m *material, contents []byte) ([]byte, error) {
	catalog, err := doc.Catalog()
	if err != nil {
		return nil, fromPDF(err)
	}
	dss, err := doc.Dict(catalog["DSS"])
	if err != nil {
		return nil, fromPDF(err)
	}
	w := &dssWriter{doc: doc, update: doc.NewUpdate(), dss: dss.Clone()}
	entry := pdf.Dict{"Type": pdf.Name("VRI")}
	for _, kind := range []struct {
		store, vri pdf.Name
		pieces     [][]byte
	}{{"Certs", "Cert", m.certs}, {"OCSPs", "OCSP", m.ocsps}, {"CRLs", "CRL", m.crls}} {
		refs, err := w.put(kind.store, kind.pieces)
		if err != nil {
			return nil, err
		}
		if len(refs) > 0 {
			entry[kind.vri] = refs
		}
	}
	if err := w.setVRI(vriKey(contents), entry); err != nil {
		return nil, err
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
	doc    *pdf.Document
	update *pdf.Update
	dss    pdf.Dict
	read   int64 // of maxStoreRead
}

// put adds pieces to one array of the store and returns a reference for each;
// a piece that is there already is not written again.
func (w *dssWriter) put(key pdf.Name, pieces [][]byte) (pdf.Array, error) {
	if len(pieces) == 0 {
		return nil, nil
	}
	old, err := w.doc.Array(w.dss[key])
	if err != nil {
		return nil, fromPDF(err)
	}
	have, err := w.stored(old, pieces)
	if err != nil {
		return nil, err
	}
	list := append(pdf.Array{}, old...)
	var refs pdf.Array
	for _, p := range pieces {
		sum := sha256.Sum256(p)
		ref, ok := have[sum]
		if !ok {
			ref = w.update.Add(pdf.NewStream(pdf.Dict{}, p))
			have[sum] = ref
			list = append(list, ref)
		}
		refs = append(refs, ref)
	}
	if len(list) == len(old) {
		return refs, nil
	}
	if ref, ok := w.dss[key].(pdf.Ref); ok && old != nil {
		w.update.Set(ref, list)
	} else {
		w.dss[key] = list
	}
	return refs, nil
}

// stored finds the old pieces that may be one of the new.
func (w *dssWriter) stored(old pdf.Array, pieces [][]byte) (map[[32]byte]pdf.Ref, error) {
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

func (w *dssWriter) setVRI(key pdf.Name, entry pdf.Dict) error {
	old, err := w.doc.Dict(w.dss["VRI"])
	if err != nil {
		return fromPDF(err)
	}
	vri := old.Clone()
	vri[key] = w.update.Add(entry)
	if ref, ok := w.dss["VRI"].(pdf.Ref); ok && old != nil {
		w.update.Set(ref, vri)
	} else {
		w.dss["VRI"] = vri
	}
	return nil
}
