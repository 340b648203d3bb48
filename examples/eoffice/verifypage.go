package main

import (
	"context"
	"crypto/x509"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/sertel-id/sertel/signing/verify"
)

// Verdicts as styles of the page.
const (
	verdictGood    = "baik"
	verdictBad     = "buruk"
	verdictUnknown = "ragu"
)

// verifyView is the page behind the QR code: what the paper in the reader's hand
// should say, and the document to compare it with.
type verifyView struct {
	letter
	Style    string
	Verdict  string
	Why      string
	Detail   string // of the verifier, for who wants to know more
	Signers  []verifiedSigner
	Missing  int // signers outstanding
	KindText string
	Copy     *copyView
}

// verifiedSigner is one signature as it was found in the document.
type verifiedSigner struct {
	Name, Position string
	Kind           stepKind
	At             time.Time
	Proven         bool // the time is that of a time-stamping authority
	Certificate    string
	Issuer         string
	Style, Verdict string
}

// copyView is what became of a copy that somebody uploaded.
type copyView struct {
	Style, Verdict, Why string
	Detail              string
	SHA256              string
}

// published returns the letter behind a link. It has a page from its first
// signature on: before it, nothing leads there.
func (a *app) published(r *http.Request) (letter, error) {
	l, err := a.cfg.store.LetterByToken(r.Context(), r.PathValue("token"))
	if err == nil && l.signed() == 0 {
		err = errNotFound
	}
	return l, err
}

func (a *app) verifyPage(w http.ResponseWriter, r *http.Request, s *session) error {
	return a.showVerification(w, r, s, nil)
}

func (a *app) showVerification(w http.ResponseWriter, r *http.Request, s *session, uploaded *copyView) error {
	l, err := a.published(r)
	if err != nil {
		return err
	}
	v, err := a.verification(r.Context(), l)
	if err != nil {
		return err
	}
	v.Copy = uploaded
	return a.render(w, http.StatusOK, "verifikasi", "Verifikasi naskah", s, v)
}

// verification judges the newest version and says it in words.
func (a *app) verification(ctx context.Context, l letter) (verifyView, error) {
	v := verifyView{letter: l, Missing: len(l.Steps) - l.signed(), KindText: kindText(l.Kind)}
	document, err := a.cfg.store.Document(ctx, l.ID, l.current().Number)
	if err != nil {
		return v, err
	}
	report, err := a.verdicts.judge(ctx, document)
	if err != nil {
		return v, err
	}
	verdict, err := report.JudgeLetter(ctx, expected(&l))
	if err != nil {
		return v, err
	}
	v.Style, v.Verdict = styleOf(verdict.Conclusion.Indication)
	switch v.Style {
	case verdictGood:
		v.Why = "Isi naskah utuh sejak ditandatangani, dan semua tanda tangan elektronik di dalamnya sah."
	case verdictBad:
		v.Why, v.Detail = whyBad, verdict.Summary(verify.Indonesian)
	default:
		v.Why, v.Detail = whyUnknown, verdict.Summary(verify.Indonesian)
	}
	switch {
	case v.Style != verdictGood:
	case l.State == stateReturned:
		v.Style, v.Verdict = verdictBad, "Tidak dilanjutkan"
		v.Why = "Naskah ini dikembalikan sebelum semua penanda tangannya menandatangani, dan tidak untuk dipakai."
	case l.State != stateDone:
		v.Style, v.Verdict = verdictUnknown, "Belum lengkap"
		v.Why = "Naskah ini belum ditandatangani oleh semua penanda tangannya."
	}
	for i, st := range l.Steps {
		if st.Done != nil {
			v.Signers = append(v.Signers, verified(st, verdict, report, i))
		}
	}
	return v, nil
}

// expected is who signed, by the certificates that signed.
func expected(l *letter) verify.Expectation {
	var e verify.Expectation
	for i, st := range l.Steps {
		if st.Done == nil {
			continue
		}
		s := verify.ExpectedSigner{Role: role(i), Name: st.Done.Name}
		if c, err := x509.ParseCertificate(st.Done.Certificate); err == nil {
			s.Certificates = []*x509.Certificate{c}
		}
		e.Signers = append(e.Signers, s)
	}
	return e
}

