package esign

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/sertel-id/sertel/passphrase"
)

// The calls about a seal (manual, "Segel").
const (
	pathSealActivation = "/api/v2/seal/get/activation"
	pathSealRevocation = "/api/v2/seal/revoke/activation"
	pathSealCode       = "/api/v2/seal/get/totp"
)

// body writes a request about the seal; a zero code and no files are left out.
func (s *SealSession) body(code passphrase.Secret, files int) (*body, error) {
	out := newJSON()
	err := out.value("idSubscriber", s.cfg.Subscriber)
	if err == nil && files > 0 {
		err = out.value("data", files)
	}
	if err == nil && !code.IsZero() {
		text := code.Reveal()
		defer clear(text)
		err = out.value("totp", string(text))
	}
	if err != nil {
		return nil, local(CodeRequest, err)
	}
	return out.finish(), nil
}

// code gets a code for so many files. One that a lost answer held works no more
// once there is another, so asking again is safe.
func (s *SealSession) code(ctx context.Context, files int) (passphrase.Secret, error) {
	for try := 1; ; try++ {
		activation, err := s.activation(ctx)
		if err != nil {
			return passphrase.Secret{}, err
		}
		code, _, err := s.askCode(ctx, "seal code", pathSealCode, activation, files)
		if !errors.Is(err, CodeSealActivation) || try > 1 {
			return code, err
		}
		// Another node may have renewed it in between, or somebody activated
		// the seal anew.
		r, stored := s.record(ctx)
		if stored != nil {
			return passphrase.Secret{}, stored
		}
		if now, opened := s.open(ctx, r); opened != nil || now.Equal(activation) {
			return passphrase.Secret{}, err
		}
	}
}

// renewal renews an activation: the answer holds it again, or another one.
func (s *SealSession) renewal(ctx context.Context, code passphrase.Secret) (passphrase.Secret, time.Time, error) {
	return s.askCode(ctx, "seal renewal", pathSealActivation, code, 0)
}

// askCode asks for something that is answered with a code.
func (s *SealSession) askCode(ctx context.Context, op, path string, activation passphrase.Secret, files int) (passphrase.Secret, time.Time, error) {
	b, err := s.body(activation, files)
	if err != nil {
		return passphrase.Secret{}, time.Time{}, err
	}
	defer b.wipe()
	c := s.cfg.Client
	status, _, answered, err := c.read(ctx, call{op: op, method: http.MethodPost, path: path, accept: "application/json",
		kind: b.kind, body: b.reader, length: b.length, timeout: c.cfg.Timeouts.Other}, maxSmall)
	if err != nil {
		return passphrase.Secret{}, time.Time{}, err
	}
	defer clear(answered)
	return c.sealCode(status, answered)
}

// sealCode reads an answer with a code in it, at the top or under "data". One
// without is the refusal of the activation: boxes answer so with status 200.
func (c *Client) sealCode(status int, answered []byte) (code passphrase.Secret, expires time.Time, err error) {
	fail := func(err error) (passphrase.Secret, time.Time, error) { return passphrase.Secret{}, time.Time{}, err }
	f := parseFault(status, answered)
	if status != http.StatusOK {
		e := c.refusal(status, f)
		if e.Code == CodePassphraseWrong || e.Code == CodeOneTimeCodeWrong {
			e = sealRefusal(status, f)
		}
		return fail(e)
	}
	type given struct {
		TOTP    string `json:"totp"`
		Expires string `json:"expires"`
		Result  *bool  `json:"result"`
	}
	var top struct {
		given
		Success *bool           `json:"success"`
		Data    json.RawMessage `json:"data"`
	}
	if json.Unmarshal(answered, &top) != nil {
		return fail(local(CodeAnswer, errJSON))
	}
	in := top.given
	if len(top.Data) > 0 && top.Data[0] == '{' {
		if json.Unmarshal(top.Data, &in) != nil {
			return fail(local(CodeAnswer, errJSON))
		}
	}
	switch {
	case in.Result == nil && top.Success == nil:
		return fail(local(CodeAnswer, errJSON))
	case top.Success != nil && !*top.Success, in.Result != nil && !*in.Result:
		return fail(sealRefusal(status, f))
	case !isCode(in.TOTP):
		return fail(local(CodeAnswer, fmt.Errorf("%w: no code in it", errJSON)))
	}
	if expires, err = parseExpires(in.Expires); err != nil {
		return fail(local(CodeAnswer, err))
	}
	return passphrase.FromString(in.TOTP), expires, nil
}

func sealRefusal(status int, f fault) *Error {
	e := newError(CodeSealActivation, OutcomeRefused, nil)
	e.HTTPStatus, e.ServerCode, e.ServerText = status, f.code, mask(f.text)
	return e
}

// isCode bounds what is taken for a code; those of the manual are six digits.
func isCode(text string) bool {
	for _, b := range []byte(text) {
		if b < '0' || b > '9' {
			return false
		}
	}
	return len(text) >= 4 && len(text) <= 16
}

// parseExpires reads a time as the manual has it, without a colon in the zone,
// and as other answers of the box do, with one.
func parseExpires(text string) (time.Time, error) {
	for _, layout := range []string{"2006-01-02T15:04:05.999999999-0700", time.RFC3339Nano} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, errors.New("the end of the code cannot be read")
}
