// Verify judges signed PDF documents: letters that came in, or an archive.
//
//	go run ./examples/verify -roots root.pem surat.pdf arsip/
//
// Folders are searched for *.pdf, with the folders below them; links to folders
// are followed only where they are given. A path that cannot be read is a row
// of the result like any other. Ctrl-C ends the run and writes what is
// finished; a second one ends the program at once. Nothing is trusted but the
// roots that are given; how to compare a root that was fetched is told at
// verify.KnownPSrE. Unless -offline is given, revocation data that a document
// lacks is asked for at the addresses in its certificates, at public addresses
// only.
//
// The program ends with 0 when every document is valid, with 1 when one is not,
// and else with 2 when one could not be judged, also for want of a piece of
// evidence, or when there is nothing to judge.
//
// The flags:
//
//	-roots file      trusted roots, PEM or DER; required
//	-tsa-roots file  roots of time-stamping authorities; the same if not given
//	-offline         ask nothing over the network
//	-at time         judge as of this time (RFC 3339); now if not given
//	-json            write JSON instead of a table
//	-details         write each report whole instead of a table
//	-workers n       documents judged at once; as many as processors if not given
//	-lang id         language of the output, id or en
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"time"

	"github.com/sertel-id/sertel/signing/verify"
)

// The ways in which the program ends.
const (
	exitValid     = 0
	exitNotValid  = 1
	exitNotJudged = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr, isTerminal(os.Stderr))
	stop()
	os.Exit(code)
}

// isTerminal reports whether somebody looks at what is written to f.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

type config struct {
	roots, tsaRoots string
	offline         bool
	at              time.Time
	json, details   bool
	workers         int
	lang            verify.Lang
	paths           []string
}

var errUsage = errors.New("usage: verify -roots file [flags] path [path ...], see -help")

func parse(args []string, stderr io.Writer) (config, error) {
	cfg := config{lang: verify.Indonesian}
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&cfg.roots, "roots", "", "file of trusted roots, PEM or DER")
	flags.StringVar(&cfg.tsaRoots, "tsa-roots", "", "file of roots of time-stamping authorities; the same if empty")
	flags.BoolVar(&cfg.offline, "offline", false, "ask nothing over the network")
	flags.BoolVar(&cfg.json, "json", false, "write JSON")
	flags.BoolVar(&cfg.details, "details", false, "write each report whole")
	flags.IntVar(&cfg.workers, "workers", runtime.NumCPU(), "documents judged at once")
	flags.Func("at", "judge as of this time (RFC 3339)", func(s string) (err error) {
		cfg.at, err = time.Parse(time.RFC3339, s)
		return err
	})
	flags.Func("lang", "language of the output, id or en (default id)", func(s string) error {
		cfg.lang = verify.Lang(s)
		if cfg.lang != verify.Indonesian && cfg.lang != verify.English {
			return errors.New("id or en")
		}
		return nil
	})
	flags.Usage = func() {
		fmt.Fprint(stderr, "usage: verify -roots file [flags] path [path ...]\n\nJudges signed PDF files, and those in folders. Ends with 0 when all are valid, 1 when one is\n"+
			"not, 2 when one could not be judged.\n\n")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return cfg, err
	}
	cfg.paths = flags.Args()
	if cfg.roots == "" || len(cfg.paths) == 0 || cfg.workers < 1 || cfg.json && cfg.details {
		return cfg, errUsage
	}
	return cfg, nil
}

// run is the program; terminal says whether stderr is one.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, terminal bool) int {
	cfg, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	var results []result
	if err == nil {
		results, err = judgeAll(ctx, cfg, stderr, terminal)
	}
	if len(results) > 0 {
		err = errors.Join(err, write(stdout, cfg, results))
	}
	code := exitCode(results)
	if err != nil {
		fmt.Fprintln(stderr, "verify:", err)
		if code == exitValid {
			code = exitNotJudged
		}
	}
	return code
}

// exitCode sums up: one document that is not valid outweighs the rest.
func exitCode(results []result) int {
	code := exitValid
	for _, r := range results {
		switch r.indication() {
		case verify.TotalFailed:
			return exitNotValid
		case verify.Indeterminate:
			code = exitNotJudged
		}
	}
	return code
}
