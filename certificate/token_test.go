package certificate_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/passphrase/leaktest"
)

func TestParseToken(t *testing.T) {
	token := certificate.GenerateToken()
	again, err := certificate.ParseToken(token.Reveal())
	require.NoError(t, err)
	assert.Equal(t, token.Hash(), again.Hash())

	text := token.Reveal()
	for name, bad := range map[string]string{
		"empty": "", "too short": text[:42], "too long": text + "A", "padded": text + "=",
		"standard alphabet": strings.Repeat("+", 43), "blank": " " + text[1:], "line break": text[:42] + "\n",
		"trailing bits set": text[:42] + "_", "full width": strings.Repeat("Ａ", 43), "huge": strings.Repeat("A", 1<<20),
	} {
		_, err := certificate.ParseToken(bad)
		require.ErrorIs(t, err, certificate.ErrTokenUnknown, name)
	}
}

func FuzzParseToken(f *testing.F) {
	f.Add(certificate.GenerateToken().Reveal())
	f.Add(base64.StdEncoding.EncodeToString(make([]byte, 32)))
	f.Add(strings.Repeat("_", 43))
	f.Fuzz(func(t *testing.T, text string) {
		token, err := certificate.ParseToken(text)
		if err != nil {
			if !errors.Is(err, certificate.ErrTokenRefused) || !token.IsZero() {
				t.Fatalf("got %v", err)
			}
			return
		}
		if token.Reveal() != text {
			t.Fatal("a token has two spellings")
		}
	})
}

func TestTokenPrintsAsMarker(t *testing.T) {
	token := certificate.GenerateToken()
	type outer struct {
		Exported certificate.Token
		inner    certificate.Token
	}
	blob, err := json.Marshal(outer{token, token})
	require.NoError(t, err)
	for _, printed := range []string{
		string(blob), fmt.Sprint(token), fmt.Sprintf("%+v %#v %x %d %q", token, token, token, token, token),
		fmt.Sprintf("%+v %#v", outer{token, token}, &outer{token, token}),
	} {
		leaktest.Hides(t, printed, token.Reveal())
	}
	// fmt prints what a pointer points to when the verb does not fit it.
	raw, err := base64.RawURLEncoding.DecodeString(token.Reveal())
	require.NoError(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%t", "%e", "%c", "%U", "%p"} {
		printed := fmt.Sprintf(verb, outer{inner: token})
		leaktest.Hides(t, printed, token.Reveal())
		leaktest.Hides(t, printed, string(raw))
		require.NotContains(t, printed, strings.Trim(fmt.Sprint(raw), "[]"), verb)
	}
}

func TestLinkExpiresToTheNanosecond(t *testing.T) {
	for name, c := range map[string]struct {
		wait time.Duration
		err  error
	}{
		"one nanosecond before": {24*time.Hour - 1, nil},
		"at the instant":        {24 * time.Hour, certificate.ErrTokenExpired},
		"one nanosecond after":  {24*time.Hour + 1, certificate.ErrTokenExpired},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.register(t, budi)
			token := w.link(t, certificate.MailActivation)
			w.clock.Advance(c.wait)
			require.ErrorIs(t, w.PersonalData(w.ctx, token, personalData(applicant(t, budi))), c.err)
		})
	}
}

func TestRefusalForAgeIsStored(t *testing.T) {
	for name, refuse := range map[string]func(w *world, token certificate.Token) error{
		"by a step": func(w *world, token certificate.Token) error {
			_, err := w.LookUpNumber(w.ctx, token, applicant(t, budi).Number())
			return err
		},
		"by Inspect": func(w *world, token certificate.Token) error {
			_, err := w.Inspect(w.ctx, token, certificate.PurposeActivation)
			return err
		},
		"by Submit": func(w *world, token certificate.Token) error {
			_, err := w.SubmitActivation(w.ctx, token, w.consent()...)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.register(t, budi)
			token := w.link(t, certificate.MailActivation)
			w.clock.Advance(25 * time.Hour)
			require.ErrorIs(t, refuse(w, token), certificate.ErrTokenExpired)
			w.clock.Advance(-25 * time.Hour)
			require.ErrorIs(t, refuse(w, token), certificate.ErrTokenExpired, "a clock that goes back revives nothing")
			assert.Equal(t, certificate.StatusNotRegistered, w.status(t, id), "back to registration")

			w.clock.Advance(time.Minute)
			assert.Equal(t, id, w.register(t, budi))
			w.steps(t, w.link(t, certificate.MailActivation), budi)
		})
	}
}

