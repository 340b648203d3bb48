package esign

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"time"

	"github.com/sertel-id/sertel/passphrase"
)

// RequestActivation asks for an activation: the box sends its code by mail to
// those who answer for the seal, and the one before works no more. It is never
// repeated. Errors: [*Error].
func (s *SealSession) RequestActivation(ctx context.Context) (Acknowledgement, error) {
	body, err := s.body(passphrase.Secret{}, 0)
	if err != nil {
		return Acknowledgement{}, err
	}
	c := s.cfg.Client
	status, answered, err := c.post(ctx, "seal activation", pathSealActivation, body)
	if err != nil {
		return Acknowledgement{}, err
	}
	message, err := c.success(Identity{seal: s}, status, answered)
	return Acknowledgement{message}, err
}

// Activate takes the code of the mail. It is tried by renewing the activation at
// once, and kept for all nodes. A code that does not work is
// [CodeOneTimeCodeWrong]. Errors: [*Error].
func (s *SealSession) Activate(ctx context.Context, code passphrase.Secret) error {
	if text := code.Reveal(); len(text) == 0 || len(text) > maxCredential {
		return local(CodeCredential, nil)
	}
	renewed, expires, err := s.renewal(ctx, code)
	if errors.Is(err, CodeSealActivation) {
		refused := asError(err, CodeSealActivation, OutcomeRefused)
		wrong := newError(CodeOneTimeCodeWrong, OutcomeRefused, nil)
		wrong.HTTPStatus, wrong.ServerCode, wrong.ServerText = refused.HTTPStatus, refused.ServerCode, refused.ServerText
		return wrong
	}
	if err != nil {
		return err
	}
	return s.keep(ctx, "", renewed, expires)
}

// Expires is the end of the activation, zero without one. Errors are the
// store's.
func (s *SealSession) Expires(ctx context.Context) (time.Time, error) {
	r, err := s.record(ctx)
	return r.Expires, err
}

// Renew renews the activation when it is due. Sealing does so by itself; who
// seals seldom calls Renew from a clock, more often than an activation lasts.
// An activation that is over cannot be renewed: [CodeSealActivation]. Errors:
// [*Error].
func (s *SealSession) Renew(ctx context.Context) error {
	_, err := s.activation(ctx)
	return err
}

// Revoke ends the activation, at the box and here. When its answer is lost it
// may be called again; [CodeSealActivation] then means that it is done. Errors:
// [*Error].
func (s *SealSession) Revoke(ctx context.Context) error {
	r, err := s.record(ctx)
	if err != nil {
		return err
	}
	code, err := s.open(ctx, r)
	if err != nil {
		return err
	}
	body, err := s.body(code, 0)
	if err != nil {
		return err
	}
	c := s.cfg.Client
	status, answered, err := c.post(ctx, "seal revocation", pathSealRevocation, body)
	if err != nil {
		return err
	}
	if _, err := c.success(Identity{seal: s}, status, answered); err != nil {
		return err
	}
	return s.update(ctx, func(r *SealRecord) error {
		*r = SealRecord{}
		return nil
	})
}

// errHeld means that another one renews the activation.
var errHeld = errors.New("the activation is being renewed")

// activation returns the code of an activation that works, renewed if that is
// due. While another one renews it, the one before is used as long as it lasts.
func (s *SealSession) activation(ctx context.Context) (passphrase.Secret, error) {
	for {
		r, err := s.record(ctx)
		if err != nil {
			return passphrase.Secret{}, err
		}
		left := r.Expires.Sub(s.now())
		code, err := s.open(ctx, r)
		if err != nil || left > s.cfg.RenewBefore {
			return code, err
		}
		if left <= 0 && r.Holder == "" {
			return passphrase.Secret{}, local(CodeSealActivation, errors.New("it has expired"))
		}
		renewed, err := s.renewOnce(ctx)
		switch {
		case err == nil:
			return renewed, nil
		case left > 0 && ctx.Err() == nil:
			if !errors.Is(err, errHeld) {
				s.warn(err)
			}
			return code, nil
		case !errors.Is(err, errHeld):
			return passphrase.Secret{}, err
		}
		if err := s.pause(ctx); err != nil {
			return passphrase.Secret{}, err
		}
	}
}

// warn tells of a renewal that failed while the activation still works.
func (s *SealSession) warn(err error) {
	s.cfg.Client.cfg.Logger.LogAttrs(context.Background(), slog.LevelWarn, "esign seal activation not renewed",
		slog.String("error", mask(err.Error())))
}

