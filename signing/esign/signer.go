package esign

import (
	"context"
	"fmt"
	"io"

	"github.com/sertel-id/sertel/signing"
)

// Signer signs for one person. It is safe for concurrent use.
type Signer struct {
	client *Client
	id     Identity
}

var _ signing.Capable = (*Signer)(nil)

// Signer returns the signer for a person.
func (c *Client) Signer(id Identity) *Signer { return &Signer{c, id} }

// String returns a marker.
func (*Signer) String() string { return "esign.Signer" }

// Format prints a marker under every verb.
func (s *Signer) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// Capabilities says what the signer can do.
func (s *Signer) Capabilities() Capabilities { return s.client.Capabilities() }

// SignDocument implements [signing.DocumentSigner]. [Signer.Sign] tells more
// and takes more.
func (s *Signer) SignDocument(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, req signing.Request) (signing.Receipt, error) {
	r, err := s.Sign(ctx, dst, src, size, Request{Request: req})
	return r.Receipt, err
}

// Sign has the size bytes of a PDF at src signed and writes the signed document
// to dst, after it was checked: nothing is written when there is an error, but
// for one of dst itself. Errors are an [*Error].
func (s *Signer) Sign(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, req Request) (Result, error) {
	j := &job{dst: dst, src: src, size: size, req: req}
	err := s.client.sign(ctx, s.id, []*job{j})
	return j.result, err
}

// File is one of several documents that are signed with one request. Its
// Request has no credential of its own.
type File struct {
	Dst  io.Writer
	Src  io.ReaderAt
	Size int64
	Request
}

// maxFiles bounds the documents of one request.
const maxFiles = 100

// SignFiles has several documents signed with one request, in version 2. A
// refusal is of all of them. Where the answer is cut, the documents that came
// whole are signed and the others unknown: the results are those of the files,
// in their order, and the error is the first one.
func (s *Signer) SignFiles(ctx context.Context, credential signing.Credential, files []File) ([]Result, error) {
	if len(files) == 0 || len(files) > maxFiles {
		return nil, local(CodeRequest, nil)
	}
	if len(files) > 1 && s.client.cfg.Version != V2 {
		return nil, unsupported("several files in one request of version 1")
	}
	jobs := make([]*job, len(files))
	for i, f := range files {
		if f.Credential != (signing.Credential{}) {
			return nil, local(CodeCredential, nil)
		}
		f.Credential = credential
		jobs[i] = &job{dst: f.Dst, src: f.Src, size: f.Size, req: f.Request}
	}
	err := s.client.sign(ctx, s.id, jobs)
	results := make([]Result, len(jobs))
	for i, j := range jobs {
		results[i] = j.result
	}
	return results, err
}
