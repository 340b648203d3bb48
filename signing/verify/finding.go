package verify

import (
	"fmt"
	"strings"
	"unicode"
)

// Severity says what a finding does to the conclusion.
type Severity uint8

// The severities. Fatal makes the signature fail, Open leaves it
// indeterminate, Warning and Info change nothing.
const (
	Info Severity = iota
	Warning
	Open
	Fatal
)

var severityNames = [...]string{"info", "warning", "open", "fatal"}

func (s Severity) String() string { return enumName(severityNames[:], int(s)) }

// MarshalText implements encoding.TextMarshaler.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Code names a kind of finding. Codes are stable: they are part of the JSON
// schema and are not renamed. testdata/codes.txt lists them with what they do
// to the conclusion.
type Code string

// Findings about the document.
const (
	CodeNoSignature       Code = "no-signature"        // no signature but document timestamps, if any
	CodeRepaired          Code = "repaired"            // departures from the standard that do not matter to what was signed
	CodeTooManySignatures Code = "too-many-signatures" // more than Options.MaxSignatures, or than can be looked for
	CodeSignatureRemoved  Code = "signature-removed"   // an earlier revision has a signature that the last one lacks
	CodeAmbiguous         Code = "two-readings"        // readers may show different documents
	CodeUnsignedField     Code = "unsigned-field"      // a signature field waits for its signer
	CodeCovered           Code = "page-covered"        // an annotation over much of a page (shadow attack: hide)
	CodeHidden            Code = "hidden-annotation"   // a large annotation that could be shown later
	CodeLayersOff         Code = "layers-off"          // optional content that is not shown
	CodeUnusedContent     Code = "unused-content"      // objects that could take a page's place later (shadow attack: replace)
	CodeActiveContent     Code = "active-content"      // scripts, other actions or a form in XFA that can change what is shown
)

// Findings about the place of a signature in the file.
const (
	CodeFieldUnreadable     Code = "field-unreadable"      // the field or its dictionary is malformed
	CodeUnreachable         Code = "signature-unreachable" // a signature dictionary that no field refers to
	CodeFilterUnknown       Code = "filter-unknown"        // /Filter is missing or not a handler that is known
	CodeSubFilterUnknown    Code = "subfilter-unknown"     // /SubFilter is missing or not a form that is known
	CodeSubFilterWeak       Code = "subfilter-weak"        // the two formats that are bound to SHA-1
	CodeContentsMissing     Code = "contents-missing"      // /Contents is missing or empty
	CodeContentsPlace       Code = "contents-place"        // /Contents is not one hexadecimal string where it was signed around
	CodeByteRangeMissing    Code = "byterange-missing"     // no /ByteRange
	CodeByteRangeMalformed  Code = "byterange-malformed"   // not two ascending spans within the file
	CodeByteRangeStart      Code = "byterange-start"       // the first span does not begin at byte 0
	CodeByteRangeGap        Code = "byterange-gap"         // the gap is not exactly this signature's /Contents
	CodeByteRangeEnd        Code = "byterange-end"         // the second span does not end with a revision
	CodeSignatureShared     Code = "signature-shared"      // two fields with one signature dictionary
	CodeRevisionUnreadable  Code = "revision-unreadable"   // the covered revision has no strict reading
	CodeNotInOwnRevision    Code = "not-in-own-revision"   // the covered revision, read alone, lacks the signature
	CodeCertificationLate   Code = "certification-late"    // DocMDP on another than the first signature
	CodePermissionsUnusable Code = "permissions-unusable"  // DocMDP, FieldMDP or the field's lock is malformed
)

// Findings about the cryptographic signature.
const (
	CodeCMSMalformed          Code = "cms-malformed"                // not one CMS SignedData with one signer (RFC 5652)
	CodeContentAttached       Code = "content-attached"             // the message is not detached
	CodeDigestMismatch        Code = "digest-mismatch"              // the digest of the covered bytes is not the signed one
	CodeSignatureMismatch     Code = "signature-mismatch"           // the signature value does not verify with the certificate's key
	CodeAttributeMissing      Code = "attribute-missing"            // a signed attribute that RFC 5652 section 11 requires
	CodeAttributeWrong        Code = "attribute-wrong"              // a signed attribute with another value, or twice
	CodeAlgorithmsDisagree    Code = "algorithms-disagree"          // digest and signature algorithm differ
	CodeAlgorithmUnsupported  Code = "algorithm-unsupported"        // an algorithm that this package does not know
	CodeDigestWeak            Code = "digest-weak"                  // MD5, SHA-1 and the like
	CodeKeyWeak               Code = "key-weak"                     // a short key or a weak algorithm in the path
	CodeSignerMissing         Code = "signer-certificate-missing"   // no certificate in the message is the signer's
	CodeBindingMissing        Code = "certificate-binding-missing"  // no signing-certificate attribute in ETSI.CAdES.detached
	CodeBindingMismatch       Code = "certificate-binding-mismatch" // signing-certificate names another certificate (RFC 5035)
	CodeNameContradicts       Code = "name-contradicts"             // /Name is not the certificate's common name
	CodeNotBoundToCertificate Code = "not-bound-to-certificate"     // no signing-certificate attribute in adbe.pkcs7.detached
)

