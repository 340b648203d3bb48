package mockbsre

import (
	"net/http"
	"slices"
	"time"
)

// FaultKind names a fault that is ready for use. [FaultKind.Fault] is what
// happens, [FaultKind.Finds] the mistake of a client that it finds.
type FaultKind string

// The kinds. Where it is not said otherwise, the request is carried out: a
// document is signed at the box, whatever the client gets to see of it.
const (
	// FaultSlowHeader answers after a minute of the fake's clock.
	FaultSlowHeader FaultKind = "slow-header"
	// FaultSlowBody answers half of the body, and the rest a minute later.
	FaultSlowBody FaultKind = "slow-body"
	// FaultCutBefore ends the connection before the request is carried out.
	FaultCutBefore FaultKind = "cut-before"
	// FaultLostAnswer carries the request out and ends the connection.
	FaultLostAnswer FaultKind = "lost-answer"
	// FaultHeadersOnly ends the connection after the headers.
	FaultHeadersOnly FaultKind = "headers-only"
	// FaultHalfBody ends the connection in the middle of the body.
	FaultHalfBody FaultKind = "half-body"
	// FaultMalformedJSON answers JSON that breaks off, as a whole body.
	FaultMalformedJSON FaultKind = "malformed-json"
	// FaultForeignJSON answers the JSON of some other service.
	FaultForeignJSON FaultKind = "foreign-json"
	// FaultWrongType answers with the type application/octet-stream.
	FaultWrongType FaultKind = "wrong-content-type"
	// FaultPage answers 200 and a page in HTML, as the log-in page of a
	// network does. Nothing is carried out.
	FaultPage FaultKind = "html-page"
	// FaultEmptyBody answers 200 and white space.
	FaultEmptyBody FaultKind = "empty-body"
	// FaultForeignPDF answers another document, signed by somebody else.
	FaultForeignPDF FaultKind = "foreign-pdf"
	// FaultTruncatedPDF answers a document that ends within its signature.
	FaultTruncatedPDF FaultKind = "truncated-pdf"
	// FaultUnsignedPDF answers the document as it was sent.
	FaultUnsignedPDF FaultKind = "unsigned-pdf"
	// FaultOtherBytes answers a signature that was made over other bytes.
	FaultOtherBytes FaultKind = "other-bytes"
	// FaultEarlierChanged answers a document whose pages changed after the
	// signatures in it.
	FaultEarlierChanged FaultKind = "earlier-changed"
	// FaultOtherSigner answers the document signed with another's key.
	FaultOtherSigner FaultKind = "other-signer"
	// FaultStaleClock signs on a box whose clock is six minutes behind.
	FaultStaleClock FaultKind = "stale-clock"
	// FaultRevokedBetween revokes the signer's certificate between the
	// client's question for the status and the signature, which is refused.
	FaultRevokedBetween FaultKind = "revoked-between"
	// Fault401 answers that the application is not known. Nothing is carried
	// out, here and for the next ones.
	Fault401 FaultKind = "status-401"
	// Fault429 asks for patience of 30 seconds.
	Fault429 FaultKind = "status-429"
	// Fault500 is the framework's own answer to a failure within.
	Fault500 FaultKind = "status-500"
	// Fault502 is the answer of the proxy before a service that is gone.
	Fault502 FaultKind = "status-502"
	// Fault503 asks for patience of 30 seconds.
	Fault503 FaultKind = "status-503"
	// Fault504 is the answer of a proxy that lost patience with a service that
	// goes on and signs.
	Fault504 FaultKind = "status-504"
)

// proxyPage is what the proxy before the service answers by itself.
func proxyPage(status int) string {
	title := http.StatusText(status)
	return "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title +
		"</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
}

const typeHTML = "text/html"

