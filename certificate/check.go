package certificate

import (
	"errors"
	"slices"
	"strings"

	"github.com/sertel-id/sertel/certificate/identity"
)

// Check judges the form for an agency as of a day, usually
// identity.DateOf(time.Now()), and returns all findings at once, in the order
// of the fields. With a [Malformed] finding the Applicant is zero and
// [Findings.Err] is not nil; with [Doubtful] ones alone it is whole, and what
// follows is the caller's policy. It panics when asOf is zero: that is no
// entry of a person.
//
// Each field is judged as package identity documents it. The form adds:
//
//	field            rule                                           class      source
//	employment       one of four kinds, or told by the number       malformed  guide, conditions and portal step 2
//	                 served by the agency                           malformed  agency data
//	employee_number  of the kind's own form; contract: none or NRP  malformed  Perka BKN 22/2007, Perkap 3/2018
//	siasn_email      required of PNS and PPPK                       malformed  guide, registration step 4
//	work_email       under the agency's domain for the kind         malformed  guide, preparation 2 (by agency)
//	employee_number  birth digits and sex as in the NIK             doubtful   NIK never changes: PP 40/2019 art. 30
func (f ApplicantForm) Check(agency Agency, asOf identity.Date) (Applicant, Findings) {
	if asOf.IsZero() {
		panic("certificate: ApplicantForm.Check: zero asOf")
	}
	c := check{agency: agency, asOf: asOf}
	if !agency.complete() {
		c.report(FieldAgency, RuleAgencyData, Malformed)
	}
	a := c.values(f)
	c.work(a)
	c.time(a)
	c.cross(a)
	slices.SortStableFunc(c.findings, func(x, y Finding) int { return x.Field.order() - y.Field.order() })
	if c.malformed {
		return Applicant{}, c.findings
	}
	a.agency = agency.clone()
	return a, c.findings
}

// check collects the findings of one form.
type check struct {
	agency    Agency
	asOf      identity.Date
	findings  Findings
	malformed bool
}

func (c *check) report(field Field, rule Rule, class Class) { c.reportWant(field, rule, class, "") }

func (c *check) reportWant(field Field, rule Rule, class Class, want string) {
	t := textFor(field, rule)
	c.findings = append(c.findings, Finding{field, rule, class, t.helper, t.retry, want})
	c.malformed = c.malformed || class == Malformed
}

// parsed reports what a parser of package identity refused.
func (c *check) parsed(field Field, err error) {
	var broken *identity.ParseError
	if errors.As(err, &broken) {
		for _, rule := range broken.Rules {
			c.report(field, rule, Malformed)
		}
	}
}

func (c *check) problems(field Field, list []identity.Problem) {
	for _, p := range list {
		c.report(field, p.Rule, p.Class)
	}
}

// values parses every field by itself. The result is whole only when nothing
// was malformed; the values in it that are not zero are sound.
func (c *check) values(f ApplicantForm) Applicant {
	a := Applicant{agency: c.agency, checkedOn: c.asOf}
	var err error
	a.nik, err = identity.ParseNIK(f.NIK)
	c.parsed(FieldNIK, err)
	a.name, err = identity.ParseName(f.Name)
	c.parsed(FieldName, err)
	a.employment, a.number = c.employment(f.Employment, f.EmployeeNumber)
	if needsSIASNEmail(a.employment) || strings.TrimSpace(f.SIASNEmail) != "" {
		a.siasn, err = identity.ParseEmail(f.SIASNEmail)
		c.parsed(FieldSIASNEmail, err)
	}
	a.work, err = identity.ParseEmail(f.WorkEmail)
	c.parsed(FieldWorkEmail, err)
	a.phone, err = identity.ParsePhone(f.Phone)
	c.parsed(FieldPhone, err)
	return a
}

func needsSIASNEmail(e Employment) bool { return e == PNS || e == PPPK }

// employment reads the kind and the number that belongs to it.
func (c *check) employment(word, number string) (Employment, identity.EmployeeNumber) {
	kind := EmploymentUnknown
	if word = strings.TrimSpace(word); word != "" {
		var err error
		if kind, err = ParseEmployment(strings.ToLower(word)); err != nil {
			c.report(FieldEmployment, RuleEmployment, Malformed)
		}
	}
	if kind == Contract && strings.TrimSpace(number) == "" {
		return kind, identity.EmployeeNumber{}
	}
	n, err := parseNumberOf(kind, number)
	if err != nil {
		c.parsed(FieldEmployeeNumber, err)
		return kind, identity.EmployeeNumber{}
	}
	if kind == EmploymentUnknown && word == "" {
		if kind = employmentOf(n); kind == EmploymentUnknown {
			c.unassigned(n)
		}
	}
	return kind, n
}

