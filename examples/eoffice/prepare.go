package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

const (
	maxSigners    = 5
	defaultWidth  = 240 // points
	defaultHeight = 80
)

// Where a block goes.
const (
	placeTag      = "tag"      // at the tag, which must stand there once
	placeFirstTag = "pertama"  // at the first of several
	placeLastTag  = "terakhir" // at the last of several
	placeCorner   = "sudut"    // the lower right corner of the last page
)

// signerRow is one row of the form: who signs, how, and where it shows.
type signerRow struct {
	Index  int
	Signer string
	Kind   stepKind
	Tag    string
	Place  string
}

// prepareForm is the preparation page's content.
type prepareForm struct {
	letter
	Rows          []signerRow
	People        []*official
	Width, Height float64
	Footer        string // "", "akhir" or "semua"
	Problems      []*problem
}

// rowView is a row with the people to choose from.
type rowView struct {
	Row    signerRow
	People []*official
}

// firstRows are shown at once, the others when they are asked for.
const firstRows = 2

// First are the rows that are shown at once.
func (f prepareForm) First() []rowView { return f.rows(0, firstRows) }

// More are the other rows.
func (f prepareForm) More() []rowView { return f.rows(firstRows, len(f.Rows)) }

// MoreOpen tells that one of the other rows is in use.
func (f prepareForm) MoreOpen() bool {
	return slices.ContainsFunc(f.Rows[firstRows:], func(r signerRow) bool { return r.Signer != "" })
}

func (f prepareForm) rows(from, to int) []rowView {
	var out []rowView
	for _, row := range f.Rows[from:to] {
		out = append(out, rowView{row, f.People})
	}
	return out
}

func (a *app) prepareForm(l letter) prepareForm {
	f := prepareForm{letter: l, People: a.cfg.people.people, Width: defaultWidth, Height: defaultHeight, Footer: "akhir"}
	tags := append([]foundTag(nil), l.Tags...)
	for i := range maxSigners {
		row := signerRow{Index: i, Kind: stepSign, Place: placeTag}
		if i < len(tags) {
			row.Tag = tags[i].Tag
			if len(tags[i].Pages) > 1 {
				row.Place = placeLastTag
			}
		}
		f.Rows = append(f.Rows, row)
	}
	return f
}

// draft returns the letter of a request if its author may prepare it now.
func (a *app) draft(r *http.Request, s *session) (letter, error) {
	l, err := a.mine(r, s)
	if err != nil {
		return letter{}, err
	}
	if l.Author != s.person.Username || !preparable(&l) {
		return letter{}, trouble(http.StatusConflict, "NOT_DRAFT", helpAuthor,
			"Naskah ini tidak dapat disiapkan: bukan konsep Anda, atau sudah ada yang menandatangani.")
	}
	return l, nil
}

// preparable: nobody has signed, and nobody is about to.
func preparable(l *letter) bool {
	if l.State == stateReturned || l.State == stateDone || l.signed() > 0 {
		return false
	}
	return !slices.ContainsFunc(l.Steps, func(s step) bool { return s.Job != "" || s.Unknown })
}

func (a *app) preparePage(w http.ResponseWriter, r *http.Request, s *session) error {
	l, err := a.draft(r, s)
	if err != nil {
		return err
	}
	return a.render(w, http.StatusOK, "siapkan", "Siapkan naskah", s, a.prepareForm(l))
}

// prepare finds the signers' places, covers the tags and draws the footer, all
// before the first signature: after it nothing of the pages may change.
func (a *app) prepare(w http.ResponseWriter, r *http.Request, s *session) error {
	l, err := a.draft(r, s)
	if err != nil {
		return err
	}
	f := a.prepareForm(l)
	f.read(r)
	steps, options, err := f.plan(a.cfg.people)
	if err == nil {
		err = a.prepareLetter(r.Context(), &l, steps, options)
	}
	if err == nil {
		http.Redirect(w, r, "/surat/"+l.ID, http.StatusSeeOther)
		return nil
	}
	for _, one := range separate(err) {
		p := problemOf(one)
		if p.Status >= http.StatusInternalServerError {
			return err
		}
		var stop *stopped
		if errors.As(one, &stop) {
			p = p.about(stop.step)
		}
		f.Problems = append(f.Problems, p)
	}
	a.cfg.log.Info("prepare", "letter", l.ID, "error", err)
	return a.render(w, http.StatusUnprocessableEntity, "siapkan", "Siapkan naskah", s, f)
}

