package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/sertel-id/sertel/passphrase"
)

// queue carries out jobs, one after another: the box has one key store and wants
// to be asked for one thing at a time.
type queue struct {
	store   store
	box     *box
	people  *directory
	handoff *passphrase.Handoff
	// public is the address that QR codes lead to.
	public string
	now    func() time.Time
	log    *slog.Logger

	mu      sync.Mutex
	pending []string // ids of queued jobs
	wake    chan struct{}
	changed chan struct{} // closed at the next change of any job
}

func newQueue(cfg appConfig) *queue {
	return &queue{
		store: cfg.store, box: cfg.box, people: cfg.people, public: cfg.publicURL, now: cfg.now, log: cfg.log,
		handoff: passphrase.NewHandoff(passphrase.HandoffConfig{Now: cfg.now}),
		wake:    make(chan struct{}, 1), changed: make(chan struct{}),
	}
}

// approval is one document that a person has seen and wants to sign.
type approval struct {
	Letter string
	SHA256 string
}

// maxBatch bounds the letters of one job.
const maxBatch = 200

// submit puts letters into one job and its passphrase into the handoff, good for
// the approved documents alone.
func (q *queue) submit(ctx context.Context, person *official, approved []approval, secret passphrase.Secret) (string, error) {
	if len(approved) == 0 || len(approved) > maxBatch {
		return "", trouble(http.StatusUnprocessableEntity, "BATCH", helpSigner, "Pilih 1 sampai %d naskah.", maxBatch)
	}
	grant := passphrase.Grant{Signer: person.Username, TTL: min(15*time.Minute, 5*time.Minute+time.Duration(len(approved))*3*time.Second)}
	for _, a := range approved {
		sum, err := hex.DecodeString(a.SHA256)
		if err != nil || len(sum) != 32 {
			return "", errMoved
		}
		grant.Digests = append(grant.Digests, [32]byte(sum))
	}
	handle, err := q.handoff.Put(ctx, secret, grant)
	if errors.Is(err, passphrase.ErrEmpty) {
		return "", trouble(http.StatusUnprocessableEntity, "PASSPHRASE_EMPTY", helpSigner, "Passphrase belum diisi.")
	}
	if errors.Is(err, passphrase.ErrGrant) {
		return "", errMoved // no document has the digest of zeros
	}
	if err != nil {
		return "", err
	}
	j := job{ID: newToken(), Signer: person.Username, Handle: handle.Token(), Created: q.now(), State: jobNew}
	if err := q.fill(ctx, &j, approved); err != nil {
		q.handoff.Revoke(handle)
		return "", err
	}
	return j.ID, nil
}

// fill takes the letters for a job and queues it. What breaks off in between is
// put right by [queue.recover].
func (q *queue) fill(ctx context.Context, j *job, approved []approval) error {
	for _, a := range approved {
		l, err := q.store.Letter(ctx, a.Letter)
		if err != nil {
			return err
		}
		if !l.ready(j.Signer) || l.current().SHA256 != a.SHA256 {
			return errMoved
		}
		j.Items = append(j.Items, jobItem{
			Letter: l.ID, Subject: l.Subject, Number: l.Number, Step: l.next(),
			Version: l.current().Number, SHA256: a.SHA256, State: itemWaiting,
		})
	}
	if err := q.store.AddJob(ctx, *j); err != nil {
		return err
	}
	for i := range j.Items {
		if err := q.hold(ctx, j, i); err != nil {
			q.settle(ctx, j, i, itemFailed, problemOf(err))
		}
	}
	if _, err := q.change(ctx, j.ID, func(j *job) error { j.State = jobQueued; return nil }); err != nil {
		return err
	}
	q.enqueue(j.ID)
	return nil
}

// hold marks a letter as being in a job, so that no second one takes it.
func (q *queue) hold(ctx context.Context, j *job, item int) error {
	it := j.Items[item]
	_, err := q.store.ChangeLetter(ctx, it.Letter, func(l *letter) ([]byte, error) {
		if !l.ready(j.Signer) || l.next() != it.Step || l.current().SHA256 != it.SHA256 {
			return nil, errMoved
		}
		s := &l.Steps[it.Step]
		s.Job, s.Problem = j.ID, nil
		return nil, nil
	})
	return err
}