// pause waits for another one.
func (s *SealSession) pause(ctx context.Context) error {
	timer := time.NewTimer(s.cfg.Client.cfg.RetryDelay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return local(CodeCanceled, ctx.Err())
	}
}

// renewOnce renews the activation under the lock, unless another one just did.
// Without the lock it fails with errHeld.
func (s *SealSession) renewOnce(ctx context.Context) (passphrase.Secret, error) {
	var random [16]byte
	_, _ = rand.Read(random[:])
	holder := hex.EncodeToString(random[:])
	var r SealRecord
	if err := s.update(ctx, func(at *SealRecord) error {
		now := s.now()
		if at.Holder != "" && now.Before(at.Until) {
			return errHeld
		}
		at.Holder, at.Until = holder, now.Add(s.lease())
		r = at.clone()
		return nil
	}); err != nil {
		return passphrase.Secret{}, err
	}
	code, err := s.open(ctx, r)
	if err == nil && r.Expires.Sub(s.now()) > s.cfg.RenewBefore {
		s.unlock(ctx, holder)
		return code, nil
	}
	var expires time.Time
	if err == nil {
		code, expires, err = s.renewal(ctx, code)
	}
	if err == nil {
		err = s.keep(ctx, holder, code, expires)
	}
	if err != nil {
		s.unlock(ctx, holder)
		return passphrase.Secret{}, err
	}
	return code, nil
}

// lease is how long a renewal may take: all its tries and a margin.
func (s *SealSession) lease() time.Duration {
	cfg := s.cfg.Client.cfg
	return time.Duration(max(cfg.ReadRetries, 0)+1)*(cfg.Timeouts.Other+cfg.RetryDelay) + time.Minute
}

// unlock gives the lock back, also when the caller has given up. When that
// fails the lock ends with time.
func (s *SealSession) unlock(ctx context.Context, holder string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := s.update(ctx, func(r *SealRecord) error {
		if r.Holder == holder {
			r.Holder, r.Until = "", time.Time{}
		}
		return nil
	}); err != nil {
		s.warn(err)
	}
}

// keep stores an activation, also when the caller has given up: the box may
// know the one before no more. With a holder it is stored only as long as the
// lock is his; else somebody took it over.
func (s *SealSession) keep(ctx context.Context, holder string, code passphrase.Secret, expires time.Time) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	text := code.Reveal()
	defer clear(text)
	sealed, err := s.cfg.Sealer.Seal(ctx, s.cfg.Key, s.binding(), text)
	if err != nil {
		return local(CodeSealStore, err)
	}
	return s.update(ctx, func(r *SealRecord) error {
		if holder != "" && r.Holder != holder {
			return errHeld
		}
		*r = SealRecord{Sealed: sealed, Expires: expires}
		return nil
	})
}

// open returns the code in a record.
func (s *SealSession) open(ctx context.Context, r SealRecord) (passphrase.Secret, error) {
	if len(r.Sealed) == 0 {
		return passphrase.Secret{}, local(CodeSealActivation, errors.New("there is none"))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sealed == string(r.Sealed) {
		return s.opened, nil
	}
	text, err := s.cfg.Sealer.Open(ctx, s.cfg.Key, s.binding(), r.Sealed)
	if err != nil {
		return passphrase.Secret{}, local(CodeSealStore, err)
	}
	defer clear(text)
	s.sealed, s.opened = string(r.Sealed), passphrase.New(text)
	return s.opened, nil
}

func (s *SealSession) binding() passphrase.Binding {
	return passphrase.Binding{Owner: s.cfg.Subscriber, KeyID: "activation", Purpose: "esign seal"}
}

func (s *SealSession) now() time.Time { return s.cfg.Client.cfg.Now() }

func (s *SealSession) record(ctx context.Context) (SealRecord, error) {
	r, err := s.cfg.Store.Record(ctx, s.cfg.Subscriber)
	return r, storeError(ctx, err)
}

func (s *SealSession) update(ctx context.Context, f func(*SealRecord) error) error {
	return storeError(ctx, s.cfg.Store.Update(ctx, s.cfg.Subscriber, f))
}

// storeError gives an error of the store the package's shape.
func storeError(ctx context.Context, err error) error {
	switch {
	case err == nil, errors.Is(err, errHeld):
		return err
	case ctx.Err() != nil:
		return local(CodeCanceled, ctx.Err())
	}
	return asError(err, CodeSealStore, OutcomeRefused)
}
