package sqlstore

import (
	"context"

	"github.com/sertel-id/sertel/certificate"
)

// resealPage is how many people are listed at a time.
const resealPage = 500

// Reseal stores everybody anew with the current keys and returns how many there are: after a
// change of keys in Config.Fields, and to seal what was stored before there were any. It alone
// reads plain records when there are keys, so run it before the service opens in that case. It
// may run beside the service otherwise, and again after it was interrupted.
func (s *Store) Reseal(ctx context.Context) (n int, err error) {
	for after := (certificate.PersonID{}); ; {
		page, err := s.People(ctx, after, resealPage)
		if err != nil || len(page) == 0 {
			return n, err
		}
		for _, id := range page {
			err := s.update(ctx, "reseal person", id, s.openPlain, func(*certificate.Record) error { return nil })
			if err != nil {
				return n, err
			}
			n++
		}
		after = page[len(page)-1]
	}
}

// openPlain also takes a record that is not sealed: those are JSON, and nothing sealed begins so.
func (s *Store) openPlain(id certificate.PersonID, stored []byte) ([]byte, error) {
	if len(stored) > 0 && stored[0] == '{' {
		return stored, nil
	}
	return s.open(id, stored)
}
