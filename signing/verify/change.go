package verify

import "encoding/json"

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
}

// Text is the change in the words of a clerk.
func (c Change) Text(lang Lang) string { return changeText(c, lang) }

// MarshalJSON implements json.Marshaler.
func (c Change) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Kind    ChangeKind `json:"kind"`
		Page    int        `json:"page,omitempty"`
		Name    string     `json:"name,omitempty"`
		Place   *Place     `json:"place,omitempty"`
		Objects []int      `json:"objects,omitempty"`
		Vouched bool       `json:"vouched"`
		Text    textPair   `json:"text"`
	}{c.Kind, c.Page, c.Name, c.Place, c.Objects, c.Vouched,
		textPair{c.Text(Indonesian), c.Text(English)}})
}
