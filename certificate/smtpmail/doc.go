// Package smtpmail delivers the mails of a [certificate.Registrar] over SMTP (RFC 5321).
//
//	mailer, err := smtpmail.New(smtpmail.Config{
//		Host: "mail.example.go.id", Username: "sertifikat", Password: password,
//		From: "sertifikat@example.go.id", FromName: "Layanan Sertifikat Elektronik",
//	})
//	registrar, err := certificate.NewRegistrar(certificate.RegistrarConfig{Mailer: mailer, ...})
//
// The registrar calls it from Deliver: mails wait in the person's record, each try makes a new
// link that voids the one before, and what fails is tried again with growing pauses. So a mail
// arrives at least once, and of two the newer one's link works.
//
// # What is sure
//
// Nothing is sent without TLS and a certificate that checks, unless [Config] InsecurePlaintext
// says so: a mail holds a link that lets its reader set a passphrase (RFC 3207, RFC 8314). The
// password leaves after TLS only. One mail takes one connection, within [Config] Timeout and the
// caller's context, and what a server may answer is bounded.
//
// No header can be injected: addresses come from identity.Email and from the checked
// configuration, a subject with a control character is refused, everything else is body.
//
// A mail without link has the same Message-ID at every try, so that a mail store may drop the
// second copy. One with a link has another at each: the newest must not be dropped.
//
// # Texts
//
// Each mail is multipart/alternative, plain text and HTML, in Indonesian and English
// ([Config] Languages). Templates are replaceable ([Templates]) and are tried when the mailer is
// made, for every kind of mail: one that cannot be executed or leaves out the link is refused.
//
// # Errors
//
// A mail that was not taken gives an [*Error], with the step and the server's code but never its
// text, which quotes addresses. One that matches [certificate.ErrMailRefused] is final: the server
// refused the recipient or the mail for good (5yz). Everything else is tried again, also what
// needs an administrator, such as a wrong password.
package smtpmail
