package signing

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// permit refuses a new signature that an earlier one forbids: a certification
// (ISO 32000-2, 12.8.2.2) or a field lock (12.8.2.4).
func permit(doc *pdf.Document, catalog pdf.Dict, f *form, field string, certify Certification) error {
	signed := f.signed()
	if certify != NoCertification && len(signed) > 0 {
		return ErrNotFirst
	}
	for _, s := range signed {
		if err := permittedBy(doc, s.value, s.name, field); err != nil {
			return err
		}
		// PDF 2.0: a lock may bar later changes like a certification does
		// (table 236).
		lock, err := doc.Dict(s.dict["Lock"])
		if err != nil {
			return fromPDF(err)
		}
		p, err := doc.Resolve(lock["P"])
		if err != nil {
			return fromPDF(err)
		}
		if p == pdf.Integer(1) {
			return &ForbiddenError{Field: s.name, Rule: "locked: no changes"}
		}
	}
	perms, err := doc.Dict(catalog["Perms"])
	if err != nil {
		return fromPDF(err)
	}
	cert, err := doc.Dict(perms["DocMDP"])
	if err != nil {
		return fromPDF(err)
	}
	if cert == nil {
		return nil
	}
	if certify != NoCertification {
		return ErrNotFirst
	}
	return permittedBy(doc, cert, "", field)
}

// permittedBy looks at the transforms of one signature dictionary.
func permittedBy(doc *pdf.Document, sig pdf.Dict, by, field string) error {
	refs, err := doc.Array(sig["Reference"])
	if err != nil {
		return fromPDF(err)
	}
	for _, r := range refs {
		ref, err := doc.Dict(r)
		if err != nil {
			return fromPDF(err)
		}
		params, err := doc.Dict(ref["TransformParams"])
		if err != nil {
			return fromPDF(err)
		}
		method, err := doc.Resolve(ref["TransformMethod"])
		if err != nil {
			return fromPDF(err)
		}
		switch method {
		case pdf.Name("DocMDP"):
			p, err := doc.Resolve(params["P"])
			if err != nil {
				return fromPDF(err)
			}
			if p == pdf.Integer(1) {
				return &ForbiddenError{Field: by, Rule: "certified: no changes"}
			}
		case pdf.Name("FieldMDP"):
			locked, err := locks(doc, params, field)
			if err != nil {
				return fromPDF(err)
			}
			if locked {
				return &ForbiddenError{Field: by, Rule: fmt.Sprintf("field %.80q is locked", field)}
			}
		}
	}
	return nil
}

// locks reports whether FieldMDP parameters lock the field of that name. What
// cannot be read locks.
func locks(doc *pdf.Document, params pdf.Dict, field string) (bool, error) {
	action, err := doc.Resolve(params["Action"])
	if err != nil {
		return true, err
	}
	list, err := doc.Array(params["Fields"])
	if err != nil {
		return true, err
	}
	named := false
	for _, e := range list {
		o, err := doc.Resolve(e)
		if err != nil {
			return true, err
		}
		if s, ok := o.(pdf.String); ok {
			name := pdf.Text(s)
			// Naming a field names those below it.
			named = named || name == field || strings.HasPrefix(field, name+".")
		}
	}
	switch action {
	case pdf.Name("Include"):
		return named, nil
	case pdf.Name("Exclude"):
		return !named, nil
	}
	return true, nil
}

// Flags of a seed value dictionary (ISO 32000-2, table 237): the constraint of
// that name must be obeyed.
const (
	seedFilter       = 1 << 0
	seedSubFilter    = 1 << 1
	seedVersion      = 1 << 2
	seedDigestMethod = 1 << 6
)

// obey refuses an empty field whose lock or seed value asks for what this
// package does not do.
func obey(doc *pdf.Document, field *sigField, hash crypto.Hash) error {
	if lock, err := doc.Resolve(field.dict["Lock"]); err != nil {
		return fromPDF(err)
	} else if lock != nil {
		return &UnsupportedError{Feature: "field lock"}
	}
	seed, err := doc.Dict(field.dict["SV"])
	if err != nil {
		return fromPDF(err)
	}
	if seed == nil {
		return nil
	}
	flags, _ := seed.Int("Ff")
	mdp, err := doc.Resolve(seed["MDP"])
	if err != nil {
		return fromPDF(err)
	}
	cert, err := doc.Resolve(seed["Cert"])
	if err != nil {
		return fromPDF(err)
	}
	// Cert and MDP bind without a flag in Ff: the first has flags of its own.
	if mdp != nil || cert != nil || flags&^(seedFilter|seedSubFilter|seedVersion|seedDigestMethod) != 0 {
		return &UnsupportedError{Feature: "seed value of the field"}
	}
	for _, c := range []struct {
		flag int64
		key  pdf.Name
		ours []string
	}{
		{seedFilter, "Filter", []string{filter}},
		{seedSubFilter, "SubFilter", []string{subFilter}},
		{seedDigestMethod, "DigestMethod", []string{hash.String(), strings.ReplaceAll(hash.String(), "-", "")}},
	} {
		if flags&c.flag == 0 {
			continue
		}
		if ok, err := names(doc, seed[c.key], c.ours); err != nil {
			return err
		} else if !ok {
			return &UnsupportedError{Feature: "seed value " + string(c.key) + " of the field"}
		}
	}
	return nil
}