// verified describes a step by the signature that was found for it.
func verified(st step, verdict *verify.Letter, report *verify.Report, index int) verifiedSigner {
	out := verifiedSigner{Name: st.Done.Name, Position: st.Done.Position, Kind: st.Kind, At: st.Done.At,
		Style: verdictBad, Verdict: "Tidak ada di dalam berkas"}
	i := slices.IndexFunc(verdict.Signers, func(s verify.LetterSigner) bool { return s.Role == role(index) })
	if i < 0 || verdict.Signers[i].Signature == 0 {
		return out
	}
	found := report.Signatures[verdict.Signers[i].Signature-1]
	out.Style, out.Verdict = styleOf(found.Conclusion.Indication)
	if !found.Time.Proven.IsZero() {
		out.At, out.Proven = found.Time.Proven, true
	}
	if found.Signer != nil {
		out.Certificate, out.Issuer = found.Signer.CommonName, found.Signer.Issuer
	}
	return out
}

func styleOf(i verify.Indication) (style, text string) {
	text = i.Text(verify.Indonesian)
	switch i {
	case verify.TotalPassed:
		return verdictGood, text
	case verify.TotalFailed:
		return verdictBad, text
	}
	return verdictUnknown, text
}

// What a verdict means, in the words of somebody who does not know signatures.
const (
	whyBad     = "Isi berkas berubah setelah ditandatangani, atau tanda tangan elektronik di dalamnya tidak sah. Jangan pakai berkas ini; hubungi instansi penerbit."
	whyUnknown = "Keabsahan tanda tangan elektronik di dalam berkas belum dapat dipastikan, misalnya karena penerbit sertifikatnya tidak dikenal. Hubungi instansi penerbit."
)

func (a *app) verifyPDF(w http.ResponseWriter, r *http.Request, _ *session) error {
	l, err := a.published(r)
	if err != nil {
		return err
	}
	return a.servePDF(w, r, &l, l.current().Number)
}

// checkCopy compares an uploaded copy with the letter: by its bytes, and by what
// is signed in it. The copy is not kept.
func (a *app) checkCopy(w http.ResponseWriter, r *http.Request, s *session) error {
	l, err := a.published(r)
	if err != nil {
		return err
	}
	if err := a.checks.take(a.origin(r)); err != nil {
		return err
	}
	document, err := receive(w, r, a.copies)
	if err != nil {
		return err
	}
	return a.showVerification(w, r, s, a.compare(r.Context(), &l, document))
}

func (a *app) compare(ctx context.Context, l *letter, document []byte) *copyView {
	if len(document) == 0 {
		return &copyView{Style: verdictUnknown, Verdict: "Belum ada berkas", Why: "Pilih berkas PDF yang akan diperiksa."}
	}
	c := &copyView{SHA256: digestText(document)}
	i := slices.IndexFunc(l.Versions, func(v version) bool { return v.SHA256 == c.SHA256 })
	switch {
	case i == len(l.Versions)-1:
		c.Style, c.Verdict = verdictGood, "Sama persis"
		c.Why = "Salinan ini sama byte demi byte dengan naskah yang tersimpan."
		return c
	case i >= 0:
		c.Style, c.Verdict = verdictUnknown, "Versi lama"
		c.Why = "Salinan ini adalah versi naskah sebelum semua penanda tangan selesai. Mintalah versi terakhir."
		return c
	}
	report, err := a.verdicts.judge(ctx, document)
	switch {
	case errors.Is(err, verify.ErrNotPDF):
		c.Style, c.Verdict = verdictBad, "Bukan PDF"
		c.Why = "Berkas ini bukan PDF. Cetakan atau foto hanya dapat dibandingkan dengan naskah pada halaman ini."
		return c
	case err != nil:
		c.Style, c.Verdict = verdictUnknown, "Belum dapat dipastikan"
		c.Why = "Berkas ini tidak dapat dibaca. Bandingkan isinya dengan naskah pada halaman ini."
		return c
	}
	return c.judged(report)
}

// judged describes a copy that has other bytes than every version.
func (c *copyView) judged(report *verify.Report) *copyView {
	if len(report.Signatures) == 0 {
		c.Style, c.Verdict = verdictBad, "Tidak bertanda tangan"
		c.Why = "Salinan ini tidak memuat tanda tangan elektronik, misalnya karena dicetak ulang atau dipindai. Bandingkan isinya dengan naskah pada halaman ini."
		return c
	}
	if report.Err() == nil {
		c.Style, c.Verdict = verdictBad, "Naskah lain"
		c.Why = "Tanda tangan di dalam salinan ini sah, tetapi berkasnya bukan naskah ini. Bandingkan nomor, hal, dan isinya."
		return c
	}
	c.Style, c.Verdict = styleOf(report.Conclusion.Indication)
	c.Why, c.Detail = whyUnknown, report.Summary(verify.Indonesian)
	if c.Style == verdictBad {
		c.Why = whyBad
	}
	return c
}