func (q *queue) enqueue(id string) {
	q.mu.Lock()
	q.pending = append(q.pending, id)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// run carries out jobs until the context ends; the letter in work is finished.
func (q *queue) run(ctx context.Context) {
	for {
		for id := q.take(); id != "" && ctx.Err() == nil; id = q.take() {
			if err := q.carryOut(ctx, id); err != nil {
				q.log.Error("job", "job", id, "error", err)
			}
		}
		select {
		case <-q.wake:
		case <-ctx.Done():
			return
		}
	}
}

func (q *queue) take() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.pending) == 0 {
		return ""
	}
	id := q.pending[0]
	q.pending = q.pending[1:]
	return id
}

// watch returns a channel that is closed at the next change of any job. Asked for
// before a job is read, it misses none.
func (q *queue) watch() <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.changed
}

// change stores a job and tells those who watch.
func (q *queue) change(ctx context.Context, id string, f func(*job) error) (job, error) {
	j, err := q.store.ChangeJob(ctx, id, f)
	q.mu.Lock()
	defer q.mu.Unlock()
	close(q.changed)
	q.changed = make(chan struct{})
	return j, err
}

// settle notes what became of a letter: on the job for whoever watches it, and on
// the letter, which is free again unless it was signed or nobody knows.
func (q *queue) settle(ctx context.Context, j *job, item int, state itemState, p *problem) {
	it := j.Items[item]
	if state != itemSigned {
		_, err := q.store.ChangeLetter(ctx, it.Letter, func(l *letter) ([]byte, error) {
			s := &l.Steps[it.Step]
			if s.Job != j.ID {
				return nil, errMoved
			}
			s.Job, s.Problem, s.Unknown = "", p, state == itemUnknown
			if p != nil {
				l.note(q.now(), j.Signer, "%s: %s", state.Text(), p.Code)
			}
			return nil, nil
		})
		if err != nil && !errors.Is(err, errMoved) {
			q.log.Error("release letter", "letter", it.Letter, "error", err)
		}
	}
	if _, err := q.change(ctx, j.ID, func(j *job) error {
		j.Items[item].State, j.Items[item].Problem = state, p
		return nil
	}); err != nil {
		q.log.Error("settle", "job", j.ID, "error", err)
	}
	j.Items[item].State, j.Items[item].Problem = state, p
}

// close ends a job. Its passphrase, if it still waits, is destroyed.
func (q *queue) close(ctx context.Context, j *job) error {
	if h, err := passphrase.ParseHandle(j.Handle); err == nil {
		q.handoff.Revoke(h)
	}
	_, err := q.change(ctx, j.ID, func(j *job) error {
		j.State, j.Handle = jobEnded, ""
		return nil
	})
	return err
}

// recover puts right what the end of an earlier process left. Its passphrases are
// gone, so that each letter goes back to its signer; one that had been given to
// the signing service may be signed there, which only a person can decide on.
func (q *queue) recover(ctx context.Context) error {
	open, err := q.store.OpenJobs(ctx)
	if err != nil {
		return err
	}
	for _, j := range open {
		for i, it := range j.Items {
			if err := q.recoverItem(ctx, &j, i, it); err != nil {
				return fmt.Errorf("recover job %s: %w", j.ID, err)
			}
		}
		if err := q.close(ctx, &j); err != nil {
			return err
		}
	}
	return nil
}

func (q *queue) recoverItem(ctx context.Context, j *job, item int, it jobItem) error {
	l, err := q.store.Letter(ctx, it.Letter)
	if err != nil {
		return err
	}
	signed := l.Steps[it.Step].Done != nil && l.Steps[it.Step].Done.Version == it.Version+1
	switch {
	case it.State != itemWaiting && it.State != itemSigning:
		return nil
	case signed:
		q.settle(ctx, j, item, itemSigned, nil)
	case it.State == itemSigning:
		q.settle(ctx, j, item, itemUnknown, interrupted())
	default:
		q.settle(ctx, j, item, itemUntried, problemOf(passphrase.ErrHandle))
	}
	return nil
}

func interrupted() *problem {
	return trouble(http.StatusConflict, "INTERRUPTED", helpSigner,
		"Aplikasi berhenti ketika naskah ini sedang ditandatangani, sehingga hasilnya belum diketahui. Naskah aman. Putuskan: tandatangani sekali lagi, atau hentikan.")
}
