package esign

import (
	"strings"

	"github.com/sertel-id/sertel/passphrase"
	"github.com/sertel-id/sertel/signing"
)

// Lang is a language of the texts to people. Any other Lang gives Indonesian.
type Lang = passphrase.Lang

// Code names what went wrong. Codes are stable and fit for a help desk. A Code
// is itself an error, so that errors.Is(err, esign.CodePassphraseWrong) works.
type Code string

// Refusals by the client itself, before anything left.
const (
	CodeIdentity     Code = "ESIGN_IDENTITY"      // neither NIK nor mail address
	CodeCredential   Code = "ESIGN_CREDENTIAL"    // none given, both, or one that cannot be sent
	CodeRequest      Code = "ESIGN_REQUEST"       // the request contradicts itself
	CodeUnsupported  Code = "ESIGN_UNSUPPORTED"   // the box cannot do it
	CodeDocument     Code = "ESIGN_DOCUMENT"      // the PDF cannot be signed
	CodePlacement    Code = "ESIGN_PLACEMENT"     // the block cannot stand there
	CodeTooLarge     Code = "ESIGN_TOO_LARGE"     // the file is too large, here or at the box
	CodeStatus       Code = "ESIGN_STATUS"        // the signer's certificate is not active
	CodeAlreadySaved Code = "ESIGN_ALREADY_SAVED" // the ledger has the result of this signature
	CodeInFlight     Code = "ESIGN_IN_FLIGHT"     // the same signature is being made
	CodeUnsettled    Code = "ESIGN_UNSETTLED"     // an earlier attempt ended unknown, see Reconcile
	CodeAbandoned    Code = "ESIGN_ABANDONED"     // somebody gave this signature up
	CodeDedupeKey    Code = "ESIGN_DEDUPE_KEY"    // the dedupe key belongs to another document
	CodeLedger       Code = "ESIGN_LEDGER"        // the ledger failed
	CodeNotUnsettled Code = "ESIGN_NOT_UNSETTLED" // Reconcile: there is nothing to decide
	CodeSealSigned   Code = "ESIGN_SEAL_SIGNED"   // a seal over a document that is signed already
	CodeSealStore    Code = "ESIGN_SEAL_STORE"    // the store of activations failed
)

// Refusals by the box.
const (
	CodePassphraseWrong  Code = "ESIGN_PASSPHRASE_WRONG"
	CodeOneTimeCodeWrong Code = "ESIGN_ONE_TIME_CODE_WRONG"
	CodeSealActivation   Code = "ESIGN_SEAL_ACTIVATION" // none, or one that does not work any more
	CodeSignerUnknown    Code = "ESIGN_SIGNER_UNKNOWN"
	CodeNoCertificate    Code = "ESIGN_NO_CERTIFICATE"
	CodeRegistered       Code = "ESIGN_REGISTERED"   // registration: the NIK is registered already
	CodeRegistration     Code = "ESIGN_REGISTRATION" // registration: data missing or not accepted
	CodeDocumentGone     Code = "ESIGN_DOCUMENT_GONE"
	CodeRefused          Code = "ESIGN_REFUSED" // for another reason that it gave
	CodeApplication      Code = "ESIGN_APPLICATION"
	CodeForbidden        Code = "ESIGN_FORBIDDEN"
	CodeNoEndpoint       Code = "ESIGN_NO_ENDPOINT"
	CodeBusy             Code = "ESIGN_BUSY"
	CodeServiceFault     Code = "ESIGN_SERVICE_FAULT"
	CodeRedirect         Code = "ESIGN_REDIRECT"
)

// Failures on the way.
const (
	CodeUnreachable    Code = "ESIGN_UNREACHABLE" // no connection, or cut before the request was whole
	CodeTLS            Code = "ESIGN_TLS"         // the server's certificate is not accepted
	CodeTimeout        Code = "ESIGN_TIMEOUT"     // of a read
	CodeCanceled       Code = "ESIGN_CANCELED"    // by the caller
	CodeAnswer         Code = "ESIGN_ANSWER"      // of a read: not what the API answers
	CodeOutcomeUnknown Code = "ESIGN_OUTCOME_UNKNOWN"
)

