package esign

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"slices"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/signing"
)

// sign has the documents signed with one request: everything that can refuse
// them first, then the ledger, then the request, then what came back, one by
// one. It fills the results and returns the first error.
func (c *Client) sign(ctx context.Context, id Identity, jobs []*job) error {
	begun := c.cfg.Now()
	for _, j := range jobs {
		j.id = signing.NewAttemptID()
		j.result.Outcome, j.result.AttemptID = OutcomeRefused, j.id
	}
	err := c.signAll(ctx, id, jobs)
	var e *Error
	if errors.As(err, &e) && e.AttemptID == "" {
		e.AttemptID = jobs[0].id
	}
	for _, j := range jobs {
		c.audit(ctx, id, j, begun, err)
	}
	return err
}

func (c *Client) signAll(ctx context.Context, id Identity, jobs []*job) error {
	if err := id.check(c.cfg.Version); err != nil {
		return err
	}
	for _, j := range jobs {
		if err := c.preflight(ctx, j); err != nil {
			return err
		}
	}
	if id.seal != nil {
		if err := id.seal.ready(ctx, jobs); err != nil {
			return err
		}
	}
	expected, sent, err := c.ask(ctx, id, jobs)
	if err != nil {
		return err
	}
	var first error
	for _, j := range jobs {
		if err := c.settle(ctx, j, expected, sent); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// ask waits for its turn and makes the requests. An error means that the
// documents did not leave.
func (c *Client) ask(ctx context.Context, id Identity, jobs []*job) (evidence, *Error, error) {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return evidence{}, nil, local(CodeCanceled, ctx.Err())
	}
	expected, err := c.expect(ctx, id)
	if err != nil {
		return evidence{}, nil, err
	}
	if err := c.begin(ctx, id, jobs); err != nil {
		return evidence{}, nil, err
	}
	return expected, c.send(ctx, id, jobs), nil
}

// expect asks for the signer's status when the configuration says so, and
// gathers what the signer can be confirmed by.
func (c *Client) expect(ctx context.Context, id Identity) (evidence, error) {
	if c.cfg.CheckStatus && id.seal == nil {
		s, err := c.Status(ctx, id)
		if err != nil {
			return evidence{}, err
		}
		if s.Status != certificate.StatusIssue {
			e := local(CodeStatus, errors.New("status "+s.Status.String()))
			e.ServerCode = s.Code
			return evidence{}, e
		}
	}
	ev := evidence{name: id.Name, certificate: id.Certificate}
	if ev.certificate != ([32]byte{}) || c.cfg.SkipChain || c.cfg.Version != V2 {
		return ev, nil
	}
	// Boxes differ in this call and some lack it: without an answer the name
	// is what is left.
	if chain, err := c.CertificateChain(ctx, id); err == nil {
		for _, cert := range chain {
			if !cert.IsCA {
				ev.certificate = sha256.Sum256(cert.Raw)
				break
			}
		}
	}
	if ctx.Err() != nil {
		return evidence{}, local(CodeCanceled, ctx.Err())
	}
	return ev, nil
}

// begin notes the attempts in the ledger. When one must not be made, none is.
func (c *Client) begin(ctx context.Context, id Identity, jobs []*job) error {
	now := c.cfg.Now().UTC()
	for i, j := range jobs {
		r := &j.result
		r.Key = c.key(id, j.digest, &j.req)
		var entry Entry
		err := c.inLedger(ctx, r.Key, func(e *Entry) error {
			entry = *e
			return e.Begin(Attempt{ID: r.AttemptID, Started: now, InSHA256: hex.EncodeToString(j.digest[:])}, c.patience())
		})
		if err == nil {
			continue
		}
		failed := asError(err, CodeLedger, OutcomeRefused)
		failed.Key = r.Key
		if first, ok := entry.Signed(); ok && failed.Code == CodeAlreadySaved {
			key := r.Key
			r.Receipt = first.Receipt()
			r.Key, r.InputSize = key, j.size
		}
		for _, begun := range jobs[:i] {
			c.end(ctx, begun, failed)
		}
		return failed
	}
	return nil
}

// send makes the one request. Its error is of the request as a whole.
func (c *Client) send(ctx context.Context, id Identity, jobs []*job) *Error {
	var err error
	if c.cfg.Version == V1 {
		err = c.signV1(ctx, id, jobs[0])
	} else {
		err = c.signV2(ctx, id, jobs)
	}
	if err == nil {
		return nil
	}
	e := asError(err, CodeOutcomeUnknown, OutcomeUnknown)
	if e.Code == CodeServiceFault {
		for _, j := range jobs {
			for _, cause := range j.causes {
				if !slices.Contains(e.Causes, cause) {
					e.Causes = append(e.Causes, cause)
				}
			}
		}
	}
	return e
}

// settle brings one attempt to its end.
func (c *Client) settle(ctx context.Context, j *job, expected evidence, sent *Error) error {
	if sent != nil && sent.Outcome == OutcomeRefused {
		return c.fail(ctx, j, sent)
	}
	// What came is worked up even when the caller has given up meanwhile: the
	// document is signed, and all of this is local.
	here := context.WithoutCancel(ctx)
	failed := c.accept(here, j, expected, sent)
	if failed != nil && c.fetchable(j, failed) && ctx.Err() == nil {
		// Its one chance: the box hands a result out once.
		again := *j
		again.result.Doubts = nil
		if err := c.refetch(ctx, &again); err == nil {
			if e := c.accept(here, &again, expected, nil); e == nil {
				*j, failed = again, nil
			}
		}
	}
	if failed != nil {
		return c.fail(ctx, j, failed)
	}
	c.raise(ctx, j)
	if err := deliver(here, j); err != nil {
		return c.fail(ctx, j, newError(CodeNotDelivered, OutcomeUnknown, foreign(err)))
	}
	j.result.Outcome = OutcomeSigned
	c.end(ctx, j, nil)
	return nil
}

// accept checks what came for one document.
func (c *Client) accept(ctx context.Context, j *job, expected evidence, sent *Error) *Error {
	switch {
	case j.got != nil && errors.Is(j.got.err, errOther):
		return newError(CodeOtherDocument, OutcomeUnknown, j.got.err)
	case sent != nil && !j.came:
		return sent
	case j.got == nil || !j.came:
		return newError(CodeOutcomeUnknown, OutcomeUnknown, errors.New("the answer lacks the document"))
	}
	if err := j.got.done(); err != nil {
		return newError(CodeOutcomeUnknown, OutcomeUnknown, err)
	}
	return c.check(ctx, j, expected)
}

// fetchable reports whether fetching the result by its id can help: the box
// gave one, and its first answer was cut, is not the document, or spoils an
// earlier signature, as half an update does.
func (c *Client) fetchable(j *job, e *Error) bool {
	return c.cfg.Version == V1 && j.result.DocumentID != "" && slices.Contains([]Code{CodeOutcomeUnknown, CodeNotSigned, CodeEarlierSignature}, e.Code)
}

// fail ends an attempt without a result and keeps what came.
func (c *Client) fail(ctx context.Context, j *job, e *Error) error {
	own := *e
	own.AttemptID, own.Key = j.result.AttemptID, j.result.Key
	if j.got != nil {
		saved, err := j.got.save()
		own.Quarantined = saved
		if err != nil {
			c.cfg.Logger.LogAttrs(context.Background(), slog.LevelError, "esign quarantine failed",
				slog.String("attempt", own.AttemptID), slog.String("error", mask(err.Error())))
		}
	}
	j.result.Outcome = own.Outcome
	j.failed = &own
	c.end(ctx, j, &own)
	return &own
}

// end writes the outcome into the ledger and the log.
func (c *Client) end(ctx context.Context, j *job, e *Error) {
	r := &j.result
	now := c.cfg.Now().UTC()
	var a Attempt
	err := c.inLedger(ctx, r.Key, func(entry *Entry) error {
		for _, begun := range entry.Attempts {
			if begun.ID == r.AttemptID {
				a = begun
			}
		}
		a.Ended, a.Outcome = now, r.Outcome
		if e != nil {
			a.Code = string(e.Code)
		}
		if r.Outcome == OutcomeSigned {
			a.Note(r.Receipt)
		}
		return entry.End(a)
	})
	if err != nil && r.Outcome == OutcomeSigned {
		r.Doubt(DoubtNotNoted)
	}
	attrs := []slog.Attr{
		slog.String("attempt", r.AttemptID), slog.String("outcome", r.Outcome.String()),
		slog.Duration("took", now.Sub(a.Started)), slog.Int64("in_bytes", j.size), slog.Int64("out_bytes", r.OutputSize),
	}
	level := slog.LevelInfo
	if e != nil {
		level = slog.LevelWarn
		attrs = append(attrs, slog.String("code", string(e.Code)), slog.Int("http_status", e.HTTPStatus), slog.Bool("quarantined", e.Quarantined))
	}
	for _, d := range r.Doubts {
		attrs = append(attrs, slog.String("doubt", string(d)))
	}
	if err != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("ledger_error", mask(err.Error())))
	}
	c.cfg.Logger.LogAttrs(context.Background(), level, "esign signature", attrs...)
}

// deliver writes the signed document, and makes sure that the original is
// still the one that was sent.
func deliver(ctx context.Context, j *job) error {
	h := sha256.New()
	w := io.MultiWriter(j.dst, h)
	if err := copyAll(ctx, w, j.src, j.size); err != nil {
		return err
	}
	if [32]byte(h.Sum(nil)) != j.digest {
		return errors.New("the original changed while it was being signed")
	}
	if _, err := w.Write(j.got.tail); err != nil {
		return err
	}
	r := &j.result
	r.InputSHA256, r.InputSize = j.digest, j.size
	r.OutputSHA256, r.OutputSize = [32]byte(h.Sum(nil)), j.size+int64(len(j.got.tail))
	r.Repairs = j.repairs
	return nil
}

// receiver makes the place for a document's answer.
func (c *Client) receiver(ctx context.Context, j *job) *received {
	r := &received{src: j.src, size: j.size, limit: c.cfg.MaxGrowth}
	if q := c.cfg.Quarantine; q != nil {
		id := j.result.AttemptID
		r.keep = func() (io.WriteCloser, error) { return q.Keep(context.WithoutCancel(ctx), id) }
	}
	return r
}