// unassigned words a number that no kind follows from: likely a mistyped police
// number, an old NIP, or one of the armed forces.
func (c *check) unassigned(n identity.EmployeeNumber) {
	switch len(n.Digits()) {
	case 8:
		c.report(FieldEmployeeNumber, identity.RuleBirthMonth, Malformed)
	case 9:
		c.report(FieldEmployeeNumber, identity.RuleOldNumber, Malformed)
	default:
		c.report(FieldEmployment, RuleEmployment, Malformed)
	}
}

// parseNumberOf reads a number of the kind's own form.
func parseNumberOf(kind Employment, s string) (identity.EmployeeNumber, error) {
	switch kind {
	case PNS:
		n, err := identity.ParseNIP(s)
		return n.EmployeeNumber(), err
	case PPPK:
		n, err := identity.ParseNIPPPK(s)
		return n.EmployeeNumber(), err
	case Polri:
		n, err := identity.ParsePolriNRP(s)
		return n.EmployeeNumber(), err
	case Contract:
		// "Lainnya" has no number in SIASN or SIPP; armed forces have their own.
		n, err := identity.ParseNRP(s)
		return n.EmployeeNumber(), err
	}
	return identity.ParseEmployeeNumber(s)
}

// work measures the work mail and the kind of employment by the agency's data.
func (c *check) work(a Applicant) {
	if a.employment != EmploymentUnknown && !c.agency.Serves(a.employment) {
		c.report(FieldEmployment, RuleNotServed, Malformed)
		return
	}
	if a.work.IsZero() {
		return
	}
	switch {
	case !c.agency.ownsMail(a.work):
		c.reportWant(FieldWorkEmail, RuleNotWorkMail, Malformed, c.domains(a.employment))
	case a.employment != EmploymentUnknown && !c.agency.AcceptsMail(a.employment, a.work):
		c.reportWant(FieldWorkEmail, RuleOtherKindsMail, Malformed, c.domains(a.employment))
	}
}

// domains lists the domains to name in a text: the kind's, or all.
func (c *check) domains(e Employment) string {
	list := slices.Clone(c.agency.MailDomains[e])
	if e == EmploymentUnknown {
		for _, d := range c.agency.MailDomains {
			list = append(list, d...)
		}
		slices.Sort(list)
	}
	return "@" + strings.Join(list, ", @")
}

// time reports what each value by itself is as of the day.
func (c *check) time(a Applicant) {
	for _, p := range a.nik.Check(c.asOf) {
		// A number with four digits of the year settles the century.
		if p.Rule == identity.RuleCentury && a.nik.BornOn(a.number.BirthDate()) {
			continue
		}
		c.report(FieldNIK, p.Rule, p.Class)
	}
	c.problems(FieldName, a.name.Check())
	c.problems(FieldEmployeeNumber, a.number.Check(c.asOf))
	c.problems(FieldSIASNEmail, a.siasn.Check())
	c.problems(FieldWorkEmail, a.work.Check())
	c.problems(FieldPhone, a.phone.Check())
}

// cross compares NIK and employee number. A NIK keeps its digits when a birth
// date is corrected (PP 40/2019 art. 30), so disagreement is only a doubt.
func (c *check) cross(a Applicant) {
	if a.nik.IsZero() || a.number.IsZero() {
		return
	}
	if nrp, ok := a.number.NRP(); ok {
		if nrp.Service() == identity.Polri && a.employment == Polri && !nrp.BornIn(a.nik) {
			c.report(FieldEmployeeNumber, RuleBirthMismatch, Doubtful)
			c.findings[len(c.findings)-1].Helper = HelpPolice // SIPP, not SIASN, holds the number
		}
		return
	}
	if !a.nik.BornOn(a.number.BirthDate()) {
		c.report(FieldEmployeeNumber, RuleBirthMismatch, Doubtful)
	}
	if a.nik.Sex() != a.number.Sex() {
		c.report(FieldEmployeeNumber, RuleSexMismatch, Doubtful)
	}
}
