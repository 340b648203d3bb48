package mockbsre

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Quirk names a behaviour of the signing service in which builds differ, or
// about which its sources disagree. Each is on or off by itself; the default is
// what was observed.
type Quirk string

// The quirks. [Quirk.Evidence] says what each rests on.
const (
	// QuirkPictureShrunk scales pictures of visible signatures down to the
	// density seen in a signed file: 36 pixels over 25.03 points. It finds QR
	// codes and small print that cannot be read any more.
	QuirkPictureShrunk Quirk = "picture-shrunk"
	// QuirkBadInput500 answers unusable input with status 500 and the body of
	// the framework. Off: status 400 and the code 2041.
	QuirkBadInput500 Quirk = "bad-input-500"
	// QuirkDownloadOnce hands a signed file of version 1 out once. Off: as
	// often as asked for.
	QuirkDownloadOnce Quirk = "download-once"
	// QuirkJenisResponse honours the field jenis_response of version 1, which
	// the manual does not have.
	QuirkJenisResponse Quirk = "jenis-response"
	// QuirkFieldAliases takes tag beside tag_koordinat and otp beside totp in
	// version 2. Off: tag_koordinat and totp alone.
	QuirkFieldAliases Quirk = "field-aliases"
	// QuirkUnknownNIK tells version 2 that an unknown NIK of 16 digits has
	// NO_CERTIFICATE. Off: NOT_REGISTERED, as for other unknown people.
	QuirkUnknownNIK Quirk = "unknown-nik-no-certificate"
	// QuirkCodeInApp makes one-time codes appear in the signer's mobile app,
	// [Server.OneTimeCode] here. Off: they go out by mail.
	QuirkCodeInApp Quirk = "code-in-app"
	// QuirkVerifyUnsorted lists signatures newest first, against the order of
	// signing. It finds clients that take the first one for the first signer.
	QuirkVerifyUnsorted Quirk = "verify-unsorted"
	// QuirkLastSignature answers lastSignature false for every signature. Off:
	// true for the newest.
	QuirkLastSignature Quirk = "last-signature-false"
	// QuirkLTV has the key ltv in answers of the verification of version 2.
	QuirkLTV Quirk = "verify-ltv"
	// QuirkOldEngine answers the verification of version 1 in the words of the
	// engine before 2.x.
	QuirkOldEngine Quirk = "verify-old-engine"
	// QuirkErrorGlued puts the application's code at the end of the error text
	// and the HTTP status into status_code.
	QuirkErrorGlued Quirk = "error-code-glued"
	// QuirkErrorShouted ends error texts with exclamation marks.
	QuirkErrorShouted Quirk = "error-shouted"
	// QuirkErrorWithFile signs where a picture is missing, and answers 500
	// with the file.
	QuirkErrorWithFile Quirk = "error-with-file"
	// QuirkV1Sizes takes width and height of version 1 as sizes always. Off:
	// as the upper right corner where they can be one, else as sizes.
	QuirkV1Sizes Quirk = "v1-sizes"
	// QuirkEmptyField adds the empty signature field in an update of its own,
	// before the one that signs in it. It finds clients that expect a single
	// update. That a real box's invisible field lies at the page's upper left
	// corner in that update is not imitated: here it is where it stays. Off: one
	// update for both.
	QuirkEmptyField Quirk = "empty-field-first"
	// QuirkTagLast takes the last of several anchor tags. Off: the first.
	QuirkTagLast Quirk = "tag-last"
	// QuirkTagCentred puts the middle of the block on the anchor tag. Off: its
	// upper left corner.
	QuirkTagCentred Quirk = "tag-centred"
	// QuirkTagOneCharacter refuses anchor tags of more than one character. Off:
	// tags of any length are looked for.
	QuirkTagOneCharacter Quirk = "tag-one-character"
	// QuirkChainPEM answers the certificate chain in PEM. Off: in base64 of
	// the DER.
	QuirkChainPEM Quirk = "chain-pem"
	// QuirkSealCodeKept renews the activation of a seal under the same code.
	// Off: under a new one. It finds clients that keep the code of old.
	QuirkSealCodeKept Quirk = "seal-code-kept"
	// QuirkSealAfterSignature seals documents that are signed already, without
	// certifying them. Off: they are refused.
	QuirkSealAfterSignature Quirk = "seal-after-signature"
)

// Evidence marks, from the strongest: an answer of a real server, the vendor's
// manual, what was recomputed from real output, the code of several independent
// clients, one source alone, an inference.
const (
	live    = "LIVE"
	manual  = "MANUAL"
	derived = "DERIVED"
	clients = "CLIENTS"
	one     = "ONE"
	guess   = "GUESS"
)

