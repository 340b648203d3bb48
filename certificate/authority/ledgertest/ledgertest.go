// Package ledgertest checks that an implementation of authority.Ledger keeps
// its promises.
package ledgertest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
)

// Run tests a ledger. Each call of open returns an empty one, or one whose
// contents belong to other serials, request ids and issuers than these tests
// draw at random. Both values may be the same ledger; where they are two
// handles to one store, the tests go through both.
//
//	func TestLedger(t *testing.T) {
//		ledgertest.Run(t, func(t *testing.T) (authority.Ledger, authority.Ledger) {
//			l := authority.NewMemoryLedger()
//			return l, l
//		})
//	}
func Run(t *testing.T, open func(t *testing.T) (a, b authority.Ledger)) {
	for _, test := range []struct {
		name string
		run  func(*suite)
	}{
		{"an entry is found by serial and request id", (*suite).finds},
		{"what was never recorded is not found", (*suite).notFound},
		{"a request id begins once", (*suite).beginsOnce},
		{"a serial is taken once", (*suite).serialTaken},
		{"the first certificate stays", (*suite).completesOnce},
		{"a cancelled request is barred", (*suite).cancels},
		{"a revocation changes in one step", (*suite).changesRevocation},
		{"revoked entries are listed by issuer", (*suite).listsRevoked},
		{"CRL numbers grow by issuer", (*suite).numbersGrow},
		{"one of many beginners wins", (*suite).beginRace},
		{"no change of a revocation is lost", (*suite).revocationRace},
		{"a cancelled context changes nothing", (*suite).obeysContext},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, b := open(t)
			test.run(&suite{T: t, a: a, b: b, ctx: t.Context()})
		})
	}
}

type suite struct {
	*testing.T
	a, b authority.Ledger
	ctx  context.Context
}

func (s *suite) noError(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *suite) is(err, want error) {
	s.Helper()
	if !errors.Is(err, want) {
		s.Fatalf("got error %v, want %v", err, want)
	}
}

func (s *suite) equal(got, want authority.Entry) {
	s.Helper()
	if !got.NotAfter.Equal(want.NotAfter) {
		s.Fatalf("NotAfter: got %v, want %v", got.NotAfter, want.NotAfter)
	}
	got.NotAfter = want.NotAfter
	if !reflect.DeepEqual(got, want) {
		s.Fatalf("got entry %+v, want %+v", got, want)
	}
}

// entry draws an entry at random.
func (s *suite) entry() authority.Entry {
	s.Helper()
	var b [20]byte
	rand.Read(b[:])
	b[0] = b[0]&0x3f | 0x40
	serial, err := certificate.NewSerial(new(big.Int).SetBytes(b[:]))
	s.noError(err)
	e := authority.Entry{
		Serial: serial, Issuer: fmt.Sprintf("%x", b), RequestID: rand.Text(), Profile: "person",
		TBS: []byte{0x30, 0}, NotAfter: time.Date(2029, 3, 7, 1, 59, 59, 0, time.UTC),
	}
	rand.Read(e.RequestDigest[:])
	return e
}

func (s *suite) begin() authority.Entry {
	s.Helper()
	e := s.entry()
	got, err := s.a.Begin(s.ctx, e)
	s.noError(err)
	s.equal(got, e)
	return e
}

func (s *suite) finds() {
	e := s.begin()
	got, err := s.b.Find(s.ctx, e.Serial)
	s.noError(err)
	s.equal(got, e)
	got, err = s.b.FindRequest(s.ctx, e.RequestID)
	s.noError(err)
	s.equal(got, e)

	// What is given out is a copy.
	got.TBS[0] ^= 0xff
	got, err = s.b.Find(s.ctx, e.Serial)
	s.noError(err)
	s.equal(got, e)
}

func (s *suite) notFound() {
	e := s.entry()
	_, err := s.a.Find(s.ctx, e.Serial)
	s.is(err, authority.ErrNotFound)
	_, err = s.a.FindRequest(s.ctx, e.RequestID)
	s.is(err, authority.ErrNotFound)
	_, err = s.a.Complete(s.ctx, e.Serial, []byte{0x30, 0})
	s.is(err, authority.ErrNotFound)
	err = s.a.ChangeRevocation(s.ctx, e.Serial, func(authority.Entry) (*authority.Revocation, error) {
		s.Error("called for a serial that is not there")
		return nil, nil
	})
	s.is(err, authority.ErrNotFound)
}

