package mockbsre

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"time"
)

// wireFault is a fault, of a kind with what is changed of it, or one's own.
type wireFault struct {
	Kind        FaultKind     `json:"kind,omitempty"`
	Applied     *bool         `json:"applied,omitempty"`
	Revoke      *bool         `json:"revoke,omitempty"`
	Skew        *wireDuration `json:"skew,omitempty"`
	Delay       *wireDuration `json:"delay,omitempty"`
	BodyDelay   *wireDuration `json:"body_delay,omitempty"`
	RealTime    *bool         `json:"real_time,omitempty"`
	Status      *int          `json:"status,omitempty"`
	RetryAfter  *wireDuration `json:"retry_after,omitempty"`
	Malformed   *bool         `json:"malformed,omitempty"`
	Body        *string       `json:"body,omitempty"`
	ContentType *string       `json:"content_type,omitempty"`
	Document    DocumentFault `json:"document,omitempty"`
	Cut         *bool         `json:"cut,omitempty"`
	CutAfter    *int          `json:"cut_after,omitempty"`
	CutHalf     *bool         `json:"cut_half,omitempty"`
}

// fault is what the text says.
func (w wireFault) fault() (Fault, error) {
	f := w.Kind.Fault()
	if w.Kind != "" && f.Kind == "" {
		return f, fmt.Errorf("%w: there is no kind %.40q", ErrFault, string(w.Kind))
	}
	set(&f.Applied, w.Applied)
	set(&f.Revoke, w.Revoke)
	set(&f.RealTime, w.RealTime)
	set(&f.Status, w.Status)
	set(&f.Malformed, w.Malformed)
	set(&f.Body, w.Body)
	set(&f.ContentType, w.ContentType)
	set(&f.Cut, w.Cut)
	set(&f.CutAfter, w.CutAfter)
	set(&f.CutHalf, w.CutHalf)
	set(&f.Skew, (*time.Duration)(w.Skew))
	set(&f.Delay, (*time.Duration)(w.Delay))
	set(&f.BodyDelay, (*time.Duration)(w.BodyDelay))
	set(&f.RetryAfter, (*time.Duration)(w.RetryAfter))
	if w.Document != DocumentWhole {
		f.Document = w.Document
	}
	return f, nil
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// given is a value that is not zero.
func given[T comparable](value T) *T {
	var zero T
	if value == zero {
		return nil
	}
	return &value
}

func faultOnWire(f Fault) wireFault {
	return wireFault{
		Kind: f.Kind, Applied: given(f.Applied), Revoke: given(f.Revoke), RealTime: given(f.RealTime), Status: given(f.Status),
		Malformed: given(f.Malformed), Body: given(f.Body), ContentType: given(f.ContentType), Document: f.Document,
		Cut: given(f.Cut), CutAfter: given(f.CutAfter), CutHalf: given(f.CutHalf),
		Skew: given(wireDuration(f.Skew)), Delay: given(wireDuration(f.Delay)),
		BodyDelay: given(wireDuration(f.BodyDelay)), RetryAfter: given(wireDuration(f.RetryAfter)),
	}
}

type wireRule struct {
	Operation   Operation `json:"operation,omitempty"`
	First       int       `json:"first,omitempty"`
	Last        int       `json:"last,omitempty"`
	Probability float64   `json:"probability,omitempty"`
	wireFault
}

type wireScript struct {
	Seed    uint64     `json:"seed"`
	Hostile bool       `json:"hostile"`
	Rules   []wireRule `json:"rules"`
	Pending int        `json:"pending"` // planned for next calls; of the answer alone
}

func (s *Server) adminFaults(*http.Request) (any, error) {
	script := s.Faults()
	w := wireScript{Seed: script.Seed, Hostile: script.Hostile, Rules: []wireRule{}, Pending: s.PendingFaults()}
	for _, r := range script.Rules {
		w.Rules = append(w.Rules, wireRule{r.Operation, r.First, r.Last, r.Probability, faultOnWire(r.Fault)})
	}
	return w, nil
}

func (s *Server) adminSetFaults(r *http.Request) (any, error) {
	var in wireScript
	if err := readAdmin(r, &in); err != nil {
		return nil, err
	}
	script := FaultScript{Seed: in.Seed, Hostile: in.Hostile}
	for _, w := range in.Rules {
		f, err := w.fault()
		if err != nil {
			return nil, err
		}
		script.Rules = append(script.Rules, FaultRule{w.Operation, w.First, w.Last, w.Probability, f})
	}
	if err := s.SetFaults(script); err != nil {
		return nil, err
	}
	return s.adminFaults(r)
}

func (s *Server) adminClearFaults(*http.Request) (any, error) {
	s.ClearFaults()
	return nil, nil
}

func (s *Server) adminFailNext(r *http.Request) (any, error) {
	var in struct {
		Operation Operation `json:"operation"`
		wireFault
	}
	if err := readAdmin(r, &in); err != nil {
		return nil, err
	}
	f, err := in.fault()
	if err != nil {
		return nil, err
	}
	return nil, s.failNext(in.Operation, f)
}

func (s *Server) adminKinds(*http.Request) (any, error) {
	type kind struct {
		Kind  FaultKind `json:"kind"`
		Finds string    `json:"finds"`
		Fault wireFault `json:"fault"`
	}
	kinds := []kind{}
	for _, k := range FaultKinds() {
		kinds = append(kinds, kind{k, "a client that " + k.Finds(), faultOnWire(k.Fault())})
	}
	return map[string]any{"kinds": kinds, "operations": operations}, nil
}

type wireExchange struct {
	At        time.Time         `json:"at"`
	Operation Operation         `json:"operation"`
	Method    string            `json:"method"`
	Path      string            `json:"path"`
	Fields    map[string]string `json:"fields"` // masked
	Files     []File            `json:"files"`
	Status    int               `json:"status"`
	Fault     *wireFault        `json:"fault,omitempty"`
	Remarks   []string          `json:"remarks"`
}

func (s *Server) adminJournal(r *http.Request) (any, error) {
	found, err := newestOf(r, s.Journal())
	if err != nil {
		return nil, err
	}
	calls := make([]wireExchange, len(found))
	for i, x := range found {
		w := wireExchange{At: x.At.UTC(), Operation: x.Operation, Method: x.Method, Path: x.Path, Status: x.Status,
			Fields: map[string]string{}, Files: append([]File{}, x.Files...), Remarks: []string{}}
		for _, f := range x.Fields {
			w.Fields[f.Name] = f.Value
		}
		for _, remark := range x.Remarks {
			w.Remarks = append(w.Remarks, remark.String())
		}
		if x.Fault != nil {
			fault := faultOnWire(*x.Fault)
			w.Fault = &fault
		}
		calls[i] = w
	}
	return map[string]any{"calls": calls}, nil
}

func (s *Server) adminClearJournal(*http.Request) (any, error) {
	s.ClearJournal()
	return nil, nil
}

func (s *Server) adminSignatures(r *http.Request) (any, error) {
	type signature struct {
		At           time.Time `json:"at"`
		Operation    Operation `json:"operation"`
		Seal         string    `json:"seal,omitempty"`
		Field        string    `json:"field"`
		InputSHA256  string    `json:"input_sha256"`
		OutputSHA256 string    `json:"output_sha256"`
	}
	found, err := newestOf(r, s.Signatures())
	if err != nil {
		return nil, err
	}
	signatures := make([]signature, len(found))
	for i, m := range found {
		signatures[i] = signature{m.At.UTC(), m.Operation, m.Seal, m.Field, hex.EncodeToString(m.InputSHA256[:]), hex.EncodeToString(m.OutputSHA256[:])}
	}
	return map[string]any{"signatures": signatures}, nil
}

func (s *Server) adminStrict(*http.Request) (any, error) {
	texts := []string{}
	for _, err := range s.StrictErrors() {
		texts = append(texts, err.Error())
	}
	return map[string]any{"strict": s.cfg.Strict, "errors": texts}, nil
}
