package verify

import (
	"encoding/json"
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
// schema and are not renamed.
type Code string

// Findings about the document.
const (
	CodeNoSignature       Code = "no-signature"
	CodeRepaired          Code = "repaired"
	CodeTooManySignatures Code = "too-many-signatures"
	CodeSignatureRemoved  Code = "signature-removed"
	CodeAmbiguous         Code = "two-readings"
	CodeUnsignedField     Code = "unsigned-field"
	CodeCovered           Code = "page-covered"
	CodeHidden            Code = "hidden-annotation"
	CodeLayersOff         Code = "layers-off"
	CodeUnusedContent     Code = "unused-content"
)

// Findings about the place of a signature in the file.
const (
	CodeFieldUnreadable     Code = "field-unreadable"
	CodeUnreachable         Code = "signature-unreachable"
	CodeFilterUnknown       Code = "filter-unknown"
	CodeSubFilterUnknown    Code = "subfilter-unknown"
	CodeSubFilterWeak       Code = "subfilter-weak"
	CodeContentsMissing     Code = "contents-missing"
	CodeContentsPlace       Code = "contents-place"
	CodeByteRangeMissing    Code = "byterange-missing"
	CodeByteRangeMalformed  Code = "byterange-malformed"
	CodeByteRangeStart      Code = "byterange-start"
	CodeByteRangeGap        Code = "byterange-gap"
	CodeByteRangeEnd        Code = "byterange-end"
	CodeSignatureShared     Code = "signature-shared"
	CodeRevisionUnreadable  Code = "revision-unreadable"
	CodeNotInOwnRevision    Code = "not-in-own-revision"
	CodeCertificationLate   Code = "certification-late"
	CodePermissionsUnusable Code = "permissions-unusable"
)

// Findings about the cryptographic signature.
const (
	CodeCMSMalformed          Code = "cms-malformed"
	CodeContentAttached       Code = "content-attached"
	CodeDigestMismatch        Code = "digest-mismatch"
	CodeSignatureMismatch     Code = "signature-mismatch"
	CodeAttributeMissing      Code = "attribute-missing"
	CodeAttributeWrong        Code = "attribute-wrong"
	CodeAlgorithmsDisagree    Code = "algorithms-disagree"
	CodeAlgorithmUnsupported  Code = "algorithm-unsupported"
	CodeDigestWeak            Code = "digest-weak"
	CodeKeyWeak               Code = "key-weak"
	CodeSignerMissing         Code = "signer-certificate-missing"
	CodeBindingMissing        Code = "certificate-binding-missing"
	CodeBindingMismatch       Code = "certificate-binding-mismatch"
	CodeNameContradicts       Code = "name-contradicts"
	CodeNotBoundToCertificate Code = "not-bound-to-certificate"
)

// Findings about later revisions.
const (
	CodeModified           Code = "modified"
	CodeTrailingBytes      Code = "trailing-bytes"
	CodeLaterUnreadable    Code = "later-revision-unreadable"
	CodeChangeNotPermitted Code = "change-not-permitted"
	CodeCompareBudget      Code = "comparison-too-large"
)

// Findings about trust, revocation and time.
const (
	CodeChainMissing        Code = "chain-missing"
	CodeChainInvalid        Code = "chain-invalid"
	CodeUsageWrong          Code = "certificate-usage-wrong"
	CodeNotYetValid         Code = "certificate-not-yet-valid"
	CodeExpired             Code = "certificate-expired"
	CodeIssuerNotValid      Code = "issuer-not-valid-then"
	CodeRevoked             Code = "certificate-revoked"
	CodeRevokedNoTime       Code = "certificate-revoked-no-time"
	CodeCARevoked           Code = "issuer-revoked"
	CodeRevokedLater        Code = "certificate-revoked-later"
	CodeRevocationUnknown   Code = "revocation-unknown"
	CodeCARevocationUnknown Code = "issuer-revocation-unknown"
	CodeRevocationSkipped   Code = "revocation-skipped"
	CodeTimestampInvalid    Code = "timestamp-invalid"
	CodeTimestampUntrusted  Code = "timestamp-untrusted"
	CodeTimestampRevoked    Code = "timestamp-authority-revoked"
	CodeTimestampStatus     Code = "timestamp-revocation-unknown"
	CodeTimestampOrder      Code = "timestamp-order"
	CodeTimestampExpired    Code = "timestamp-certificate-expired"
	CodeClaimedTimeOdd      Code = "claimed-time-odd"
)

// Findings about a letter and the signers it should bear.
const (
	CodeSignerAbsent     Code = "signer-absent"
	CodeSignerUnexpected Code = "signer-unexpected"
	CodeSignerOther      Code = "signer-other"
	CodeSignerOrder      Code = "signer-order"
	CodeSignerByName     Code = "signer-by-name"
	CodeNotOnlySigned    Code = "not-only-signed"
	CodeStatusNotUsable  Code = "status-not-usable"
	CodeStatusNoTime     Code = "status-not-usable-no-time"
	CodeStatusUnknown    Code = "status-unknown"
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
	// certificate; control and direction characters are replaced and its
	// length is bounded.
	Detail string
}

func finding(code Code, detail string) Finding { return Finding{code, printable(detail)} }

// Text is the finding as a sentence without a full stop. For an Open finding
// it says which piece is missing.
func (f Finding) Text(lang Lang) string {
	text := codeTexts[f.Code].in(lang)
	if !strings.Contains(text, "%s") {
		return text
	}
	return fmt.Sprintf(text, f.Detail)
}

// MarshalJSON implements json.Marshaler. The texts go along, so that a
// reader of the JSON needs no table.
func (f Finding) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Code          Code          `json:"code"`
		Severity      Severity      `json:"severity"`
		SubIndication SubIndication `json:"sub_indication,omitempty"`
		Detail        string        `json:"detail,omitempty"`
		Text          textPair      `json:"text"`
	}{f.Code, f.Code.Severity(), f.Code.SubIndication(), f.Detail,
		textPair{f.Text(Indonesian), f.Text(English)}})
}

// textPair is a text in both languages.
type textPair struct {
	ID string `json:"id"`
	EN string `json:"en"`
}

func (t textPair) in(lang Lang) string {
	if lang == Indonesian {
		return t.ID
	}
	return t.EN
}

// maxDetail bounds, in bytes, the outside text that a finding repeats.
const maxDetail = 200

// printable makes outside text safe to show on one line: names in
// certificates and fields may hold control or direction characters.
func printable(s string) string {
	cleaned := strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if len(cleaned) <= maxDetail {
		return cleaned
	}
	return strings.ToValidUTF8(cleaned[:maxDetail], "") + "..."
}
