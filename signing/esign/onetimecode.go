package esign

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
)

// Acknowledgement is what the box says when it took a request.
type Acknowledgement struct {
	// Message is for the person; it is cut and masked as [Error.ServerText] is.
	Message string
}

// RequestCode asks for a one-time code that will sign a number of files:
// POST /api/v2/sign/get/totp. The code goes to the signer, by mail or in BSrE's
// app. It is never repeated: each request may send a mail and void the code
// before. Errors: [*Error].
func (c *Client) RequestCode(ctx context.Context, id Identity, files int) (Acknowledgement, error) {
	if c.cfg.Version != V2 {
		return Acknowledgement{}, unsupported("one-time code in version 1")
	}
	if err := id.check(V2); err != nil {
		return Acknowledgement{}, err
	}
	if files < 1 || files > maxFiles {
		return Acknowledgement{}, local(CodeRequest, nil)
	}
	out := newJSON()
	if err := out.identity(id); err != nil {
		return Acknowledgement{}, local(CodeRequest, err)
	}
	if err := out.value("data", files); err != nil {
		return Acknowledgement{}, local(CodeRequest, err)
	}
	status, body, err := c.post(ctx, "one-time code", "/api/v2/sign/get/totp", out.finish())
	if err != nil {
		return Acknowledgement{}, err
	}
	message, err := c.success(id, status, body)
	return Acknowledgement{message}, err
}

// post sends a small request that changes something, once.
func (c *Client) post(ctx context.Context, op, path string, b *body) (int, []byte, error) {
	status, _, body, err := c.readOnce(ctx, call{op: op, method: http.MethodPost, path: path, accept: "application/json",
		kind: b.kind, body: b.reader, length: b.length, timeout: c.cfg.Timeouts.Other}, maxSmall)
	if err != nil {
		e := asError(err, CodeOutcomeUnknown, OutcomeUnknown)
		if e.Code != CodeTLS && !errors.Is(e, errNotWhole) {
			e = newError(CodeOutcomeUnknown, OutcomeUnknown, e.cause)
		}
		return 0, nil, e
	}
	return status, body, nil
}

// success reads {"success", "message"}.
func (c *Client) success(id Identity, status int, body []byte) (string, error) {
	var answered struct {
		Success *bool           `json:"success"`
		Message json.RawMessage `json:"message"`
	}
	f := parseFault(status, body)
	err := json.Unmarshal(body, &answered)
	refused := status != http.StatusOK || f.present || answered.Success != nil && !*answered.Success
	switch {
	case status == http.StatusBadGateway || status == http.StatusGatewayTimeout:
		e := newError(CodeOutcomeUnknown, OutcomeUnknown, nil)
		e.HTTPStatus = status
		return "", e
	case refused:
		return "", c.refusalTo(id, nil, status, f)
	case err != nil:
		return "", newError(CodeOutcomeUnknown, OutcomeUnknown, errJSON)
	}
	return mask(stringOf(answered.Message), id.hidden()...), nil
}
