package passphrase

import (
	"context"
	"sync"
)

// Gate bounds how many Argon2 derivations run at the same time, so that a burst
// of logins cannot take all memory: each derivation needs [Params].Memory. One
// Gate should be shared by everything in a process that derives keys. The zero
// Gate lets two run at a time.
type Gate struct {
	once  sync.Once
	slots chan struct{}
}

// NewGate returns a Gate that lets n derivations run at a time; zero or less
// means two.
func NewGate(n int) *Gate {
	g := &Gate{}
	g.once.Do(func() { g.open(n) })
	return g
}

func (g *Gate) open(n int) {
	if n <= 0 {
		n = 2
	}
	g.slots = make(chan struct{}, n)
}

// Do runs f when there is room, in order of arrival. It returns the context's
// error, without running f, when ctx ends first.
func (g *Gate) Do(ctx context.Context, f func()) error {
	g.once.Do(func() { g.open(0) })
	// A finished context must not win the race against a free slot.
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case g.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-g.slots }()
	f()
	return nil
}
