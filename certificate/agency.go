package certificate

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sertel-id/sertel/certificate/identity"
)

// Agency is what an agency decides for its people: data, not code. Fill one per
// agency or take [KotaMagelang].
type Agency struct {
	// Name as the portals show it under "Instansi". Required.
	Name string
	// MailDomains are the domains of work mail for each kind of employment. A
	// kind without a domain is not registered by this agency. Required.
	MailDomains map[Employment][]string
	// Contacts tell people where help is. Empty means that findings name the
	// helper only by kind.
	Contacts []Contact
	// Zone is the local time of mails and notices. Nil means UTC+7 (WIB).
	Zone *time.Location
}

// Contact is one place of help.
type Contact struct {
	Helper  Helper // what it helps with
	Name    string // the office
	Channel string // how it is reached: address, number, "help desk"
	Hours   string // when
}

// ErrAgency is wrapped by [Agency.Validate].
var ErrAgency = errors.New("certificate: agency data incomplete")

// Validate checks that the agency has a name and at least one kind with sound
// mail domains. Call it where agencies are read from configuration. Errors match
// [ErrAgency].
func (a Agency) Validate() error {
	if strings.TrimSpace(a.Name) == "" {
		return fmt.Errorf("%w: name is empty", ErrAgency)
	}
	served := 0
	for kind, domains := range a.MailDomains {
		if kind == EmploymentUnknown || kind > Contract {
			return fmt.Errorf("%w: mail domains for an unknown kind of employment", ErrAgency)
		}
		for _, d := range domains {
			if m, err := identity.ParseEmail("x@" + d); err != nil || m.Domain() != strings.ToLower(d) {
				return fmt.Errorf("%w: mail domain %q of %s", ErrAgency, d, kind)
			}
			served++
		}
	}
	if served == 0 {
		return fmt.Errorf("%w: no mail domains", ErrAgency)
	}
	return nil
}

// Serves reports whether the agency registers this kind of employment.
func (a Agency) Serves(e Employment) bool { return len(a.MailDomains[e]) > 0 }

// complete is the part of [Agency.Validate] without which no form can be judged.
func (a Agency) complete() bool {
	return strings.TrimSpace(a.Name) != "" && slices.ContainsFunc(Employments(), a.Serves)
}

// clone parts the agency from the caller's map and slices.
func (a Agency) clone() Agency {
	domains := make(map[Employment][]string, len(a.MailDomains))
	for e, list := range a.MailDomains {
		domains[e] = slices.Clone(list)
	}
	a.MailDomains, a.Contacts = domains, slices.Clone(a.Contacts)
	return a
}

// Contact returns the agency's contact for a helper.
func (a Agency) Contact(h Helper) (Contact, bool) {
	for _, c := range a.Contacts {
		if c.Helper == h {
			return c, true
		}
	}
	return Contact{}, false
}

// AcceptsMail reports whether m is a work mail for this kind of employment: the
// longest of all domains of the agency that the address lies under must be one
// of the kind's own.
func (a Agency) AcceptsMail(e Employment, m identity.Email) bool {
	longest := a.longestDomain(m)
	if longest == "" {
		return false
	}
	for _, d := range a.MailDomains[e] {
		if strings.EqualFold(d, longest) {
			return true
		}
	}
	return false
}

// ownsMail reports whether m lies under any domain of the agency.
func (a Agency) ownsMail(m identity.Email) bool { return a.longestDomain(m) != "" }

func (a Agency) longestDomain(m identity.Email) string {
	longest := ""
	for _, domains := range a.MailDomains {
		for _, d := range domains {
			if len(d) > len(longest) && m.Under(d) {
				longest = d
			}
		}
	}
	return longest
}

// KotaMagelang returns the agency of the guide "Panduan Pengelolaan Sertifikat
// Elektronik melalui MyASN BKN" (Diskominsta Kota Magelang, version 1.0, 8
// March 2024). Each call returns a value of its own.
func KotaMagelang() Agency {
	return Agency{
		Name: "Pemerintah Kota Magelang",
		MailDomains: map[Employment][]string{
			PNS:      {"pns.magelangkota.go.id"},
			PPPK:     {"asn.magelangkota.go.id"},
			Contract: {"magelangkota.go.id"},
		},
		Contacts: []Contact{
			{HelpMail, "Bidang Teknologi Informasi, Diskominsta Kota Magelang", "help desk", "jam kerja"},
			{HelpCertificate, "Bidang Statistik dan Persandian, Diskominsta Kota Magelang", "help desk", "jam kerja"},
			{HelpPersonnel, "Badan Kepegawaian Negara", "help desk SIASN", "jam kerja"},
		},
		Zone: time.FixedZone("WIB", 7*60*60),
	}
}
