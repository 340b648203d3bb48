package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// ErrSchema is wrapped by the errors of reading JSON that is not in the form of
// Schema or LetterSchema, or that has words which this version does not know.
var ErrSchema = errors.New("not a report of a known form")

// MarshalJSON implements json.Marshaler. The form is named by Schema and
// described by report.schema.json beside this package; the summary goes along
// in both languages.
func (r Report) MarshalJSON() ([]byte, error) {
	type plain Report // without this method
	return json.Marshal(struct {
		plain
		Summary textPair `json:"summary"`
	}{plain(r), textPair{r.Summary(Indonesian), r.Summary(English)}})
}

// UnmarshalJSON implements json.Unmarshaler. Everything comes back but the
// certificates themselves (Signer.Certificate and Certificates). Keys that this
// version does not know are passed over, words for its answers are not: the
// error wraps ErrSchema and never says what a field held. The same goes for a
// conclusion that is better than one it rests on. Nothing is judged anew, so a
// report is as good as the place where it was kept.
func (r *Report) UnmarshalJSON(data []byte) error {
	if isNull(data) {
		return nil
	}
	if err := r.read(data); err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	return nil
}

func (r *Report) read(data []byte) error {
	type plain Report
	var p plain
	if err := json.Unmarshal(data, &p); err != nil {
		return formError(err)
	}
	if p.Schema != Schema {
		return fmt.Errorf("%w: its schema is not %s", ErrSchema, Schema)
	}
	for _, signature := range p.Signatures {
		if slices.Contains(signature.Missing, "") { // null, which is asked for no word
			return fmt.Errorf("%w: a missing piece without name", ErrSchema)
		}
		if signature.Conclusion.worse(p.Conclusion) {
			return fmt.Errorf("%w: its conclusion is better than a signature's", ErrSchema)
		}
	}
	*r = Report(p)
	return nil
}

// MarshalJSON implements json.Marshaler. The form is named by LetterSchema and
// described by letter.schema.json beside this package; the summary and the
// report that was judged go along.
func (l Letter) MarshalJSON() ([]byte, error) {
	type plain Letter
	return json.Marshal(struct {
		Schema string `json:"schema"`
		plain
		Summary textPair `json:"summary"`
		Report  *Report  `json:"report"`
	}{LetterSchema, plain(l), textPair{l.Summary(Indonesian), l.Summary(English)}, l.report})
}

// UnmarshalJSON implements json.Unmarshaler, as that of Report does.
func (l *Letter) UnmarshalJSON(data []byte) error {
	if isNull(data) {
		return nil
	}
	type plain Letter
	var in struct {
		Schema string `json:"schema"`
		plain
		Report json.RawMessage `json:"report"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return fmt.Errorf("verify: %w", formError(err))
	}
	if in.Schema != LetterSchema {
		return fmt.Errorf("verify: %w: its schema is not %s", ErrSchema, LetterSchema)
	}
	in.plain.report = new(Report)
	if err := in.plain.report.read(in.Report); err != nil {
		return fmt.Errorf("verify: report of the letter: %w", err)
	}
	if in.plain.report.Conclusion.worse(in.Conclusion) {
		return fmt.Errorf("verify: %w: the letter's conclusion is better than the report's", ErrSchema)
	}
	for _, s := range in.Signers {
		if s.Signature < 0 || s.Signature > len(in.plain.report.Signatures) {
			return fmt.Errorf("verify: %w: no signature %d", ErrSchema, s.Signature)
		}
	}
	*l = Letter(in.plain)
	return nil
}

// formError gives an error of the decoder this package's name for it, and leaves
// out its text, which may quote what a field held.
func formError(err error) error {
	if errors.Is(err, ErrSchema) {
		return err
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return fmt.Errorf("%w: %s", ErrSchema, wrong.Field)
	}
	return ErrSchema
}

func isNull(data []byte) bool { return bytes.Equal(bytes.TrimSpace(data), []byte("null")) }

// MarshalJSON implements json.Marshaler. The texts go along, so that a
// reader of the JSON needs no table.
func (f Finding) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Code          Code          `json:"code"`
		Severity      Severity      `json:"severity"`
		SubIndication SubIndication `json:"sub_indication,omitempty"`
		Detail        string        `json:"detail,omitempty"`
		Reason        RejectReason  `json:"reason,omitempty"`
		Text          textPair      `json:"text"`
	}{f.Code, f.Code.Severity(), f.Code.SubIndication(), f.Detail, f.Reason,
		textPair{f.Text(Indonesian), f.Text(English)}})
}

// UnmarshalJSON implements json.Unmarshaler. Severity, sub-indication and texts
// are those of the code in this version.
func (f *Finding) UnmarshalJSON(data []byte) error {
	var in struct {
		Code   Code         `json:"code"`
		Detail string       `json:"detail"`
		Reason RejectReason `json:"reason"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return formError(err)
	}
	if in.Code == "" {
		return fmt.Errorf("%w: finding without code", ErrSchema)
	}
	*f = Finding{in.Code, in.Detail, in.Reason}
	return nil
}

