package mockbsre_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/sertel-id/sertel/mockbsre"
)

func TestURL(t *testing.T) {
	srv := mockbsre.NewUnstarted(mockbsre.Config{})
	assert.Panics(t, func() { srv.URL() }, "not started")
	assert.Panics(t, func() { srv.Handler() }, "not started")
	require.NoError(t, srv.Start(t.Context()))
	address, err := url.Parse(srv.URL())
	require.NoError(t, err)
	assert.Equal(t, "127.0.0.1", address.Hostname())
	again := srv.URL()
	assert.Equal(t, address.String(), again, "one address")
	srv.Close()
	srv.Close()
	_, err = net.Dial("tcp", address.Host)
	assert.Error(t, err)
	assert.Panics(t, func() { srv.URL() }, "closed")
}

func TestNothingIsLeft(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	srv := mockbsre.NewUnstarted(mockbsre.Config{})
	require.NoError(t, srv.Start(t.Context()))
	b := &box{Server: srv, t: t}
	b.person, b.id = enrol(t, srv, 0)
	b.sound(letter(t), b.signed())
	b.FailNext(mockbsre.SignV2, mockbsre.Fault{Applied: true, Cut: true, CutAfter: -1})
	_, _, err := b.try(t.Context(), b.invisible(letter(t)))
	assert.Error(t, err)
	srv.Close()
	http.DefaultClient.CloseIdleConnections()
}

func TestHandlerWithoutASocket(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{})
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/api/user/status/"+b.person.NIK, nil)
	r.SetBasicAuth(mockbsre.DefaultUsername, mockbsre.DefaultPassword)
	w := httptest.NewRecorder()
	b.Handler().ServeHTTP(w, r)
	assert.Equal(t, 200, w.Code)
	assert.Contains(t, w.Body.String(), "ISSUE")
}

func TestSlowBodyIsGivenUp(t *testing.T) {
	b := newBox(t, mockbsre.EsignConfig{BodyTimeout: 50 * time.Millisecond})
	address, err := url.Parse(b.URL())
	require.NoError(t, err)
	conn, err := net.Dial("tcp", address.Host)
	require.NoError(t, err)
	defer conn.Close()
	r := b.request("POST", "/", "", nil)
	r.SetBasicAuth(mockbsre.DefaultUsername, mockbsre.DefaultPassword)
	_, err = conn.Write([]byte("POST /api/v2/verify/pdf HTTP/1.1\r\nHost: x\r\nAuthorization: " + r.Header.Get("Authorization") +
		"\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"))
	require.NoError(t, err)
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(10*time.Second)))
	answer := make([]byte, 1000)
	n, err := conn.Read(answer)
	require.NoError(t, err)
	assert.Contains(t, string(answer[:n]), "400 Bad Request")
}
