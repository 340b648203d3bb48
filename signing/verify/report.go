package verify

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"time"
)

// Schema names the form of the report's JSON, which report.schema.json beside
// this package describes. Keys and words may be added to it; none is renamed or
// removed under this name.
const Schema = "sertel/verify/1"

// Report is the judgment of one document.
type Report struct {
	Schema string `json:"schema"`
	// Conclusion is the worst of the signatures' conclusions and of the
	// document's own findings.
	Conclusion Conclusion `json:"conclusion"`
	// At is the instant at which the document was judged.
	At       time.Time `json:"at"`
	Document Document  `json:"document"`
	// Signatures are in the order of signing: by the revision they cover;
	// those that cover none come last.
	Signatures []Signature `json:"signatures"`
	// Findings are about the document as a whole.
	Findings []Finding `json:"findings,omitempty"`
	// NextTimestamp is nil when nothing in the document proves a time.
	NextTimestamp *NextTimestamp `json:"next_timestamp,omitempty"`
}

// NextTimestamp says by when a further document timestamp is due, so that what
// the newest ones prove stays provable (ETSI EN 319 142-1 section 5.4.3).
type NextTimestamp struct {
	// Due is when the first certificate of the authority's path to its root
	// ends, or the caller's trust in that root. Of several timestamps that no
	// other one covers, the first to end counts.
	Due time.Time `json:"due"`
	// Certificate is the common name of the certificate that ends then.
	Certificate string `json:"certificate"`
	// Field is that of the document timestamp, or of the signature with a
	// timestamp of its own.
	Field string `json:"field,omitempty"`
	// Overdue: Due is past at Report.At.
	Overdue bool `json:"overdue,omitempty"`
}

// Document describes the file.
type Document struct {
	// Size is in bytes.
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	// Revisions are the states of the file, oldest first: the original and
	// one per incremental update (ISO 32000-2 section 7.5.6).
	Revisions []Revision `json:"revisions"`
}

// Revision is one state of the document: its first End bytes are a document
// of their own.
type Revision struct {
	// Number counts from 1.
	Number int `json:"number"`
	// End is the offset behind the revision's last byte.
	End int64 `json:"end"`
	// Fields names the signature fields whose signatures cover exactly this
	// revision.
	Fields []string `json:"fields,omitempty"`
	// Changes is what this revision did to the one before, in so far as it
	// was judged: only revisions after the first signature are.
	Changes []Change `json:"changes,omitempty"`
}

// Reader gives the bytes of the revision out of the document r, so that one
// sees what a signer signed.
func (rev Revision) Reader(r io.ReaderAt) *io.SectionReader {
	return io.NewSectionReader(r, 0, rev.End)
}

// Kind says what a signature is for.
type Kind uint8

// The kinds of signature (ISO 32000-2 section 12.8.1).
const (
	// Approval is an ordinary signature.
	Approval Kind = iota
	// Certification also says which later changes are permitted (DocMDP).
	Certification
	// DocumentTimestamp proves a time for the whole document.
	DocumentTimestamp
)

var kindNames = [...]string{"approval", "certification", "document-timestamp"}

func (k Kind) String() string { return enumName(kindNames[:], int(k)) }

// MarshalText implements encoding.TextMarshaler.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Coverage says how much of the file a signature covers.
type Coverage uint8

// The coverages.
const (
	// CoverageUnclear: the byte range cannot be relied on.
	CoverageUnclear Coverage = iota
	// CoverageRevision: one revision as a whole; later ones follow.
	CoverageRevision
	// CoverageDocument: the whole file but the signature's own value.
	CoverageDocument
)

var coverageNames = [...]string{"unclear", "revision", "document"}

func (c Coverage) String() string { return enumName(coverageNames[:], int(c)) }

// MarshalText implements encoding.TextMarshaler.
func (c Coverage) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Modification says what later revisions did to what was signed.
type Modification uint8

