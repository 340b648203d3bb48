// Naskahdinas carries a civil servant from the application for a certificate to
// a signed and verified letter, and tells each step in Indonesian. Everything
// runs in this one process against mockbsre, a fake of BSrE: people, numbers,
// certificates and letter are made up, and what it signs is worth nothing.
//
//	go run ./examples/naskahdinas
//
// The flags:
//
//	-out folder      where the files go; a new temporary folder if not given
//	-in letter.pdf   a letter of one's own instead of the built-in one
//	-quiet           print nothing but the folder's name
package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

//go:embed letter/surat-undangan.pdf
var builtIn []byte

func main() {
	var cfg config
	flag.StringVar(&cfg.out, "out", "", "folder for the files; a new temporary one if empty")
	flag.StringVar(&cfg.in, "in", "", "PDF to sign instead of the built-in letter")
	flag.BoolVar(&cfg.quiet, "quiet", false, "print nothing but the folder's name")
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), "usage: naskahdinas [flags]\n\nCarries a made-up official from registration to a signed letter, its report and a reset.\n\n")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "naskahdinas: unexpected argument %q\n", flag.Arg(0))
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, cfg, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "naskahdinas:", err)
		os.Exit(1)
	}
}

type config struct {
	out, in string
	quiet   bool
}

// run does everything and returns the first thing that went otherwise than it
// should.
func run(ctx context.Context, cfg config, stdout io.Writer) error {
	letter := builtIn
	if cfg.in != "" {
		var err error
		if letter, err = readLetter(cfg.in); err != nil {
			return err
		}
	}
	folder, err := outputFolder(cfg.out)
	if err != nil {
		return err
	}
	told := stdout
	if cfg.quiet {
		told = io.Discard
	}
	s, err := begin(ctx, letter, folder, narrator{told})
	if err != nil {
		return err
	}
	defer s.srv.Close()
	for _, step := range []struct {
		title string
		do    func(context.Context) error
	}{
		{"Registrasi", s.register},
		{"Aktivasi", s.activate},
		{"Membuat passphrase", s.setPassphrase},
		{"Menandatangani surat", s.signLetter},
		{"Paraf sekretaris", s.addParaf},
		{"Verifikasi", s.verifyLetter},
		{"Reset passphrase", s.resetPassphrase},
	} {
		s.tell.step(step.title)
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.title, err)
		}
	}
	if err := s.writeReport(); err != nil {
		return err
	}
	s.tell.files(folder)
	if cfg.quiet {
		fmt.Fprintln(stdout, folder)
	}
	return nil
}
