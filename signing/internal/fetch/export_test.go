package fetch

// RefuseInner is refuseInner.
var RefuseInner = refuseInner

// CacheUse is how many octets a Fetcher keeps.
func CacheUse(f *Fetcher) int64 {
	f.cache.mu.Lock()
	defer f.cache.mu.Unlock()
	return f.cache.size
}
