package esign

import (
	"fmt"
	"net/url"
	"strings"
)

// parseBase reads [Config.BaseURL]. No error repeats it: it may hold a login.
func parseBase(address string, plain bool) (*url.URL, error) {
	base, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("%w: Config.BaseURL is not an address", ErrConfig)
	}
	switch {
	case base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return nil, fmt.Errorf("%w: Config.BaseURL must be scheme, host and at most a path", ErrConfig)
	case base.Scheme == "http" && !plain:
		return nil, fmt.Errorf("%w: Config.BaseURL is http, over which passphrases can be read by others; "+
			"set Config.InsecurePlainHTTP to allow it", ErrConfig)
	case base.Scheme != "http" && base.Scheme != "https":
		return nil, fmt.Errorf("%w: Config.BaseURL must be https", ErrConfig)
	}
	base.Path = strings.TrimRight(base.Path, "/")
	base.RawPath = ""
	if endsInAPI(base.Path) {
		return nil, fmt.Errorf(`%w: Config.BaseURL goes too far: the client adds the path itself, leave out "/api" and what follows it`, ErrConfig)
	}
	return base, nil
}

// apiPaths are the box's own, as people copy them from a manual or a browser.
// Others below "/api" may be a proxy's.
var apiPaths = [...]string{
	"/api", "/api/v2",
	"/api/sign/pdf", "/api/sign/verify", "/api/sign/download", "/api/user/status", "/api/user/certificate/chain",
	"/api/v2/sign", "/api/v2/sign/pdf", "/api/v2/sign/get/totp", "/api/v2/verify/pdf",
	"/api/v2/seal", "/api/v2/seal/pdf", pathSealActivation, pathSealRevocation, pathSealCode,
	"/api/v2/user", "/api/v2/user/check/status", "/api/v2/user/certificate/chain",
	"/api/v2/user/registration", "/api/v2/user/register",
}

// endsInAPI reports a path to which the client would add its own a second time.
func endsInAPI(path string) bool {
	for _, p := range apiPaths {
		if strings.HasSuffix(strings.ToLower(path), p) {
			return true
		}
	}
	return false
}
