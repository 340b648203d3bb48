package verify

import (
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Entries of the document security store and of its per-signature parts
// (ISO 32000-2 section 12.8.4.3, ETSI EN 319 142-1 section 5.4.2).
var (
	storeLists = []pdf.Name{"Certs", "OCSPs", "CRLs"}
	partLists  = []pdf.Name{"Cert", "OCSP", "CRL"}
)

// store walks the newer security store and settles what belongs to it.
type store struct {
	c *comparison
	// changed are the objects that the store gained or changed.
	changed []uint32
	bad     bool
}

// securityStore allows validation data to change. Its pieces prove nothing by
// themselves, so only their shape matters: they must not be anything that a
// page could draw.
func (c *comparison) securityStore(before, after pdf.Object) error {
	if after == nil {
		if before != nil {
			c.refuse(Change{Kind: ChangeCatalog, Name: "DSS"})
		}
		return nil
	}
	s := &store{c: c}
	was, dict, err := s.dict(before, after)
	if err != nil {
		return err
	}
	for key, value := range dict {
		switch {
		case key == "Type":
		case key == "VRI":
			err = s.parts(was[key], value)
		case slices.Contains(storeLists, key):
			err = s.list(was[key], value)
		default:
			s.bad = true
		}
		if err != nil {
			return err
		}
	}
	lost, err := c.storeLost(was, dict)
	if err != nil {
		return err
	}
	same := pdf.Equal(before, after)
	switch {
	case s.bad || lost:
		c.refuse(Change{Kind: ChangeCatalog, Name: "DSS"}, s.changed...)
	case len(s.changed) > 0 || !same:
		c.vouch(Change{Kind: ChangeValidationData}, s.changed...)
	}
	return nil
}

// storeLost reports whether a piece of validation data is gone: without it what
// was proven is not any more.
func (c *comparison) storeLost(before, after pdf.Dict) (bool, error) {
	for _, key := range storeLists {
		old, now, err := wasAndIs(c, (*pdf.Document).Array, before[key], after[key])
		if err != nil {
			return false, err
		}
		if gone := missing(old, now); len(gone) > 0 {
			kept := make(map[sum256]bool)
			for _, p := range c.v.evidence.readStreams(c.new, now) {
				kept[p.sum] = true
			}
			for _, p := range c.v.evidence.readStreams(c.old, gone) {
				if !kept[p.sum] {
					return true, nil
				}
			}
		}
	}
	return false, nil
}

// missing are the elements of one list that the other has not.
func missing(from, in pdf.Array) pdf.Array {
	there := make(map[pdf.Ref]bool, len(in))
	for _, e := range in {
		if ref, ok := e.(pdf.Ref); ok {
			there[ref] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(from), func(e pdf.Object) bool {
		ref, ok := e.(pdf.Ref)
		return ok && there[ref]
	})
}

// own settles the object that holds a container of the store.
func (s *store) own(before, after pdf.Object) {
	ref, ok := after.(pdf.Ref)
	if !ok || s.c.changed[ref.Num] == nil {
		return
	}
	if _, ok := s.c.explainOwn(before, after); !ok {
		s.bad = true
		return
	}
	s.changed = append(s.changed, ref.Num)
}

// dict returns a dictionary of the store as it was and as it is.
func (s *store) dict(before, after pdf.Object) (was, is pdf.Dict, err error) {
	s.own(before, after)
	old, object, err := wasAndIs(s.c, (*pdf.Document).Resolve, before, after)
	if err != nil {
		return nil, nil, err
	}
	was, _ = old.(pdf.Dict)
	is, ok := object.(pdf.Dict)
	if !ok {
		s.bad = true
	}
	return was, is, nil
}

func (s *store) parts(before, after pdf.Object) error {
	was, all, err := s.dict(before, after)
	if err != nil {
		return err
	}
	for key, value := range all {
		if key == "Type" {
			continue
		}
		if err := s.part(was[key], value); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) part(before, after pdf.Object) error {
	was, part, err := s.dict(before, after)
	if err != nil {
		return err
	}
	for key, value := range part {
		switch {
		case key == "Type", key == "TU":
		case key == "TS":
			err = s.stream(value)
		case slices.Contains(partLists, key):
			err = s.list(was[key], value)
		default:
			s.bad = true
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *store) list(before, after pdf.Object) error {
	s.own(before, after)
	items, err := s.c.new.Array(after)
	if err != nil {
		return err
	}
	for _, item := range items {
		if err := s.stream(item); err != nil {
			return err
		}
	}
	return nil
}

// stream settles a new piece of validation data. An old object that was
// changed is left over and refused.
func (s *store) stream(value pdf.Object) error {
	ref, ok := value.(pdf.Ref)
	if !ok {
		s.bad = true
		return nil
	}
	if !s.c.fresh(ref) {
		return nil
	}
	stream, ok := s.c.changed[ref.Num].after.(*pdf.Stream)
	if !ok || stream.Dict["Subtype"] != nil || stream.Dict["Type"] != nil {
		s.bad = true
	}
	s.c.settle(ref.Num)
	s.changed = append(s.changed, ref.Num)
	if ok {
		s.changed = append(s.changed, s.c.explain(stream.Dict["Length"])...)
	}
	return nil
}