// The answers about later revisions.
const (
	// ModificationUnknown: the signature's own coverage is unclear, or the
	// revisions could not be compared.
	ModificationUnknown Modification = iota
	// ModificationNone: no revision follows.
	ModificationNone
	// ModificationPermitted: every later change is vouched for.
	ModificationPermitted
	// ModificationFound: at least one later change is not.
	ModificationFound
)

var modificationNames = [...]string{"unknown", "none", "permitted", "modified"}

func (m Modification) String() string { return enumName(modificationNames[:], int(m)) }

// MarshalText implements encoding.TextMarshaler.
func (m Modification) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// Level is the level of PAdES that a signature reached (ETSI EN 319 142-1
// section 6). The zero value stands for none of them.
type Level uint8

// The levels.
const (
	LevelNone Level = iota
	// LevelBB: signed with the attributes that the baseline asks for.
	LevelBB
	// LevelBT: also a trusted timestamp.
	LevelBT
	// LevelBLT: also certificates and revocation data for a later check.
	LevelBLT
	// LevelBLTA: also a document timestamp over those.
	LevelBLTA
)

var levelNames = [...]string{"none", "B-B", "B-T", "B-LT", "B-LTA"}

func (l Level) String() string { return enumName(levelNames[:], int(l)) }

// MarshalText implements encoding.TextMarshaler.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// Piece is something that a signature lacks for the next level.
type Piece string

// The pieces, in the order in which levels need them.
const (
	PieceCAdES          Piece = "cades-attributes"   // for B-B: the form and the attributes of PAdES
	PieceClaimedTime    Piece = "claimed-time"       // for B-B: the time that the signature claims (M)
	PieceTimestamp      Piece = "timestamp"          // for B-T: a trusted timestamp
	PieceRevocationData Piece = "revocation-data"    // for B-LT: certificates and evidence in the file
	PieceArchiveTime    Piece = "document-timestamp" // for B-LTA: a document timestamp over those
)

// Text names the piece for a reader.
func (p Piece) Text(lang Lang) string { return pieceTexts[p].in(lang) }

// Signature is the judgment of one signature, question by question. A
// cryptographically valid signature is not yet a trusted one: only
// Conclusion puts the answers together.
type Signature struct {
	Kind Kind `json:"kind"`
	// Field is the full name of the signature field; empty for a signature
	// dictionary that belongs to none.
	Field string `json:"field,omitempty"`
	// Object is the object number of the signature dictionary, 0 if it is
	// not an object of its own.
	Object    int    `json:"object,omitempty"`
	SubFilter string `json:"sub_filter,omitempty"`
	// Revision is the number of the revision that the signature covers, 0
	// when that is unclear.
	Revision int `json:"revision"`
	// Place is where the signature is drawn; nil for an invisible one.
	Place *Place `json:"place,omitempty"`

	Conclusion Conclusion `json:"conclusion"`
	// Intact: the bytes that were signed are unchanged.
	Intact Answer `json:"intact"`
	// Valid: intact, and the signature was made with the key of the signer's
	// certificate in the form that the standards ask for.
	Valid Answer `json:"valid"`
	// Trusted: the signer's certificate leads to a given root, may sign
	// documents, and was in force at the judged time. Revocation is a
	// question of its own.
	Trusted    Answer     `json:"trusted"`
	Revocation Revocation `json:"revocation"`
	Coverage   Coverage   `json:"coverage"`
	// Later sums up the changes after this signature; each is listed with
	// its revision in Document.Revisions.
	Later Modification `json:"later_changes"`
	Time  Time         `json:"time"`
	// Level is reached by what the file itself holds; Missing is what the
	// next levels need.
	Level   Level   `json:"level"`
	Missing []Piece `json:"missing,omitempty"`

	Signer *Signer `json:"signer,omitempty"`
	// Claims are statements of the signature dictionary that nothing proves.
	Claims Claims `json:"claims"`
	// Permits is set for a certification signature.
	Permits Permission `json:"permits,omitempty"`

	Findings []Finding `json:"findings,omitempty"`
}

