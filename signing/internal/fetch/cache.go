package fetch

import (
	"bytes"
	"sync"
	"time"
)

// cache keeps answers until they end, within a bound on their size.
type cache struct {
	mu      sync.Mutex
	size    int64
	max     int64
	entries map[string]cached
}

type cached struct {
	der   []byte
	until time.Time
}

func newCache(maximum int64) *cache {
	return &cache{max: maximum, entries: make(map[string]cached)}
}

func (c *cache) get(key string, now time.Time) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	if !ok || !now.Before(e.until) {
		return nil, false
	}
	return bytes.Clone(e.der), true
}

// put keeps an answer. When there is no room, those that end first go first;
// one that has no end, or is larger than the cache, is not kept.
func (c *cache) put(key string, der []byte, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(key)
	if until.IsZero() || int64(len(der)) > c.max {
		return
	}
	for c.size+int64(len(der)) > c.max {
		c.drop(c.firstToEnd())
	}
	c.entries[key] = cached{bytes.Clone(der), until}
	c.size += int64(len(der))
}

func (c *cache) drop(key string) {
	c.size -= int64(len(c.entries[key].der))
	delete(c.entries, key)
}

func (c *cache) firstToEnd() string {
	var first string
	var until time.Time
	for key, e := range c.entries {
		if until.IsZero() || e.until.Before(until) {
			first, until = key, e.until
		}
	}
	return first
}
