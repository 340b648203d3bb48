package mockbsre

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/authority"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

// SealOwner is an agency that gets a seal (segel elektronik).
type SealOwner struct {
	// Name is what the certificate says, such as "Dinas Contoh Kota Magelang".
	Name string
	// Mail is where codes for the activation go.
	Mail string
}

// Seal is an agency's electronic seal, as the service knows it.
type Seal struct {
	// ID is the idSubscriber of calls: a UUID.
	ID    string
	Owner SealOwner
	// Serial is that of its certificate.
	Serial certificate.Serial
}

var (
	// ErrSeal means that a seal cannot be made: it needs a name and an address.
	ErrSeal = errors.New("mockbsre: seal needs a name and a mail address")
	// ErrNoSeal means that there is no seal with that id.
	ErrNoSeal = errors.New("mockbsre: no such seal")
)

const (
	// sealActivationLife and sealCodeLife are how long codes of the fake work.
	// How long they work at BSrE is not known; the manual's samples are an hour
	// apart.
	sealActivationLife = 24 * time.Hour
	sealCodeLife       = 5 * time.Minute
	// maxSeals bounds the seals of one fake.
	maxSeals = 1_000
)

// sealbook holds the seals.
type sealbook struct {
	mu    sync.Mutex
	seals map[string]*sealState
	order []string
}

type sealState struct {
	Seal
	key        *signing.Key
	revoked    bool
	activation oneTimeCode // of which the number of files means nothing
	code       oneTimeCode
}

// SeedSeal makes a seal with a certificate. It has no activation yet.
func (s *Server) SeedSeal(ctx context.Context, owner SealOwner) (Seal, error) {
	s.running()
	if owner.Name == "" || owner.Mail == "" {
		return Seal{}, ErrSeal
	}
	book := &s.esign.seals
	if len(s.Seals()) >= maxSeals {
		return Seal{}, fmt.Errorf("mockbsre: more than %d seals", maxSeals)
	}
	state, err := s.newSeal(ctx, owner)
	if err != nil {
		return Seal{}, at("seed seal", err)
	}
	book.mu.Lock()
	defer book.mu.Unlock()
	if book.seals == nil {
		book.seals = map[string]*sealState{}
	}
	book.seals[state.ID] = state
	book.order = append(book.order, state.ID)
	return state.Seal, nil
}

func (s *Server) newSeal(ctx context.Context, owner SealOwner) (*sealState, error) {
	algorithm := authority.ECDSAP256
	if s.cfg.RSA {
		algorithm = authority.RSA2048
	}
	key, err := algorithm.GenerateKey()
	if err != nil {
		return nil, err
	}
	var random [16]byte
	_, _ = rand.Read(random[:])
	random[6], random[8] = random[6]&0x0f|0x40, random[8]&0x3f|0x80 // version 4 (RFC 9562)
	subject := fakeName(owner.Name + " TIRUAN")
	issued, err := s.authority.IssueProfile(ctx, authority.SealProfile(), authority.Request{
		ID:      "SEAL" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random[:]),
		Subject: subject, PublicKey: key.Public(),
	})
	if err != nil {
		return nil, err
	}
	serial, err := certificate.SerialOf(issued.Certificate)
	if err != nil {
		return nil, err
	}
	id := fmt.Sprintf("%x-%x-%x-%x-%x", random[:4], random[4:6], random[6:8], random[8:10], random[10:])
	return &sealState{
		Seal: Seal{ID: id, Owner: owner, Serial: serial},
		key:  &signing.Key{Signer: key, Certificate: issued.Certificate, Chain: issued.Chain},
	}, nil
}

// Seals returns the seals in the order in which they were made.
func (s *Server) Seals() []Seal {
	s.running()
	book := &s.esign.seals
	book.mu.Lock()
	defer book.mu.Unlock()
	all := make([]Seal, len(book.order))
	for i, id := range book.order {
		all[i] = book.seals[id].Seal
	}
	return all
}

// SealActivation is the activation code of a seal that was mailed last, while
// it works: [ErrNoCode] without one, [ErrNoSeal] for an unknown seal.
func (s *Server) SealActivation(id string) (passphrase.Secret, error) {
	s.running()
	book := &s.esign.seals
	book.mu.Lock()
	defer book.mu.Unlock()
	state, ok := book.seals[id]
	switch {
	case !ok:
		return passphrase.Secret{}, ErrNoSeal
	case !state.activation.works(s.Clock.Now()):
		return passphrase.Secret{}, ErrNoCode
	}
	return state.activation.code, nil
}

// RevokeSeal revokes the certificate of a seal: nothing is sealed with it any
// more. It fails with [ErrNoSeal].
func (s *Server) RevokeSeal(ctx context.Context, id string) error {
	s.running()
	var serial certificate.Serial
	if !s.esign.seals.with(id, func(state *sealState) { serial, state.revoked = state.Serial, true }) {
		return ErrNoSeal
	}
	return s.authority.Revoke(ctx, serial, certificate.ReasonKeyCompromise, s.Clock.Now())
}

// clear forgets all seals.
func (b *sealbook) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seals, b.order = nil, nil
}

// with does something with a seal, under the lock, and reports whether there is
// such a seal.
func (b *sealbook) with(id string, f func(*sealState)) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	state, ok := b.seals[id]
	if ok {
		f(state)
	}
	return ok
}

// chain returns the certificates of a seal in DER, its own first.
func (b *sealbook) chain(id string, root []byte) (der [][]byte, ok bool) {
	ok = b.with(id, func(s *sealState) {
		der = append(der, s.key.Certificate.Raw)
		for _, c := range s.key.Chain {
			der = append(der, c.Raw)
		}
		if !bytes.Equal(der[len(der)-1], root) {
			der = append(der, root)
		}
	})
	return der, ok
}

// works reports whether a code can be used now.
func (c oneTimeCode) works(now time.Time) bool {
	return !c.code.IsZero() && c.files > 0 && now.Before(c.expires)
}
