package main

import (
	"fmt"
	"net/http"
	"time"
)

// jobView is the progress page. Without scripts it loads itself again until the
// job has ended.
type jobView struct {
	job
	Done, Total int
	Ended       bool
	Signed      int
	Left        int // letters that can be tried again
}

// refresh is how soon the page loads itself again, in seconds; 0 is never.
func (v jobView) refresh() int {
	if v.Ended {
		return 0
	}
	return 2
}

// myJob returns the job of a request if it is the person's own.
func (a *app) myJob(r *http.Request, s *session) (job, error) {
	j, err := a.cfg.store.Job(r.Context(), r.PathValue("job"))
	if err == nil && j.Signer != s.person.Username {
		err = errNotFound
	}
	return j, err
}

func (a *app) jobPage(w http.ResponseWriter, r *http.Request, s *session) error {
	j, err := a.myJob(r, s)
	if err != nil {
		return err
	}
	v := jobView{job: j, Done: j.done(), Total: len(j.Items), Ended: j.State == jobEnded, Signed: j.count(itemSigned)}
	v.Left = j.count(itemFailed) + j.count(itemUntried)
	return a.render(w, http.StatusOK, "antrean", "Penandatanganan", s, v)
}

const (
	// eventsLife is how long one stream lasts; the browser opens the next.
	eventsLife = 10 * time.Minute
	eventsBeat = 20 * time.Second
)

// jobEvents tells the progress as it happens (server-sent events).
func (a *app) jobEvents(w http.ResponseWriter, r *http.Request, s *session) error {
	if _, err := a.myJob(r, s); err != nil {
		return err
	}
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Now().Add(eventsLife + time.Minute))
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	life, beat := time.NewTimer(eventsLife), time.NewTicker(eventsBeat)
	defer life.Stop()
	defer beat.Stop()
	for {
		changed := a.queue.watch()
		j, err := a.myJob(r, s)
		if err != nil {
			return nil // the answer has begun
		}
		data, err := viewOf(j)
		if err != nil {
			return nil
		}
		fmt.Fprintf(w, "data: %s\n\n", data)
		if control.Flush() != nil || j.State == jobEnded {
			return nil
		}
		for waiting := true; waiting; {
			select {
			case <-changed:
				waiting = false
			case <-beat.C:
				fmt.Fprint(w, ": masih berjalan\n\n")
				if control.Flush() != nil {
					return nil
				}
			case <-life.C:
				return nil
			case <-r.Context().Done():
				return nil
			case <-a.gone:
				return nil
			}
		}
	}
}
