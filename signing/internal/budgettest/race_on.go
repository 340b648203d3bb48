//go:build race

package budgettest

// UnderRace tells that the race detector slows everything down.
const UnderRace = true
