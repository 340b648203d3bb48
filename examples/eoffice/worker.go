package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
	"github.com/sertel-id/sertel/signing/esign"
)

// carryOut signs the letters of a job, one after another. A failure about one
// letter lets the next be tried; any other, such as a wrong passphrase, ends the
// job.
func (q *queue) carryOut(ctx context.Context, id string) error {
	j, err := q.change(ctx, id, func(j *job) error { j.State = jobRunning; return nil })
	if err != nil {
		return err
	}
	// What was begun is noted to its end, also while the e-office stops.
	last := context.WithoutCancel(ctx)
	var items []signing.BatchItem
	var index []int
	for i, it := range j.Items {
		if it.State != itemWaiting {
			continue
		}
		d := &letterInJob{q: q, ctx: last, job: &j, item: i}
		request, err := q.request(last, it)
		if err != nil {
			q.settle(last, &j, i, itemFailed, q.problem(it, err))
			continue
		}
		items, index = append(items, signing.BatchItem{Document: d, Request: request}), append(index, i)
	}
	person := q.people.find(j.Signer) // who submitted the job
	results, _ := signing.Batch(ctx, &approvedSigner{q, &j, q.box.signer(person)}, items, signing.BatchOptions{
		Now: q.now, Scope: scopeOf,
		Progress: func(p signing.BatchProgress) {
			q.settleResult(last, &j, index[p.Last.Index], p.Last)
		},
	})
	for n, r := range results {
		if r.Outcome == signing.BatchNotTried {
			q.settleResult(last, &j, index[n], r)
		}
	}
	return q.close(last, &j)
}

// scopeOf knows, beside the scopes of package signing, that an approval is of one
// document.
func scopeOf(err error) signing.Scope {
	if errors.Is(err, passphrase.ErrNotGranted) {
		return signing.ScopeDocument
	}
	return signing.ScopeOf(err)
}

// settleResult notes a result of the batch.
func (q *queue) settleResult(ctx context.Context, j *job, item int, r signing.BatchResult) {
	switch {
	case r.Outcome == signing.BatchSigned:
		q.settle(ctx, j, item, itemSigned, nil)
		return
	case r.Outcome == signing.BatchNotTried:
		// The letter itself had no problem.
		q.settle(ctx, j, item, itemUntried, untried(problemOf(r.Err)))
		return
	}
	p := q.problem(j.Items[item], r.Err)
	if key, unknown := unknownOutcome(r.Err); unknown {
		q.noteKey(ctx, j.Items[item], key)
		q.settle(ctx, j, item, itemUnknown, p)
		return
	}
	q.settle(ctx, j, item, itemFailed, p)
}

func (q *queue) problem(it jobItem, err error) *problem {
	p := problemOf(err)
	logProblem(q.log.With("letter", it.Letter), "sign", p, err)
	return p
}

// untried says why a letter was not tried: for the reason of the one before it.
func untried(p *problem) *problem {
	out := *p
	out.Text = "Belum dicoba, karena naskah sebelumnya gagal: " + p.Text
	return &out
}

// errStored: the service has signed, and the signed letter could not be stored.
var errStored = errors.New("eoffice: the signed letter could not be stored")

// unknownOutcome tells failures after which the letter may be signed at the
// service. The key, if there is one, names the attempt there.
func unknownOutcome(err error) (key string, unknown bool) {
	var e *esign.Error
	if errors.As(err, &e) {
		return e.Key, e.Outcome == esign.OutcomeUnknown || e.Code == esign.CodeUnsettled
	}
	return "", errors.Is(err, errStored)
}

func (q *queue) noteKey(ctx context.Context, it jobItem, key string) {
	_, err := q.store.ChangeLetter(ctx, it.Letter, func(l *letter) ([]byte, error) {
		l.Steps[it.Step].Key = key
		return nil, nil
	})
	if err != nil {
		q.log.Error("note key", "letter", it.Letter, "error", err)
	}
}

// request is what the signer of a letter asks for: a block at the place that was
// found for it, or an invisible signature for initials.
func (q *queue) request(ctx context.Context, it jobItem) (signing.Request, error) {
	l, err := q.store.Letter(ctx, it.Letter)
	if err != nil {
		return signing.Request{}, err
	}
	return q.requestFor(&l, it.Step)
}

func (q *queue) requestFor(l *letter, index int) (signing.Request, error) {
	s := l.Steps[index]
	if s.Kind == stepInitial {
		return signing.Request{Reason: "Paraf"}, nil
	}
	person := q.people.find(s.Signer)
	if person == nil || l.Layout == nil {
		return signing.Request{}, errNotFound
	}
	placement, err := l.Layout.Placement(role(index))
	if err != nil {
		return signing.Request{}, err
	}
	block, err := blockOf(l, person, q.public)
	return signing.Request{Reason: "Menandatangani naskah dinas", Placement: placement, Block: &block}, err
}

// blockOf is what readers of the letter see. The QR code leads to the page about
// this letter; an address without TLS is only met on the developer's machine.
func blockOf(l *letter, person *official, public string) (appearance.Block, error) {
	block, err := appearance.Naskah(l.Kind, person.Official)
	if err != nil {
		return block, err
	}
	block.QR = appearance.QR{Link: public + "/v/" + l.Token, AllowAnyPayload: !strings.HasPrefix(public, "https:")}
	return block, nil
}

