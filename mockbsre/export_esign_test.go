package mockbsre

import (
	"math/rand/v2"

	"github.com/sertel-id/sertel/passphrase"
)

// MadeUpPassphrase is the first passphrase of a seed.
func MadeUpPassphrase(seed uint64) passphrase.Secret {
	return madeUpPassphrase(rand.New(rand.NewPCG(seed, 0)))
}

// Endpoints are the method and path of every endpoint.
func (s *Server) Endpoints() []string {
	var all []string
	for _, r := range s.esign.routes {
		all = append(all, r.method+" "+r.path)
	}
	return all
}