// names reports whether a seed value, one name or a list of names or strings,
// has one of ours.
func names(doc *pdf.Document, o pdf.Object, ours []string) (bool, error) {
	o, err := doc.Resolve(o)
	if err != nil {
		return false, fromPDF(err)
	}
	list, ok := o.(pdf.Array)
	if !ok {
		list = pdf.Array{o}
	}
	for _, e := range list {
		e, err := doc.Resolve(e)
		if err != nil {
			return false, fromPDF(err)
		}
		switch v := e.(type) {
		case pdf.Name:
			ok = slices.Contains(ours, string(v))
		case pdf.String:
			ok = slices.Contains(ours, pdf.Text(v))
		default:
			ok = false
		}
		if ok {
			return true, nil
		}
	}
	return false, nil
}

// unrepaired refuses to append to a signed document whose later revisions are
// not what a strict reader reads: repairs end with the first signature.
func unrepaired(doc *pdf.Document, f *form) error {
	signed := f.signed()
	if len(signed) == 0 {
		return nil
	}
	if doc.Rebuilt() {
		return fmt.Errorf("%w: signed, but its cross-reference is unusable", ErrDamaged)
	}
	first := doc.Size()
	for _, s := range signed {
		end, err := signedEnd(doc, s.value)
		if err != nil {
			return err
		}
		first = min(first, end)
	}
	revisions := doc.Revisions()
	for i, rev := range revisions {
		if rev.Start < first {
			continue
		}
		if err := doc.CheckRevision(i); err != nil {
			return fmt.Errorf("%w: after the first signature: %w", ErrDamaged, err)
		}
	}
	if n := len(revisions); n > 0 {
		return blank(doc, revisions[n-1].End)
	}
	return nil
}

// blank refuses bytes other than white space after the last revision: they
// would end up between two signatures, explained by neither.
func blank(doc *pdf.Document, from int64) error {
	const most = 4096
	n := doc.Size() - from
	if n > most {
		return fmt.Errorf("%w: %d bytes after the last signature", ErrDamaged, n)
	}
	tail := make([]byte, n)
	if _, err := io.ReadFull(io.NewSectionReader(doc.Reader(), from, n), tail); err != nil {
		return fmt.Errorf("signing: read document: %w", err)
	}
	if len(bytes.Trim(tail, "\x00\t\n\f\r ")) > 0 {
		return fmt.Errorf("%w: bytes after the last signature", ErrDamaged)
	}
	return nil
}

var errByteRange = errors.New("unusable ByteRange")

// signedEnd is where the bytes end that a signature covers.
func signedEnd(doc *pdf.Document, sig pdf.Dict) (int64, error) {
	_, end, err := signedRange(doc, sig)
	return end, err
}

// signedRange is the hole in the bytes that a signature covers, and where they
// end.
func signedRange(doc *pdf.Document, sig pdf.Dict) (hole [2]int64, end int64, err error) {
	r, err := doc.Array(sig["ByteRange"])
	if err != nil {
		return hole, 0, fromPDF(err)
	}
	if len(r) != 4 {
		return hole, 0, fmt.Errorf("%w: %w", ErrDamaged, errByteRange)
	}
	before, _ := r[1].(pdf.Integer)
	start, ok1 := r[2].(pdf.Integer)
	length, ok2 := r[3].(pdf.Integer)
	if !ok1 || !ok2 || start < 0 || length < 0 || int64(start) > doc.Size() || int64(length) > doc.Size()-int64(start) {
		return hole, 0, fmt.Errorf("%w: %w", ErrDamaged, errByteRange)
	}
	return [2]int64{int64(before), int64(start)}, int64(start) + int64(length), nil
}