// changeJSON is a Change in JSON.
type changeJSON struct {
	Kind    ChangeKind `json:"kind"`
	Page    int        `json:"page,omitempty"`
	Name    string     `json:"name,omitempty"`
	Place   *Place     `json:"place,omitempty"`
	Objects []int      `json:"objects,omitempty"`
	Vouched bool       `json:"vouched"`
	Text    textPair   `json:"text"`
}

// MarshalJSON implements json.Marshaler. The texts go along.
func (c Change) MarshalJSON() ([]byte, error) {
	return json.Marshal(changeJSON{c.Kind, c.Page, c.Name, c.Place, c.Objects, c.Vouched,
		textPair{c.Text(Indonesian), c.Text(English)}})
}

// UnmarshalJSON implements json.Unmarshaler.
func (c *Change) UnmarshalJSON(data []byte) error {
	var in changeJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return formError(err)
	}
	if in.Kind == "" {
		return fmt.Errorf("%w: change without kind", ErrSchema)
	}
	*c = Change{Kind: in.Kind, Page: in.Page, Name: in.Name, Place: in.Place, Objects: in.Objects, Vouched: in.Vouched}
	return nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (e *RejectedEvidence) UnmarshalJSON(data []byte) error {
	type plain RejectedEvidence
	var in plain
	if err := json.Unmarshal(data, &in); err != nil {
		return formError(err)
	}
	if in.Reason == "" {
		return fmt.Errorf("%w: rejected evidence without reason", ErrSchema)
	}
	*e = RejectedEvidence(in)
	return nil
}

// UnmarshalText implements encoding.TextUnmarshaler, as all below: a word that
// is none of the type's gives ErrSchema.
func (i *Indication) UnmarshalText(text []byte) error { return parseName(i, indicationNames[:], text) }

// UnmarshalText implements encoding.TextUnmarshaler.
func (a *Answer) UnmarshalText(text []byte) error { return parseName(a, answerNames[:], text) }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Severity) UnmarshalText(text []byte) error { return parseName(s, severityNames[:], text) }

// UnmarshalText implements encoding.TextUnmarshaler.
func (k *Kind) UnmarshalText(text []byte) error { return parseName(k, kindNames[:], text) }

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *Coverage) UnmarshalText(text []byte) error { return parseName(c, coverageNames[:], text) }

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *Modification) UnmarshalText(text []byte) error {
	return parseName(m, modificationNames[:], text)
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *Level) UnmarshalText(text []byte) error { return parseName(l, levelNames[:], text) }

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *Permission) UnmarshalText(text []byte) error { return parseName(p, permissionNames[:], text) }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *RevocationState) UnmarshalText(text []byte) error {
	return parseName(s, revocationNames[:], text)
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *TimeSource) UnmarshalText(text []byte) error { return parseName(s, timeSourceNames[:], text) }

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *Match) UnmarshalText(text []byte) error { return parseName(m, matchNames[:], text) }

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *Code) UnmarshalText(text []byte) error { return parseWord(c, codeRules, text) }

// UnmarshalText implements encoding.TextUnmarshaler.
func (k *ChangeKind) UnmarshalText(text []byte) error { return parseWord(k, changeTexts, text) }

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *Piece) UnmarshalText(text []byte) error { return parseWord(p, pieceTexts, text) }

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *RejectReason) UnmarshalText(text []byte) error {
	reason := RejectReason(text)
	if reason.rank() == len(rejectReasons) {
		return unknownWord(*r, text)
	}
	*r = reason
	return nil
}

func parseName[T ~uint8](to *T, names []string, text []byte) error {
	i := slices.Index(names, string(text))
	if i < 0 {
		return unknownWord(*to, text)
	}
	*to = T(i)
	return nil
}

func parseWord[T ~string, R any](to *T, known map[T]R, text []byte) error {
	word := T(text)
	if _, ok := known[word]; !ok {
		return unknownWord(word, text)
	}
	*to = word
	return nil
}

func unknownWord(kind any, text []byte) error {
	return fmt.Errorf("%w: %T of %d bytes", ErrSchema, kind, len(text)) // it may be somebody's number, misplaced
}
