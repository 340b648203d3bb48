package signing

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/passphrase"
)

// AuditRecord is the account of one attempt to sign one document, whatever
// came of it. It holds no name, personal number, mail address or secret, unless
// the caller puts one into Purpose. Its JSON is the same for the same record.
type AuditRecord struct {
	// AttemptID is that of the [Receipt].
	AttemptID string `json:"attempt_id"`
	// Time is when the attempt began, in UTC and whole microseconds.
	Time time.Time `json:"time"`
	// Signer is the keyed hash that stands for the signer, from [AuditKey].
	Signer string `json:"signer"`
	// InputSHA256 and OutputSHA256 are digests of the whole files, in lower case
	// hexadecimal. Empty: the attempt ended before it was known.
	InputSHA256  string `json:"input_sha256,omitempty"`
	OutputSHA256 string `json:"output_sha256,omitempty"`
	// Purpose is that of the [Request].
	Purpose string  `json:"purpose,omitempty"`
	Outcome Outcome `json:"outcome"`
	// Code says why nothing was signed, or why nobody knows: a stable word such
	// as PLACEMENT, CREDENTIAL or ESIGN_OUTCOME_UNKNOWN. Empty for a signature.
	Code string `json:"code,omitempty"`
	// Serial is the serial number of the signer's certificate, in lower case
	// hexadecimal. Empty: not known.
	Serial string `json:"serial,omitempty"`
	// Latency is how long the attempt took, in nanoseconds.
	Latency time.Duration `json:"latency_ns"`
}

// Auditor keeps one record of each attempt. It is safe for concurrent use.
//
// Audit keeps the record for good before it returns. It is called when the
// attempt has ended, so that its error cannot undo a signature: the signed
// document is handed on all the same, and the receipt has [DoubtNotAudited].
// The context does not end with the caller's, but within [AuditTimeout].
type Auditor interface {
	Audit(ctx context.Context, r AuditRecord) error
}

// AuditTimeout bounds one call of an [Auditor].
const AuditTimeout = 10 * time.Second

// Audit makes an auditor keep a record, for whoever implements
// [DocumentSigner]: with its time limit and detached from the end of the
// caller's context. A nil auditor keeps nothing. The error is for
// [DoubtNotAudited].
func Audit(ctx context.Context, a Auditor, r AuditRecord) error {
	if a == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), AuditTimeout)
	defer cancel()
	r.Time = r.Time.UTC().Truncate(time.Microsecond)
	if err := a.Audit(ctx, r); err != nil {
		return fmt.Errorf("signing: audit: %w", err)
	}
	return nil
}

// minAuditKey is the least length of a key in bytes: half of what SHA-256 gives
// (NIST SP 800-107, 5.3.2).
const minAuditKey = 16

// AuditKey keys the hash that stands for a signer in audit records: whoever has
// the key can find a person's records, nobody else can tell whose they are. The
// few possible numbers could be tried against a hash without a key. The zero
// value is refused.
type AuditKey struct{ secret passphrase.Secret }

// NewAuditKey takes at least 16 random bytes, to be the same for as long as
// records are to be found. A shorter secret is [ErrConfig].
func NewAuditKey(secret passphrase.Secret) (AuditKey, error) {
	text := secret.Reveal()
	defer clear(text)
	if len(text) < minAuditKey {
		return AuditKey{}, fmt.Errorf("%w: audit key of %d bytes, at least %d are needed", ErrConfig, len(text), minAuditKey)
	}
	return AuditKey{secret}, nil
}

// IsZero reports whether there is no key.
func (k AuditKey) IsZero() bool { return k.secret.IsZero() }

// NIK is the hash that stands for a person: HMAC-SHA-256 in hexadecimal. It is
// empty for the zero key and the zero NIK.
func (k AuditKey) NIK(nik identity.NIK) string { return k.hash("nik", nik.Digits()) }

// Email is the hash for a person of whom only the mail address is known. It is
// another one than that of the same person's NIK.
func (k AuditKey) Email(mail identity.Email) string { return k.hash("email", mail.Address()) }

// Seal is the hash for an agency's seal by its id.
func (k AuditKey) Seal(subscriber string) string { return k.hash("seal", subscriber) }

func (k AuditKey) hash(kind, value string) string {
	if k.IsZero() || value == "" {
		return ""
	}
	secret := k.secret.Reveal()
	defer clear(secret)
	h := hmac.New(sha256.New, secret)
	fmt.Fprintf(h, "sertel/audit/1\n%s\n%s", kind, value)
	return hex.EncodeToString(h.Sum(nil))
}

// MemoryAuditor is an [Auditor] in memory, for tests and small programs. It
// keeps every record until the program ends.
type MemoryAuditor struct {
	mu      sync.Mutex
	records []AuditRecord
}

// Audit implements [Auditor].
func (m *MemoryAuditor) Audit(ctx context.Context, r AuditRecord) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.records = append(m.records, r)
	return nil
}

// Records returns a copy of all records, oldest first.
func (m *MemoryAuditor) Records() []AuditRecord {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.records)
}

// JSONAuditor is an [Auditor] that writes a line of JSON for each record.
type JSONAuditor struct {
	mu   sync.Mutex
	w    io.Writer
	torn bool // the last line may have been written in part
}

// NewJSONAuditor writes to w, one call of Write for each record. A writer with a
// method Sync() error, such as an *os.File, is synced after each, which a pipe
// or terminal cannot be: hide the method of one. After a write that failed the
// next record begins on a line of its own, and so does the first in a file that a
// crash left with half a line, if the file is open for reading too.
func NewJSONAuditor(w io.Writer) *JSONAuditor {
	if w == nil {
		panic("signing: NewJSONAuditor without a writer")
	}
	return &JSONAuditor{w: w, torn: endsTorn(w)}
}

// endsTorn reports whether a file's last line has no end.
func endsTorn(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return false
	}
	var last [1]byte
	_, err = f.ReadAt(last[:], info.Size()-1)
	return err == nil && last[0] != '\n'
}

// Audit implements [Auditor].
func (j *JSONAuditor) Audit(ctx context.Context, r AuditRecord) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var line bytes.Buffer
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.torn {
		line.WriteByte('\n')
	}
	// Encode ends the line.
	if err := json.NewEncoder(&line).Encode(r); err != nil {
		return err
	}
	n, err := j.w.Write(line.Bytes())
	if err == nil && n < line.Len() {
		err = io.ErrShortWrite
	}
	j.torn = err != nil
	if err != nil {
		return err
	}
	if s, ok := j.w.(interface{ Sync() error }); ok {
		return s.Sync()
	}
	return nil
}
