package esign

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/sertel-id/sertel/certificate/identity"
)

// Registration asks for an account of a person. It prints without its fields.
type Registration struct {
	Name  identity.Name  // required
	Email identity.Email // the work mail; required
	NIK   identity.NIK   // sent when it is not zero; not every box wants it
}

// String returns a marker.
func (Registration) String() string { return "esign.Registration" }

// Format prints a marker under every verb.
func (r Registration) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.String()) }

// LogValue returns a marker.
func (r Registration) LogValue() slog.Value { return slog.StringValue(r.String()) }

// Register asks for an account: POST /api/v2/user/registration, and where a box
// does not have that path, /api/v2/user/register, by which public clients go.
// It is not repeated otherwise. An operator of BSrE decides afterwards. Errors:
// [*Error].
func (c *Client) Register(ctx context.Context, r Registration) (Acknowledgement, error) {
	if c.cfg.Version != V2 {
		return Acknowledgement{}, unsupported("registration in version 1")
	}
	if r.Name.IsZero() || r.Email.IsZero() {
		return Acknowledgement{}, local(CodeIdentity, errors.New("name and mail are needed"))
	}
	id := Identity{NIK: r.NIK, Email: r.Email, Name: r.Name}
	for _, path := range []string{"/api/v2/user/registration", "/api/v2/user/register"} {
		out := newJSON()
		if err := errors.Join(out.value("nama", r.Name.Full()), out.identity(id)); err != nil {
			return Acknowledgement{}, local(CodeRequest, err)
		}
		status, body, err := c.post(ctx, "registration", path, out.finish())
		if err != nil {
			return Acknowledgement{}, err
		}
		if status == http.StatusNotFound || status == http.StatusMethodNotAllowed {
			continue
		}
		message, err := c.success(id, status, body)
		return Acknowledgement{message}, err
	}
	return Acknowledgement{}, local(CodeNoEndpoint, nil)
}
