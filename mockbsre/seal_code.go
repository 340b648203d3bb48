package mockbsre

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/sertel-id/sertel/passphrase"
)

// sealTime is how answers about seals write a time: without a colon in the
// zone, against other answers.
const sealTime = "2006-01-02T15:04:05.000-0700"

type sealRequest struct {
	Seal jsonText   `json:"idSubscriber"`
	TOTP jsonText   `json:"totp"`
	Data jsonNumber `json:"data"`
}

// sealCode is how a code, or the refusal of one, stands in an answer.
type sealCode struct {
	Message string  `json:"message"`
	TOTP    *string `json:"totp"`
	Expires *string `json:"expires"`
	Result  bool    `json:"result"`
}

type sealAnswer struct {
	Success bool      `json:"success"`
	Message *string   `json:"message"`
	Data    *sealCode `json:"data"`
}

func answeredCode(message string, c oneTimeCode) sealCode {
	code := c.code.Reveal()
	defer clear(code)
	text, expires := string(code), c.expires.UTC().Format(sealTime)
	return sealCode{message, &text, &expires, true}
}

// said is an answer of a message alone.
func said(success bool, message string) reply {
	return jsonReply(http.StatusOK, sealAnswer{Success: success, Message: &message})
}

// Refusals of calls about seals. Their words are composed: that a refusal comes
// with status 200 is one client's word, the rest an inference.
const (
	textNoSeal        = "Subscriber tidak ditemukan"
	textNoActivation  = "TOTP Aktivasi salah atau sudah tidak berlaku"
	textActivated     = "TOTP Aktivasi berhasil dikirim"
	textStillActive   = "TOTP Aktivasi masih berlaku"
	textNewActivation = "TOTP Aktivasi berhasil diperbarui"
	textDeactivated   = "TOTP Aktivasi berhasil dicabut"
	textSealCode      = "TOTP berhasil dibuat"
)

// readSeal reads a request about a seal.
func (e *esign) readSeal(c *call) (sealRequest, *reply) {
	var in sealRequest
	if err := readJSON(c, &in); err != nil {
		refusal := e.jsonError(c, err)
		return in, &refusal
	}
	c.entry.note("idSubscriber", string(in.Seal))
	if in.TOTP != "" {
		c.entry.note("totp", string(in.TOTP))
	}
	return in, nil
}

// sealActivation is POST /api/v2/seal/get/activation: without a code a new one
// goes out by mail and voids the one before; with the code that works it is
// renewed, as the same or as a new one ([QuirkSealCodeKept]).
func (e *esign) sealActivation(_ context.Context, c *call) reply {
	in, refusal := e.readSeal(c)
	if refusal != nil {
		return *refusal
	}
	now := e.srv.Clock.Now()
	var answer reply
	var mail *Message
	known := e.seals.with(string(in.Seal), func(s *sealState) {
		if in.TOTP == "" {
			s.activation = oneTimeCode{randomCode(), 1, now.Add(sealActivationLife)}
			m := activationMail(s, now)
			mail, answer = &m, said(true, textActivated)
			return
		}
		if !s.activated(in.TOTP, now) {
			answer = said(false, textNoActivation)
			return
		}
		text := textStillActive
		if !e.on(QuirkSealCodeKept) {
			s.activation.code, text = randomCode(), textNewActivation
		}
		s.activation.expires = now.Add(sealActivationLife)
		data := answeredCode(text, s.activation)
		answer = jsonReply(http.StatusOK, sealAnswer{Success: true, Data: &data})
	})
	if !known {
		return said(false, textNoSeal)
	}
	if mail != nil {
		e.srv.Inbox.put(*mail)
	}
	return answer
}

func activationMail(s *sealState, now time.Time) Message {
	code := s.activation.code.Reveal()
	defer clear(code)
	return Message{
		To: s.Owner.Mail, At: now, Subject: "TOTP aktivasi segel elektronik (tiruan)",
		Text: fmt.Sprintf("Kode TOTP aktivasi segel %s: %s\nBerlaku %d jam.\n", s.Owner.Name, code, int(sealActivationLife.Hours())),
	}
}

// sealRevoke is POST /api/v2/seal/revoke/activation, of whose answer nothing is
// known.
func (e *esign) sealRevoke(_ context.Context, c *call) reply {
	in, refusal := e.readSeal(c)
	if refusal != nil {
		return *refusal
	}
	revoked := false
	if !e.seals.with(string(in.Seal), func(s *sealState) {
		if revoked = s.activated(in.TOTP, e.srv.Clock.Now()); revoked {
			s.activation, s.code = oneTimeCode{}, oneTimeCode{}
		}
	}) {
		return said(false, textNoSeal)
	}
	if !revoked {
		return said(false, textNoActivation)
	}
	return said(true, textDeactivated)
}

// sealCodeV2 is POST /api/v2/seal/get/totp: a code for so many files, in the
// answer itself. A new one voids the one before.
func (e *esign) sealCodeV2(_ context.Context, c *call) reply {
	in, refusal := e.readSeal(c)
	if refusal != nil {
		return *refusal
	}
	c.entry.note("data", in.Data.raw)
	files, ok := in.Data.whole()
	if !ok || files < 1 || files > maxFiles {
		return e.badInput(c)
	}
	now := e.srv.Clock.Now()
	answer := sealCode{Message: textNoActivation}
	if !e.seals.with(string(in.Seal), func(s *sealState) {
		if s.activated(in.TOTP, now) {
			s.code = oneTimeCode{randomCode(), files, now.Add(sealCodeLife)}
			answer = answeredCode(textSealCode, s.code)
		}
	}) {
		answer.Message = textNoSeal
	}
	return jsonReply(http.StatusOK, answer)
}

// activated reports whether a code is the seal's activation.
func (s *sealState) activated(code jsonText, now time.Time) bool {
	return s.activation.works(now) && s.activation.code.Equal(passphrase.FromString(string(code)))
}
