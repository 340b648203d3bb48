package verify_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/verify"
)

const (
	dcSpace    = `xmlns:dc="http://purl.org/dc/elements/1.1/"`
	otherSpace = `xmlns:dc="urn:q" xmlns:q="http://purl.org/dc/elements/1.1/"`
	titled     = "<dc:title>Rp 100</dc:title>"
	retitled   = "<dc:title>Rp 900</dc:title>"
	made       = `<xmp:ModifyDate xmlns:xmp="http://ns.adobe.com/xap/1.0/">2048</xmp:ModifyDate>`
)

// described is a packet with properties, whose root has any name.
func described(root, names, properties string) string {
	return "<" + root + ` xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" ` +
		names + ">" + properties + "</rdf:Description></rdf:RDF></" + strings.Fields(root)[0] + ">"
}

// redescribed signs a receipt with metadata, and then writes those anew.
func redescribed(before, after string) func(*testing.T, *world) []byte {
	return func(t *testing.T, w *world) []byte {
		signed := w.signedPaid(map[int]string{
			1: "<</Type/Catalog/Pages 2 0 R/Metadata 9 0 R>>",
			9: fmt.Sprintf("<</Type/Metadata/Subtype/XML/Length %d>>stream\n%s\nendstream", len(before), before),
		})
		return edit(t, signed, func(_ *pdf.Document, u *pdf.Update) {
			addEvidence(u)
			u.Set(pdf.Ref{Num: 9}, pdf.NewStream(pdf.Dict{"Type": pdf.Name("Metadata"), "Subtype": pdf.Name("XML")}, []byte(after)))
		})
	}
}

func properties(names, before, after string) func(*testing.T, *world) []byte {
	return redescribed(described("x:xmpmeta", names, before), described("x:xmpmeta", names, after))
}

var (
	plainPacket = described("x:xmpmeta", dcSpace, titled)
	evilPacket  = described("x:xmpmeta", dcSpace, retitled)
)

// metadataAttacks give the document another title for some readers.
var metadataAttacks = []attack{
	{"metadata whose prefixes are exchanged", redescribed(described("x:xmpmeta", dcSpace+` xmlns:q="urn:q"`, titled+"<q:title>Rp 900</q:title>"),
		described("x:xmpmeta", otherSpace, "<q:title>Rp 100</q:title>"+retitled)), verify.CodeModified, nil},
	{"metadata whose prefix is bound elsewhere", redescribed(plainPacket, described("x:xmpmeta", `xmlns:dc="urn:q"`, titled)), verify.CodeModified, nil},
	{"metadata whose prefix is bound twice", redescribed(plainPacket, described(`x:xmpmeta xmlns:dc="urn:q"`, dcSpace, titled)), verify.CodeModified, nil},
	{"metadata within the quotes of a DOCTYPE", redescribed(plainPacket, `<!DOCTYPE a ">`+evilPacket+`">`+plainPacket), verify.CodeModified, nil},
	{"metadata within a comment", redescribed(plainPacket, "<!-->"+evilPacket+"-->"+plainPacket), verify.CodeModified, nil},
	{"metadata within an instruction", redescribed(plainPacket, "<?a >"+evilPacket+"?>"+plainPacket), verify.CodeModified, nil},
	{"metadata within the instruction of the packet", redescribed(plainPacket, "<?xpacket begin='>"+evilPacket+"'?>"+plainPacket), verify.CodeModified, nil},
	{"metadata that end before their packet", redescribed(plainPacket, "<?xpacket end='w'?>"+plainPacket), verify.CodeModified, nil},
	{"metadata before the metadata, under a name that is left out", redescribed(plainPacket, described("xmp:ModifyDate", dcSpace, retitled)+plainPacket), verify.CodeModified, nil},
	{"metadata under a root that is left out", redescribed(described("pdf:Producer", dcSpace, titled), described("pdf:Producer", dcSpace, retitled)), verify.CodeModified, nil},
	{"metadata after the metadata", redescribed(plainPacket, plainPacket+evilPacket), verify.CodeModified, nil},
	{"text beside the metadata", redescribed(plainPacket, plainPacket+"x"), verify.CodeModified, nil},
	{"title within the history", properties(dcSpace, titled, titled+"<xmpMM:History>"+retitled+"</xmpMM:History>"), verify.CodeModified, nil},
	{"title within the history by another prefix", properties(dcSpace, titled,
		titled+`<xmpMM:History><stEvt:title xmlns:stEvt="http://purl.org/dc/elements/1.1/">Rp 900</stEvt:title></xmpMM:History>`), verify.CodeModified, nil},
	{"title within marked text of the history", properties(dcSpace, titled, titled+"<xmpMM:History><![CDATA["+retitled+"]]></xmpMM:History>"), verify.CodeModified, nil},
	{"title within a comment of the history", properties(dcSpace, titled, titled+"<xmpMM:History><!--"+retitled+"--></xmpMM:History>"), verify.CodeModified, nil},
	{"title as an attribute of the history", properties(dcSpace, titled, titled+`<xmpMM:History dc:title="Rp 900"/>`), verify.CodeModified, nil},
	{"title with a part that is left out", properties(dcSpace, "<dc:title>Rp 100<pdf:Producer/></dc:title>", "<dc:title>Rp 100<pdf:Producer>.000</pdf:Producer></dc:title>"), verify.CodeModified, nil},
	{"title spelled with references", properties(dcSpace, titled, "<dc:title>Rp &#49;00</dc:title>"), verify.CodeModified, nil},
	{"title marked as text", properties(dcSpace, titled, "<dc:title><![CDATA[Rp 100]]></dc:title>"), verify.CodeModified, nil},
	{"tag within the quotes of an attribute", properties(dcSpace, titled, `<xmp:ModifyDate rdf:a=">`+strings.NewReplacer("<", "", `"`, "").Replace(retitled)+`"/>`+titled), verify.CodeModified, nil},
}

