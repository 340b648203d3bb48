package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

const (
	maxUpload    = 20 << 20 // bytes of a PDF
	maxFieldText = 200      // characters
)

// sample is a letter that can be chosen instead of an upload, in the fake.
type sample struct {
	Name, Text, Subject string
	Kind                appearance.Kind
	// number is where the letter's number is stamped, from the top left.
	number signing.Rect
}

var samples = []sample{
	{"surat-tugas", "Surat tugas, satu penanda tangan (tanda ^)", "Surat Tugas Pendataan Arsip Elektronik",
		appearance.Assigning, signing.Rect{X: 239, Y: 162, Width: 240, Height: 14}},
	{"berita-acara", "Berita acara, dua penanda tangan (tanda ^ dan ~)", "Berita Acara Serah Terima Arsip Elektronik",
		appearance.Special, signing.Rect{X: 239, Y: 162, Width: 240, Height: 14}},
}

// uploadForm is the upload page's content.
type uploadForm struct {
	Number, Subject string
	Kind            appearance.Kind
	Sample          string
	Samples         []sample
	Kinds           []letterKind
	MaxMiB          int
	Problem         *problem
}

func (a *app) uploadForm() uploadForm {
	f := uploadForm{Kinds: kinds, Kind: appearance.Correspondence, MaxMiB: maxUpload >> 20}
	if a.cfg.box.fake != nil {
		f.Samples = samples
	}
	return f
}

func (a *app) uploadPage(w http.ResponseWriter, _ *http.Request, s *session) error {
	return a.render(w, http.StatusOK, "unggah", "Unggah naskah", s, a.uploadForm())
}

// upload takes a PDF with what is said about it. What is wrong is said on the
// form, which keeps what was typed.
func (a *app) upload(w http.ResponseWriter, r *http.Request, s *session) error {
	document, err := receive(w, r, a.uploading)
	if err != nil {
		return err
	}
	if err := s.checkToken(r); err != nil {
		return err
	}
	f := a.uploadForm()
	f.Number, f.Subject, f.Sample = cleanText(r.PostFormValue("nomor")), cleanText(r.PostFormValue("hal")), r.PostFormValue("contoh")
	if kind, err := strconv.ParseUint(r.PostFormValue("jenis"), 10, 8); err == nil {
		f.Kind = appearance.Kind(kind)
	}
	l, err := a.addLetter(r.Context(), s.person.Username, f, document)
	if err != nil {
		f.Problem = problemOf(err)
		logProblem(a.cfg.log, "upload", f.Problem, err)
		if f.Problem.Status >= http.StatusInternalServerError {
			return err
		}
		return a.render(w, f.Problem.Status, "unggah", "Unggah naskah", s, f)
	}
	http.Redirect(w, r, "/surat/"+l.ID+"/siapkan", http.StatusSeeOther)
	return nil
}

// receive reads a form with one file, in memory and within bounds, when there is a
// place. The file is nil when none was chosen.
func receive(w http.ResponseWriter, r *http.Request, places chan struct{}) ([]byte, error) {
	select {
	case places <- struct{}{}:
		defer func() { <-places }()
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload+maxForm)
	err := r.ParseMultipartForm(maxUpload + maxForm)
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, errTooLarge()
	}
	if err != nil {
		return nil, trouble(http.StatusBadRequest, "FORM", helpApplication, "Formulir tidak terbaca.")
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }()
	file, header, err := r.FormFile("berkas")
	if errors.Is(err, http.ErrMissingFile) || err == nil && header.Size == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if header.Size > maxUpload {
		return nil, errTooLarge()
	}
	return io.ReadAll(file)
}

func errTooLarge() error {
	return trouble(http.StatusRequestEntityTooLarge, "TOO_LARGE", helpAuthor,
		"Berkas lebih besar dari %d MB. Perkecil atau pecah PDF-nya, lalu unggah kembali.", maxUpload>>20)
}

// cleanText is one line of typed text.
func cleanText(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }), " ")
}

