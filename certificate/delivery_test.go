package certificate_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/passphrase/leaktest"
)

func TestMailThatFailsIsSentLater(t *testing.T) {
	w := newWorld(t)
	id := w.register(t, budi)
	w.inbox.fail(errors.New("mail server is down"))
	_, err := w.Deliver(w.ctx)
	require.ErrorContains(t, err, "mail server is down")
	assert.Equal(t, certificate.StatusNoCertificate, w.status(t, id), "the registration waits with its mail")
	n, err := w.Deliver(w.ctx)
	require.NoError(t, err)
	assert.Zero(t, n, "it pauses after a failure")
	w.inbox.fail(nil)
	w.clock.Advance(30 * time.Second)
	w.steps(t, w.link(t, certificate.MailActivation), budi)
}

func TestMailIsGivenUpInTheEnd(t *testing.T) {
	w := newWorld(t)
	id := w.register(t, budi)
	w.inbox.fail(errors.New("no such mailbox"))
	tries := 0
	for ; tries < 1000; tries++ {
		if _, err := w.Deliver(w.ctx); err == nil {
			break
		}
		w.clock.Advance(time.Hour)
	}
	assert.Equal(t, 50, tries)
	rec, err := w.Record(w.ctx, id)
	require.NoError(t, err)
	assert.False(t, rec.HasOutbox())
	entries, err := w.Audit(w.ctx, id)
	require.NoError(t, err)
	assert.Equal(t, "given up", entries[len(entries)-1].Result)
	w.inbox.fail(nil)
	w.clock.Advance(24 * time.Hour)
	assert.Equal(t, id, w.register(t, budi), "the way back is open")
}

func TestMailRefusedForGoodIsGivenUpAtOnce(t *testing.T) {
	w := newWorld(t)
	id := w.register(t, budi)
	w.inbox.fail(fmt.Errorf("no mailbox %s: %w", budi.WorkEmail, certificate.ErrMailRefused))
	_, err := w.Deliver(w.ctx)
	require.ErrorIs(t, err, certificate.ErrMailRefused)
	leaktest.Hides(t, leaktest.Printed(err), secretsOf(budi)...)
	rec, err := w.Record(w.ctx, id)
	require.NoError(t, err)
	assert.False(t, rec.HasOutbox())
	entries, err := w.Audit(w.ctx, id)
	require.NoError(t, err)
	assert.Equal(t, "refused", entries[len(entries)-1].Result)
	w.inbox.fail(nil)
	w.clock.Advance(time.Minute)
	assert.Equal(t, id, w.register(t, budi), "another mail may be asked for")
	w.steps(t, w.link(t, certificate.MailActivation), budi)
}

func TestConcurrentWorkersSendOnce(t *testing.T) {
	w := newWorld(t)
	w.issued(t, budi)
	w.register(t, siti)
	before := len(w.inbox.kinds())
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			_, err := w.Deliver(w.ctx)
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	assert.Equal(t, before+2, len(w.inbox.kinds()), "the notice of issue and the other's activation")
}

// crashingMailer sends and then never returns to the caller in time.
type crashingMailer struct {
	*inbox
	cancel context.CancelFunc
}

func (m crashingMailer) Send(ctx context.Context, mail certificate.Mail) error {
	if err := m.inbox.Send(ctx, mail); err != nil {
		return err
	}
	m.cancel()
	return ctx.Err()
}

func TestCrashAfterSendingCostsASecondMail(t *testing.T) {
	w := newWorld(t)
	w.register(t, budi)
	ctx, cancel := context.WithCancel(w.ctx)
	cfg := w.cfg
	cfg.Mailer = crashingMailer{w.inbox, cancel}
	broken, err := certificate.NewRegistrar(cfg)
	require.NoError(t, err)
	_, err = broken.Deliver(ctx)
	require.ErrorIs(t, err, context.Canceled)
	lost, _ := w.inbox.last(certificate.MailActivation)
	w.clock.Advance(time.Minute)
	second := w.link(t, certificate.MailActivation)
	assert.Len(t, w.inbox.kinds(), 2)
	_, err = w.Inspect(w.ctx, lost.Token(), certificate.PurposeActivation)
	require.ErrorIs(t, err, certificate.ErrTokenSuperseded)
	w.steps(t, second, budi)
}

func TestDeadTokensAreForgotten(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	for range 40 {
		w.clock.Advance(24 * time.Hour)
		require.NoError(t, w.RequestReset(w.ctx, id))
		w.link(t, certificate.MailResetPassphrase)
	}
	rec, err := w.Record(w.ctx, id)
	require.NoError(t, err)
	assert.LessOrEqual(t, len(rec.Tokens), 32, "a month's worth")
}
