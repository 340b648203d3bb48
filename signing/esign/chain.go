package esign

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/url"
	"strings"
)

const (
	maxChain      = 16      // certificates of an answer
	maxChainBytes = 1 << 20 // of an answer
)

// CertificateChain asks for a person's certificate and the authorities above
// it: GET /api/v2/user/certificate/chain/{id}. They are not judged here.
// Somebody unknown is [CodeSignerUnknown].
//
// What an element looks like is documented nowhere: PEM, base64 of DER, and
// objects that hold either are read. Errors: [*Error].
func (c *Client) CertificateChain(ctx context.Context, id Identity) ([]*x509.Certificate, error) {
	if err := id.check(V2); err != nil {
		return nil, err
	}
	k := call{op: "chain", method: http.MethodGet, path: "/api/v2/user/certificate/chain/" + url.PathEscape(id.known()),
		accept: "application/json", timeout: c.cfg.Timeouts.Status}
	status, _, body, err := c.read(ctx, k, maxChainBytes)
	if err == nil && status == http.StatusNotFound && id.NIK.IsZero() {
		// A collection of the vendor has the variant by mail without /v2.
		k.path = "/api/user/certificate/chain/" + url.PathEscape(id.known())
		status, _, body, err = c.read(ctx, k, maxChainBytes)
	}
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		f := parseFault(status, body)
		e := c.refusalTo(id, nil, status, f)
		if status == http.StatusBadRequest && e.Code == CodeRefused {
			unknown := newError(CodeSignerUnknown, OutcomeRefused, nil)
			unknown.HTTPStatus, unknown.ServerCode, unknown.ServerText = e.HTTPStatus, e.ServerCode, e.ServerText
			return nil, unknown
		}
		return nil, e
	}
	return c.parseChain(id, body)
}

func (c *Client) parseChain(id Identity, body []byte) ([]*x509.Certificate, error) {
	var answered struct {
		Data []json.RawMessage `json:"data"`
	}
	if json.Unmarshal(body, &answered) != nil || len(answered.Data) == 0 || len(answered.Data) > maxChain {
		if f := parseFault(http.StatusOK, body); f.present {
			return nil, c.refusalTo(id, nil, http.StatusOK, f)
		}
		return nil, local(CodeAnswer, errJSON)
	}
	var chain []*x509.Certificate
	for _, raw := range answered.Data {
		cert := certificateIn(raw, 0)
		if cert == nil {
			return nil, local(CodeAnswer, errJSON)
		}
		chain = append(chain, cert)
	}
	return chain, nil
}

// certificateIn finds a certificate in a text, or in the members of an object.
func certificateIn(raw json.RawMessage, depth int) *x509.Certificate {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return parseCertificate(text)
	}
	var members map[string]json.RawMessage
	if depth > 2 || json.Unmarshal(raw, &members) != nil {
		return nil
	}
	for _, m := range members {
		if cert := certificateIn(m, depth+1); cert != nil {
			return cert
		}
	}
	return nil
}

func parseCertificate(text string) *x509.Certificate {
	var der []byte
	if block, _ := pem.Decode([]byte(text)); block != nil {
		der = block.Bytes
	} else {
		var err error
		if der, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), "")); err != nil {
			return nil
		}
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil
	}
	return cert
}
