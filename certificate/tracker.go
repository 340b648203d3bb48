package certificate

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// Observation is something seen of a certificate that lives elsewhere: at BSrE, or wherever a
// signature came from.
type Observation struct {
	// Status as the status service answered; StatusUnknown when only a certificate was seen,
	// which says nothing about a later revocation.
	Status Status
	// Certificate of the person, from the certificate-chain call or from a signature; nil
	// when only a status was answered.
	Certificate *x509.Certificate
	// At is when it was so: the time of the answer, or the proven time of the signature.
	// Zero means now; the future is refused.
	At time.Time
}

// Format prints status, serial and time: the certificate names its owner.
func (o Observation) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "observation %s, certificate %s, %s", o.Status, serialText(o.Certificate), o.At.Format(time.RFC3339))
}

// LogValue logs what Format prints.
func (o Observation) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(o)) }

// MarshalText writes what Format prints.
func (o Observation) MarshalText() ([]byte, error) { return fmt.Append(nil, o), nil }

// Observed is an [Observation] as it is kept.
type Observed struct {
	At        time.Time `json:"at"`
	Status    Status    `json:"status"`
	Serial    Serial    `json:"serial,omitzero"` // zero when no certificate was seen
	NotBefore time.Time `json:"not_before,omitzero"`
	NotAfter  time.Time `json:"not_after,omitzero"`
}

// Tracked is what is known of a person at an instant.
type Tracked struct {
	Status     Status    // StatusUnknown before the first status was observed; EXPIRED is computed
	ObservedAt time.Time // the observation on which Status rests; zero with StatusUnknown
	Serial     Serial    // of the certificate last seen; zero before the first
	NotBefore  time.Time
	NotAfter   time.Time
}

// TrackedChange says what an observation changed against the one before it in time.
type TrackedChange struct{ From, To Tracked }

// StatusChanged reports another status; the first one counts.
func (c TrackedChange) StatusChanged() bool { return c.From.Status != c.To.Status }

// CertificateChanged reports another certificate; the first one counts.
func (c TrackedChange) CertificateChanged() bool { return c.From.Serial != c.To.Serial }

// TrackedDue is a certificate that ends soon or has ended.
type TrackedDue struct {
	Person string
	Tracked
}

// Errors of the tracker.
var (
	// ErrObservation: an observation of nothing, or of the future.
	ErrObservation = errors.New("certificate: not an observation")
	// ErrTrackedPerson: an id that is empty or over 128 bytes.
	ErrTrackedPerson = errors.New("certificate: not an id of a tracked person")
)

// TrackerStore keeps what a [Tracker] observed. UpdateTrail is one compare-and-swap for each
// person, as Update is in [Store].
type TrackerStore interface {
	// UpdateTrail calls f on the person's observations, oldest first and none at the
	// beginning, and stores what f returns. f may be called several times.
	UpdateTrail(ctx context.Context, person string, f func([]Observed) ([]Observed, error)) error
	// Trail returns the person's observations; none for an unknown person.
	Trail(ctx context.Context, person string) ([]Observed, error)
	// Tracked returns up to limit people after the given id, in the order of ids.
	Tracked(ctx context.Context, after string, limit int) ([]string, error)
}

// TrackerConfig configures a [Tracker].
type TrackerConfig struct {
	Store TrackerStore     // nil means in memory
	Now   func() time.Time // the clock; nil means time.Now
}

// Tracker follows certificates that others issue: the program tells what it saw and when, and
// asks what was known at an instant. It never calls anything unknown good. A person's id is
// the program's own, of 1 to 128 bytes; it should not be a NIK.
type Tracker struct{ cfg TrackerConfig }

