package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/sertel-id/sertel/signing/internal/errtext"
	"github.com/sertel-id/sertel/signing/internal/pdf"
	"github.com/sertel-id/sertel/signing/internal/pki"
)

// Verify judges the PDF document in the first size bytes of r.
//
// An error means that no judgment was possible: ErrNoRoots, ErrNotPDF,
// ErrUnreadable, ErrPassword, a failed read, or a cancelled context.
// Everything else, a damaged signature included, is in the report; use
// Report.Err for yes or no.
func Verify(ctx context.Context, r io.ReaderAt, size int64, opts Options) (*Report, error) {
	if err := opts.check(); err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	doc, err := pdf.Open(r, size, pdf.Options{Password: opts.Password.Reveal()})
	if err != nil {
		return nil, fmt.Errorf("verify: %w", openError(err))
	}
	v := &verifier{
		opts:    opts,
		at:      opts.at(),
		r:       r,
		size:    size,
		doc:     doc,
		revs:    doc.Revisions(),
		docs:    make(map[int]*pdf.Document),
		pages:   make(map[*pdf.Document]*pageList),
		forms:   make(map[*pdf.Document]*form),
		answers: make(map[question]answer),
		fetched: make(map[string][]RejectedEvidence),
	}
	if err := v.run(ctx); err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	return v.report(), nil
}

// openError names why a file could not be opened.
func openError(err error) error {
	switch {
	case errors.Is(err, pdf.ErrNotPDF):
		return errtext.Under(ErrNotPDF, err, pdf.ErrNotPDF.Error(), "pdf: ")
	case errors.Is(err, pdf.ErrPassword):
		return errtext.Under(ErrPassword, err, pdf.ErrPassword.Error(), "pdf: ")
	case unreadable(err):
		return errtext.Under(ErrUnreadable, err, "pdf: ")
	}
	return err
}

// verifier is one run over one document.
type verifier struct {
	opts Options
	at   time.Time
	r    io.ReaderAt
	size int64

	doc   *pdf.Document
	revs  []pdf.Revision
	docs  map[int]*pdf.Document // revisions opened so far
	forms map[*pdf.Document]*form
	pages map[*pdf.Document]*pageList

	sigs     []*signature
	steps    []step // by revision; only those after the first signature are filled
	early    []pdf.Ref
	evidence evidence
	spent    int // of the budget of comparisons
	named    int // objects read only to name a change
	entries  int // of the newest revision; 0 until counted
	paths    []foundPaths
	memory   pki.Memory
	answers  map[question]answer
	weighed  int // bytes of evidence read
	tried    int // certificates beyond the first of each signature
	// fetched are the certificates that the network was asked about, and what
	// it did not give.
	fetched  map[string][]RejectedEvidence
	findings []Finding
	sha256   string
	loose    looseRefs
	metadata metadata
	drawings drawings
	remarked map[int]float64 // shares of pages that larger remarks take, by page from 1
	graph    *objectGraph    // of the first signed revision; nil when there is none, or too much in it
}

// signature is a signature under judgment.
type signature struct {
	Signature
	place   signaturePlace
	cms     signedMessage
	proof   timeProof
	trust   signerTrust
	permits *permissions
	archive map[sum256]bool // of the evidence that the signer signed; nil until asked for
}

func (s *signature) find(code Code, detail string) {
	s.Findings = append(s.Findings, finding(code, detail))
}

// findBecause also says why the evidence at hand was not enough.
func (s *signature) findBecause(code Code, detail string, reason RejectReason) {
	f := finding(code, detail)
	f.Reason = reason
	s.Findings = append(s.Findings, f)
}

// failed reports whether a finding already makes the signature fail.
func (s *signature) failed() bool {
	return slices.ContainsFunc(s.Findings, func(f Finding) bool { return f.Code.Severity() == Fatal })
}

func (v *verifier) run(ctx context.Context) error {
	if err := v.locate(); err != nil {
		return err
	}
	if err := v.pass(ctx); err != nil {
		return err
	}
	v.gatherEvidence()
	if err := v.checkCryptography(ctx); err != nil {
		return err
	}
	if err := v.judgeLater(ctx); err != nil {
		return err
	}
	if err := v.judgeTime(ctx); err != nil {
		return err
	}
	return v.judgeTrust(ctx)
}

// pass goes over the bytes of the file, and looks at what was signed first
// while they are digested.
func (v *verifier) pass(ctx context.Context) error {
	digests, err := v.newDigests()
	if err != nil {
		return err
	}
	search, err := v.newSearch()
	if err != nil {
		return err
	}
	wait := v.goOver(ctx, digests, search)
	looked := v.lookAtSigned(ctx)
	if err := wait(); err != nil {
		return err
	}
	if looked != nil {
		return looked
	}
	return v.checkHits(search.hits)
}

// revision opens revision i, once.
func (v *verifier) revision(i int) (*pdf.Document, error) {
	if i == len(v.revs)-1 {
		return v.doc, nil
	}
	if d, ok := v.docs[i]; ok {
		return d, nil
	}
	d, err := v.doc.At(i)
	if err != nil {
		return nil, err
	}
	v.docs[i] = d
	return d, nil
}

// unreadable tells an error of the document, which is a finding, from one of
// the reader, which ends the run.
func unreadable(err error) bool {
	for _, target := range []error{pdf.ErrMalformed, pdf.ErrAmbiguous, pdf.ErrLimit,
		pdf.ErrFilter, pdf.ErrEncryption, pdf.ErrPassword, pdf.ErrNotPDF, pdf.ErrNoPage} {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

func (v *verifier) report() *Report {
	if v.doc.Overworked() && !slices.ContainsFunc(v.findings, func(f Finding) bool { return f.Code == CodeCompareBudget }) {
		v.findings = append(v.findings, finding(CodeCompareBudget, ""))
	}
	report := &Report{
		Schema:     Schema,
		At:         v.at.UTC(),
		Document:   Document{Size: v.size, SHA256: v.sha256},
		Signatures: make([]Signature, 0, len(v.sigs)),
		Findings:   v.findings,

		NextTimestamp: v.nextTimestamp(),
	}
	for i, rev := range v.revs {
		r := Revision{Number: i + 1, End: rev.End}
		if i < len(v.steps) {
			r.Changes = v.steps[i].changes
		}
		report.Document.Revisions = append(report.Document.Revisions, r)
	}
	slices.SortStableFunc(v.sigs, func(a, b *signature) int { return cmp.Compare(order(a), order(b)) })
	for _, s := range v.sigs {
		s.Conclusion = conclude(s.Findings)
		if s.Revision > 0 {
			rev := &report.Document.Revisions[s.Revision-1]
			rev.Fields = append(rev.Fields, s.Field)
		}
		report.Signatures = append(report.Signatures, s.Signature)
	}
	if !slices.ContainsFunc(v.sigs, func(s *signature) bool { return s.Kind != DocumentTimestamp }) {
		report.Findings = append(report.Findings, finding(CodeNoSignature, ""))
	}
	report.Conclusion = conclude(report.Findings)
	for _, s := range report.Signatures {
		if s.Conclusion.worse(report.Conclusion) {
			report.Conclusion = s.Conclusion
		}
	}
	return report
}

// order sorts signatures by the revision they cover, unclear ones last.
func order(s *signature) int {
	if s.Revision == 0 {
		return int(^uint(0) >> 1)
	}
	return s.Revision
}
