package verify

// ChangeKind names what a later revision did.
type ChangeKind string

// The kinds of change that can be vouched for.
const (
	ChangeSignature         ChangeKind = "signature"
	ChangeDocumentTimestamp ChangeKind = "document-timestamp"
	ChangeEmptyField        ChangeKind = "empty-signature-field"
	ChangeValidationData    ChangeKind = "validation-data"
	ChangeMetadata          ChangeKind = "metadata"
	ChangeFormValue         ChangeKind = "form-value"
	ChangeAnnotation        ChangeKind = "annotation"
	ChangeUnused            ChangeKind = "unused-objects"
	ChangeDeclared          ChangeKind = "declared-version"
	ChangeDefaults          ChangeKind = "form-defaults"
)

// The kinds of change that nothing vouches for.
const (
	ChangePageContent  ChangeKind = "page-content"
	ChangePage         ChangeKind = "page"
	ChangePageTree     ChangeKind = "page-tree"
	ChangeAnnotations  ChangeKind = "annotations"
	ChangeForm         ChangeKind = "form"
	ChangeFormField    ChangeKind = "form-field"
	ChangeSigned       ChangeKind = "signed-field"
	ChangeCatalog      ChangeKind = "catalog"
	ChangeDocumentInfo ChangeKind = "document-info"
	ChangeTrailer      ChangeKind = "trailer"
	ChangeTwoRoles     ChangeKind = "object-of-two-roles"
	ChangeUnexplained  ChangeKind = "unexplained-object"
	ChangeUnreadable   ChangeKind = "unreadable"
)

// Change is one thing that a revision did to the document.
type Change struct {
	Kind ChangeKind
	// Page is the page it is seen on, from 1; 0 if none or unknown.
	Page int
	// Name is the field, catalog entry or key that it is about.
	Name string
	// Place is the rectangle of a new visible signature or annotation.
	Place *Place
	// Objects are the numbers of the objects that changed with it.
	Objects []int
	// Vouched: a rule explains the change. Whether a given signature permits
	// it may still depend on DocMDP and FieldMDP.
	Vouched bool

	// created: the field that the change is about is new with this revision.
	created bool
	// field is the full name of the field as it is read; doubtful: others may
	// read another.
	field    string
	doubtful bool
	// sealed: the field was made read-only, and nothing else.
	sealed bool
}

// Text is the change in the words of a clerk.
func (c Change) Text(lang Lang) string { return changeText(c, lang) }
