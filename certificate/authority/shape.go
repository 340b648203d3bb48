package authority

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sertel-id/sertel/certificate"
)

// ShapeError means that a certificate was about to be made that differs from
// its profile. Nothing was signed and no serial was used.
type ShapeError struct {
	Profile string
	Broken  []string // the parts that differ
}

// Error lists the parts.
func (e *ShapeError) Error() string {
	return fmt.Sprintf("authority: certificate would not follow profile %q: %s", e.Profile, strings.Join(e.Broken, ", "))
}

// shape is what a certificate of a profile must look like. It is written from
// the profile alone, apart from the code that makes certificates, so that an
// error in one is seen by the other.
type shape struct {
	profile         Profile
	serial          certificate.Serial
	issuer, subject []byte
	authorityKeyID  []byte // nil when self-signed
	subjectKeyID    []byte
	spki            []byte
	algorithm       x509.SignatureAlgorithm
	notBefore       time.Time
	latest          time.Time // the issuer's end; zero when self-signed
	ocsp, crl, ca   []string
}

func (a *Authority) shape(by *issuer, p Profile, o order, serial certificate.Serial, notBefore time.Time) shape {
	s := shape{
		profile: p, serial: serial, issuer: by.subject, notBefore: notBefore,
		subject: o.subject, subjectKeyID: o.keyID, spki: o.spki,
	}
	s.algorithm, _ = signatureAlgorithm(by.signer.Public())
	if by.cert != nil {
		s.authorityKeyID, s.latest = by.cert.SubjectKeyId, by.cert.NotAfter
	}
	if !p.NoOCSP {
		s.ocsp = []string{a.ocspURL()}
	}
	if !p.NoCRL {
		s.crl = []string{a.crlURL(by)}
	}
	if !p.NoIssuer {
		s.ca = []string{a.certificateURL(by)}
	}
	return s
}

// check returns the parts of the certificate that differ.
func (s shape) check(c *x509.Certificate) []string {
	p := s.profile
	notAfter := s.notBefore.Add(p.Validity)
	if !s.latest.IsZero() && notAfter.After(s.latest) {
		notAfter = s.latest
	}
	pathLen := -1
	if p.CA {
		pathLen = p.MaxPathLen
		if pathLen < 0 {
			pathLen = -1
		}
	}
	var broken []string
	for _, t := range []struct {
		part string
		ok   bool
	}{
		{"version", c.Version == 3},
		{"serial", c.SerialNumber.Cmp(s.serial.Int()) == 0 && len(c.SerialNumber.Bytes()) == 20 && c.SerialNumber.BitLen() <= 159},
		{"signature algorithm", c.SignatureAlgorithm == s.algorithm},
		{"issuer", bytes.Equal(c.RawIssuer, s.issuer)},
		{"subject", bytes.Equal(c.RawSubject, s.subject) && len(s.subject) > 0},
		{"notBefore", c.NotBefore.Equal(s.notBefore)},
		{"notAfter", c.NotAfter.Equal(notAfter) && c.NotAfter.After(c.NotBefore)},
		{"public key", bytes.Equal(c.RawSubjectPublicKeyInfo, s.spki) && checkPublicKey(c.PublicKey) == nil},
		{"basicConstraints", c.BasicConstraintsValid && c.IsCA == p.CA && c.MaxPathLen == pathLen},
		{"keyUsage", c.KeyUsage == p.KeyUsage},
		{"extendedKeyUsage", slices.EqualFunc(extKeyUsages(c), p.ExtKeyUsage, x509.OID.Equal)},
		{"qcStatements", slices.EqualFunc(qcStatements(c), p.QCStatements, asn1.ObjectIdentifier.Equal)},
		{"certificatePolicies", slices.EqualFunc(c.Policies, p.Policies, x509.OID.Equal)},
		{"subjectKeyIdentifier", bytes.Equal(c.SubjectKeyId, s.subjectKeyID)},
		{"authorityKeyIdentifier", bytes.Equal(c.AuthorityKeyId, s.authorityKeyID)},
		{"OCSP address", slices.Equal(c.OCSPServer, s.ocsp)},
		{"CRL address", slices.Equal(c.CRLDistributionPoints, s.crl)},
		{"issuer address", slices.Equal(c.IssuingCertificateURL, s.ca)},
		{"subjectAltName", len(c.DNSNames)+len(c.EmailAddresses)+len(c.IPAddresses)+len(c.URIs) == 0},
	} {
		if !t.ok {
			broken = append(broken, t.part)
		}
	}
	return append(broken, s.checkExtensions(c.Extensions)...)
}

// checkExtensions compares which extensions are there, and which of them are
// critical, with what the profile calls for.
func (s shape) checkExtensions(have []pkix.Extension) []string {
	p := s.profile
	type wanted struct {
		oid      string
		there    bool
		critical bool
	}
	want := []wanted{
		{"2.5.29.15", true, true},                                    // keyUsage
		{"2.5.29.19", true, true},                                    // basicConstraints
		{"2.5.29.14", true, false},                                   // subjectKeyIdentifier
		{"2.5.29.35", s.authorityKeyID != nil, false},                // authorityKeyIdentifier
		{"2.5.29.37", len(p.ExtKeyUsage) > 0, p.ExtKeyUsageCritical}, // extKeyUsage
		{"2.5.29.32", len(p.Policies) > 0, false},                    // certificatePolicies
		{"2.5.29.31", s.crl != nil, false},                           // cRLDistributionPoints
		{"1.3.6.1.5.5.7.1.1", s.ocsp != nil || s.ca != nil, false},   // authorityInfoAccess
		{oidQCStatements.String(), len(p.QCStatements) > 0, false},   // qcStatements
		{oidOCSPNoCheck.String(), p.OCSPNoCheck, false},              // id-pkix-ocsp-nocheck
	}
	var broken []string
	seen := make(map[string]bool)
	for _, e := range have {
		oid := e.Id.String()
		i := slices.IndexFunc(want, func(w wanted) bool { return w.oid == oid })
		if i < 0 || !want[i].there || seen[oid] || e.Critical != want[i].critical {
			broken = append(broken, "extension "+oid)
		}
		seen[oid] = true
	}
	for _, w := range want {
		if w.there && !seen[w.oid] {
			broken = append(broken, "extension "+w.oid)
		}
	}
	return broken
}

// extKeyUsages lists the usages of a certificate in their encoded order.
func extKeyUsages(c *x509.Certificate) []x509.OID {
	for _, e := range c.Extensions {
		if !e.Id.Equal(oidExtKeyUsage) {
			continue
		}
		var list []asn1.ObjectIdentifier
		if rest, err := asn1.Unmarshal(e.Value, &list); err != nil || len(rest) > 0 {
			return nil
		}
		oids := make([]x509.OID, 0, len(list))
		for _, oid := range list {
			o, err := x509.ParseOID(oid.String())
			if err != nil {
				return nil
			}
			oids = append(oids, o)
		}
		return oids
	}
	return nil
}

// qcStatements lists the statements of a certificate in their encoded order.
func qcStatements(c *x509.Certificate) []asn1.ObjectIdentifier {
	for _, e := range c.Extensions {
		if !e.Id.Equal(oidQCStatements) {
			continue
		}
		var list []struct{ ID asn1.ObjectIdentifier }
		if rest, err := asn1.Unmarshal(e.Value, &list); err != nil || len(rest) > 0 {
			return nil
		}
		oids := make([]asn1.ObjectIdentifier, len(list))
		for i, statement := range list {
			oids[i] = statement.ID
		}
		return oids
	}
	return nil
}
