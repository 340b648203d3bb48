package verify

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/pdf"
)

// infoKeys are the entries of the document information that programs renew
// when they write a revision (ISO 32000-2 section 14.3.3).
var infoKeys = []pdf.Name{"ModDate", "Producer"}

// documentInfo allows the document information to say when and by what
// program it was last written. Title, author and the rest are content.
func (c *comparison) documentInfo(beforeValue, afterValue pdf.Object) error {
	before, err := c.old.Dict(beforeValue)
	if err != nil {
		return err
	}
	after, err := c.new.Dict(afterValue)
	if err != nil {
		return err
	}
	ref, _ := afterValue.(pdf.Ref)
	keys := differingKeys(before, after)
	if o := c.changed[ref.Num]; o != nil && !c.fresh(ref) && (o.added || beforeValue != afterValue) {
		return nil // not the document information before: left over and refused
	}
	for _, key := range keys {
		if !slices.Contains(infoKeys, key) {
			c.refuse(Change{Kind: ChangeDocumentInfo, Name: printable(string(key))}, ref.Num)
			return nil
		}
	}
	if len(keys) > 0 {
		c.vouch(Change{Kind: ChangeMetadata, Name: "Info"}, ref.Num)
	} else {
		c.settle(ref.Num)
	}
	return nil
}

// maxXMP bounds a metadata stream that is compared.
const maxXMP = 1 << 20

// xmp compares the metadata streams of the catalog, leaving out what
// infoKeys names too and the identity of the instance.
func (c *comparison) xmp(beforeValue, afterValue pdf.Object) error {
	ref, _ := afterValue.(pdf.Ref)
	o := c.changed[ref.Num]
	if pdf.Equal(beforeValue, afterValue) && o == nil {
		return nil
	}
	change := Change{Kind: ChangeCatalog, Name: "Metadata"}
	before, err := c.xmpOf(c.old, beforeValue)
	if err != nil {
		return err
	}
	after, err := c.xmpOf(c.new, afterValue)
	if err != nil {
		return err
	}
	isFresh := o != nil && c.fresh(ref)
	if before == nil || after == nil || !slices.Equal(before, after) || !isFresh && !c.inPlace(beforeValue, ref) {
		c.refuse(change, ref.Num)
		return nil
	}
	c.vouch(Change{Kind: ChangeMetadata, Name: "XMP"}, ref.Num)
	return nil
}

// xmpOf lists the tokens of a metadata stream that matter; nil if it is none.
func (c *comparison) xmpOf(doc *pdf.Document, value pdf.Object) ([]string, error) {
	object, err := doc.Resolve(value)
	if err != nil {
		return nil, err
	}
	stream, ok := object.(*pdf.Stream)
	if !ok || stream.Dict.Name("Subtype") != "XML" {
		return nil, nil
	}
	data, err := doc.StreamData(stream, maxXMP)
	if err != nil {
		if unreadable(err) {
			return nil, nil
		}
		return nil, err
	}
	return xmpTokens(data), nil
}

// xmpNames are the properties that programs renew with every revision.
var xmpNames = []string{"ModifyDate", "MetadataDate", "Producer", "InstanceID", "History"}

func xmpTokens(data []byte) []string {
	decoder := xml.NewDecoder(bytes.NewReader(data))
	tokens := []string{}
	skipping := 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return tokens
		}
		if err != nil {
			return nil
		}
		switch t := token.(type) {
		case xml.StartElement:
			if skipping > 0 || slices.Contains(xmpNames, t.Name.Local) {
				skipping++
				continue
			}
			tokens = append(tokens, "<"+t.Name.Space+" "+t.Name.Local)
			for _, a := range t.Attr {
				if !slices.Contains(xmpNames, a.Name.Local) {
					tokens = append(tokens, a.Name.Space+" "+a.Name.Local+"="+a.Value)
				}
			}
		case xml.EndElement:
			if skipping > 0 {
				skipping--
				continue
			}
			tokens = append(tokens, ">")
		case xml.CharData:
			if text := string(bytes.TrimSpace(t)); skipping == 0 && text != "" {
				tokens = append(tokens, text)
			}
		}
	}
}
