package mockbsre

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/passphrase"
)

// Seeded is a person in a status.
type Seeded struct {
	Person     Person
	ID         certificate.PersonID // zero for NOT_REGISTERED
	Status     certificate.Status
	Passphrase passphrase.Secret // zero for who has none yet
}

// ErrPopulation means that so many people cannot be made.
var ErrPopulation = errors.New("mockbsre: number of people must be 1 to 10,000")

// Populate seeds n made-up people, the same for the same seed: the first with an
// active certificate, then one of each other status, then active ones.
func (s *Server) Populate(ctx context.Context, seed uint64, n int) ([]Seeded, error) {
	s.running()
	if n < 1 || n > 10_000 {
		return nil, ErrPopulation
	}
	random := rand.New(rand.NewPCG(seed, 0x7365727465)) //nolint:gosec // no secret: the seed is printed
	statuses := []certificate.Status{certificate.StatusIssue}
	for _, status := range certificate.Statuses() {
		if status != certificate.StatusIssue {
			statuses = append(statuses, status)
		}
	}
	people := make([]Seeded, n)
	for i, number := range random.Perm(10_000)[:n] {
		people[i] = Seeded{Person: MadeUpPerson(number), Status: certificate.StatusIssue}
		if i < len(statuses) {
			people[i].Status = statuses[i]
		}
		phrase := madeUpPassphrase(random)
		var err error
		if people[i].ID, err = s.Seed(ctx, people[i].Person, people[i].Status, phrase); err != nil {
			return nil, err
		}
		if hasPassphrase(people[i].Status) {
			people[i].Passphrase = phrase
		}
	}
	return people, nil
}

// hasPassphrase reports whether somebody in a status has set one.
func hasPassphrase(s certificate.Status) bool {
	switch s {
	case certificate.StatusIssue, certificate.StatusExpired, certificate.StatusRenew,
		certificate.StatusSuspend, certificate.StatusRevoke:
		return true
	}
	return false
}

var phraseWords = [...]string{
	"Kelinci", "Panci", "Lembut", "Gunung", "Payung", "Sepeda", "Kancil", "Jendela", "Perahu", "Lentera", "Rumput", "Kacang",
}

// madeUpPassphrase keeps the rules of the strictest policy.
func madeUpPassphrase(random *rand.Rand) passphrase.Secret {
	word := func() string { return phraseWords[random.IntN(len(phraseWords))] }
	return passphrase.FromString(fmt.Sprintf("%s-%d-%s-%02d", word(), 10+random.IntN(90), word(), random.IntN(100)))
}
