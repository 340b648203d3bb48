package verify

import (
	"fmt"
	"strings"
)

var changeTexts = map[ChangeKind]textPair{
	ChangeSignature:         {"tanda tangan %s ditambahkan", "signature %s was added"},
	ChangeDocumentTimestamp: {"stempel waktu dokumen %s ditambahkan", "document timestamp %s was added"},
	ChangeEmptyField:        {"kolom tanda tangan kosong %s ditambahkan", "empty signature field %s was added"},
	ChangeValidationData:    {"data validasi (DSS) ditambahkan", "validation data (DSS) was added"},
	ChangeMetadata:          {"catatan waktu dan program penyimpan diperbarui", "the record of time and program was renewed"},
	ChangeFormValue:         {"isian kolom %s diubah", "the value of field %s was changed"},
	ChangeAnnotation:        {"catatan (%s) ditambahkan", "an annotation (%s) was added"},
	ChangeUnused:            {"objek yang tidak dipakai ikut disimpan", "objects that nothing uses were saved along"},
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
	case page > 0 && lang == Indonesian:
		text += fmt.Sprintf(", halaman %d", page)
	case page > 0:
		text += fmt.Sprintf(", page %d", page)
	}
	return text
}