// separate takes joined errors apart, so that each gets its own words.
func separate(err error) []error {
	var own *problem
	if joined, ok := err.(interface{ Unwrap() []error }); ok && !errors.As(err, &own) {
		return joined.Unwrap()
	}
	return []error{err}
}

// about adds which signer it is about.
func (p *problem) about(step int) *problem {
	out := *p
	out.Text = fmt.Sprintf("Penanda tangan %d: %s", step+1, p.Text)
	return &out
}

// read takes what was typed over what was proposed.
func (f *prepareForm) read(r *http.Request) {
	for i := range f.Rows {
		n := strconv.Itoa(i)
		f.Rows[i] = signerRow{
			Index: i, Signer: r.PostFormValue("pejabat" + n), Kind: stepKind(r.PostFormValue("cara" + n)),
			Tag: strings.TrimSpace(r.PostFormValue("tanda" + n)), Place: r.PostFormValue("letak" + n),
		}
	}
	f.Footer = r.PostFormValue("kaki")
	f.Width, _ = strconv.ParseFloat(r.PostFormValue("lebar"), 64)
	f.Height, _ = strconv.ParseFloat(r.PostFormValue("tinggi"), 64)
}

// plan turns the form into steps and what has to be done to the PDF.
func (f *prepareForm) plan(people *directory) ([]step, signing.LetterOptions, error) {
	var steps []step
	var options signing.LetterOptions
	refuse := func(format string, args ...any) error {
		return trouble(http.StatusUnprocessableEntity, "PLAN", helpAuthor, format, args...)
	}
	if !(f.Width >= 60 && f.Width <= 500 && f.Height >= 40 && f.Height <= 300) {
		return nil, options, refuse("Lebar blok 60 sampai 500 poin, tinggi 40 sampai 300 poin.")
	}
	for _, row := range f.Rows {
		if row.Signer == "" {
			continue
		}
		switch {
		case people.find(row.Signer) == nil:
			return nil, options, refuse("Pilih penanda tangan dari daftar.")
		case slices.ContainsFunc(steps, func(s step) bool { return s.Signer == row.Signer }):
			return nil, options, refuse("Setiap penanda tangan hanya satu kali.")
		case row.Kind != stepSign && row.Kind != stepInitial:
			return nil, options, refuse("Pilih tanda tangan atau paraf.")
		}
		steps = append(steps, step{Signer: row.Signer, Kind: row.Kind})
		if row.Kind == stepInitial {
			continue
		}
		placement, err := row.placement(f.Width, f.Height)
		if err != nil {
			return nil, options, err
		}
		options.Roles = append(options.Roles, signing.LetterRole{Role: role(len(steps) - 1), Placement: placement})
	}
	if len(steps) == 0 {
		return nil, options, refuse("Pilih sedikitnya satu penanda tangan.")
	}
	if f.Footer != "" {
		options.Footer = &signing.PageFooter{Footer: appearance.LegalFooter(), AllPages: f.Footer == "semua"}
	}
	return steps, options, nil
}

func (row signerRow) placement(width, height float64) (signing.Placement, error) {
	p := signing.Placement{Anchor: row.Tag, Width: width, Height: height}
	switch row.Place {
	case placeTag:
	case placeFirstTag:
		p.Which = signing.FirstTag
	case placeLastTag:
		p.Which = signing.LastTag
	case placeCorner:
		return signing.Placement{Page: signing.LastPage, Corner: signing.BottomRight,
			Rect: signing.Rect{X: 56, Y: 90, Width: width, Height: height}}, nil
	default:
		return p, trouble(http.StatusUnprocessableEntity, "PLACE", helpAuthor, "Pilih letak blok.")
	}
	if row.Tag == "" || len(row.Tag) > 64 {
		return p, trouble(http.StatusUnprocessableEntity, "NO_TAG", helpAuthor,
			"Isi penanda letak, misalnya ^, atau pilih letak di sudut kanan bawah.")
	}
	return p, nil
}

