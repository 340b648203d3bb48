package esign

import (
	"context"
	"errors"
	"io"
	"net/http"
)

// refetch asks for a signed document by its id and takes it as the job's
// answer.
func (c *Client) refetch(ctx context.Context, j *job) error {
	j.got, j.came = c.receiver(ctx, j), false
	err := c.download(ctx, j.result.DocumentID, j.result.AttemptID, j.got)
	j.came = err == nil
	return err
}

// Download fetches the result of a signature of version 1 by the id that came
// with it, and writes it to dst as it is, unchecked. The box hands a result out
// once: a second call is [CodeDocumentGone], and so is one after a download
// that broke off. [Signer.Sign] makes this call by itself when its answer was
// cut. Errors: [*Error].
func (c *Client) Download(ctx context.Context, dst io.Writer, documentID string) error {
	if documentID == "" || cleanID(documentID) != documentID {
		return local(CodeRequest, errors.New("not the id of a document"))
	}
	return c.download(ctx, documentID, "", &bounded{w: dst, left: c.cfg.MaxDocument + c.cfg.MaxGrowth})
}

// download sends GET /api/sign/download/{id}, once: it changes what the box
// has.
func (c *Client) download(ctx context.Context, id, attempt string, dst io.Writer) error {
	a, err := c.do(ctx, call{
		op: "download", method: http.MethodGet, path: "/api/sign/download/" + id, accept: "application/pdf",
		timeout: c.cfg.Timeouts.Sign, attempt: attempt,
	})
	if err != nil {
		return transportError(err, true)
	}
	defer a.close()
	if a.status != http.StatusOK {
		f, _ := readFault(a)
		e := c.refusal(a.status, f)
		if e.Code == CodeNoEndpoint {
			gone := newError(CodeDocumentGone, OutcomeRefused, nil)
			gone.HTTPStatus, gone.ServerText = e.HTTPStatus, e.ServerText
			return gone
		}
		return e
	}
	if _, err := io.Copy(dst, a.body); err != nil {
		return newError(CodeOutcomeUnknown, OutcomeUnknown, err)
	}
	return nil
}

// bounded refuses to write more than left bytes.
type bounded struct {
	w    io.Writer
	left int64
}

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errGrowth
	}
	return b.w.Write(p)
}
