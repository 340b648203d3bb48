package certificate

import (
	"errors"
	"fmt"
	"strings"
)

// Status is where a person stands with the certification body, in the words that BSrE
// shows in MyASN and answers over its API. The zero value, [StatusUnknown], means that
// nothing is known yet; it is never a good status.
type Status uint8

// The statuses. MyASN shows NOT_REGISTERED and ISSUE (guide of Kota Magelang, 2024); the
// others are words of BSrE's status service.
const (
	StatusUnknown                Status = iota // nothing observed yet
	StatusNotRegistered                        // no account
	StatusNoCertificate                        // registered, account not activated
	StatusWaitingForVerification               // an operator has to decide
	StatusNew                                  // activated, passphrase not yet set
	StatusIssue                                // active, may sign
	StatusExpired                              // past notAfter; computed, never stored
	StatusRenew                                // renewal under way
	StatusSuspend                              // held, may be resumed
	StatusRevoke                               // revoked, final
)

var statusWords = [...]string{
	StatusUnknown:                "UNKNOWN",
	StatusNotRegistered:          "NOT_REGISTERED",
	StatusNoCertificate:          "NO_CERTIFICATE",
	StatusWaitingForVerification: "WAITING_FOR_VERIFICATION",
	StatusNew:                    "NEW",
	StatusIssue:                  "ISSUE",
	StatusExpired:                "EXPIRED",
	StatusRenew:                  "RENEW",
	StatusSuspend:                "SUSPEND",
	StatusRevoke:                 "REVOKE",
}

// ErrStatusWord is returned by [ParseStatus] for a word that is not one of BSrE's.
var ErrStatusWord = errors.New("certificate: unknown status word")

// Statuses returns every status except [StatusUnknown], in the order of the guide.
func Statuses() []Status {
	all := make([]Status, 0, len(statusWords)-1)
	for s := StatusNotRegistered; int(s) < len(statusWords); s++ {
		all = append(all, s)
	}
	return all
}

// ParseStatus reads BSrE's word, exactly as written on the wire. UNKNOWN is not a word of
// BSrE and is refused like any other text: [ErrStatusWord], which repeats the text only when it
// has the shape of a status word and so cannot be anything of a person.
func ParseStatus(word string) (Status, error) {
	for _, s := range Statuses() {
		if statusWords[s] == word {
			return s, nil
		}
	}
	if len(word) > 40 || strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != "" {
		return StatusUnknown, fmt.Errorf("%w of %d bytes", ErrStatusWord, len(word))
	}
	return StatusUnknown, fmt.Errorf("%w: %q", ErrStatusWord, word)
}

// String returns BSrE's word, or UNKNOWN.
func (s Status) String() string {
	if int(s) >= len(statusWords) {
		return fmt.Sprintf("Status(%d)", uint8(s))
	}
	return statusWords[s]
}

// MarshalText writes BSrE's word. An undefined value is an error.
func (s Status) MarshalText() ([]byte, error) {
	if int(s) >= len(statusWords) {
		return nil, fmt.Errorf("%w: %d", ErrStatusWord, uint8(s))
	}
	return []byte(statusWords[s]), nil
}

// UnmarshalText reads what MarshalText wrote, UNKNOWN included. Any other word is
// [ErrStatusWord].
func (s *Status) UnmarshalText(text []byte) error {
	if string(text) == statusWords[StatusUnknown] {
		*s = StatusUnknown
		return nil
	}
	parsed, err := ParseStatus(string(text))
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}

// Text explains the status to an end user.
func (s Status) Text(lang Lang) string {
	t, ok := statusTexts[s]
	if !ok {
		t = statusTexts[StatusUnknown]
	}
	if lang == English {
		return t.en
	}
	return t.id
}

var statusTexts = map[Status]struct{ id, en string }{
	StatusUnknown:                {"Status belum diketahui.", "The status is not known yet."},
	StatusNotRegistered:          {"Belum terdaftar. Silakan lakukan registrasi sertifikat.", "Not registered. Please register for a certificate."},
	StatusNoCertificate:          {"Terdaftar; akun belum diaktivasi. Buka tautan aktivasi di email dinas.", "Registered; the account is not activated. Open the activation link in the work mail."},
	StatusWaitingForVerification: {"Menunggu verifikasi oleh petugas.", "Waiting for verification by an operator."},
	StatusNew:                    {"Akun aktif; passphrase belum dibuat.", "The account is active; the passphrase is not set yet."},
	StatusIssue:                  {"Sertifikat aktif dan dapat digunakan untuk tanda tangan elektronik.", "The certificate is active and can be used to sign."},
	StatusExpired:                {"Masa berlaku sertifikat telah habis. Silakan ajukan perpanjangan.", "The certificate has expired. Please ask for a renewal."},
	StatusRenew:                  {"Perpanjangan sedang berlangsung; passphrase baru belum dibuat.", "Renewal is under way; the new passphrase is not set yet."},
	StatusSuspend:                {"Sertifikat ditangguhkan.", "The certificate is suspended."},
	StatusRevoke:                 {"Sertifikat telah dicabut.", "The certificate has been revoked."},
}