var quirkTable = []struct {
	quirk    Quirk
	on       bool
	evidence string
}{
	{QuirkPictureShrunk, true, derived + ": a signed file of 2024 holds 36 by 36 pixels; whether they were sent so is not known"},
	{QuirkBadInput500, true, live + ": version 2 verification of an empty and of a non-PDF file; " + one + " for signing"},
	{QuirkDownloadOnce, true, manual + ", " + live},
	{QuirkJenisResponse, true, clients + ": seven send it and read its answer"},
	{QuirkFieldAliases, true, manual + " has both names; clients use both"},
	{QuirkUnknownNIK, true, live + ": a made-up NIK on a server 2.2.0 in 2026"},
	{QuirkCodeInApp, true, live + ": a server 2.2.0 in 2026 named the app; " + manual + " says by mail"},
	{QuirkVerifyUnsorted, true, live + ": a saved answer with several signatures; its order is a " + guess},
	{QuirkLastSignature, true, live},
	{QuirkLTV, true, live + ": builds since 2025; absent in the manual and in an answer of 2024"},
	{QuirkOldEngine, false, live + ": builds before 2.x"},
	{QuirkErrorGlued, false, one + ": captured by a hospital application; a second client agrees"},
	{QuirkErrorShouted, false, one + ": the gateway of 2019"},
	{QuirkErrorWithFile, false, one + ": an adapter for an office suite treats such answers as success"},
	{QuirkV1Sizes, false, guess + ": the manual's text says size, its drawing says corners"},
	{QuirkEmptyField, true, derived + ": two files that real servers signed and sealed in 2024"},
	{QuirkTagLast, false, guess},
	{QuirkTagCentred, false, guess},
	{QuirkSealCodeKept, true, manual + ": the sample of a renewal says that the code still works"},
	{QuirkSealAfterSignature, false, guess + ": a saved file has the seal as a certification, which comes first"},
	{QuirkTagOneCharacter, false, guess + ": the manual's samples have one character, one client allows no more, others send longer ones"},
	{QuirkChainPEM, false, guess + ": the shape of an element is not known"},
}

// ErrQuirk means that there is no quirk of that name.
var ErrQuirk = errors.New("mockbsre: unknown quirk")

// AllQuirks returns every quirk.
func AllQuirks() []Quirk {
	all := make([]Quirk, len(quirkTable))
	for i, q := range quirkTable {
		all[i] = q.quirk
	}
	return all
}

// Default reports whether the quirk is on unless [EsignConfig.Quirks] says
// otherwise. An unknown quirk is off.
func (q Quirk) Default() bool {
	for _, entry := range quirkTable {
		if entry.quirk == q {
			return entry.on
		}
	}
	return false
}

// Evidence says what is known of the quirk: LIVE, seen in an answer of a real
// server; MANUAL, in the vendor's manual (Petunjuk Teknis v2.2.1); DERIVED,
// recomputed from what a server made; CLIENTS or ONE, relied on by the code of
// several clients or of one; GUESS, an inference. It is empty for an unknown
// quirk.
func (q Quirk) Evidence() string {
	for _, entry := range quirkTable {
		if entry.quirk == q {
			return entry.evidence
		}
	}
	return ""
}

// ParseQuirks reads a list such as "v1-sizes,verify-ltv=off" into a map for
// [EsignConfig.Quirks]. An unknown name is [ErrQuirk].
func ParseQuirks(list string) (map[Quirk]bool, error) {
	set := map[Quirk]bool{}
	for _, item := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		name, value, given := strings.Cut(item, "=")
		if given && value != "on" && value != "off" {
			return nil, fmt.Errorf("%w: %.60q is neither on nor off", ErrQuirk, value)
		}
		set[Quirk(name)] = value != "off"
	}
	return set, checkQuirks(set)
}

func checkQuirks(set map[Quirk]bool) error {
	for _, q := range slices.Sorted(maps.Keys(set)) {
		if q.Evidence() == "" {
			return fmt.Errorf("%w: %.60q", ErrQuirk, string(q))
		}
	}
	return nil
}

// fillQuirks completes a set with the defaults.
func fillQuirks(set map[Quirk]bool) map[Quirk]bool {
	full := map[Quirk]bool{}
	for _, entry := range quirkTable {
		full[entry.quirk] = entry.on
	}
	maps.Copy(full, set)
	return full
}
