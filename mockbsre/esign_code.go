package mockbsre

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"sync"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/passphrase"
)

// codeLife is how long a one-time code of the fake works. How long one works at
// BSrE is not known.
const codeLife = 5 * time.Minute

// ErrNoCode means that the signer has no one-time code that works.
var ErrNoCode = errors.New("mockbsre: no one-time code")

// codebook holds the one-time codes, one for each person: a new one voids the
// one before.
type codebook struct {
	now   func() time.Time
	mu    sync.Mutex
	codes map[certificate.PersonID]oneTimeCode
}

type oneTimeCode struct {
	code    passphrase.Secret
	files   int // for which it still works
	expires time.Time
}

func newCodebook(now func() time.Time) *codebook {
	return &codebook{now: now, codes: map[certificate.PersonID]oneTimeCode{}}
}

// issue makes a code of six digits for so many files.
func (b *codebook) issue(person certificate.PersonID, files int) passphrase.Secret {
	code := randomCode()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.codes[person] = oneTimeCode{code, files, b.now().Add(codeLife)}
	return code
}

// randomCode is one of six digits.
func randomCode() passphrase.Secret {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic("mockbsre: " + err.Error())
	}
	return passphrase.FromString(fmt.Sprintf("%06d", n))
}

// live returns the person's code while it works.
func (b *codebook) live(person certificate.PersonID) (oneTimeCode, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, ok := b.codes[person]
	return c, ok && c.files > 0 && b.now().Before(c.expires)
}

// redeem uses a code for one file.
func (b *codebook) redeem(person certificate.PersonID, given passphrase.Secret) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, ok := b.codes[person]
	if !ok || c.files < 1 || !b.now().Before(c.expires) || !c.code.Equal(given) {
		return false
	}
	c.files--
	b.codes[person] = c
	return true
}

// forget drops the person's code.
func (b *codebook) forget(person certificate.PersonID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.codes, person)
}

// OneTimeCode is what the signer's app shows: the code last asked for through
// the service, while it works, or [ErrNoCode].
func (s *Server) OneTimeCode(id certificate.PersonID) (passphrase.Secret, error) {
	s.running()
	c, ok := s.esign.codes.live(id)
	if !ok {
		return passphrase.Secret{}, ErrNoCode
	}
	return c.code, nil
}

type codeRequest struct {
	NIK   jsonText   `json:"nik"`
	Email jsonText   `json:"email"`
	Data  jsonNumber `json:"data"`
}

type codeAnswer struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
}

// codeV2 makes a one-time code. Its wording is composed: of the real one only
// the sense is known.
func (e *esign) codeV2(ctx context.Context, c *call) reply {
	var in codeRequest
	if err := readJSON(c, &in); err != nil {
		return e.jsonError(c, err)
	}
	c.entry.noteIdentity(in.NIK, in.Email)
	c.entry.note("data", in.Data.raw)
	files, ok := in.Data.whole()
	if !ok || files < 1 || files > maxFiles {
		return e.badInput(c)
	}
	person, err := e.person(ctx, string(in.NIK), string(in.Email))
	if err != nil {
		return e.springError(http.StatusInternalServerError, c.Request)
	}
	if person.Status != certificate.StatusIssue {
		return e.refuseStatus(person.Status)
	}
	mail, err := e.workMail(ctx, person.Person)
	if err != nil {
		return e.springError(http.StatusInternalServerError, c.Request)
	}
	code := e.codes.issue(person.Person, files)
	if e.cfg.OnCode != nil {
		e.cfg.OnCode(mail, code)
	}
	if e.on(QuirkCodeInApp) {
		return jsonReply(http.StatusOK, codeAnswer{true, "Silakan buka aplikasi BeSign untuk melihat kode TOTP"})
	}
	typed := code.Reveal()
	defer clear(typed)
	e.srv.Inbox.put(Message{
		To: mail, At: e.srv.Clock.Now(), Subject: "Kode TOTP (tiruan)",
		Text: fmt.Sprintf("Kode TOTP Anda: %s\nBerlaku %d menit untuk %d dokumen.\n", typed, int(codeLife.Minutes()), files),
	})
	return jsonReply(http.StatusOK, codeAnswer{true, "Kode TOTP telah dikirim ke email Anda"})
}

// workMail is where the person's mail goes now.
func (e *esign) workMail(ctx context.Context, id certificate.PersonID) (string, error) {
	record, err := e.srv.registrar.Record(ctx, id)
	if err != nil {
		return "", err
	}
	return record.WorkMail().Address(), nil
}
