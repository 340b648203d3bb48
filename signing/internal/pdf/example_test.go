package pdf_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// An update is held in memory; the original is never copied. A placeholder's
// place is known once the update is built.
func Example() {
	original := plain().Bytes()
	doc, err := pdf.Open(bytes.NewReader(original), int64(len(original)), pdf.Options{})
	if err != nil {
		log.Fatal(err)
	}
	page, err := doc.Page(0)
	if err != nil {
		log.Fatal(err)
	}

	u := doc.NewUpdate()
	mark := pdf.NewPlaceholder([]byte("<0000>"))
	page.Dict["PieceInfo"] = u.Add(pdf.Dict{"Mark": mark})
	u.Set(page.Ref, page.Dict)
	built, err := u.Build()
	if err != nil {
		log.Fatal(err)
	}
	built.Patch(mark, []byte("<beef>"))
	file := append(bytes.Clone(original), built.Bytes...)

	span := built.Span(mark)
	fmt.Printf("%s\n", file[span.Offset:span.End])
	signed, err := pdf.Open(bytes.NewReader(file), int64(len(file)), pdf.Options{Strict: true})
	if err != nil {
		log.Fatal(err)
	}
	for i, r := range signed.Revisions() {
		fmt.Println(r.End-r.Start, signed.CheckRevision(i))
	}
	// Output:
	// <beef>
	// 347 <nil>
	// 287 <nil>
}
