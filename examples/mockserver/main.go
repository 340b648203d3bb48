// Mockserver is the fake BSrE as a program, for clients in any language. It
// answers the Esign Client API, version 1 and 2, with real signatures under a
// root that it makes at start. Everything is kept in memory; people, numbers and
// certificates are made up, and what it signs is worth nothing.
//
//	go run ./examples/mockserver
//
// It prints its address, the application's credential, and the people with
// their passphrases. One-time codes are printed when they are asked for. The
// flags:
//
//	-listen host     host to listen on; loopback if not given
//	-port 8080       port; 0 takes a free one
//	-people 12       number of made-up people, with one in each status
//	-seed 1          the same seed gives the same people and passphrases
//	-quirks list     such as v1-sizes,picture-shrunk=off; "help" lists them
//	-level B-LT      level of the signatures: B-T or B-LT
//	-root file       where to write the root certificate, in PEM
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/sertel-id/sertel/mockbsre"
)

func main() {
	var cfg config
	flag.StringVar(&cfg.host, "listen", "127.0.0.1", "host to listen on")
	flag.IntVar(&cfg.port, "port", 8080, "port; 0 takes a free one")
	flag.IntVar(&cfg.people, "people", 12, "number of made-up people")
	flag.Uint64Var(&cfg.seed, "seed", 1, "the same seed gives the same people")
	flag.StringVar(&cfg.quirks, "quirks", "", `such as v1-sizes,picture-shrunk=off; "help" lists them`)
	flag.StringVar(&cfg.level, "level", "B-LT", "level of the signatures: B-T or B-LT")
	flag.StringVar(&cfg.root, "root", "", "file for the root certificate, in PEM")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "mockserver: unexpected argument %q\n", flag.Arg(0))
		os.Exit(2)
	}
	if cfg.quirks == "help" {
		printQuirks(os.Stdout)
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, cfg, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mockserver:", err)
		os.Exit(1)
	}
}

type config struct {
	host   string
	port   int
	people int
	seed   uint64
	quirks string
	level  string
	root   string
}

// run serves until the context ends.
func run(ctx context.Context, cfg config, stdout io.Writer) error {
	out := &printer{w: stdout}
	settings, err := cfg.server(out)
	if err != nil {
		return err
	}
	// The port is taken first, so that nobody waits for keys in vain.
	socket, err := net.Listen("tcp", net.JoinHostPort(cfg.host, strconv.Itoa(cfg.port)))
	if err != nil {
		return err
	}
	defer socket.Close()
	srv := mockbsre.NewUnstarted(settings)
	if err := srv.Start(ctx); err != nil {
		return err
	}
	defer srv.Close()
	people, err := srv.Populate(ctx, cfg.seed, cfg.people)
	if err != nil {
		return err
	}
	if cfg.root != "" {
		if err := writeRoot(cfg.root, srv); err != nil {
			return err
		}
	}
	out.start(socket.Addr(), srv, people)
	return serve(ctx, socket, onTime(srv))
}

// onTime lets the fake's clock, which would stand still, go with the real one.
func onTime(srv *mockbsre.Server) http.Handler {
	handler := srv.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		srv.Clock.Set(time.Now())
		handler.ServeHTTP(w, r)
	})
}

func serve(ctx context.Context, socket net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(socket) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := server.Shutdown(last)
	if serving := <-ended; !errors.Is(serving, http.ErrServerClosed) {
		err = errors.Join(err, serving)
	}
	return err
}
