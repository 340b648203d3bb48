package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/certificate/identity"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
)

// register fills in the form, first wrongly, verifies the NIK and registers.
func (s *story) register(ctx context.Context) error {
	agency, today := certificate.KotaMagelang(), identity.DateOf(s.srv.Clock.Now())

	s.tell.say("Formulir yang salah diperiksa sebelum dikirim. Semua temuan sekaligus:")
	_, findings := wrong.Check(agency, today)
	for _, f := range findings {
		s.tell.item("%s, %s (%v): %s", f.Field, f.Rule, f.Class, f.Text(certificate.Indonesian))
		s.tell.say("    %s", f.Text(certificate.English))
	}
	if findings.Err() == nil {
		return fmt.Errorf("%w: the wrong form was accepted", errStory)
	}

	s.tell.say("\n%s, menu %s. Formulir yang benar: %s, %s.",
		portal.Name, strings.Join(portal.Registration.Menu, " > "), head.Name, agency.Name)
	var err error
	s.applicant, findings = head.Form().Check(agency, today)
	if err = findings.Err(); err != nil {
		return err
	}
	if err := s.showStatus(ctx, certificate.StatusNotRegistered); err != nil {
		return err
	}
	if err := s.registerOnce(ctx); err != nil {
		return err
	}
	return s.showStatus(ctx, certificate.StatusNoCertificate)
}

func (s *story) registerOnce(ctx context.Context) error {
	verified, err := s.srv.Registrar().VerifyNIK(ctx, s.applicant.NIK())
	if err != nil {
		return err
	}
	words := portal.Registration
	s.tell.say("Tombol %s: NIK %v terdaftar di data kependudukan.", words.VerifyNIK, s.applicant.NIK())
	s.headID, err = s.srv.Registrar().Register(ctx, verified, s.applicant)
	if err != nil {
		return err
	}
	s.tell.say("Tombol %s, lalu %s: registrasi berhasil.", words.Register, words.Yes)
	return nil
}

// activate lets the first link expire, registers again and goes through the
// portal's pages.
func (s *story) activate(ctx context.Context) error {
	expired, err := s.openMail(certificate.MailActivation)
	if err != nil {
		return err
	}
	s.wait(25*time.Hour, "surat baru dibuka keesokan harinya")
	_, err = s.srv.Registrar().Inspect(ctx, expired, certificate.PurposeActivation)
	if err := expect(err, certificate.ErrTokenExpired); err != nil {
		return err
	}
	s.tell.say("Portal: %s", certificate.PublicAnswer(certificate.PurposeActivation, certificate.Indonesian))
	if err := s.showStatus(ctx, certificate.StatusNotRegistered); err != nil {
		return err
	}
	s.tell.say("\nRegistrasi diulang.")
	if err := s.registerOnce(ctx); err != nil {
		return err
	}
	token, err := s.openMail(certificate.MailActivation)
	if err != nil {
		return err
	}
	if err := s.fillInPages(ctx, token); err != nil {
		return err
	}
	return s.showStatus(ctx, certificate.StatusNew)
}

func (s *story) fillInPages(ctx context.Context, token certificate.Token) error {
	registrar := s.srv.Registrar()
	page, err := registrar.Inspect(ctx, token, certificate.PurposeActivation)
	if err != nil {
		return err
	}
	words := portal.Activation
	s.tell.say("Portal aktivasi. %s: %s", words.Agency, page.Agency)

	s.tell.item("1 %s: %s, %s, %s", words.Steps[0], words.FullName, words.NIK, words.Phone)
	data := certificate.PersonalData{Name: s.applicant.Name(), NIK: s.applicant.NIK(), Phone: s.applicant.Phone()}
	if err := registrar.PersonalData(ctx, token, data); err != nil {
		return err
	}
	office, err := registrar.LookUpNumber(ctx, token, s.applicant.Number())
	if err != nil {
		return err
	}
	s.tell.item("2 %s, tombol %s: %s %s; %s %s; %s %s", words.Steps[1], words.CheckNumber,
		words.Unit, office.Unit, words.Position, office.Position, words.Province, office.Province)
	if err := registrar.ConfirmOffice(ctx, token); err != nil {
		return err
	}
	match, err := registrar.Selfie(ctx, token, mockbsre.Selfie())
	if err != nil {
		return err
	}
	if match != certificate.MatchYes {
		return fmt.Errorf("%w: selfie %v", errStory, match)
	}
	s.tell.item("3 %s: cocok dengan foto di data kependudukan", words.Steps[2])

	titles := map[certificate.AgreementKind]string{
		certificate.PrivacyPolicy: words.PrivacyPolicy, certificate.SubscriberAgreement: words.Agreement,
	}
	var given []certificate.Acceptance
	for _, a := range registrar.Agreements() {
		acceptance := a.Acceptance()
		given = append(given, acceptance)
		s.tell.item("disetujui: %s, versi %s, SHA-256 %x", titles[a.Kind], a.Version, acceptance.SHA256)
	}
	if _, err := registrar.SubmitActivation(ctx, token, given...); err != nil {
		return err
	}
	s.tell.say("Tombol %s: %s.", words.Submit, words.Done)
	return nil
}

// setPassphrase tries a bad passphrase, then sets a good one.
func (s *story) setPassphrase(ctx context.Context) error {
	s.tell.say("Dua surat tiba.")
	if _, err := s.openMail(certificate.MailAccountInformation); err != nil {
		return err
	}
	token, err := s.openMail(certificate.MailSetPassphrase)
	if err != nil {
		return err
	}
	_, err = s.srv.Registrar().SetPassphrase(ctx, token, weakPassphrase)
	if err := expect(err, passphrase.ErrPolicy); err != nil {
		return err
	}
	s.tell.say("Passphrase pertama ditolak:")
	var policy *passphrase.PolicyError
	errors.As(err, &policy)
	for _, v := range policy.Violations {
		s.tell.item("%s %s", v.Text(passphrase.Indonesian), v.Text(passphrase.English))
	}
	strength := passphrase.Estimate(firstPassphrase, head.Name, head.WorkEmail)
	s.tell.say("Passphrase kedua (kekuatan %d dari 4) diterima; kunci dibuat dan sertifikat terbit.", strength.Score)
	issued, err := s.srv.Registrar().SetPassphrase(ctx, token, firstPassphrase)
	if err != nil {
		return err
	}
	x, err := issued.X509()
	if err != nil {
		return err
	}
	s.tell.say("Pemilik: %s; penerbit: %s", x.Certificate.Subject.CommonName, x.Certificate.Issuer.CommonName)
	if _, err := s.openMail(certificate.MailCertificateIssued); err != nil {
		return err
	}
	return s.showStatus(ctx, certificate.StatusIssue)
}
