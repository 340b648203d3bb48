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
	"slices"
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

// judgeAll judges every document. The results are in the order of the paths;
// when ctx ends early, those that were finished come with an error.
func judgeAll(ctx context.Context, cfg config, stderr io.Writer, terminal bool) ([]result, error) {
	opts, err := options(cfg)
	if err != nil {
		return nil, err
	}
	results := findDocuments(ctx, cfg.paths)
	bar := newBar(stderr, len(results), terminal)

	next := make(chan *result)
	var workers sync.WaitGroup
	for range min(cfg.workers, len(results)) {
		workers.Go(func() {
			for r := range next {
				r.judge(ctx, opts)
				bar.step()
			}
		})
	}
	for i := range results {
		next <- &results[i]
	}
	close(next)
	workers.Wait()
	bar.end()

	total := len(results)
	results = slices.DeleteFunc(results, func(r result) bool { return r.report == nil && r.err == nil })
	if ctx.Err() != nil {
		return results, fmt.Errorf("interrupted, %d of %d documents judged", len(results), total)
	}
	return results, nil
}

var errKind = errors.New("not a regular file")

// judge leaves a result empty when ctx ends before there is one.
func (r *result) judge(ctx context.Context, opts verify.Options) {
	if r.err != nil || ctx.Err() != nil {
		return
	}
	// Looked at before it is opened: opening a pipe waits for a writer.
	info, err := os.Stat(r.path)
	if err == nil && !info.Mode().IsRegular() {
		err = errKind
	}
	if err != nil {
		r.err = err
		return
	}
	file, err := os.Open(r.path)
	if err != nil {
		r.err = err
		return
	}
	defer file.Close()
	r.report, r.err = verify.Verify(ctx, file, info.Size(), opts)
	if ctx.Err() != nil && errors.Is(r.err, ctx.Err()) {
		r.err = nil
	}
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

// findDocuments lists what is to be judged: the given paths, and for folders
// the PDF files in them. What cannot be listed becomes a result of its own, so
// that one bad path does not hide the rest.
func findDocuments(ctx context.Context, paths []string) []result {
	var found []result
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || !info.IsDir() {
			found = append(found, result{path: path}) // judge says what is wrong with it
			continue
		}
		found = append(found, findInFolder(ctx, os.DirFS(path), path)...)
	}
	return found
}

var errNoPDF = errors.New("no PDF in the folder")

// findInFolder lists the PDF files in and below a folder. A link to a file is
// listed; one to a folder is not followed, since it may lead back.
func findInFolder(ctx context.Context, folder fs.FS, path string) []result {
	var found []result
	err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		r := result{path: filepath.Join(path, filepath.FromSlash(name)), err: err}
		switch {
		case ctx.Err() != nil:
			return fs.SkipAll
		case err != nil, !entry.IsDir() && strings.EqualFold(filepath.Ext(name), ".pdf"):
			found = append(found, r)
		}
		return nil
	})
	if len(found) == 0 && err == nil && ctx.Err() == nil {
		err = errNoPDF
	}
	if err != nil {
		found = append(found, result{path: path, err: err})
	}
	return found
}
