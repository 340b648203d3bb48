package signertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/sertel-id/sertel/signing"
)

func once(ctx context.Context, s Subject) error {
	in := document(1)
	out, first, err := s.sign(ctx, in, signing.Request{DedupeKey: "surat-1"})
	if err == nil {
		_, err = s.judge(ctx, out, first, 1)
	}
	if err != nil {
		return err
	}
	again := signing.Request{DedupeKey: "surat-1", Credential: s.Right}
	if err := s.refused(ctx, in, again, signing.ErrAlreadySigned); err != nil {
		return fmt.Errorf("the second time: %w", err)
	}
	r, _ := s.Signer.SignDocument(ctx, &bytes.Buffer{}, bytes.NewReader(in), int64(len(in)), again)
	if r.AttemptID != first.AttemptID || r.InputSHA256 != first.InputSHA256 || r.OutputSHA256 != first.OutputSHA256 ||
		r.InputSize != first.InputSize || r.OutputSize != first.OutputSize {
		return errors.New("the receipt of the second request is not that of the first")
	}
	other := document(2)
	req := signing.Request{DedupeKey: "surat-1", Credential: s.Wrong}
	if err := s.refused(ctx, other, req, signing.ErrDedupeKey); err != nil {
		return fmt.Errorf("the same key for another document: %w", err)
	}
	_, _, err = s.sign(ctx, other, signing.Request{DedupeKey: "surat-2"})
	return err
}

func onceOfMany(ctx context.Context, s Subject) error {
	const n = 4
	in := document(1)
	var wg sync.WaitGroup
	failed := make([]error, n)
	for i := range n {
		wg.Go(func() {
			_, _, failed[i] = s.sign(ctx, in, signing.Request{DedupeKey: "surat-1"})
		})
	}
	wg.Wait()
	signed := 0
	for _, err := range failed {
		switch {
		case err == nil:
			signed++
		case !errors.Is(err, signing.ErrAlreadySigned) && !errors.Is(err, signing.ErrInFlight):
			return err
		}
	}
	if signed != 1 {
		return fmt.Errorf("%d of %d requests were signed", signed, n)
	}
	return nil
}

func refusedFirst(ctx context.Context, s Subject) error {
	req := signing.Request{DedupeKey: "surat-1", Credential: s.Wrong}
	if err := s.refused(ctx, document(1), req, signing.ErrCredential); err != nil {
		return err
	}
	_, _, err := s.sign(ctx, document(1), signing.Request{DedupeKey: "surat-1"})
	return err
}
