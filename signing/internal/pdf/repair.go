package pdf

// RepairKind names a departure from the rules that was read over.
type RepairKind uint8

const (
	// RepairHeader: bytes stand before "%PDF-"; offsets count from there.
	RepairHeader RepairKind = iota + 1
	// RepairTrailing: bytes follow the last "%%EOF", or it is missing.
	RepairTrailing
	// RepairStartXRef: startxref points near the cross-reference, not at it.
	RepairStartXRef
	// RepairXRef: the cross-reference is written against the rules but can be
	// read in one way only.
	RepairXRef
	// RepairSize: an object number is not below the trailer's Size.
	RepairSize
	// RepairRebuilt: the whole cross-reference was built anew by scanning.
	RepairRebuilt
	// RepairPlace: an object is not where its entry says and was found by
	// scanning.
	RepairPlace
	// RepairSyntax: an object is written against the rules, a missing endobj
	// among them.
	RepairSyntax
	// RepairLength: a stream's Length is wrong; its end was found by its
	// keyword.
	RepairLength
	// RepairPages: the page tree breaks the rules.
	RepairPages
)

// String returns a short English name.
func (k RepairKind) String() string {
	switch k {
	case RepairHeader:
		return "bytes before the header"
	case RepairTrailing:
		return "bytes after the end"
	case RepairStartXRef:
		return "startxref beside the cross-reference"
	case RepairXRef:
		return "irregular cross-reference"
	case RepairSize:
		return "wrong Size"
	case RepairRebuilt:
		return "cross-reference rebuilt by scanning"
	case RepairPlace:
		return "object found elsewhere by scanning"
	case RepairSyntax:
		return "irregular object"
	case RepairLength:
		return "wrong stream Length"
	case RepairPages:
		return "irregular page tree"
	}
	return "unknown repair"
}

// Repair is one departure from the rules that was read over.
type Repair struct {
	Kind   RepairKind
	Offset int64  // absolute; -1 when it has no place
	Detail string // English; may be empty
}

// String describes the repair in English.
func (r Repair) String() string {
	if r.Detail == "" {
		return r.Kind.String()
	}
	return r.Kind.String() + ": " + r.Detail
}

// maxRepairs bounds the list; a file with more is known to be bad enough.
const maxRepairs = 1000

// Repairs returns the repairs made so far, at most 1,000; reading further
// objects may add to them.
func (d *Document) Repairs() []Repair { return append([]Repair(nil), d.repairs...) }

// repair notes a departure from the rules once, or refuses it when reading
// strictly.
func (d *Document) repair(kind RepairKind, offset int64, detail string) error {
	if d.opts.Strict {
		r := Repair{Kind: kind, Detail: detail}
		return &SyntaxError{Offset: offset, Reason: r.String()}
	}
	if d.quiet || len(d.repairs) >= maxRepairs {
		return nil
	}
	key := repairKey{kind, offset}
	if !d.repaired[key] {
		d.repaired[key] = true
		d.repairs = append(d.repairs, Repair{kind, offset, detail})
	}
	return nil
}

type repairKey struct {
	kind   RepairKind
	offset int64
}

// maxAmbiguities bounds the list of ambiguities.
const maxAmbiguities = 1000

// ambiguous notes a place with two readings once, or refuses it when reading
// strictly.
func (d *Document) ambiguous(e AmbiguityError) error {
	if d.opts.Strict {
		return &e
	}
	if d.quiet || len(d.ambiguities) >= maxAmbiguities || d.doubted[e] {
		return nil
	}
	d.doubted[e] = true
	d.ambiguities = append(d.ambiguities, &e)
	return nil
}

// Ambiguities returns the places found so far where two readers may see
// different documents, at most 1,000: of the cross-reference all are known
// after Open, of dictionaries those in objects that were read.
func (d *Document) Ambiguities() []*AmbiguityError {
	return append([]*AmbiguityError(nil), d.ambiguities...)
}
