package mockbsre

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/verify"
)

type sealFileRequest struct {
	Seal       jsonText       `json:"idSubscriber"`
	TOTP       jsonText       `json:"totp"`
	Properties []signProperty `json:"signatureProperties"`
	File       jsonFiles      `json:"file"`
}

// sealV2 is POST /api/v2/seal/pdf: files under an agency's seal, all or none.
// The first signature of a document is a certification that allows annotations
// (DocMDP, P 3), as in a saved file; that there must be no signature before it
// is an inference from that ([QuirkSealAfterSignature]).
func (e *esign) sealV2(ctx context.Context, c *call) reply {
	begun := time.Now()
	var in sealFileRequest
	if err := readJSON(c, &in); err != nil {
		return e.jsonError(c, err)
	}
	c.entry.note("idSubscriber", string(in.Seal))
	signRequest{TOTP: in.TOTP, Properties: in.Properties, File: in.File}.note(c.entry)
	n := len(in.Properties)
	if in.File.bad() || n != 1 && n != len(in.File) {
		return e.badInput(c)
	}
	docs := make([]document, len(in.File))
	for i, file := range in.File {
		property := in.Properties[min(i, n-1)]
		c.remarkShown(property)
		var ok bool
		if docs[i], ok = e.document(property, file.data); !ok {
			return e.badInput(c)
		}
	}
	files, refusal := e.sealAll(ctx, c, string(in.Seal), passphrase.FromString(string(in.TOTP)), docs)
	if refusal != nil {
		return *refusal
	}
	files, err := e.spoilFiles(ctx, c, docs, files)
	if err != nil {
		return e.springError(http.StatusInternalServerError, c.Request)
	}
	return reply{status: http.StatusOK, kind: typeJSON, stream: filesAnswer(time.Since(begun).Milliseconds(), files)}
}

// sealAll seals the documents of one request. A code is used up by documents
// that were sealed alone.
func (e *esign) sealAll(ctx context.Context, c *call, id string, code passphrase.Secret, docs []document) ([]signedFile, *reply) {
	defer code.Destroy()
	refuse := func(r reply) ([]signedFile, *reply) { return nil, &r }
	seal, redeemed, known := e.redeemSeal(id, code, len(docs))
	switch {
	case !known:
		return refuse(e.refuse(http.StatusBadRequest, codeUnknownUser, textNoSeal))
	case !redeemed:
		return refuse(e.refuse(http.StatusBadRequest, codeWrongPassphrase, "TOTP anda salah"))
	}
	if c.fault != nil && c.fault.Revoke && !seal.revoked {
		if err := e.srv.RevokeSeal(ctx, id); err != nil {
			return refuse(e.springError(http.StatusInternalServerError, c.Request))
		}
		seal.revoked = true
	}
	if seal.revoked {
		return refuse(e.refuseStatus(certificate.StatusRevoke))
	}
	var files []signedFile
	var made []MadeSignature
	for _, d := range docs {
		certify, err := e.certification(ctx, d)
		var file signedFile
		var receipt signing.Receipt
		if err == nil {
			file, receipt, err = e.signWith(ctx, c, seal.key, d, certify)
		}
		if err != nil {
			e.restoreSeal(id, len(docs))
			return refuse(e.signError(c, certificate.Factor{}, err))
		}
		files = append(files, file)
		made = append(made, MadeSignature{
			At: e.srv.Clock.Now(), Operation: c.operation, Seal: id, Field: receipt.Field,
			InputSHA256: receipt.InputSHA256, OutputSHA256: receipt.OutputSHA256,
		})
	}
	e.recordSignatures(made)
	return files, nil
}

// redeemSeal uses a code for so many files.
func (e *esign) redeemSeal(id string, code passphrase.Secret, files int) (seal sealState, redeemed, known bool) {
	known = e.seals.with(id, func(s *sealState) {
		if s.code.works(e.srv.Clock.Now()) && s.code.files >= files && s.code.code.Equal(code) {
			s.code.files -= files
			redeemed = true
		}
		seal = *s
	})
	return seal, redeemed, known
}

// restoreSeal gives back what was not sealed after all.
func (e *esign) restoreSeal(id string, files int) {
	e.seals.with(id, func(s *sealState) { s.code.files += files })
}

var errSignedBefore = errors.New("mockbsre: a seal over a document that is signed already")

// certification is what the seal says of changes: of an unsigned document what
// is allowed, of a signed one nothing.
func (e *esign) certification(ctx context.Context, d document) (signing.Certification, error) {
	report, err := verify.Verify(ctx, bytes.NewReader(d.data), int64(len(d.data)), verify.Options{
		Roots: verify.Trust(e.srv.authority.Root()), InsecureSkipRevocation: true, Password: d.password, Now: e.srv.Clock.Now,
	})
	switch {
	case err != nil || len(report.Signatures) == 0: // what cannot be read is for the signer to refuse
		return signing.CertifyAnnotations, nil
	case e.on(QuirkSealAfterSignature):
		return signing.NoCertification, nil
	}
	return signing.NoCertification, errSignedBefore
}