// approvedSigner takes the passphrase for each document from the handoff, which
// gives it for the very bytes that the person approved.
type approvedSigner struct {
	q    *queue
	job  *job
	next signing.DocumentSigner
}

// signTimeout bounds one signature, so that stopping the e-office ends.
const signTimeout = 90 * time.Second

// SignDocument implements signing.DocumentSigner.
func (s *approvedSigner) SignDocument(ctx context.Context, dst io.Writer, src io.ReaderAt, size int64, req signing.Request) (signing.Receipt, error) {
	handle, err := passphrase.ParseHandle(s.job.Handle)
	if err != nil {
		return signing.Receipt{}, err
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(src, 0, size)); err != nil {
		return signing.Receipt{}, err
	}
	secret, signer, err := s.q.handoff.Take(ctx, handle, [32]byte(h.Sum(nil)))
	if err != nil {
		return signing.Receipt{}, err
	}
	defer secret.Destroy()
	if signer != s.job.Signer {
		return signing.Receipt{}, passphrase.ErrNotGranted
	}
	sink := dst.(*signedLetter)
	if err := sink.document.mark(itemSigning); err != nil {
		return signing.Receipt{}, err
	}
	req.Credential = signing.Credential{Passphrase: secret}
	// A request that was sent is not broken off: nobody would know its outcome.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), signTimeout)
	defer cancel()
	sink.receipt, err = s.next.SignDocument(ctx, dst, src, size, req)
	return sink.receipt, err
}

// letterInJob is a letter of a job as a document of a batch.
type letterInJob struct {
	q    *queue
	ctx  context.Context // of the job: the interface of a batch has none
	job  *job
	item int
}

func (d *letterInJob) it() jobItem { return d.job.Items[d.item] }

// mark notes how far the letter is before anything is done that cannot be undone.
func (d *letterInJob) mark(state itemState) error {
	_, err := d.q.change(d.ctx, d.job.ID, func(j *job) error { j.Items[d.item].State = state; return nil })
	return err
}

// Name implements signing.BatchDocument.
func (d *letterInJob) Name() string { return d.it().Letter }

// Open implements signing.BatchDocument.
func (d *letterInJob) Open() (signing.BatchSource, error) {
	document, err := d.q.store.Document(d.ctx, d.it().Letter, d.it().Version)
	if err != nil {
		return nil, err
	}
	return source{bytes.NewReader(document)}, nil
}

type source struct{ *bytes.Reader }

func (source) Close() error { return nil }

// Create implements signing.BatchDocument.
func (d *letterInJob) Create() (signing.BatchSink, error) { return &signedLetter{document: d}, nil }

// signedLetter takes the signed bytes and stores them with the letter, both or
// neither.
type signedLetter struct {
	bytes.Buffer
	document *letterInJob
	receipt  signing.Receipt
}

// Commit implements signing.BatchSink.
func (s *signedLetter) Commit() error {
	d := s.document
	q, it := d.q, d.it()
	_, err := q.store.ChangeLetter(d.ctx, it.Letter, func(l *letter) ([]byte, error) {
		if l.next() != it.Step || l.Steps[it.Step].Job != d.job.ID || l.current().Number != it.Version {
			return nil, errMoved
		}
		person := q.people.find(d.job.Signer)
		st := &l.Steps[it.Step]
		l.addVersion(s.Bytes(), fmt.Sprintf("%s %s", st.Kind.Text(), person.Name()), q.now())
		st.Done = &signature{
			At: s.receipt.Time, Version: l.current().Number, Name: person.Name(), Position: person.Position(),
			Level: s.receipt.Level.String(),
		}
		if s.receipt.Certificate != nil {
			st.Done.Certificate = s.receipt.Certificate.Raw
		}
		st.Job, st.Problem, st.Key = "", nil, ""
		l.note(q.now(), d.job.Signer, "%s, %s", st.Kind.Text(), s.receipt.Level)
		if l.next() < 0 {
			l.State = stateDone
			l.note(q.now(), "", "selesai ditandatangani")
		}
		return s.Bytes(), nil
	})
	if err == nil {
		return nil
	}
	// It is signed: the bytes are kept where somebody can fetch them.
	kept := q.box.keep(d.ctx, "surat-"+it.Letter, s.Bytes())
	q.log.Error("store signed letter", "letter", it.Letter, "error", err, "quarantine", kept)
	return errors.Join(errStored, err, kept)
}

// Discard implements signing.BatchSink.
func (s *signedLetter) Discard() error { return nil }

// view is a job as the progress page's script reads it.
type view struct {
	Done  int        `json:"done"`
	Total int        `json:"total"`
	Ended bool       `json:"ended"`
	Items []viewItem `json:"items"`
}

type viewItem struct {
	State string `json:"state"`
	Text  string `json:"text"`
}

func viewOf(j job) ([]byte, error) {
	v := view{Done: j.done(), Total: len(j.Items), Ended: j.State == jobEnded}
	for _, it := range j.Items {
		v.Items = append(v.Items, viewItem{string(it.State), it.State.Text()})
	}
	return json.Marshal(v)
}