// addLetter checks an upload and stores it as a draft.
func (a *app) addLetter(ctx context.Context, author string, f uploadForm, document []byte) (letter, error) {
	switch {
	case f.Number == "" || f.Subject == "":
		return letter{}, trouble(http.StatusUnprocessableEntity, "EMPTY", helpAuthor, "Isi nomor dan hal naskah.")
	case utf8.RuneCountInString(f.Number) > maxFieldText || utf8.RuneCountInString(f.Subject) > maxFieldText || !utf8.ValidString(f.Number+f.Subject):
		return letter{}, trouble(http.StatusUnprocessableEntity, "TOO_LONG", helpAuthor, "Nomor dan hal paling panjang %d huruf.", maxFieldText)
	case !slices.ContainsFunc(kinds, func(k letterKind) bool { return k.Kind == f.Kind }):
		return letter{}, trouble(http.StatusUnprocessableEntity, "KIND", helpAuthor, "Pilih jenis naskah.")
	}
	var err error
	if f.Sample != "" && a.cfg.box.fake != nil {
		if document, err = sampleLetter(ctx, f.Sample, f.Number); err != nil {
			return letter{}, err
		}
	}
	tags, err := inspect(ctx, document)
	if err != nil {
		return letter{}, err
	}
	if err := a.checkUnique(ctx, author, digestText(document)); err != nil {
		return letter{}, err
	}
	now := a.cfg.now()
	l := letter{
		ID: newToken(), Token: newToken(), Number: f.Number, Subject: f.Subject, Kind: f.Kind, Agency: a.cfg.people.Agency,
		Author: author, Created: now, State: stateDraft, Tags: tags,
	}
	l.addVersion(document, "diunggah", now)
	l.note(now, author, "diunggah")
	return l, a.cfg.store.AddLetter(ctx, l, document)
}

// checkUnique refuses bytes that the author has under way already: two letters
// with one content would be one document to the signing service.
func (a *app) checkUnique(ctx context.Context, author, sum string) error {
	letters, err := a.cfg.store.Letters(ctx, author, maxListed)
	if err != nil {
		return err
	}
	for _, l := range letters {
		if l.Author == author && l.State != stateReturned && l.Versions[0].SHA256 == sum {
			return trouble(http.StatusConflict, "DUPLICATE", helpAuthor,
				"Berkas yang sama persis sudah diunggah dengan nomor %s. Buka naskah itu, atau unggah berkas yang lain.", l.Number)
		}
	}
	return nil
}

// inspect refuses what is not a PDF that can be signed, and lists the anchor tags
// of one that is.
func inspect(ctx context.Context, document []byte) ([]foundTag, error) {
	head := document[:min(len(document), 1024)]
	switch {
	case len(document) == 0:
		return nil, trouble(http.StatusUnprocessableEntity, "NO_FILE", helpAuthor, "Pilih berkas PDF yang akan diunggah.")
	case !bytes.Contains(head, []byte("%PDF-")):
		return nil, signing.ErrNotPDF
	}
	if _, _, err := signing.PageSize(bytes.NewReader(document), int64(len(document)), passphrase.Secret{}, 1); err != nil {
		return nil, err
	}
	return findTags(ctx, document)
}

// sampleLetter is a ready letter with its number stamped on it.
func sampleLetter(ctx context.Context, name, number string) ([]byte, error) {
	i := slices.IndexFunc(samples, func(s sample) bool { return s.Name == name })
	if i < 0 {
		return nil, errNotFound
	}
	data, err := files.ReadFile("sample/" + name + ".pdf")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	_, err = signing.Stamp(ctx, &out, bytes.NewReader(data), int64(len(data)), signing.StampOptions{
		Block:     &appearance.Block{Lines: []appearance.Line{{Text: "Nomor: " + number}}, TextSize: 10},
		Placement: signing.Placement{Page: 1, Corner: signing.TopLeft, Rect: samples[i].number},
	})
	return out.Bytes(), err
}
