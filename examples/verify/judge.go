package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/sertel-id/sertel/signing/verify"
)

// result is what became of one document: a report, or why there is none.
type result struct {
	path   string
	report *verify.Report
	err    error
}

// indication is Indeterminate for a document that could not be judged.
func (r result) indication() verify.Indication {
	if r.report == nil {
		return verify.Indeterminate
	}
	return r.report.Conclusion.Indication
}

// judgeAll judges every document. The results are in the order of the paths.
func judgeAll(ctx context.Context, cfg config, stderr io.Writer, terminal bool) ([]result, error) {
	opts, err := options(cfg)
	if err != nil {
		return nil, err
	}
	paths, err := findDocuments(cfg.paths)
	if err != nil {
		return nil, err
	}
	bar := newBar(stderr, len(paths), terminal)
	defer bar.end()

	results := make([]result, len(paths))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(cfg.workers, len(paths)) {
		workers.Go(func() {
			for i := range next {
				results[i] = judge(ctx, paths[i], opts)
				bar.step()
			}
		})
	}
	for i := range paths {
		next <- i
	}
	close(next)
	workers.Wait()
	return results, ctx.Err()
}

func judge(ctx context.Context, path string, opts verify.Options) result {
	r := result{path: path}
	file, err := os.Open(path)
	if err != nil {
		r.err = err
		return r
	}
	defer file.Close()
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		r.err = err
		return r
	}
	r.report, r.err = verify.Verify(ctx, file, info.Size(), opts)
	return r
}

func options(cfg config) (verify.Options, error) {
	opts := verify.Options{At: cfg.at}
	roots, err := readCertificates(cfg.roots)
	if err != nil {
		return opts, err
	}
	opts.Roots = verify.Trust(roots...)
	if cfg.tsaRoots != "" {
		if roots, err = readCertificates(cfg.tsaRoots); err != nil {
			return opts, err
		}
		opts.TimestampRoots = verify.Trust(roots...)
	}
	if !cfg.offline {
		opts.Fetcher, err = verify.NewHTTPFetcher(verify.HTTPConfig{AnyHost: true})
	}
	return opts, err
}

// readCertificates reads a file of certificates. One that cannot be read spoils
// the file: a root that is silently left out would be missed much later.
func readCertificates(path string) ([]*x509.Certificate, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	der := data
	if bytes.Contains(data, []byte("-----BEGIN ")) {
		der = nil
		for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
			if block.Type == "CERTIFICATE" {
				der = append(der, block.Bytes...)
			}
		}
	}
	certificates, err := x509.ParseCertificates(der)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(certificates) == 0 {
		return nil, fmt.Errorf("%s: no certificate", path)
	}
	return certificates, nil
}

// findDocuments lists the given files and the PDF files in the given folders.
func findDocuments(paths []string) ([]string, error) {
	var found []string
	for _, path := range paths {
		before := len(found)
		err := filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case name == path && !entry.IsDir(), // named by the user, whatever it is
				entry.Type().IsRegular() && strings.EqualFold(filepath.Ext(name), ".pdf"):
				found = append(found, name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if len(found) == before {
			return nil, fmt.Errorf("no PDF in %s", path)
		}
	}
	return found, nil
}
