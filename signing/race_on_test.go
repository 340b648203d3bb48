//go:build race

package signing_test

// underRace tells that the race detector slows everything down.
const underRace = true
