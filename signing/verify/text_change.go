package verify

import (
	"fmt"
	"slices"
	"strings"
)

var changeTexts = map[ChangeKind]textPair{
	ChangeSignature:         {"tanda tangan %s ditambahkan", "signature %s was added"},
	ChangeDocumentTimestamp: {"stempel waktu dokumen %s ditambahkan", "document timestamp %s was added"},
	ChangeEmptyField:        {"kolom tanda tangan kosong %s ditambahkan", "empty signature field %s was added"},
	ChangeValidationData:    {"data validasi ditambahkan", "validation data was added"},
	ChangeMetadata:          {"catatan waktu dan program penyimpan diperbarui", "the record of time and program was renewed"},
	ChangeFormValue:         {"isian kolom %s diubah", "the value of field %s was changed"},
	ChangeAnnotation:        {"catatan (%s) ditambahkan", "an annotation (%s) was added"},
	ChangeUnused:            {"objek yang tidak dipakai ikut disimpan", "objects that nothing uses were saved along"},
	ChangeDeclared:          {"versi atau ekstensi PDF yang dipakai dinyatakan (%s)", "the PDF version or extension in use was declared (%s)"},
	ChangeDefaults:          {"bawaan formulir untuk kolom baru ditambahkan (%s)", "defaults of the form for new fields were added (%s)"},
	ChangeTwoRoles:          {"bagian yang juga menggambar halaman diubah", "a part that also draws on pages was changed"},
	ChangePageContent:       {"isi halaman diubah", "page content was changed"},
	ChangePage:              {"halaman diubah (%s)", "the page was changed (%s)"},
	ChangePageTree:          {"susunan halaman diubah", "the order or number of pages was changed"},
	ChangeAnnotations:       {"anotasi di atas halaman diubah atau ditambahkan", "annotations over the page were changed or added"},
	ChangeForm:              {"formulir diubah (%s)", "the form was changed (%s)"},
	ChangeFormField:         {"kolom formulir %s diubah atau ditambahkan", "form field %s was changed or added"},
	ChangeSigned:            {"kolom tanda tangan %s diubah", "signature field %s was changed"},
	ChangeCatalog:           {"pengaturan dokumen %s diubah", "document entry %s was changed"},
	ChangeDocumentInfo:      {"informasi dokumen %s diubah", "document information %s was changed"},
	ChangeTrailer:           {"penutup berkas (%s) diubah", "the file trailer (%s) was changed"},
	ChangeUnexplained:       {"objek yang tidak dapat dijelaskan diubah atau ditambahkan", "objects that nothing explains were changed or added"},
	ChangeUnreadable:        {"revisi tidak dapat dibaca menurut standar", "the revision has no strict reading"},
}

func changeText(c Change, lang Lang) string {
	text := changeTexts[c.Kind].in(lang)
	if strings.Contains(text, "%s") {
		name := c.Name
		if name == "" {
			name = "-"
		}
		text = fmt.Sprintf(text, name)
	}
	page := c.Page
	if c.Place != nil && c.Place.Page > 0 {
		page = c.Place.Page
	}
	switch {
	case page > 0 && lang == English:
		text += fmt.Sprintf(", page %d", page)
	case page > 0:
		text += fmt.Sprintf(", halaman %d", page)
	}
	return text
}

// failedIn names the signature that covers exactly the revision and does not
// verify. It cannot vouch for its own field and widget, which are then listed
// as changes that nothing explains.
func (r *Report) failedIn(rev Revision) (field string, ok bool) {
	for i := range r.Signatures {
		if s := &r.Signatures[i]; s.Revision == rev.Number && s.Valid != Yes && slices.Contains(rev.Fields, s.Field) {
			return s.Field, true
		}
	}
	return "", false
}

// failedText tells of such a signature.
func failedText(field string, lang Lang) string {
	if field == "" {
		field = "-"
	}
	return fmt.Sprintf(pick(lang, "tanda tangan %s ditambahkan, tetapi tidak sah", "signature %s was added but is not valid"), field)
}
