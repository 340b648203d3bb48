package certificate

import (
	"encoding"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sertel-id/sertel/certificate/identity"
)

// ErrRecord is returned for stored bytes that are no record of this version.
var ErrRecord = errors.New("certificate: stored record not readable")

// recordVersion is written into every stored record.
const recordVersion = 1

// wireRecord is a record as stores keep it. It is the one place where personal values are
// written in whole, because the values themselves marshal masked.
type wireRecord struct {
	Version      int                   `json:"v"`
	ID           PersonID              `json:"id"`
	SubjectID    string                `json:"subject_id"`
	NIK          string                `json:"nik,omitempty"`
	Name         string                `json:"name,omitempty"`
	SIASNMail    string                `json:"siasn_mail,omitempty"`
	Phone        string                `json:"phone,omitempty"`
	Employment   Employment            `json:"employment"`
	Agency       string                `json:"agency"`
	Numbers      []Dated[string]       `json:"numbers,omitempty"`
	WorkMails    []Dated[string]       `json:"work_mails,omitempty"`
	Offices      []Dated[Office]       `json:"offices,omitempty"`
	State        Status                `json:"state"`
	History      []Change              `json:"history,omitempty"`
	Certificates []Certificate         `json:"certificates,omitempty"`
	Agreements   []wireAcceptance      `json:"agreements,omitempty"`
	Tokens       []StoredToken         `json:"tokens,omitempty"`
	Activation   *Activation           `json:"activation,omitempty"`
	Issuance     *Issuance             `json:"issuance,omitempty"`
	NewWorkMail  string                `json:"new_work_mail,omitempty"`
	Asked        map[Purpose]time.Time `json:"asked,omitempty"`
	Barred       bool                  `json:"barred,omitempty"`
	Mails        []wireMail            `json:"mails,omitempty"`
	Tasks        []Task                `json:"tasks,omitempty"`
}

type wireMail struct {
	ID        string    `json:"id"`
	Kind      MailKind  `json:"kind"`
	To        string    `json:"to"`
	CreatedAt time.Time `json:"created_at"`
	Serial    Serial    `json:"serial,omitzero"`
	NotBefore time.Time `json:"not_before,omitzero"`
	Attempts  int       `json:"attempts,omitempty"`
}

type wireAcceptance struct {
	Kind    AgreementKind `json:"kind"`
	Version string        `json:"version"`
	SHA256  string        `json:"sha256"`
	At      time.Time     `json:"at"`
}

// MarshalBinary writes the record for a [Store], with personal data in whole and without the
// audit entries, which a store keeps apart ([Record.NewAudit]). Whoever stores it protects it.
func (r *Record) MarshalBinary() ([]byte, error) {
	w := wireRecord{
		Version: recordVersion, ID: r.ID, SubjectID: r.SubjectID,
		NIK: r.NIK.Digits(), Name: r.Name.Full(), SIASNMail: r.SIASNMail.Address(), Phone: r.Phone.E164(),
		Employment: r.Employment, Agency: r.Agency,
		Numbers:   mapDated(r.Numbers, identity.EmployeeNumber.Digits),
		WorkMails: mapDated(r.WorkMails, identity.Email.Address),
		Offices:   r.Offices, State: r.State, History: r.History, Certificates: r.Certificates,
		Tokens: r.Tokens, Activation: r.Activation, Issuance: r.Issuance,
		NewWorkMail: r.NewWorkMail.Address(), Asked: r.Asked, Barred: r.Barred, Tasks: r.Tasks,
	}
	for _, a := range r.Agreements {
		w.Agreements = append(w.Agreements, wireAcceptance{a.Kind, a.Version, hex.EncodeToString(a.SHA256[:]), a.At})
	}
	for _, m := range r.Mails {
		w.Mails = append(w.Mails, wireMail{m.ID, m.Kind, m.To.Address(), m.CreatedAt, m.Serial, m.NotBefore, m.Attempts})
	}
	return json.Marshal(w)
}

