// Eoffice is a small electronic office for official letters: officials log in,
// upload a PDF, prepare it for its signers, sign one after another or many
// letters at once, and anybody who scans the QR code of a letter can check it.
// Its pages are in Indonesian.
//
//	go run ./examples/eoffice
//
// Without flags it starts a fake of BSrE in the same process, with made-up
// people, and prints its address, their names, passwords and passphrases. What
// it signs is worth nothing then.
//
// With -esign-url it signs through the Esign Client of an agency:
//
//	go run ./examples/eoffice -esign-url https://esign.contoh.go.id \
//		-esign-user e-office -esign-password-file sandi.txt \
//		-people pejabat.json -roots induk.pem -quarantine karantina \
//		-postgres postgres://eoffice@localhost/eoffice \
//		-public-url https://eoffice.contoh.go.id -behind-proxy
//
// The flags:
//
//	-listen host:port           address; 127.0.0.1:8090 if not given, port 0 is a free one
//	-public-url address         where people reach it; QR codes lead there
//	-tls-cert, -tls-key file    serve TLS itself
//	-behind-proxy               a proxy in front serves TLS and adds X-Forwarded-For
//	-postgres url               keep letters in PostgreSQL; the password belongs
//	                            into ~/.pgpass or PGPASSFILE; in memory if not given
//	-esign-url address          the box, before /api
//	-esign-user name            the application's credential
//	-esign-password-file file   its password in the first line
//	-esign-ca file              the agency's own authority for TLS, PEM
//	-esign-api v2               v1 or v2
//	-esign-http                 allow http, over which passphrases can be read
//	-roots file                 roots to judge signatures by, PEM
//	-quarantine folder          keeps signed letters that could not be stored
//	-ledger-key-file file       key of 16 bytes and more in the first line, by which
//	                            attempts to sign are named in PostgreSQL
//	-people file                who can log in, JSON; see people.example.json
//	-hash-password              read a password from standard input and print
//	                            what belongs into that file
//	-verbose                    log to standard error
//
// Sessions and typed passphrases are in the memory of the one process that works
// on a database: after a restart people log in again, and what waited to be
// signed waits for the passphrase again. The fake makes a new root at each start,
// so that letters signed before are then "Belum dapat dipastikan".
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing/esign"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "eoffice:", strings.TrimPrefix(err.Error(), "eoffice: "))
		os.Exit(1)
	}
}

// config is the command line.
type config struct {
	listen, publicURL, tlsCert, tlsKey string
	postgres, people                   string
	behindProxy, hashPassword, verbose bool
	box                                boxConfig
}

