package main

import (
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

// server turns the flags into the fake's configuration, with RSA keys as BSrE
// has them.
func (c config) server(out *printer) (mockbsre.Config, error) {
	quirks, err := mockbsre.ParseQuirks(c.quirks)
	if err != nil {
		return mockbsre.Config{}, err
	}
	level, ok := map[string]signing.Level{"B-T": signing.LevelBT, "B-LT": signing.LevelBLT}[c.level]
	if !ok {
		return mockbsre.Config{}, fmt.Errorf("level %q is neither B-T nor B-LT", c.level)
	}
	agencies, err := c.agencies()
	if err != nil {
		return mockbsre.Config{}, err
	}
	faults := mockbsre.FaultScript{Seed: c.faultSeed, Hostile: c.hostile}
	return mockbsre.Config{RSA: true, Agencies: agencies, Strict: c.strict, Faults: faults, Esign: mockbsre.EsignConfig{
		Level: level, Quirks: quirks,
		OnCode: func(mail string, code passphrase.Secret) { out.code(mail, code) },
	}}, nil
}

// agencies is the one that the flags name, with one domain for all its people;
// nil leaves it to the fake.
func (c config) agencies() ([]certificate.Agency, error) {
	if c.agency == "" && c.mailDomain == "" {
		return nil, nil
	}
	agency := certificate.Agency{Name: c.agency, MailDomains: map[certificate.Employment][]string{}}
	for _, kind := range certificate.Employments() {
		agency.MailDomains[kind] = []string{c.mailDomain}
	}
	if err := agency.Validate(); err != nil {
		return nil, fmt.Errorf("-agency and -mail-domain: %w", err)
	}
	return []certificate.Agency{agency}, nil
}

// writeRoot writes the root certificate beside its place and renames it.
func writeRoot(path string, srv *mockbsre.Server) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".root-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // gone already if all went well
	err = pem.Encode(file, &pem.Block{Type: "CERTIFICATE", Bytes: srv.Root().Raw})
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