func mapDated[T, U any](list []Dated[T], f func(T) U) []Dated[U] {
	var out []Dated[U]
	for _, d := range list {
		out = append(out, Dated[U]{f(d.Value), d.From, d.Until})
	}
	return out
}

// UnmarshalBinary reads what MarshalBinary wrote and checks every value anew. Errors match
// [ErrRecord] and hold no value.
func (r *Record) UnmarshalBinary(data []byte) error {
	var w wireRecord
	if err := json.Unmarshal(data, &w); err != nil {
		return fmt.Errorf("%w: not in form", ErrRecord) // the cause may quote what is stored
	}
	if w.Version != recordVersion {
		return fmt.Errorf("%w: version %d", ErrRecord, w.Version)
	}
	d := decoder{}
	out := Record{
		ID: w.ID, SubjectID: w.SubjectID,
		NIK:        decode(&d, "nik", w.NIK, identity.ParseNIK),
		Name:       decode(&d, "name", w.Name, identity.ParseName),
		SIASNMail:  decode(&d, "siasn_mail", w.SIASNMail, identity.ParseEmail),
		Phone:      decode(&d, "phone", w.Phone, identity.ParsePhone),
		Employment: w.Employment, Agency: w.Agency,
		Numbers:   decodeDated(&d, "numbers", w.Numbers, identity.ParseEmployeeNumber),
		WorkMails: decodeDated(&d, "work_mails", w.WorkMails, identity.ParseEmail),
		Offices:   w.Offices, State: w.State, History: w.History, Certificates: w.Certificates,
		Tokens: w.Tokens, Activation: w.Activation, Issuance: w.Issuance,
		NewWorkMail: decode(&d, "new_work_mail", w.NewWorkMail, identity.ParseEmail),
		Asked:       w.Asked, Barred: w.Barred, Tasks: w.Tasks,
	}
	for _, c := range w.History {
		d.known("history", c.Event) // every status can be stored, the zero too
	}
	for _, t := range w.Tokens {
		d.known("tokens", t.Purpose, t.State)
	}
	for _, a := range w.Agreements {
		d.known("agreements", a.Kind)
		acceptance := Acceptance{Kind: a.Kind, Version: a.Version, At: a.At}
		hash, err := hex.DecodeString(a.SHA256)
		if err != nil || len(hash) != len(acceptance.SHA256) {
			d.fail("agreements")
		}
		copy(acceptance.SHA256[:], hash)
		out.Agreements = append(out.Agreements, acceptance)
	}
	for _, m := range w.Mails {
		d.known("mails", m.Kind)
		out.Mails = append(out.Mails, MailIntent{
			m.ID, m.Kind, decode(&d, "mails", m.To, identity.ParseEmail), m.CreatedAt, m.Serial, m.NotBefore, m.Attempts,
		})
	}
	if d.err != nil {
		return d.err
	}
	*r = out
	return nil
}

// decoder keeps the first field that could not be read.
type decoder struct{ err error }

func (d *decoder) fail(field string) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: field %s", ErrRecord, field)
	}
}

// known fails where a word is absent: its zero could be read, but not be stored again.
func (d *decoder) known(field string, words ...encoding.TextMarshaler) {
	for _, word := range words {
		if _, err := word.MarshalText(); err != nil {
			d.fail(field)
		}
	}
}

// decode parses a value that may be absent.
func decode[T any](d *decoder, field, text string, parse func(string) (T, error)) T {
	var zero T
	if text == "" {
		return zero
	}
	v, err := parse(text)
	if err != nil {
		d.fail(field)
		return zero
	}
	return v
}

func decodeDated[T any](d *decoder, field string, list []Dated[string], parse func(string) (T, error)) []Dated[T] {
	return mapDated(list, func(text string) T { return decode(d, field, text, parse) })
}

// clone returns a deep copy without the new audit entries.
func (r *Record) clone() (*Record, error) {
	data, err := r.MarshalBinary()
	if err != nil {
		return nil, err
	}
	out := new(Record)
	return out, out.UnmarshalBinary(data)
}
