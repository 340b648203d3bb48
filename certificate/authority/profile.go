package authority

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Profile is the shape of a certificate, as data. The ready ones follow what
// was read in BSrE's certificates and what common validators accept; change a
// copy for another shape.
type Profile struct {
	// Name stands in the ledger. Required.
	Name string
	// Validity is counted from notBefore to notAfter, in whole seconds. It is
	// cut where the issuer's own ends. Required.
	Validity time.Duration
	// CA makes an authority; MaxPathLen is then how many may follow below it,
	// and a negative number means no limit.
	CA         bool
	MaxPathLen int
	// KeyUsage is always critical. Required.
	KeyUsage x509.KeyUsage
	// ExtKeyUsage lists extended key usages; none leaves the extension out.
	ExtKeyUsage         []x509.OID
	ExtKeyUsageCritical bool
	// Policies lists certificate policies; none leaves the extension out.
	Policies []x509.OID
	// QCStatements lists statements without parameters of ETSI EN 319 412-5;
	// none leaves the extension out.
	QCStatements []asn1.ObjectIdentifier
	// OCSPNoCheck adds id-pkix-ocsp-nocheck (RFC 6960 section 4.2.2.2.1).
	OCSPNoCheck bool
	// NoOCSP, NoCRL and NoIssuer leave out the addresses of the OCSP
	// responder, the CRL and the issuer's certificate.
	NoOCSP, NoCRL, NoIssuer bool
	// DescriptionSuffix follows a person's id and an underscore in the
	// description.
	DescriptionSuffix string
}

// ErrProfile means that a profile contradicts itself.
var ErrProfile = errors.New("authority: profile refused")

func mustOID(s string) x509.OID {
	oid, err := x509.ParseOID(s)
	if err != nil {
		panic("authority: " + err.Error())
	}
	return oid
}

// Object identifiers of the ready profiles. The policies lie under an arc of
// this project: 2.25 with a random number below 2^31, since widely used
// readers refuse the larger numbers that a UUID gives. They say that the
// certificate is of this software's making and nothing more.
var (
	oidAdobeDocuments  = mustOID("1.2.840.113583.1.1.5")
	oidEmailProtection = mustOID("1.3.6.1.5.5.7.3.4")
	oidTimeStamping    = mustOID("1.3.6.1.5.5.7.3.8")
	oidOCSPSigning     = mustOID("1.3.6.1.5.5.7.3.9")

	policyPerson  = mustOID("2.25.1942519315.1")
	policySeal    = mustOID("2.25.1942519315.2")
	policyService = mustOID("2.25.1942519315.3")

	qcSSCD = asn1.ObjectIdentifier{0, 4, 0, 1862, 1, 4}
)

const (
	day = 24 * time.Hour

	signs = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
)

// PersonProfile is the default of [Config]: a civil servant who signs
// documents, for 730 days minus a second. Beside Adobe's authentic documents
// trust, which BSrE's certificates have alone, it allows emailProtection:
// without it several validators refuse the certificate.
func PersonProfile() Profile {
	return Profile{
		Name: "person", Validity: 730*day - time.Second, KeyUsage: signs,
		ExtKeyUsage: []x509.OID{oidAdobeDocuments, oidEmailProtection}, ExtKeyUsageCritical: true,
		Policies: []x509.OID{policyPerson}, DescriptionSuffix: "Tanda Tangan Digital",
	}
}

// BSrELikeProfile has the usages and the statement of BSrE's certificates of
// the DS G1 generation: Adobe's usage alone, critical, and QcSSCD without
// QcCompliance. Linters and NSS-based validators (pdfsig) do not like it; it
// is for testing against what production looks like.
func BSrELikeProfile() Profile {
	p := PersonProfile()
	p.Name, p.ExtKeyUsage = "bsre-like", []x509.OID{oidAdobeDocuments}
	p.QCStatements = []asn1.ObjectIdentifier{qcSSCD}
	return p
}

// SealProfile is an agency's or a system's seal (segel elektronik).
func SealProfile() Profile {
	p := PersonProfile()
	p.Name, p.Policies, p.DescriptionSuffix = "seal", []x509.OID{policySeal}, "Segel Elektronik"
	return p
}

// TSAProfile is a time-stamping authority (RFC 3161 section 2.3), for 1,095
// days minus a second.
func TSAProfile() Profile {
	return Profile{
		Name: "tsa", Validity: 1095*day - time.Second, KeyUsage: signs,
		ExtKeyUsage: []x509.OID{oidTimeStamping}, ExtKeyUsageCritical: true,
		Policies: []x509.OID{policyService},
	}
}

// OCSPResponderProfile is a delegated OCSP responder, for 1,825 days minus a
// second. Its own status is not to be asked for (id-pkix-ocsp-nocheck).
func OCSPResponderProfile() Profile {
	return Profile{
		Name: "ocsp-responder", Validity: 1825*day - time.Second, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.OID{oidOCSPSigning}, OCSPNoCheck: true, NoOCSP: true, NoCRL: true,
	}
}

// RootProfile is the self-signed root, for 7,300 days.
func RootProfile() Profile {
	return Profile{
		Name: "root", Validity: 7300 * day, CA: true, MaxPathLen: -1,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		NoOCSP:   true, NoCRL: true, NoIssuer: true,
	}
}

// IssuingProfile is the authority below the root that signs people's
// certificates, for 3,650 days. One more authority may follow below it: the
// next generation, cross-certified.
func IssuingProfile() Profile {
	return Profile{
		Name: "issuing", Validity: 3650 * day, CA: true, MaxPathLen: 1,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, NoOCSP: true,
	}
}

// check refuses profiles that contradict themselves.
func (p Profile) check() error {
	const caUsages = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	switch {
	case p.Name == "":
		return fmt.Errorf("%w: no name", ErrProfile)
	case p.Validity <= 0 || p.Validity%time.Second != 0:
		return fmt.Errorf("%w: %q: validity is not a positive number of seconds", ErrProfile, p.Name)
	case p.KeyUsage == 0:
		return fmt.Errorf("%w: %q: no key usage", ErrProfile, p.Name)
	case p.CA != (p.KeyUsage&x509.KeyUsageCertSign != 0):
		return fmt.Errorf("%w: %q: keyCertSign belongs to authorities, and only to them", ErrProfile, p.Name)
	case !p.CA && p.KeyUsage&caUsages != 0:
		return fmt.Errorf("%w: %q: cRLSign outside an authority", ErrProfile, p.Name)
	case p.isTSA() && (len(p.ExtKeyUsage) != 1 || !p.ExtKeyUsageCritical):
		return fmt.Errorf("%w: %q: timeStamping must be critical and alone", ErrProfile, p.Name)
	}
	return nil
}

func (p Profile) isTSA() bool { return slices.ContainsFunc(p.ExtKeyUsage, oidTimeStamping.Equal) }

// clone makes a copy that shares no slice.
func (p Profile) clone() Profile {
	p.ExtKeyUsage = slices.Clone(p.ExtKeyUsage)
	p.Policies = slices.Clone(p.Policies)
	p.QCStatements = slices.Clone(p.QCStatements)
	return p
}
