// Package storetest checks that an implementation of [certificate.Store] keeps its promises:
// atomic updates that lose nothing, copies in and out, unique look-ups, pages in order. The
// same for [certificate.KeyStore] and [certificate.TrackerStore]. It is to stores what
// testing/fstest is to file systems:
//
//	func TestStore(t *testing.T) {
//		if err := storetest.TestStore(t.Context(), newStore(t)); err != nil {
//			t.Fatal(err)
//		}
//	}
package storetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/sertel-id/sertel/certificate"
)

// check is one promise.
type check struct {
	name string
	run  func(ctx context.Context, s certificate.Store) error
}

// TestStore runs every check on an empty store, which is not empty afterwards, and returns all
// that failed, joined. It takes a second or two on a store in memory and opens up to 16
// concurrent updates.
func TestStore(ctx context.Context, s certificate.Store) error {
	var failed []error
	for _, c := range []check{
		{"nobody is not found", nobody},
		{"a record comes back whole", roundTrip},
		{"an update that fails stores nothing", failedUpdate},
		{"records are copies", copies},
		{"look-ups follow the record", lookUps},
		{"look-ups are unique", unique},
		{"a key given up can be taken", freedKey},
		{"audit entries are kept in order, once", audit},
		{"concurrent updates lose nothing", concurrentUpdates},
		{"one of many gets a key", concurrentKeys},
		{"outbox pages", outboxPages},
		{"pages of everybody", peoplePages},
		{"who was removed is gone, the trail stays", removed},
		{"waiting pages", waitingPages},
		{"expiry pages", expiryPages},
		{"a cancelled context stores nothing", cancelled},
	} {
		if err := c.run(ctx, s); err != nil {
			failed = append(failed, fmt.Errorf("storetest: %s: %w", c.name, err))
		}
	}
	return errors.Join(failed...)
}

// wantErr returns nil when err is target.
func wantErr(what string, err, target error) error {
	if errors.Is(err, target) {
		return nil
	}
	return fmt.Errorf("%s: got error %v, want %v", what, err, target)
}
