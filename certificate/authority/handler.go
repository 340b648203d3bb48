package authority

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Paths below Config.BaseURL.
const (
	ocspPath   = "/ocsp"
	crlSuffix  = ".crl"
	certSuffix = ".crt"
)

func (a *Authority) ocspURL() string { return a.cfg.BaseURL + ocspPath }

func (a *Authority) crlURL(i *issuer) string {
	return a.cfg.BaseURL + "/" + i.fileName() + crlSuffix
}

func (a *Authority) certificateURL(i *issuer) string {
	return a.cfg.BaseURL + "/" + i.fileName() + certSuffix
}

// basePath is the path part of Config.BaseURL, without a slash at the end.
func (a *Authority) basePath() string {
	u, err := url.Parse(a.cfg.BaseURL)
	if err != nil { // New has parsed it
		return ""
	}
	return strings.TrimSuffix(u.Path, "/")
}

// Handler serves every address that the certificates name: OCSP, CRLs and
// certificates of authorities. Mount it so that the path it sees is the one of
// Config.BaseURL and what follows. An http.ServeMux in front redirects the few
// OCSP requests by GET whose base64 has two slashes in a row; clients that
// POST are not touched.
func (a *Authority) Handler() http.Handler {
	ocsp, crls, certs := a.OCSPHandler(), a.CRLHandler(), a.IssuersHandler()
	base := a.basePath()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, base)
		switch {
		case path == ocspPath, strings.HasPrefix(path, ocspPath+"/"):
			ocsp.ServeHTTP(w, r)
		case strings.HasSuffix(path, crlSuffix):
			crls.ServeHTTP(w, r)
		case strings.HasSuffix(path, certSuffix):
			certs.ServeHTTP(w, r)
		default:
			http.NotFound(w, r)
		}
	})
}

// OCSPHandler answers OCSP requests by POST and GET (RFC 6960 appendix A) for
// every generation of the issuing authority and for the root. A request may
// name up to 16 certificates of one issuer in 8 KiB. Serials never issued are
// unknown; other issuers' certificates are refused as unauthorized.
func (a *Authority) OCSPHandler() http.Handler {
	prefix := a.basePath() + ocspPath
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var der []byte
		switch r.Method {
		case http.MethodPost:
			if mediaType(r) != "application/ocsp-request" {
				http.Error(w, "application/ocsp-request expected", http.StatusUnsupportedMediaType)
				return
			}
			var err error
			if der, err = io.ReadAll(io.LimitReader(r.Body, maxOCSPRequest+1)); err != nil {
				http.Error(w, "request body", http.StatusBadRequest)
				return
			}
		case http.MethodGet:
			der = decodeOCSPPath(strings.TrimPrefix(r.URL.Path, prefix))
		default:
			w.Header().Set("Allow", "GET, POST")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		a.serveOCSP(w, r, der)
	})
}

func (a *Authority) serveOCSP(w http.ResponseWriter, r *http.Request, der []byte) {
	w.Header().Set("Content-Type", "application/ocsp-response")
	w.Header().Set("Cache-Control", "no-store")
	request, err := parseOCSPRequest(der)
	if err != nil {
		w.Write(ocspError(ocspMalformed))
		return
	}
	answer, err := a.answerOCSP(r.Context(), request)
	switch {
	case errors.Is(err, errUnauthorized):
		answer = ocspError(ocspUnauthorized)
	case err != nil:
		a.cfg.Logger.ErrorContext(r.Context(), "OCSP answer", slog.Any("error", err))
		answer = ocspError(ocspInternalError)
	case r.Method == http.MethodGet && request.nonce == nil && a.cfg.OCSPLifetime > 0:
		// RFC 5019 section 6.2: only what carries its own end may be kept.
		a.setCaching(w, a.cfg.OCSPLifetime, a.now())
	}
	w.Write(answer)
}

// decodeOCSPPath reads the request in the path of a GET. Nil is refused as
// malformed later on.
func decodeOCSPPath(path string) []byte {
	text := strings.TrimPrefix(path, "/")
	if len(text) > base64.StdEncoding.EncodedLen(maxOCSPRequest) {
		return nil
	}
	// Some clients leave the plus sign unescaped, and it arrives as a blank.
	der, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(text, " ", "+"))
	if err != nil {
		return nil
	}
	return der
}

// CRLHandler serves the revocation lists of all generations and of the root.
func (a *Authority) CRLHandler() http.Handler {
	return a.fileHandler(crlSuffix, func(w http.ResponseWriter, r *http.Request, i *issuer) {
		l, err := a.crlOf(r.Context(), i)
		if err != nil {
			a.cfg.Logger.ErrorContext(r.Context(), "CRL", slog.Any("error", err))
			http.Error(w, "no CRL at the moment", http.StatusInternalServerError)
			return
		}
		now := a.now()
		w.Header().Set("Content-Type", "application/pkix-crl")
		a.setCaching(w, min(a.cfg.CRLMaxAge, l.nextUpdate.Sub(now)), l.thisUpdate)
		w.Write(l.der)
	})
}

// IssuersHandler serves the certificates of all generations and of the root.
func (a *Authority) IssuersHandler() http.Handler {
	return a.fileHandler(certSuffix, func(w http.ResponseWriter, _ *http.Request, i *issuer) {
		w.Header().Set("Content-Type", "application/pkix-cert")
		a.setCaching(w, 24*time.Hour, i.cert.NotBefore)
		w.Write(i.cert.Raw)
	})
}

// fileHandler finds the issuer whose file is asked for.
func (a *Authority) fileHandler(suffix string, serve func(http.ResponseWriter, *http.Request, *issuer)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		name, ok := strings.CutSuffix(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:], suffix)
		if ok {
			for _, i := range a.issuers() {
				if i.fileName() == name {
					serve(w, r, i)
					return
				}
			}
		}
		http.NotFound(w, r)
	})
}

// setCaching says how long an answer may be kept.
func (a *Authority) setCaching(w http.ResponseWriter, keep time.Duration, modified time.Time) {
	w.Header().Set("Cache-Control", fmt.Sprintf("public, max-age=%d, must-revalidate", max(0, int(keep.Seconds()))))
	w.Header().Set("Last-Modified", modified.UTC().Format(http.TimeFormat))
	w.Header().Set("Expires", a.now().Add(keep).Format(http.TimeFormat))
}

func mediaType(r *http.Request) string {
	t, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(t))
}
