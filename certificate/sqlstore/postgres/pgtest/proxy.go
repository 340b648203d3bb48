package pgtest

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Cut says what a [Proxy] does with commits.
type Cut uint8

// The ways to lose a connection at a commit.
const (
	CutNever  Cut = iota
	CutBefore     // the server does not see the commit
	CutAfter      // the server commits, its answer is lost
)

// Proxy stands between a pool and the server and loses connections at the next commit.
type Proxy struct {
	dir, server string
	listener    net.Listener

	mu    sync.Mutex
	cut   Cut
	times int
	then  func()
}

// NewProxy stands before the database's server for one test.
func NewProxy(t testing.TB, d *Database) *Proxy {
	t.Helper()
	dir, err := os.MkdirTemp("", "px") //nolint:usetesting // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{dir: dir, server: filepath.Join(param(d.dsn, "host"), ".s.PGSQL.5432")}
	if p.listener, err = new(net.ListenConfig).Listen(t.Context(), "unix", filepath.Join(dir, ".s.PGSQL.5432")); err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() { p.serve(&serving) })
	t.Cleanup(func() {
		_ = p.listener.Close()
		serving.Wait()
		_ = os.RemoveAll(dir)
	})
	return p
}

// param is the value of a parameter in a connection string; the last one holds.
func param(dsn, name string) (value string) {
	for _, field := range strings.Fields(dsn) {
		if v, ok := strings.CutPrefix(field, name+"="); ok {
			value = v
		}
	}
	return value
}

// DSN is the connection string through the proxy.
func (p *Proxy) DSN(dsn string) string { return dsn + " host=" + p.dir }

// CutCommits loses the next n connections at their commits, and then calls a function, if any.
func (p *Proxy) CutCommits(how Cut, n int, then func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut, p.times, p.then = how, n, then
}

// next says what to do with a commit.
func (p *Proxy) next() Cut {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.times == 0 {
		return CutNever
	}
	p.times--
	if p.times == 0 && p.then != nil {
		p.then()
	}
	return p.cut
}

func (p *Proxy) serve(serving *sync.WaitGroup) {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := new(net.Dialer).DialContext(context.Background(), "unix", p.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		c := &connection{client: client, server: server}
		serving.Go(func() { c.up(p) })
		serving.Go(c.down)
	}
}

// connection copies both ways until one end is gone.
type connection struct {
	client, server net.Conn
	mu             sync.Mutex
	last           bool // the next answer is lost
}

func (c *connection) close() { _ = errors.Join(c.client.Close(), c.server.Close()) }

func (c *connection) up(p *Proxy) {
	defer c.close()
	buf := make([]byte, 64<<10)
	for {
		n, err := c.client.Read(buf)
		if bytes.Contains(bytes.ToLower(buf[:n]), []byte("commit\x00")) {
			switch p.next() {
			case CutBefore:
				return
			case CutAfter:
				c.mu.Lock()
				c.last = true
				c.mu.Unlock()
			}
		}
		if _, writeErr := c.server.Write(buf[:n]); err != nil || writeErr != nil {
			return
		}
	}
}

func (c *connection) down() {
	defer c.close()
	buf := make([]byte, 64<<10)
	for {
		n, err := c.server.Read(buf)
		c.mu.Lock()
		lost := c.last
		c.mu.Unlock()
		if lost {
			return
		}
		if _, writeErr := c.client.Write(buf[:n]); err != nil || writeErr != nil {
			return
		}
	}
}
