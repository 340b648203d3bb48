package signing

import "github.com/sertel-id/sertel/signing/internal/pdf"

// The extension by which a document of PDF 1.7 says that it holds what ETSI
// added to it (ISO 32000-2, 7.12): signatures, and above them the security
// store and document timestamps. The levels are those that other signers
// write. PDF 2.0 has all of it.
const (
	esicBase = "1.7"

	esicSignature pdf.Integer = 2
	esicStore     pdf.Integer = 5
)

// declareESIC puts the extension into the catalog of a document of that
// version, or raises the level that stands there. Where it is written in a way
// that is not ours to change it is left alone.
func declareESIC(doc *pdf.Document, version string, catalog pdf.Dict, level pdf.Integer) error {
	if version < esicBase || version >= "2.0" {
		return nil
	}
	extensions, ok := catalog["Extensions"].(pdf.Dict)
	if !ok && catalog["Extensions"] != nil {
		return nil
	}
	have, err := doc.Resolve(extensions["ESIC"])
	if err != nil {
		return fromPDF(err)
	}
	if have != nil {
		old, _ := have.(pdf.Dict)
		if now, ok := old["ExtensionLevel"].(pdf.Integer); !ok || now >= level {
			return nil
		}
	}
	if extensions == nil {
		extensions = pdf.Dict{}
	}
	extensions["ESIC"] = pdf.Dict{"BaseVersion": pdf.Name(esicBase), "ExtensionLevel": level}
	catalog["Extensions"] = extensions
	return nil
}
