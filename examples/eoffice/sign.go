package main

import (
	"bytes"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
)

// signView is the signing page: the very bytes that will be signed, the block,
// and where it goes.
type signView struct {
	letterView
	Step    int
	Block   bool
	Sketch  *sketch
	Problem *problem // of the last try
	Unknown bool
}

// sketch is a page in outline, with the place of the block. Numbers are points
// from the upper left corner.
type sketch struct {
	Page                  int
	PageWidth, PageHeight float64
	X, Y, Width, Height   float64
	Others                []signing.Rect
}

func (a *app) signPage(w http.ResponseWriter, r *http.Request, s *session) error {
	l, err := a.mine(r, s)
	if err != nil {
		return err
	}
	turn := l.turn(s.person.Username)
	if turn == nil || turn.Job != "" {
		http.Redirect(w, r, "/surat/"+l.ID, http.StatusSeeOther)
		return nil
	}
	v := signView{letterView: letterView{listed: a.list(l), KindText: kindText(l.Kind), CanGive: canGiveBack(&l, s.person.Username)},
		Step: l.next(), Block: turn.Kind == stepSign, Problem: turn.Problem, Unknown: turn.Unknown}
	v.Signers = a.signers(&l)
	if v.Block {
		if v.Sketch, err = a.sketch(r, &l, v.Step); err != nil {
			return err
		}
	}
	return a.render(w, http.StatusOK, "tandatangan", "Tanda tangani naskah", s, v)
}

// sketch outlines the page of a step.
func (a *app) sketch(r *http.Request, l *letter, index int) (*sketch, error) {
	placement, err := l.Layout.Placement(role(index))
	if err != nil {
		return nil, err
	}
	document, err := a.cfg.store.Document(r.Context(), l.ID, l.current().Number)
	if err != nil {
		return nil, err
	}
	width, height, err := signing.PageSize(bytes.NewReader(document), int64(len(document)), passphrase.Secret{}, placement.Page)
	if err != nil {
		return nil, err
	}
	at := placement.Rect
	out := &sketch{Page: placement.Page, PageWidth: width, PageHeight: height, X: at.X, Y: height - at.Y - at.Height, Width: at.Width, Height: at.Height}
	for _, place := range l.Layout.Places {
		if place.Page == placement.Page && place.Role != role(index) {
			o := place.Rect
			out.Others = append(out.Others, signing.Rect{X: o.X, Y: height - o.Y - o.Height, Width: o.Width, Height: o.Height})
		}
	}
	return out, nil
}

// sign takes the passphrase for one letter. The form says which bytes the person
// saw; others are not signed.
func (a *app) sign(w http.ResponseWriter, r *http.Request, s *session) error {
	l, err := a.mine(r, s)
	if err != nil {
		return err
	}
	if r.PostFormValue("setuju") == "" {
		return trouble(http.StatusUnprocessableEntity, "NOT_READ", helpSigner,
			"Nyatakan lebih dahulu bahwa naskah sudah dibaca dan disetujui.")
	}
	return a.submit(w, r, s, []approval{{l.ID, r.PostFormValue("sidik")}})
}

// submit hands letters and passphrase to the queue and shows its progress.
func (a *app) submit(w http.ResponseWriter, r *http.Request, s *session, approved []approval) error {
	if err := a.signings.take(s.person.Username); err != nil {
		return err
	}
	secret := passphrase.FromString(r.PostFormValue("passphrase"))
	defer secret.Destroy()
	id, err := a.queue.submit(r.Context(), s.person, approved, secret)
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/antrean/"+id, http.StatusSeeOther)
	return nil
}

// batchView is the page for signing many letters with one passphrase.
type batchView struct {
	Letters []listed
	Chosen  map[string]bool
}

