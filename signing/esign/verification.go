package esign

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/verify"
)

// Conclusion is what the box makes of a document as a whole.
type Conclusion uint8

// The conclusions. The zero value is the careful one.
const (
	// ConclusionUnknown: a word that the box is not known to use, or an answer
	// that contradicts itself.
	ConclusionUnknown Conclusion = iota
	ConclusionValid
	ConclusionInvalid
	ConclusionNoSignature
)

// String returns the box's word for it, or UNKNOWN.
func (c Conclusion) String() string {
	switch c {
	case ConclusionValid:
		return "VALID"
	case ConclusionInvalid:
		return "INVALID"
	case ConclusionNoSignature:
		return "NO_SIGNATURE"
	}
	return "UNKNOWN"
}

// MarshalText implements encoding.TextMarshaler.
func (c Conclusion) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Verification is the box's judgment of a document, in one form for both
// versions. Package verify judges a document here and says more.
type Verification struct {
	Conclusion Conclusion
	// Word and Description are the box's own.
	Word, Description string
	// Warnings are added by newer boxes.
	Warnings []string
	// Signatures in the order of their times; those without come last.
	Signatures []VerifiedSignature
}

// VerifiedSignature is the box's judgment of one signature. Answers that a
// version or a build does not give are verify.Unknown.
type VerifiedSignature struct {
	ID       string // version 2
	Field    string
	Format   string // such as PAdES-BASELINE-LT; version 2
	Signer   string
	Reason   string
	Location string
	// Time is the signing time as the box has it, zero when it cannot be read.
	Time time.Time
	// Intact: the bytes that were signed are unchanged. Trusted: the box trusts
	// the certificate. LongTerm: the validation material is in the document.
	Intact, Trusted, LongTerm verify.Answer
	// TimestampAuthority and TimestampTime are of the time-stamp, empty and
	// zero without one. Version 1 does not tell the time.
	TimestampAuthority string
	TimestampTime      time.Time
	// Certificates are the signer's and those above it; in version 1 at most
	// one, of which only names are known.
	Certificates []VerifiedCertificate
}

// VerifiedCertificate is a certificate as the box describes it.
type VerifiedCertificate struct {
	// SHA256 of the certificate in DER, in lower-case hexadecimal; empty when
	// the box does not tell.
	SHA256     string
	CommonName string
	Issuer     string
	Serial     string // decimal
	NotBefore  time.Time
	NotAfter   time.Time
	Algorithm  string
	KeyUsages  []string
}

const (
	maxVerification = 4 << 20 // bytes of an answer
	maxSignatures   = 2000    // of an answer
	maxListed       = 64      // elements of a smaller list
)

// Verify has the box judge a document: POST /api/sign/verify, or
// POST /api/v2/verify/pdf with the password of an encrypted document. An
// unsigned document is ConclusionNoSignature; a file that is no PDF makes a box
// fail ([CodeServiceFault]).
func (c *Client) Verify(ctx context.Context, src io.ReaderAt, size int64, password passphrase.Secret) (*Verification, error) {
	switch {
	case src == nil || size <= 0:
		return nil, local(CodeRequest, errors.New("source and its size are needed"))
	case size > c.cfg.MaxDocument:
		return nil, local(CodeTooLarge, nil)
	case !password.IsZero() && c.cfg.Version == V1:
		return nil, unsupported("document password in version 1")
	}
	path, parse := "/api/v2/verify/pdf", parseVerificationV2
	var b *body
	var err error
	if c.cfg.Version == V1 {
		path, parse = "/api/sign/verify", parseVerificationV1
		f := newForm()
		f.file("signed_file", documentName, "application/pdf", src, size)
		b, err = f.finish()
	} else {
		b, err = verifyV2(src, size, password)
	}
	if err != nil {
		return nil, local(CodeRequest, err)
	}
	defer b.wipe()
	status, _, answered, err := c.read(ctx, call{op: "verify", method: http.MethodPost, path: path, accept: "application/json",
		kind: b.kind, body: b.reader, length: b.length, timeout: c.cfg.Timeouts.Verify}, maxVerification)
	if err != nil {
		return nil, err
	}
	if status == http.StatusOK {
		v, err := parse(answered)
		if err == nil {
			return v, nil
		}
		if f := parseFault(status, answered); !f.present {
			return nil, local(CodeAnswer, err)
		}
	}
	secret := password.Reveal()
	defer clear(secret)
	return nil, c.refusal(status, parseFault(status, answered), secret)
}

func verifyV2(src io.ReaderAt, size int64, password passphrase.Secret) (*body, error) {
	out := newJSON()
	out.document("file", src, size)
	if !password.IsZero() {
		secret := password.Reveal()
		defer clear(secret)
		if err := out.value("password", string(secret)); err != nil {
			return nil, err
		}
	}
	return out.finish(), nil
}

// settle decides on the conclusion: the word counts unless the rest of the
// answer contradicts it.
func (v *Verification) settle(said Conclusion, count int) {
	v.Conclusion = said
	broken := false
	for _, s := range v.Signatures {
		broken = broken || s.Intact == verify.No
	}
	switch {
	case count != len(v.Signatures),
		said == ConclusionValid && (count == 0 || broken),
		said == ConclusionNoSignature && count > 0:
		v.Conclusion = ConclusionUnknown
	}
}

// list reads a bounded array, null and absent being empty.
func list(raw json.RawMessage, limit int) ([]json.RawMessage, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var out []json.RawMessage
	if err := json.Unmarshal(raw, &out); err != nil || len(out) > limit {
		return nil, errJSON
	}
	return out, nil
}

// answerOf turns a boolean that may be missing into an answer.
func answerOf(b *bool) verify.Answer {
	switch {
	case b == nil:
		return verify.Unknown
	case *b:
		return verify.Yes
	}
	return verify.No
}
