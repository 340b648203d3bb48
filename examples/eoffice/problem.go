package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
	"github.com/sertel-id/sertel/signing/esign"
)

const indonesian = passphrase.Indonesian

// problem is what went wrong, for people: what it is, what to do, and who can
// help. It holds no secret and no personal number.
type problem struct {
	// Code is for the help desk.
	Code   string `json:"code"`
	Text   string `json:"text"`
	Helper string `json:"helper"`
	// Status is that of the answer when the problem is a page of its own.
	Status int `json:"-"`
}

// Error implements error, so that a handler can return a problem.
func (p *problem) Error() string { return "eoffice: " + p.Code }

// trouble makes a problem of the e-office's own.
func trouble(status int, code, helper, format string, args ...any) *problem {
	return &problem{Code: code, Text: fmt.Sprintf(format, args...), Helper: helper, Status: status}
}

// Who can help, beside the helpers of package signing.
var (
	helpSigner      = signing.HelpSigner.Text(indonesian)
	helpAuthor      = signing.HelpAuthor.Text(indonesian)
	helpApplication = signing.HelpApplication.Text(indonesian)
)

// findingOf gives the refusals of package signing their finding, whose texts are
// ready. More specific errors stand first.
var findingOf = []struct {
	err    error
	code   signing.FindingCode
	helper signing.Helper
}{
	{signing.ErrNotPDF, signing.FindingNotPDF, signing.HelpAuthor},
	{signing.ErrDocumentPassword, signing.FindingPassword, signing.HelpAuthor},
	{signing.ErrAmbiguousStructure, signing.FindingAmbiguous, signing.HelpAuthor},
	{signing.ErrDamaged, signing.FindingDamaged, signing.HelpAuthor},
	{signing.ErrLimit, signing.FindingLimit, signing.HelpApplication},
	{signing.ErrForbidden, signing.FindingForbidden, signing.HelpAuthor},
	{signing.ErrTagNotFound, signing.FindingTagMissing, signing.HelpAuthor},
	{signing.ErrTagAmbiguous, signing.FindingTagAmbiguous, signing.HelpAuthor},
	{signing.ErrOutsidePage, signing.FindingOutsidePage, signing.HelpAuthor},
	{signing.ErrNoPage, signing.FindingNoPage, signing.HelpAuthor},
	{signing.ErrOverText, signing.FindingOverText, signing.HelpAuthor},
	{appearance.ErrTooSmall, signing.FindingTooSmall, signing.HelpApplication},
	{signing.ErrPlacement, signing.FindingPlacement, signing.HelpApplication},
}

// problemOf says what an error means to people. What it does not know is a fault
// of the e-office, which the log has under the code.
func problemOf(err error) *problem {
	var ready *problem
	var box *esign.Error
	var character *appearance.CharacterError
	var unsupported *signing.UnsupportedError
	var found *signing.Finding
	finding := func(code signing.FindingCode, helper signing.Helper) *problem {
		return ofFinding(&signing.Finding{Code: code, Helper: helper})
	}
	switch {
	case errors.As(err, &ready):
		return ready
	case errors.As(err, &found):
		return ofFinding(found)
	case errors.As(err, &box) && !fromDocument(box):
		return &problem{string(box.Code), box.Text(indonesian), box.Helper.Text(indonesian), http.StatusBadGateway}
	case errors.Is(err, signing.ErrSigned):
		return trouble(http.StatusUnprocessableEntity, "SIGNED", helpAuthor,
			"Berkas ini sudah bertanda tangan elektronik, sehingga tidak dapat disiapkan lagi. Unggah PDF yang belum ditandatangani.")
	case errors.Is(err, signing.ErrPlaceSigned):
		return finding(signing.FindingPlaceSigned, signing.HelpApplication)
	case errors.Is(err, signing.ErrOverlap):
		return trouble(http.StatusUnprocessableEntity, "OVERLAP", helpAuthor,
			"Dua blok saling menutupi. Beri setiap penanda tangan tempat sendiri, atau perkecil bloknya.")
	case errors.Is(err, signing.ErrFooterTwice):
		return trouble(http.StatusUnprocessableEntity, "FOOTER_TWICE", helpAuthor,
			"Surat ini sudah memuat catatan kaki itu. Pada Catatan kaki, pilih “tidak, surat sudah memuatnya”.")
	case errors.As(err, &character):
		return finding(signing.FindingCharacter, signing.HelpApplication)
	}
	for _, f := range findingOf {
		if errors.Is(err, f.err) {
			return finding(f.code, f.helper)
		}
	}
	switch {
	case errors.As(err, &unsupported):
		return finding(signing.FindingUnsupported, signing.HelpAuthor)
	case errors.As(err, &box):
		return &problem{string(box.Code), box.Text(indonesian), box.Helper.Text(indonesian), http.StatusBadGateway}
	}
	return problemOfOffice(err)
}

// ofFinding says what was found.
func ofFinding(f *signing.Finding) *problem {
	return &problem{string(f.Code), f.Text(indonesian), f.Helper.Text(indonesian), http.StatusUnprocessableEntity}
}

// fromDocument tells an error of the client that only passes on what package
// signing found in the document, and found better words for.
func fromDocument(e *esign.Error) bool {
	return e.Code == esign.CodeDocument || e.Code == esign.CodePlacement
}

// problemOfOffice says what an error of the e-office's own parts means.
func problemOfOffice(err error) *problem {
	switch {
	case errors.Is(err, errNotFound):
		return trouble(http.StatusNotFound, "NOT_FOUND", helpApplication,
			"Halaman atau naskah ini tidak ada, atau Anda tidak berhak melihatnya.")
	case errors.Is(err, errMoved):
		return trouble(http.StatusConflict, "MOVED", helpSigner,
			"Naskah ini sudah berubah sejak halaman dibuka. Buka kembali naskahnya dan periksa sekali lagi.")
	case errors.Is(err, errFull):
		return trouble(http.StatusInsufficientStorage, "FULL", helpApplication,
			"Tempat penyimpanan naskah penuh.")
	case errors.Is(err, passphrase.ErrHandle):
		return trouble(http.StatusConflict, "PASSPHRASE_GONE", helpSigner,
			"Passphrase tidak lagi tersimpan: waktunya habis atau aplikasi dimulai ulang. Naskah aman dan belum ditandatangani. Masukkan passphrase sekali lagi.")
	case errors.Is(err, passphrase.ErrNotGranted):
		return trouble(http.StatusConflict, "NOT_APPROVED", helpSigner,
			"Isi naskah ini bukan yang Anda setujui, atau sama persis dengan naskah lain. Buka kembali naskahnya dan periksa sekali lagi.")
	case errors.Is(err, passphrase.ErrHandoffFull):
		return trouble(http.StatusServiceUnavailable, "BUSY", helpApplication,
			"Terlalu banyak penandatanganan pada saat yang sama. Coba lagi beberapa menit kemudian.")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return trouble(http.StatusServiceUnavailable, "STOPPED", helpApplication,
			"Aplikasi sedang dihentikan. Naskah aman; coba lagi setelah aplikasi berjalan.")
	}
	return trouble(http.StatusInternalServerError, "INTERNAL", helpApplication,
		"Terjadi kesalahan pada aplikasi. Naskah aman; coba lagi, lalu hubungi pengelola aplikasi bila tetap gagal.")
}

// logProblem notes what a person was told and why.
func logProblem(log *slog.Logger, what string, p *problem, err error) {
	level := slog.LevelInfo
	if p.Code == "INTERNAL" {
		level = slog.LevelError
	}
	log.Log(context.Background(), level, what, "code", p.Code, "error", err)
}
