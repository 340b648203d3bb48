package mockbsre

import (
	"sync"
	"time"
)

// Clock is the time of a [Server]. It stands still until it is told to move.
// Everything in the fake obeys it: links, certificates, OCSP, time-stamps.
type Clock struct {
	mu     sync.Mutex
	now    time.Time
	settle func()        // delivers what is due before the time changes
	moved  chan struct{} // closed when the time changes; nil while nobody waits
}

// Now returns the fake's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the time on by d, or back if d is negative. Mails that wait are
// delivered first, at the time at which they were written.
func (c *Clock) Advance(d time.Duration) { c.move(func(now time.Time) time.Time { return now.Add(d) }) }

// Set moves the time to t, which may lie in the past.
func (c *Clock) Set(t time.Time) { c.move(func(time.Time) time.Time { return t }) }

func (c *Clock) move(to func(time.Time) time.Time) {
	if c.settle != nil {
		c.settle()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = to(c.now)
	if c.moved != nil {
		close(c.moved)
		c.moved = nil
	}
}

// waitFor returns when the time is t or later, or one of both channels closed.
func (c *Clock) waitFor(t time.Time, done, gone <-chan struct{}) {
	for {
		c.mu.Lock()
		if !c.now.Before(t) {
			c.mu.Unlock()
			return
		}
		if c.moved == nil {
			c.moved = make(chan struct{})
		}
		moved := c.moved
		c.mu.Unlock()
		select {
		case <-moved:
		case <-done:
			return
		case <-gone:
			return
		}
	}
}