// prepareLetter writes the prepared version, from the upload: a letter that is
// prepared again begins anew.
func (a *app) prepareLetter(ctx context.Context, l *letter, steps []step, options signing.LetterOptions) error {
	upload, err := a.cfg.store.Document(ctx, l.ID, 1)
	if err != nil {
		return err
	}
	warnings, err := a.preflight(ctx, l, upload, steps, options)
	if err != nil {
		return err
	}
	prepared, layout := upload, (*signing.Layout)(nil)
	if len(options.Roles) > 0 || options.Footer != nil {
		var out bytes.Buffer
		found, err := signing.PrepareLetter(ctx, &out, bytes.NewReader(upload), int64(len(upload)), options)
		if err != nil {
			return err
		}
		prepared, layout = out.Bytes(), &found
	}
	_, err = a.cfg.store.ChangeLetter(ctx, l.ID, func(now *letter) ([]byte, error) {
		if !preparable(now) || len(now.Versions) != len(l.Versions) {
			return nil, errMoved
		}
		now.Steps, now.State, now.Layout, now.Warnings = steps, stateSigning, layout, warnings
		now.addVersion(prepared, "disiapkan", a.cfg.now())
		now.note(a.cfg.now(), l.Author, "disiapkan untuk %d penanda tangan", len(steps))
		return prepared, nil
	})
	return err
}

// preflight looks at every signer's place and block, so that what is wrong is told
// to the author and not to the last signer. What only spoils a letter, such as a
// block over its text, is a warning.
func (a *app) preflight(ctx context.Context, l *letter, upload []byte, steps []step, options signing.LetterOptions) ([]*problem, error) {
	var warnings []*problem
	var stops []error
	for i, st := range steps {
		at := slices.IndexFunc(options.Roles, func(r signing.LetterRole) bool { return r.Role == role(i) })
		if at < 0 {
			continue
		}
		block, err := blockOf(l, a.cfg.people.find(st.Signer), a.cfg.publicURL)
		if err != nil {
			return nil, err
		}
		findings, err := signing.Preflight(ctx, bytes.NewReader(upload), int64(len(upload)), signing.Options{
			Placement: options.Roles[at].Placement, Block: &block, Now: a.cfg.now,
		})
		if err != nil {
			return nil, err
		}
		for _, f := range findings {
			if f.Code == signing.FindingTagVisible {
				continue // PrepareLetter covers it
			}
			if f.Stops {
				stops = append(stops, &stopped{i, f})
				continue
			}
			warnings = append(warnings, ofFinding(f).about(i))
		}
	}
	return warnings, errors.Join(stops...)
}

// stopped is what would stop the signature of one signer.
type stopped struct {
	step    int
	finding *signing.Finding
}

func (e *stopped) Error() string { return role(e.step) + ": " + e.finding.Error() }
func (e *stopped) Unwrap() error { return e.finding }

// blockPicture is a signer's block as it will stand on the letter.
func (a *app) blockPicture(w http.ResponseWriter, r *http.Request, s *session) error {
	l, err := a.mine(r, s)
	if err != nil {
		return err
	}
	index, err := strconv.Atoi(r.PathValue("step"))
	if err != nil || index < 0 || index >= len(l.Steps) || l.Steps[index].Kind != stepSign || l.Layout == nil {
		return errNotFound
	}
	request, err := a.queue.requestFor(&l, index)
	if err != nil {
		return err
	}
	at := request.Placement.Rect
	picture, err := request.Block.PNG(at.Width, at.Height, 200)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(picture)
	return nil
}