// Claims are what the signature dictionary says of itself (ISO 32000-2
// section 12.8.1, table 255).
type Claims struct {
	Name        string `json:"name,omitempty"`
	Reason      string `json:"reason,omitempty"`
	Location    string `json:"location,omitempty"`
	ContactInfo string `json:"contact_info,omitempty"`
	// Time is the clock of the signer's computer; zero if absent.
	Time time.Time `json:"time,omitzero"`
}

// Place is a rectangle on a page.
type Place struct {
	// Page counts from 1.
	Page int `json:"page"`
	// Rect is left, bottom, right and top in points of the page's user space.
	Rect [4]float64 `json:"rect"`
}

// Permission is the DocMDP level of a certification signature (ISO 32000-2
// section 12.8.2.2). The zero value stands for none given.
type Permission uint8

// The permissions.
const (
	PermitUnstated Permission = iota
	// PermitNothing: no change but document timestamps and validation data.
	PermitNothing
	// PermitForms: filling in forms and signing.
	PermitForms
	// PermitAnnotations: also annotations.
	PermitAnnotations
)

var permissionNames = [...]string{"unstated", "nothing", "forms", "annotations"}

func (p Permission) String() string { return enumName(permissionNames[:], int(p)) }

// MarshalText implements encoding.TextMarshaler.
func (p Permission) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Signer is the certificate whose key made the signature, and its chain.
type Signer struct {
	// CommonName and Organization are of the certificate's subject.
	CommonName   string `json:"common_name"`
	Organization string `json:"organization,omitempty"`
	Issuer       string `json:"issuer"`
	// Serial is in hexadecimal.
	Serial    string    `json:"serial"`
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	SHA256    string    `json:"sha256"`
	// Algorithm is the key, the scheme and the digest, such as
	// "RSA-2048 RSASSA-PKCS1-v1_5 SHA-256".
	Algorithm string `json:"algorithm"`
	// Chain holds the subjects' names from the signer to the root; without a
	// trusted chain it is empty.
	Chain []string `json:"chain,omitempty"`

	// Certificate and Certificates are the signer's certificate and its chain
	// to the root.
	Certificate  *x509.Certificate   `json:"-"`
	Certificates []*x509.Certificate `json:"-"`
}

// RevocationState is the answer to "was the certificate revoked?".
type RevocationState uint8

// The answers, for the signer's certificate at the judged time.
const (
	// RevocationUnknown: no usable evidence.
	RevocationUnknown RevocationState = iota
	// RevocationGood: fresh evidence says that it was not.
	RevocationGood
	// RevocationAfter: revoked later than the proven time of the signature.
	RevocationAfter
	// RevocationRevoked: revoked, and not proven to be later than the
	// signature.
	RevocationRevoked
	// RevocationNotChecked: the caller asked not to check.
	RevocationNotChecked
)

var revocationNames = [...]string{"unknown", "good", "revoked-after-signing", "revoked", "not-checked"}

func (s RevocationState) String() string { return enumName(revocationNames[:], int(s)) }

