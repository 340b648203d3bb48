package signing

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/sertel-id/sertel/passphrase"
)

// Lang is a language of the texts to people. Any other Lang gives Indonesian.
type Lang = passphrase.Lang

// Helper is who can help on.
type Helper string

// The helpers.
const (
	HelpSigner      Helper = "signer"      // the signer himself
	HelpAuthor      Helper = "author"      // whoever made the document
	HelpApplication Helper = "application" // who builds and runs the e-office
	HelpCertificate Helper = "certificate" // the agency's certificate operators (verifikator)
)

// Text names the helper.
func (h Helper) Text(lang Lang) string {
	for _, t := range helperTexts {
		if t.helper == h {
			return choose(lang, t.id, t.en)
		}
	}
	return string(h)
}

var helperTexts = [...]struct {
	helper Helper
	id, en string
}{
	{HelpSigner, "penanda tangan", "the signer"},
	{HelpAuthor, "pembuat dokumen", "the author of the document"},
	{HelpApplication, "pengelola aplikasi", "those who run the application"},
	{HelpCertificate, "verifikator sertifikat elektronik instansi", "the agency's certificate operators"},
}

func choose(lang Lang, id, en string) string {
	if lang == passphrase.English {
		return en
	}
	return id
}

// Finding is one thing that would stop a signature or spoil it.
type Finding struct {
	// Code names it. Codes are stable.
	Code FindingCode `json:"code"`
	// Stops tells that the document would not be signed; else it would, and
	// somebody should look first.
	Stops bool `json:"stops"`
	// Page counts from 1, the first one of several; zero where no page is
	// concerned.
	Page int `json:"page,omitempty"`
	// Pages are all of them where there are several, in ascending order.
	Pages []int `json:"pages,omitempty"`
	// Subject is what it is about, as the request or the document has it: a
	// tag, the name of a field, a character. Empty where the code says it all.
	Subject string `json:"subject,omitempty"`
	// Helper can put it right.
	Helper Helper `json:"helper"`
	// Detail is an English addition for the log, often empty. It may name tags
	// and fields.
	Detail string `json:"detail,omitempty"`

	err error
}

// Error implements error.
func (f *Finding) Error() string {
	text := "signing: " + string(f.Code)
	if f.Page != 0 {
		text += fmt.Sprintf(" on page %d", f.Page)
	}
	if f.Subject != "" {
		text += fmt.Sprintf(": %q", f.Subject)
	}
	if f.Detail != "" {
		text += ": " + f.Detail
	}
	return text
}

// Unwrap is the error that [Sign] would return, nil for a warning.
func (f *Finding) Unwrap() error { return f.err }

// Text says it to people, with what to do about it.
func (f *Finding) Text(lang Lang) string {
	e := f.Code.entry()
	subject := ""
	if f.Subject != "" {
		subject = " “" + f.Subject + "”"
	}
	text := strings.Replace(choose(lang, e.id, e.en), subjectHere, subject, 1)
	return text + f.where(lang) + ". " + choose(lang, e.helpID, e.helpEN)
}

// maxPagesSaid is how many pages a text lists.
const maxPagesSaid = 10

// where names the pages.
func (f *Finding) where(lang Lang) string {
	if len(f.Pages) < 2 {
		if f.Page == 0 {
			return ""
		}
		return fmt.Sprintf(choose(lang, " (halaman %d)", " (page %d)"), f.Page)
	}
	var list strings.Builder
	for i, page := range f.Pages[:min(len(f.Pages), maxPagesSaid)] {
		switch {
		case i == 0:
		case i == len(f.Pages)-1:
			list.WriteString(choose(lang, " dan ", " and "))
		default:
			list.WriteString(", ")
		}
		list.WriteString(strconv.Itoa(page))
	}
	if len(f.Pages) > maxPagesSaid {
		list.WriteString(choose(lang, " dan seterusnya", " and more"))
	}
	return choose(lang, " (halaman ", " (pages ") + list.String() + ")"
}

// Findings are all that [Preflight] found, what stops first.
type Findings []*Finding

// Err joins what would stop the signature; nil when nothing would.
func (f Findings) Err() error {
	var errs []error
	for _, one := range f {
		if one.Stops {
			errs = append(errs, one)
		}
	}
	return errors.Join(errs...)
}

// Has reports whether a code was found.
func (f Findings) Has(code FindingCode) bool {
	for _, one := range f {
		if one.Code == code {
			return true
		}
	}
	return false
}

// Text lists the findings for people, one a line, each with its helper.
func (f Findings) Text(lang Lang) string {
	lines := make([]string, len(f))
	for i, one := range f {
		lines[i] = one.Text(lang) + " " + choose(lang, "Yang dapat membantu: ", "Who can help: ") + one.Helper.Text(lang) + "."
	}
	return strings.Join(lines, "\n")
}