func TestFourRefusalsOnePublicAnswer(t *testing.T) {
	w := newWorld(t)
	id := w.issued(t, budi)
	used, _ := w.inbox.last(certificate.MailSetPassphrase)

	require.NoError(t, w.RequestReset(w.ctx, id))
	older := w.link(t, certificate.MailResetPassphrase)
	w.clock.Advance(time.Minute)
	require.NoError(t, w.RequestReset(w.ctx, id))
	newer := w.link(t, certificate.MailResetPassphrase)

	inspect := func(token certificate.Token, p certificate.Purpose) error {
		_, err := w.Inspect(w.ctx, token, p)
		require.ErrorIs(t, err, certificate.ErrTokenRefused)
		return err
	}
	require.ErrorIs(t, inspect(certificate.GenerateToken(), certificate.PurposeReset), certificate.ErrTokenUnknown)
	require.ErrorIs(t, inspect(certificate.Token{}, certificate.PurposeReset), certificate.ErrTokenUnknown)
	require.ErrorIs(t, inspect(used.Token(), certificate.PurposeSetPassphrase), certificate.ErrTokenUsed)
	require.ErrorIs(t, inspect(older, certificate.PurposeReset), certificate.ErrTokenSuperseded)
	require.ErrorIs(t, inspect(newer, certificate.PurposeSetPassphrase), certificate.ErrTokenUnknown, "bound to its purpose")
	w.clock.Advance(15 * time.Minute)
	require.ErrorIs(t, inspect(newer, certificate.PurposeReset), certificate.ErrTokenExpired)

	for _, a := range []error{certificate.ErrTokenUnknown, certificate.ErrTokenUsed, certificate.ErrTokenSuperseded, certificate.ErrTokenExpired} {
		for _, b := range []error{certificate.ErrTokenUnknown, certificate.ErrTokenUsed, certificate.ErrTokenSuperseded, certificate.ErrTokenExpired} {
			assert.Equal(t, a == b, errors.Is(a, b), "%v and %v", a, b)
		}
	}
	for p := certificate.PurposeActivation; p <= certificate.PurposeWorkMail; p++ {
		assert.NotEqual(t, certificate.PublicAnswer(p, certificate.Indonesian), certificate.PublicAnswer(p, certificate.English))
	}
}

func TestInspectUsesNothingUp(t *testing.T) {
	w := newWorld(t)
	id := w.register(t, budi)
	token := w.link(t, certificate.MailActivation)
	before := w.bytes(t, id)
	for range 20 { // a mail gateway, again and again
		_, err := w.Inspect(w.ctx, token, certificate.PurposeActivation)
		require.NoError(t, err)
	}
	assert.Equal(t, before, w.bytes(t, id))
	w.steps(t, token, budi)
}

func (w *world) bytes(t require.TestingT, id certificate.PersonID) []byte {
	rec, err := w.Record(w.ctx, id)
	require.NoError(t, err)
	data, err := rec.MarshalBinary()
	require.NoError(t, err)
	return data
}

// race lets n goroutines do the same and counts who succeeded.
func race(t *testing.T, n int, lost error, f func(context.Context) error) {
	t.Helper()
	var won atomic.Int64
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for range n {
		wg.Go(func() {
			<-begin
			err := f(t.Context())
			if err == nil {
				won.Add(1)
			} else {
				assert.ErrorIs(t, err, lost)
			}
		})
	}
	close(begin)
	wg.Wait()
	assert.EqualValues(t, 1, won.Load(), "exactly one wins")
}

func TestOneOfAThousandSubmitsWins(t *testing.T) {
	rounds := 1
	if os.Getenv("SERTEL_CI") == "1" {
		rounds = 20
	}
	for range rounds {
		oneOfAThousandSubmits(t)
	}
}

func oneOfAThousandSubmits(t *testing.T) {
	w := newWorld(t)
	id := w.register(t, budi)
	token := w.link(t, certificate.MailActivation)
	w.steps(t, token, budi)
	race(t, 1000, certificate.ErrTokenUsed, func(ctx context.Context) error {
		_, err := w.SubmitActivation(ctx, token, w.consent()...)
		return err
	})
	n, err := w.Deliver(w.ctx)
	require.NoError(t, err)
	assert.Equal(t, 2, n, "the two mails went out once")
	assert.Equal(t, certificate.StatusNew, w.status(t, id))
}

func TestOneOfManyPassphrasesWins(t *testing.T) {
	for name, redeem := range map[string]func(w *world, ctx context.Context, token certificate.Token) error{
		"set": func(w *world, ctx context.Context, token certificate.Token) error {
			_, err := w.SetPassphrase(ctx, token, secret(firstPhrase))
			return err
		},
		"reset": func(w *world, ctx context.Context, token certificate.Token) error {
			_, err := w.ResetPassphrase(ctx, token, secret(secondPhrase), w.consent()...)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.activated(t, budi)
			token, want := w.link(t, certificate.MailSetPassphrase), 1
			if name == "reset" {
				_, err := w.SetPassphrase(w.ctx, token, secret(firstPhrase))
				require.NoError(t, err)
				require.NoError(t, w.RequestReset(w.ctx, id))
				token, want = w.link(t, certificate.MailResetPassphrase), 2
			}
			race(t, 100, certificate.ErrTokenUsed, func(ctx context.Context) error { return redeem(w, ctx, token) })
			certs, err := w.Certificates(w.ctx, id)
			require.NoError(t, err)
			assert.Len(t, certs, want)
			assert.Len(t, w.ca.byRequest, want, "a double click issues no second certificate")
			assert.Len(t, w.ca.good(), 1)
		})
	}
}