var faultTable = []struct {
	kind  FaultKind
	fault Fault
	finds string
}{
	{FaultSlowHeader, Fault{Delay: time.Minute}, "waits without a limit, or takes its own impatience for a refusal"},
	{FaultSlowBody, Fault{BodyDelay: time.Minute}, "has a limit for the headers alone"},
	{FaultCutBefore, Fault{Cut: true, CutAfter: -1}, "takes a lost connection for proof that nothing was signed"},
	{FaultLostAnswer, Fault{Applied: true, Cut: true, CutAfter: -1}, "signs again by itself, and so twice"},
	{FaultHeadersOnly, Fault{Applied: true, Cut: true}, "takes the status for the result"},
	{FaultHalfBody, Fault{Applied: true, Cut: true, CutHalf: true}, "keeps what came of a file as the file"},
	{FaultMalformedJSON, Fault{Applied: true, Malformed: true}, "fails in its parser and signs again"},
	{FaultForeignJSON, Fault{Applied: true, Body: `{"status":"success","code":200,"data":{"id":7,"name":"layanan lain"}}`},
		"takes any JSON with a friendly word for success"},
	{FaultWrongType, Fault{Applied: true, ContentType: "application/octet-stream"}, "throws a signed letter away for its label"},
	{FaultPage, Fault{Status: http.StatusOK, ContentType: typeHTML, Body: "<!DOCTYPE html><title>Masuk</title><form>Masuk ke jaringan tamu</form>"},
		"saves a page as the letter"},
	{FaultEmptyBody, Fault{Applied: true, Body: " \r\n"}, "saves an empty file"},
	{FaultForeignPDF, Fault{Document: DocumentForeign}, "files somebody else's letter under this number"},
	{FaultTruncatedPDF, Fault{Document: DocumentTruncated}, "keeps a file because it begins with %PDF"},
	{FaultUnsignedPDF, Fault{Document: DocumentUnsigned}, "keeps a file because it can be opened"},
	{FaultOtherBytes, Fault{Document: DocumentOtherBytes}, "counts signatures instead of checking them"},
	{FaultEarlierChanged, Fault{Document: DocumentChanged}, "checks the new signature and not the earlier ones"},
	{FaultOtherSigner, Fault{Document: DocumentOtherSigner}, "does not look who signed"},
	{FaultStaleClock, Fault{Skew: -6 * time.Minute}, "orders letters by the time that a signature claims"},
	{FaultRevokedBetween, Fault{Revoke: true}, "trusts in a status asked for earlier"},
	{Fault401, Fault{Status: http.StatusUnauthorized}, "tells the signer that the passphrase is wrong"},
	{Fault429, Fault{Status: http.StatusTooManyRequests, RetryAfter: 30 * time.Second}, "comes back at once"},
	{Fault500, Fault{Status: http.StatusInternalServerError}, "shows the answer's text to the signer as it is"},
	{Fault502, Fault{Status: http.StatusBadGateway, ContentType: typeHTML, Body: proxyPage(http.StatusBadGateway)},
		"reads every failure as JSON"},
	{Fault503, Fault{Status: http.StatusServiceUnavailable, RetryAfter: 30 * time.Second}, "gives a letter up that can be signed in a while"},
	{Fault504, Fault{Applied: true, Status: http.StatusGatewayTimeout, ContentType: typeHTML, Body: proxyPage(http.StatusGatewayTimeout)},
		"takes a failure of the proxy for one of the service, and signs twice"},
}

// FaultKinds returns every kind.
func FaultKinds() []FaultKind {
	all := make([]FaultKind, len(faultTable))
	for i, entry := range faultTable {
		all[i] = entry.kind
	}
	return all
}

// Fault is what happens; it may be changed before it is used. For a kind that
// does not exist it is a fault that does nothing, which is refused wherever it
// is used.
func (k FaultKind) Fault() Fault {
	for _, entry := range faultTable {
		if entry.kind == k {
			entry.fault.Kind = k
			return entry.fault
		}
	}
	return Fault{}
}

// Finds says which client is found by the kind: one that does this. It is empty
// for a kind that does not exist.
func (k FaultKind) Finds() string {
	for _, entry := range faultTable {
		if entry.kind == k {
			return entry.finds
		}
	}
	return ""
}

// hostileKinds are those that a hostile fake does to an operation: all that fit,
// but for the revocation, after which nothing else could be seen.
func hostileKinds(op Operation) []FaultKind {
	return slices.DeleteFunc(FaultKinds(), func(k FaultKind) bool {
		return k == FaultRevokedBetween || !k.Fault().fits(op)
	})
}
