package main

import (
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/sertel-id/sertel/signing/appearance"
)

// maxListed bounds the letters on the first page.
const maxListed = 200

// listed is a letter in a list.
type listed struct {
	letter
	AuthorName string
	NextName   string // whose turn it is
}

// homeView is the first page: what waits for the person, and the rest.
type homeView struct {
	Waiting, Others []listed
}

func (a *app) list(l letter) listed {
	out := listed{letter: l, AuthorName: a.cfg.people.name(l.Author)}
	if i := l.next(); i >= 0 {
		out.NextName = a.cfg.people.name(l.Steps[i].Signer)
	}
	return out
}

func (a *app) home(w http.ResponseWriter, r *http.Request, s *session) error {
	letters, err := a.cfg.store.Letters(r.Context(), s.person.Username, maxListed)
	if err != nil {
		return err
	}
	var v homeView
	for _, l := range letters {
		if l.turn(s.person.Username) != nil {
			v.Waiting = append(v.Waiting, a.list(l))
		} else {
			v.Others = append(v.Others, a.list(l))
		}
	}
	return a.render(w, http.StatusOK, "beranda", "Naskah", s, v)
}

// mine returns the letter of a request if the person may see it. Others learn
// nothing, not even that it exists.
func (a *app) mine(r *http.Request, s *session) (letter, error) {
	l, err := a.cfg.store.Letter(r.Context(), r.PathValue("id"))
	if err != nil {
		return letter{}, err
	}
	if !l.visibleTo(s.person.Username) {
		return letter{}, errNotFound
	}
	return l, nil
}

// letterView is the page of one letter.
type letterView struct {
	listed
	Signers    []signerView
	Mine       bool // the reader is its author
	Ready      bool // the reader can be asked for the passphrase
	Undecided  bool // the reader has to decide about an unknown outcome
	InJob      string
	CanGive    bool // the reader may give it back
	KindText   string
	VerifyPage string
	History    []historyLine
}

// signerView is one signer on a page.
type signerView struct {
	Index    int
	Name     string
	Position string
	Kind     stepKind
	State    string
	Page     int // where the block goes; 0 for an invisible one
	Signed   *signature
	Problem  *problem
}

type historyLine struct {
	event
	Name string
}

func (a *app) letterPage(w http.ResponseWriter, r *http.Request, s *session) error {
	l, err := a.mine(r, s)
	if err != nil {
		return err
	}
	username := s.person.Username
	v := letterView{
		listed: a.list(l), Signers: a.signers(&l), Mine: l.Author == username, Ready: l.ready(username),
		KindText: kindText(l.Kind), CanGive: canGiveBack(&l, username),
	}
	if turn := l.turn(username); turn != nil {
		v.Undecided, v.InJob = turn.Unknown, turn.Job
	}
	if l.signed() > 0 {
		v.VerifyPage = "/v/" + l.Token
	}
	for _, e := range l.Events {
		name := "E-office"
		if e.Who != "" {
			name = a.cfg.people.name(e.Who)
		}
		v.History = append(v.History, historyLine{e, name})
	}
	return a.render(w, http.StatusOK, "naskah", l.Subject, s, v)
}

func (a *app) signers(l *letter) []signerView {
	var out []signerView
	next := l.next()
	for i, st := range l.Steps {
		v := signerView{Index: i, Name: a.cfg.people.name(st.Signer), Kind: st.Kind, Signed: st.Done, Problem: st.Problem, State: "Belum giliran"}
		if o := a.cfg.people.find(st.Signer); o != nil {
			v.Position = o.Position()
		}
		if l.Layout != nil {
			if places := l.Layout.Of(role(i)); len(places) == 1 {
				v.Page = places[0].Page
			}
		}
		switch {
		case st.Done != nil:
			v.State, v.Name, v.Position = "Sudah", st.Done.Name, st.Done.Position
		case st.Unknown:
			v.State = "Hasil belum diketahui"
		case st.Job != "":
			v.State = "Sedang ditandatangani"
		case i == next:
			v.State = "Gilirannya"
		case l.State == stateReturned:
			v.State = "Tidak dilanjutkan"
		}
		out = append(out, v)
	}
	return out
}

// letterPDF serves a version of the document, the newest unless asked otherwise,
// to be shown or, with unduh, to be kept.
func (a *app) letterPDF(w http.ResponseWriter, r *http.Request, s *session) error {
	l, err := a.mine(r, s)
	if err != nil {
		return err
	}
	number := l.current().Number
	if asked := r.FormValue("versi"); asked != "" {
		if number, err = strconv.Atoi(asked); err != nil || number < 1 || number > len(l.Versions) {
			return errNotFound
		}
	}
	return a.servePDF(w, r, &l, number)
}

func (a *app) servePDF(w http.ResponseWriter, r *http.Request, l *letter, number int) error {
	document, err := a.cfg.store.Document(r.Context(), l.ID, number)
	if err != nil {
		return err
	}
	framed(w)
	disposition := "inline"
	if r.FormValue("unduh") != "" {
		disposition = "attachment"
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Length", strconv.Itoa(len(document)))
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": fileName(l)}))
	_, _ = w.Write(document)
	return nil
}

// fileName is the subject in letters that every file system takes.
func fileName(l *letter) string {
	var out strings.Builder
	for _, c := range strings.ToLower(l.Subject) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			out.WriteRune(c)
		case out.Len() > 0 && !strings.HasSuffix(out.String(), "-"):
			out.WriteByte('-')
		}
		if out.Len() >= 60 {
			break
		}
	}
	name := strings.Trim(out.String(), "-")
	if name == "" {
		name = "naskah"
	}
	return name + ".pdf"
}

// letterKind is a group of letters.
type letterKind struct {
	Kind appearance.Kind
	Text string
}

// kinds are the groups of letters to choose from, as far as names are written
// differently in them (Permendagri 1/2023 art. 44).
var kinds = []letterKind{
	{appearance.Correspondence, "Korespondensi (surat dinas, undangan, nota dinas)"},
	{appearance.Assigning, "Penugasan (surat perintah, surat tugas)"},
	{appearance.Special, "Khusus (berita acara, surat edaran, surat keterangan)"},
	{appearance.Deciding, "Penetapan (keputusan)"},
	{appearance.Regulating, "Pengaturan (peraturan)"},
	{appearance.Charter, "Piagam atau sertifikat"},
}

func kindText(kind appearance.Kind) string {
	for _, k := range kinds {
		if k.Kind == kind {
			return k.Text
		}
	}
	return fmt.Sprint(kind)
}