func (a *app) batchPage(w http.ResponseWriter, r *http.Request, s *session) error {
	letters, err := a.cfg.store.Letters(r.Context(), s.person.Username, maxListed)
	if err != nil {
		return err
	}
	v := batchView{Chosen: map[string]bool{}}
	for _, l := range letters {
		if l.ready(s.person.Username) {
			v.Letters = append(v.Letters, a.list(l))
		}
	}
	if from := r.FormValue("dari"); from != "" {
		if j, err := a.cfg.store.Job(r.Context(), from); err == nil && j.Signer == s.person.Username {
			for _, it := range j.Items {
				v.Chosen[it.Letter] = it.State != itemSigned
			}
		}
	}
	return a.render(w, http.StatusOK, "massal", "Tanda tangani sekaligus", s, v)
}

func (a *app) batch(w http.ResponseWriter, r *http.Request, s *session) error {
	var approved []approval
	for _, chosen := range r.PostForm["surat"] {
		id, sum, _ := strings.Cut(chosen, ":")
		if slices.ContainsFunc(approved, func(p approval) bool { return p.Letter == id }) {
			continue
		}
		l, err := a.cfg.store.Letter(r.Context(), id)
		if err != nil || !l.visibleTo(s.person.Username) {
			return errNotFound
		}
		approved = append(approved, approval{id, sum})
	}
	if r.PostFormValue("setuju") == "" {
		return trouble(http.StatusUnprocessableEntity, "NOT_READ", helpSigner,
			"Nyatakan lebih dahulu bahwa naskah-naskah sudah dibaca dan disetujui.")
	}
	return a.submit(w, r, s, approved)
}

// canGiveBack: the signer whose turn it is, and the author while nobody signs.
func canGiveBack(l *letter, username string) bool {
	if l.ready(username) {
		return true
	}
	return l.Author == username && (l.State == stateDraft || l.State == stateSigning && preparable(l))
}

// giveBack ends a letter's way: a signer refuses it, or its author takes it back.
func (a *app) giveBack(w http.ResponseWriter, r *http.Request, s *session) error {
	l, err := a.mine(r, s)
	if err != nil {
		return err
	}
	reason := cleanText(r.PostFormValue("alasan"))
	if reason == "" || len(reason) > 4*maxFieldText {
		return trouble(http.StatusUnprocessableEntity, "REASON", helpSigner, "Tulis alasan pengembalian, paling panjang %d huruf.", maxFieldText)
	}
	_, err = a.cfg.store.ChangeLetter(r.Context(), l.ID, func(l *letter) ([]byte, error) {
		if !canGiveBack(l, s.person.Username) {
			return nil, errMoved
		}
		l.State = stateReturned
		l.note(a.cfg.now(), s.person.Username, "dikembalikan: %s", reason)
		return nil, nil
	})
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/surat/"+l.ID, http.StatusSeeOther)
	return nil
}

// decide settles a signature of which nobody knows whether the service made it:
// once more from the same bytes, or not at all.
func (a *app) decide(w http.ResponseWriter, r *http.Request, s *session) error {
	l, err := a.mine(r, s)
	if err != nil {
		return err
	}
	decision, known := map[string]esign.Decision{"lagi": esign.SignAgain, "henti": esign.Abandon}[r.PostFormValue("putusan")]
	turn := l.turn(s.person.Username)
	if !known || turn == nil || !turn.Unknown {
		return errMoved
	}
	if turn.Key != "" {
		// A client that was started since does not know the attempt.
		err := a.cfg.box.client.Reconcile(r.Context(), turn.Key, decision)
		if err != nil && !errors.Is(err, esign.CodeNotUnsettled) {
			return err
		}
	}
	_, err = a.cfg.store.ChangeLetter(r.Context(), l.ID, func(l *letter) ([]byte, error) {
		turn := l.turn(s.person.Username)
		if turn == nil || !turn.Unknown {
			return nil, errMoved
		}
		turn.Unknown, turn.Key, turn.Problem = false, "", nil
		if decision == esign.Abandon {
			l.State = stateReturned
			l.note(a.cfg.now(), s.person.Username, "dihentikan setelah hasil tanda tangan tidak diketahui")
			return nil, nil
		}
		l.note(a.cfg.now(), s.person.Username, "akan ditandatangani sekali lagi dari naskah yang sama")
		return nil, nil
	})
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/surat/"+l.ID, http.StatusSeeOther)
	return nil
}
