package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// LetterSchema names the form of the letter's JSON, as Schema does that of the
// report's.
const LetterSchema = "sertel/verify/letter/1"

// Letter is the verdict on a letter: the judgment of its signatures, and
// whether they are the ones it should bear.
type Letter struct {
	// Conclusion is the worst of the report's and of the findings'.
	Conclusion Conclusion `json:"conclusion"`
	// Signers are the expected ones, in their order.
	Signers  []LetterSigner `json:"signers"`
	Findings []Finding      `json:"findings,omitempty"`

	report *Report
}

// Report is the judgment of the document that the letter was judged by.
func (l *Letter) Report() *Report { return l.report }

// LetterSigner is what became of one expected signer.
type LetterSigner struct {
	Role string `json:"role,omitempty"`
	// Expected names the person, for a reader.
	Expected string `json:"expected"`
	// Signature is the number, from 1, of the signature in Report.Signatures;
	// 0 when there is none.
	Signature int   `json:"signature"`
	Match     Match `json:"match"`
	// Signed: Yes only if that signature passed by itself.
	Signed Answer `json:"signed"`
	// Status is the word of the life cycle for the certificate at the time of
	// signing; empty when it was not asked or gave none.
	Status string `json:"status,omitempty"`
	Usable Answer `json:"usable"`
}

// Match says how a signature was told to be that of an expected signer. The
// zero value is none.
type Match uint8

// The matches, from weak to strong.
const (
	MatchNone Match = iota
	// MatchName: the certificate's common name without titles.
	MatchName
	// MatchCertificate: the very certificate.
	MatchCertificate
)

var matchNames = [...]string{"none", "name", "certificate"}

func (m Match) String() string { return enumName(matchNames[:], int(m)) }

// MarshalText implements encoding.TextMarshaler.
func (m Match) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// ErrSigners is wrapped by Letter.Err when the signatures stand but are not
// the expected ones, or more than signing was done between them.
var ErrSigners = errors.New("letter is not signed as expected")

// JudgeLetter compares the report with what a letter should bear: the expected
// signers in the expected order, and nothing but signing after the first of
// them, even where a signature permits more. Where a signature fits several
// entries, it gets the one that leaves the most of them filled, in their order
// if that can be. The verdict adds to the report's and never betters it. The
// signers' certificates are compared, so the report must come from Verify, not
// from JSON. The error is ErrExpectation or ctx's.
func (r *Report) JudgeLetter(ctx context.Context, e Expectation) (*Letter, error) {
	wanted, err := e.prepare()
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	l := &Letter{report: r, Signers: make([]LetterSigner, len(wanted))}
	l.assign(wanted, e.AllowOthers)
	l.checkChanges()
	if e.LifeCycle != nil {
		if err := l.askLifeCycle(ctx, e.LifeCycle); err != nil {
			return nil, fmt.Errorf("verify: %w", err)
		}
	}
	l.Conclusion = r.Conclusion
	if c := conclude(l.Findings); c.worse(l.Conclusion) {
		l.Conclusion = c
	}
	return l, nil
}

func (l *Letter) find(code Code, detail string) {
	l.Findings = append(l.Findings, finding(code, detail))
}

// assign gives each signature but document timestamps to an expected signer.
func (l *Letter) assign(wanted []expected, allowOthers bool) {
	for i, w := range wanted {
		l.Signers[i] = LetterSigner{Role: w.Role, Expected: w.label()}
	}
	var numbers []int
	var fits pairs
	for i := range l.report.Signatures {
		s := &l.report.Signatures[i]
		if s.Kind == DocumentTimestamp {
			continue
		}
		row := make([]Match, len(wanted))
		for j, w := range wanted {
			row[j] = w.match(s.Signer)
		}
		numbers, fits = append(numbers, i), append(fits, row)
	}
	assigned, ordered := fits.assign(len(wanted))
	for i, entry := range assigned {
		s := &l.report.Signatures[numbers[i]]
		switch {
		case entry >= 0:
			l.Signers[entry].take(numbers[i]+1, s, fits[i][entry])
			if fits[i][entry] == MatchName {
				l.find(CodeSignerByName, l.Signers[entry].Expected)
			}
		case allowOthers:
			l.find(CodeSignerOther, s.label())
		default:
			l.find(CodeSignerUnexpected, s.label())
		}
	}
	for _, entry := range l.Signers {
		if entry.Match == MatchNone {
			l.find(CodeSignerAbsent, entry.Expected)
		}
	}
	if !ordered {
		l.find(CodeSignerOrder, "")
	}
}

