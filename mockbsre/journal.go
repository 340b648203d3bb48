package mockbsre

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase"
)

// Exchange is one call of the service's interface, as the journal keeps it:
// passphrases, codes, numbers and names are masked, of files there is the
// digest alone.
type Exchange struct {
	At        time.Time // by the fake's clock
	Operation Operation // empty for an address or credential that is none
	Method    string
	Path      string // without the id at its end and without query
	Fields    []Field
	Files     []File
	// Status is what was answered; 0 if a fault cut the answer off before it
	// began.
	Status int
	// Fault is the planned fault that this call met; nil without.
	Fault *Fault
	// Remarks are what the real service would refuse for its form or merely
	// tolerate, with the nearest thing that would have been right; at most 20.
	Remarks []Remark
}

// Field is a field of a request, its value masked.
type Field struct{ Name, Value string }

// File is a file in a request.
type File struct {
	Field  string `json:"field"`
	Size   int    `json:"size"`
	SHA256 string `json:"sha256"` // in hexadecimal
}

// Field returns the masked value of a field.
func (x Exchange) Field(name string) (value string, ok bool) {
	for _, f := range x.Fields {
		if f.Name == name {
			return f.Value, true
		}
	}
	return "", false
}

// MadeSignature is a signature that the service made, whether or not its answer
// arrived.
type MadeSignature struct {
	At        time.Time
	Operation Operation
	Person    certificate.PersonID // zero for a seal
	Seal      string               // the id of a seal; empty for a person
	Field     string
	// InputSHA256 and OutputSHA256 are digests of the whole files.
	InputSHA256, OutputSHA256 [sha256.Size]byte
}

// maxJournal bounds the journal and the list of signatures; the oldest go.
const maxJournal = 10_000

// Journal returns the calls so far, oldest first; of a long run the last 10,000.
func (s *Server) Journal() []Exchange {
	s.running()
	s.esign.mu.Lock()
	defer s.esign.mu.Unlock()
	all := slices.Clone(newest(s.esign.exchanges))
	for i := range all {
		all[i].Fields = slices.Clone(all[i].Fields)
		all[i].Files = slices.Clone(all[i].Files)
		all[i].Remarks = slices.Clone(all[i].Remarks)
	}
	return all
}

// Signatures returns the signatures that the service made, oldest first; of a
// long run the last 10,000. The real box has no such list: it is for tests.
func (s *Server) Signatures() []MadeSignature {
	s.running()
	s.esign.mu.Lock()
	defer s.esign.mu.Unlock()
	return slices.Clone(newest(s.esign.signatures))
}

// ClearJournal forgets the calls, signatures and strict errors so far.
func (s *Server) ClearJournal() {
	s.running()
	s.esign.mu.Lock()
	defer s.esign.mu.Unlock()
	s.esign.exchanges, s.esign.signatures, s.esign.complaints = nil, nil, nil
}

func (e *esign) record(x Exchange) {
	e.mu.Lock()
	e.exchanges = bounded(append(e.exchanges, x))
	tell := e.complain(x)
	e.mu.Unlock()
	tell()
	e.srv.cfg.Logger.Info("esign call", "operation", string(x.Operation), "method", x.Method, "path", x.Path, "status", x.Status)
}

func (e *esign) recordSignatures(made []MadeSignature) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.signatures = bounded(append(e.signatures, made...))
}

// bounded forgets the oldest, not one by one.
func bounded[T any](list []T) []T {
	if len(list) < 2*maxJournal {
		return list
	}
	return slices.Clone(newest(list))
}

func newest[T any](list []T) []T { return list[max(0, len(list)-maxJournal):] }

// shown are the fields whose values say nothing about a person.
var shown = []string{
	"tampilan", "image", "halaman", "page", "xAxis", "yAxis", "originX", "originY", "width", "height",
	"tag", "tag_koordinat", "jenis_response", "data", "idSubscriber",
}

// hidden are those of which the length alone is kept.
var hidden = []string{"nik", "email", "nama", "reason", "location", "text", "contactInfo", "linkQR"}

var secretFields = []string{"passphrase", "totp", "otp", "pdfPassword", "password"}

// note adds a field to the entry, masked. Absent ones are left out.
func (x *Exchange) note(name, value string) {
	if len(x.Fields) >= maxParts {
		return
	}
	masked := fmt.Sprintf("[%d bytes]", len(value))
	switch {
	case slices.Contains(secretFields, name):
		masked = passphrase.Marker
	case name == "nik":
		if nik, err := identity.ParseNIK(value); err == nil {
			masked = nik.String()
		}
	case slices.Contains(shown, name):
		masked = maskText(value)
	case !slices.Contains(hidden, name):
		name = "[unknown field]"
	}
	x.Fields = append(x.Fields, Field{name, masked})
}

// noteFile adds a file to the entry.
func (x *Exchange) noteFile(field string, data []byte) {
	if len(x.Files) >= maxParts {
		return
	}
	sum := sha256.Sum256(data)
	x.Files = append(x.Files, File{field, len(data), hex.EncodeToString(sum[:])})
}

var (
	digitRun = regexp.MustCompile(`\d{8,}`)
	address  = regexp.MustCompile(`[^/\s]*@[^/\s]*`)
)

// maskText shortens text and takes out what could be a number or an address of
// a person.
func maskText(s string) string {
	s = strings.ToValidUTF8(s[:min(len(s), 120)], "")
	return address.ReplaceAllString(digitRun.ReplaceAllString(s, "[digits]"), "[mail]")
}
