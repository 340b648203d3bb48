package verify

import (
	"cmp"
	"errors"
	"slices"

	"github.com/sertel-id/sertel/signing/internal/fetch"
	"github.com/sertel-id/sertel/signing/internal/pki"
)

// RejectedEvidence says that evidence about a certificate did not count, or
// could not be had, and why. Several pieces of one kind and source with the
// same reason are listed once.
type RejectedEvidence struct {
	// Kind is "ocsp" or "crl".
	Kind string `json:"kind"`
	// Source is "document", "caller" or "network".
	Source string       `json:"source"`
	Reason RejectReason `json:"reason"`
}

// RejectReason is why evidence did not count. The words are stable: they are
// part of the JSON schema.
type RejectReason string

// The reasons.
const (
	// RejectHost: the certificate's address is not among HTTPConfig.Hosts.
	RejectHost RejectReason = "host-not-allowed"
	// RejectFetch: the fetcher got no usable answer.
	RejectFetch RejectReason = "fetch-failed"
	// RejectStale: too old to speak of the judged time.
	RejectStale RejectReason = "stale"
	// RejectAfterExpiry: made when the certificate had expired, without saying
	// that expired ones are still known.
	RejectAfterExpiry RejectReason = "after-expiry"
	// RejectFuture: from after the instant of judgment.
	RejectFuture RejectReason = "from-future"
	// RejectSigner: not signed by the certificate's issuer or its delegate.
	RejectSigner RejectReason = "not-authorized"
	// RejectResponder: the status of the certificate status service itself is unknown.
	RejectResponder RejectReason = "responder-unchecked"
	// RejectStatusUnknown: the responder does not know the certificate.
	RejectStatusUnknown RejectReason = "status-unknown"
	// RejectNoAnswer: an OCSP response that only says that there is none.
	RejectNoAnswer RejectReason = "no-answer"
	// RejectUnsupported: an algorithm, extension or scope that is not supported.
	RejectUnsupported RejectReason = "unsupported"
	// RejectMalformed: not what it should be, or larger than is read.
	RejectMalformed RejectReason = "malformed"
	// RejectTooMuch: more evidence than one run reads.
	RejectTooMuch RejectReason = "too-much"
	// RejectOther: about other certificates, though issuer or serial match.
	RejectOther RejectReason = "other-certificate"
	// RejectLifted: a hold that later evidence shows to be lifted.
	RejectLifted RejectReason = "hold-lifted"
	// RejectNoAddress: the certificate names no address to ask.
	RejectNoAddress RejectReason = "no-address"
)

// rejectReasons are the reasons with their errors and texts, the most telling
// first.
var rejectReasons = []struct {
	reason RejectReason
	err    error
	text   textPair
}{
	{RejectHost, fetch.ErrHost, textPair{
		"alamat layanan penerbit tidak termasuk yang boleh dihubungi", "the issuer's address is not among the hosts allowed"}},
	{RejectFetch, nil, textPair{
		"layanan penerbit tidak memberi jawaban yang dapat dipakai", "the issuer's service gave no usable answer"}},
	{RejectStale, pki.ErrStale, textPair{
		"bukti yang ada terlalu lama", "the evidence at hand is too old"}},
	{RejectAfterExpiry, pki.ErrAfterExpiry, textPair{
		"bukti yang ada dibuat setelah sertifikat berakhir", "the evidence at hand was made after the certificate expired"}},
	{RejectFuture, pki.ErrFuture, textPair{
		"bukti yang ada lebih kemudian daripada saat pemeriksaan", "the evidence at hand is later than this check"}},
	{RejectSigner, pki.ErrNotAuthorized, textPair{
		"bukti yang ada tidak ditandatangani oleh penerbit sertifikat", "the evidence at hand was not signed by the certificate's issuer"}},
	{RejectResponder, pki.ErrResponderUnchecked, textPair{
		"status layanan status sertifikat itu sendiri belum diketahui", "the status of the certificate status service itself is unknown"}},
	{RejectStatusUnknown, pki.ErrStatusUnknown, textPair{
		"layanan status sertifikat tidak mengenal sertifikat ini", "the certificate status service does not know the certificate"}},
	{RejectNoAnswer, pki.ErrNoAnswer, textPair{
		"layanan status sertifikat tidak memberi jawaban", "the certificate status service gave no answer"}},
	{RejectUnsupported, pki.ErrUnsupported, textPair{
		"bentuk bukti yang ada tidak didukung", "the form of the evidence at hand is not supported"}},
	{RejectUnsupported, pki.ErrWeak, textPair{}},
	{RejectMalformed, pki.ErrMalformed, textPair{
		"bukti yang ada rusak", "the evidence at hand is malformed"}},
	{RejectMalformed, pki.ErrTooLarge, textPair{}},
	{RejectTooMuch, errTooMuch, textPair{
		"bukti yang disertakan melebihi batas", "there is more evidence than is read"}},
	{RejectOther, pki.ErrOtherCertificate, textPair{
		"bukti yang ada menyangkut sertifikat lain", "the evidence at hand is about other certificates"}},
	{RejectLifted, pki.ErrLifted, textPair{
		"penangguhan sertifikat sudah dicabut", "the hold on the certificate was lifted"}},
	{RejectNoAddress, fetch.ErrNoAddress, textPair{
		"sertifikat tidak menyebut alamat layanan penerbit", "the certificate names no address of its issuer's service"}},
}

var errTooMuch = errors.New("too much evidence")

// Text is the reason in words, without a full stop.
func (r RejectReason) Text(lang Lang) string {
	if i := r.rank(); i < len(rejectReasons) {
		return rejectReasons[i].text.in(lang)
	}
	return string(r)
}

// rank is the place of a reason, those more telling first.
func (r RejectReason) rank() int {
	for i, known := range rejectReasons {
		if known.reason == r {
			return i
		}
	}
	return len(rejectReasons)
}

// reasonOf names why evidence did not count. What no rule names came out of a
// fetcher, whose errors are its own.
func reasonOf(err error) RejectReason {
	for _, known := range rejectReasons {
		if known.err != nil && errors.Is(err, known.err) {
			return known.reason
		}
	}
	return RejectFetch
}

// mainReason is the most telling reason; empty if there is none.
func mainReason(rejected []RejectedEvidence) RejectReason {
	if len(rejected) == 0 {
		return ""
	}
	return slices.MinFunc(rejected, func(a, b RejectedEvidence) int { return cmp.Compare(a.Reason.rank(), b.Reason.rank()) }).Reason
}

func addRejected(list []RejectedEvidence, more ...RejectedEvidence) []RejectedEvidence {
	for _, r := range more {
		if !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	return list
}
