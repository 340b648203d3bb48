package mockbsre

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Remark is something in a request that the real service refuses for its form,
// or that some builds of it merely put up with, and the nearest thing that would
// have been right. Wrong passphrases, signers who may not sign and the like are
// none: to ask for those is a client's good right.
type Remark struct {
	What    string // such as `field "otp"`
	Instead string // such as `"totp"`; empty where nothing is near
}

// String is the remark as a sentence without its end.
func (r Remark) String() string {
	if r.Instead == "" {
		return r.What
	}
	return r.What + "; instead: " + r.Instead
}

// maxRemarks bounds the remarks on one request.
const maxRemarks = 20

func (x *Exchange) remark(what, instead string) {
	r := Remark{maskText(what), instead}
	if len(x.Remarks) < maxRemarks && !slices.Contains(x.Remarks, r) {
		x.Remarks = append(x.Remarks, r)
	}
}

// maxNear bounds texts whose distance is measured.
const maxNear = 64

// nearest returns the candidate that differs least, or none if all differ in
// more than a third.
func nearest(text string, candidates []string) string {
	best, least := "", min(len(text), maxNear)/3+2
	for _, c := range candidates {
		if d := distance(strings.ToLower(text), strings.ToLower(c)); d < least {
			best, least = c, d
		}
	}
	return best
}

// distance is the least number of bytes to be put in, taken out or replaced
// (Levenshtein).
func distance(a, b string) int {
	a, b = a[:min(len(a), maxNear)], b[:min(len(b), maxNear)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// toleratedPaths are spellings that some clients use and their right ones.
var toleratedPaths = map[string]string{
	"/api/v2/user/check-status":    "/api/v2/user/check/status",
	"/api/v2/user/register":        "/api/v2/user/registration",
	"/api/user/certificate/chain/": "/api/v2/user/certificate/chain/",
}

// remarkRoute remarks on the address and the credential of a request that has a
// route.
func (x *Exchange) remarkRoute(r *http.Request, found route) {
	if right, ok := toleratedPaths[found.path]; ok {
		x.remark("path "+found.path, right)
	} else if !strings.HasSuffix(found.path, "/") && strings.HasSuffix(r.URL.Path, "/") {
		x.remark("path "+found.path+"/", found.path)
	}
	x.remarkCredential(r)
	if found.operation == StatusV1 && !isSixteenDigits(strings.TrimPrefix(r.URL.Path, found.path)) {
		x.remark("NIK that is not 16 digits", "16 digits, as text")
	}
}

const rightCredential = "HTTP Basic with the application's credential, alone"

// remarkCredential remarks on the Authorization header, not on who it is.
func (x *Exchange) remarkCredential(r *http.Request) {
	values := r.Header.Values("Authorization")
	switch {
	case len(values) == 0:
		x.remark("no Authorization header", rightCredential)
	case len(values) > 1 || strings.Contains(values[0], ","):
		x.remark("several credentials", rightCredential)
	case len(values[0]) < 6 || !strings.EqualFold(values[0][:6], "Basic "):
		x.remark("a credential that is not HTTP Basic", rightCredential)
	}
}

// remarkNoRoute says which endpoint was perhaps meant.
func (e *esign) remarkNoRoute(x *Exchange, r *http.Request) {
	path := maskText(r.URL.Path)
	best, least := "", 1<<30
	for _, known := range e.routes {
		if _, tolerated := toleratedPaths[known.path]; tolerated {
			continue
		}
		given := path
		if strings.HasSuffix(known.path, "/") { // without the id
			given = path[:strings.LastIndexByte(path, '/')+1]
		}
		d := 2 * distance(given, known.path)
		if known.method != r.Method {
			d++
		}
		if d < least {
			best, least = known.method+" "+known.path, d
			if strings.HasSuffix(known.path, "/") {
				best += "{id}"
			}
		}
	}
	x.remark(fmt.Sprintf("no endpoint %s %s", maskText(r.Method), path), best)
}