// MarshalText implements encoding.TextMarshaler.
func (s RevocationState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Revocation is the status of the signer's certificate.
type Revocation struct {
	State RevocationState `json:"state"`
	// Kind is "ocsp" or "crl".
	Kind string `json:"kind,omitempty"`
	// Source says where the evidence came from: "document", "caller" or
	// "network".
	Source string `json:"source,omitempty"`
	// ProducedAt is the time as of which the evidence speaks.
	ProducedAt time.Time `json:"produced_at,omitzero"`
	// RevokedAt is zero if not revoked.
	RevokedAt time.Time `json:"revoked_at,omitzero"`
	// Reason is the code of RFC 5280 section 5.3.1.
	Reason int `json:"reason,omitempty"`
	// Rejected is evidence that did not count, and why.
	Rejected []RejectedEvidence `json:"rejected,omitempty"`
}

// TimeSource says what the judged time of a signature rests on.
type TimeSource uint8

// The sources.
const (
	// TimeNone: nothing proves a time; certificates were judged as of
	// Report.At.
	TimeNone TimeSource = iota
	// TimeSignatureTimestamp: a timestamp token in the signature.
	TimeSignatureTimestamp
	// TimeDocumentTimestamp: a later document timestamp, or the signature is
	// one itself.
	TimeDocumentTimestamp
)

var timeSourceNames = [...]string{"none", "signature-timestamp", "document-timestamp"}

func (s TimeSource) String() string { return enumName(timeSourceNames[:], int(s)) }

// MarshalText implements encoding.TextMarshaler.
func (s TimeSource) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Time is what is known of when the signature was made.
type Time struct {
	// Proven is the time at which a trusted authority saw the signature; the
	// signature is not younger. Zero if nothing proves one.
	Proven time.Time  `json:"proven,omitzero"`
	Source TimeSource `json:"source"`
	// Authority is the common name of the time-stamping authority.
	Authority string `json:"authority,omitempty"`
}

// The errors that Report.Err wraps. Only the error of the whole document is
// given: ErrNotSigned, ErrModified and ErrInvalid mean that it must not be
// relied on, ErrIndeterminate that a piece is missing.
var (
	ErrNotSigned     = errors.New("document is not signed")
	ErrModified      = errors.New("document was modified after signing")
	ErrInvalid       = errors.New("signature is not valid")
	ErrIndeterminate = errors.New("signature could not be determined to be valid")
)

// Err is nil only when the document has at least one signature and every
// signature and everything after it passed. Otherwise it wraps one of
// ErrNotSigned, ErrModified, ErrInvalid and ErrIndeterminate and gives the
// finding that decided.
func (r *Report) Err() error {
	if r.Conclusion.Indication == TotalPassed {
		return nil
	}
	field, f := r.Decisive()
	where := ""
	if field != "" {
		where = fmt.Sprintf("field %q: ", field)
	}
	sentinel := f.Code.sentinel()
	if r.Conclusion.Indication == TotalFailed && f.Code.Severity() != Fatal {
		sentinel = ErrInvalid // read from JSON of a version in which the code failed
	}
	return fmt.Errorf("verify: %w: %s%s (%s)", sentinel, where, f.technical(English), r.Conclusion)
}

func (c Code) sentinel() error {
	switch {
	case c == CodeNoSignature:
		return ErrNotSigned
	case c == CodeModified, c == CodeTrailingBytes, c == CodeLaterUnreadable,
		c == CodeChangeNotPermitted, c == CodeSignatureRemoved, c == CodeDigestMismatch:
		return ErrModified
	case c.Severity() == Fatal:
		return ErrInvalid
	}
	return ErrIndeterminate
}

// Decisive gives the finding that decided the document's conclusion and the
// field it is about; the field is empty for findings about the document. The
// finding is zero when the document passed.
func (r *Report) Decisive() (field string, f Finding) {
	if r.Conclusion.Indication == TotalPassed {
		return "", Finding{}
	}
	// A report read from JSON may have been concluded by other rules: then the
	// first finding that is more than a remark.
	found := false
	look := func(of string, findings []Finding) bool {
		for _, candidate := range findings {
			decides := candidate.Code.conclusion() == r.Conclusion
			if candidate.Code.Severity() >= Open && (decides || !found) {
				field, f, found = of, candidate, true
			}
			if decides {
				return true
			}
		}
		return false
	}
	if look("", r.Findings) {
		return field, f
	}
	for i := range r.Signatures {
		if s := &r.Signatures[i]; look(s.Field, s.Findings) {
			break
		}
	}
	return field, f
}
