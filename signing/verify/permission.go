package verify

import (
	"errors"
	"slices"
	"strings"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// fieldLock names the fields that a signature locks (ISO 32000-2 section
// 12.8.2.4 and table 236).
type fieldLock struct {
	action pdf.Name // All, Include or Exclude
	// fields are sorted, each ends in a dot, and none begins with another.
	fields []string
}

// newLock sorts the names, and leaves out those below others.
func newLock(action pdf.Name, names []string) fieldLock {
	for i := range names {
		names[i] += "."
	}
	slices.Sort(names)
	l := fieldLock{action: action}
	for _, name := range names {
		if n := len(l.fields); n == 0 || !strings.HasPrefix(name, l.fields[n-1]) {
			l.fields = append(l.fields, name)
		}
	}
	return l
}

// locks reports whether the field of that full name, or one above it, is
// locked.
func (l fieldLock) locks(name string) bool {
	name += "."
	// What begins the name comes before it, and nothing else between them: that
	// would begin with the same.
	i, listed := slices.BinarySearch(l.fields, name)
	listed = listed || i > 0 && strings.HasPrefix(name, l.fields[i-1])
	switch l.action {
	case "Include":
		return listed
	case "Exclude":
		return !listed
	}
	return true
}

// permissions is what a signature lets later revisions do.
type permissions struct {
	// certifies is the DocMDP level; PermitUnstated for a signature without.
	certifies Permission
	locks     []fieldLock
	// says: the signature itself says what it locks, not its field alone.
	says bool
}

// maxLocks bounds the locks of one signature, of which there should be one.
const maxLocks = 8

var errPermissions = errors.New("transform parameters cannot be read")

// readPermissions reads the transforms of a signature dictionary and the lock
// of its field, as they were when it was made.
func readPermissions(doc *pdf.Document, dict, fieldDict pdf.Dict) (permissions, error) {
	var p permissions
	references, err := doc.Array(dict["Reference"])
	if err != nil {
		return p, err
	}
	var lockP permissions
	for _, value := range references {
		reference, err := doc.Dict(value)
		if err != nil {
			return p, err
		}
		params, err := doc.Dict(reference["TransformParams"])
		if err != nil {
			return p, err
		}
		method, err := doc.Resolve(reference["TransformMethod"])
		if err != nil {
			return p, err
		}
		switch method {
		case pdf.Name("DocMDP"):
			if err := p.narrow(doc, params["P"]); err != nil {
				return p, err
			}
		case pdf.Name("FieldMDP"):
			if err := p.lock(doc, params); err != nil {
				return p, err
			}
			p.says = true
			// Some signers repeat here what the lock says of the whole document.
			if params["P"] != nil {
				if err := lockP.narrow(doc, params["P"]); err != nil {
					return p, err
				}
			}
		case pdf.Name("UR"), pdf.Name("UR3"), pdf.Name("Identity"): // of no say (ISO 32000-1 section 12.8.2)
		default:
			return p, errPermissions
		}
	}
	if level := lockP.certifies; level == PermitNothing || level != PermitUnstated && level < p.certifies {
		p.certifies = level // it may forbid, not permit
	}
	lock, err := doc.Dict(fieldDict["Lock"])
	if err != nil || lock == nil {
		return p, err
	}
	// A lock may also narrow what is permitted to the whole document.
	if lock["P"] != nil {
		if err := p.narrow(doc, lock["P"]); err != nil {
			return p, err
		}
	}
	return p, p.lock(doc, lock)
}

// narrow takes in a level; of several the narrowest holds.
func (p *permissions) narrow(doc *pdf.Document, value pdf.Object) error {
	other := permissions{}
	if err := other.certify(doc, value); err != nil {
		return err
	}
	if p.certifies == PermitUnstated || other.certifies < p.certifies {
		p.certifies = other.certifies
	}
	return nil
}

func (p *permissions) certify(doc *pdf.Document, value pdf.Object) error {
	object, err := doc.Resolve(value)
	if err != nil {
		return err
	}
	level, ok := object.(pdf.Integer)
	switch {
	case object == nil:
		level = pdf.Integer(PermitForms) // the default of ISO 32000-2 table 257
	case !ok || level < pdf.Integer(PermitNothing) || level > pdf.Integer(PermitAnnotations):
		return errPermissions
	}
	p.certifies = Permission(level)
	return nil
}

func (p *permissions) lock(doc *pdf.Document, dict pdf.Dict) error {
	action := dict.Name("Action")
	if len(p.locks) == maxLocks || !slices.Contains([]pdf.Name{"All", "Include", "Exclude"}, action) {
		return errPermissions
	}
	names, err := doc.Array(dict["Fields"])
	if err != nil {
		return err
	}
	if names == nil && action == "Include" {
		action = "All" // which ones is not said
	}
	var fields []string
	for _, value := range names {
		object, err := doc.Resolve(value)
		if err != nil {
			return err
		}
		name, ok := object.(pdf.String)
		if !ok {
			return errPermissions
		}
		field, plain := plainName(name)
		switch {
		case plain && !slices.Contains(strings.Split(field, "."), ""):
			fields = append(fields, field)
		case action == "Include":
			action = "All" // it may be any of them
		}
	}
	p.locks = append(p.locks, newLock(action, fields))
	return nil
}

// permits reports whether a vouched change may follow the signature. Without
// a certification, forms may be filled in only if the signature says which
// fields it locks: a plain approval is of the form as it stood.
func (p permissions) permits(change Change) bool {
	level := p.certifies
	switch change.Kind {
	case ChangeDocumentTimestamp:
		return change.created || !p.lockedField(change)
	case ChangeValidationData, ChangeMetadata, ChangeDeclared, ChangeDefaults, ChangeUnused:
		return true
	case ChangeSignature:
		return level != PermitNothing && (change.created || !p.lockedField(change))
	case ChangeEmptyField:
		return level != PermitNothing
	case ChangeFormValue:
		if change.sealed {
			return level != PermitNothing // as some signers do that lock it
		}
		return !p.lockedField(change) && (level >= PermitForms || level == PermitUnstated && p.says)
	case ChangeAnnotation:
		return level == PermitAnnotations
	}
	return false
}

// lockedField reports whether the field that a change is about is locked. One
// whose name is in doubt may be the one that is meant.
func (p permissions) lockedField(change Change) bool {
	return slices.ContainsFunc(p.locks, func(l fieldLock) bool { return change.doubtful || l.locks(change.field) })
}
