package main

import "time"

// jobState is how far a job is.
type jobState string

const (
	jobNew     jobState = "new"     // its letters are being taken
	jobQueued  jobState = "queued"  // waits for the worker
	jobRunning jobState = "running" // is being signed
	jobEnded   jobState = "ended"
)

// itemState is what became of one letter of a job.
type itemState string

const (
	itemWaiting itemState = "waiting"
	itemSigning itemState = "signing" // has been given to the signing service
	itemSigned  itemState = "signed"
	itemFailed  itemState = "failed"
	itemUntried itemState = "untried" // the job ended before it
	itemUnknown itemState = "unknown" // given to the service, and no whole answer came
)

// job is letters that one person approved with one passphrase. The passphrase is
// not in it: Handle is the capability to take it from the handoff of this
// process, for these very documents and for some minutes.
type job struct {
	ID      string    `json:"id"`
	Signer  string    `json:"signer"`
	Handle  string    `json:"handle,omitempty"`
	Created time.Time `json:"created"`
	State   jobState  `json:"state"`
	Items   []jobItem `json:"items"`
}

// jobItem is one letter of a job.
type jobItem struct {
	Letter  string    `json:"letter"`
	Subject string    `json:"subject"`
	Number  string    `json:"number"`
	Step    int       `json:"step"`
	Version int       `json:"version"`
	SHA256  string    `json:"sha256"` // of the document that was approved
	State   itemState `json:"state"`
	Problem *problem  `json:"problem,omitempty"`
}

// done counts the letters about which everything is known that will be.
func (j *job) done() int {
	n := 0
	for _, i := range j.Items {
		if i.State != itemWaiting && i.State != itemSigning {
			n++
		}
	}
	return n
}

// count returns the letters in a state.
func (j *job) count(state itemState) int {
	n := 0
	for _, i := range j.Items {
		if i.State == state {
			n++
		}
	}
	return n
}