// An answer came, but it is not what was asked for. Its bytes go to
// [Config.Quarantine], where there is one.
const (
	CodeOtherDocument    Code = "ESIGN_OTHER_DOCUMENT"    // does not begin with the bytes that were sent
	CodeNotSigned        Code = "ESIGN_NOT_SIGNED"        // has no new signature over the document
	CodeEarlierSignature Code = "ESIGN_EARLIER_SIGNATURE" // spoils an earlier signature
	CodeOtherSigner      Code = "ESIGN_OTHER_SIGNER"      // signed with another certificate
	CodeNotDelivered     Code = "ESIGN_NOT_DELIVERED"     // could not be written to dst
)

// Error returns the code itself, so that it prints as what it is.
func (c Code) Error() string { return string(c) }

// Text explains the code to an end user and says what to do. [Error.Text] knows
// more: whether a document was sent and whether what came back was kept.
func (c Code) Text(lang Lang) string {
	what, help := c.entry().sentences(lang)
	return what + " " + help
}

// sentences are what went wrong and what to do.
func (e entry) sentences(lang Lang) (what, help string) {
	if lang == passphrase.English {
		return strings.ToUpper(e.en[:1]) + e.en[1:] + ".", e.helpEN
	}
	return e.id + ".", e.helpID
}

// Codes returns every code.
func Codes() []Code {
	all := make([]Code, len(catalogue))
	for i, e := range catalogue {
		all[i] = e.code
	}
	return all
}

func (c Code) entry() entry {
	for _, e := range catalogue {
		if e.code == c {
			return e
		}
	}
	return entry{code: c, scope: ScopeService, helper: HelpService, retry: RetryNever,
		id: "Kesalahan yang tidak dikenal", en: "unknown error",
		helpID: "Hubungi pengelola layanan.", helpEN: "Ask those who run the service."}
}

// Scope says what a failure is about, for [signing.Batch]: only one known to
// be about the document lets the next document be tried.
type Scope = signing.Scope

// The scopes.
const (
	ScopeDocument    = signing.ScopeDocument
	ScopeSigner      = signing.ScopeSigner
	ScopeApplication = signing.ScopeApplication
	ScopeService     = signing.ScopeService
)

// Helper is who can help on.
type Helper string

// The helpers.
const (
	HelpSigner      Helper = "signer"      // the signer himself
	HelpAuthor      Helper = "author"      // whoever made the document
	HelpApplication Helper = "application" // who builds and runs the e-office
	HelpService     Helper = "service"     // who runs the agency's Esign Client
	HelpCertificate Helper = "certificate" // the agency's certificate operators (verifikator)
)

// Text names the helper.
func (h Helper) Text(lang Lang) string {
	for _, t := range helperTexts {
		if t.helper == h {
			if lang == passphrase.English {
				return t.en
			}
			return t.id
		}
	}
	return string(h)
}

var helperTexts = [...]struct {
	helper Helper
	id, en string
}{
	{HelpSigner, "penanda tangan", "the signer"},
	{HelpAuthor, "pembuat dokumen", "the author of the document"},
	{HelpApplication, "pengelola aplikasi", "those who run the application"},
	{HelpService, "pengelola Esign Client instansi", "those who run the agency's Esign Client"},
	{HelpCertificate, "verifikator sertifikat elektronik instansi", "the agency's certificate operators"},
}

// Retry says what a further try needs.
type Retry string

// What a further try needs.
const (
	RetryNever     Retry = "never"     // no further try can work
	RetryChanged   Retry = "changed"   // something has to be put right first
	RetryLater     Retry = "later"     // the same again after a while
	RetryReconcile Retry = "reconcile" // a person's decision first, see Client.Reconcile
)
