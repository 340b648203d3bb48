//go:build race

package pdf_test

// underRace tells that the race detector slows everything down.
const underRace = true
