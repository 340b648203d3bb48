package main

import (
	"fmt"
	"io"
)

// narrator tells what happens, in Indonesian.
type narrator struct{ w io.Writer }

func (n narrator) step(title string) { fmt.Fprintf(n.w, "\n%s\n", title) }

func (n narrator) say(format string, values ...any) { fmt.Fprintf(n.w, "  "+format+"\n", values...) }

func (n narrator) list(items []string) {
	for _, item := range items {
		fmt.Fprintf(n.w, "  - %s\n", item)
	}
}
