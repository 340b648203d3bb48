package audit

// NewMemoryLogOf returns a log with entries as somebody wrote them.
func NewMemoryLogOf(chain *Chain, entries []Entry) *MemoryLog {
	l := NewMemoryLog(chain)
	l.entries = entries
	return l
}