// Findings about later revisions.
const (
	CodeModified           Code = "modified"                  // a later revision has changes that no rule explains
	CodeTrailingBytes      Code = "trailing-bytes"            // bytes after the last revision
	CodeLaterUnreadable    Code = "later-revision-unreadable" // a later revision has no strict reading
	CodeChangeNotPermitted Code = "change-not-permitted"      // explained changes that DocMDP or FieldMDP forbid
	CodeCompareBudget      Code = "comparison-too-large"      // the limits of comparison were reached
)

// Findings about trust, revocation and time.
const (
	CodeChainMissing        Code = "chain-missing"                 // no path to a given root
	CodeChainInvalid        Code = "chain-invalid"                 // every path breaks a constraint (RFC 5280 section 6.1)
	CodeUsageWrong          Code = "certificate-usage-wrong"       // key usage or extended key usage forbids it
	CodeNotYetValid         Code = "certificate-not-yet-valid"     // judged before notBefore
	CodeExpired             Code = "certificate-expired"           // judged after notAfter
	CodeIssuerNotValid      Code = "issuer-not-valid-then"         // an authority or its root was not in force, or not trusted, then
	CodeRevoked             Code = "certificate-revoked"           // revoked before the proven time
	CodeRevokedNoTime       Code = "certificate-revoked-no-time"   // revoked, and nothing proves an earlier time
	CodeCARevoked           Code = "issuer-revoked"                // an authority of the path was revoked
	CodeRevokedLater        Code = "certificate-revoked-later"     // revoked after the proven time
	CodeRevocationUnknown   Code = "revocation-unknown"            // no usable OCSP answer or CRL for the signer
	CodeCARevocationUnknown Code = "issuer-revocation-unknown"     // none for an authority of the path
	CodeRevocationSkipped   Code = "revocation-skipped"            // unknown, and Options.InsecureSkipRevocation is set
	CodeTimestampInvalid    Code = "timestamp-invalid"             // the token does not verify, or is about something else
	CodeTimestampUntrusted  Code = "timestamp-untrusted"           // no path from its authority to a given root
	CodeTimestampRevoked    Code = "timestamp-authority-revoked"   // its authority was revoked
	CodeTimestampStatus     Code = "timestamp-revocation-unknown"  // whether it was is unknown
	CodeTimestampOrder      Code = "timestamp-order"               // an outer timestamp is older than an inner one
	CodeTimestampExpired    Code = "timestamp-certificate-expired" // its certificate ended, and no later timestamp covers it
	CodeClaimedTimeOdd      Code = "claimed-time-odd"              // /M is later than the proven time

	// CodeIssuerNotAllowed: the chain is sound, but the signer's certificate was
	// issued by none of Options.AllowIssuers.
	CodeIssuerNotAllowed Code = "issuer-not-allowed"
	// CodeTimestampSignerMissing: the token does not hold the certificate that
	// it names, and nothing else at hand does.
	CodeTimestampSignerMissing Code = "timestamp-certificate-missing"
	// CodeTimestampWeak: an algorithm or key of the token is too weak, or not
	// supported, so that it proves no time.
	CodeTimestampWeak Code = "timestamp-weak"
	// CodeTimestampUnfit: the authority's certificate leads to a root, but it
	// was not in force at the token's time or may not make time-stamps.
	CodeTimestampUnfit Code = "timestamp-certificate-unfit"
	// CodeTimestampFuture: the token is from after the instant of judgment.
	CodeTimestampFuture Code = "timestamp-from-future"
	// CodeTimestampName: the token names another authority than the
	// certificate that it is bound to does.
	CodeTimestampName Code = "timestamp-name-contradicts"
)

