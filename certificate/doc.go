// Package certificate checks who applies for an electronic certificate (sertifikat
// elektronik) and keeps track of its life, from registration to revocation.
//
// Most programs need two calls. [ApplicantForm.Check] tells an applicant everything that is
// wrong with a form before a portal does, days later:
//
//	applicant, findings := form.Check(certificate.KotaMagelang(), identity.DateOf(time.Now()))
//
// and [Tracker.StatusAt] answers what was known of somebody's certificate at an instant, from
// what the program told [Tracker.Observe]:
//
//	known, err := tracker.StatusAt(ctx, "user-17", letter.SignedAt)
//
// # Two kinds of user
//
// With BSrE, the state's certification body, people register in the state's portals, BSrE
// holds the keys, and the program only follows: it uses the form, the agencies and portal
// words, the status words and the tracker.
//
// Who runs an in-house service, or the fake of package mockbsre, uses the [Registrar]. It
// carries people through the flow of the guide "Panduan Pengelolaan Sertifikat Elektronik
// melalui MyASN BKN" (Kota Magelang, version 1.0, 8 March 2024), with a [Store] for people, a
// [Vault] for keys and an [Issuer] for certificates (package authority has one). Such
// signatures are not certified ones in the sense of PP 71/2019 art. 60: an in-house authority
// is no PSrE. The registrar does not authenticate anybody; the portal around it does.
//
// # The flow
//
//	guide                                         call
//	NIK, "Verifikasi"                             Registrar.VerifyNIK
//	"Registrasi Sertifikat"                       Registrar.Register (contract people: RegisterContract)
//	mail "Aktivasi Akun", its link opened         Registrar.Deliver, Registrar.Inspect
//	"Data Diri"                                   Registrar.PersonalData
//	"Data Kedinasan", "Cek NIP / NRP", "Next"     Registrar.LookUpNumber, Registrar.ConfirmOffice
//	"Foto Diri"                                   Registrar.Selfie
//	tick and "Submit"                             Registrar.SubmitActivation
//	mails "informasi akun" and "set_passphrase"   Registrar.Deliver
//	"Buat Passphrase"                             Registrar.SetPassphrase, then ISSUE and a mail
//	dashboard                                     Registrar.Status
//	"Reset Passphrase", "Ya"                      Registrar.RequestReset, Registrar.Deliver
//	agreement, "Setuju", "Reset Passphrase"       Registrar.ResetPassphrase
//	renewal, destruction                          Registrar.RequestRenewal, Registrar.Destroy
//	end of retention, right to be forgotten       Registrar.Purge, Registrar.Erase
//
// A link that ran out leads back: after the activation's to Register, after another's to a new
// request. The steps of an activation need the link and only the last uses it up. Mails wait
// in the person's record until [Registrar.Deliver] sends them; what authority and vault must be
// told waits there until [Registrar.Settle] succeeds. A service calls both from a loop.
//
// Mails go out through a [Mailer]; package smtpmail has one for SMTP. Every change leaves an
// [AuditEntry]; package audit keeps them in a chain of hashes. A [FieldSealer] protects what a
// store keeps of people; PRIVACY.md, beside this package, maps what is stored to why and how long.
//
// What the form is checked for, with the source of each rule, stands at [ApplicantForm.Check]
// and in package identity.
//
// # The life cycle
//
// The table is [Transition]; [Mermaid] prints it. Words are BSrE's. EXPIRED is computed from
// the clock and never stored. REVOKE is final: who registers again begins another life.
//
//	stateDiagram-v2
//	    [*] --> NOT_REGISTERED
//	    NOT_REGISTERED --> NO_CERTIFICATE : register
//	    NO_CERTIFICATE --> NOT_REGISTERED : lapse, withdraw
//	    NO_CERTIFICATE --> NO_CERTIFICATE : register
//	    NO_CERTIFICATE --> WAITING_FOR_VERIFICATION : refer
//	    NO_CERTIFICATE --> NEW : activate
//	    WAITING_FOR_VERIFICATION --> NOT_REGISTERED : reject, withdraw
//	    WAITING_FOR_VERIFICATION --> NEW : approve
//	    NEW --> NOT_REGISTERED : withdraw
//	    NEW --> NEW : change_mail, change_office
//	    NEW --> ISSUE : issue
//	    ISSUE --> ISSUE : sign, reset, change_mail, change_office
//	    ISSUE --> EXPIRED : (notAfter passed)
//	    ISSUE --> RENEW : renew
//	    ISSUE --> SUSPEND : suspend
//	    ISSUE --> REVOKE : revoke
//	    EXPIRED --> EXPIRED : change_mail, change_office
//	    EXPIRED --> RENEW : renew
//	    EXPIRED --> REVOKE : revoke
//	    RENEW --> ISSUE : issue, cancel_renewal
//	    RENEW --> RENEW : change_mail, change_office
//	    RENEW --> SUSPEND : suspend
//	    RENEW --> REVOKE : revoke
//	    SUSPEND --> ISSUE : resume
//	    SUSPEND --> SUSPEND : change_office
//	    SUSPEND --> REVOKE : revoke
//	    REVOKE --> [*]
//
// # What is promised
//
// Rules and their sources:
//
//	a link is 256 random bits, one purpose, one use, stored as a hash   OWASP Forgot Password; ASVS 5.0, 6.4.1 and 6.5
//	activation link 24 hours, passphrase links 15 minutes               NIST SP 800-63B; OWASP Forgot Password
//	a refused link gets one public answer                               ASVS 5.0, 6.3.8
//	a public reset request gets one answer after one time               OWASP Forgot Password; ASVS 5.0, 6.3.8
//	agreements by version and hash, with the time of consent            PP 71/2019 art. 59; Permenkominfo 11/2018 art. 1
//	the NIK and the name are compared with the population register      Permenkominfo 11/2018, identity level 3
//	reasons of revocation; serials of at most 20 octets                 RFC 5280, 5.3.1 and 4.1.2.2
//	the owner may revoke without a passphrase                           UU ITE art. 12
//	a renewed certificate has a new key and serial                      practice of BSrE
//	guesses are counted before the key is tried                         NIST SP 800-63B, 3.2.2
//
// Every change of a person is one atomic update of one record, so a crash between any two
// writes leaves a state from which the person goes on: no link works twice, no certificate is
// in use without its record, and what the authority issued for an attempt that broke off is
// taken up again or revoked. No token rests anywhere in plain form, no passphrase or its hash
// is stored, a selfie is never kept. Names, numbers, addresses, tokens and passphrases appear
// in no error, log or printed value of this package, and what registers, mailers and
// authorities say of an error is masked; [Record.MarshalBinary] and [StoredApplicant] are the
// forms that hold personal data in whole, for stores. A certificate names its owner: its DER,
// the JSON of [Certificate] and the [Issued] and [SigningKey] fields hold the name.
//
// Not promised: that memory is wiped (Go cannot), that a caller is who he says, that two
// registers agree on how a name is written (a mismatch they cannot settle goes to an operator).
package certificate