func (s *suite) beginsOnce() {
	first := s.begin()
	second := s.entry()
	second.RequestID = first.RequestID
	got, err := s.b.Begin(s.ctx, second)
	s.noError(err)
	s.equal(got, first)
	_, err = s.b.Find(s.ctx, second.Serial)
	s.is(err, authority.ErrNotFound)
}

func (s *suite) serialTaken() {
	first := s.begin()
	second := s.entry()
	second.Serial = first.Serial
	_, err := s.b.Begin(s.ctx, second)
	s.is(err, authority.ErrSerialTaken)
	_, err = s.b.FindRequest(s.ctx, second.RequestID)
	s.is(err, authority.ErrNotFound)
}

func (s *suite) completesOnce() {
	e := s.begin()
	first, second := []byte{0x30, 1, 5}, []byte{0x30, 1, 6}
	e.Certificate = first
	got, err := s.a.Complete(s.ctx, e.Serial, first)
	s.noError(err)
	s.equal(got, e)
	got, err = s.b.Complete(s.ctx, e.Serial, second)
	s.noError(err)
	s.equal(got, e)
	got, err = s.b.FindRequest(s.ctx, e.RequestID)
	s.noError(err)
	s.equal(got, e)
}

func (s *suite) cancels() {
	begun, never := s.begin(), s.entry()
	for range 2 {
		got, err := s.a.Cancel(s.ctx, begun.RequestID)
		s.noError(err)
		s.equal(got, begun)
		got, err = s.a.Cancel(s.ctx, never.RequestID)
		s.noError(err)
		if !got.Serial.IsZero() {
			s.Fatal("an entry for a request that was never begun")
		}
	}
	_, err := s.b.Begin(s.ctx, never)
	s.is(err, authority.ErrCancelled)
	_, err = s.b.FindRequest(s.ctx, begun.RequestID)
	s.is(err, authority.ErrCancelled)
	_, err = s.b.Complete(s.ctx, begun.Serial, []byte{0x30, 0})
	s.is(err, authority.ErrCancelled)
	got, err := s.b.Find(s.ctx, begun.Serial)
	s.noError(err)
	s.equal(got, begun)
}