// NewTracker returns a Tracker.
func NewTracker(cfg TrackerConfig) *Tracker {
	if cfg.Store == nil {
		cfg.Store = NewMemoryTrackerStore()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Tracker{cfg}
}

func checkTracked(person string) error {
	if person == "" || len(person) > 128 {
		return ErrTrackedPerson
	}
	return nil
}

// Observe records what was seen. Observations may come late and in any order; the change
// returned is the one at the observation's own time. Errors: [ErrObservation],
// [ErrTrackedPerson], the store's own.
func (t *Tracker) Observe(ctx context.Context, person string, o Observation) (TrackedChange, error) {
	if err := checkTracked(person); err != nil {
		return TrackedChange{}, err
	}
	now := t.cfg.Now()
	if o.At.IsZero() {
		o.At = now
	}
	seen := Observed{At: o.At.UTC().Round(0), Status: o.Status}
	if o.Certificate != nil {
		serial, err := SerialOf(o.Certificate)
		if err != nil {
			return TrackedChange{}, fmt.Errorf("%w: %w", ErrObservation, err)
		}
		seen.Serial, seen.NotBefore, seen.NotAfter = serial, o.Certificate.NotBefore.UTC(), o.Certificate.NotAfter.UTC()
	}
	switch {
	case o.Status > StatusRevoke, o.Status == StatusUnknown && o.Certificate == nil:
		return TrackedChange{}, fmt.Errorf("%w: neither status nor certificate", ErrObservation)
	case seen.At.After(now):
		return TrackedChange{}, fmt.Errorf("%w: of the future", ErrObservation)
	}
	var change TrackedChange
	err := t.cfg.Store.UpdateTrail(ctx, person, func(trail []Observed) ([]Observed, error) {
		i, _ := slices.BinarySearchFunc(trail, seen, func(a, b Observed) int {
			if a.At.After(b.At) {
				return 1
			}
			return -1 // an equal time counts as earlier: what comes later is newer
		})
		change = TrackedChange{From: knownAt(trail[:i], seen.At)}
		trail = slices.Insert(slices.Clone(trail), i, seen)
		change.To = knownAt(trail[:i+1], seen.At)
		return thin(trail, i), nil
	})
	return change, err
}

// thin drops the observations around i that say the same as both neighbours, so that asking
// daily for years keeps two entries.
func thin(trail []Observed, i int) []Observed {
	for j := i + 1; j >= i-1; j-- {
		if j > 0 && j+1 < len(trail) && trail[j-1].same(trail[j]) && trail[j].same(trail[j+1]) {
			trail = slices.Delete(trail, j, j+1)
		}
	}
	return trail
}

func (o Observed) same(other Observed) bool {
	return o.Status == other.Status && o.Serial == other.Serial && o.NotAfter.Equal(other.NotAfter)
}

// knownAt sums up observations made up to at.
func knownAt(trail []Observed, at time.Time) Tracked {
	var k Tracked
	for _, o := range trail {
		if o.At.After(at) {
			break
		}
		if o.Status != StatusUnknown {
			k.Status, k.ObservedAt = o.Status, o.At
		}
		if !o.Serial.IsZero() {
			k.Serial, k.NotBefore, k.NotAfter = o.Serial, o.NotBefore, o.NotAfter
		}
	}
	// ISSUE answered after the end of the certificate last seen means another certificate.
	if k.Status == StatusIssue && !k.Serial.IsZero() && at.After(k.NotAfter) && !k.ObservedAt.After(k.NotAfter) {
		k.Status = StatusExpired
	}
	return k
}

// StatusAt returns what was known of the person at an instant. Before the first observation
// of a status it is StatusUnknown, also for somebody never heard of. Errors:
// [ErrTrackedPerson], and the store's.
func (t *Tracker) StatusAt(ctx context.Context, person string, at time.Time) (Tracked, error) {
	if err := checkTracked(person); err != nil {
		return Tracked{}, err
	}
	trail, err := t.cfg.Store.Trail(ctx, person)
	if err != nil {
		return Tracked{}, err
	}
	return knownAt(trail, at), nil
}

// Observations returns what is kept of the person, oldest first. Of a row that says the same,
// the first and the last are kept. Errors: [ErrTrackedPerson], and the store's.
func (t *Tracker) Observations(ctx context.Context, person string) ([]Observed, error) {
	if err := checkTracked(person); err != nil {
		return nil, err
	}
	return t.cfg.Store.Trail(ctx, person)
}

// DueBefore returns the people whose certificate last seen ends before the instant, or has
// ended, and was not answered as revoked: whom to remind. Somebody of whom no certificate was
// seen cannot be among them. Errors are the store's.
func (t *Tracker) DueBefore(ctx context.Context, before time.Time) ([]TrackedDue, error) {
	now := t.cfg.Now()
	var due []TrackedDue
	for after := ""; ; {
		page, err := t.cfg.Store.Tracked(ctx, after, 500)
		if err != nil || len(page) == 0 {
			return due, err
		}
		for _, person := range page {
			trail, err := t.cfg.Store.Trail(ctx, person)
			if err != nil {
				return nil, err
			}
			k := knownAt(trail, now)
			renewed := k.Status == StatusIssue && k.ObservedAt.After(k.NotAfter)
			if !k.Serial.IsZero() && k.NotAfter.Before(before) && k.Status != StatusRevoke && !renewed {
				due = append(due, TrackedDue{person, k})
			}
		}
		after = page[len(page)-1]
	}
}