// Findings about a letter and the signers it should bear.
const (
	CodeSignerAbsent     Code = "signer-absent"             // an expected signer has not signed
	CodeSignerUnexpected Code = "signer-unexpected"         // a signature of nobody who is expected
	CodeSignerOther      Code = "signer-other"              // the same, where Expectation.AllowOthers is set
	CodeSignerOrder      Code = "signer-order"              // all there, in another order
	CodeSignerByName     Code = "signer-by-name"            // told by name, not by certificate
	CodeNotOnlySigned    Code = "not-only-signed"           // permitted changes that are no part of signing
	CodeStatusNotUsable  Code = "status-not-usable"         // the life cycle says no, at the proven time
	CodeStatusNoTime     Code = "status-not-usable-no-time" // it says no, and no time is proven
	CodeStatusUnknown    Code = "status-unknown"            // it does not know, or failed
)

type codeRule struct {
	severity Severity
	sub      SubIndication
}

// codeRules is what each code does to the conclusion. The pairs follow ETSI
// EN 319 102-1 section 5.1.3: the sub-indications of Fatal codes are those of
// TOTAL-FAILED, those of Open codes are those of INDETERMINATE. What the
// standard does not treat, such as changes after signing, is FORMAT_FAILURE.
var codeRules = map[Code]codeRule{
	CodeNoSignature:       {Open, SignedDataNotFound},
	CodeRepaired:          {Warning, ""},
	CodeTooManySignatures: {Fatal, FormatFailure},
	CodeSignatureRemoved:  {Fatal, FormatFailure},
	CodeAmbiguous:         {Open, SigConstraintsFailure},
	CodeUnsignedField:     {Info, ""},
	CodeCovered:           {Warning, ""},
	CodeHidden:            {Warning, ""},
	CodeLayersOff:         {Warning, ""},
	CodeUnusedContent:     {Warning, ""},
	CodeActiveContent:     {Warning, ""},

	CodeFieldUnreadable:     {Fatal, FormatFailure},
	CodeUnreachable:         {Fatal, FormatFailure},
	CodeFilterUnknown:       {Fatal, FormatFailure},
	CodeSubFilterUnknown:    {Fatal, FormatFailure},
	CodeSubFilterWeak:       {Open, CryptoConstraintsFailure},
	CodeContentsMissing:     {Fatal, FormatFailure},
	CodeContentsPlace:       {Fatal, FormatFailure},
	CodeByteRangeMissing:    {Fatal, FormatFailure},
	CodeByteRangeMalformed:  {Fatal, FormatFailure},
	CodeByteRangeStart:      {Fatal, FormatFailure},
	CodeByteRangeGap:        {Fatal, FormatFailure},
	CodeByteRangeEnd:        {Fatal, FormatFailure},
	CodeSignatureShared:     {Fatal, FormatFailure},
	CodeRevisionUnreadable:  {Fatal, FormatFailure},
	CodeNotInOwnRevision:    {Fatal, FormatFailure},
	CodeCertificationLate:   {Fatal, FormatFailure},
	CodePermissionsUnusable: {Fatal, FormatFailure},

	CodeCMSMalformed:          {Fatal, FormatFailure},
	CodeContentAttached:       {Fatal, FormatFailure},
	CodeDigestMismatch:        {Fatal, HashFailure},
	CodeSignatureMismatch:     {Fatal, SigCryptoFailure},
	CodeAttributeMissing:      {Fatal, FormatFailure},
	CodeAttributeWrong:        {Fatal, FormatFailure},
	CodeAlgorithmsDisagree:    {Fatal, FormatFailure},
	CodeAlgorithmUnsupported:  {Open, CryptoConstraintsFailure},
	CodeDigestWeak:            {Open, CryptoConstraintsFailure},
	CodeKeyWeak:               {Open, CryptoConstraintsFailure},
	CodeSignerMissing:         {Open, NoSigningCertificateFound},
	CodeBindingMissing:        {Fatal, FormatFailure},
	CodeBindingMismatch:       {Fatal, FormatFailure},
	CodeNameContradicts:       {Open, SigConstraintsFailure},
	CodeNotBoundToCertificate: {Warning, ""},

	CodeModified:           {Fatal, FormatFailure},
	CodeTrailingBytes:      {Fatal, FormatFailure},
	CodeLaterUnreadable:    {Fatal, FormatFailure},
	CodeChangeNotPermitted: {Fatal, FormatFailure},
	CodeCompareBudget:      {Open, SigConstraintsFailure},

	CodeChainMissing:        {Open, NoCertificateChainFound},
	CodeChainInvalid:        {Open, ChainConstraintsFailure},
	CodeUsageWrong:          {Open, ChainConstraintsFailure},
	CodeNotYetValid:         {Fatal, NotYetValid},
	CodeExpired:             {Open, OutOfBoundsNoPOE},
	CodeIssuerNotValid:      {Open, OutOfBoundsNoPOE},
	CodeRevoked:             {Fatal, Revoked},
	CodeRevokedNoTime:       {Open, RevokedNoPOE},
	CodeCARevoked:           {Open, RevokedCANoPOE},
	CodeRevokedLater:        {Info, ""},
	CodeRevocationUnknown:   {Open, TryLater},
	CodeCARevocationUnknown: {Open, TryLater},
	CodeRevocationSkipped:   {Warning, ""},
	CodeTimestampInvalid:    {Fatal, FormatFailure},
	CodeTimestampUntrusted:  {Open, NoCertificateChainFound},
	CodeTimestampRevoked:    {Open, RevokedCANoPOE},
	CodeTimestampStatus:     {Open, TryLater},
	CodeTimestampOrder:      {Open, TimestampOrderFailure},
	CodeTimestampExpired:    {Warning, ""},
	CodeClaimedTimeOdd:      {Warning, ""},

	CodeIssuerNotAllowed:       {Open, ChainConstraintsFailure},
	CodeTimestampSignerMissing: {Open, NoSigningCertificateFound},
	CodeTimestampWeak:          {Open, CryptoConstraintsFailure},
	CodeTimestampUnfit:         {Open, ChainConstraintsFailure},
	CodeTimestampFuture:        {Open, TryLater},
	CodeTimestampName:          {Warning, ""},

	CodeSignerAbsent:     {Open, SignedDataNotFound},
	CodeSignerUnexpected: {Fatal, FormatFailure},
	CodeSignerOther:      {Info, ""},
	CodeSignerOrder:      {Fatal, FormatFailure},
	CodeSignerByName:     {Warning, ""},
	CodeNotOnlySigned:    {Fatal, FormatFailure},
	CodeStatusNotUsable:  {Fatal, Revoked},
	CodeStatusNoTime:     {Open, RevokedNoPOE},
	CodeStatusUnknown:    {Open, TryLater},
}

