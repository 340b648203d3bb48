package mockbsre

import (
	"context"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"strings"
)

type chainAnswer struct {
	Success bool     `json:"success"`
	Data    []string `json:"data"`
}

// chainV2 is GET /api/v2/user/certificate/chain/{id}: signer, issuer and root of
// the certificate in use. The subscriber ids of the fake are those of its seals.
func (e *esign) chainV2(ctx context.Context, c *call) reply {
	if der, ok := e.seals.chain(c.id, e.srv.authority.Root().Raw); ok {
		c.entry.note("idSubscriber", c.id)
		return e.chainReply(der)
	}
	nik, mail := c.id, ""
	if strings.Contains(c.id, "@") {
		nik, mail = "", c.id
	}
	c.entry.noteIdentity(jsonText(nik), jsonText(mail))
	person, err := e.person(ctx, nik, mail)
	if err != nil {
		return e.springError(http.StatusInternalServerError, c.Request)
	}
	der, ok := e.chain(ctx, person)
	if !ok {
		// A JSON content type over a body that is none was seen.
		return reply{status: http.StatusBadRequest, kind: typeJSON, body: []byte("User tidak ditemukan")}
	}
	return e.chainReply(der)
}

func (e *esign) chainReply(der [][]byte) reply {
	answer := chainAnswer{Success: true}
	for _, raw := range der {
		text := base64.StdEncoding.EncodeToString(raw)
		if e.on(QuirkChainPEM) {
			text = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}))
		}
		answer.Data = append(answer.Data, text)
	}
	return jsonReply(http.StatusOK, answer)
}

// chain returns the certificates in DER, the signer's first.
func (e *esign) chain(ctx context.Context, person found) ([][]byte, bool) {
	if person.Person.IsZero() || person.Serial.IsZero() {
		return nil, false
	}
	all, err := e.srv.registrar.Certificates(ctx, person.Person)
	if err != nil {
		return nil, false
	}
	for _, each := range all {
		if each.Serial == person.Serial {
			return append(append([][]byte{each.DER}, each.Chain...), e.srv.authority.Root().Raw), true
		}
	}
	return nil, false
}
