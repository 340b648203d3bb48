package certificate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Settle tells authority and vault what they have not been told yet: revocations, holds,
// requests given up, keys to destroy. The registrar tries at once after each change; Settle is
// for what failed then, and belongs into a loop. It returns how many tasks were done; what
// fails stays and is tried again, without end, with growing pauses.
func (r *Registrar) Settle(ctx context.Context) (done int, err error) {
	err = r.eachOutbox(ctx, func(id PersonID) error {
		n, err := r.settle(ctx, id)
		done += n
		return err
	})
	return done, err
}

// settleNow is the try right after a change. The change stands whatever comes of it.
func (r *Registrar) settleNow(ctx context.Context, id PersonID) {
	if _, err := r.settle(context.WithoutCancel(ctx), id); err != nil {
		r.cfg.Logger.WarnContext(ctx, "not settled yet", "person", id.String(), "error", err)
	}
}

// settle does one person's tasks. Those about one certificate keep their order: a hold must not
// overtake its lifting.
func (r *Registrar) settle(ctx context.Context, id PersonID) (done int, err error) {
	var failed []error
	for {
		t, err := r.takeTask(ctx, id)
		if err != nil || t.ID == "" {
			return done, errors.Join(append(failed, err)...)
		}
		doErr := r.do(ctx, t)
		var spelled []string
		err = r.update(context.WithoutCancel(ctx), id, func(rec *Record, now time.Time) error {
			spelled = rec.spelled()
			rec.settleTask(t.ID, doErr != nil, now)
			return nil
		})
		doErr = foreign("settle "+string(t.Kind), doErr, spelled...)
		switch {
		case err != nil:
			return done, errors.Join(append(failed, doErr, err)...)
		case doErr != nil:
			failed = append(failed, doErr)
		default:
			done++
		}
	}
}

// takeTask takes the first task that may be done now and keeps others away from it for the
// lease. A zero Task means that there is none.
func (r *Registrar) takeTask(ctx context.Context, id PersonID) (Task, error) {
	rec, err := r.cfg.Store.View(ctx, id)
	if err != nil || rec.nextTask(r.now()) == nil {
		return Task{}, err
	}
	var taken Task
	err = r.update(ctx, id, func(rec *Record, now time.Time) error {
		taken = Task{}
		if t := rec.nextTask(now); t != nil {
			t.NotBefore = now.Add(leaseTime)
			t.Attempts++
			taken = *t
		}
		return nil
	})
	return taken, err
}

// nextTask returns the first task that is due and has no earlier one about the same thing.
func (r *Record) nextTask(now time.Time) *Task {
	blocked := map[string]bool{}
	for i := range r.Tasks {
		t := &r.Tasks[i]
		if !t.NotBefore.After(now) && !blocked[t.about()] {
			return t
		}
		blocked[t.about()] = true
	}
	return nil
}

// about names what the task is about.
func (t Task) about() string { return t.Serial.String() + "|" + t.RequestID + "|" + string(t.KeyID) }

func (r *Registrar) do(ctx context.Context, t Task) error {
	ctx, cancel := context.WithTimeout(ctx, leaseTime/2)
	defer cancel()
	switch t.Kind {
	case TaskRevoke:
		return r.cfg.Issuer.Revoke(ctx, t.Serial, t.Reason, t.At)
	case TaskCancel:
		return r.cfg.Issuer.Cancel(ctx, t.RequestID, t.At)
	case TaskDestroyKey:
		return r.cfg.Vault.Destroy(ctx, t.KeyID)
	}
	return fmt.Errorf("unknown task %.40q", string(t.Kind))
}

func (r *Record) settleTask(id string, failed bool, now time.Time) {
	i := slices.IndexFunc(r.Tasks, func(t Task) bool { return t.ID == id })
	switch {
	case i < 0:
	case failed:
		r.Tasks[i].NotBefore = now.Add(backoff(r.Tasks[i].Attempts))
	default:
		r.Tasks = slices.Delete(r.Tasks, i, i+1)
	}
}
