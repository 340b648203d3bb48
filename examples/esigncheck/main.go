// Esigncheck tells whether an agency's Esign Client is ready to be used, before
// an e-office goes live with it.
//
//	go run ./examples/esigncheck -url https://esign.contoh.go.id \
//		-user e-office -password-file sandi.txt -nik 3371990101800001
//
// It looks up the name, opens the port, asks with the application's credential
// (401 or 200), compares clocks, asks for the official's status, and has the
// box judge an unsigned page. Nothing is signed by that.
//
// With -sign and -confirm the official signs one marked test page: the program
// reads back rectangle, subfilter, level and whether the original is untouched,
// prints what to set in esign.Config, and how this box behaves otherwise. Each
// signature uses the official's certificate: -confirm says that the official
// has agreed and typed the passphrase into the file himself or herself.
//
// The program ends with 0 when every check passed, with 1 when one failed, and
// with 2 when it was called in a wrong way. A warning fails nothing. Its report
// is in Indonesian.
//
// The flags:
//
//	-url address          address before /api; required
//	-http                 allow http, over which passphrases can be read
//	-ca file              the agency's own authority for TLS, PEM
//	-user name            the application's credential; required
//	-password-file file   its password in the first line; required
//	-nik number           an official by NIK, or
//	-mail address         by work mail (version 2 alone)
//	-api v2               versions to be checked: v1, v2 or both
//	-sign, -confirm       sign the test page, with the official's consent
//	-passphrase-file file the official's passphrase in the first line
//	-tag                  sign also at anchor tags that the box finds: one
//	                      character by each version, and a longer one
//	-roots file           roots to judge the signature by, PEM
//	-out file             where the signed test page is kept
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/signing/esign"
)

// The ways in which the program ends.
const (
	exitPassed = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

type config struct {
	url, ca, user, passwordFile, passphraseFile string
	roots, out                                  string
	plain, sign, confirm, tag                   bool
	versions                                    []esign.Version
	id                                          esign.Identity
}

var errUsage = errors.New("usage: esigncheck -url address -user name -password-file file -nik number [flags], see -help")

func parse(args []string, stderr io.Writer) (config, error) {
	var cfg config
	flags := flag.NewFlagSet("esigncheck", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&cfg.url, "url", "", "address of the Esign Client, before /api")
	flags.BoolVar(&cfg.plain, "http", false, "allow http: passphrases can be read on the network")
	flags.StringVar(&cfg.ca, "ca", "", "the agency's own authority for TLS, PEM")
	flags.StringVar(&cfg.user, "user", "", "the application's user name")
	flags.StringVar(&cfg.passwordFile, "password-file", "", "file with the application's password")
	flags.StringVar(&cfg.passphraseFile, "passphrase-file", "", "file with the official's passphrase")
	flags.StringVar(&cfg.roots, "roots", "", "roots to judge the signature by, PEM")
	flags.StringVar(&cfg.out, "out", "", "file to keep the signed test page in")
	flags.BoolVar(&cfg.sign, "sign", false, "sign one test page")
	flags.BoolVar(&cfg.confirm, "confirm", false, "the official has agreed that the test page is signed")
	flags.BoolVar(&cfg.tag, "tag", false, "sign also at tags that the Esign Client finds")
	// Parsed afterwards: package flag repeats a value that it refuses.
	nik := flags.String("nik", "", "the official's NIK")
	mail := flags.String("mail", "", "the official's work mail")
	api := flags.String("api", "v2", "versions of the API: v1, v2 or both")
	flags.Usage = func() {
		fmt.Fprint(stderr, "usage: esigncheck -url address -user name -password-file file -nik number [flags]\n\nTells whether an Esign Client is ready to be used; signs nothing without -sign and -confirm.\n"+
			"Ends with 0 when every check passed, 1 when one failed, 2 when called in a wrong way.\n\n")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return cfg, err
	}
	var err error
	if *nik != "" {
		if cfg.id.NIK, err = identity.ParseNIK(*nik); err != nil {
			return cfg, fmt.Errorf("-nik: %w", err)
		}
	}
	if *mail != "" {
		if cfg.id.Email, err = identity.ParseEmail(*mail); err != nil {
			return cfg, fmt.Errorf("-mail: %w", err)
		}
	}
	versions, ok := map[string][]esign.Version{"v1": {esign.V1}, "v2": {esign.V2}, "both": {esign.V1, esign.V2}}[*api]
	cfg.versions = versions
	noOne := cfg.id.NIK.IsZero() && cfg.id.Email.IsZero()
	switch {
	case !ok || flags.NArg() > 0 || cfg.url == "" || cfg.user == "" || cfg.passwordFile == "" || noOne:
		return cfg, errUsage
	case cfg.id.NIK.IsZero() && *api != "v2":
		return cfg, errors.New("version 1 of the API knows people by NIK alone: give -nik")
	case cfg.sign != cfg.confirm:
		return cfg, errors.New("-sign and -confirm go together: the test page is signed with the official's " +
			"certificate, so the official has to agree")
	case cfg.sign && cfg.passphraseFile == "":
		return cfg, errors.New("-sign needs -passphrase-file")
	case !cfg.sign && (cfg.tag || cfg.out != "" || cfg.passphraseFile != ""):
		return cfg, errors.New("-tag, -out and -passphrase-file are for -sign alone")
	}
	return cfg, nil
}

// run is the program.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	cfg, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return exitPassed
	}
	if err != nil {
		fmt.Fprintln(stderr, "esigncheck:", err)
		return exitUsage
	}
	c, err := newChecker(cfg, stdout)
	if err != nil {
		fmt.Fprintln(stderr, "esigncheck:", err)
		return exitUsage
	}
	defer c.close()
	c.checkAll(ctx)
	return c.summary()
}
