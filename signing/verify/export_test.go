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
		loose.scan(document[from:min(len(document), at+chunk)], at-from, int64(from))
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