// What programs renew in metadata changes nothing.
func TestMetadataRenewed(t *testing.T) {
	history := func(when string) string {
		return `<xmpMM:History xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"><rdf:Seq>` +
			`<rdf:li rdf:parseType="Resource"><stEvt:action>saved</stEvt:action><stEvt:when>` + when + `</stEvt:when></rdf:li>` +
			`<rdf:li stEvt:action="saved" stEvt:softwareAgent="Contoh &amp; Rekan"/></rdf:Seq></xmpMM:History>`
	}
	wrapped := func(s string) string {
		return "<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" + s + "\n  <?xpacket end='w'?>"
	}
	filters := `<?adobe-xap-filters esc="CRLF"?>`
	odd := `<!DOCTYPE a>` + plainPacket
	for name, c := range map[string][2]string{
		"time":                  {described("x:xmpmeta", dcSpace, titled+made), described("x:xmpmeta", dcSpace, titled+strings.Replace(made, "2048", "2049", 1))},
		"time that was missing": {plainPacket, described("x:xmpmeta", dcSpace, made+titled)},
		"program as an attribute": {described("x:xmpmeta", `xmlns:pdf='http://ns.adobe.com/pdf/1.3/' pdf:Producer='A &amp; B' `+dcSpace, titled),
			described("x:xmpmeta x:xmptk='Contoh 1.0'", `xmlns:pdf="http://ns.adobe.com/pdf/1.3/" pdf:Producer="C" `+dcSpace, titled)},
		"history":                             {described("x:xmpmeta", dcSpace, titled+history("2048")), described("x:xmpmeta", dcSpace, titled+history("2049"))},
		"wrapper and blanks":                  {plainPacket, wrapped(strings.ReplaceAll(plainPacket, "><", ">\r\n <"))},
		"declaration and byte order mark":     {wrapped(filters + plainPacket), "\ufeff" + wrapped(filters+strings.Replace(plainPacket, " xmlns:x=", " xmlns:z='urn:z' xmlns:x=", 1))},
		"declaration of XML":                  {plainPacket, `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + plainPacket},
		"nothing, of what cannot be compared": {odd, odd},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			report := judge(t, redescribed(c[0], c[1])(t, w), w.online())
			require.NoError(t, report.Err(), "%v", report.Findings)
		})
	}
}
