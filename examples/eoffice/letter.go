package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/appearance"
)

// letterState is how far a letter is. It is stored, so the words stay.
type letterState string

const (
	stateDraft    letterState = "draft"    // uploaded, not prepared
	stateSigning  letterState = "signing"  // prepared, signers outstanding
	stateDone     letterState = "done"     // every signer has signed
	stateReturned letterState = "returned" // given back to its author, or given up
)

// stepKind is what a signer does.
type stepKind string

const (
	stepSign    stepKind = "tte"   // a signature that shows
	stepInitial stepKind = "paraf" // an invisible signature
)

// letter is one official letter with its way through the office. The bytes of
// its versions lie beside it in the store.
type letter struct {
	ID string `json:"id"`
	// Token is in the link of the QR code, for people outside.
	Token   string          `json:"token"`
	Number  string          `json:"number"`
	Subject string          `json:"subject"`
	Kind    appearance.Kind `json:"kind"`
	Agency  string          `json:"agency"`
	Author  string          `json:"author"`
	Created time.Time       `json:"created"`
	State   letterState     `json:"state"`
	// Tags are the anchor tags that the upload has.
	Tags   []foundTag      `json:"tags,omitempty"`
	Layout *signing.Layout `json:"layout,omitempty"`
	Steps  []step          `json:"steps,omitempty"`
	// Warnings are what the preparation found and let pass.
	Warnings []*problem `json:"warnings,omitempty"`
	// Versions are the states of the document, oldest first.
	Versions []version `json:"versions"`
	Events   []event   `json:"events"`
}

// step is one signer's part. Signers follow one another.
type step struct {
	Signer string   `json:"signer"`
	Kind   stepKind `json:"kind"`
	// Job is the job that holds the step now; empty when none does.
	Job string `json:"job,omitempty"`
	// Unknown: a signature was asked for and no whole answer came. Key names
	// the attempt at the signing service.
	Unknown bool   `json:"unknown,omitempty"`
	Key     string `json:"key,omitempty"`
	// Problem is what became of the last try, nil when there was none.
	Problem *problem `json:"problem,omitempty"`
	// Done is set once the step is signed.
	Done *signature `json:"done,omitempty"`
}

// signature is what is kept of a signature that was made.
type signature struct {
	At time.Time `json:"at"`
	// Version is that of the document which holds it.
	Version int `json:"version"`
	// Name and Position are the signer's at that time.
	Name     string `json:"name"`
	Position string `json:"position"`
	// Certificate is the signer's, in DER.
	Certificate []byte `json:"certificate"`
	Level       string `json:"level"`
}

// version is one state of the document.
type version struct {
	Number int       `json:"number"` // from 1
	SHA256 string    `json:"sha256"`
	Size   int       `json:"size"`
	What   string    `json:"what"`
	At     time.Time `json:"at"`
}

// event is a line of the letter's history.
type event struct {
	At   time.Time `json:"at"`
	Who  string    `json:"who"` // a username, empty for the e-office itself
	What string    `json:"what"`
}

// maxEvents bounds a letter's history; the oldest lines go first.
const maxEvents = 200

var (
	errNotFound = errors.New("eoffice: not found")
	// errMoved: the letter is no longer as the person saw it.
	errMoved = errors.New("eoffice: the letter has changed meanwhile")
)

// newToken returns 160 random bits in letters that fit into an address.
func newToken() string { return rand.Text() + rand.Text()[:6] }

func digestText(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Newest is current, for templates.
func (l letter) Newest() version { return l.current() }

// current is the newest version.
func (l *letter) current() version { return l.Versions[len(l.Versions)-1] }

// addVersion notes a new state of the document; the store keeps its bytes.
func (l *letter) addVersion(document []byte, what string, at time.Time) {
	l.Versions = append(l.Versions, version{
		Number: len(l.Versions) + 1, SHA256: digestText(document), Size: len(document), What: what, At: at,
	})
}

func (l *letter) note(at time.Time, who, format string, args ...any) {
	l.Events = append(l.Events, event{at, who, fmt.Sprintf(format, args...)})
	if len(l.Events) > maxEvents {
		l.Events = slices.Delete(l.Events, 0, len(l.Events)-maxEvents)
	}
}

// next is the index of the step whose turn it is, or -1.
func (l *letter) next() int {
	if l.State != stateSigning {
		return -1
	}
	return slices.IndexFunc(l.Steps, func(s step) bool { return s.Done == nil })
}

// turn returns the step that a person can take now, or nil.
func (l *letter) turn(username string) *step {
	if i := l.next(); i >= 0 && l.Steps[i].Signer == username {
		return &l.Steps[i]
	}
	return nil
}

// ready reports whether a person can be asked for the passphrase now.
func (l *letter) ready(username string) bool {
	s := l.turn(username)
	return s != nil && s.Job == "" && !s.Unknown
}

// signed counts the signatures so far.
func (l *letter) signed() int {
	n := 0
	for _, s := range l.Steps {
		if s.Done != nil {
			n++
		}
	}
	return n
}

// people are those who may see the letter: its author and its signers.
func (l *letter) people() []string {
	out := []string{l.Author}
	for _, s := range l.Steps {
		if !slices.Contains(out, s.Signer) {
			out = append(out, s.Signer)
		}
	}
	return out
}

func (l *letter) visibleTo(username string) bool { return slices.Contains(l.people(), username) }

// role names a step in the layout.
func role(index int) string { return fmt.Sprintf("penanda-tangan-%d", index+1) }
