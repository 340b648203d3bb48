//go:build !race

package signing_test

const underRace = false
