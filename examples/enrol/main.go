// Enrol walks the guide "Panduan Pengelolaan Sertifikat Elektronik melalui
// MyASN BKN" over HTTP, page by page, as a civil servant with a browser would:
// registration, activation, passphrase, reset and renewal. It reads the mails on
// the mail page and tells each step in Indonesian. Everything is a fake: people,
// numbers and certificates are made up and worth nothing.
//
//	go run ./examples/enrol
//
// starts the fake within the program. Against a running examples/mockserver it
// takes somebody whom the server prints as NOT_REGISTERED:
//
//	go run ./examples/enrol -url http://127.0.0.1:8080 -nip ... -nik ... -mail ...
//
// Afterwards that person's passphrase is Panci!Lembut4Naik. The program ends
// with 0 when every page answered as the guide has it, with 1 when one did not,
// and with 2 when the flags are wrong.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"time"

	"github.com/sertel-id/sertel/mockbsre"
)

func main() {
	var cfg config
	flag.StringVar(&cfg.url, "url", "", "address of a running fake; without it one is started")
	flag.StringVar(&cfg.number, "nip", "", "with -url: NIP, NI PPPK or NRP of who is not registered yet")
	flag.StringVar(&cfg.nik, "nik", "", "with -url: the person's NIK")
	flag.StringVar(&cfg.mail, "mail", "", "with -url: the person's work mail")
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), "usage: enrol [flags]\n\nWalks the pages of the fake portal from registration to ISSUE.\n\n")
		flag.PrintDefaults()
	}
	flag.Parse()
	if err := cfg.check(flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "enrol:", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, cfg, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "enrol:", err)
		os.Exit(1)
	}
}

type config struct{ url, number, nik, mail string }

func (c config) check(arguments []string) error {
	if len(arguments) > 0 {
		return fmt.Errorf("unexpected argument %q", arguments[0])
	}
	given := c.number != "" || c.nik != "" || c.mail != ""
	if c.url == "" {
		if given {
			return errors.New("-nip, -nik and -mail belong to -url")
		}
		return nil
	}
	if c.number == "" || c.nik == "" || c.mail == "" {
		return errors.New("-url needs -nip, -nik and -mail")
	}
	if u, err := url.Parse(c.url); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("-url is no address such as http://127.0.0.1:8080")
	}
	return nil
}

// run walks from the first page to the last and returns the first thing that
// went otherwise than it should.
func run(ctx context.Context, cfg config, stdout io.Writer) error {
	w := &walk{tell: narrator{stdout}, number: cfg.number, nik: cfg.nik, mail: cfg.mail}
	base := cfg.url
	if base == "" {
		srv, person, err := startFake(ctx)
		if err != nil {
			return err
		}
		defer srv.Close()
		w.number, w.nik, w.mail = person.EmployeeNumber, person.NIK, person.WorkEmail
		w.wait, base = srv.Clock.Advance, srv.URL()
	}
	var err error
	if w.browser, err = newBrowser(base); err != nil {
		return err
	}
	for _, step := range w.steps() {
		w.tell.step(step.title)
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.title, err)
		}
	}
	return nil
}

// startFake starts a fake that knows one person.
func startFake(ctx context.Context) (*mockbsre.Server, mockbsre.Person, error) {
	srv := mockbsre.NewUnstarted(mockbsre.Config{})
	if err := srv.Start(ctx); err != nil {
		return nil, mockbsre.Person{}, err
	}
	person := mockbsre.MadeUpPerson(0)
	if err := errors.Join(srv.Population.Add(person), srv.Personnel.Add(person)); err != nil {
		srv.Close()
		return nil, mockbsre.Person{}, err
	}
	return srv, person, nil
}

// activationLife is how long the link of the activation works in the fake.
const activationLife = 24 * time.Hour
