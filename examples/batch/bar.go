package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/sertel-id/sertel/signing"
)

// bar shows how far a batch is, on one line.
type bar struct {
	w     io.Writer
	shown bool
}

func (b *bar) show(p signing.BatchProgress) {
	const width = 40
	full := width * p.Done / p.Total
	fmt.Fprintf(b.w, "\r[%s%s] %d/%d", strings.Repeat("#", full), strings.Repeat(".", width-full), p.Done, p.Total)
	b.shown = true
}

func (b *bar) end() {
	if b.shown {
		fmt.Fprintln(b.w)
	}
}

// summary says how many letters had each outcome.
func summary(w io.Writer, results []signing.BatchResult, folder string) {
	count := map[signing.BatchOutcome]int{}
	for _, r := range results {
		count[r.Outcome]++
	}
	for _, o := range []signing.BatchOutcome{signing.BatchSigned, signing.BatchResumed, signing.BatchFailed, signing.BatchNotTried} {
		if count[o] > 0 {
			fmt.Fprintf(w, "%d surat %s\n", count[o], outcomes[o])
		}
	}
	fmt.Fprintf(w, "Hasil ada di %s\n", folder)
}
