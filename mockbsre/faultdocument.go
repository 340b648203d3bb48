package mockbsre

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/signing"
)

// DocumentFault is what is wrong with a document in an answer.
type DocumentFault string

// The faults of documents. They are in the answer alone: what version 1 keeps
// for download is as it should be.
const (
	DocumentWhole       DocumentFault = ""             // nothing
	DocumentForeign     DocumentFault = "foreign"      // another document, signed by somebody else
	DocumentTruncated   DocumentFault = "truncated"    // ends within the signature
	DocumentUnsigned    DocumentFault = "unsigned"     // as it was sent
	DocumentOtherBytes  DocumentFault = "other-bytes"  // the new signature is over other bytes
	DocumentChanged     DocumentFault = "changed"      // a page changed after the signatures
	DocumentOtherSigner DocumentFault = "other-signer" // signed with the key of somebody else
)

var documentFaults = []DocumentFault{
	DocumentWhole, DocumentForeign, DocumentTruncated, DocumentUnsigned, DocumentOtherBytes, DocumentChanged, DocumentOtherSigner,
}

func (f DocumentFault) known() bool { return slices.Contains(documentFaults, f) }

// spoilFiles does to signed documents what the fault of the call says.
func (e *esign) spoilFiles(ctx context.Context, c *call, docs []document, files []signedFile) ([]signedFile, error) {
	if c.fault == nil || c.fault.Document == DocumentWhole {
		return files, nil
	}
	spoilt := make([]signedFile, len(files))
	for i, signed := range files {
		file, err := e.spoilFile(ctx, c.fault.Document, docs[i].data, signed.whole())
		if err != nil {
			e.srv.cfg.Logger.Error("fault not carried out", "document", string(c.fault.Document), "error", err)
			return nil, err
		}
		spoilt[i] = signedFile{sent: file}
	}
	return spoilt, nil
}

func (e *esign) spoilFile(ctx context.Context, f DocumentFault, original, signed []byte) ([]byte, error) {
	switch f {
	case DocumentForeign:
		return e.signedByStranger(ctx, foreignLetter())
	case DocumentTruncated:
		return signed[:(len(original)+len(signed))/2], nil
	case DocumentUnsigned:
		return original, nil
	case DocumentOtherBytes:
		return otherBytes(signed, len(original)), nil
	case DocumentChanged:
		return changedLater(signed), nil
	case DocumentOtherSigner:
		return e.signedByStranger(ctx, original)
	}
	return signed, nil
}

var claimedTime = regexp.MustCompile(`/M ?\(D:(\d{14})`)

// otherBytes changes a byte that the new signature covers and that no reader
// minds: the last digit of its time. Where that is encrypted, it is a byte of
// the signature itself.
func otherBytes(signed []byte, original int) []byte {
	changed := bytes.Clone(signed)
	at := bytes.LastIndex(signed, []byte("/Contents"))
	if all := claimedTime.FindAllSubmatchIndex(signed, -1); len(all) > 0 && all[len(all)-1][0] >= original {
		at = all[len(all)-1][3] - 1 // the last of the 14 digits
	} else {
		at += bytes.IndexByte(signed[at:], '<') + 1
	}
	changed[at] = '0' + (changed[at]-'0'+1)%10
	return changed
}

var (
	objectStart = regexp.MustCompile(`(\d{1,9}) (\d{1,5}) obj\s*<<`)
	pageType    = regexp.MustCompile(`/Type ?/Page[\s/>]`)
	rotation    = regexp.MustCompile(`/Rotate -?\d+`)
	trailerAt   = regexp.MustCompile(`(?s)trailer\s*<<(.*?)>>\s*startxref\s+(\d+)`)
	previous    = regexp.MustCompile(`/Prev \d+|/XRefStm \d+`)
)

// changedLater turns a page in an update behind the signatures. Where the file
// keeps its objects in streams, a byte of the last signature's range changes
// instead.
func changedLater(signed []byte) []byte {
	number, generation, page := lastPage(signed)
	trailers := trailerAt.FindAllSubmatch(signed, -1)
	if page == nil || len(trailers) == 0 {
		changed := bytes.Clone(signed)
		changed[len(changed)/2] ^= 1
		return changed
	}
	trailer := trailers[len(trailers)-1]
	var b bytes.Buffer
	b.Write(signed)
	b.WriteByte('\n')
	at := b.Len()
	fmt.Fprintf(&b, "%s %s obj\n<</Rotate 180 %sendobj\n", number, generation, rotation.ReplaceAll(page, nil))
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n%s 1\n%010d %05s n \ntrailer\n<<%s/Prev %s>>\nstartxref\n%d\n%%%%EOF\n",
		number, at, generation, previous.ReplaceAll(trailer[1], nil), trailer[2], xref)
	return b.Bytes()
}

// lastPage finds the newest page object that stands in the file by itself, and
// returns what follows its opening brackets.
func lastPage(file []byte) (number, generation, page []byte) {
	for object := range bytes.SplitSeq(file, []byte("endobj")) {
		starts := objectStart.FindAllSubmatchIndex(object, -1)
		if len(starts) == 0 {
			continue
		}
		at := starts[len(starts)-1]
		if body := object[at[1]:]; pageType.Match(body) && !bytes.Contains(body, []byte("stream")) {
			number, generation, page = object[at[2]:at[3]], object[at[4]:at[5]], body
		}
	}
	return number, generation, page
}

// signedByStranger signs with a key that is nobody's in the registers.
func (e *esign) signedByStranger(ctx context.Context, data []byte) ([]byte, error) {
	key, err := e.stranger()
	if err != nil {
		return nil, err
	}
	parts, err := e.signer()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	_, err = signing.Sign(ctx, &out, bytes.NewReader(data), int64(len(data)), signing.Options{
		Key: key, Field: e.fieldName(), Timestamper: parts.stamps, TimestampSize: tokenSize, Evidence: parts.evidence,
		Reserve: contentsSize, Zone: local, Now: e.srv.Clock.Now,
	})
	return out.Bytes(), err
}

// newStranger makes somebody who can sign and is nobody.
func (e *esign) newStranger() (*signing.Key, error) {
	key, err := authority.ECDSAP256.GenerateKey()
	if err != nil {
		return nil, err
	}
	issued, err := e.srv.authority.IssueProfile(context.Background(), authority.PersonProfile(), authority.Request{
		ID: "ORANGLAINTIRUAN", Subject: fakeName("ORANG LAIN TIRUAN"), PublicKey: key.Public(),
	})
	if err != nil {
		return nil, err
	}
	return &signing.Key{
		Signer: key, Certificate: issued.Certificate, Chain: issued.Chain, Close: func() error { return nil },
	}, nil
}

// foreignLetter is a letter that nobody asked for.
func foreignLetter() []byte {
	const content = "BT /F1 12 Tf 72 770 Td (SURAT LAIN \\(TIRUAN\\)) Tj ET"
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content), content),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	}
	var b, table bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	for i, object := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %[1]d/Root 1 0 R>>\nstartxref\n%[3]d\n%%%%EOF\n",
		len(objects)+1, table.Bytes(), start)
	return b.Bytes()
}
