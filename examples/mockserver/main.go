// Mockserver is the fake BSrE as a program, for clients in any language. It
// answers the Esign Client API, version 1 and 2, with real signatures under a
// root that it makes at start. Everything is kept in memory; people, numbers and
// certificates are made up, and what it signs is worth nothing.
//
//	go run ./examples/mockserver
//
// At the same address it has pages for a browser: registration, activation, the
// mails and what else the guide shows (examples/enrol walks them).
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
//	-admin address   where tests drive it, such as 127.0.0.1:8081: inbox, clock,
//	                 people, seals, faults, journal, reset; GET / lists what
//	                 there is. It has no credential, so it is refused elsewhere
//	                 than on loopback
//	-admin-anywhere  open -admin to every network that reaches the address
//	-agency name     agency of the people; Kota Magelang if not given
//	-mail-domain d   domain of that agency's work mail
//	-strict          complain of what a real box only tolerates (GET /strict)
//	-hostile         let calls go wrong in every way; the seed is printed
//	-fault-seed n    replay the faults of that seed
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
	flag.StringVar(&cfg.admin, "admin", "", "address of the admin handler, such as 127.0.0.1:8081")
	flag.BoolVar(&cfg.adminAnywhere, "admin-anywhere", false, "open -admin to every network that reaches the address")
	flag.StringVar(&cfg.agency, "agency", "", "agency of the people, with -mail-domain; Kota Magelang if not given")
	flag.StringVar(&cfg.mailDomain, "mail-domain", "", "domain of that agency's work mail")
	flag.BoolVar(&cfg.strict, "strict", false, "complain of what a real box only tolerates")
	flag.BoolVar(&cfg.hostile, "hostile", false, "let calls go wrong in every way")
	flag.Uint64Var(&cfg.faultSeed, "fault-seed", 0, "replay the faults of that seed; 0 takes a new one")
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), "usage: mockserver [flags]\n\nServes the fake BSrE for applications in any language, until it is interrupted.\n\n")
		flag.PrintDefaults()
	}
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

	admin              string
	adminAnywhere      bool
	agency, mailDomain string
	strict, hostile    bool
	faultSeed          uint64
}

// run serves until the context ends.
func run(ctx context.Context, cfg config, stdout io.Writer) error {
	out := &printer{w: stdout}
	settings, err := cfg.server(out)
	if err != nil {
		return err
	}
	// The port is taken first, so that nobody waits for keys in vain.
	socket, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(cfg.host, strconv.Itoa(cfg.port)))
	if err != nil {
		return err
	}
	defer socket.Close()
	var control net.Listener
	if cfg.admin != "" {
		if control, err = new(net.ListenConfig).Listen(ctx, "tcp", cfg.admin); err != nil {
			return err
		}
		defer control.Close()
		if !cfg.adminAnywhere && !onLoopback(control.Addr()) {
			return fmt.Errorf("-admin %s would let whoever reaches it drive the server without a credential: "+
				"give a loopback address such as 127.0.0.1:8081, or -admin-anywhere", cfg.admin)
		}
	}
	if onLoopback(socket.Addr()) {
		settings.PortalURL = "http://" + socket.Addr().String() // elsewhere the mail page's own links do
	}
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
	out.start(socket.Addr(), control, srv, people)
	clock := newMovingClock(srv.Clock)
	if control == nil {
		return serve(ctx, socket, clock.before(srv.Handler()))
	}
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		ended <- serve(ctx, control, clock.before(srv.Admin()))
		stop()
	}()
	err = serve(ctx, socket, clock.before(srv.Handler()))
	stop()
	return errors.Join(err, <-ended)
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
