package mockbsre

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sertel-id/sertel/certificate"
)

// mailsPerPage is how many mails a page of the list shows.
const mailsPerPage = 50

// inboxList is the data of the list of mails.
type inboxList struct {
	To, Text string
	Kinds    []mailChoice
	Mails    []mailLine
	Count    int
	Newer    string // address of the page with newer ones; empty without
	Older    string
	Filter   []choice // the search, for the form that deletes what it found
}

type choice struct{ Name, Value string }

type mailChoice struct {
	Value, Text string
	Chosen      bool
}

type mailLine struct {
	ID              int
	To, At, Subject string
}

// searched reads a search from the address or a form.
func searched(values url.Values) Query {
	q := Query{To: strings.TrimSpace(values.Get("kepada")), Text: strings.TrimSpace(values.Get("cari"))}
	_ = q.Kind.UnmarshalText([]byte(values.Get("jenis"))) // all kinds unless it is one
	return q
}

func (q Query) values() []choice {
	list := []choice{{"kepada", q.To}, {"cari", q.Text}}
	if q.Kind != 0 {
		list = append(list, choice{"jenis", q.Kind.String()})
	}
	return list
}

// inboxPage lists the mails, newest first. Anybody may read them: nobody's are
// in there.
func (v *visit) inboxPage() {
	q := searched(v.URL.Query())
	found := v.srv.Inbox.Search(q)
	slices.Reverse(found)
	list := inboxList{To: q.To, Text: q.Text, Count: len(found), Filter: q.values()}
	for _, kind := range certificate.MailKinds() {
		list.Kinds = append(list.Kinds, mailChoice{kind.String(), certificate.Mail{Kind: kind}.Subject(indonesian), kind == q.Kind})
	}
	number, err := strconv.Atoi(v.URL.Query().Get("halaman"))
	if last := (len(found) - 1) / mailsPerPage; err != nil || number < 0 || number > last {
		number = 0
	}
	first := number * mailsPerPage
	if number > 0 {
		list.Newer = inboxAddress(q, number-1)
	}
	if first+mailsPerPage < len(found) {
		list.Older = inboxAddress(q, number+1)
	}
	for _, m := range found[first:min(first+mailsPerPage, len(found))] {
		list.Mails = append(list.Mails, mailLine{m.ID, m.To, v.moment(m.At), m.Subject})
	}
	v.show(http.StatusOK, "surat.html", page{Title: "Kotak surat", Body: list})
}

func inboxAddress(q Query, number int) string {
	values := url.Values{"halaman": {strconv.Itoa(number)}}
	for _, c := range q.values() {
		if c.Value != "" {
			values.Set(c.Name, c.Value)
		}
	}
	return inboxPath + "?" + values.Encode()
}

// latestMail leads to the newest mail of a search.
func (v *visit) latestMail() {
	m, err := v.srv.Inbox.Latest(searched(v.URL.Query()))
	if err != nil {
		v.message(http.StatusNotFound, "Tidak ada surat", "Tidak ada surat yang cocok dengan pencarian.")
		return
	}
	v.redirect(inboxPath + strconv.Itoa(m.ID))
}

// openMail is the data of one mail.
type openMail struct {
	mailLine
	Text  []segment
	Codes []string
}

// segment is a piece of a mail's text, with an address if it is a link.
type segment struct{ Text, Link string }

func (v *visit) mail() (Message, bool) {
	id, err := strconv.Atoi(v.PathValue("id"))
	if err == nil {
		var m Message
		if m, err = v.srv.Inbox.Message(id); err == nil {
			return m, true
		}
	}
	v.message(http.StatusNotFound, "Tidak ada surat", "Surat ini tidak ada atau sudah dihapus.")
	return Message{}, false
}

func (v *visit) mailPage() {
	m, ok := v.mail()
	if !ok {
		return
	}
	v.show(http.StatusOK, "surat-isi.html", page{Title: m.Subject, Body: openMail{
		mailLine: mailLine{m.ID, m.To, v.moment(m.At), m.Subject}, Text: v.segments(m), Codes: m.Codes,
	}})
}

// segments cuts the text at its links.
func (v *visit) segments(m Message) []segment {
	var list []segment
	rest := m.Text
	for _, link := range m.Links {
		before, after, found := strings.Cut(rest, link)
		if !found {
			continue
		}
		list = append(list, segment{Text: before}, segment{Text: link, Link: v.local(link)})
		rest = after
	}
	return append(list, segment{Text: rest})
}

func (v *visit) deleteMail() {
	m, ok := v.mail()
	if !ok {
		return
	}
	if err := v.srv.Inbox.Delete(m.ID); err != nil && !errors.Is(err, ErrNoMail) {
		v.refuse(http.StatusInternalServerError)
		return
	}
	v.redirect(inboxPath + "?info=surat-dihapus")
}

// deleteMails deletes what a search found.
func (v *visit) deleteMails() {
	v.srv.Inbox.Remove(searched(v.form))
	v.redirect(inboxPath + "?info=surat-dihapus")
}