// Severity is what a finding of this code does to the conclusion.
func (c Code) Severity() Severity { return codeRules[c].severity }

// SubIndication is the reason that a finding of this code gives; empty for
// warnings and remarks.
func (c Code) SubIndication() SubIndication { return codeRules[c].sub }

func (c Code) conclusion() Conclusion {
	rule := codeRules[c]
	switch rule.severity {
	case Fatal:
		return Conclusion{TotalFailed, rule.sub}
	case Open:
		return Conclusion{Indeterminate, rule.sub}
	}
	return Conclusion{Indication: TotalPassed}
}

// Finding is one fact that the verifier met: what is wrong, what is missing
// or what a reader should know.
type Finding struct {
	Code Code
	// Detail names what the finding is about, such as a certificate, an
	// algorithm or a page. It may hold text of the document or of a
	// certificate; characters that are not seen, such as those of control and
	// direction, are replaced and its length is bounded.
	Detail string
	// Reason is why evidence at hand did not settle an unknown status; empty
	// when there was none, and for other findings.
	Reason RejectReason
}

func finding(code Code, detail string) Finding { return Finding{Code: code, Detail: printable(detail)} }

// Text is the finding as a sentence without a full stop, in words of a clerk.
// For an Open finding it says which piece is missing. Details of the file's
// inside are in Detail only.
func (f Finding) Text(lang Lang) string {
	text := strings.NewReplacer("%s", f.Detail, "%t", instant(f.Detail, lang)).Replace(codeTexts[f.Code].in(lang))
	if f.Reason != "" {
		text += " (" + f.Reason.Text(lang) + ")"
	}
	return text
}

// technical is the text for whoever looks closer: with the code and with a
// detail that the sentence leaves out.
func (f Finding) technical(lang Lang) string {
	note := string(f.Code)
	if text := codeTexts[f.Code].EN; f.Detail != "" && !strings.Contains(text, "%s") && !strings.Contains(text, "%t") {
		note += ": " + f.Detail
	}
	return fmt.Sprintf("%s [%s]", f.Text(lang), note)
}

// textPair is a text in both languages.
type textPair struct {
	ID string `json:"id"`
	EN string `json:"en"`
}

func (t textPair) in(lang Lang) string {
	if lang == English {
		return t.EN
	}
	return t.ID
}

// maxDetail bounds, in bytes, the outside text that a finding repeats.
const maxDetail = 200

// printable makes outside text safe to show on one line: names in
// certificates and fields may hold control or direction characters, and such
// as are not seen.
func printable(s string) string {
	cleaned := strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) || unseen(r) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if len(cleaned) <= maxDetail {
		return cleaned
	}
	return strings.ToValidUTF8(cleaned[:maxDetail], "") + "..."
}
