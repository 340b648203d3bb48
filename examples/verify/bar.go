package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
)

// bar shows how many documents are judged. It is drawn on a terminal only, and
// only when there are many.
type bar struct {
	mu          sync.Mutex
	w           io.Writer
	done, total int
	drawn       bool
}

// fewDocuments are done before anybody wonders.
const fewDocuments = 10

func newBar(w io.Writer, total int, terminal bool) *bar {
	return &bar{w: w, total: total, drawn: terminal && total > fewDocuments}
}

func (b *bar) step() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done++
	if !b.drawn {
		return
	}
	const width = 40
	full := width * b.done / b.total
	fmt.Fprintf(b.w, "\r[%s%s] %d/%d", strings.Repeat("#", full), strings.Repeat(".", width-full), b.done, b.total)
}

// end wipes the bar, so that only the results stay.
func (b *bar) end() {
	if b.drawn {
		fmt.Fprint(b.w, "\r\x1b[K")
	}
}
