package verify

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// Hooks for the external tests.

var (
	RefBefore = refBefore
	ParseDate = parseDate
	Definite  = definite
)

// AllCodes lists every code that has a rule.
func AllCodes() []Code { return slices.Sorted(maps.Keys(codeRules)) }

// AllPieces and AllChangeKinds list those that have a text.
func AllPieces() []Piece           { return slices.Sorted(maps.Keys(pieceTexts)) }
func AllChangeKinds() []ChangeKind { return slices.Sorted(maps.Keys(changeTexts)) }

// Conclusion is what a finding of the code leads to by itself.
func (c Code) Conclusion() Conclusion { return c.conclusion() }

// AllReasons lists why evidence may not count.
func AllReasons() []RejectReason {
	var all []RejectReason
	for _, known := range rejectReasons {
		if !slices.Contains(all, known.reason) {
			all = append(all, known.reason)
		}
	}
	return all
}

// HasText reports whether a code has its texts.
func HasText(c Code) bool { return codeTexts[c].ID != "" && codeTexts[c].EN != "" }

// MissedByLoose lists the numbers that objects of the document refer to and
// that the pass over its bytes did not see; ok is false when the pass makes no
// claim for the document.
func MissedByLoose(document []byte) (missed []uint32, ok bool, err error) {
	doc, err := pdf.Open(bytes.NewReader(document), int64(len(document)), pdf.Options{})
	if err != nil {
		return nil, false, err
	}
	loose := &looseRefs{}
	const chunk = 777 // to meet seams
	for at := 0; at < len(document); at += chunk {
		from := max(0, at-lookBack)
		(&search{loose: loose}).take(document[from:min(len(document), at+chunk)], at-from, int64(from))
	}
	refs := &references{ctx: context.Background(), loose: loose}
	refs.turn(doc, len(doc.Revisions())-1, doc, int64(len(document)))
	if loose.unsure {
		return nil, false, nil
	}
	exact, err := scanReferences(context.Background(), doc)
	if err != nil || exact == nil {
		return nil, false, err
	}
	for num, n := range exact.count {
		if refs.possible(num) < n {
			missed = append(missed, num)
		}
	}
	return missed, true, nil
}

// ByteRangeKeys lists where the search through a document in chunks of so many
// bytes finds the key of a byte range.
func ByteRangeKeys(document []byte, chunk int) []int64 {
	s := &search{size: int64(len(document))}
	for at := 0; at < len(document); at += chunk {
		from := max(0, at-lookBack)
		s.take(document[from:min(len(document), at+chunk)], at-from, int64(from))
	}
	return s.hits
}

// Locks reports whether a lock of an action and names locks a field.
func Locks(action string, names []string, field string) bool {
	return newLock(pdf.Name(action), names).locks(field)
}

// Balanced reports whether a content stream leaves the graphics state as it was.
func Balanced(data []byte) bool {
	s := operatorScan{data: data}
	return s.balanced()
}
