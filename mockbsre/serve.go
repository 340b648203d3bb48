package mockbsre

import (
	"context"
	"net"
	"net/http"
	"time"
)

// listener serves the fake on loopback.
type listener struct {
	url    string
	server *http.Server
	ended  chan struct{}
}

// closeTimeout bounds the wait for requests under way when the fake is closed,
// by the real clock.
const closeTimeout = 5 * time.Second

// URL is the address of the service, such as "http://127.0.0.1:41234". The first
// call begins to serve [Server.Handler] there, on a free port of loopback, until
// Close. Like Handler it panics before Start, and also when there is no port or
// after Close.
func (s *Server) URL() string {
	s.running()
	e := s.esign
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		panic("mockbsre: URL after Close")
	}
	if e.listener == nil {
		l, err := listen(doors{e, s.portal})
		if err != nil {
			panic("mockbsre: " + err.Error())
		}
		e.listener = l
	}
	return e.listener.url
}

func listen(handler http.Handler) (*listener, error) {
	socket, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &listener{
		url: "http://" + socket.Addr().String(), ended: make(chan struct{}),
		server: &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute},
	}
	go func() {
		defer close(l.ended)
		_ = l.server.Serve(socket) // ends with http.ErrServerClosed
	}()
	return l, nil
}

// close waits for requests under way, and for the goroutine.
func (l *listener) close() {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if l.server.Shutdown(ctx) != nil {
		_ = l.server.Close()
	}
	<-l.ended
}
