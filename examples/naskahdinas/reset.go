package main

import (
	"context"
	"fmt"
	"time"

	"github.com/sertel-id/sertel/certificate"
	"github.com/sertel-id/sertel/mockbsre"
	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
	"github.com/sertel-id/sertel/signing/verify"
)

// resetPassphrase forgets the passphrase and sets another by mailed link.
func (s *story) resetPassphrase(ctx context.Context) error {
	registrar := s.srv.Registrar()
	s.tell.say("Passphrase terlupa. %s: tombol %s, lalu %s.", portal.Name, portal.Passphrase.Reset, portal.Passphrase.Yes)
	if err := registrar.RequestReset(ctx, s.headID); err != nil {
		return err
	}
	late, err := s.openMail(certificate.MailResetPassphrase)
	if err != nil {
		return err
	}
	s.wait(16*time.Minute, "surat dibuka terlambat")
	_, err = registrar.ResetPassphrase(ctx, late, secondPassphrase, mockbsre.Accepted()...)
	if err := expect(err, certificate.ErrTokenExpired); err != nil {
		return err
	}
	s.tell.say("Portal: %s", certificate.PublicAnswer(certificate.PurposeReset, certificate.Indonesian))

	s.tell.say("\nReset diminta sekali lagi.")
	if err := registrar.RequestReset(ctx, s.headID); err != nil {
		return err
	}
	token, err := s.openMail(certificate.MailResetPassphrase)
	if err != nil {
		return err
	}
	_, err = registrar.ResetPassphrase(ctx, token, secondPassphrase)
	if err := expect(err, certificate.ErrAgreement); err != nil {
		return err
	}
	s.tell.say("Tanpa %s: ditolak.", portal.Passphrase.AcceptAgreement)
	if _, err := registrar.ResetPassphrase(ctx, token, secondPassphrase, mockbsre.Accepted()...); err != nil {
		return err
	}
	s.tell.say("Tombol %s pada perjanjian: passphrase baru dibuat.", portal.Passphrase.Agree)
	if _, err := s.openMail(certificate.MailPassphraseChanged); err != nil {
		return err
	}
	if err := s.showStatus(ctx, certificate.StatusIssue); err != nil {
		return err
	}
	return s.tryBothPassphrases(ctx)
}

func (s *story) tryBothPassphrases(ctx context.Context) error {
	request := func(secret passphrase.Secret) signing.Request {
		return signing.Request{Credential: signing.Credential{Passphrase: secret}, Reason: "Menyetujui surat ini"}
	}
	_, _, err := s.sign(ctx, s.headID, s.letter, request(firstPassphrase))
	if err := expect(err, signing.ErrCredential); err != nil {
		return err
	}
	s.tell.say("Menandatangani dengan passphrase lama: ditolak.")
	signed, _, err := s.sign(ctx, s.headID, s.letter, request(secondPassphrase))
	if err != nil {
		return err
	}
	s.reports.AfterReset, err = s.judge(ctx, signed)
	if err != nil {
		return err
	}
	s.tell.say("Menandatangani dengan passphrase baru: berhasil. Verifikasi: %s",
		s.reports.AfterReset.Summary(verify.Indonesian))
	n := len(s.reports.AfterReset.Signatures)
	if n == 0 || s.reports.AfterReset.Signatures[n-1].Conclusion.Indication != verify.TotalPassed {
		return fmt.Errorf("%w: the new signature did not pass", errStory)
	}
	return nil
}
