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
// and prints how this box behaves where boxes differ, for esign.Profile. Each
// signature uses the official's certificate: -confirm says that the official
// has agreed and typed the passphrase into the file himself or herself.
//
// The program ends with 0 when every check passed, with 1 when one failed, and
// with 2 when it was called in a wrong way. A warning fails nothing. Its output
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

var errUsage = errors.New("pemakaian: esigncheck -url alamat -user nama -password-file berkas -nik nomor")

func parse(args []string, stderr io.Writer) (config, error) {
	var cfg config
	flags := flag.NewFlagSet("esigncheck", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&cfg.url, "url", "", "alamat Esign Client, tanpa /api")
	flags.BoolVar(&cfg.plain, "http", false, "izinkan http (passphrase dapat terbaca di jaringan)")
	flags.StringVar(&cfg.ca, "ca", "", "berkas PEM otoritas TLS milik instansi")
	flags.StringVar(&cfg.user, "user", "", "nama pengguna aplikasi")
	flags.StringVar(&cfg.passwordFile, "password-file", "", "berkas berisi kata sandi aplikasi")
	flags.StringVar(&cfg.passphraseFile, "passphrase-file", "", "berkas berisi passphrase pejabat")
	flags.StringVar(&cfg.roots, "roots", "", "berkas PEM sertifikat induk untuk menilai tanda tangan")
	flags.StringVar(&cfg.out, "out", "", "berkas untuk menyimpan halaman uji yang sudah ditandatangani")
	flags.BoolVar(&cfg.sign, "sign", false, "tandatangani satu halaman uji")
	flags.BoolVar(&cfg.confirm, "confirm", false, "pejabat sudah menyetujui penandatanganan halaman uji")
	flags.BoolVar(&cfg.tag, "tag", false, "tandatangani juga pada tag yang dicari Esign Client")
	// Parsed afterwards: package flag repeats a value that it refuses.
	nik := flags.String("nik", "", "NIK pejabat")
	mail := flags.String("mail", "", "email dinas pejabat")
	api := flags.String("api", "v2", "versi API: v1, v2 atau both")
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
		return cfg, errors.New("API v1 hanya mengenal NIK: isi -nik")
	case cfg.sign != cfg.confirm:
		return cfg, errors.New("-sign dan -confirm harus diberikan bersama: halaman uji ditandatangani " +
			"dengan sertifikat pejabat, yang harus menyetujuinya")
	case cfg.sign && cfg.passphraseFile == "":
		return cfg, errors.New("-sign memerlukan -passphrase-file")
	case !cfg.sign && (cfg.tag || cfg.out != "" || cfg.passphraseFile != ""):
		return cfg, errors.New("-tag, -out dan -passphrase-file hanya berlaku bersama -sign")
	}
	return cfg, nil
}

// run is the program.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	cfg, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return exitUsage
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