func parse(args []string, stderr io.Writer) (config, error) {
	var c config
	flags := flag.NewFlagSet("eoffice", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&c.listen, "listen", "127.0.0.1:8090", "host:port; port 0 takes a free one")
	flags.StringVar(&c.publicURL, "public-url", "", "where people reach it; QR codes lead there")
	flags.StringVar(&c.tlsCert, "tls-cert", "", "certificate for TLS, PEM")
	flags.StringVar(&c.tlsKey, "tls-key", "", "its key, PEM")
	flags.BoolVar(&c.behindProxy, "behind-proxy", false, "a proxy serves TLS and adds X-Forwarded-For")
	flags.StringVar(&c.postgres, "postgres", "", "database, as postgres://user@host/name")
	flags.StringVar(&c.box.url, "esign-url", "", "the Esign Client, before /api")
	flags.StringVar(&c.box.user, "esign-user", "", "the application's user name")
	flags.StringVar(&c.box.passwordFile, "esign-password-file", "", "file with the application's password")
	flags.StringVar(&c.box.ca, "esign-ca", "", "the agency's own authority for TLS, PEM")
	flags.StringVar(&c.box.api, "esign-api", "v2", "v1 or v2")
	flags.BoolVar(&c.box.plain, "esign-http", false, "allow http: passphrases can be read on the network")
	flags.StringVar(&c.box.roots, "roots", "", "roots to judge signatures by, PEM")
	flags.StringVar(&c.box.quarantine, "quarantine", "", "folder for signed letters that could not be stored")
	flags.StringVar(&c.box.ledgerKey, "ledger-key-file", "", "file with the key that names attempts in PostgreSQL")
	flags.StringVar(&c.people, "people", "", "who can log in, JSON")
	flags.BoolVar(&c.hashPassword, "hash-password", false, "print the hash of a password from standard input")
	flags.BoolVar(&c.verbose, "verbose", false, "log to standard error")
	flags.Usage = func() {
		fmt.Fprint(stderr, "usage: eoffice [flags]\n\nServes a small e-office in the browser: on the fake, or with -esign-url on a box of BSrE.\n\n")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return c, err
	}
	if flags.NArg() > 0 {
		return c, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return c, c.check()
}

func (c *config) check() error {
	onBox := c.box.url != ""
	host, _, err := net.SplitHostPort(c.listen)
	switch {
	case err != nil:
		return fmt.Errorf("-listen: %w", err)
	case (c.tlsCert == "") != (c.tlsKey == ""):
		return errors.New("-tls-cert and -tls-key belong together")
	case !onBox && (c.box.user != "" || c.box.passwordFile != "" || c.people != "" || c.box.roots != ""):
		return errors.New("-esign-user, -esign-password-file, -people and -roots are for a box: give -esign-url")
	case onBox && (c.box.user == "" || c.box.passwordFile == "" || c.people == "" || c.box.roots == "" ||
		c.box.quarantine == "" || c.publicURL == ""):
		return errors.New("a box needs -esign-user, -esign-password-file, -people, -roots, -quarantine and -public-url")
	case onBox && c.postgres != "" && c.box.ledgerKey == "":
		return errors.New("a box with -postgres needs -ledger-key-file")
	case onBox && c.tlsCert == "" && !c.behindProxy && !loopback(host):
		return errors.New("passphrases would cross the network for everyone to read: use -tls-cert and -tls-key, or -behind-proxy")
	}
	if c.publicURL != "" {
		u, err := url.Parse(c.publicURL)
		if err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Scheme != "https" && (onBox || u.Scheme != "http") {
			return errors.New("-public-url is not an address such as https://eoffice.contoh.go.id")
		}
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// run serves until the context ends.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	c, err := parse(args, stderr)
	if err != nil {
		return err
	}
	hasher, err := passphrase.NewHasher(passphrase.HasherConfig{})
	if err != nil {
		return err
	}
	if c.hashPassword {
		return printHash(ctx, hasher, stdin, stdout)
	}
	log := slog.New(slog.DiscardHandler)
	if c.verbose {
		log = slog.New(slog.NewTextHandler(stderr, nil))
	}
	// The port is taken first, so that nobody waits for keys in vain.
	socket, err := new(net.ListenConfig).Listen(ctx, "tcp", c.listen)
	if err != nil {
		return err
	}
	defer socket.Close()
	letters, err := c.store(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = letters.Close() }()
	b, people, err := c.open(ctx, hasher, letters)
	if err != nil {
		return err
	}
	defer b.close()
	a, err := newApp(appConfig{
		publicURL: c.address(socket.Addr()), behindProxy: c.behindProxy, box: b, people: people, store: letters, log: log,
	})
	if err != nil {
		return err
	}
	return c.serve(ctx, a, socket, stdout)
}

// open reaches the box, or starts the fake of it.
func (c *config) open(ctx context.Context, hasher *passphrase.Hasher, letters store) (*box, *directory, error) {
	if c.box.url == "" {
		return startFake(ctx, hasher, time.Now)
	}
	people, err := readDirectory(c.people, hasher)
	if err != nil {
		return nil, nil, err
	}
	var attempts esign.Ledger
	if p, ok := letters.(*postgresStore); ok {
		if attempts, err = p.ledger(ctx); err != nil {
			return nil, nil, err
		}
	}
	b, err := openBox(c.box, attempts)
	return b, people, err
}

func (c *config) store(ctx context.Context) (store, error) {
	if c.postgres == "" {
		return newMemoryStore(), nil
	}
	return openPostgres(ctx, c.postgres)
}

// address is where people reach the e-office.
func (c *config) address(socket net.Addr) string {
	switch {
	case c.publicURL != "":
		return c.publicURL
	case c.tlsCert != "":
		return "https://" + reachable(socket)
	}
	return "http://" + reachable(socket)
}

// reachable is an address as it works from this machine.
func reachable(a net.Addr) string {
	if everywhere(a) {
		return net.JoinHostPort("127.0.0.1", strconv.Itoa(a.(*net.TCPAddr).Port))
	}
	return a.String()
}

// everywhere reports whether an address stands for all.
func everywhere(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsUnspecified()
}

func (c *config) serve(ctx context.Context, a *app, socket net.Listener, stdout io.Writer) error {
	if err := a.start(ctx); err != nil {
		return err
	}
	defer a.stop()
	if a.cfg.box.fake != nil {
		address := a.cfg.publicURL
		if everywhere(socket.Addr()) {
			address += " (di semua alamat komputer ini)"
		}
		fmt.Fprint(stdout, greeting(address))
	} else {
		fmt.Fprintf(stdout, "E-office: %s, dilayani pada %s\nready\n", a.cfg.publicURL, socket.Addr())
	}
	server := &http.Server{
		Handler: a.handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute,
		WriteTimeout: 2 * time.Minute, IdleTimeout: time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(a.cfg.log.Handler(), slog.LevelInfo),
	}
	ended := make(chan error, 1)
	go func() {
		if c.tlsCert != "" {
			ended <- server.ServeTLS(socket, c.tlsCert, c.tlsKey)
			return
		}
		ended <- server.Serve(socket)
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	a.hangUp()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := server.Shutdown(last)
	if serving := <-ended; !errors.Is(serving, http.ErrServerClosed) {
		err = errors.Join(err, serving)
	}
	return err
}

func printHash(ctx context.Context, hasher *passphrase.Hasher, stdin io.Reader, stdout io.Writer) error {
	data, err := io.ReadAll(io.LimitReader(stdin, maxSecretFile))
	if err != nil {
		return err
	}
	defer clear(data)
	for len(data) > 0 && (data[len(data)-1] == '\n' || data[len(data)-1] == '\r') {
		data = data[:len(data)-1]
	}
	hash, err := hasher.Hash(ctx, passphrase.New(data))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, hash)
	return err
}