func (entry *LetterSigner) take(number int, s *Signature, match Match) {
	entry.Signature, entry.Match = number, match
	switch s.Conclusion.Indication {
	case TotalPassed:
		entry.Signed = Yes
	case TotalFailed:
		entry.Signed = No
	}
}

// label names a signature for a reader.
func (s *Signature) label() string {
	if s.Signer != nil && s.Signer.CommonName != "" {
		return s.Signer.CommonName
	}
	if s.Field != "" {
		return s.Field
	}
	return strconv.Itoa(s.Object)
}

// checkChanges looks for later changes that are no part of signing. What
// nothing vouches for is in the report already.
func (l *Letter) checkChanges() {
	for _, rev := range l.report.Document.Revisions {
		for _, c := range rev.Changes {
			if c.Vouched && !c.Kind.signing() {
				l.find(CodeNotOnlySigned, strconv.Itoa(rev.Number))
				break
			}
		}
	}
}

// signing reports whether a change is part of putting a signature on a letter.
func (k ChangeKind) signing() bool {
	switch k {
	case ChangeSignature, ChangeDocumentTimestamp, ChangeEmptyField, ChangeValidationData, ChangeMetadata, ChangeUnused,
		ChangeDeclared, ChangeDefaults: // by signers' programs, for the new field
		return true
	}
	return false
}

// askLifeCycle asks for the certificate's state at the proven time, or, as the
// path is, at the time of judgment.
func (l *Letter) askLifeCycle(ctx context.Context, source LifeCycle) error {
	for i := range l.Signers {
		entry := &l.Signers[i]
		if entry.Signature == 0 {
			continue
		}
		s := &l.report.Signatures[entry.Signature-1]
		at, proven := s.Time.Proven, true
		if at.IsZero() {
			at, proven = l.report.At, false
		}
		usable, status, err := source.UsableAt(ctx, s.Signer.Certificate, at)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			usable, status = Unknown, ""
		}
		entry.Usable, entry.Status = usable, printable(status)
		l.judgeStatus(entry, proven, at)
	}
	return nil
}

func (l *Letter) judgeStatus(entry *LetterSigner, proven bool, at time.Time) {
	detail := entry.Expected
	if entry.Status != "" {
		detail = fmt.Sprintf("%s: %s, %s", entry.Expected, entry.Status, when(at))
	}
	switch {
	case entry.Usable == Yes:
	case entry.Usable == No && proven:
		l.find(CodeStatusNotUsable, detail)
	case entry.Usable == No:
		l.find(CodeStatusNoTime, detail)
	default:
		entry.Usable = Unknown
		l.find(CodeStatusUnknown, detail)
	}
}

// Err is nil only when the document is valid and signed as expected. Otherwise
// it wraps what Report.Err wraps, or ErrSigners, or ErrIndeterminate when a
// signer or his status is still missing.
func (l *Letter) Err() error {
	if l.Conclusion.Indication == TotalPassed {
		return nil
	}
	if l.report != nil && l.report.Conclusion == l.Conclusion {
		return l.report.Err()
	}
	sentinel := ErrIndeterminate
	if l.Conclusion.Indication == TotalFailed {
		sentinel = ErrSigners
	}
	return fmt.Errorf("verify: %w: %s (%s)", sentinel, l.decisive().technical(English), l.Conclusion)
}

// Summary is the verdict on one line, for a clerk. A "Valid" for which a signer
// was told by name only says so.
func (l *Letter) Summary(lang Lang) string {
	if l.report != nil && l.report.Conclusion == l.Conclusion {
		return l.report.Summary(lang) + l.byName(lang)
	}
	return l.Conclusion.Indication.Text(lang) + ": " + l.decisive().Text(lang)
}

// byName tells of the first signer who was told by name only, for a letter that
// passed.
func (l *Letter) byName(lang Lang) string {
	i := slices.IndexFunc(l.Findings, func(f Finding) bool { return f.Code == CodeSignerByName })
	if i < 0 || l.Conclusion.Indication != TotalPassed {
		return ""
	}
	return "; " + l.Findings[i].Text(lang)
}

// decisive is the finding that made the verdict worse than the report's.
func (l *Letter) decisive() Finding {
	for _, f := range l.Findings {
		if f.Code.Severity() >= Open && f.Code.conclusion() == l.Conclusion {
			return f
		}
	}
	return Finding{}
}
