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

// ErrPopulation means that so many people cannot be made: there are 10,000, two
// thirds of them PNS and the others PPPK.
var ErrPopulation = errors.New("mockbsre: number of people must be 1 to 10,000, of kinds that the agency serves")

// Populate seeds n made-up people of the first of [Config.Agencies], the same
// for the same seed: the first with an active certificate, then one of each
// other status, then active ones. People of a kind that the agency has no mail
// domain for are left out. Errors: [ErrPopulation], and those of [Server.Seed].
func (s *Server) Populate(ctx context.Context, seed uint64, n int) ([]Seeded, error) {
	s.running()
	if n < 1 || n > madeUpPeople {
		return nil, ErrPopulation
	}
	random := rand.New(rand.NewPCG(seed, 0x7365727465)) //nolint:gosec // no secret: the seed is printed
	statuses := []certificate.Status{certificate.StatusIssue}
	for _, status := range certificate.Statuses() {
		if status != certificate.StatusIssue {
			statuses = append(statuses, status)
		}
	}
	chosen := s.madeUp(random.Perm(madeUpPeople), n)
	if len(chosen) < n {
		return nil, ErrPopulation
	}
	people := make([]Seeded, n)
	for i, person := range chosen {
		people[i] = Seeded{Person: person, Status: certificate.StatusIssue}
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

// madeUp are the first n people, in the order of their numbers, whom the first
// agency serves.
func (s *Server) madeUp(numbers []int, n int) []Person {
	agency := s.cfg.Agencies[0]
	people := make([]Person, 0, n)
	for _, number := range numbers {
		p := MadeUpPerson(number)
		if !agency.Serves(p.employment()) {
			continue
		}
		if people = append(people, p.At(agency)); len(people) == n {
			break
		}
	}
	return people
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
