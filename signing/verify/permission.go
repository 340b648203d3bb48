package verify

import (
	"errors"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// fieldLock names the fields that a signature locks (ISO 32000-2 section
// 12.8.2.4 and table 236).
type fieldLock struct {
	action pdf.Name // All, Include or Exclude
	fields []string
}

// locks reports whether the field of that full name, or one above it, is
// locked.
func (l fieldLock) locks(name string) bool {
	listed := slices.ContainsFunc(l.fields, func(f string) bool {
		return f == name || len(name) > len(f) && name[:len(f)] == f && name[len(f)] == '.'
	})
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
}

var errPermissions = errors.New("transform parameters cannot be read")

// readPermissions reads the transforms of a signature dictionary and the lock
// of its field, as they were when it was made.
func readPermissions(doc *pdf.Document, dict, fieldDict pdf.Dict) (permissions, error) {
	var p permissions
	references, err := doc.Array(dict["Reference"])
	if err != nil {
		return p, err
	}
	for _, value := range references {
		reference, err := doc.Dict(value)
		if err != nil {
			return p, err
		}
		params, err := doc.Dict(reference["TransformParams"])
		if err != nil {
			return p, err
		}
		switch reference.Name("TransformMethod") {
		case "DocMDP":
			if err := p.certify(doc, params["P"]); err != nil {
				return p, err
			}
		case "FieldMDP":
			if err := p.lock(doc, params); err != nil {
				return p, err
			}
		}
	}
	lock, err := doc.Dict(fieldDict["Lock"])
	if err != nil || lock == nil {
		return p, err
	}
	// A lock may also narrow what is permitted to the whole document.
	if lock["P"] != nil {
		narrowed := permissions{}
		if err := narrowed.certify(doc, lock["P"]); err != nil {
			return p, err
		}
		if p.certifies == PermitUnstated || narrowed.certifies < p.certifies {
			p.certifies = narrowed.certifies
		}
	}
	return p, p.lock(doc, lock)
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
	l := fieldLock{action: dict.Name("Action")}
	if !slices.Contains([]pdf.Name{"All", "Include", "Exclude"}, l.action) {
		return errPermissions
	}
	names, err := doc.Array(dict["Fields"])
	if err != nil {
		return err
	}
	for _, value := range names {
		object, err := doc.Resolve(value)
		if err != nil {
			return err
		}
		name, ok := object.(pdf.String)
		if !ok {
			return errPermissions
		}
		l.fields = append(l.fields, pdf.Text(name))
	}
	p.locks = append(p.locks, l)
	return nil
}

// permits reports whether a vouched change may follow the signature. Without
// a certification, forms may be filled in only if the signature says which
// fields it locks: a plain approval is of the form as it stood.
func (p permissions) permits(change Change) bool {
	level := p.certifies
	switch change.Kind {
	case ChangeValidationData, ChangeDocumentTimestamp, ChangeMetadata, ChangeUnused:
		return true
	case ChangeSignature:
		return level != PermitNothing && (change.created || !p.lockedField(change.Name))
	case ChangeEmptyField:
		return level != PermitNothing
	case ChangeFormValue:
		return !p.lockedField(change.Name) && (level >= PermitForms || level == PermitUnstated && len(p.locks) > 0)
	case ChangeAnnotation:
		return level == PermitAnnotations
	}
	return false
}

func (p permissions) lockedField(name string) bool {
	return slices.ContainsFunc(p.locks, func(l fieldLock) bool { return l.locks(name) })
}
