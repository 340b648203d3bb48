// Package passphrase handles the secrets that guard signing keys: how they are
// held, judged, hashed, guessed at, and what they unlock.
//
// Most programs take what was typed and judge it before it is set:
//
//	secret := passphrase.FromString(form.Passphrase)
//	err := passphrase.DefaultPolicy().Check(secret, person.Name, person.Mail)
//
// The parts:
//   - [Secret] holds a passphrase without ever printing it.
//   - [Policy] says whether one may be set; [Estimate] how strong it is.
//   - [Hasher] makes and checks Argon2id hashes (RFC 9106) as PHC strings.
//   - [Sealer] keeps a private key under a passphrase, and under a service's
//     key as well when a reset must not lose it.
//   - [Limiter] slows guessing down, [Gate] bounds the work at a time.
//   - [Handoff] carries a passphrase from a web request to a worker.
//   - [ExportPKCS12] and [ImportPKCS12] exchange keys with other programs.
//
// # What is checked when a passphrase is set
//
//	Policy         rule                                        source
//	GuidePolicy    8 characters, upper and lower case, digit,  Panduan Pengelolaan Sertifikat
//	               symbol                                      Elektronik melalui MyASN BKN, 1.0
//	DefaultPolicy  the same, no common and no personal words   OWASP ASVS 5.0 section 6.2
//	StrictPolicy   15 code points, no composition, no common   NIST SP 800-63B-4 section 3.1.1
//	               and no personal words, score 3
//	all            at most 1,024 bytes, valid UTF-8, nothing   so that it can be hashed and
//	               invisible                                   typed again
//
// A passphrase being used is never judged and never normalised: its bytes go
// as typed.
//
// # What is promised, and what is not
//
// Nothing in this package prints or marshals a secret, and no error holds one.
// Parameters read from stored or foreign data are bounded before they cost
// anything. Memory is cleared where Go allows, which is best effort only.
package passphrase