func (s *suite) changesRevocation() {
	e := s.begin()
	want := authority.Revocation{
		At: time.Date(2028, 1, 2, 3, 4, 5, 0, time.UTC), Reason: certificate.ReasonKeyCompromise,
		InvalidityDate: time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	refused := errors.New("refused")
	steps := []struct {
		next *authority.Revocation
		err  error
		want *authority.Revocation
	}{
		{&want, nil, &want}, {nil, refused, &want}, {nil, nil, nil},
	}
	var before *authority.Revocation
	for _, step := range steps {
		err := s.a.ChangeRevocation(s.ctx, e.Serial, func(got authority.Entry) (*authority.Revocation, error) {
			s.sameRevocation(got.Revocation, before)
			return step.next, step.err
		})
		s.is(err, step.err)
		got, err := s.b.Find(s.ctx, e.Serial)
		s.noError(err)
		s.sameRevocation(got.Revocation, step.want)
		before = step.want
	}
}

func (s *suite) sameRevocation(got, want *authority.Revocation) {
	s.Helper()
	if (got == nil) != (want == nil) {
		s.Fatalf("got revocation %v, want %v", got, want)
	}
	if got != nil && (!got.At.Equal(want.At) || got.Reason != want.Reason || !got.InvalidityDate.Equal(want.InvalidityDate)) {
		s.Fatalf("got revocation %v, want %v", *got, *want)
	}
}

func (s *suite) revoke(l authority.Ledger, e authority.Entry, reason certificate.Reason) {
	s.Helper()
	s.noError(l.ChangeRevocation(s.ctx, e.Serial, func(authority.Entry) (*authority.Revocation, error) {
		return &authority.Revocation{At: e.NotAfter.Add(-time.Hour), Reason: reason}, nil
	}))
}

func (s *suite) listsRevoked() {
	one, two, good, other := s.entry(), s.entry(), s.entry(), s.entry()
	two.Issuer, good.Issuer = one.Issuer, one.Issuer
	for _, e := range []authority.Entry{one, two, good, other} {
		_, err := s.a.Begin(s.ctx, e)
		s.noError(err)
	}
	s.revoke(s.a, one, certificate.ReasonSuperseded)
	s.revoke(s.a, two, certificate.ReasonCertificateHold)
	s.revoke(s.a, other, certificate.ReasonSuperseded)
	list := func() map[certificate.Serial]certificate.Reason {
		got := make(map[certificate.Serial]certificate.Reason)
		s.noError(s.b.Revoked(s.ctx, one.Issuer, func(serial certificate.Serial, r authority.Revocation) bool {
			got[serial] = r.Reason
			return true
		}))
		return got
	}
	want := map[certificate.Serial]certificate.Reason{
		one.Serial: certificate.ReasonSuperseded, two.Serial: certificate.ReasonCertificateHold,
	}
	if got := list(); !reflect.DeepEqual(got, want) {
		s.Fatalf("got %v, want %v", got, want)
	}
	s.noError(s.a.ChangeRevocation(s.ctx, two.Serial, func(authority.Entry) (*authority.Revocation, error) { return nil, nil }))
	delete(want, two.Serial)
	if got := list(); !reflect.DeepEqual(got, want) {
		s.Fatalf("after the hold was lifted: got %v, want %v", got, want)
	}
	s.revoke(s.a, two, certificate.ReasonSuperseded)
	calls := 0
	s.noError(s.b.Revoked(s.ctx, one.Issuer, func(certificate.Serial, authority.Revocation) bool { calls++; return false }))
	if calls != 1 {
		s.Fatalf("called %d times after it said to stop", calls)
	}
}

func (s *suite) numbersGrow() {
	issuer, other := s.entry().Issuer, s.entry().Issuer
	for want := int64(1); want <= 3; want++ {
		l := s.a
		if want%2 == 0 {
			l = s.b
		}
		got, err := l.NextCRLNumber(s.ctx, issuer)
		s.noError(err)
		if got < want || want == 1 && got != 1 {
			s.Fatalf("number %d in call %d", got, want)
		}
	}
	if got, err := s.a.NextCRLNumber(s.ctx, other); err != nil || got != 1 {
		s.Fatalf("another issuer begins with %d, %v", got, err)
	}
}

// each runs f in many goroutines, half of them on each handle.
func (s *suite) each(n int, f func(i int, l authority.Ledger)) {
	var wg sync.WaitGroup
	for i := range n {
		l := s.a
		if i%2 == 1 {
			l = s.b
		}
		wg.Go(func() { f(i, l) })
	}
	wg.Wait()
}

func (s *suite) beginRace() {
	const n = 32
	id := rand.Text()
	entries := make([]authority.Entry, n)
	for i := range entries {
		entries[i] = s.entry()
		entries[i].RequestID = id
	}
	var mu sync.Mutex
	winners := make(map[certificate.Serial]bool)
	s.each(n, func(i int, l authority.Ledger) {
		got, err := l.Begin(s.ctx, entries[i])
		if err != nil {
			s.Error(err)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		winners[got.Serial] = true
	})
	if len(winners) != 1 {
		s.Fatalf("%d serials for one request", len(winners))
	}
}

func (s *suite) revocationRace() {
	const n = 32
	e := s.begin()
	s.revoke(s.a, e, certificate.ReasonCertificateHold)
	start := e.NotAfter.Add(-time.Hour)
	s.each(n, func(_ int, l authority.Ledger) {
		err := l.ChangeRevocation(s.ctx, e.Serial, func(e authority.Entry) (*authority.Revocation, error) {
			next := *e.Revocation
			next.At = next.At.Add(time.Second)
			return &next, nil
		})
		if err != nil {
			s.Error(err)
		}
	})
	got, err := s.a.Find(s.ctx, e.Serial)
	s.noError(err)
	if want := start.Add(n * time.Second); !got.Revocation.At.Equal(want) {
		s.Fatalf("got %v, want %v: changes were lost", got.Revocation.At, want)
	}
}

func (s *suite) obeysContext() {
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	e := s.entry()
	_, err := s.a.Begin(ctx, e)
	s.is(err, context.Canceled)
	_, err = s.a.Find(s.ctx, e.Serial)
	s.is(err, authority.ErrNotFound)
}
