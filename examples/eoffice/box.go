package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/esign"
	"github.com/sertel-id/sertel/signing/verify"
)

// box is the signing service: the agency's Esign Client, or the fake of it. The
// e-office asks both in the same way.
type box struct {
	client     *esign.Client
	roots      []verify.Root
	quarantine esign.Quarantine
	fake       *mockbsre.Server // nil for a real box
	now        func() time.Time
	close      func()
}

func newBox(cfg esign.Config, roots []*x509.Certificate) (*box, error) {
	b := &box{roots: verify.Trust(roots...), quarantine: cfg.Quarantine, now: cfg.Now}
	cfg.Roots = b.roots
	var err error
	if b.client, err = esign.New(cfg); err != nil {
		return nil, err
	}
	b.close = b.client.CloseIdleConnections
	return b, nil
}

// boxConfig is the part of the command line that describes a real box.
type boxConfig struct {
	url, user, passwordFile, ca, roots, quarantine, api, ledgerKey string
	plain                                                          bool
}

// openBox prepares the client of a real box. Nothing is sent. Without a ledger,
// attempts to sign are remembered in memory.
func openBox(c boxConfig, attempts esign.Ledger) (*box, error) {
	password, err := firstLine(c.passwordFile)
	if err != nil {
		return nil, fmt.Errorf("-esign-password-file: %w", err)
	}
	roots, err := readCertificates(c.roots)
	if err != nil {
		return nil, fmt.Errorf("-roots: %w", err)
	}
	version, ok := map[string]esign.Version{"v1": esign.V1, "v2": esign.V2}[c.api]
	if !ok {
		return nil, errors.New("-esign-api is neither v1 nor v2")
	}
	cfg := esign.Config{
		BaseURL: c.url, InsecurePlainHTTP: c.plain, Username: c.user, Password: password,
		Version: version, CheckStatus: true, Now: time.Now, Ledger: attempts,
	}
	if attempts != nil {
		if cfg.LedgerKey, err = firstLine(c.ledgerKey); err != nil {
			return nil, fmt.Errorf("-ledger-key-file: %w", err)
		}
	}
	if cfg.Quarantine, err = esign.NewQuarantineDir(c.quarantine); err != nil {
		return nil, fmt.Errorf("-quarantine: %w", err)
	}
	if c.ca != "" {
		own, err := readCertificates(c.ca)
		if err != nil {
			return nil, fmt.Errorf("-esign-ca: %w", err)
		}
		pool := x509.NewCertPool()
		for _, certificate := range own {
			pool.AddCert(certificate)
		}
		cfg.TLS = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	return newBox(cfg, roots)
}

// signer signs for one official.
func (b *box) signer(o *official) signing.DocumentSigner {
	return b.client.Signer(esign.Identity{NIK: o.NIK, Name: o.Official.Name})
}

// keep puts a signed document that could not be stored where it is not lost.
func (b *box) keep(ctx context.Context, name string, document []byte) error {
	if b.quarantine == nil {
		return errors.New("eoffice: no quarantine")
	}
	w, err := b.quarantine.Keep(ctx, name)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, bytes.NewReader(document))
	return errors.Join(err, w.Close())
}

// judge verifies a document; the evidence is in it, so nothing is asked for over
// the network.
func (b *box) judge(ctx context.Context, document []byte) (*verify.Report, error) {
	return verify.Verify(ctx, bytes.NewReader(document), int64(len(document)), verify.Options{Roots: b.roots, Now: b.now})
}

const maxSecretFile = 4096

// firstLine reads a secret from a file, without its line break.
func firstLine(path string) (passphrase.Secret, error) {
	file, err := os.Open(path)
	if err != nil {
		return passphrase.Secret{}, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxSecretFile))
	if err != nil {
		return passphrase.Secret{}, err
	}
	defer clear(data)
	line, _, _ := bytes.Cut(data, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if len(line) == 0 {
		return passphrase.Secret{}, errors.New("its first line is empty")
	}
	return passphrase.New(line), nil
}

// readCertificates reads certificates in PEM.
func readCertificates(path string) ([]*x509.Certificate, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var out []*x509.Certificate
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		out = append(out, certificate)
	}
	if len(out) == 0 {
		return nil, errors.New("no certificate in PEM")
	}
	return out, nil
}
