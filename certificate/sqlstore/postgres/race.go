package postgres

import (
	"context"
	"errors"
	"fmt"
)

// maxRaces bounds how often an update is begun anew since another one of the same row came first.
// Each time somebody got on.
const maxRaces = 200

// ErrRaced means that a row is no longer the one that was read. It does not leave [DB.Race].
var ErrRaced = errors.New("sqlstore: changed meanwhile")

// Race makes an update that reads, computes and stores unless another one came between: it calls
// try until it does not fail with [ErrRaced]. In the end that is [ErrConflict].
func (d *DB) Race(ctx context.Context, op string, try func() error) error {
	for n := 1; ; n++ {
		err := try()
		if !errors.Is(err, ErrRaced) {
			return err
		}
		if n == maxRaces {
			return &Error{Op: op, kind: ErrConflict}
		}
		if err := Pause(ctx, n); err != nil {
			return fmt.Errorf("sqlstore: %s: %w", op, err)
		}
	}
}
